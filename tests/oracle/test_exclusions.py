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
from .nct06731140 import judge
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


def _history(topic: str, *conditions: Json) -> Json:
    return {"history": {topic: complete(*conditions)}}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"code": "systemic_lupus"}, "fail"),
        ({"code": "aids"}, "fail"),
        ({"code": "systemic_lupus", "family_history": True}, "pass"),
        ({"code": "systemic_lupus", "certainty": "ruled_out"}, "pass"),
        ({"code": "systemic_lupus", "certainty": "suspected"}, "unknown"),
        ({"code": "autoimmune_hypothyroidism"}, "unknown"),
        ({"code": "immune_related_adverse_event"}, "unknown"),
        ({"code": "vitiligo"}, "unknown"),
        ({"code": "hiv_controlled"}, "unknown"),
    ],
)
def test_autoimmune_disease_and_immune_deficiency(condition: Json, expected: str) -> None:
    assert verdict("EXCL02", _history("autoimmune", condition)) == expected


def test_lupus_excludes_whatever_else_is_unknown() -> None:
    conditions = incomplete({"code": "vitiligo"}, {"code": "systemic_lupus"})

    assert verdict("EXCL02", {"history": {"autoimmune": conditions}}) == "fail"
    assert verdict("EXCL02", {"history": {"autoimmune": incomplete()}}) == "unknown"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"code": "unstable_angina"}, "fail"),
        ({"code": "new_angina"} | fields(date="2024-03-22"), "fail"),
        ({"code": "new_angina"} | fields(date="2024-03-21"), "unknown"),
        ({"code": "new_angina"} | fields(date="2024-03"), "unknown"),
        ({"code": "myocardial_infarction"} | fields(date="2023-12-23"), "fail"),
        ({"code": "myocardial_infarction"} | fields(date="2023-12-22"), "unknown"),
        ({"code": "myocardial_infarction"}, "unknown"),
        ({"code": "myocardial_infarction", "certainty": "ruled_out"}, "pass"),
        ({"code": "heart_failure"} | fields(nyha_class="2"), "fail"),
        ({"code": "heart_failure"} | fields(nyha_class="1-2"), "unknown"),
        ({"code": "heart_failure"} | fields(nyha_class="1"), "unknown"),
        ({"code": "hypertension"} | fields(controlled="yes"), "pass"),
        ({"code": "hypertension"} | fields(controlled="no"), "unknown"),
        ({"code": "hypertension"}, "unknown"),
        ({"code": "hypertension", "certainty": "suspected"} | fields(controlled="yes"), "pass"),
        ({"code": "hypertension", "certainty": "suspected"} | fields(controlled="no"), "unknown"),
        ({"code": "hypertension", "certainty": "suspected"}, "unknown"),
        ({"code": "unstable_angina", "certainty": "suspected"}, "unknown"),
        ({"code": "atrial_fibrillation"}, "unknown"),
    ],
)
def test_heart_and_vessels(condition: Json, expected: str) -> None:
    assert verdict("EXCL03", _history("cardiovascular", condition)) == expected


def test_six_months_without_a_calendar_are_181_to_184_days() -> None:
    infarction = {"code": "myocardial_infarction"} | fields(date="day 0")

    assert judge(_history("cardiovascular", infarction), "day 180", "day 180")["EXCL03"] == "fail"
    assert (
        judge(_history("cardiovascular", infarction), "day 180", "day 181")["EXCL03"] == "unknown"
    )


def test_a_year_alone_begins_in_january() -> None:
    infarction = {"code": "myocardial_infarction"} | fields(date="2024")
    patient = _history("cardiovascular", infarction)

    assert verdict("EXCL03", patient, planned_start="2024-06-30") == "fail"
    assert verdict("EXCL03", patient, planned_start="2024-07-01") == "unknown"


