"""The oracle's own tests of the disease and its receptors, at the limits of the wording."""

from __future__ import annotations

import pytest

from .charts import candidate, fields, verdict
from .values import Json


def _with_specimens(*specimens: Json) -> Json:
    return candidate() | {"specimens": list(specimens)}


@pytest.mark.parametrize(
    ("er_pr", "expected"),
    [
        (fields(er_percent="1", pr_percent="0"), "unknown"),
        (fields(er_percent="1", pr_percent="1"), "unknown"),
        (fields(er_percent="0", pr_percent="1"), "unknown"),
        (fields(er_percent="80", pr_percent="0"), "pass"),
        (fields(er_percent="0", pr_percent="5"), "pass"),
        (fields(er_percent="80", pr_percent="1"), "pass"),
        (fields(er_percent="0.5", pr_percent="0"), "pass"),
        (fields(er_percent=">1"), "pass"),
        (fields(er_percent=">=1", pr_percent="0"), "unknown"),
        (fields(er_percent="1-10 %", pr_percent="0"), "unknown"),
        (fields(er_percent="<5", pr_percent="0"), "unknown"),
        (fields(er_percent="80"), "pass"),
        (fields(er_percent="0"), "unknown"),
        (fields(er_status="negative", pr_status="negative"), "pass"),
        (fields(er_status="positive", pr_status="negative"), "unknown"),
        (fields(er_percent="0", pr_percent="<=1"), "unknown"),
        (fields(er_percent="0", pr_percent="1.1-2"), "pass"),
        (fields(er_percent="2", er_status="positive"), "pass"),
        (fields(er_percent="1", er_status="positive", pr_percent="0"), "unknown"),
        (fields(er_percent="1", er_status="negative", pr_percent="80"), "pass"),
        (fields(er_percent="<1", er_status="positive", pr_percent="<1"), "unknown"),
        (fields(er_percent="80", er_status="negative", pr_percent="0"), "unknown"),
        (fields(er_percent="80", er_status="negative", pr_percent="30"), "pass"),
        (fields(er_percent="<5", er_status="negative", pr_percent="0"), "pass"),
        (fields(er_percent="<5", er_status="positive", pr_percent="0"), "unknown"),
        (fields(er_percent="0-10", er_status="negative", pr_status="negative"), "pass"),
        (fields(er_percent="0-1", pr_percent="0-1", pr_status="negative"), "unknown"),
        (fields(er_status="negative", pr_percent="<=1", pr_status="negative"), "pass"),
        (fields(er_percent=">1", er_status="positive"), "pass"),
    ],
)
def test_oestrogen_and_progesterone_receptors(er_pr: Json, expected: str) -> None:
    assert verdict("INCL02", _with_specimens(er_pr | fields(her2_ihc="0"))) == expected


def test_specimens_that_disagree_on_a_receptor_leave_it_open() -> None:
    primary = fields(er_percent="0", pr_percent="0", her2_ihc="0")
    metastasis = fields(er_percent="60", her2_ihc="1")

    assert verdict("INCL02", _with_specimens(primary, metastasis)) == "unknown"


@pytest.mark.parametrize(
    ("her2", "expected"),
    [
        (fields(her2_ihc="0"), "pass"),
        (fields(her2_ihc="0-1+"), "pass"),
        (fields(her2_ihc="1+", her2_ish="amplified"), "unknown"),
        (fields(her2_ihc="2+"), "unknown"),
        (fields(her2_ihc="2+") | {"her2_ish": {"absent": "pending"}}, "unknown"),
        (fields(her2_ihc="2+", her2_ish="not_amplified"), "pass"),
        (fields(her2_ihc="2+", her2_ish="amplified"), "fail"),
        (fields(her2_ihc="2+", her2_ish="equivocal"), "unknown"),
        (fields(her2_ihc="2+", her2_ish="not_amplified", her2_ish_method="sish"), "pass"),
        (fields(her2_ihc="2+", her2_ish="not_amplified", her2_ish_method="ngs"), "unknown"),
        (fields(her2_ihc="3+"), "fail"),
        (fields(her2_ihc="3+", her2_ish="not_amplified"), "fail"),
        (fields(her2_ish="not_amplified"), "unknown"),
        (fields(her2_ihc="1-2+"), "unknown"),
        (fields(her2_ihc="1-2+", her2_ish="not_amplified"), "pass"),
        (fields(her2_ihc="1-2+", her2_ish="amplified"), "unknown"),
        (fields(her2_ihc="2-3+", her2_ish="amplified"), "fail"),
        (fields(her2_ihc="2-3+", her2_ish="not_amplified"), "unknown"),
        (fields(her2_ihc="1-3", her2_ish="amplified"), "unknown"),
        (fields(her2_status="negative"), "unknown"),
        (fields(her2_status="positive"), "fail"),
        (fields(her2_ihc="1", her2_status="positive"), "unknown"),
    ],
)
def test_her2(her2: Json, expected: str) -> None:
    assert verdict("INCL02", _with_specimens(fields(er_percent="90") | her2)) == expected


