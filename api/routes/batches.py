"""The routes of batches: send a table, follow it, fetch what came out, stop it, go on with it, delete it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from api.batches.answers import BatchAnswer, BatchPage
from api.batches.keeper import BatchKeeper
from api.batches.kept import KeptBatch
from api.batches.model import BATCH_ID, Choices, Encoding, ResultsFormat, State
from api.batches.receive import Sender, receive
from api.batches.upload import boundary_of
from api.days import today
from api.downloads import Download
from api.limits import declared
from api.parameters import Day, ProfileName, RequestKey, Site, TrialName, caller_of
from api.routes import batches_described as described
from api.screeners import screener_of
from eligibility.dates import anchors
from eligibility.protocol.library import DEFAULT_TRIAL

_Id = Annotated[str, Path(max_length=44, examples=[described.ID])]
_CANCEL_SECONDS = 2.0


def add_batches(service: FastAPI, keeper: BatchKeeper) -> None:
    """Add the routes."""
    _add_sending(service, keeper)
    _add_following(service, keeper)
    _add_steps(service, keeper)
    _add_results(service, keeper)


def _add_sending(service: FastAPI, keeper: BatchKeeper) -> None:
    @service.post(
        "/v1/batches",
        summary="Send a table to be screened",
        status_code=202,
        openapi_extra=described.UPLOAD,
        responses=described.answers(BatchAnswer, 409, 415, 507, status=202),
    )
    async def send(
        request: Request,
        *,
        trial: TrialName = DEFAULT_TRIAL,
        profile: ProfileName = None,
        as_of: Day = None,
        planned_start: Day = None,
        encoding: Annotated[
            Encoding | None,
            Query(description="How a text table is encoded; found out if left out."),
        ] = None,
        results: Annotated[
            ResultsFormat, Query(alias="format", description="In what form results are written.")
        ] = "csv",
        verdicts_only: Annotated[
            bool, Query(description="True leaves out questions and dates, which is faster.")
        ] = False,
        site: Site = None,
        key: RequestKey = None,
    ) -> Response:
        """The table is kept and screened by a process of its own; a row that cannot be read is set aside with its
        reason. Answered once it is safe on disk."""
        known = screener_of(trial, profile).trial.id
        _check_days(as_of, planned_start)
        choices = Choices(
            known, profile, as_of, planned_start, encoding, None, results, verdicts_only
        )
        caller = caller_of(request, key)
        sender = Sender(caller.actor, caller.site, caller.key)
        boundary = boundary_of(request.headers.get("content-type", ""))
        async with keeper.room.for_upload(sender.site, coming=declared(request.scope)) as place:
            batch = await receive(
                keeper.store,
                place.admitted(request.stream()),
                boundary,
                choices=choices,
                sender=sender,
                today=today(keeper.settings),
            )
        keeper.wake()
        shown = await asyncio.to_thread(keeper.store.batch(batch.site, batch.id).shown)
        return JSONResponse(shown, 202, headers={"location": f"/v1/batches/{batch.id}"})


def _check_days(as_of: str | None, planned_start: str | None) -> None:
    """What is no day is said before anything is sent."""
    any_day = "day 0" if (planned_start or "").startswith("day") else "2000-01-01"
    anchors(as_of or any_day, planned_start)


def _add_following(service: FastAPI, keeper: BatchKeeper) -> None:
    @service.get(
        "/v1/batches",
        summary="Batches of a site, newest first",
        responses=described.answers(BatchPage),
    )
    def page(
        request: Request,
        *,
        limit: Annotated[int, Query(ge=1, le=100, description="Most batches of the page.")] = 20,
        before: Annotated[
            str | None,
            Query(
                max_length=44, pattern=BATCH_ID.pattern, description="`next` of the page before."
            ),
        ] = None,
        site: Site = None,
    ) -> JSONResponse:
        """`next` is what to give as `before` for the batches that follow; null at the end."""
        found, last = keeper.store.page(request.state.site, limit=limit, before=before)
        shown = [each.shown() for each in found if each.exists]
        return JSONResponse({"batches": shown, "next": last})

    @service.get(
        "/v1/batches/{batch}",
        summary="How a batch stands",
        responses=described.answers(BatchAnswer),
    )
    def one(request: Request, *, batch: _Id, site: Site = None) -> JSONResponse:
        return JSONResponse(_found(keeper, request, batch).shown())


def _found(keeper: BatchKeeper, request: Request, batch: str) -> KeptBatch:
    return keeper.store.find(request.state.site, batch)


def _add_steps(service: FastAPI, keeper: BatchKeeper) -> None:
    @service.post(
        "/v1/batches/{batch}/cancel",
        summary="Stop a batch; what is done is kept",
        responses=described.answers(BatchAnswer, 409),
    )
    async def cancel(request: Request, *, batch: _Id, site: Site = None) -> JSONResponse:
        kept = await asyncio.to_thread(_found, keeper, request, batch)
        await asyncio.to_thread(kept.ask_to_cancel)
        return JSONResponse(await _once_it_stopped(kept))

    @service.post(
        "/v1/batches/{batch}/resume",
        summary="Go on with a batch that was cancelled or failed",
        status_code=202,
        responses=described.answers(BatchAnswer, 409, status=202),
    )
    def resume(request: Request, *, batch: _Id, site: Site = None) -> JSONResponse:
        """A batch that only its process or the service left goes on by itself."""
        kept = _found(keeper, request, batch)
        keeper.resume(kept)
        return JSONResponse(kept.shown(), 202)

    @service.delete(
        "/v1/batches/{batch}",
        summary="Delete a batch with its table and results",
        status_code=204,
        responses=described.answers(None, 409, status=204),
    )
    def delete(request: Request, *, batch: _Id, site: Site = None) -> Response:
        """Its entry in the screening log stays, and another one tells who deleted it; neither names a patient."""
        kept = _found(keeper, request, batch)
        keeper.remove(kept, request.state.principal.id)
        return Response(status_code=204)


async def _once_it_stopped(kept: KeptBatch) -> BatchAnswer:
    """Its process needs a moment to see that it is to end."""
    loop = asyncio.get_running_loop()
    until = loop.time() + _CANCEL_SECONDS
    while True:
        shown = await asyncio.to_thread(kept.shown)
        if shown["state"] != State.RUNNING or loop.time() > until:
            return shown
        await asyncio.sleep(0.1)


def _add_results(service: FastAPI, keeper: BatchKeeper) -> None:
    for name, summary, of in (
        ("results", "Results, one line a patient", lambda kept: kept.results_name()),
        ("rejected", "Rejected rows with their reasons", lambda _: "rejected.csv"),
        ("report", "Report as one page", lambda _: "report.html"),
        ("summary", "Counts and hashes", lambda _: "summary.json"),
    ):
        _add_file(service, keeper, name, summary, of)

    @service.get(
        "/v1/batches/{batch}/files/{name}",
        summary="Any file of a batch by its name",
        response_class=Response,
        responses=described.download("files"),
    )
    def file(
        request: Request,
        *,
        batch: _Id,
        name: Annotated[str, Path(max_length=100, examples=["near_misses.csv"])],
        site: Site = None,
    ) -> Response:
        """Near misses, re-screen queue, figures: the names stand under `result.files`."""
        return _download(_found(keeper, request, batch), name)


def _add_file(
    service: FastAPI,
    keeper: BatchKeeper,
    name: str,
    summary: str,
    of: Callable[[KeptBatch], str],
) -> None:
    @service.get(
        f"/v1/batches/{{batch}}/{name}",
        summary=summary,
        name=name,
        response_class=Response,
        responses=described.download(name),
    )
    def fetch(request: Request, *, batch: _Id, site: Site = None) -> Response:
        kept = _found(keeper, request, batch)
        return _download(kept, of(kept))


def _download(kept: KeptBatch, name: str) -> Download:
    path = kept.file(name)
    return Download(path, f"{kept.path.name[:12]}-{path.name}")
