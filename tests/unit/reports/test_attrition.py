"""Attrition is counted twice, each criterion by itself and in order, and both add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.protocol.verdict import Decision, Verdict
from eligibility.reports.attrition import Attrition

PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN


@pytest.fixture
def three_patients() -> Attrition:
    attrition = Attrition(["A", "B"])
    attrition.add([FAIL, FAIL])
    attrition.add([UNKNOWN, FAIL])
    attrition.add([PASS, UNKNOWN])
    return attrition


def test_independent_counts_look_at_each_criterion_alone(three_patients: Attrition) -> None:
    assert three_patients.independent() == [
        {"criterion": "A", "failed": 1, "undetermined": 1, "passed": 1},
        {"criterion": "B", "failed": 2, "undetermined": 1, "passed": 0},
    ]


def test_sequential_counts_lose_each_patient_once(three_patients: Attrition) -> None:
    assert three_patients.sequential() == [
        {
            "criterion": "A",
            "entering": 3,
            "failed": 1,
            "remaining": 2,
            "remaining_undetermined": 1,
        },
        {
            "criterion": "B",
            "entering": 2,
            "failed": 1,
            "remaining": 1,
            "remaining_undetermined": 1,
        },
    ]


def test_decisions_are_counted(three_patients: Attrition) -> None:
    assert three_patients.summary()["decisions"] == {
        "eligible": 0,
        "ineligible": 2,
        "undetermined": 1,
    }


def test_a_decision_that_was_not_accepted_is_counted_as_made() -> None:
    attrition = Attrition(["A"])

    attrition.add([PASS], decision=Decision.UNDETERMINED)

    assert attrition.decisions == {Decision.UNDETERMINED: 1}


def test_the_text_rows_name_their_columns_first(three_patients: Attrition) -> None:
    assert three_patients.independent_rows()[0] == (
        "criterion",
        "failed",
        "undetermined",
        "passed",
    )
    assert three_patients.sequential_rows()[2] == ("B", "2", "1", "1", "1")


def test_a_patient_with_too_few_verdicts_is_a_fault() -> None:
    with pytest.raises(ValueError, match="zip"):
        Attrition(["A", "B"]).add([PASS])


@given(st.lists(st.lists(st.sampled_from(Verdict), min_size=4, max_size=4)))
def test_the_counts_add_up(patients: list[list[Verdict]]) -> None:
    attrition = Attrition(["A", "B", "C", "D"])
    for verdicts in patients:
        attrition.add(verdicts)

    steps = attrition.sequential()
    last = steps[-1]
    decisions = attrition.decisions
    assert [step["entering"] for step in steps[1:]] == [step["remaining"] for step in steps[:-1]]
    assert steps[0]["entering"] == len(patients)
    assert sum(step["failed"] for step in steps) == decisions[Decision.INELIGIBLE]
    assert last["remaining_undetermined"] == decisions[Decision.UNDETERMINED]
    assert last["remaining"] - last["remaining_undetermined"] == decisions[Decision.ELIGIBLE]
    assert all(
        row["failed"] + row["undetermined"] + row["passed"] == len(patients)
        for row in attrition.independent()
    )