@pytest.mark.parametrize(
    ("ish", "expected"),
    [
        (fields(her2_ratio="2.0", her2_copies="4.0"), "fail"),
        (fields(her2_ratio="2.0", her2_copies="3.9"), "unknown"),
        (fields(her2_ratio="1.9", her2_copies="6.0"), "fail"),
        (fields(her2_ratio="1.9", her2_copies="5.9"), "unknown"),
        (fields(her2_ratio="1.9", her2_copies="4.0"), "unknown"),
        (fields(her2_ratio="1.9", her2_copies="3.9"), "pass"),
        (fields(her2_ratio="1.9", her2_copies="3.9-4.5"), "unknown"),
        (fields(her2_ratio="1.2-1.9", her2_copies="<4"), "pass"),
        (fields(her2_ratio="1.2-2.0", her2_copies="5-7"), "unknown"),
        (fields(her2_ratio="1.2-2.5", her2_copies="6-7"), "fail"),
        (fields(her2_ratio="1.9", her2_copies="4.0-4.5", her2_ish="amplified"), "fail"),
        (fields(her2_ratio="1.9", her2_copies="6", her2_ish="equivocal"), "unknown"),
        (fields(her2_ratio="1.2"), "unknown"),
        (fields(her2_ratio="2.4"), "unknown"),
        (fields(her2_copies="2"), "unknown"),
        (fields(her2_copies="5.9"), "unknown"),
        (fields(her2_copies="6"), "fail"),
        (fields(her2_copies=">=6"), "fail"),
        (fields(her2_copies="6", her2_ish="equivocal"), "unknown"),
        (fields(her2_copies="5-7"), "unknown"),
        (fields(her2_copies="6", her2_ish="amplified"), "fail"),
        (fields(her2_copies="6", her2_ish="not_amplified"), "unknown"),
        (fields(her2_copies="5.9", her2_ish="not_amplified"), "pass"),
        (fields(her2_copies="2", her2_ish="amplified"), "fail"),
        (fields(her2_ratio="1.2", her2_ish="not_amplified"), "pass"),
        (fields(her2_ratio="2.4", her2_ish="not_amplified"), "pass"),
        (fields(her2_ratio="2.4", her2_copies="3-5", her2_ish="not_amplified"), "pass"),
        (fields(her2_ratio="1.4", her2_copies="5-7", her2_ish="not_amplified"), "pass"),
        (fields(her2_ratio="1.4", her2_copies="2-5", her2_ish="amplified"), "fail"),
        (fields(her2_ratio="1.9-2.1", her2_copies="6", her2_ish="not_amplified"), "unknown"),
        (fields(her2_ratio="2.4", her2_copies="3", her2_ish="not_amplified"), "pass"),
        (fields(her2_ratio="1.4", her2_copies="5", her2_ish="not_amplified"), "pass"),
        (fields(her2_ratio="1.4", her2_copies="5", her2_ish="amplified"), "fail"),
        (fields(her2_ratio="1.4", her2_copies="7", her2_ish="not_amplified"), "unknown"),
        (fields(her2_ratio="2.4", her2_copies="5", her2_ish="not_amplified"), "unknown"),
        (fields(her2_ratio="1.4", her2_copies="2", her2_ish="amplified"), "unknown"),
    ],
)
def test_groups_of_in_situ_hybridisation_beside_a_score_of_two(ish: Json, expected: str) -> None:
    specimen = fields(er_percent="90", her2_ihc="2+") | ish

    assert verdict("INCL02", _with_specimens(specimen)) == expected


def test_hybridisation_of_one_specimen_does_not_speak_for_another_that_has_none() -> None:
    primary = fields(er_percent="90", her2_ihc="2+")
    metastasis = fields(her2_ihc="2+", her2_ish="not_amplified")

    assert verdict("INCL02", _with_specimens(primary, metastasis)) == "unknown"


def test_a_specimen_called_positive_beside_a_negative_score_leaves_it_open() -> None:
    scored = fields(er_percent="90", her2_ihc="1+")

    assert verdict("INCL02", _with_specimens(scored, fields(her2_status="positive"))) == "unknown"
    assert verdict("INCL02", _with_specimens(scored | fields(her2_status="positive"))) == "unknown"


