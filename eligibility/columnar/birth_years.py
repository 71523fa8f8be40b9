"""Completed years by date of birth and day of judgement: all that conditions ask of a date of birth."""

from __future__ import annotations

import numpy as np

from eligibility.columnar.anchor_days import AnchorDays
from eligibility.dates import Anchors, completed_years
from eligibility.intake.dictionaries import ColumnDictionary
from eligibility.interning import Coded, Numbers, PairNumbers, first_rows
from eligibility.intervals import Interval


class BirthYears:
    """Completed years by date of birth and day of judgement."""

    def __init__(self) -> None:
        self._pairs = PairNumbers()
        self._codes = np.zeros(0, dtype=np.int64)
        self._classes: dict[object, int] = {}

    def number(
        self, dictionary: ColumnDictionary, numbers: Numbers, days: AnchorDays, pairs: Numbers
    ) -> Coded:
        """The class of each row: so many years, or what stands in the place of a date."""
        found = self._pairs.number(
            Coded(numbers, len(dictionary)), Coded(pairs, len(days.known))
        ).codes
        fresh = np.flatnonzero(found >= len(self._codes))
        if fresh.size:
            _, rows = first_rows(found, fresh)
            classes = [
                self._class(dictionary, int(numbers[row]), days.known[pairs[row]]) for row in rows
            ]
            more = [self._classes.setdefault(each, len(self._classes)) for each in classes]
            self._codes = np.concatenate([self._codes, np.array(more, dtype=np.int64)])
        return Coded(self._codes[found], max(len(self._classes), 1))

    @staticmethod
    def _class(dictionary: ColumnDictionary, number: int, at: Anchors) -> object:
        reading = dictionary.readings[number]
        if not reading.clock:
            return reading.says
        if reading.low > at.as_of:
            return "not born"
        born = Interval(reading.low, min(reading.high, at.as_of))
        return completed_years(born, at.as_of, at.clock)
