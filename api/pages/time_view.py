"""Windows and start dates as they are drawn: bars on one scale of days, and the same in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from api.pages.language import Language, written_date
from api.pages.patient_form import PatientForm, field_of
from api.pages.start_windows import Window, windows_of
from api.pages.wording import say
from eligibility.dates import format_day, parse_day
from eligibility.explanation import Explanation
from eligibility.findings.findings import ItemFindings
from eligibility.phrases import Phrases
from eligibility.protocol.verdict import Decision
from eligibility.reports.start_dates import date_lines
from eligibility.wording import VOICES

_BEHIND, _AHEAD, _FURTHEST, _AFTER = 30, 60, 400, 14
_STEPS = (7, 14, 28, 91, 182, 365, 730, 1826, 3652, 7305, 18262)
_MOST_TICKS = 5
_MOST_ROWS = 40
_NARROW = 4.0
"""Percent of the width in which a symbol has no room."""


class Bar(NamedTuple):
    """A stretch of days in percent of the width."""

    left: str
    width: str
    tone: str
    symbol: str = ""
    middle: str = ""


class Tick(NamedTuple):
    """A day with its name on the scale."""

    at: str
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Row:
    """One window."""

    title: str
    detail: str
    outcome: str
    field: str
    kind: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Starts of treatment for which every verdict is the same."""

    first: str
    last: str | None
    decision: str
    failing: tuple[str, ...]
    unknown: tuple[str, ...]
    holds_start: bool


@dataclass(frozen=True, slots=True)
class TimeView:
    """Everything about time on the page."""

    first: int
    last: int
    origin: str
    """The first day of the scale, as it is written in a field."""
    as_of: int
    start: int | None
    as_of_at: str
    start_at: str | None
    ticks: tuple[Tick, ...]
    rows: tuple[Row, ...]
    unshown: int
    strip: tuple[Bar, ...]
    spans: tuple[Span, ...]
    lines: tuple[str, ...]


def time_view(form: PatientForm, explanation: Explanation, language: Language) -> TimeView | None:
    """What is drawn; nothing where no date was looked at."""
    if explanation.dates is None:
        return None
    return _Drawing(form, explanation, language).view()


