"""Dates as closed intervals of days, and the two anchors every window counts from."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from .values import Json, section, word

LONG_AGO = 0  # before every day that can be written: an unbounded past
# De-identified records count days from a day of their own, which is on no calendar.
_NOMINAL_DAY_ZERO = date(2000, 1, 1).toordinal()
_SHORTEST_AND_LONGEST = {3: (89, 92), 6: (181, 184), 60: (1826, 1827)}


@dataclass(frozen=True, slots=True)
class Days:
    """An event happened on one of these days, both ends included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Anchors:
    """The day the record is judged, the planned first dose if there is one, and their clock."""

    as_of: int
    planned_start: int | None
    offsets: bool


def anchors(as_of: str, planned_start: str | None) -> Anchors:
    """The anchors from their texts."""
    planned = _read(planned_start).first if planned_start is not None else None
    return Anchors(_read(as_of).first, planned, as_of.strip().startswith("day"))


def has_date(part: Json, field: str) -> bool:
    """Whether a date is written there, possible or not."""
    return word(part, field) is not None


def day_of(part: Json, field: str, at: Anchors) -> Days | None:
    """The days an event may have happened; none when not recorded or only in the future."""
    text = word(part, field)
    if text is None:
        return None
    written = _read(text)
    if written.first > at.as_of:
        return None
    return Days(written.first, min(written.last, at.as_of))


def observed_by(part: Any, at: Anchors, *, spared: frozenset[str] = frozenset()) -> Any:
    """The record without what was observed only after it is judged: such a date is impossible.

    Nothing below a spared name is looked at.
    """
    if isinstance(part, list):
        return [observed_by(each, at, spared=spared) for each in part]
    if not isinstance(part, dict):
        return part
    observed = part.get("date")
    if "value" in part and isinstance(observed, str) and _read(observed).first > at.as_of:
        return {"absent": "conflicting"}
    return {
        name: each if name in spared else observed_by(each, at, spared=spared)
        for name, each in part.items()
    }


# What each part says was seen on, or not before, a day that stands beside it; of a specimen that is all.
_SEEN_ON = {"specimens": "date", "labs": "date", "treatments": "start"}
_RESPONSE = ("progression", "progression_timing")


def seen_by(patient: Json, at: Anchors) -> Json:
    """The record without what specimens, samples and courses of the future are said to have shown."""
    seen = dict(patient)
    for name, day in _SEEN_ON.items():
        held = patient.get(name) or []
        if isinstance(held, dict):
            seen[name] = held | {"items": [_seen(i, day, at) for i in held.get("items") or []]}
        else:
            seen[name] = [_seen(each, day, at) for each in held]
    return seen


def _seen(part: Json, day: str, at: Anchors) -> Json:
    if not has_date(part, day) or day_of(part, day, at) is not None:
        return part
    doubtful = _RESPONSE if day == "start" else tuple(name for name in part if name != day)
    return part | {name: {"absent": "conflicting"} for name in doubtful if word(part, name)}


def was_observed_before(recorded: Json, day: int) -> bool:
    """Whether the value was surely observed before that day; not when it bears no date."""
    observed = recorded.get("date")
    return isinstance(observed, str) and _read(observed).last < day


def may_have_been_observed_before(recorded: Json, day: int) -> bool:
    """Whether the date that a value bears allows a day before that day."""
    observed = recorded.get("date")
    return isinstance(observed, str) and _read(observed).first < day


def lately(part: Json, field: str, at: Anchors) -> str | None:
    """The word recorded for how somebody is or what she wants, unless it is, or may be, of over 90 days ago."""
    recorded = section(part, field)
    return None if may_have_been_observed_before(recorded, at.as_of - 90) else word(part, field)


def before_months(anchor: int, months: int, at: Anchors) -> Days:
    """The day so many months earlier: one day of a calendar, a few of a clock without one."""
    if at.offsets:
        shortest, longest = _SHORTEST_AND_LONGEST[months]
        return Days(anchor - longest, anchor - shortest)
    there = date.fromordinal(anchor)
    year, month = divmod(there.year * 12 + there.month - 1 - months, 12)
    # 29 February, or the 31st, becomes the last day of a shorter month.
    day = min(there.day, calendar.monthrange(year, month + 1)[1])
    threshold = date(year, month + 1, day).toordinal()
    return Days(threshold, threshold)


def completed_years(born: Days, at: Anchors) -> tuple[int, int]:
    """Youngest and oldest age; whoever was born on 29 February completes a year on 1 March."""
    if at.offsets:
        return _years_at_least(at.as_of - born.last), _years_at_most(at.as_of - born.first)
    return _years(born.last, at.as_of), _years(born.first, at.as_of)


# On no calendar, n years hold between n // 4 leap days and one more, unless n divides by four.
def _years_at_least(elapsed: int) -> int:
    years = elapsed // 365
    while years * 365 + (years + 3) // 4 > elapsed:
        years -= 1
    return years


def _years_at_most(elapsed: int) -> int:
    years = elapsed // 365
    while years * 365 + years // 4 > elapsed:
        years -= 1
    return years


def _years(born_on: int, day: int) -> int:
    born, now = date.fromordinal(born_on), date.fromordinal(day)
    birthday_to_come = (now.month, now.day) < (born.month, born.day)
    return now.year - born.year - (1 if birthday_to_come else 0)


def _read(text: str) -> Days:
    first, _, second = text.strip().partition("/")
    start = _read_one(first)
    return Days(start.first, _read_one(second).last) if second else start


def _read_one(text: str) -> Days:
    if offset := re.fullmatch(r"day ([+-]?\d+)", text.strip()):
        day = _NOMINAL_DAY_ZERO + int(offset[1])
        return Days(day, day)
    numbers = [int(part) for part in text.strip().split("-")]
    year = numbers[0]
    first_month = numbers[1] if len(numbers) > 1 else 1
    last_month = numbers[1] if len(numbers) > 1 else 12
    if len(numbers) > 2:
        day = date(year, first_month, numbers[2]).toordinal()
        return Days(day, day)
    month_end = calendar.monthrange(year, last_month)[1]
    return Days(
        date(year, first_month, 1).toordinal(), date(year, last_month, month_end).toordinal()
    )
