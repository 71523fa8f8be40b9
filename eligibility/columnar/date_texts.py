"""The distinct texts of dates to judge at: each is read once, and so is the day that a limit stands for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from eligibility.dates import Clock, Duration, parse_day, usual_text
from eligibility.interned_texts import NumberedTexts
from eligibility.interning import Coded, Numbers
from eligibility.reports.results import line_of

Mask = npt.NDArray[np.bool_]


class DateTexts:
    """Distinct texts of a column by number, or the one text that stands for all rows."""

    def __init__(self, default: str | None) -> None:
        self._default = default
        self._limits: dict[Duration, tuple[Numbers, Numbers]] = {}
        self._clocks: list[Clock | None] = []
        self.days = np.zeros(0, dtype=np.int64)
        """By number: the day, or 0 where there is none."""
        self.is_there: Mask = np.zeros(0, dtype=np.bool_)
        """By number: whether the text says something."""
        self.is_day: Mask = np.zeros(0, dtype=np.bool_)
        """By number: whether it is a whole date."""
        self.on_offset: Mask = np.zeros(0, dtype=np.bool_)
        """By number: whether it is a day offset."""
        self.written = pl.Series(dtype=pl.String)
        """By number: the text as a cell of the results."""
        self._learn([default])

    def learnt(self, cells: NumberedTexts | None, rows: int) -> Coded:
        """The number of each row's text."""
        if cells is None:
            return Coded(np.zeros(rows, dtype=np.int64), 1)
        if cells.fresh:
            self._learn([text.strip() or self._default for text in cells.fresh])
        return Coded(cells.numbers, len(self.days))

    def _learn(self, texts: list[str | None]) -> None:
        read = [_day(text) for text in texts]
        clocks = [clock for _, clock in read]
        self._clocks += clocks
        self.days = np.concatenate([self.days, np.array([day for day, _ in read], dtype=np.int64)])
        self.is_there = np.concatenate([self.is_there, [bool(text) for text in texts]])
        self.is_day = np.concatenate([self.is_day, [clock is not None for clock in clocks]])
        self.on_offset = np.concatenate([self.on_offset, [clock == "offset" for clock in clocks]])
        # After another cell, for an empty one is quoted where it is alone.
        cells = [line_of(("", usual_text(text or ""))).removeprefix(",") for text in texts]
        self.written = pl.concat([self.written, pl.Series(cells, dtype=pl.String)])

    def days_before(self, duration: Duration) -> tuple[Numbers, Numbers]:
        """By number: the earliest and latest day so long before the day; 0 where there is none."""
        early, late = self._limits.get(duration) or (_NONE, _NONE)
        if len(early) < len(self.days):
            places = range(len(early), len(self.days))
            more = np.array(
                [self._before(place, duration) for place in places], dtype=np.int64
            ).reshape(-1, 2)
            early = np.concatenate([early, more[:, 0]])
            late = np.concatenate([late, more[:, 1]])
            self._limits[duration] = (early, late)
        return early, late

    def _before(self, place: int, duration: Duration) -> tuple[int, int]:
        clock = self._clocks[place]
        return duration.before(int(self.days[place]), clock) if clock else (0, 0)


_NONE = np.zeros(0, dtype=np.int64)


def _day(text: str | None) -> tuple[int, Clock | None]:
    """The day that a text says and its clock; no clock where it says no whole date."""
    if not text:
        return 0, None
    try:
        return parse_day(text)
    except ValueError:
        return 0, None
