"""What to find out next, and what need not be found out any more."""

from __future__ import annotations

import pytest

from eligibility.explanation import Explanation
from eligibility.findings.model import UnknownReason
from eligibility.protocol.verdict import Decision
from eligibility.questions import Question

from .charts import explained, patient, screener

HIGHEST = 17  # criteria of the trial
LISTS = {"allergies": "allergies.complete", "steroids": "steroids.complete"}


def asked(explanation: Explanation, about: str, *fields: str) -> Question:
    """The question that bears on a criterion, by the fields that would answer it if there are several."""
    found = [each for each in explanation.questions if about in each.bears_on]
    [question] = [each for each in found if each.fields == fields or not fields]
    return question


@pytest.mark.parametrize(
    ("changes", "removed", "criterion", "fields", "reason"),
    [
        pytest.param({}, "ecog", "INCL01", ("ecog",), "not_recorded", id="ECOG missing"),
        pytest.param({"ecog": "pending"}, None, "INCL01", ("ecog",), "pending", id="ECOG pending"),
        pytest.param({"ecog": "1-3"}, None, "INCL01", ("ecog",), "straddles", id="ECOG 1-3"),
        pytest.param({"specimens.0.her2_ihc": "2+", "specimens.0.her2_ish": "not done"}, None,
                     "INCL02", ("specimens.0.her2_ish",), "not_recorded", id="no FISH"),
        pytest.param({"treatments.items.0.progression_timing": "after_later_line"}, None, "INCL03",
                     (), "protocol_gap", id="a gap of the protocol has no field"),
        pytest.param({}, "history.autoimmune", "EXCL02", ("history.autoimmune.complete",),
                     "not_recorded", id="silent list"),
        pytest.param({"labs.2.unit": None}, None, "INCL04", ("labs.2.unit",), "not_recorded",
                     id="no unit"),
        pytest.param({"labs.2.value": "3000", "labs.2.unit": "g/dL"}, None, "INCL04",
                     ("labs.2.unit",), "unreadable", id="unknown unit"),
        pytest.param({"treatments.items.0.last_dose": "2026-11"}, None, "EXCL05",
                     ("treatments.items.0.last_dose",), "straddles", id="month without day"),
    ],
)  # fmt: skip
def test_a_question_names_the_fields_that_would_answer_it(
    changes: dict[str, object],
    removed: str | None,
    criterion: str,
    fields: tuple[str, ...],
    reason: str,
) -> None:
    explanation = explained(patient(changes, *([removed] if removed else [])))

    question = asked(explanation, criterion)

    assert explanation.decision is Decision.UNDETERMINED
    assert question.fields == fields
    assert UnknownReason(reason) in question.reasons
    assert question.settles == (criterion,) or not fields


def test_a_missing_start_is_asked_for_once_and_bears_on_all_windows() -> None:
    explanation = explained(patient(), start=None)

    [question] = [each for each in explanation.questions if each.fields == ("planned_start",)]

    assert set(question.bears_on) == {"INCL04", "EXCL05"}
    assert question.text == "What is the planned date of the first dose?"


def test_questions_that_settle_most_come_first() -> None:
    removed = ("sex", "ecog", "reproductive", "allergies")
    explanation = explained(patient(None, *removed), start=None)

    settled = [len(question.settles) for question in explanation.questions]

    assert settled == sorted(settled, reverse=True)
    assert settled[0] >= 1


def test_whether_there_are_metastases_is_asked_before_what_they_do_and_nothing_presupposes_them() -> (
    None
):
    explanation = explained(patient(None, "cns"))

    texts = [each.text for each in explanation.questions if each.bears_on == ("EXCL01",)]

    assert texts == [
        "Are metastases of the central nervous system known?",
        "Do any CNS metastases cause symptoms?",
        "Are any CNS metastases progressing?",
        "Have all CNS metastases been treated?",
        "On which day did the last treatment of CNS metastases end?",
        "Is leptomeningeal disease known?",
    ]


def test_no_question_is_asked_twice() -> None:
    questions = explained({}).questions

    assert len({question.text for question in questions}) == len(questions) > HIGHEST
    fields = [question.fields for question in questions if question.fields]
    assert len(set(fields)) == len(fields)


def test_every_open_criterion_is_asked_about() -> None:
    explanation = explained({}, profile=None)

    bears_on = {name for question in explanation.questions for name in question.bears_on}

    assert bears_on == {criterion.id for criterion in screener().trial.criteria}


def test_no_question_is_asked_of_an_eligible_patient() -> None:
    assert explained(patient()).questions == ()


def test_answers_are_required_as_limits_and_never_as_invented_values() -> None:
    question = asked(explained(patient(None, "labs.2")), "INCL04")

    assert question.requirements == (
        "platelet count at least 100 10^9/L",
        "sample date of the latest platelet count at most 14 days before the planned start",
    )


def test_a_final_decision_makes_every_open_question_superfluous() -> None:
    explanation = explained(patient({"sex": "male"}, "ecog", "history.autoimmune"))

    titles = {each.title for each in explanation.settled}

    assert explanation.decision is Decision.INELIGIBLE
    assert explanation.questions == ()
    assert {"ECOG performance status", "autoimmune disease or immune deficiency"} <= titles


def test_a_decision_that_waiting_can_change_keeps_its_questions() -> None:
    explanation = explained(patient({"treatments.items.0.last_dose": "2026-11-15"}, "ecog"))

    assert explanation.decision is Decision.INELIGIBLE
    assert asked(explanation, "INCL01").fields == ("ecog",)


def test_what_a_decided_criterion_did_not_need_is_named() -> None:
    explanation = explained(patient())

    assert "agreement to contraception" in {each.title for each in explanation.settled}


def test_nothing_that_is_still_asked_for_is_called_superfluous() -> None:
    explanation = explained(patient(None, "ecog"))

    assert "ECOG performance status" not in {each.title for each in explanation.settled}


@pytest.mark.parametrize(
    ("field", "answer", "criterion"),
    [
        ("ecog", 1, "INCL01"),
        ("sex", "female", "INCL08"),
        ("allergies", "none", "EXCL07"),
        ("steroids", "none", "EXCL09"),
        ("specimens.0.her2_ihc", "1+", "INCL02"),
        ("cns.known_metastases", "no", "EXCL01"),
    ],
)
def test_answering_the_question_settles_the_criterion(
    field: str, answer: object, criterion: str
) -> None:
    before = explained(patient(None, field))

    after = explained(patient({field: answer}))

    assert asked(before, criterion, LISTS.get(field, field)).settles == (criterion,)
    assert after.decision is Decision.ELIGIBLE