def test_three_months_without_a_calendar_are_89_to_92_days() -> None:
    angina = _history("cardiovascular", {"code": "new_angina"} | fields(date="day 0"))

    assert judge(angina, "day 80", "day 89")["EXCL03"] == "fail"
    assert judge(angina, "day 80", "day 90")["EXCL03"] == "unknown"


def test_a_month_before_the_31st_is_the_last_day_of_a_shorter_month() -> None:
    angina = _history("cardiovascular", {"code": "new_angina"} | fields(date="2024-02-29"))

    assert judge(angina, "2024-05-31", "2024-05-31")["EXCL03"] == "fail"
    assert judge(angina, "2024-05-31", "2024-06-01")["EXCL03"] == "unknown"


@pytest.mark.parametrize(
    ("malignancy", "expected"),
    [
        (fields(type="cervix_in_situ", diagnosed="2022-06"), "pass"),
        (fields(type="breast", diagnosed="2021-06"), "pass"),
        (fields(type="melanoma", diagnosed="2020-06"), "fail"),
        (fields(type="melanoma", diagnosed="2019-06-21", last_active="2019-06-21"), "fail"),
        (fields(type="melanoma", diagnosed="2019-06-20", last_active="2019-06-20"), "unknown"),
        (fields(type="melanoma", diagnosed="2019-06-19", last_active="2019-06-19"), "pass"),
        (fields(type="melanoma", diagnosed="2019-06-19", last_active="2021"), "unknown"),
        (fields(type="melanoma", diagnosed="2010"), "unknown"),
        (fields(type="melanoma", last_active="2010"), "pass"),
        (fields(type="melanoma", last_active="2019-06-19"), "pass"),
        (fields(type="melanoma", last_active="2019-06-20"), "unknown"),
        (fields(type="melanoma", last_active="2024"), "unknown"),
        (fields(type="melanoma", last_active="2025"), "unknown"),
        (fields(type="melanoma", diagnosed="2025", last_active="2010"), "unknown"),
        (fields(type="melanoma", diagnosed="2022", last_active="2016"), "unknown"),
        (fields(type="melanoma", diagnosed="2022", last_active="2022"), "fail"),
        (fields(type="melanoma", diagnosed="2022-03-02", last_active="2022-03-01"), "unknown"),
        (fields(type="melanoma", diagnosed="2022-03-01", last_active="2022-03-01"), "fail"),
        (fields(type="melanoma", diagnosed="2015", last_active="2014"), "unknown"),
        (fields(type="breast", diagnosed="2022", last_active="2016"), "pass"),
        (fields(type="melanoma"), "unknown"),
        (fields(last_active="2010"), "pass"),
        (fields(type="melanoma", diagnosed="2019"), "unknown"),
        (fields(type="localised_prostate", diagnosed="2022"), "unknown"),
        (fields(type="localised_prostate", diagnosed="2010", last_active="2012"), "pass"),
        (fields(diagnosed="2010", last_active="2012"), "pass"),
        (fields(diagnosed="2023"), "unknown"),
    ],
)
def test_other_malignancies(malignancy: Json, expected: str) -> None:
    assert verdict("EXCL04", {"other_malignancies": complete(malignancy)}) == expected


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [("day 1825", "fail"), ("day 1826", "unknown"), ("day 1827", "unknown"), ("day 1828", "pass")],
)
def test_five_years_without_a_calendar_are_1826_or_1827_days(as_of: str, expected: str) -> None:
    melanoma = fields(type="melanoma", diagnosed="day 0", last_active="day 0")

    assert judge({"other_malignancies": complete(melanoma)}, as_of, None)["EXCL04"] == expected


def test_five_years_before_29_february_is_28_february() -> None:
    melanoma = fields(type="melanoma", diagnosed="2019-02-28", last_active="2019-02-28")
    patient = {"other_malignancies": complete(melanoma)}

    assert judge(patient, "2024-02-28", None)["EXCL04"] == "unknown"
    assert judge(patient, "2024-02-29", None)["EXCL04"] == "unknown"
    assert judge(patient, "2024-03-01", None)["EXCL04"] == "pass"


