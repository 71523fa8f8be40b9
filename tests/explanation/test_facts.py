"""Forcing facts, evidence, margins and laboratory colours."""

from __future__ import annotations

import pytest

from eligibility.dates import anchors
from eligibility.evidence import Evidence
from eligibility.explanation import Explanation
from eligibility.flags import Colour, Flag
from eligibility.patient.record import read_record
from eligibility.patient.restriction import only
from eligibility.protocol.verdict import Decision

from .charts import (
    AS_OF,
    START,
    Document,
    complete,
    criterion,
    explained,
    infarction,
    patient,
    prednisone,
    screener,
)

LAST_DOSE = "treatments.items.0.last_dose"
INELIGIBLE: dict[str, Document] = {
    "a man": {"sex": "male"},
    "ECOG 3": {"ecog": 3},
    "washout": {LAST_DOSE: "2026-11-15"},
    "platelets": {"labs.2.value": "80"},
    "old platelets": {"labs.2.date": "2026-11-01"},
    "HER2 3+": {"specimens.0.her2_ihc": "3+"},
    "FISH amplified": {"specimens.0.her2_ihc": "2+", "specimens.0.her2_ish": "amplified"},
    "lupus": {"history.autoimmune": complete({"code": "systemic_lupus"})},
    "infarction": infarction("2026-10-01"),
    "prednisone": prednisone(ongoing="yes"),
    "no measurable lesion": {"lesions": complete({"kind": "bone"})},
    "never had immunotherapy": {
        "treatments": complete({"kind": "surgery", "last_dose": "2020", "outpatient": "no"})
    },
    "no tissue diagnosis": {"diagnosis.confirmation": "clinical"},
    "unwilling": {"consent.willing_to_participate": "no"},
    "symptoms of the brain": {"cns": {"known_metastases": "yes", "symptomatic": "yes"}},
}


def decision(document: Document, facts: frozenset[str]) -> Decision:
    """The decision where nothing but these facts is recorded."""
    record = only(read_record(document), facts)
    return screener().screen(record, anchors(AS_OF, START)).decision


@pytest.mark.parametrize("changed", INELIGIBLE.values(), ids=INELIGIBLE)
def test_the_forcing_facts_alone_make_her_ineligible_and_each_is_needed(changed: Document) -> None:
    document = patient(changed)

    forcing = frozenset(explained(document).forcing)

    assert forcing
    assert decision(document, forcing) is Decision.INELIGIBLE
    for fact in forcing:
        assert decision(document, forcing - {fact}) is not Decision.INELIGIBLE, fact


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("a man", ("sex",)),
        ("ECOG 3", ("ecog",)),
        ("HER2 3+", ("specimens.0.her2_ihc",)),
        ("washout", ("treatments.items.0.agents", LAST_DOSE)),
    ],
)
def test_forcing_facts_are_as_few_as_possible(changed: str, expected: tuple[str, ...]) -> None:
    assert explained(patient(INELIGIBLE[changed])).forcing == expected


def test_of_two_reasons_the_shorter_one_is_given() -> None:
    assert explained(patient({**INELIGIBLE["washout"], "sex": "male"})).forcing == ("sex",)


@pytest.mark.parametrize("document", [patient(), {}], ids=["eligible", "empty"])
def test_nothing_forces_a_decision_that_is_not_ineligible(document: Document) -> None:
    assert explained(document).forcing == ()


def cited(explanation: Explanation, name: str, field: str) -> Evidence:
    return next(each for each in criterion(explanation, name).evidence if each.field == field)


def test_evidence_has_value_unit_date_and_source() -> None:
    sampled = patient({"labs.2.source": "laboratory report 7"})

    assert cited(explained(sampled), "INCL04", "labs.2.value") == Evidence(
        "labs.2.value", "214", "10^9/L", "2026-11-19", "laboratory report 7"
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("INCL01", Evidence("ecog", "1", "ECOG grade", "2026-11-19", "clinic letter")),
        ("INCL02", Evidence("specimens.0.er_percent", "<1", "%", "2026-03-12", None)),
        ("INCL03", Evidence("treatments.items.0.agents", "atezolizumab, nab-paclitaxel", None, None,
                            "oncology letter of 2026-10-29")),
        ("INCL06", Evidence("lesions.items.0.longest_diameter_mm", "24", "mm", None,
                            "CT report of 2026-10-27")),
        ("INCL08", Evidence("age_years", "58", "years", None, None)),
        ("EXCL02", Evidence("history.autoimmune.complete", "yes", None, None, None)),
        ("EXCL05", Evidence(LAST_DOSE, "2026-10-15", None, None, "oncology letter of 2026-10-29")),
        ("EXCL06", Evidence("reproductive.status", "postmenopausal", None, None, None)),
    ],
)  # fmt: skip
def test_every_verdict_cites_the_chart(name: str, expected: Evidence) -> None:
    assert cited(explained(patient()), name, expected.field) == expected


