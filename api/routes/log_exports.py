"""What leaves the screening log as files: CSV without identifiers, SDTM TI and IE, sent piece by piece."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterable
from contextlib import suppress
from functools import partial

from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse

from api.decisions import Desk
from api.log.exports import by_rules_hash, ie_lines, log_lines, ti_lines
from api.log.reading import Search
from api.parameters import OptionalTrial, ProfileName, Site, TrialName, caller_of
from api.problems import PROBLEM_RESPONSES
from api.screeners import screener_of
from eligibility.protocol.library import DEFAULT_TRIAL
from eligibility.protocol.model import Trial

_PIECE = 64 * 1024
_ANSWERS = {**PROBLEM_RESPONSES, 200: {"description": "A file", "content": {"text/csv": {}}}}


def add_log_exports(service: FastAPI) -> None:
    """Add the routes."""
    for path, summary, route in (
        ("/v1/log/export.csv", "The screening log without identifiers", whole_log),
        ("/v1/log/export/ti.csv", "SDTM TI: the criteria of a trial", trial_criteria),
        ("/v1/log/export/ie.csv", "SDTM IE: criteria not met, by subject", criteria_not_met),
    ):
        service.get(path, summary=summary, response_class=Response, responses=_ANSWERS)(route)


async def whole_log(
    request: Request, *, trial: OptionalTrial = None, site: Site = None
) -> Response:
    """Every entry of the site, oldest first; who was screened stands in it as a code that only the site can resolve."""
    desk: Desk = request.app.state.desk
    asked = Search(
        sites=caller_of(request).sites, trial=trial.upper() if trial else None, oldest_first=True
    )
    lines = log_lines(desk.log.reader, desk.log.key, asked)
    return await csv_file(desk, lines, "screening-log.csv")


async def trial_criteria(
    request: Request, *, trial: TrialName = DEFAULT_TRIAL, profile: ProfileName = None
) -> Response:
    """Every criterion with its text, in the version in force."""
    desk: Desk = request.app.state.desk
    loaded = await desk.compute(partial(screener_of, trial, profile))
    return await csv_file(desk, ti_lines([loaded.trial]), "ti.csv")


async def criteria_not_met(
    request: Request, *, trial: TrialName = DEFAULT_TRIAL, site: Site = None
) -> Response:
    """For each subject of the site the criteria not met in the decision that stands. A decision by criteria of another
    version is a problem with its number, not a gap in the file; decisions without a screening id are left out.
    """
    desk: Desk = request.app.state.desk
    trials = await desk.compute(partial(criteria_by_hash, trial))
    number = next(iter(trials.values())).id
    asked = Search(sites=caller_of(request).sites, trial=number, oldest_first=True)
    lines, _ = await desk.read(partial(ie_lines, desk.log.reader, asked, trials))
    return await csv_file(desk, lines, "ie.csv")


def criteria_by_hash(trial: str) -> dict[str, Trial]:
    """The trial with each of its site profiles, by the hash of its rules."""
    return by_rules_hash(lambda profile: screener_of(trial, profile).trial)


async def csv_file(desk: Desk, lines: Iterable[str], name: str) -> Response:
    """The lines as a file. Its first piece is made before the answer begins: what fails at once is a problem."""
    pieces = _pieces(lines)
    first = await desk.read(lambda: next(pieces, b""))
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(
        _all(desk, first, pieces), media_type="text/csv; charset=utf-8", headers=headers
    )


async def _all(
    desk: Desk, first: bytes, rest: Generator[bytes, None, None]
) -> AsyncIterator[bytes]:
    """The pieces as the client takes them; none is made for a client that has gone."""
    try:
        yield first
        while piece := await desk.read(lambda: next(rest, b"")):
            yield piece
    finally:
        with suppress(ValueError):  # a thread makes a piece at this moment; it ends with it
            rest.close()


def _pieces(lines: Iterable[str]) -> Generator[bytes, None, None]:
    """Lines put together into pieces that are worth sending."""
    piece = bytearray()
    for line in lines:
        piece += line.encode()
        if len(piece) >= _PIECE:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)
