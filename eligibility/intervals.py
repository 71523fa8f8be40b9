"""A number known only within bounds, and the few comparisons every operator is made of."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal, NamedTuple

from eligibility.truth import Truth

Number = Decimal | int
Operator = Literal["at_most", "at_least", "more_than", "less_than", "exactly"]
OPERATORS: tuple[Operator, ...] = ("at_most", "at_least", "more_than", "less_than", "exactly")
MIRRORED: dict[Operator, Operator] = {
    "at_most": "at_least",
    "at_least": "at_most",
    "more_than": "less_than",
    "less_than": "more_than",
    "exactly": "exactly",
}


class Interval(NamedTuple):
    """All numbers between two bounds; None is unbounded, an open end does not contain its bound."""

    low: Number | None
    high: Number | None
    low_open: bool = False
    high_open: bool = False


def _all_below(value: Interval, limit: Number, *, strictly: bool) -> bool:
    high = value.high
    if high is None:
        return False
    return high < limit or (high == limit and (not strictly or value.high_open))


def _all_above(value: Interval, limit: Number, *, strictly: bool) -> bool:
    low = value.low
    if low is None:
        return False
    return low > limit or (low == limit and (not strictly or value.low_open))


def _split(*, holds: bool, fails: bool) -> Truth:
    if holds:
        return Truth.TRUE
    return Truth.FALSE if fails else Truth.UNKNOWN


def compare(value: Interval, operator: Operator, limit: Number) -> Truth:
    """TRUE where the comparison holds for every number of the interval, FALSE where for none.

    >>> compare(Interval(1, 10), "more_than", 1)
    Truth.UNKNOWN
    >>> compare(Interval(0, 1, high_open=True), "less_than", 1)
    Truth.TRUE
    """
    match operator:
        case "at_most":
            return _split(
                holds=_all_below(value, limit, strictly=False),
                fails=_all_above(value, limit, strictly=True),
            )
        case "less_than":
            return _split(
                holds=_all_below(value, limit, strictly=True),
                fails=_all_above(value, limit, strictly=False),
            )
        case "at_least":
            return _split(
                holds=_all_above(value, limit, strictly=False),
                fails=_all_below(value, limit, strictly=True),
            )
        case "more_than":
            return _split(
                holds=_all_above(value, limit, strictly=True),
                fails=_all_below(value, limit, strictly=False),
            )
        case "exactly":
            return _split(
                holds=value.low == value.high == limit,
                fails=_all_below(value, limit, strictly=True)
                or _all_above(value, limit, strictly=True),
            )


def hull(intervals: Iterable[Interval]) -> Interval:
    """The smallest interval that contains all of the given ones (at least one)."""
    result: Interval | None = None
    for interval in intervals:
        result = interval if result is None else _join(result, interval)
    if result is None:
        raise ValueError("the hull of no intervals is not defined")
    return result


def _join(one: Interval, two: Interval) -> Interval:
    low, low_open = _outer((one.low, one.low_open), (two.low, two.low_open), prefer_smaller=True)
    high, high_open = _outer(
        (one.high, one.high_open), (two.high, two.high_open), prefer_smaller=False
    )
    return Interval(low, high, low_open, high_open)


def _outer(
    one: tuple[Number | None, bool], two: tuple[Number | None, bool], *, prefer_smaller: bool
) -> tuple[Number | None, bool]:
    if one[0] is None or two[0] is None:
        return None, False
    if one[0] == two[0]:
        return one[0], one[1] and two[1]
    return one if (one[0] < two[0]) is prefer_smaller else two


def scale(value: Interval, factor: Decimal) -> Interval:
    """The interval with both bounds multiplied by a positive factor."""
    return Interval(
        None if value.low is None else value.low * factor,
        None if value.high is None else value.high * factor,
        value.low_open,
        value.high_open,
    )


def ratio(above: Interval, below: Interval) -> Interval:
    """All quotients of two non-negative intervals, the lower of which does not touch zero."""
    if below.low is None or below.low <= 0:
        return Interval(Decimal(0), None)
    low = Decimal(0) if below.high is None else _quotient(above.low, below.high)
    high = _quotient(above.high, below.low)
    return Interval(
        low,
        high,
        above.low_open or below.high_open,
        above.high_open or below.low_open,
    )


def _quotient(numerator: Number | None, denominator: Number) -> Decimal | None:
    return None if numerator is None else Decimal(numerator) / Decimal(denominator)


def intersection(one: Interval, two: Interval) -> Interval | None:
    """The numbers that lie in both intervals; None where there is none."""
    if not overlap(one, two):
        return None
    low, low_open = _inner((one.low, one.low_open), (two.low, two.low_open), prefer_larger=True)
    high, high_open = _inner(
        (one.high, one.high_open), (two.high, two.high_open), prefer_larger=False
    )
    return Interval(low, high, low_open, high_open)


def _inner(
    one: tuple[Number | None, bool], two: tuple[Number | None, bool], *, prefer_larger: bool
) -> tuple[Number | None, bool]:
    if one[0] is None or two[0] is None:
        return two if one[0] is None else one
    if one[0] == two[0]:
        return one[0], one[1] or two[1]
    return one if (one[0] > two[0]) is prefer_larger else two


def entirely_below(one: Interval, two: Interval) -> bool:
    """Whether every number of one interval is smaller than every number of the other."""
    return not _reaches(one, two)


def overlap(one: Interval, two: Interval) -> bool:
    """Whether some number lies in both intervals."""
    return _reaches(one, two) and _reaches(two, one)


def _reaches(one: Interval, two: Interval) -> bool:
    if one.high is None or two.low is None:
        return True
    if one.high == two.low:
        return not (one.high_open or two.low_open)
    return one.high > two.low
