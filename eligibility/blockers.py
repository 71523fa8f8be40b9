"""What stands between the patient and the trial: criterion by criterion what a person can do, and from which day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from eligibility.dates import format_day
from eligibility.findings.model import UnknownReason
from eligibility.findings.readers import has_faded
from eligibility.phrases import Phrases
from eligibility.protocol.model import Criterion, Remedy
from eligibility.protocol.verdict import Verdict
from eligibility.screening.judging import LeafUse
from eligibility.screening.model import CriterionResult, Screening
from eligibility.screening.proof import reason_of
from eligibility.timeline import (
    first_day,
    first_renewed_day,
    first_screening,
    turning_days,
    verdict_on,
)
from eligibility.truth import Truth

_FOR_THE_INVESTIGATOR = {UnknownReason.PROTOCOL_GAP, UnknownReason.NEEDS_JUDGEMENT}


@dataclass(frozen=True, slots=True)
class Blocker:
    """What stands between the patient and the trial, and what a person can do about it."""

    criterion_id: str
    action: Remedy
    until: str | None
    """A date as data, ISO or `day N`, whatever the language."""
    text: str


def blockers_of(
    screening: Screening, phrases: Phrases, uses: dict[str, tuple[LeafUse, ...]]
) -> tuple[Blocker, ...]:
    """Every criterion that does not pass; those that can never pass come first."""
    found = [
        _blocker(screening, result, phrases, uses[result.criterion.id])
        for result in screening.results
        if result.verdict is not Verdict.PASS and screening.alarm is None
    ]
    order = list(Remedy)
    return tuple(sorted(found, key=lambda blocker: order.index(blocker.action)))


def _blocker(
    screening: Screening, result: CriterionResult, phrases: Phrases, uses: tuple[LeafUse, ...]
) -> Blocker:
    criterion = result.criterion
    if result.verdict is Verdict.UNKNOWN:
        return _open_blocker(screening, criterion, phrases, uses)
    if (waiting := _waiting(screening, criterion, phrases)) is not None:
        return waiting
    if (later := _retest_later(screening, criterion, phrases)) is not None:
        return later
    # There are no waivers: a failure is nothing to judge, and waiting that leads nowhere is none.
    hopeless = (Remedy.WAIT, Remedy.DECIDE)
    action = Remedy.RETEST if criterion.if_failed in hopeless else criterion.if_failed
    return _worded(criterion, action, None, phrases)


def _open_blocker(
    screening: Screening, criterion: Criterion, phrases: Phrases, uses: tuple[LeafUse, ...]
) -> Blocker:
    unknown = [use for use in uses if use.truth is Truth.UNKNOWN]
    why = {reason_of(use, screening.anchors) for use in unknown}
    action = Remedy.DECIDE if why <= _FOR_THE_INVESTIGATOR else Remedy.FETCH
    if action is Remedy.DECIDE and _has_grown_old(screening, criterion):
        return _outdated(criterion, phrases)
    if criterion.if_failed is Remedy.RETEST and _have_faded(unknown):
        again = phrases.voice.say("action.ask_again")
        return Blocker(criterion.id, Remedy.RETEST, None, again)
    clearing = clears_on(screening, criterion, {Verdict.PASS})
    if clearing is None or action is not Remedy.DECIDE:
        return _worded(criterion, action, clearing.day if clearing else None, phrases)
    ending = "again" if clearing.by_screening else "until"
    return _dated(criterion, action, f"action.decide_{ending}", clearing.day, phrases)


def _waiting(screening: Screening, criterion: Criterion, phrases: Phrases) -> Blocker | None:
    """What time alone does for a criterion that fails."""
    for verdict, ending in ((Verdict.PASS, "until"), (Verdict.UNKNOWN, "open")):
        clearing = clears_on(screening, criterion, {verdict})
        if clearing is not None:
            # No later start cures what counts back from the screening, only a later screening does.
            action = "rescreen" if clearing.by_screening else "wait"
            key = f"action.{action}_{ending}"
            return _dated(criterion, Remedy.WAIT, key, clearing.day, phrases)
    return None


def _retest_later(screening: Screening, criterion: Criterion, phrases: Phrases) -> Blocker | None:
    """What a fresh test does for starts that are far enough away, where it does nothing for this one."""
    after = _start_or_today(screening)
    found = first_renewed_day(screening, criterion, after=after)
    if found is None:
        return None
    day, verdict = found
    if day == after:
        # Nothing speaks against the results but their age.
        is_cured = verdict is Verdict.PASS
        return _outdated(criterion, phrases) if is_cured else None
    ending = "until" if verdict is Verdict.PASS else "open"
    return _dated(criterion, Remedy.RETEST, f"action.retest_{ending}", day, phrases)


def _have_faded(unknown: list[LeafUse]) -> bool:
    """Whether a criterion is open only because what is recorded is of long ago."""
    findings = [use.finding for use in unknown]
    return bool(findings) and all(each is not None and has_faded(each) for each in findings)


def _has_grown_old(screening: Screening, criterion: Criterion) -> bool:
    """Whether a fresh test closes an open criterion: for an earlier start the result was still good."""
    if criterion.if_failed is not Remedy.RETEST:
        return False
    start = screening.anchors.planned_start
    days = (day for day in turning_days(screening, criterion) if start is not None and day < start)
    return any(verdict_on(screening, criterion, day) is Verdict.PASS for day in days)


def _outdated(criterion: Criterion, phrases: Phrases) -> Blocker:
    return Blocker(criterion.id, Remedy.RETEST, None, phrases.voice.say("action.retest_old"))


def _worded(criterion: Criterion, action: Remedy, until: int | None, phrases: Phrases) -> Blocker:
    day = None if until is None else format_day(until, phrases.anchors.clock)
    return Blocker(criterion.id, action, day, phrases.voice.say(f"action.{action.value}"))


def _dated(criterion: Criterion, action: Remedy, key: str, until: int, phrases: Phrases) -> Blocker:
    text = phrases.voice.say(key, date=phrases.day(until))
    return Blocker(criterion.id, action, format_day(until, phrases.anchors.clock), text)


class Clearing(NamedTuple):
    """A day on which a criterion stands better, and whether it is a day of judgement and no start."""

    day: int
    by_screening: bool


def clears_on(
    screening: Screening, criterion: Criterion, verdicts: set[Verdict]
) -> Clearing | None:
    """The first later start, else the first later day of judgement, with one of these verdicts.

    None where it only takes a planned start to have it: a start today would do.
    """
    anchors = screening.anchors
    if (
        anchors.planned_start is None
        and verdict_on(screening, criterion, anchors.as_of) in verdicts
    ):
        return None
    start = first_day(screening, criterion, after=_start_or_today(screening), verdicts=verdicts)
    if start is not None:
        return Clearing(start, by_screening=False)
    again = first_screening(screening, criterion, verdicts=verdicts)
    return None if again is None else Clearing(again, by_screening=True)


def _start_or_today(screening: Screening) -> int:
    anchors = screening.anchors
    return anchors.planned_start if anchors.planned_start is not None else anchors.as_of


def is_final(blockers: tuple[Blocker, ...]) -> bool:
    """Whether some criterion fails that nothing can change."""
    return any(blocker.action is Remedy.NEVER for blocker in blockers)
