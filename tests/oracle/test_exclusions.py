"""The oracle's own tests of the exclusion criteria, at their boundaries."""

from __future__ import annotations

import pytest

from .charts import (
    complete,
    days_before_start,
    fields,
    incomplete,
    verdict,
)
from .values import Json

_SILENT = {"known_metastases": "yes", "symptomatic": "no", "progressing": "no"}
_STABLE = _SILENT | {"treated": "yes", "leptomeningeal": "no", "treatment_end": "2024-01"}


@pytest.mark.parametrize(
    ("cns", "expected"),
    [
        (fields(known_metastases="no"), "pass"),
        (fields(known_metastases="no", leptomeningeal="yes"), "unknown"),
        (fields(known_metastases="no", symptomatic="yes"), "unknown"),
        (fields(known_metastases="no", progressing="yes"), "unknown"),
        (fields(known_metastases="no", symptomatic="no", progressing="no"), "pass"),
        (fields(known_metastases="no", treated="no"), "pass"),
        (fields(), "unknown"),
        (fields(treated="no"), "unknown"),
        (fields(symptomatic="yes"), "fail"),
        (fields(known_metastases="yes"), "unknown"),
        (fields(known_metastases="yes", progressing="yes"), "fail"),
        (fields(**_SILENT, treated="no"), "fail"),
        (fields(**_SILENT), "unknown"),
        (fields(**_STABLE), "pass"),
        (fields(**_STABLE | {"treatment_end": days_before_start(28)}), "pass"),
        (fields(**_STABLE | {"treatment_end": days_before_start(27)}), "unknown"),
        (fields(**_STABLE | {"treatment_end": "2024-05"}), "unknown"),
        (fields(**_STABLE | {"leptomeningeal": "yes"}), "unknown"),
        (fields(**_SILENT, treated="yes", treatment_end="2024-01"), "unknown"),
        (fields(**_SILENT, treated="yes", leptomeningeal="no"), "unknown"),
    ],
)
def test_metastases_of_the_nervous_system(cns: Json, expected: str) -> None:
    assert verdict("EXCL01", {"cns": cns}) == expected


_STABLE_IF_ANY = {field: said for field, said in _STABLE.items() if field != "known_metastases"}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "pass"),
        ({"treatment_end": days_before_start(28)}, "pass"),
        ({"treatment_end": days_before_start(27)}, "unknown"),
        ({"leptomeningeal": "yes"}, "unknown"),
        ({"treated": "no"}, "unknown"),
        ({"symptomatic": "yes"}, "fail"),
        ({"progressing": "yes"}, "fail"),
    ],
)
def test_metastases_that_nobody_confirms_or_denies(changed: dict[str, str], expected: str) -> None:
    assert verdict("EXCL01", {"cns": fields(**_STABLE_IF_ANY | changed)}) == expected


@pytest.mark.parametrize("lacking", list(_STABLE_IF_ANY))
def test_metastases_that_nobody_confirms_are_clear_only_if_all_is_answered(lacking: str) -> None:
    answered = {field: said for field, said in _STABLE_IF_ANY.items() if field != lacking}

    assert verdict("EXCL01", {"cns": fields(**answered)}) == "unknown"


_BRAIN = complete({"site": "liver"}, {"site": "brain"})


@pytest.mark.parametrize(
    ("cns", "expected"),
    [
        (fields(), "unknown"),
        (fields(treated="no"), "fail"),
        (fields(symptomatic="yes"), "fail"),
        (fields(**_STABLE_IF_ANY), "pass"),
        (fields(known_metastases="no"), "unknown"),
        (fields(known_metastases="no", treated="no"), "unknown"),
        (fields(known_metastases="no", symptomatic="yes"), "fail"),
        (fields(known_metastases="no", progressing="yes"), "fail"),
        (fields(**_STABLE | {"known_metastases": "no"}), "pass"),
        (fields(**_STABLE | {"known_metastases": "no", "leptomeningeal": "yes"}), "unknown"),
        (fields(**_STABLE), "pass"),
    ],
)
def test_the_brain_among_the_metastatic_sites(cns: Json, expected: str) -> None:
    assert verdict("EXCL01", {"cns": cns, "metastatic_sites": _BRAIN}) == expected


def test_other_metastatic_sites_say_nothing_of_the_brain() -> None:
    sites = {"metastatic_sites": complete({"site": "liver"})}

    assert verdict("EXCL01", sites | {"cns": fields(treated="no")}) == "unknown"
    assert verdict("EXCL01", sites | {"cns": fields(known_metastases="no")}) == "pass"


def test_stable_brain_metastases_need_a_planned_start() -> None:
    assert verdict("EXCL01", {"cns": fields(**_STABLE)}, planned_start=None) == "unknown"
    assert verdict("EXCL01", {"cns": fields(**_STABLE_IF_ANY)}, planned_start=None) == "unknown"


