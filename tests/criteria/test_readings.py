"""Every reading that is not in force: switched to, it decides the patient its question is about."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from eligibility.dates import anchors
from eligibility.patient.record import read_record
from eligibility.protocol.library import load_trial
from eligibility.screening.model import Engine
from eligibility.screening.screen import Screener

ENGINES: tuple[Engine, ...] = ("reference", "durable-rules")


def cancer(extent: str = "metastatic", confirmation: str = "histology", **specimen: object) -> Any:
    """A breast cancer with one specimen; HER2 0 unless said otherwise."""
    score = {} if "her2_status" in specimen else {"her2_ihc": 0}
    specimen = {"er_percent": 0, "pr_percent": 0, **score, **specimen}
    diagnosis = {"cancer": "breast", "extent": extent, "confirmation": confirmation}
    return {"diagnosis": diagnosis, "specimens": [specimen]}


def treated(*agents: str, **course: object) -> Any:
    """A complete list of one course of treatment."""
    return {"treatments": {"complete": True, "items": [{"agents": list(agents), **course}]}}


def autoimmune(code: str) -> Any:
    """A complete list of one autoimmune disease."""
    return {"history": {"autoimmune": {"complete": True, "items": [{"code": code}]}}}


def progressed(*agents: str, setting: str = "metastatic") -> Any:
    """One course on which the disease progressed."""
    return treated(*agents, setting=setting, progression="radiologic", progression_timing="during")


def chemotherapy(day: str) -> Any:
    """Chemotherapy last given on a day."""
    return treated("capecitabine", last_dose=day)


def conjugate(day: str) -> Any:
    """An antibody-drug conjugate last given on a day."""
    return treated("trastuzumab deruxtecan", last_dose=day)


def negative_test_of(day: str) -> Any:
    """A woman who can become pregnant, with a negative test of a day."""
    answers = {"breastfeeding": "no", "intends_pregnancy": "no"}
    test = {"value": "negative", "date": day}
    return {"reproductive": {"status": "wocbp", "pregnancy_test": test, **answers}}


# Counted back from the planned start on 15 January 2026.
DAY_10, DAY_20, DAY_21, DAY_22 = "2026-01-05", "2025-12-26", "2025-12-25", "2025-12-24"

WORD_NEGATIVE = cancer(her2_status="negative")
WORD_LOW = cancer(her2_status="low")
WORD_ULTRALOW = cancer(her2_status="ultralow")
LOCALLY_ADVANCED = cancer(extent="locally_advanced")
CYTOLOGY = cancer(confirmation="cytology")
ALONE = progressed("pembrolizumab")
NEOADJUVANT = progressed("pembrolizumab", "paclitaxel", setting="neoadjuvant")
LETROZOLE_NOW = treated("letrozole", ongoing="yes")
TYPE_1_DIABETES = autoimmune("type_1_diabetes")
HASHIMOTO = autoimmune("autoimmune_hypothyroidism")

# interpretation, reading switched to, criterion, patient, verdict in force, verdict so read
READINGS = [
    ("receptor_exactly_one_percent", "positive", "INCL02", cancer(er_percent=1), "unknown", "pass"),
    ("receptor_exactly_one_percent", "positive", "INCL02", cancer(pr_percent=1), "unknown", "pass"),
    ("luminal_receptors", "both", "INCL02", cancer(er_percent=80), "pass", "fail"),
    ("luminal_receptors", "both", "INCL02", cancer(pr_percent=80), "pass", "fail"),
    ("luminal_receptors", "both", "INCL02", cancer(er_percent=80, pr_percent=1), "pass", "unknown"),
    ("luminal_receptors", "both", "INCL02", cancer(er_percent=1, pr_percent=80), "pass", "unknown"),
    ("her2_negative_without_score", "accept", "INCL02", WORD_NEGATIVE, "unknown", "pass"),
    ("her2_negative_without_score", "accept", "INCL02", WORD_LOW, "unknown", "pass"),
    ("her2_negative_without_score", "accept", "INCL02", WORD_ULTRALOW, "unknown", "pass"),
    ("locally_advanced_disease", "accept", "INCL02", LOCALLY_ADVANCED, "unknown", "pass"),
    ("locally_advanced_disease", "refuse", "INCL02", LOCALLY_ADVANCED, "unknown", "fail"),
    ("cytology", "accept", "INCL02", CYTOLOGY, "unknown", "pass"),
    ("cytology", "refuse", "INCL02", CYTOLOGY, "unknown", "fail"),
    ("immunotherapy_alone", "accept", "INCL03", ALONE, "unknown", "pass"),
    ("immunotherapy_alone", "refuse", "INCL03", ALONE, "unknown", "fail"),
    ("perioperative_immunotherapy", "refuse", "INCL03", NEOADJUVANT, "unknown", "fail"),
    ("washout_day_21", "triggered", "EXCL05", chemotherapy(DAY_21), "unknown", "fail"),
    ("washout_day_21", "clear", "EXCL05", chemotherapy(DAY_21), "unknown", "pass"),
    (
        "washout_antibody_drug_conjugate",
        "triggered",
        "EXCL05",
        conjugate(DAY_10),
        "unknown",
        "fail",
    ),
    (
        "washout_antibody_drug_conjugate",
        "triggered",
        "EXCL05",
        conjugate(DAY_21),
        "unknown",
        "fail",
    ),
    ("mild_autoimmune_disease", "triggered", "EXCL02", autoimmune("vitiligo"), "unknown", "fail"),
    ("mild_autoimmune_disease", "triggered", "EXCL02", autoimmune("psoriasis"), "unknown", "fail"),
    ("mild_autoimmune_disease", "triggered", "EXCL02", autoimmune("eczema"), "unknown", "fail"),
    ("mild_autoimmune_disease", "triggered", "EXCL02", TYPE_1_DIABETES, "unknown", "fail"),
    ("mild_autoimmune_disease", "triggered", "EXCL02", HASHIMOTO, "unknown", "fail"),
    (
        "pregnancy_test_window",
        "seven_days",
        "EXCL06",
        negative_test_of("2026-01-05"),
        "pass",
        "unknown",
    ),
    ("age_not_limited", "ignore", "INCL08", {"sex": "female", "age_years": 17}, "unknown", "pass"),
    ("age_not_limited", "ignore", "INCL08", {"sex": "female"}, "unknown", "pass"),
]

# What lies beside the question keeps its answer, whichever reading is chosen.
BESIDE = [
    (
        "receptor_exactly_one_percent",
        "positive",
        "INCL02",
        cancer(er_percent=1, her2_ihc=3),
        "fail",
    ),
    ("luminal_receptors", "both", "INCL02", cancer(er_percent=1.1, pr_percent=1.1), "pass"),
    ("luminal_receptors", "both", "INCL02", cancer(), "pass"),
    ("her2_negative_without_score", "accept", "INCL02", cancer(her2_status="equivocal"), "unknown"),
    ("her2_negative_without_score", "accept", "INCL02", cancer(her2_status="positive"), "fail"),
    ("locally_advanced_disease", "accept", "INCL02", cancer(extent="early"), "fail"),
    ("locally_advanced_disease", "refuse", "INCL02", cancer(), "pass"),
    ("cytology", "accept", "INCL02", cancer(confirmation="clinical"), "fail"),
    ("cytology", "refuse", "INCL02", cancer(), "pass"),
    ("immunotherapy_alone", "accept", "INCL03", progressed("paclitaxel"), "fail"),
    ("immunotherapy_alone", "refuse", "INCL03", progressed("pembrolizumab", "paclitaxel"), "pass"),
    ("perioperative_immunotherapy", "refuse", "INCL03", ALONE, "unknown"),
    ("washout_day_21", "triggered", "EXCL05", chemotherapy(DAY_22), "pass"),
    ("washout_day_21", "clear", "EXCL05", chemotherapy(DAY_20), "fail"),
    ("washout_antibody_drug_conjugate", "triggered", "EXCL05", conjugate(DAY_22), "pass"),
    ("washout_antibody_drug_conjugate", "triggered", "EXCL05", LETROZOLE_NOW, "pass"),
    ("mild_autoimmune_disease", "triggered", "EXCL02", autoimmune("hiv_controlled"), "unknown"),
    ("pregnancy_test_window", "seven_days", "EXCL06", negative_test_of("2025-12-31"), "unknown"),
    (
        "pregnancy_test_window",
        "seven_days",
        "EXCL06",
        {"reproductive": {"status": "postmenopausal"}},
        "pass",
    ),
    ("age_not_limited", "ignore", "INCL08", {"sex": "male", "age_years": 17}, "fail"),
]


@cache
def screener(interpretation: str | None, reading: str, engine: Engine) -> Screener:
    """A screener with one interpretation switched."""
    readings = {interpretation: reading} if interpretation else {}
    return Screener(load_trial("NCT06731140", readings=readings), engine=engine)


def verdict(chosen: Screener, criterion: str, patient: Any) -> str:
    """The verdict of one criterion, with the start ten days after screening."""
    screening = chosen.screen(read_record(patient), anchors("2026-01-05", "2026-01-15"))
    assert screening.alarm is None
    return screening.result(criterion).verdict.value


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("interpretation", "reading", "criterion", "patient", "in_force", "so_read"),
    READINGS,
)
def test_a_reading_decides_the_patient_its_question_is_about(
    interpretation: str,
    reading: str,
    criterion: str,
    patient: Any,
    in_force: str,
    so_read: str,
    engine: Engine,
) -> None:
    assert verdict(screener(None, "", engine), criterion, patient) == in_force
    assert verdict(screener(interpretation, reading, engine), criterion, patient) == so_read


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("interpretation", "reading", "criterion", "patient", "expected"), BESIDE)
def test_a_reading_leaves_the_patients_beside_its_question_alone(
    interpretation: str, reading: str, criterion: str, patient: Any, expected: str, engine: Engine
) -> None:
    assert verdict(screener(None, "", engine), criterion, patient) == expected
    assert verdict(screener(interpretation, reading, engine), criterion, patient) == expected


def test_every_reading_that_is_not_in_force_is_tried() -> None:
    trial = load_trial("NCT06731140")
    others = {
        (name, reading)
        for name, interpretation in trial.interpretations.items()
        for reading in interpretation.readings
        if reading != interpretation.reading
    }

    assert {(row[0], row[1]) for row in READINGS} == others


def test_switching_a_reading_changes_the_hash_of_the_rules() -> None:
    trial = load_trial("NCT06731140")
    switched = load_trial("NCT06731140", readings={"cytology": "accept"})

    assert trial.rules_hash != switched.rules_hash
