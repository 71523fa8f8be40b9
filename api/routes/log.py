"""Reading the screening log: search, page through, one entry, its explanation, replay."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response

from api.answers.log import EntryPage, EntryWithOthers, ReplayAnswer
from api.bodies import body_of, read_body
from api.decisions import Desk
from api.description import PATIENT, answers, json_body
from api.entry_documents import entry_documents
from api.log.reading import LogReader
from api.log_searches import PageParameters, SearchBody, page_document
from api.parameters import Number, Site, caller_of
from api.replay import replayed
from eligibility.intake.template import example_profile
from eligibility.patient.record import parse_json
from eligibility.reports.answer import Answer


def add_log(service: FastAPI) -> None:
    """Add the routes."""
    service.get(
        "/v1/log",
        summary="Search the screening log",
        response_model=None,
        responses=answers(EntryPage),
    )(search)
    service.post(
        "/v1/log/search",
        summary="Search the screening log, also by screening id",
        openapi_extra=json_body(
            SearchBody.model_json_schema(), {"screening_id": "S-001", "kind": "decision"}
        ),
        response_model=None,
        responses=answers(EntryPage),
    )(search_by_body)
    service.get(
        "/v1/log/{sequence}",
        summary="One entry of the screening log",
        response_model=None,
        responses=answers(EntryWithOthers),
    )(one_entry)
    service.get(
        "/v1/log/{sequence}/explanation",
        summary="The explanation of a logged decision, as it was kept",
        response_model=None,
        responses=answers(Answer),
    )(explanation)
    service.post(
        "/v1/log/{sequence}/replay",
        summary="Replay a logged decision",
        openapi_extra=json_body(PATIENT, example_profile(), required=False),
        response_model=None,
        responses=answers(ReplayAnswer),
    )(replay)


async def search(request: Request, parameters: Annotated[PageParameters, Query()]) -> EntryPage:
    """One page of the entries of the caller's site that meet every condition; `next` is the cursor of the next page.
    Entries that are added meanwhile shift nothing.
    """
    desk: Desk = request.app.state.desk
    asked = parameters.search(caller_of(request).sites)
    reader, limit, cursor = desk.log.reader, parameters.limit, parameters.cursor
    return await desk.read(partial(page_document, reader, asked, limit=limit, cursor=cursor))


async def search_by_body(request: Request, *, site: Site = None) -> EntryPage:
    """The same with the conditions in a body, so that a screening id stands in no address."""
    desk: Desk = request.app.state.desk
    body = read_body(await body_of(request), SearchBody)
    asked = body.search(caller_of(request).sites)
    reader, limit, cursor = desk.log.reader, body.limit, body.cursor
    return await desk.read(partial(page_document, reader, asked, limit=limit, cursor=cursor))


async def one_entry(request: Request, sequence: Number, *, site: Site = None) -> EntryWithOthers:
    """The entry with every field that is under its hash, and the entries that correct or review it."""
    desk: Desk = request.app.state.desk
    return await desk.read(
        partial(_with_about, desk.log.reader, sequence, caller_of(request).sites)
    )


def _with_about(reader: LogReader, sequence: int, sites: tuple[str, ...]) -> EntryWithOthers:
    entries = reader.entry(sequence, sites=sites), *reader.about(sequence, sites=sites)
    successors = reader.superseded_by([each.sequence for each in entries], sites=sites)
    document, *about = entry_documents(entries, successors)
    return {**document, "about": about}


async def explanation(request: Request, sequence: Number, *, site: Site = None) -> Response:
    """The answer to the screening without its `entry`, byte for byte: the SHA-256 of this body is the entry's
    `explanation_hash`. Only where explanations are kept, and until they are forgotten in time.
    """
    desk: Desk = request.app.state.desk
    reader, sites = desk.log.reader, caller_of(request).sites
    content = await desk.read(partial(reader.explanation, sequence, sites=sites))
    return Response(content, media_type="application/json")


async def replay(request: Request, sequence: Number, *, site: Site = None) -> ReplayAnswer:
    """Screens once more what was screened then, as of the same dates, and says whether the explanation comes out
    byte for byte. Without a body from the stored profile, where profiles are kept; else from the profile in the body,
    which must have the logged hash. `outcome` is `confirmed`, `differs` or `cannot_be_confirmed`, with the reasons.
    Nothing is logged.
    """
    desk: Desk = request.app.state.desk
    sites = caller_of(request).sites
    content = await body_of(request)
    reader = desk.log.reader
    entry = await desk.read(partial(reader.entry, sequence, sites=sites))
    if content:
        posted = await desk.compute(lambda: replayed(entry, parse_json(content), is_posted=True))
        return posted.answer
    stored = await desk.read(partial(reader.document, sequence, "profile", sites=sites))
    document = None if stored is None else parse_json(stored)
    found = await desk.compute(lambda: replayed(entry, document, is_posted=False))
    return found.answer