def test_half_of_the_hybridisation_numbers_of_one_specimen_leaves_the_result_open() -> None:
    primary = fields(er_percent="90", her2_ihc="2+", her2_ratio="1.2")
    metastasis = fields(her2_ihc="2+", her2_ish="not_amplified")

    assert verdict("INCL02", _with_specimens(primary, metastasis)) == "unknown"


def test_many_copies_alone_contradict_a_low_score() -> None:
    specimen = fields(er_percent="90", her2_ihc="1+")

    assert verdict("INCL02", _with_specimens(specimen | fields(her2_copies="6"))) == "unknown"
    # Five are amplified if the ratio is high (group 1); three never are.
    assert verdict("INCL02", _with_specimens(specimen | fields(her2_copies="5"))) == "unknown"
    assert verdict("INCL02", _with_specimens(specimen | fields(her2_copies="3"))) == "pass"


@pytest.mark.parametrize(
    ("ratio", "expected"), [("4", "unknown"), ("1.8-2.2", "unknown"), ("1.9", "pass")]
)
def test_a_ratio_without_copies_beside_a_low_score(ratio: str, expected: str) -> None:
    specimen = fields(er_percent="90", her2_ihc="0", her2_ratio=ratio)

    assert verdict("INCL02", _with_specimens(specimen)) == expected


_DISPUTED = {"absent": "conflicting"}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"er_percent": {"absent": "pending"}}, "unknown"),
        ({"er_percent": _DISPUTED}, "unknown"),
        ({"er_status": _DISPUTED}, "unknown"),
        ({"er_percent": _DISPUTED} | fields(er_status="negative"), "unknown"),
        ({"er_percent": fields(er="70")["er"], "er_status": _DISPUTED}, "pass"),
        ({"pr_percent": _DISPUTED}, "pass"),
        ({"her2_ihc": {"absent": "pending"}}, "unknown"),
        ({"her2_ihc": _DISPUTED}, "unknown"),
        ({"her2_ish": {"absent": "pending"}}, "unknown"),
        ({"her2_ish": _DISPUTED}, "unknown"),
        ({"her2_copies": _DISPUTED}, "unknown"),
        ({"her2_copies": _DISPUTED} | fields(her2_ish="not_amplified"), "unknown"),
    ],
)
def test_a_second_specimen_on_which_the_reports_disagree(other: Json, expected: str) -> None:
    settled = fields(er_percent="90", her2_ihc="2+", her2_ish="not_amplified")

    assert verdict("INCL02", _with_specimens(settled, other)) == expected


def test_a_disputed_score_leaves_even_a_high_one_open() -> None:
    specimens = [fields(er_percent="90", her2_ihc="3+"), {"her2_ihc": _DISPUTED}]

    assert verdict("INCL02", _with_specimens(*specimens)) == "unknown"


def test_a_disputed_score_is_no_score_beside_which_a_word_would_be_ignored() -> None:
    specimen = fields(er_percent="90", her2_status="positive") | {"her2_ihc": _DISPUTED}

    assert verdict("INCL02", _with_specimens(specimen)) == "fail"


@pytest.mark.parametrize("other", [fields(her2_status="low"), {"her2_status": _DISPUTED}])
def test_words_for_her2_that_disagree_leave_it_open(other: Json) -> None:
    positive = fields(er_percent="90", her2_status="positive")

    assert verdict("INCL02", _with_specimens(positive, other)) == "unknown"


def test_a_diagnosis_that_says_nothing_of_the_cancer_is_unknown() -> None:
    unnamed = fields(extent="metastatic", confirmation="histology")

    assert verdict("INCL02", candidate() | {"diagnosis": {}}) == "unknown"
    assert verdict("INCL02", candidate() | {"diagnosis": unnamed}) == "unknown"
    assert verdict("INCL02", candidate() | {"diagnosis": fields(extent="early")}) == "fail"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"extent": "locally_advanced"}, "unknown"),
        ({"extent": "early"}, "fail"),
        ({"confirmation": "cytology"}, "unknown"),
        ({"confirmation": "clinical"}, "fail"),
        ({"cancer": "other"}, "fail"),
    ],
)
def test_the_cancer_itself(changed: dict[str, str], expected: str) -> None:
    diagnosis = candidate()["diagnosis"] | fields(**changed)

    assert verdict("INCL02", candidate() | {"diagnosis": diagnosis}) == expected