_DENIED = {"breastfeeding": "no", "intends_pregnancy": "no"}


def _woman(status: str, **values: str) -> Json:
    return fields(sex="female") | {"reproductive": fields(status=status, **values)}


def _man(**values: str) -> Json:
    return fields(sex="male") | {"reproductive": fields(**values)}


@pytest.mark.parametrize(
    ("patient", "expected"),
    [
        ({"reproductive": fields(**_DENIED, pregnancy_test="negative")}, "pass"),
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
        (_man(status="childbearing_potential", pregnancy_test="positive"), "unknown"),
        (_man(status="childbearing_potential", **_DENIED, pregnancy_test="negative"), "pass"),
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
    ],
)
def test_allergies(allergy: Json, expected: str) -> None:
    assert verdict("EXCL07", {"allergies": complete(allergy)}) == expected


def _count(value: str, unit: str = "10^9/L", **recorded: str) -> Json:
    return {"test": "eosinophils", "unit": unit} | fields(value=value, **recorded)


@pytest.mark.parametrize(
    ("labs", "expected"),
    [
        ([], "pass"),
        ([_count("0.5", date="2024-06-01")], "pass"),
        ([_count("0.8", date="2024-06-01")], "unknown"),
        ([_count("800", "/µL", date="2024-06-01")], "unknown"),
        ([_count("0.8", date="2024-06-01", upper_limit_of_normal="0.9")], "pass"),
        ([_count("450", "/uL", date="2024-06-01", upper_limit_of_normal="400")], "unknown"),
        ([_count("0.4-0.6", date="2024-06-01")], "unknown"),
        ([_count("80", "%", date="2024-06-01")], "unknown"),
        ([{"test": "eosinophils"} | fields(value="0.1", date="2024-06-01")], "unknown"),
        ([{"test": "eosinophils"} | fields(value="0.1"), _count("0.2")], "unknown"),
        ([_count("8", "%", date="2024-05-01"), _count("0.2", date="2024-06-01")], "pass"),
        ([_count("0.2", date="2024-05-01"), _count("8", "%", date="2024-06-01")], "unknown"),
        ([{"test": "eosinophils", "unit": "10^9/L"} | fields(date="2024-06-01")], "pass"),
        ([{"test": "neutrophils"} | fields(value="800")], "pass"),
        ([_count("100", upper_limit_of_normal="150")], "pass"),
        ([_count("101", upper_limit_of_normal="150")], "unknown"),
        ([_count("100001", "/uL", upper_limit_of_normal="150000")], "unknown"),
        ([_count("0.5") | {"upper_limit_of_normal": {"absent": "pending"}}], "pass"),
        ([_count("0.51") | {"upper_limit_of_normal": {"absent": "pending"}}], "unknown"),
        ([_count("0.8", date="2024-05-01"), _count("0.3", date="2024-06-01")], "pass"),
        ([_count("0.3", date="2024-05-01"), _count("0.8", date="2024-06-01")], "unknown"),
        ([_count("0.8", date="2024-05"), _count("0.3", date="2024-05-20")], "unknown"),
        ([_count("0.8"), _count("0.3", date="2024-05-20")], "unknown"),
    ],
)
def test_the_latest_eosinophil_count(labs: list[Json], expected: str) -> None:
    assert verdict("EXCL08", _history("eosinophil_mast_cell") | {"labs": labs}) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"code": "mastocytosis"}, "fail"),
        ({"code": "mastocytosis", "certainty": "suspected"}, "unknown"),
        ({"code": "mastocytosis", "family_history": True}, "pass"),
        ({"code": "raised_eosinophil_count"}, "unknown"),
        ({"code": "reactive_eosinophilia"}, "unknown"),
    ],
)
def test_eosinophils_and_mast_cells(condition: Json, expected: str) -> None:
    assert verdict("EXCL08", _history("eosinophil_mast_cell", condition)) == expected


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
