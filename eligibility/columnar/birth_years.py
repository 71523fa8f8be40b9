"""Completed years by date of birth and day of judgement: all that conditions ask of a date of birth."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from eligibility.dates import completed_years
from eligibility.intake.dictionaries import ColumnDictionary
from eligibility.interning import Coded, Combinations, Numbers
from eligibility.intervals import Interval

_NO_DATE, _NOT_BORN, _FIRST = 0, 1, 2
_SIZE = 512
"""Above all years that dates or day offsets may span."""
_FIRST_OF_1970 = 719_163
"""The ordinal that NumPy counts dates from."""

Mask = npt.NDArray[np.bool_]


class BirthYears:
    """Classes of rows: so many completed years, or what stands in the place of a date."""

    def __init__(self) -> None:
        self._combinations = Combinations()

    def number(
        self, dictionary: ColumnDictionary, numbers: Numbers, judged: Numbers, on_offset: Mask
    ) -> Coded:
        """The class of each row, by its text and its day of judgement."""
        low, high = (days[numbers] for days in dictionary.days)
        is_date = (dictionary.clocks > 0)[numbers]
        youngest = np.minimum(high, judged)
        parts: list[tuple[object, Coded]] = [
            ("says", Coded(dictionary.says.codes[numbers], dictionary.says.size))
        ]
        for name, born in (("most", low), ("fewest", youngest)):
            years = np.full(len(numbers), _NO_DATE, dtype=np.int64)
            years[is_date & (low > judged)] = _NOT_BORN
            for is_asked, count in ((~on_offset, _years), (on_offset, _nominal_years)):
                rows = np.flatnonzero(is_date & (low <= judged) & is_asked)
                if rows.size:
                    years[rows] = _FIRST + count(name, born[rows], judged[rows])
            parts.append((name, Coded(years, _SIZE)))
        return self._combinations.number(parts, {}, len(numbers))


def _years(_: str, born: Numbers, on: Numbers) -> Numbers:
    """As `completed_years` counts them on the calendar."""
    (birth_year, birthday), (year, day) = _year_and_day(born), _year_and_day(on)
    return year - birth_year - (day < birthday)


def _year_and_day(days: Numbers) -> tuple[Numbers, Numbers]:
    dates = (days - _FIRST_OF_1970).astype("datetime64[D]")
    years, months = dates.astype("datetime64[Y]"), dates.astype("datetime64[M]")
    month = (months - years.astype("datetime64[M]")).astype(np.int64)
    day = (dates - months.astype("datetime64[D]")).astype(np.int64)
    return years.astype(np.int64), month * 32 + day


def _nominal_years(which: str, born: Numbers, on: Numbers) -> Numbers:
    """On a nominal calendar the years depend on nothing but the days between."""
    days, places = np.unique(on - born, return_inverse=True)
    counted = [_nominal(which, each) for each in days.tolist()]
    return np.array(counted, dtype=np.int64)[places]


@cache
def _nominal(which: str, days: int) -> int:
    years = completed_years(Interval(-days, -days), 0, "offset")
    bound = years.high if which == "most" else years.low
    assert bound is not None  # a known day of birth gives bounds
    return int(bound)