_DENIED = {"breastfeeding": "no", "intends_pregnancy": "no"}
_TESTED = {"pregnancy_test": {"value": "negative", "date": days_before_start(14)}}
_TESTED_TOO_EARLY = {"pregnancy_test": {"value": "negative", "date": days_before_start(15)}}


def _woman(status: str, **values: str) -> Json:
    return fields(sex="female") | {"reproductive": fields(status=status, **values)}


def _man(**values: str) -> Json:
    return fields(sex="male") | {"reproductive": fields(**values)}


@pytest.mark.parametrize(
    ("patient", "expected"),
    [
        ({"reproductive": fields(**_DENIED) | _TESTED}, "pass"),
        ({"reproductive": fields(**_DENIED) | _TESTED_TOO_EARLY}, "unknown"),
        ({"reproductive": fields(**_DENIED, pregnancy_test="negative")}, "unknown"),
        ({"reproductive": fields(status="postmenopausal") | _TESTED_TOO_EARLY}, "pass"),
        ({"reproductive": fields(**_DENIED)}, "unknown"),
        ({"reproductive": fields(**_DENIED, pregnancy_test="positive")}, "fail"),
        (_woman("postmenopausal", pregnancy_test="positive"), "unknown"),
        (_woman("surgically_sterile", pregnancy_test="positive"), "unknown"),
        (_woman("childbearing_potential", pregnancy_test="positive"), "fail"),
        (_woman("postmenopausal", breastfeeding="yes"), "unknown"),
        (_woman("surgically_sterile", breastfeeding="yes"), "fail"),
        (_woman("postmenopausal", intends_pregnancy="yes"), "unknown"),
        (_woman("surgically_sterile", **_DENIED | {"intends_pregnancy": "yes"}), "unknown"),
        (_woman("childbearing_potential", intends_pregnancy="yes"), "fail"),
        (_woman("surgically_sterile", pregnancy_test="positive", breastfeeding="yes"), "fail"),
        (_man(pregnancy_test="positive"), "unknown"),
        (_man(breastfeeding="yes"), "unknown"),
        (_man(intends_pregnancy="yes"), "unknown"),
        (_man(status="surgically_sterile"), "pass"),
        (_man(status="childbearing_potential"), "unknown"),
        (_man(status="childbearing_potential", **_DENIED), "unknown"),
        (
            _man(
                status="childbearing_potential", pregnancy_test="negative", intends_pregnancy="no"
            ),
            "unknown",
        ),
        (
            _man(status="childbearing_potential", pregnancy_test="negative", breastfeeding="no"),
            "unknown",
        ),
        (_man(status="childbearing_potential", pregnancy_test="positive"), "fail"),
        (_man(status="childbearing_potential", intends_pregnancy="yes"), "fail"),
        (_man(status="childbearing_potential", breastfeeding="yes"), "fail"),
        (_man(status="childbearing_potential", **_DENIED, pregnancy_test="negative"), "unknown"),
        ({"reproductive": fields(breastfeeding="yes")}, "fail"),
        ({"reproductive": fields(intends_pregnancy="yes")}, "fail"),
        ({"reproductive": fields(status="postmenopausal")}, "pass"),
        ({"reproductive": fields(status="surgically_sterile")}, "unknown"),
        ({"reproductive": fields(status="surgically_sterile", breastfeeding="no")}, "pass"),
        (fields(sex="male"), "pass"),
    ],
)
def test_pregnancy_breastfeeding_and_intention(patient: Json, expected: str) -> None:
    assert verdict("EXCL06", patient) == expected


@pytest.mark.parametrize(
    ("allergy", "expected"),
    [
        (fields(kind="unrelated"), "pass"),
        (fields(kind="retinoid"), "fail"),
        (fields(kind="monoclonal_antibody"), "fail"),
        (fields(kind="excipient"), "unknown"),
        (fields(kind="chemotherapy_drug"), "unknown"),
        ({"substance": "not legible"}, "unknown"),
        ({"substance": "isotretinoin"}, "fail"),
        (fields(kind="unrelated") | {"substance": "penicillin"}, "pass"),
        (fields(kind="unrelated") | {"substance": "pembrolizumab"}, "unknown"),
        (fields(kind="unspecified_drug") | {"substance": "pembrolizumab"}, "fail"),
    ],
)
def test_allergies(allergy: Json, expected: str) -> None:
    assert verdict("EXCL07", {"allergies": complete(allergy)}) == expected


@pytest.mark.parametrize(
    ("criterion", "patient"),
    [
        ("EXCL02", {"history": {"autoimmune": incomplete()}}),
        ("EXCL03", {"history": {"cardiovascular": incomplete()}}),
        ("EXCL04", {"other_malignancies": incomplete()}),
        ("EXCL05", {"treatments": incomplete()}),
        ("EXCL07", {"allergies": incomplete()}),
        ("EXCL08", {"history": {"eosinophil_mast_cell": incomplete()}}),
        ("EXCL09", {"steroids": incomplete()}),
    ],
)
def test_an_incomplete_list_is_never_clear(criterion: str, patient: Json) -> None:
    assert verdict(criterion, patient) == "unknown"
