"""One criterion for one patient on a date that is moved: the truth of every part, and when it changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from fastapi import FastAPI, Request
from fastapi.responses import Response

from api.decisions import Desk
from api.pages.example_patients import AS_OF, EXAMPLES, PLANNED_START, example_patient
from api.pages.forms import form_of, text_of
from api.pages.language import Language, language_of
from api.pages.site import is_script, render
from api.pages.trial_words import profile_titles, teller
from api.parameters import OptionalName, PathName
from api.problems import problem_of
from api.screeners import screener_of
from eligibility.dates import Anchors, anchors, format_day
from eligibility.errors import EligibilityError
from eligibility.patient.record import parse_json, read_record
from eligibility.protocol.conditions import Condition
from eligibility.protocol.model import Criterion, Trial
from eligibility.protocol.verdict import Verdict
from eligibility.reports.condition_words import ConditionWords, judged_words
from eligibility.screening.leaves import evaluate
from eligibility.screening.model import Screening
from eligibility.truth import Truth
from eligibility.wording import VOICES

_SPAN = 120
"""Days after the day of judgement that the slider reaches, if the start is not later."""
_LONGEST_SPAN = 3 * 366


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks for, as it was typed."""

    trial: str
    criterion: str
    profile: str | None
    patient: str
    as_of: str
    planned_start: str
    moved: int = 0
    """Days by which the start is moved, by a button."""
    offset: int | None = None
    """Where the slider stands, in days after the day of judgement."""


@dataclass(frozen=True, slots=True)
class Span:
    """Starts over which the criterion stays the same, first and last included, in days after `as_of`."""

    first: str
    last: str
    begins: int
    days: int
    truth: Truth
    verdict: Verdict
    is_now: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown for one date."""

    criterion: Criterion
    truth: Truth
    verdict: Verdict
    tree: ConditionWords
    planned_start: str | None
    offset: int
    reach: int
    spans: tuple[Span, ...]


def add_criterion_over_time(service: FastAPI) -> None:
    """Add the routes."""
    path = "/criteria/{trial}/over-time"
    service.get(path, include_in_schema=False)(over_time)
    service.post(path, include_in_schema=False)(over_time_moved)


async def over_time(
    request: Request,
    trial: PathName,
    *,
    criterion: OptionalName = None,
    profile: OptionalName = None,
    example: OptionalName = None,
) -> Response:
    """The form; with an invented patient, what is shown of it."""
    loaded = screener_of(trial, profile).trial
    document = example_patient(example) if example in EXAMPLES else None
    asked = Asked(
        trial=loaded.id,
        criterion=criterion or loaded.criteria[0].id,
        profile=profile,
        patient=json.dumps(document, ensure_ascii=False, indent=1) if document else "",
        as_of=AS_OF if document else "",
        planned_start=PLANNED_START if document else "",
    )
    return await _answer(request, asked)


async def over_time_moved(request: Request, trial: PathName) -> Response:
    """The same for a patient and a date that were sent; to a script only the part that changes."""
    form = await form_of(request)
    asked = Asked(
        trial=screener_of(trial).trial.id,
        criterion=text_of(form, "criterion"),
        profile=text_of(form, "profile") or None,
        patient=text_of(form, "patient"),
        as_of=text_of(form, "as_of"),
        planned_start=text_of(form, "planned_start"),
        moved=_days(text_of(form, "step")) or 0,
        offset=_days(text_of(form, "offset")),
    )
    return await _answer(request, asked)


async def _answer(request: Request, asked: Asked) -> Response:
    desk: Desk = request.app.state.desk
    language = language_of(request)
    shown, problem = None, None
    if asked.patient:
        try:
            shown = await desk.compute(lambda: shown_for(asked, language))
        except EligibilityError as error:
            problem = problem_of(error)
    if shown is not None:
        asked = replace(asked, planned_start=shown.planned_start or "")
    template = "criteria/_truth.html" if is_script(request) else "criteria/over_time.html"
    trial = screener_of(asked.trial).trial
    return render(
        request,
        template,
        status=problem.status if problem else 200,
        asked=asked,
        trial=trial,
        criteria=_criteria(trial, language),
        profiles=profile_titles(trial, teller(trial, language)),
        examples=EXAMPLES,
        shown=shown,
        problem=problem,
    )


def shown_for(asked: Asked, language: Language) -> Shown:
    """What is shown for one date; raises EligibilityError for what cannot be read."""
    screener = screener_of(asked.trial, asked.profile)
    criterion = _criterion(screener.trial, asked.criterion)
    dates = _moved(anchors(asked.as_of, asked.planned_start or None), asked)
    record = read_record(parse_json(asked.patient))
    screening = screener.screen(record, dates)
    tree = judged_words(screening, criterion.condition, dates, VOICES[language])
    assert tree.truth is not None  # a patient is looked at
    offset = 0 if dates.planned_start is None else dates.planned_start - dates.as_of
    reach = min(max(_SPAN, offset), _LONGEST_SPAN)
    return Shown(
        criterion=criterion,
        truth=tree.truth,
        verdict=criterion.verdict(tree.truth),
        tree=tree,
        planned_start=_written(dates.planned_start, dates),
        offset=offset,
        reach=reach,
        spans=tuple(_spans(screening, criterion, dates, reach)),
    )


def _moved(dates: Anchors, asked: Asked) -> Anchors:
    """The start where a button or the slider has put it, never before the day of judgement."""
    if asked.offset is not None:
        days = asked.offset
    elif asked.moved:
        days = (dates.planned_start or dates.as_of) - dates.as_of + asked.moved
    else:
        return dates
    return replace(dates, planned_start=dates.as_of + min(max(days, 0), _LONGEST_SPAN))


def _spans(
    screening: Screening, criterion: Criterion, dates: Anchors, reach: int
) -> Iterator[Span]:
    """The days the slider reaches, put together where nothing changes."""
    truths = [_truth_on(screening, criterion.condition, dates, day) for day in range(reach + 1)]
    now = None if dates.planned_start is None else dates.planned_start - dates.as_of
    begins = 0
    for day in range(1, reach + 2):
        if day <= reach and truths[day] is truths[begins]:
            continue
        yield Span(
            first=format_day(dates.as_of + begins, dates.clock),
            last=format_day(dates.as_of + day - 1, dates.clock),
            begins=begins,
            days=day - begins,
            truth=truths[begins],
            verdict=criterion.verdict(truths[begins]),
            is_now=now is not None and begins <= now < day,
        )
        begins = day


def _truth_on(screening: Screening, condition: Condition, dates: Anchors, day: int) -> Truth:
    moved = replace(dates, planned_start=dates.as_of + day)
    return evaluate(condition, screening.findings, moved)


def _criterion(trial: Trial, asked: str) -> Criterion:
    for each in trial.criteria:
        if each.id == asked.upper():
            return each
    raise EligibilityError("the trial has no such criterion", code="unknown_criterion")


def _criteria(trial: Trial, language: Language) -> list[tuple[str, object]]:
    told = teller(trial, language)
    return [(each.id, told(each.title)) for each in trial.criteria]


def _written(day: int | None, dates: Anchors) -> str | None:
    return None if day is None else format_day(day, dates.clock)


def _days(text: str) -> int | None:
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    return sign * int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None
