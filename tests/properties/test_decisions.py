"""The decision is the fold of the verdicts, every criterion is answered, and silence decides nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.patient.record import PatientRecord, read_record
from eligibility.protocol.model import Trial
from eligibility.protocol.verdict import Decision, Verdict
from eligibility.screening.screen import Screener
from eligibility.testing import (
    ANCHORS,
    OFFSET_ANCHORS,
    anchors_for,
    boundary_patients,
    nearly_eligible_patients,
    patients,
)

EVERYONE = st.one_of(nearly_eligible_patients(), boundary_patients(), patients())


@given(EVERYONE)
def test_the_decision_is_the_fold_of_the_verdicts(
    screener: Screener, record: PatientRecord
) -> None:
    screening = screener.screen(record, anchors_for(record))

    found = [result.verdict for result in screening.results]
    assert screening.alarm is None
    assert (screening.decision is Decision.INELIGIBLE) == (Verdict.FAIL in found)
    assert (screening.decision is Decision.ELIGIBLE) == (set(found) == {Verdict.PASS})


@given(EVERYONE)
def test_every_criterion_is_answered_once_in_the_order_of_the_protocol(
    screener: Screener, trial: Trial, record: PatientRecord
) -> None:
    screening = screener.screen(record, anchors_for(record))

    assert [result.criterion for result in screening.results] == list(trial.criteria)


@given(EVERYONE)
def test_the_deciding_criteria_have_the_gravest_verdict(
    screener: Screener, record: PatientRecord
) -> None:
    screening = screener.screen(record, anchors_for(record))

    gravest = {
        Decision.INELIGIBLE: Verdict.FAIL,
        Decision.UNDETERMINED: Verdict.UNKNOWN,
        Decision.ELIGIBLE: Verdict.PASS,
    }[screening.decision]
    having_it = [r.criterion.id for r in screening.results if r.verdict is gravest]
    assert list(screening.deciding) == having_it


@pytest.mark.parametrize("at", [ANCHORS, OFFSET_ANCHORS], ids=["calendar", "offset"])
def test_of_an_empty_record_every_criterion_is_unknown(screener: Screener, at: Any) -> None:
    screening = screener.screen(read_record({}), at)

    assert {result.verdict for result in screening.results} == {Verdict.UNKNOWN}
    assert screening.decision is Decision.UNDETERMINED


def tumour(**receptors: object) -> dict[str, Any]:
    return {
        "diagnosis": {"cancer": "breast", "extent": "metastatic", "confirmation": "histology"},
        "specimens": [receptors],
    }


def lesion(**sizes: object) -> dict[str, Any]:
    measured = {"kind": "extranodal", "method": "ct", "irradiated": "no", **sizes}
    return {"lesions": {"complete": True, "items": [measured]}}


def lab(test: str, unit: str, **more: object) -> dict[str, Any]:
    return {"labs": [{"test": test, "value": 0, "unit": unit, "date": "2026-01-03", **more}]}


@pytest.mark.parametrize(
    ("criterion", "patient", "verdict"),
    [
        ("INCL01", {"ecog": 0}, Verdict.PASS),
        ("INCL01", {"karnofsky": 0}, Verdict.FAIL),
        ("INCL02", tumour(er_percent=0, pr_percent=0, her2_ihc=0), Verdict.PASS),
        (
            "INCL02",
            tumour(er_percent=0, pr_percent=0, her2_ihc=2, her2_ratio=0, her2_copies=0),
            Verdict.PASS,
        ),
        ("INCL04", lab("anc", "10^9/L"), Verdict.FAIL),
        ("INCL06", lesion(longest_diameter_mm=0), Verdict.FAIL),
        ("INCL06", lesion(longest_diameter_mm=22, slice_thickness_mm=0), Verdict.PASS),
        (
            "EXCL08",
            lab("eosinophils", "10^9/L") | {"history": {"eosinophil_mast_cell": "none"}},
            Verdict.PASS,
        ),
    ],
)
def test_zero_is_a_value(
    screener: Screener, criterion: str, patient: dict[str, Any], verdict: Verdict
) -> None:
    screening = screener.screen(read_record(patient), ANCHORS)

    assert screening.result(criterion).verdict is verdict


def test_an_age_of_zero_is_an_age(screener: Screener) -> None:
    findings = screener.screen(read_record({"age_years": 0}), ANCHORS).findings

    assert findings.get("age").value is not None
