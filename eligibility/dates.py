"""Partial dates, durations and anchors: the only calendar code of this library.

A day is an int: the proleptic Gregorian ordinal of a calendar date, or, for de-identified records, a day
offset counted from the record's own day zero and placed on a nominal calendar far from any real meaning.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from eligibility.errors import AnchorError, Location
from eligibility.full_width import narrow
from eligibility.intervals import MIRRORED, Interval, Operator, compare, overlap
from eligibility.truth import Truth

Clock = Literal["calendar", "offset"]
Unit = Literal["days", "weeks", "months", "years"]
AnchorName = Literal["planned_start", "screening"]
ANCHOR_NAMES: tuple[AnchorName, ...] = ("planned_start", "screening")

_DAY_ZERO = date(2000, 1, 1).toordinal()
_MAX_OFFSET = 60_000
_LONGEST_KNOWN = 24
_EARLIEST_YEAR, _LATEST_YEAR = 1880, 2200
_CALENDAR = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})(?P<sign>[-/])(\d{1,2})(?P=sign)(\d{1,2})", re.ASCII)
_CHINESE = re.compile(r"(\d{4})\s*年\s*(?:(\d{1,2})\s*月\s*(?:(\d{1,2})\s*[日号])?)?", re.ASCII)
_OFFSET = re.compile(r"day ([+-]?\d{1,5})", re.ASCII)
_DURATION = re.compile(r"(\d{1,5}) (day|week|month|year)s?", re.ASCII)
DATE_PATTERN = (
    r"^(\d{4}(-\d{2}(-\d{2})?)?|day [+-]?\d{1,5})(/(\d{4}(-\d{2}(-\d{2})?)?|day [+-]?\d{1,5}))?$"
)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to lie between two days, both included; `text` is what was written, in that one form."""

    earliest: int
    latest: int
    clock: Clock
    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def interval(self) -> Interval:
        """The days it may be, as bounds."""
        return Interval(self.earliest, self.latest)


def parse_partial_date(text: str) -> PartialDate:
    """Read `2024-05-17`, `2024-05`, `2024`, `day 120`, or two of them joined by a slash as a range.

    The year comes first: `2024/5/17`, `2024-5-17` and `2024年5月17日` are that date too, and 5/17/2024 is none.

    Raises ValueError with a message that does not repeat the text.
    """
    text = narrow(text).strip()
    return _known_date(text) if len(text) <= _LONGEST_KNOWN else _parse_text(text)


def _parse_text(text: str) -> PartialDate:
    if whole := _YEAR_FIRST.fullmatch(text):
        return _parse_one(_iso(whole[1], whole[3], whole[4]))
    first, slash, second = text.partition("/")
    start = _parse_one(first)
    if not slash:
        return start
    end = _parse_one(second)
    if start.clock != end.clock:
        raise ValueError("a range needs both ends as calendar dates or both as day offsets")
    if end.latest < start.earliest:
        raise ValueError("a range must not end before it starts")
    return PartialDate(start.earliest, end.latest, start.clock, f"{start.text}/{end.text}")


_known_date = lru_cache(maxsize=4096)(_parse_text)
"""Most dates were read before. Long spellings are read each time, so that nobody can fill the memory with them."""


def _iso(*parts: str | None) -> str:
    """Year, month and day, as many as are known."""
    return "-".join(part.rjust(2, "0") for part in parts if part)


class _NoDate(ValueError):
    """The text is in none of the forms of a date."""


def _parse_one(text: str) -> PartialDate:
    if written := _CHINESE.fullmatch(text):
        text = _iso(*written.groups())
    elif written := _YEAR_FIRST.fullmatch(text):
        text = _iso(written[1], written[3], written[4])
    if offset := _OFFSET.fullmatch(text):
        number = int(offset[1])
        if abs(number) > _MAX_OFFSET:
            raise ValueError(f"day offsets lie within {_MAX_OFFSET} days of day 0")
        return PartialDate(_DAY_ZERO + number, _DAY_ZERO + number, "offset", text)
    match = _CALENDAR.fullmatch(text)
    if match is None:
        raise _NoDate('write dates as "2024-05-17", "2024-05", "2024" or "day 120"')
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None  # the pattern has it
    if not _EARLIEST_YEAR <= year <= _LATEST_YEAR:
        raise ValueError(f"years lie between {_EARLIEST_YEAR} and {_LATEST_YEAR}")
    return PartialDate(*_days_of(year, month, day), "calendar", text)


def _days_of(year: int, month: int | None, day: int | None) -> tuple[int, int]:
    if month is not None and not 1 <= month <= 12:
        raise ValueError("there is no such month")
    first_month, last_month = (month, month) if month else (1, 12)
    last_day = calendar.monthrange(year, last_month)[1]
    if day is not None and not 1 <= day <= last_day:
        raise ValueError("that month has no such day")
    return (
        date(year, first_month, day or 1).toordinal(),
        date(year, last_month, day or last_day).toordinal(),
    )


_WHOLE_DAY = 'a whole date is needed here: write it as "2024-05-17" or "day 120"'


def parse_day(text: str) -> tuple[int, Clock]:
    """Read a whole date (`2024-05-17` or `day 120`), such as an anchor must be."""
    try:
        partial = parse_partial_date(text)
    except _NoDate:
        raise ValueError(_WHOLE_DAY) from None
    if partial.earliest != partial.latest:
        raise ValueError(_WHOLE_DAY)
    return partial.earliest, partial.clock


