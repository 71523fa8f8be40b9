"""The screening log as pages: search, filter and page through it, and take it away as files."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import RedirectResponse, Response

from api.decisions import Desk
from api.guard import Refusal
from api.log.entry import Entry, Kind
from api.log.exports import ie_lines, log_lines, ti_lines
from api.log.reading import LogReader, Page, Search, SearchError
from api.pages.forms import form_of
from api.pages.log_conditions import (
    Conditions,
    LogQuery,
    address,
    kept_conditions,
    typed_conditions,
)
from api.pages.site import render
from api.pages.wording import has_words
from api.parameters import caller_of
from api.problems import Problem
from api.routes.log_exports import criteria_by_hash, csv_file
from api.screeners import screener_of, trial_ids
from eligibility.protocol.library import DEFAULT_TRIAL
from eligibility.protocol.verdict import Decision, Verdict

PAGE = 50
Asked = Annotated[LogQuery, Query()]


async def search(request: Request, query: Asked) -> Response:
    """One page of the entries that are asked for, and the form to ask for others."""
    return await _found(request, kept_conditions(request, query))


async def ask(request: Request) -> Response:
    """Lead to the address of what was typed; a screening id stands in it sealed."""
    conditions = typed_conditions(await form_of(request))
    if conditions.faults():
        return await _found(request, conditions)
    return RedirectResponse(address(request, conditions), 303)


async def whole_log(request: Request, query: Asked) -> Response:
    """Every entry that meets the conditions, as CSV without identifiers."""
    desk: Desk = request.app.state.desk
    asked = _checked(request, query).search(caller_of(request).sites)
    return await csv_file(
        desk, log_lines(desk.log.reader, desk.log.key, asked), "screening-log.csv"
    )


async def trial_criteria(request: Request, query: Asked) -> Response:
    """SDTM TI: the criteria of the trial that is asked for."""
    desk: Desk = request.app.state.desk
    trial = _checked(request, query)["trial"] or DEFAULT_TRIAL
    loaded = await desk.compute(partial(screener_of, trial))
    return await csv_file(desk, ti_lines([loaded.trial]), "ti.csv")


async def criteria_not_met(request: Request, query: Asked) -> Response:
    """SDTM IE of the trial that is asked for, as it stood on the last day that is asked for.

    No other condition counts: one that left a later decision out would let an earlier one stand.
    """
    desk: Desk = request.app.state.desk
    conditions = _checked(request, query)
    trials = await desk.compute(partial(criteria_by_hash, conditions["trial"] or DEFAULT_TRIAL))
    asked = Search(
        sites=caller_of(request).sites,
        trial=next(iter(trials.values())).id,
        recorded_until=conditions.search(()).recorded_until,
        oldest_first=True,
    )
    lines, _ = await desk.read(partial(ie_lines, desk.log.reader, asked, trials))
    return await csv_file(desk, lines, "ie.csv")


def _checked(request: Request, query: LogQuery) -> Conditions:
    conditions = kept_conditions(request, query)
    if conditions.faults() or not conditions.is_readable:
        raise Refusal(Problem(422, "search_invalid", "the conditions cannot be read"))
    return conditions


async def _found(request: Request, conditions: Conditions) -> Response:
    faults = conditions.faults()
    page: Page | None = None
    replacements: dict[int, Entry] = {}
    is_empty = False
    if not faults and conditions.is_readable:
        try:
            page, replacements, is_empty = await _page(request, conditions)
        except SearchError:  # a place in a search that has other conditions now
            conditions = Conditions(conditions.texts, is_readable=False)
    is_good = page is not None
    other_order = "" if conditions["order"] == "oldest_first" else "oldest_first"
    return render(
        request,
        "log/book.html",
        status=200 if is_good else 422,
        conditions=conditions,
        faults=faults,
        page=page,
        replacements=replacements,
        is_empty=is_empty,
        older=_next(request, conditions, page),
        first=address(request, conditions) if conditions.cursor else None,
        turned=address(request, conditions, order=other_order),
        exports=_exports(request, conditions) if is_good else (),
        trials=trial_ids(),
        kinds=tuple(Kind),
        decisions=tuple(Decision),
        verdicts=tuple(Verdict),
        events=_events(page),
        default_trial=DEFAULT_TRIAL,
    )


async def _page(request: Request, conditions: Conditions) -> tuple[Page, dict[int, Entry], bool]:
    desk: Desk = request.app.state.desk
    sites = caller_of(request).sites
    return await desk.read(partial(_read, desk.log.reader, conditions, sites))


def _read(
    reader: LogReader, conditions: Conditions, sites: tuple[str, ...]
) -> tuple[Page, dict[int, Entry], bool]:
    """A page, what took the place of its entries, and whether the site has no entry at all."""
    asked = conditions.search(sites)
    page = reader.search(asked, limit=PAGE, cursor=conditions.cursor)
    replacements = reader.replacements([each.sequence for each in page.entries], sites=sites)
    is_empty = not page.entries and not reader.search(Search(sites=sites), limit=1).entries
    return page, replacements, is_empty


def _events(page: Page | None) -> frozenset[str]:
    """What the entries tell of that there are words for."""
    told = (str(each.told.get("event", "")) for each in page.entries) if page else ()
    return frozenset(event for event in told if event and has_words(f"log.detail.{event}"))


def _next(request: Request, conditions: Conditions, page: Page | None) -> str | None:
    if page is None or page.next_cursor is None:
        return None
    return address(request, conditions, cursor=page.next_cursor)


def _exports(request: Request, conditions: Conditions) -> tuple[tuple[str, str], ...]:
    paths = {"log": "screening-log.csv", "ti": "sdtm-ti.csv", "ie": "sdtm-ie.csv"}
    return tuple(
        (name, address(request, conditions, path=f"/log-book/{path}"))
        for name, path in paths.items()
    )
