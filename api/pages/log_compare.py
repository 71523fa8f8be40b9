"""Two logged screenings side by side."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from api.decisions import Desk
from api.log.errors import EntryNotFound
from api.log.reading import LogReader
from api.pages.forms import form_of
from api.pages.language import language_of
from api.pages.log_entry import EntryView, view_of
from api.pages.log_explanations import explained
from api.pages.log_rows import criterion_rows
from api.pages.site import render
from api.parameters import caller_of

_FACTS = (
    "decision",
    "trial",
    "profile",
    "as_of",
    "planned_start",
    "rules_hash",
    "engine_version",
    "input_hash",
)
_LARGEST = 2**53


async def compare(request: Request, first: str = "", second: str = "") -> Response:
    """Both, with what differs; or the form for their numbers."""
    desk: Desk = request.app.state.desk
    sites = caller_of(request).sites
    numbers = (first.strip()[:20], second.strip()[:20])
    faults: dict[str, str] = {}
    views: list[EntryView] = []
    for name, text in zip(("first", "second"), numbers, strict=True):
        view = await desk.read(partial(_view, desk.log.reader, text, sites)) if text else None
        if view is not None:
            views.append(view)
        elif any(numbers):
            faults[name] = "log.fault.number"
    if len(views) < len(numbers):
        return _page(request, numbers, faults=faults)
    language = language_of(request)
    found = [
        await desk.compute(partial(explained, view.entry, view.kept, language)) for view in views
    ]
    # Both in one language, or what is only told otherwise would look like a change.
    in_ours, as_logged = [each.spoken for each in found], [each.logged for each in found]
    documents = in_ours if all(in_ours) else as_logged
    return _page(request, numbers, views=views, documents=documents)


async def choose(request: Request) -> Response:
    """The two that were marked in a list."""
    chosen = [each for each in (await form_of(request)).getlist("entry") if isinstance(each, str)]
    if len(chosen) != 2:
        return _page(request, ("", ""), faults={"both": "log.fault.two"})
    first, second = sorted(chosen, key=lambda text: (len(text), text))
    return RedirectResponse(
        f"/log-book/compare?{urlencode({'first': first, 'second': second})}", 303
    )


def _view(reader: LogReader, text: str, sites: tuple[str, ...]) -> EntryView | None:
    """The decision of this number; None if there is none at the site."""
    if not (text.isascii() and text.isdecimal() and int(text) <= _LARGEST):
        return None
    try:
        view = view_of(reader, int(text), sites)
    except EntryNotFound:
        return None
    return view if view.entry.decision is not None else None


def _page(
    request: Request,
    numbers: tuple[str, str],
    *,
    faults: dict[str, str] | None = None,
    views: list[EntryView] | None = None,
    documents: list[dict[str, Any] | None] | None = None,
) -> Response:
    views, documents, faults = views or [], documents or [], faults or {}
    first, second = documents if len(documents) == len(numbers) else (None, None)
    is_same_trial = len({view.entry.trial for view in views}) == 1
    rows = criterion_rows(first, second) if first and second and is_same_trial else ()
    return render(
        request,
        "log/compare.html",
        status=422 if faults else 200,
        numbers=numbers,
        faults=faults,
        views=views,
        missing=[view for view, each in zip(views, documents, strict=True) if each is None],
        facts=tuple(_facts(views)) if views else (),
        rows=rows,
        spoken=(first or {}).get("language", "en"),
        is_same_trial=is_same_trial,
        deciding=_deciding(views),
    )


def _facts(views: list[EntryView]) -> Iterator[tuple[str, tuple[str | None, ...], bool]]:
    """What both entries say of themselves, and whether it is the same."""
    for name in _FACTS:
        values = tuple(getattr(view.entry, name) for view in views)
        yield name, values, len(set(values)) == 1


def _deciding(views: list[EntryView]) -> tuple[tuple[str, tuple[bool, ...]], ...]:
    """Criteria that decided either, and which of the two: known even where no explanation is at hand."""
    ids = dict.fromkeys(name for view in views for name in view.entry.deciding_criteria)
    return tuple(
        (name, tuple(name in view.entry.deciding_criteria for view in views)) for name in ids
    )
