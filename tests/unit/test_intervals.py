"""Comparisons of numbers that are known only within bounds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from eligibility.intervals import (
    OPERATORS,
    Interval,
    Operator,
    compare,
    hull,
    intersection,
    overlap,
    ratio,
    scale,
)
from eligibility.truth import Truth

T, U, F = Truth.TRUE, Truth.UNKNOWN, Truth.FALSE
LIMIT = 10
COLUMNS: tuple[Operator, ...] = ("at_most", "at_least", "more_than", "less_than", "exactly")

COMPARISONS = [
    # value against the limit 10:               at most, at least, more, less, exactly
    pytest.param(Interval(9, 9), (T, F, F, T, F), id="below"),
    pytest.param(Interval(10, 10), (T, T, F, F, T), id="at the limit"),
    pytest.param(Interval(11, 11), (F, T, T, F, F), id="above"),
    pytest.param(Interval(8, 9), (T, F, F, T, F), id="range below"),
    pytest.param(Interval(8, 10), (T, U, F, U, U), id="range up to the limit"),
    pytest.param(Interval(8, 10, high_open=True), (T, F, F, T, F), id="range short of the limit"),
    pytest.param(Interval(10, 12), (U, T, U, F, U), id="range from the limit"),
    pytest.param(Interval(10, 12, low_open=True), (F, T, T, F, F), id="range from just above it"),
    pytest.param(Interval(11, 12), (F, T, T, F, F), id="range above"),
    pytest.param(Interval(9, 11), (U, U, U, U, U), id="range across"),
    pytest.param(Interval(None, 9), (T, F, F, T, F), id="anything up to 9"),
    pytest.param(Interval(None, 10), (T, U, F, U, U), id="anything up to 10"),
    pytest.param(Interval(None, 10, high_open=True), (T, F, F, T, F), id="anything under 10"),
    pytest.param(Interval(None, 11), (U, U, U, U, U), id="anything up to 11"),
    pytest.param(Interval(11, None), (F, T, T, F, F), id="11 and more"),
    pytest.param(Interval(10, None), (U, T, U, F, U), id="10 and more"),
    pytest.param(Interval(10, None, low_open=True), (F, T, T, F, F), id="more than 10"),
    pytest.param(Interval(9, None), (U, U, U, U, U), id="9 and more"),
    pytest.param(Interval(None, None), (U, U, U, U, U), id="anything"),
]


@pytest.mark.parametrize(("value", "expected"), COMPARISONS)
def test_a_comparison_holds_for_all_for_none_or_is_open(
    value: Interval, expected: tuple[Truth, ...]
) -> None:
    assert tuple(compare(value, operator, LIMIT) for operator in COLUMNS) == expected


def test_every_operator_is_in_the_table() -> None:
    assert set(COLUMNS) == set(OPERATORS)


@pytest.mark.parametrize("operator", OPERATORS)
def test_zero_is_a_value_like_any_other(operator: Operator) -> None:
    zero = Interval(Decimal(0), Decimal(0))

    assert compare(zero, operator, 0) is (
        T if operator in ("at_most", "at_least", "exactly") else F
    )


def test_decimals_are_compared_exactly() -> None:
    value = Interval(Decimal("1.10"), Decimal("1.1"))

    assert compare(value, "exactly", Decimal("1.1")) is T
    assert compare(value, "more_than", Decimal("1.0999999999999999999")) is T


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param([Interval(1, 2)], Interval(1, 2), id="one"),
        pytest.param([Interval(1, 2), Interval(5, 7)], Interval(1, 7), id="apart"),
        pytest.param([Interval(5, 7), Interval(1, 2)], Interval(1, 7), id="in either order"),
        pytest.param([Interval(1, 9), Interval(2, 3)], Interval(1, 9), id="one inside the other"),
        pytest.param([Interval(None, 2), Interval(5, 7)], Interval(None, 7), id="no lower end"),
        pytest.param([Interval(1, None), Interval(5, 7)], Interval(1, None), id="no upper end"),
        pytest.param(
            [Interval(0, 1, high_open=True), Interval(1, 1)],
            Interval(0, 1),
            id="the closed end wins",
        ),
        pytest.param(
            [Interval(0, 1, high_open=True), Interval(0, 1, low_open=True, high_open=True)],
            Interval(0, 1, high_open=True),
            id="open where both are",
        ),
    ],
)
def test_a_hull_holds_everything_and_no_more(parts: list[Interval], expected: Interval) -> None:
    assert hull(parts) == expected


def test_a_hull_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="not defined"):
        hull([])


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        pytest.param(Interval(1, 2), Interval(3, 4), False, id="apart"),
        pytest.param(Interval(1, 3), Interval(3, 4), True, id="touching"),
        pytest.param(Interval(1, 3, high_open=True), Interval(3, 4), False, id="open on the left"),
        pytest.param(Interval(1, 3), Interval(3, 4, low_open=True), False, id="open on the right"),
        pytest.param(Interval(None, 3), Interval(2, None), True, id="half-lines"),
        pytest.param(Interval(1, 9), Interval(4, 5), True, id="one inside the other"),
    ],
)
def test_intervals_overlap_where_a_number_lies_in_both(
    one: Interval, two: Interval, expected: bool
) -> None:
    assert overlap(one, two) is expected
    assert overlap(two, one) is expected


def test_scaling_keeps_the_ends_as_they_are() -> None:
    scaled = scale(Interval(Decimal(9), None, low_open=True), Decimal(10))

    assert scaled == Interval(Decimal(90), None, low_open=True)


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [
        pytest.param(Interval(100, 100), Interval(40, 40), Interval(Decimal("2.5"), Decimal("2.5")),
                     id="two numbers"),
        pytest.param(Interval(80, 120), Interval(40, 60), Interval(Decimal(80) / 60, Decimal(3)),
                     id="two ranges"),
        pytest.param(Interval(100, None, low_open=True), Interval(40, 40),
                     Interval(Decimal("2.5"), None, low_open=True), id="no upper end above"),
        pytest.param(Interval(100, 100), Interval(40, None), Interval(Decimal(0), Decimal("2.5")),
                     id="no upper end below"),
        pytest.param(Interval(100, 100), Interval(0, 40), Interval(Decimal(0), None),
                     id="a divisor that touches zero says nothing"),
    ],
)  # fmt: skip
def test_a_ratio_holds_all_quotients(above: Interval, below: Interval, expected: Interval) -> None:
    assert ratio(above, below) == expected


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        pytest.param(Interval(1, 5), Interval(3, 9), Interval(3, 5), id="overlapping"),
        pytest.param(Interval(1, 9), Interval(4, 5), Interval(4, 5), id="one inside the other"),
        pytest.param(Interval(1, 3), Interval(3, 4), Interval(3, 3), id="touching"),
        pytest.param(Interval(1, 3, high_open=True), Interval(3, 4), None, id="just apart"),
        pytest.param(Interval(None, 3), Interval(2, None), Interval(2, 3), id="half-lines"),
        pytest.param(
            Interval(1, 3, high_open=True), Interval(1, 3, low_open=True),
            Interval(1, 3, low_open=True, high_open=True), id="an open end stays open",
        ),
    ],
)  # fmt: skip
def test_an_intersection_holds_what_lies_in_both(
    one: Interval, two: Interval, expected: Interval | None
) -> None:
    assert intersection(one, two) == expected
    assert intersection(two, one) == expected
