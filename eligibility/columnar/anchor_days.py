"""The dates that rows are judged at, one number per distinct pair, and where they lie to what conditions ask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eligibility.dates import Anchors, anchors
from eligibility.errors import AnchorError
from eligibility.interned_texts import NumberedTexts
from eligibility.interning import Coded, Combinations, Numbers, PairNumbers
from eligibility.reports.results import line_of
from eligibility.screening.asks import Limit

_NOBODY = Anchors(0)


class _Texts:
    """Distinct texts of a column, or the one text that stands for all rows."""

    def __init__(self, default: str | None) -> None:
        self._default = default
        self.known: list[str | None] = [default]

    def learnt(self, cells: NumberedTexts | None, rows: int) -> Coded:
        if cells is None:
            return Coded(np.zeros(rows, dtype=np.int64), 1)
        self.known += [text.strip() or self._default for text in cells.fresh]
        return Coded(cells.numbers, len(self.known))


class AnchorDays:
    """Every pair of dates seen so far, by number; rows without usable dates have no pair."""

    def __init__(self, as_of: str | None, planned_start: str | None) -> None:
        self._judged = _Texts(as_of)
        self._planned = _Texts(planned_start)
        self._pairs = PairNumbers()
        self._combinations = Combinations()
        self._places: dict[tuple[Limit, ...], Coded] = {}
        self._days: dict[Limit | None, tuple[Numbers, Numbers]] = {}
        self.known: list[Anchors] = []
        self.written: list[str] = []
        """By number: the two dates as the end of a line of results."""
        self.is_usable = np.zeros(0, dtype=np.bool_)

    def number(
        self, judged: NumberedTexts | None, planned: NumberedTexts | None, rows: int
    ) -> Numbers:
        """The number of each row's pair of dates."""
        one, two = self._judged.learnt(judged, rows), self._planned.learnt(planned, rows)
        numbers = self._pairs.number(one, two).codes
        if self._pairs.count > len(self.known):
            self._learn(numbers, one.codes, two.codes)
        return numbers

    def _learn(self, numbers: Numbers, judged: Numbers, planned: Numbers) -> None:
        fresh = np.flatnonzero(numbers >= len(self.known))
        _, places = np.unique(numbers[fresh], return_index=True)
        texts = [
            (self._judged.known[judged[row]], self._planned.known[planned[row]])
            for row in fresh[places].tolist()
        ]
        found = [_pair(*pair) for pair in texts]
        self.written += [line_of((one or "", two or "")) for one, two in texts]
        self.known += [pair or _NOBODY for pair in found]
        usable = np.array([pair is not None for pair in found], dtype=np.bool_)
        self.is_usable = np.concatenate([self.is_usable, usable])

    def days(self, limit: Limit | None) -> tuple[Numbers, Numbers]:
        """By number: the earliest and latest day a limit stands for; the day of judgement for None."""
        have = self._days.get(limit)
        done = 0 if have is None else len(have[0])
        if have is None or done < len(self.known):
            pairs = [_days_of(each, limit) for each in self.known[done:]]
            more = np.array(pairs, dtype=np.int64).reshape(-1, 2)
            early, late = more[:, 0], more[:, 1]
            if have is not None:
                early, late = np.concatenate([have[0], early]), np.concatenate([have[1], late])
            have = self._days[limit] = (early, late)
        return have

    def references(self, limits: Sequence[Limit]) -> list[tuple[object, Numbers]]:
        """By number, and named: every day that dates are compared with."""
        found: list[tuple[object, Numbers]] = [("as_of", self.days(None)[0])]
        for limit in limits:
            early, late = self.days(limit)
            found += [((limit, "early"), early), ((limit, "late"), late)]
        return found

    def places(self, limits: tuple[Limit, ...]) -> Coded:
        """By number: clock, whether a start is planned, and how the day of judgement lies to the limits."""
        known = self._places.get(limits)
        if known is None or len(known.codes) < len(self.known):
            judged = self.days(None)[0]
            on_offset = np.array([each.clock == "offset" for each in self.known], dtype=np.int64)
            planned = np.array(
                [each.planned_start is not None for each in self.known], dtype=np.bool_
            )
            parts: list[tuple[object, Coded]] = [
                ("clock", Coded(on_offset, 2)),
                ("start", Coded(planned.astype(np.int64), 2)),
            ]
            parts += [
                (name, Coded(np.sign(judged - days) + 1, 3))
                for name, days in self.references(limits)
            ]
            known = self._places[limits] = self._combinations.number(parts, {}, len(judged))
        return known


def _pair(judged: str | None, planned: str | None) -> Anchors | None:
    """The dates, unless they cannot be used; then the row path says why."""
    if judged is None:
        return None
    try:
        return anchors(judged, planned)
    except AnchorError:
        return None


def _days_of(pair: Anchors, limit: Limit | None) -> tuple[int, int]:
    if limit is None:
        return pair.as_of, pair.as_of
    duration, before = limit
    anchor = pair.day(before)
    return (0, 0) if anchor is None or pair is _NOBODY else duration.before(anchor, pair.clock)
