"""The dates that rows are judged at, one number per distinct pair, and where they lie to what conditions ask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from eligibility.columnar.date_texts import DateTexts, Mask
from eligibility.dates import Anchors, Clock
from eligibility.interned_texts import NumberedTexts
from eligibility.interning import Coded, Combinations, Numbers, PairNumbers
from eligibility.screening.asks import Limit

MOST_PAIRS = 1 << 16
"""Distinct pairs kept; beyond it they are forgotten and numbered anew, for every row may have its own."""

_CLOCKS: tuple[Clock, Clock] = ("calendar", "offset")


class AnchorDays:
    """Pairs of dates by number; what is asked of them is asked of each date once.

    Places keep their meaning when the numbers of the pairs are forgotten.
    """

    def __init__(self, as_of: str | None, planned_start: str | None) -> None:
        self._judged = DateTexts(as_of)
        self._planned = DateTexts(planned_start)
        self._combinations = Combinations()
        self.generation = 0
        """Numbers of pairs mean the same only within one generation."""
        self._forget()

    def _forget(self) -> None:
        self._pairs = PairNumbers()
        self._places: dict[tuple[Limit, ...], Coded] = {}
        self._texts = np.zeros((2, 0), dtype=np.int64)
        """By number of a pair: the numbers of its two texts."""

    def number(
        self, judged: NumberedTexts | None, planned: NumberedTexts | None, rows: int
    ) -> Numbers:
        """The number of each row's pair of dates."""
        if self._pairs.count > MOST_PAIRS:
            self._forget()
            self.generation += 1
        one, two = self._judged.learnt(judged, rows), self._planned.learnt(planned, rows)
        numbers = self._pairs.number(one, two).codes
        if self._pairs.count > len(self):
            fresh = np.flatnonzero(numbers >= len(self))
            _, places = np.unique(numbers[fresh], return_index=True)
            rows_of = fresh[places]
            more = np.stack([one.codes[rows_of], two.codes[rows_of]])
            self._texts = np.concatenate([self._texts, more], axis=1)
        return numbers

    def __len__(self) -> int:
        return self._texts.shape[1]

    def pair(self, number: int) -> Anchors:
        """The dates of a usable pair."""
        one, two = self._texts[:, number].tolist()
        is_planned = self._planned.is_there[two]
        return Anchors(
            int(self._judged.days[one]),
            int(self._planned.days[two]) if is_planned else None,
            _CLOCKS[int(self._judged.on_offset[one])],
        )

    @property
    def is_usable(self) -> Mask:
        """By number: whether rows can be judged at these dates; if not, the row path says why."""
        one, two = self._texts
        judged, planned = self._judged, self._planned
        is_one_clock = judged.on_offset[one] == planned.on_offset[two]
        is_later = planned.days[two] >= judged.days[one]
        fits = planned.is_day[two] & is_one_clock & is_later
        usable: Mask = judged.is_day[one] & (fits | ~planned.is_there[two])
        return usable

    @property
    def on_offset(self) -> Mask:
        """By number: whether the dates are day offsets."""
        found: Mask = self._judged.on_offset[self._texts[0]]
        return found

    @property
    def judged(self) -> Numbers:
        """By number: the day of judgement."""
        days: Numbers = self._judged.days[self._texts[0]]
        return days

    def written(self, pairs: Numbers) -> pl.Series:
        """The two dates of each row as the end of a line of results."""
        one, two = self._texts[:, pairs]
        return self._judged.written.gather(one) + "," + self._planned.written.gather(two)

    def references(self, limits: Sequence[Limit]) -> list[tuple[object, Numbers]]:
        """By number, and named: every day that dates are compared with."""
        return [("as_of", self.judged), *self._limit_days(limits)]

    def _limit_days(self, limits: Sequence[Limit], first: int = 0) -> list[tuple[object, Numbers]]:
        """The earliest and latest day that each limit stands for, from a number on."""
        found: list[tuple[object, Numbers]] = []
        one, two = self._texts[:, first:]
        for duration, before in limits:
            texts, numbers = (self._judged, one) if before == "screening" else (self._planned, two)
            early, late = texts.days_before(duration)
            found += [
                ((duration, before, 0), early[numbers]),
                ((duration, before, 1), late[numbers]),
            ]
        return found

    def places(self, limits: tuple[Limit, ...]) -> Coded:
        """By number: whether a start is planned, and how the day of judgement lies to the limits.

        The clock need not be told: on either one a date lies to the days of a limit as its places say.
        """
        known = self._places.get(limits, Coded(np.zeros(0, dtype=np.int64), 1))
        if len(known.codes) < len(self):
            parts = self._parts(limits, len(known.codes))
            more = self._combinations.number(parts, {}, len(self) - len(known.codes))
            known = Coded(np.concatenate([known.codes, more.codes]), max(known.size, more.size))
            self._places[limits] = known
        return known

    def _parts(self, limits: tuple[Limit, ...], first: int) -> list[tuple[object, Coded]]:
        """What pairs must have in common, from a number on."""
        judged, planned = self.judged[first:], self._planned.is_there[self._texts[1, first:]]
        return [
            (limits, Coded(planned.astype(np.int64), 2)),
            *(
                (name, Coded(np.sign(judged - days) + 1, 3))
                for name, days in self._limit_days(limits, first)
            ),
        ]