class _Drawing:
    def __init__(self, form: PatientForm, explanation: Explanation, language: Language) -> None:
        self._form, self._explanation, self._language = form, explanation, language
        self._voice = VOICES[language]
        self._anchors = explanation.screening.anchors
        self._windows = windows_of(explanation.screening)
        assert explanation.dates is not None  # the caller has looked
        self._calendar = explanation.dates.calendar
        self._first, self._last = self._scale()

    def view(self) -> TimeView:
        start = self._anchors.planned_start
        shown = self._windows[:_MOST_ROWS]
        return TimeView(
            first=self._first,
            last=self._last,
            origin=self._written(self._first),
            as_of=self._anchors.as_of,
            start=start,
            as_of_at=self._at(self._anchors.as_of + 0.5),
            start_at=None if start is None else self._at(start + 0.5),
            ticks=tuple(self._ticks()),
            rows=tuple(self._row(window) for window in shown),
            unshown=len(self._windows) - len(shown),
            strip=tuple(self._strip()),
            spans=tuple(self._spans()),
            lines=self._lines(),
        )

    def _lines(self) -> tuple[str, ...]:
        """From when and until when; the calendar itself is in the table."""
        lines = list(date_lines(self._explanation, self._voice))[: -len(self._calendar)]
        return tuple(f"{line[:1].upper()}{line[1:]}" for line in lines)

    def _scale(self) -> tuple[int, int]:
        """From a month back to two months on, and as far as something changes within a year or so."""
        as_of = self._anchors.as_of
        start = self._anchors.planned_start
        behind = [w.first for w in self._windows if as_of - 3 * _BEHIND <= w.first <= as_of]
        turns = [parse_day(period.first)[0] for period in self._calendar]
        turns += [w.last for w in self._windows if w.last is not None]
        ahead = [day + _AFTER for day in turns if day <= as_of + _FURTHEST]
        ahead += [] if start is None or start <= as_of + _AHEAD else [start + _AFTER]
        return min([as_of - _BEHIND, *behind]), max([as_of + _AHEAD, *ahead])

    def _at(self, day: float) -> str:
        share = (day - self._first) / (self._last - self._first + 1)
        return f"{min(max(share, 0), 1) * 100:.2f}"

    def _bar(self, first: int, last: int | None, tone: str, symbol: str = "") -> Bar | None:
        """The days from first to last, both included; None where none of them is on the scale."""
        end = self._last if last is None else min(last, self._last)
        if end < self._first or first > self._last:
            return None
        left, right = float(self._at(first)), float(self._at(end + 1))
        shown = symbol if right - left >= _NARROW else ""
        middle = f"{(left + right) / 2:.2f}"
        return Bar(f"{left:.2f}", f"{max(right - left, 0.4):.2f}", tone, shown, middle)

    def _row(self, window: Window) -> Row:
        ends = self._bar(window.first, window.last, window.kind)
        event_last = window.event_last if window.event_last is not None else self._anchors.as_of
        event = self._bar(window.first, max(event_last, window.first), "event")
        return Row(
            self._title(window),
            f"{self._voice.duration(window.leaf.duration)} · {', '.join(window.criteria)}",
            self._outcome(window),
            next((f for p in window.fields if (f := field_of(self._form, p))), ""),
            window.kind,
            tuple(bar for bar in (ends, event) if bar is not None),
        )

    def _title(self, window: Window) -> str:
        title = self._voice.text(window.source.spec(window.leaf.finding).title)
        if isinstance(window.source, ItemFindings):
            phrases = Phrases(self._explanation.screening, self._voice)
            item = phrases.item_name(window.source)
            title = self._voice.say("found.item", title=title, item=item)
        return title[:1].upper() + title[1:]

    def _outcome(self, window: Window) -> str:
        """Until when it lasts, seen from the day of judgement."""
        if window.last is None:
            return self._say("patient.window.endless")
        is_over = window.last < self._anchors.as_of
        key = f"patient.window.{window.kind}_{'over' if is_over else 'until'}"
        return self._say(key, date=self._date(window.last))

    def _strip(self) -> Iterator[Bar]:
        for period in self._calendar:
            first = parse_day(period.first)[0]
            last = parse_day(period.last)[0] if period.last else None
            symbol = _SYMBOLS[period.decision]
            bar = self._bar(first, last, period.decision.value, symbol)
            if bar is not None:
                yield bar

    def _spans(self) -> Iterator[Span]:
        start = self._anchors.planned_start
        for period in self._calendar:
            first = parse_day(period.first)[0]
            last = parse_day(period.last)[0] if period.last else None
            holds = start is not None and first <= start and (last is None or start <= last)
            yield Span(
                period.first,
                period.last,
                period.decision.value,
                period.failing,
                period.unknown,
                holds,
            )

    def _ticks(self) -> Iterator[Tick]:
        span = self._last - self._first + 1
        step = next((s for s in _STEPS if span / s <= _MOST_TICKS), _STEPS[-1])
        day = self._anchors.as_of - (self._anchors.as_of - self._first) // step * step
        while day <= self._last:
            at = float(self._at(day + 0.5))
            anchor = "start" if at < 8 else "end" if at > 92 else "middle"
            yield Tick(f"{at:.2f}", self._short(day, with_year=span > _FURTHEST), anchor)
            day += step

    def _short(self, day: int, *, with_year: bool) -> str:
        text = self._written(day)
        if self._anchors.clock == "offset":
            return written_date(text, self._language)
        if with_year:
            return written_date(text[:7], self._language)
        whole = written_date(text, self._language)
        return whole.rpartition(" ")[0] if self._language == "en" else whole.partition("年")[2]

    def _written(self, day: int) -> str:
        return format_day(day, self._anchors.clock)

    def _date(self, day: int) -> str:
        return written_date(self._written(day), self._language)

    def _say(self, key: str, **parts: object) -> str:
        return say(key, self._language, **parts)


_SYMBOLS = {Decision.ELIGIBLE: "✓", Decision.INELIGIBLE: "✕", Decision.UNDETERMINED: "?"}
