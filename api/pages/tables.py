"""Whole tables as pages: what a site has sent, the form for another, and which page shows the one of an address."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.batches.keeper import BatchKeeper
from api.batches.kept import KeptBatch
from api.batches.model import BATCH_ID
from api.batches.receive import Sender
from api.batches.upload import boundary_of
from api.days import today
from api.limits import declared
from api.pages.forms import form_of
from api.pages.site import render
from api.pages.table_drafts import began, draft_page
from api.pages.table_looks import trial_choices
from api.pages.table_results import Asked
from api.pages.table_runs import run_page
from api.parameters import PathName
from eligibility.protocol.library import DEFAULT_TRIAL

_PER_PAGE = 20
_Before = Annotated[str | None, Query(max_length=44, pattern=BATCH_ID.pattern)]


def keeper_of(request: Request) -> BatchKeeper:
    """The batches of the service."""
    keeper: BatchKeeper = request.app.state.batches
    return keeper


def add_tables(service: FastAPI) -> None:
    """Add the routes."""
    service.get("/tables", include_in_schema=False)(tables)
    service.post("/tables", include_in_schema=False)(send)
    service.post("/tables/mappings", include_in_schema=False)(forget_mapping)
    service.get("/tables/{batch}", include_in_schema=False)(one)


def tables(request: Request, *, before: _Before = None) -> Response:
    """The site's tables, newest first, and the form for another."""
    keeper, site = keeper_of(request), request.state.site
    found, last = keeper.store.page(site, limit=_PER_PAGE, before=before)
    return render(
        request,
        "tables/list.html",
        drafts=[] if before else keeper.drafts.listed(site),
        runs=[_line(kept) for kept in found if kept.exists],
        following=last,
        is_first=before is None,
        mappings=keeper.mappings.of_site(site),
        trials=trial_choices(),
        chosen=DEFAULT_TRIAL,
        today=today(keeper.settings).isoformat(),
        most_bytes=keeper.settings.batch_max_bytes,
    )


def _line(kept: KeptBatch) -> dict[str, Any]:
    shown = kept.shown()
    outcome = kept.outcome()
    return {
        "id": shown["id"],
        "name": shown["name"],
        "state": shown["state"],
        "created_at": shown["created_at"],
        "created_by": shown["created_by"],
        "trial": shown["trial"],
        "rows": outcome.rows if outcome else shown["progress"] and shown["progress"]["rows"],
        "decisions": outcome.decisions if outcome else {},
        "rejected": outcome.rejected if outcome else None,
    }


async def send(request: Request) -> Response:
    """Take a table in; it is looked at next, and nothing is screened yet."""
    keeper = keeper_of(request)
    sender = Sender(request.state.principal.id, request.state.site)
    boundary = boundary_of(request.headers.get("content-type", ""))
    async with keeper.room.for_upload(sender.site, coming=declared(request.scope)) as place:
        kept = await keeper.drafts.receive(place.admitted(request.stream()), boundary, sender)
    await asyncio.to_thread(began, keeper.drafts, kept)
    return RedirectResponse(f"/tables/{kept.path.name}", 303)


async def forget_mapping(request: Request) -> Response:
    """Remove a saved mapping."""
    key = (await form_of(request)).get("key")
    if isinstance(key, str):
        keeper = keeper_of(request)
        await asyncio.to_thread(keeper.mappings.remove, request.state.site, key)
    return RedirectResponse("/tables", 303)


def one(request: Request, *, batch: PathName, asked: Annotated[Asked, Query()]) -> Response:
    """A table: what is to be decided about it, or what became of it."""
    keeper, site = keeper_of(request), request.state.site
    if draft := keeper.drafts.find(site, batch):
        return draft_page(request, keeper, draft)
    return run_page(request, keeper, keeper.store.find(site, batch), asked)