def test_evidence_is_what_the_chart_says_and_not_what_was_made_of_it() -> None:
    written = patient({"specimens.0.her2_ihc": "0-1+", "labs.0.value": ">3"})

    assert cited(explained(written), "INCL02", "specimens.0.her2_ihc").value == "0-1+"
    assert cited(explained(written), "INCL04", "labs.0.value").value == ">3"


def test_a_criterion_without_evidence_cites_nothing() -> None:
    assert all(each.evidence == () for each in explained({}, profile=None).criteria)


@pytest.mark.parametrize(
    ("changed", "name", "text"),
    [
        pytest.param({"labs.2.value": "101"}, "INCL04", "platelet count 101 10^9/L, limit 100 10^9/L",
                     id="one above the limit"),
        pytest.param({"labs.2.value": "100"}, "INCL04", "platelet count 100 10^9/L, limit 100 10^9/L",
                     id="at the limit"),
        pytest.param({"labs.2.value": "110"}, "INCL04", "platelet count 110 10^9/L, limit 100 10^9/L",
                     id="a tenth above it"),
        pytest.param({LAST_DOSE: "2026-11-09"}, "EXCL05",
                     "last dose of treatment 1: the window was left 1 days ago", id="day 22"),
    ],
)  # fmt: skip
def test_a_value_close_to_its_limit_is_pointed_out(changed: Document, name: str, text: str) -> None:
    margins = explained(patient(changed)).margins

    assert text in [each.text for each in margins if each.criterion_id == name]


@pytest.mark.parametrize("value", ["111", "214", ">105", "101-120"])
def test_a_value_far_from_its_limit_or_not_exact_is_no_margin(value: str) -> None:
    margins = explained(patient({"labs.2.value": value})).margins

    assert not [each for each in margins if "platelets" in each.findings]


@pytest.mark.parametrize(
    ("sampled", "text"),
    [
        ("2026-11-17", "counts for a start until 2026-12-01: platelet count"),
        ("2026-11-18", "counts for a start until 2026-12-02: platelet count"),
        ("2026-11-19", "counts for a start until 2026-12-03: platelet count"),
    ],
)
def test_a_result_about_to_expire_is_pointed_out(sampled: str, text: str) -> None:
    dates = {f"labs.{number}.date": "2026-11-21" for number in range(12)}

    margins = explained(patient({**dates, "labs.2.date": sampled})).margins

    assert text in [each.text for each in margins]


def test_a_criterion_that_does_not_pass_has_no_margin() -> None:
    margins = explained(patient({"labs.2.value": "99"})).margins

    assert "INCL04" not in {each.criterion_id for each in margins}


def flag(changed: Document, finding: str) -> Flag:
    flags = explained(patient(changed), profile=None).flags
    return next(each for each in flags if each.finding == finding)


@pytest.mark.parametrize(
    ("finding", "field", "value", "colour"),
    [
        ("platelets", "labs.2.value", "100", "green"),
        ("platelets", "labs.2.value", "99", "amber"),
        ("platelets", "labs.2.value", "75", "amber"),
        ("platelets", "labs.2.value", "74", "red"),
        ("platelets", "labs.2.value", "90-110", "unknown"),
        ("platelets", "labs.2.value", "150000", "unknown"),
        ("platelets", "labs.2.value", "pending", "unknown"),
        ("anc", "labs.0.value", "1.5", "green"),
        ("anc", "labs.0.value", "0", "red"),
        ("ast_times_uln", "labs.6.value", "100", "green"),
        ("ast_times_uln", "labs.6.value", "101", "amber"),
        ("ast_times_uln", "labs.6.value", "200", "amber"),
        ("ast_times_uln", "labs.6.value", "201", "red"),
        ("albumin", "labs.5.value", "25", "green"),
        ("albumin", "labs.5.value", "24.9", "red"),
    ],
)
def test_a_laboratory_result_has_an_advisory_colour(
    finding: str, field: str, value: str, colour: Colour
) -> None:
    assert flag({field: value}, finding).colour == colour


def test_a_colour_is_never_a_verdict() -> None:
    red = {"labs.2.value": "10", "labs.0.value": "0.1"}

    assert explained(patient(red), profile=None).decision is Decision.UNDETERMINED


def test_a_flag_shows_the_value_and_both_limits() -> None:
    found = flag({}, "haemoglobin")

    assert (found.value, found.green, found.red) == ("11.8 g/dL", ">= 90 g/L", "< 80 g/L")
