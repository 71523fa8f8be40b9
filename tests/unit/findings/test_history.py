"""Other conditions: hers or a relative's, suspected or ruled out, and malignancies in time."""

from __future__ import annotations

from typing import Any

import pytest

from eligibility.findings.model import UnknownReason
from eligibility.intervals import Interval
from tests.naming import named

from .reading import days, find_in, findings, why


def lupus(**more: object) -> dict[str, Any]:
    return {"history": {"autoimmune": [{"code": "systemic_lupus", **more}]}}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (lupus(), frozenset(["systemic_lupus"])),
        (lupus(certainty="confirmed"), frozenset(["systemic_lupus"])),
        (lupus(certainty="ruled_out"), frozenset(["none"])),
        (lupus(family_history=True), frozenset(["none"])),
        (lupus(family_history=True, certainty="suspected"), frozenset(["none"])),
        (lupus(certainty="suspected"), frozenset(["systemic_lupus", "none"])),
    ],
    ids=named,
)
def test_a_condition_is_hers_only_if_it_is_neither_a_relatives_nor_ruled_out(
    record: dict[str, Any], expected: frozenset[str]
) -> None:
    assert find_in("autoimmune_condition", "condition", record).value == expected


def test_a_suspected_condition_is_for_the_investigator() -> None:
    finding = find_in("autoimmune_condition", "condition", lupus(certainty="suspected"))

    assert finding.reason is UnknownReason.NEEDS_JUDGEMENT
    assert finding.note == "suspected, not confirmed"


def malignancy(**dates: str) -> dict[str, Any]:
    return {"other_malignancies": [{"type": "melanoma", **dates}]}


@pytest.mark.parametrize(
    ("record", "diagnosed", "last_active"),
    [
        (malignancy(diagnosed="2020-03", last_active="2021"), ("2020-03-01", "2020-03-31"),
         ("2021-01-01", "2021-12-31")),
        (malignancy(diagnosed="2020-03-02"), ("2020-03-02", "2020-03-02"),
         ("2020-03-02", "2026-01-05")),
    ],
    ids=["both dates", "diagnosis only"],
)  # fmt: skip
def test_a_malignancy_may_have_been_active_ever_since_its_diagnosis(
    record: dict[str, Any], diagnosed: tuple[str, str], last_active: tuple[str, str]
) -> None:
    assert find_in("other_malignancy", "diagnosed", record).value == days(*diagnosed)
    assert find_in("other_malignancy", "last_active", record).value == days(*last_active)


def test_a_malignancy_was_diagnosed_no_later_than_it_was_last_active() -> None:
    finding = find_in("other_malignancy", "diagnosed", malignancy(last_active="2019-12-31"))

    assert finding.value == Interval(None, days("2019-12-31", "2019-12-31").high)


@pytest.mark.parametrize("name", ["diagnosed", "last_active"])
def test_a_malignancy_that_was_over_before_it_was_diagnosed_is_a_conflict(name: str) -> None:
    record = malignancy(diagnosed="2025", last_active="2019")

    assert why(find_in("other_malignancy", name, record)) is UnknownReason.CONFLICTING


@pytest.mark.parametrize(
    ("record", "complete"),
    [({}, False), ({"allergies": []}, False), ({"allergies": "none"}, True),
     ({"allergies": {"complete": True}}, True)],
    ids=named,
)  # fmt: skip
def test_only_a_list_that_says_so_is_complete(record: dict[str, Any], complete: bool) -> None:
    assert (findings(record).completeness("allergy").value is not None) is complete
