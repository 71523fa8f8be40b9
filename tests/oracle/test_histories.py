"""The oracle's own tests of what a patient has or has had besides this cancer, at its limits."""

from __future__ import annotations

import pytest

from .charts import complete, fields, incomplete, verdict
from .nct06731140 import judge
from .values import Json


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
        ([_count("0.5", "10*9/L", date="2024-06-01")], "pass"),
        ([_count("0.8", "10*3/uL", date="2024-06-01")], "unknown"),
        ([_count("450", "/uL", date="2024-06-01", upper_limit_of_normal="400")], "unknown"),
        ([_count("1.2", "/uL", date="2024-06-01")], "unknown"),
        ([_count("12.4", "/uL", date="2024-06-01")], "unknown"),
        ([_count("0", "/uL", date="2024-06-01")], "pass"),
        ([_count("20", "/uL", date="2024-06-01")], "pass"),
        ([_count("212.5", "/uL", date="2024-06-01")], "pass"),
        ([_count("0.4-0.6", date="2024-06-01")], "unknown"),
        ([_count("80", "%", date="2024-06-01")], "unknown"),
        ([{"test": "eosinophils"} | fields(value="0.1", date="2024-06-01")], "unknown"),
        ([{"test": "eosinophils"} | fields(value="0.1"), _count("0.2")], "unknown"),
        ([_count("8", "%", date="2024-05-01"), _count("0.2", date="2024-06-01")], "unknown"),
        ([_count("0.2", date="2024-05-01"), _count("8", "%", date="2024-06-01")], "unknown"),
        ([{"test": "eosinophils", "unit": "10^9/L"} | fields(date="2024-06-01")], "pass"),
        ([{"test": "neutrophils"} | fields(value="800")], "pass"),
        ([_count("100", upper_limit_of_normal="150")], "unknown"),
        ([_count("3", upper_limit_of_normal="500")], "unknown"),
        ([_count("0.3", upper_limit_of_normal="500")], "pass"),
        ([_count("300", "/uL", upper_limit_of_normal="500")], "pass"),
        ([_count("101", upper_limit_of_normal="150")], "unknown"),
        ([_count("100001", "/uL", upper_limit_of_normal="150000")], "unknown"),
        ([_count("0.5") | {"upper_limit_of_normal": {"absent": "pending"}}], "pass"),
        ([_count("0.51") | {"upper_limit_of_normal": {"absent": "pending"}}], "unknown"),
        ([_count("0.8", date="2024-05-01"), _count("0.3", date="2024-06-01")], "unknown"),
        ([_count("0.3", date="2024-05-01"), _count("0.8", date="2024-06-01")], "unknown"),
        ([_count("0.8", date="2024-05"), _count("0.3", date="2024-05-20")], "unknown"),
        ([_count("0.8"), _count("0.3", date="2024-05-20")], "unknown"),
    ],
)
def test_any_raised_eosinophil_count_is_for_review(labs: list[Json], expected: str) -> None:
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
