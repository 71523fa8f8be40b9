"""Replaying a logged decision on a page: byte for byte the same, or what differs. Nothing of it is kept."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from api.decisions import Desk
from api.log.errors import LogDamaged
from api.pages.forms import form_of
from api.pages.language import Language, language_of
from api.pages.log_changing import details_of, typed_in
from api.pages.log_entry import EntryView, Typed, entry_page, view_of
from api.pages.log_explanations import spoken
from api.pages.log_rows import Row, criterion_rows, other_differences
from api.pages.site import render
from api.parameters import Number, caller_of
from api.replay import Replay, replayed
from eligibility.errors import RecordError
from eligibility.patient.record import parse_json


async def replay(request: Request, sequence: Number) -> Response:
    """Screen once more what was screened then: the kept profile, or the one that is brought again."""
    desk: Desk = request.app.state.desk
    texts, brought = await typed_in(await form_of(request))
    view = await desk.read(partial(view_of, desk.log.reader, sequence, caller_of(request).sites))
    is_posted = bool(brought.content)
    content = brought.content if is_posted else view.kept.profile
    if view.kept.state == "changed" and not is_posted:
        raise LogDamaged("what was kept is not what was hashed", code="document_changed")

    def again() -> Replay:
        document = None if content is None else parse_json(content)
        return replayed(view.entry, document, is_posted=is_posted)

    try:
        found = await desk.compute(again)
    except RecordError as error:
        faults = {"replay_profile": "log.fault.profile"}
        typed = Typed("replay", texts, faults, details_of(error))
        return await entry_page(request, sequence, status=422, typed=typed)
    return _result(request, view, found)


def _result(request: Request, view: EntryView, found: Replay) -> Response:
    now: dict[str, Any] | None = json.loads(found.explanation) if found.explanation else None
    rows, others = _differences(view.kept.document, now)
    return render(
        request,
        "log/replay.html",
        view=view,
        entry=view.entry,
        answer=found.answer,
        now=_shown(now, found, language_of(request)),
        rows=rows,
        others=others,
    )


def _shown(now: dict[str, Any] | None, found: Replay, language: Language) -> dict[str, Any] | None:
    if language == "en" or found.screening is None:
        return now
    return spoken(found.screening, language)


def _differences(
    then: dict[str, Any] | None, now: dict[str, Any] | None
) -> tuple[tuple[Row, ...], tuple[tuple[str, Any, Any], ...]]:
    """What is not the same, where both explanations are at hand."""
    if then is None or now is None:
        return (), ()
    rows = tuple(row for row in criterion_rows(then, now) if row.mark != "same")
    return rows, other_differences(then, now)
