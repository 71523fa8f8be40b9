"""The plain readers most findings are made of: one recorded field, read as a quantity, a code or a date."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from eligibility.dates import PartialDate
from eligibility.findings.model import (
    REASON_OF_ABSENCE,
    Finding,
    FindingSpec,
    Reader,
    Scope,
    UnknownReason,
    unknown,
)
from eligibility.intervals import Interval
from eligibility.patient.recorded import NotYetObserved, Recorded
from eligibility.patient.values import Measured
from eligibility.truth import Truth

LONGEST_SINCE_STATED = 90
"""Days; how somebody was, or what she wanted, longer ago than this says nothing about today, be it good or bad.

A bound of common sense, no protocol's window: a trial that prints one asks for less. What bears no date is of the
day the record is judged on.
"""

_FADED = {
    Truth.TRUE: f"dated more than {LONGEST_SINCE_STATED} days before screening",
    Truth.UNKNOWN: f"perhaps dated more than {LONGEST_SINCE_STATED} days before screening",
}
_AHEAD = "dated after the day the record is judged on"


def field(scope: Scope, path: str) -> tuple[Recorded[Any], str]:
    """A recorded field and its whole path in the record."""
    part: Any = scope.part
    for step in path.split("."):
        part = getattr(part, step)
    return part, f"{scope.prefix}{path}"


def absent(recorded: Recorded[Any], path: str) -> Finding:
    """The finding of a field without a value."""
    note = _AHEAD if isinstance(recorded, NotYetObserved) else None
    return unknown((path,), REASON_OF_ABSENCE[recorded.why_absent], note)


def read_quantity(scope: Scope, path: str) -> Finding:
    """A number within bounds."""
    recorded, full_path = field(scope, path)
    measured: Measured | None = recorded.value
    if measured is None:
        return absent(recorded, full_path)
    return Finding(measured.interval, (full_path,))


def read_code(scope: Scope, path: str) -> Finding:
    """A code as the set of what it may be: one code when known."""
    recorded, full_path = field(scope, path)
    code: StrEnum | None = recorded.value
    if code is None:
        return absent(recorded, full_path)
    return Finding(frozenset((code.value,)), (full_path,))


def read_state(scope: Scope, path: str) -> Finding:
    """A code for what changes with time; one of long ago is unknown."""
    return faded(scope, path) or read_code(scope, path)


def faded(scope: Scope, path: str) -> Finding | None:
    """The unknown that a recorded state is by now, surely or perhaps; None where it speaks of today."""
    age = is_of_long_ago(scope, path)
    if age is Truth.FALSE:
        return None
    return unknown((f"{scope.prefix}{path}",), note=_FADED[age])


def is_of_long_ago(scope: Scope, path: str) -> Truth:
    """Whether a state was recorded so long ago that it says nothing of today."""
    stated, _ = field(scope, path)
    oldest = scope.as_of - LONGEST_SINCE_STATED
    if stated.value is None or stated.date is None or stated.date.earliest >= oldest:
        return Truth.FALSE
    return Truth.TRUE if stated.date.latest < oldest else Truth.UNKNOWN


def has_faded(finding: Finding) -> bool:
    """Whether a finding is unknown only because what is recorded is too old."""
    return finding.note in _FADED.values()


def read_date(scope: Scope, path: str) -> Finding:
    """A date as the days it may be, none of them after the day the record is judged on."""
    recorded, full_path = field(scope, path)
    when: PartialDate | None = recorded.value
    if when is None:
        return absent(recorded, full_path)
    return past(when, full_path, scope.as_of)


def past(when: PartialDate, path: str, as_of: int) -> Finding:
    """A recorded date cut off at the day of judgement; one wholly after it is a recording error."""
    if when.earliest > as_of:
        return unknown((path,), UnknownReason.CONFLICTING, _AHEAD)
    return Finding(Interval(when.earliest, min(when.latest, as_of)), (path,))


def quantity(name: str, path: str, unit: str | None, title: str, question: str) -> FindingSpec:
    """A catalogue entry for one numeric field."""
    return FindingSpec(name, "quantity", title, question, _bound(read_quantity, path), unit=unit)


def code(name: str, path: str, codes: type[StrEnum], title: str, question: str) -> FindingSpec:
    """A catalogue entry for one coded field."""
    return _coded(read_code, name, path, codes, title, question)


def state(name: str, path: str, codes: type[StrEnum], title: str, question: str) -> FindingSpec:
    """A catalogue entry for one coded field that says how things are just now."""
    return _coded(read_state, name, path, codes, title, question)


def day(name: str, path: str, title: str, question: str) -> FindingSpec:
    """A catalogue entry for one dated field."""
    return FindingSpec(name, "date", title, question, _bound(read_date, path))


def _coded(
    read: Any, name: str, path: str, codes: type[StrEnum], title: str, question: str
) -> FindingSpec:
    accepted = frozenset(member.value for member in codes)
    return FindingSpec(name, "codes", title, question, _bound(read, path), codes=accepted)


def _bound(read: Any, path: str) -> Reader:
    def reader(scope: Scope) -> Finding:
        finding: Finding = read(scope, path)
        return finding

    return reader