def usual_text(text: str) -> str:
    """A date in the one form that all programs read; a text that is no date as it stands."""
    try:
        return parse_partial_date(text).text
    except ValueError:
        return text


def format_day(day: int, clock: Clock) -> str:
    """The text that `parse_day` reads back."""
    if clock == "offset":
        return f"day {day - _DAY_ZERO}"
    return date.fromordinal(day).isoformat()


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time as protocols write it; months and years follow the calendar."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount} {self.unit if self.amount != 1 else self.unit[:-1]}"

    def before(self, day: int, clock: Clock) -> tuple[int, int]:
        """The day this long before another: earliest and latest, which differ only on a nominal clock."""
        if self.unit in ("days", "weeks"):
            length = self.amount * (7 if self.unit == "weeks" else 1)
            return day - length, day - length
        if clock == "calendar":
            threshold = _months_before(day, self.months)
            return threshold, threshold
        shortest, longest = _month_lengths(self.months)
        return day - longest, day - shortest

    @property
    def months(self) -> int:
        """The length in months; only for durations given in months or years."""
        return self.amount * (12 if self.unit == "years" else 1)

    def longest_days(self) -> int:
        """The most days this can span."""
        if self.unit in ("days", "weeks"):
            return self.amount * (7 if self.unit == "weeks" else 1)
        return _month_lengths(self.months)[1]

    def shortest_days(self) -> int:
        """The fewest days this can span."""
        if self.unit in ("days", "weeks"):
            return self.longest_days()
        return _month_lengths(self.months)[0]


def parse_duration(text: str) -> Duration:
    """Read `21 days`, `4 weeks`, `6 months`, `5 years`."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError('write durations as "21 days", "4 weeks", "6 months" or "5 years"')
    units: dict[str, Unit] = {"day": "days", "week": "weeks", "month": "months", "year": "years"}
    return Duration(int(match[1]), units[match[2]])


def _months_before(day: int, months: int) -> int:
    """The same day of the month, or the month's last day where there is none (29 February)."""
    anchor = date.fromordinal(day)
    index = anchor.year * 12 + anchor.month - 1 - months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(anchor.day, last)).toordinal()


@lru_cache(maxsize=256)
def _month_lengths(months: int) -> tuple[int, int]:
    """Fewest and most days that so many months span, over a whole leap-year cycle."""
    spans = [day - _months_before(day, months) for day in range(_DAY_ZERO, _DAY_ZERO + 4 * 365 + 1)]
    return min(spans), max(spans)


def completed_years(birth: Interval, on: int, clock: Clock) -> Interval:
    """Age in completed years on a day, as bounds; a birthday on 29 February completes on 1 March."""
    assert birth.low is not None
    assert birth.high is not None
    if clock == "calendar":
        return Interval(_years_between(int(birth.high), on), _years_between(int(birth.low), on))
    fewest, most = on - int(birth.high), on - int(birth.low)
    return Interval(
        _whole_years(fewest, Duration.longest_days), _whole_years(most, Duration.shortest_days)
    )


def _whole_years(days: int, length: Callable[[Duration], int]) -> int:
    """The most years whose length in days fits, where the calendar is nominal."""
    years = max(days // 366 - 1, 0)
    while length(Duration(years + 1, "years")) <= days:
        years += 1
    return years


def _years_between(birth: int, on: int) -> int:
    born, now = date.fromordinal(birth), date.fromordinal(on)
    return now.year - born.year - ((now.month, now.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True)
class Anchors:
    """The dates windows count from: `as_of` judges the record, `planned_start` is the planned first dose."""

    as_of: int
    planned_start: int | None = None
    clock: Clock = "calendar"

    def __post_init__(self) -> None:
        if self.planned_start is not None and self.planned_start < self.as_of:
            raise AnchorError(
                "the planned start lies before the date the record is judged on",
                code="planned_start_before_as_of",
                hint="give a planned start on or after as_of, or screen as of an earlier date",
            )

    def day(self, name: AnchorName) -> int | None:
        """The day of an anchor, None when it is not known."""
        return self.as_of if name == "screening" else self.planned_start


def anchors(as_of: str, planned_start: str | None = None) -> Anchors:
    """Anchors from text; both must be calendar dates or both day offsets."""
    judged, clock = anchor_day(as_of, "as_of")
    planned = anchor_day(planned_start, "planned_start") if planned_start else None
    if planned and planned[1] != clock:
        raise AnchorError(
            "as_of and planned_start must both be calendar dates or both day offsets",
            code="anchor_clocks_differ",
        )
    return Anchors(judged, planned[0] if planned else None, clock)


def anchor_day(text: str, name: str) -> tuple[int, Clock]:
    """The day of an anchor of this name, and its clock; raises AnchorError."""
    try:
        return parse_day(text)
    except ValueError as fault:
        location = Location(path=name)
        raise AnchorError(str(fault), code="anchor_unreadable", location=location) from None


def elapsed(
    event: Interval, operator: Operator, duration: Duration, anchor: int, clock: Clock
) -> Truth:
    """Whether the time from an event to an anchor compares so with a duration.

    "Less than 21 days before" means that the event lies after the day 21 days before the anchor.
    """
    mirrored = MIRRORED[operator]
    earliest, latest = duration.before(anchor, clock)
    truth = compare(event, mirrored, earliest)
    if earliest == latest:
        return truth
    if operator == "exactly":
        # On a nominal clock any day between the two may be the one.
        return Truth.UNKNOWN if overlap(event, Interval(earliest, latest)) else Truth.FALSE
    return truth if compare(event, mirrored, latest) is truth else Truth.UNKNOWN
