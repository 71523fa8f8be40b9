"""What people add to an entry on its page: an investigator's review, a correction, a withdrawal."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from api.decisions import Desk
from api.log.errors import EntryNotFound, LogError
from api.log_changes import (
    Correction,
    Review,
    Withdrawal,
    corrected_order,
    correcting,
    review_draft,
    withdrawal_draft,
)
from api.pages.forms import Brought, form_of, profile_brought
from api.pages.log_entry import Typed, entry_page
from api.pages.site import render
from api.pages.wording import has_words
from api.parameters import Caller, Number, caller_of
from api.problems import problem_of
from eligibility.errors import AnchorError, EligibilityError, RecordError
from eligibility.patient.record import parse_json

_FAULTS = {
    "criterion": "log.fault.criterion_missing",
    "answer": "log.fault.answer",
    "reason": "log.fault.reason",
    "source": "log.fault.source",
    "patient": "log.fault.profile",
    "as_of": "log.fault.dates",
    "planned_start": "log.fault.dates",
}
_MOST_DETAILS = 20
_MOST_DIGITS = 16
Writing = Callable[[Desk, Caller, Mapping[str, str], Brought], Awaitable[int]]


class _Faulty(Exception):
    """Fields of a form that cannot be used."""

    def __init__(self, *fields: str, details: tuple[str, ...] = ()) -> None:
        self.faults = {field: _FAULTS[field] for field in fields}
        self.details = details
        super().__init__(*fields)


async def review(request: Request, sequence: Number) -> Response:
    """An answer to a criterion that waits for judgement. Name and time are ours; the decision stays as computed."""

    async def write(desk: Desk, caller: Caller, typed: Mapping[str, str], _: Brought) -> int:
        body = _body(
            Review,
            criterion=typed.get("criterion", ""),
            answer=typed.get("answer", ""),
            reason=typed.get("reason", ""),
            name=caller.name or caller.actor,
            source=typed.get("source") or None,
        )
        draft = review_draft(body, caller, sequence, seen_until=_seen(typed))
        return (await desk.append(draft)).entry.sequence

    return await _changed(request, sequence, "review", write)


async def withdraw(request: Request, sequence: Number) -> Response:
    """A decision no longer stands, and nothing takes its place."""

    async def write(desk: Desk, caller: Caller, typed: Mapping[str, str], _: Brought) -> int:
        body = _body(Withdrawal, reason=typed.get("reason", ""))
        draft = withdrawal_draft(body, caller, sequence, seen_until=_seen(typed))
        return (await desk.append(draft)).entry.sequence

    return await _changed(request, sequence, "withdrawal", write)


async def correct(request: Request, sequence: Number) -> Response:
    """A new screening of the corrected profile takes the place of the decision."""

    async def write(desk: Desk, caller: Caller, typed: Mapping[str, str], brought: Brought) -> int:
        body = await desk.compute(lambda: _correction(typed, brought))
        old = await desk.read(lambda: desk.log.reader.entry(sequence, sites=caller.sites))
        order = corrected_order(body, old)
        refine = correcting(body, caller, sequence, seen_until=_seen(typed))
        try:
            answer = await desk.decide(lambda: order, caller, refine=refine)
        except RecordError as error:
            raise _Faulty("patient", details=details_of(error)) from None
        except AnchorError as error:
            raise _Faulty("as_of", details=(error.message,)) from None
        return int(json.loads(answer)["entry"]["sequence"])

    return await _changed(request, sequence, "correction", write)


async def typed_in(form: FormData) -> tuple[dict[str, str], Brought]:
    """The texts of a form, to be shown again, and the profile in it; of a chosen file the text is the profile's."""
    texts = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    texts.pop("csrf", None)
    typed = {name: value.replace("\r\n", "\n").strip() for name, value in texts.items()}
    brought = await profile_brought(form, "profile")
    return ({**typed, "profile": brought.text} if brought.content else typed), brought


async def _changed(request: Request, sequence: int, form: str, write: Writing) -> Response:
    """Write, and show the entry with what was added; if it cannot be, show what was typed with the reason."""
    desk: Desk = request.app.state.desk
    texts, brought = await typed_in(await form_of(request))
    caller = replace(caller_of(request), key=f"page-{texts['once']}" if texts.get("once") else None)
    try:
        number = await write(desk, caller, texts, brought)
    except _Faulty as faulty:
        typed = Typed(form, texts, faulty.faults, faulty.details)
        return await entry_page(request, sequence, status=422, typed=typed)
    except EntryNotFound:
        raise
    except LogError as error:
        return await _refused(request, sequence, Typed(form, texts), error)
    return RedirectResponse(f"/log-book/{sequence}?recorded={number}", 303)


async def _refused(request: Request, sequence: int, typed: Typed, error: LogError) -> Response:
    """The entry as it is now, with the form as it was typed; the form alone if the log cannot be read."""
    problem = problem_of(error)
    known = f"problem.{problem.code}"
    words = known if has_words(known) else f"problem.{problem.status}"
    typed = replace(typed, problem=words)
    try:
        return await entry_page(request, sequence, status=problem.status, typed=typed)
    except EligibilityError:
        return render(
            request,
            "log/unsaved.html",
            status=problem.status,
            headers=problem.headers,
            typed=typed,
            sequence=sequence,
        )


def _body(kind: type[Any], **fields: Any) -> Any:
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        wrong = {str(each["loc"][0]) for each in error.errors() if each["loc"]}
        raise _Faulty(*sorted(wrong & set(_FAULTS))) from None


def _correction(typed: Mapping[str, str], brought: Brought) -> Correction:
    try:
        profile = parse_json(brought.content)
    except RecordError as error:
        raise _Faulty("patient", details=details_of(error)) from None
    start = typed.get("planned_start") or None
    body: Correction = _body(
        Correction,
        reason=typed.get("reason", ""),
        patient=profile,
        as_of=typed.get("as_of") or None,
        planned_start=start,
        without=["planned_start"] if start is None else [],  # the field was there, and was emptied
    )
    return body


def details_of(error: RecordError) -> tuple[str, ...]:
    """What the library found in a profile, in English."""
    return tuple(
        f"{fault.path}: {fault.message}" if fault.path else fault.message
        for fault in error.faults[:_MOST_DETAILS]
    )


def _seen(typed: Mapping[str, str]) -> int:
    """The last entry the form showed; without it nothing is known to have been seen."""
    given = typed.get("seen_until", "")
    is_number = given.isdecimal() and given.isascii() and len(given) <= _MOST_DIGITS
    return int(given) if is_number and int(given) > 0 else 1
