"""Dates as charts write them, placed around the limits that count from the anchors."""

from __future__ import annotations

from functools import lru_cache

from eligibility.dates import Anchors, Duration, format_day
from eligibility.testing.values import Values

_USUAL_WAIT = 10  # days from judging a record to the first dose, where no start is planned


class Days:
    """Families of dates around one pair of anchors, in the spelling of their clock."""

    def __init__(self, at: Anchors) -> None:
        self.at = at
        self.start = at.as_of + _USUAL_WAIT if at.planned_start is None else at.planned_start
        self.births = self._births()
        self.doses = self._counted((60, 35), (20, 21, 22, 27, 28, 29, 14, 15, 7, 8), (120, 700))
        self.samples = self._counted((self.start - at.as_of, 12), (14, 15, 13, 16), (30,))
        self.events = self._around(at.planned_start or self.start, (3, 6), usual=(40, 12))
        self.diagnoses = self._around(at.as_of, (60,), usual=(120, 30))
        self.families = {
            "births": self.births,
            "doses": self.doses,
            "samples": self.samples,
            "events": self.events,
            "diagnoses": self.diagnoses,
        }

    def write(self, day: int) -> str:
        """A whole date."""
        return format_day(day, self.at.clock)

    def before_start(self, days: int) -> str:
        """The date so many days before the planned start."""
        return self.write(self.start - days)

    def months_before(self, day: int, months: int) -> int:
        """The day so many months before a day; the earliest such day on a nominal clock."""
        return Duration(months, "months").before(day, self.at.clock)[0]

    def _partial(self, day: int) -> tuple[str, ...]:
        """The month and the year of a day; on a clock without them, ranges of like length."""
        text = self.write(day)
        if self.at.clock == "calendar":
            return text[:7], text[:4], f"{text[:7]}/{text[:7]}"
        return f"{text}/{self.write(day + 30)}", f"{self.write(day - 180)}/{self.write(day + 180)}"

    def _range(self, first: int, last: int) -> str:
        return f"{self.write(first)}/{self.write(last)}"

    def _future(self) -> tuple[str, ...]:
        judged = self.at.as_of
        return self.write(judged + 1), self.write(judged + 40), self._range(judged - 3, judged + 3)

    def _counted(
        self, usual: tuple[int, ...], edge: tuple[int, ...], far: tuple[int, ...]
    ) -> Values:
        """Dates by how many days they lie before the start; none of them after the day of judgement."""
        latest = self.start - self.at.as_of
        spread = [self._range(self.start - days - 1, self.start - days + 1) for days in edge[:6]]
        return Values(
            tuple(self.before_start(max(days, latest)) for days in usual),
            tuple(self.before_start(days) for days in (*edge, latest) if days >= latest),
            (
                *(self.before_start(days) for days in far),
                *spread,
                *self._partial(self.start - edge[1]),
                *self._future(),
            ),
        )

    def _around(self, anchor: int, months: tuple[int, ...], usual: tuple[int, ...]) -> Values:
        """Dates around so many months before an anchor."""
        edge: list[str] = []
        odd: list[str] = []
        for length in months:
            for limit in Duration(length, "months").before(anchor, self.at.clock):
                edge += [self.write(limit + step) for step in (0, 1, -1)]
                odd += [*self._partial(limit), self._range(limit - 10, limit + 1)]
        ordinary = tuple(self.write(self.months_before(anchor, length)) for length in usual)
        return Values(ordinary, tuple(dict.fromkeys(edge)), (*odd, *self._future()))

    def _births(self) -> Values:
        judged = self.at.as_of
        grown = self.months_before(judged, 18 * 12)
        usual = tuple(self.write(self.months_before(judged, years * 12 + 2)) for years in (52, 38))
        edge = tuple(self.write(grown + step) for step in (0, 1, -1))
        odd = (
            *self._partial(grown),
            self.write(self.months_before(judged, 70 * 12)),
            *self._future()[:1],
        )
        return Values(usual, edge, odd)


@lru_cache(maxsize=32)
def days_around(at: Anchors) -> Days:
    """The families of dates around these anchors."""
    return Days(at)
