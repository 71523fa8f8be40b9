"""Kleene's three-valued logic, row by row."""

from __future__ import annotations

from itertools import permutations, product

import pytest

from eligibility.protocol.verdict import Decision, Verdict, decide, verdict_of
from eligibility.truth import Truth, all_of, any_of, negate, truth_of

T, U, F = Truth.TRUE, Truth.UNKNOWN, Truth.FALSE

BOTH = [
    (T, T, T), (T, U, U), (T, F, F),
    (U, T, U), (U, U, U), (U, F, F),
    (F, T, F), (F, U, F), (F, F, F),
]  # fmt: skip
EITHER = [
    (T, T, T), (T, U, T), (T, F, T),
    (U, T, T), (U, U, U), (U, F, U),
    (F, T, T), (F, U, U), (F, F, F),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "expected"), BOTH)
def test_and_is_false_by_one_false_and_open_by_one_unknown(
    one: Truth, other: Truth, expected: Truth
) -> None:
    assert all_of([one, other]) is expected


@pytest.mark.parametrize(("one", "other", "expected"), EITHER)
def test_or_is_true_by_one_true_and_open_by_one_unknown(
    one: Truth, other: Truth, expected: Truth
) -> None:
    assert any_of([one, other]) is expected


@pytest.mark.parametrize(("truth", "expected"), [(T, F), (U, U), (F, T)])
def test_not_turns_the_known_and_leaves_the_unknown(truth: Truth, expected: Truth) -> None:
    assert negate(truth) is expected


def test_of_nothing_all_hold_and_none_does() -> None:
    assert all_of([]) is T
    assert any_of([]) is F


@pytest.mark.parametrize("truths", list(product(Truth, repeat=3)))
def test_the_order_of_parts_does_not_matter(truths: tuple[Truth, ...]) -> None:
    assert {all_of(order) for order in permutations(truths)} == {all_of(truths)}
    assert {any_of(order) for order in permutations(truths)} == {any_of(truths)}


@pytest.mark.parametrize("truths", list(product(Truth, repeat=3)))
def test_and_and_or_are_each_others_mirror(truths: tuple[Truth, ...]) -> None:
    assert negate(all_of(truths)) is any_of(map(negate, truths))


def test_something_known_is_true_or_false() -> None:
    assert truth_of(True) is T
    assert truth_of(False) is F


@pytest.mark.parametrize("truth", list(Truth))
def test_a_truth_is_never_taken_for_a_bool(truth: Truth) -> None:
    with pytest.raises(TypeError, match="three values"):
        bool(truth)


@pytest.mark.parametrize(
    ("truth", "inclusion", "exclusion"),
    [
        (T, Verdict.PASS, Verdict.FAIL),
        (U, Verdict.UNKNOWN, Verdict.UNKNOWN),
        (F, Verdict.FAIL, Verdict.PASS),
    ],
)
def test_an_exclusion_that_holds_fails_and_an_inclusion_that_holds_passes(
    truth: Truth, inclusion: Verdict, exclusion: Verdict
) -> None:
    assert verdict_of(truth, is_exclusion=False) is inclusion
    assert verdict_of(truth, is_exclusion=True) is exclusion


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        pytest.param([Verdict.PASS, Verdict.PASS], Decision.ELIGIBLE, id="all pass"),
        pytest.param([Verdict.PASS, Verdict.UNKNOWN], Decision.UNDETERMINED, id="one is open"),
        pytest.param([Verdict.UNKNOWN, Verdict.FAIL], Decision.INELIGIBLE, id="fail beats open"),
        pytest.param([Verdict.PASS, Verdict.FAIL], Decision.INELIGIBLE, id="fail beats pass"),
        pytest.param([], Decision.UNDETERMINED, id="no criteria decide nothing"),
    ],
)
def test_one_fail_decides_and_only_passes_are_eligible(
    verdicts: list[Verdict], expected: Decision
) -> None:
    assert decide(verdicts) is expected
    assert decide(reversed(verdicts)) is expected
