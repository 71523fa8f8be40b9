"""Charts that once came out eligible although something in them was open: none of them may again."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from eligibility.dates import anchors
from eligibility.intake.template import example_profile
from eligibility.patient.record import read_record
from eligibility.protocol.library import load_trial
from eligibility.protocol.verdict import Decision
from eligibility.screening.screen import Screener

HORMONES = {"er_percent": 0, "pr_percent": 0}
TREATED_YESTERDAY = {"last_dose": "2026-11-20"}
UNRELATED = {"kind": "unrelated"}
CAN_BECOME_PREGNANT = {
    "status": "childbearing_potential",
    "contraception": "agreed",
    "breastfeeding": "no",
    "intends_pregnancy": "no",
}


def specimens(*her2: dict[str, Any]) -> dict[str, Any]:
    return {"specimens": [HORMONES | each for each in her2]}


def treated_with(**treatment: Any) -> dict[str, Any]:
    items = example_profile()["treatments"]["items"]
    return {"treatments": {"complete": True, "items": [*items, TREATED_YESTERDAY | treatment]}}


def with_lab(**result: Any) -> dict[str, Any]:
    return {"labs": [*example_profile()["labs"], {"date": "2026-11-20"} | result]}


DOUBTS: dict[str, tuple[dict[str, Any], str]] = {
    "another specimen is called HER2 positive": (
        specimens({"her2_ihc": "1+"}, {"her2_status": "positive"}),
        "INCL02",
    ),
    "a score of 1+ is called positive": (
        specimens({"her2_ihc": "1+", "her2_status": "positive"}),
        "INCL02",
    ),
    "the FISH of the 2+ is pending, another specimen has one": (
        specimens(
            {"her2_ihc": "2+", "her2_ish": "pending"},
            {"her2_ihc": "0", "her2_ish": "not_amplified"},
        ),
        "INCL02",
    ),
    "one of two 2+ has no FISH yet": (
        specimens(
            {"her2_ihc": "2+", "her2_ish": "not_amplified"},
            {"her2_ihc": "2+", "her2_ish": "pending"},
        ),
        "INCL02",
    ),
    "the score of the metastasis is pending": (
        specimens({"her2_ihc": "1+"}, {"her2_ihc": "pending"}),
        "INCL02",
    ),
    "a score of 0 beside a ratio of 4, copies not counted": (
        specimens({"her2_ihc": 0, "her2_ratio": 4}),
        "INCL02",
    ),
    "a score of 1+ beside a ratio of 2.5 and a word that denies 7 copies": (
        specimens(
            {"her2_ihc": 1, "her2_ratio": 2.5, "her2_copies": 7, "her2_ish": "not_amplified"}
        ),
        "INCL02",
    ),
    "a drug nobody knows, called targeted": (
        treated_with(kind="targeted", agents=["study drug"]),
        "EXCL05",
    ),
    "chemotherapy of which only trastuzumab is named": (
        treated_with(kind="chemotherapy", agents=["trastuzumab"]),
        "EXCL05",
    ),
    "immunotherapy of which only letrozole is named": (
        treated_with(kind="immunotherapy", agents=["letrozole"]),
        "EXCL05",
    ),
    "immunotherapy of which only denosumab is named": (
        treated_with(kind="immunotherapy", agents=["denosumab"]),
        "EXCL05",
    ),
    "a conjugate of which only trastuzumab is named": (
        treated_with(kind="antibody_drug_conjugate", agents=["trastuzumab"]),
        "EXCL05",
    ),
    "a leptomeningeal lesion is listed": (
        {"lesions": [{"kind": "leptomeningeal"}, *example_profile()["lesions"]["items"]]},
        "EXCL01",
    ),
    "brain metastases were treated, though none are known": (
        {"cns": {"known_metastases": "no", "treated": "yes", "treatment_end": "2026-11-10"}},
        "EXCL01",
    ),
    "a newer neutrophil count is unreadable": (
        with_lab(test="anc", value="unreadable"),
        "INCL04",
    ),
    "an upper limit of normal is mistyped": (
        with_lab(test="ast", value=150, unit="U/L", upper_limit_of_normal=400),
        "INCL04",
    ),
    "metastatic disease without any metastasis": ({"metastatic_sites": "none"}, "INCL02"),
    "early disease with metastases": (
        {"diagnosis": {"cancer": "breast", "extent": "early", "confirmation": "histology"}},
        "INCL02",
    ),
    "a pregnancy test of years ago": (
        {
            "reproductive": CAN_BECOME_PREGNANT
            | {"pregnancy_test": {"value": "negative", "date": "2019-01-01"}}
        },
        "EXCL06",
    ),
    "a negative pregnancy test of nine months ago": (
        {
            "reproductive": CAN_BECOME_PREGNANT
            | {"pregnancy_test": {"value": "negative", "date": "2026-02-15"}}
        },
        "EXCL06",
    ),
    "a negative pregnancy test, not said when": (
        {"reproductive": CAN_BECOME_PREGNANT | {"pregnancy_test": "negative"}},
        "EXCL06",
    ),
    "an allergy to pembrolizumab, called unrelated": (
        {"allergies": {"complete": True, "items": [UNRELATED | {"substance": "pembrolizumab"}]}},
        "EXCL07",
    ),
    "prednisone among the treatments, no steroid listed": (
        treated_with(kind="other", agents=["prednisone"]),
        "EXCL09",
    ),
    "an ECOG grade of the future": ({"ecog": {"value": 1, "date": "2029-01-01"}}, "INCL01"),
    "a specimen of the future": (
        {"specimens": [{**each, "date": "2027-01-01"} for each in example_profile()["specimens"]]},
        "INCL02",
    ),
    "a course begun in the future after which the disease progressed": (
        {
            "treatments": {
                "complete": True,
                "items": [
                    {**example_profile()["treatments"]["items"][0], "start": "2027-01-01"},
                    *example_profile()["treatments"]["items"][1:],
                ],
            }
        },
        "INCL03",
    ),
    "eosinophils of a future sample": (
        {
            "labs": [
                each | ({"date": "2027-01-01"} if each["test"] == "eosinophils" else {})
                for each in example_profile()["labs"]
            ]
        },
        "EXCL08",
    ),
    "going on, but last given years ago": (
        treated_with(agents=["capecitabine"], ongoing="yes", last_dose="2020-01-01"),
        "EXCL05",
    ),
}


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener(load_trial(profile="atezolizumab_p1"))


@pytest.mark.parametrize("doubt", DOUBTS)
def test_a_doubt_leaves_the_patient_undetermined(screener: Screener, doubt: str) -> None:
    change, criterion_id = DOUBTS[doubt]
    record = read_record(deepcopy(example_profile()) | change)

    screening = screener.screen(record, anchors("2026-11-21", "2026-12-01"))

    assert screening.decision is Decision.UNDETERMINED
    assert criterion_id in screening.deciding


def test_without_the_doubt_the_patient_is_eligible(screener: Screener) -> None:
    record = read_record(example_profile())

    screening = screener.screen(record, anchors("2026-11-21", "2026-12-01"))

    assert screening.decision is Decision.ELIGIBLE
