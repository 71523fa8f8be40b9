"""Laboratory results: units, the latest one, ties, missing dates, the impossible, multiples of a limit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from eligibility.findings.model import Finding, UnknownReason
from eligibility.findings.units import ANALYTES, factor_of, is_times_uln, spellings_of
from eligibility.intervals import Interval
from eligibility.patient.vocabulary import LabTest

from .reading import days, exactly, find, why

NOT_RECORDED, CONFLICTING = UnknownReason.NOT_RECORDED, UnknownReason.CONFLICTING
SAMPLED = "2026-01-02"


def lab(test: str, value: object, unit: str | None, **more: object) -> dict[str, Any]:
    return {"test": test, "value": value, "unit": unit, "date": SAMPLED, **more}


def measured(name: str, *results: dict[str, Any], **more: object) -> Finding:
    return find(name, {"labs": list(results), **more})


@pytest.mark.parametrize(
    ("test", "value", "unit", "expected"),
    [
        ("anc", "1.5", "10^9/L", "1.5"),
        ("anc", "1500", "/uL", "1.5"),
        ("anc", "1500", "/µL", "1.5"),
        ("anc", "1500", "/μL", "1.5"),
        ("anc", "1500", "cells/uL", "1.5"),
        ("anc", "1500", "/mm3", "1.5"),
        ("anc", "1.5", "x10^9/L", "1.5"),
        ("anc", "1.5", "×10^9/L", "1.5"),
        ("anc", "1.5", " 10^3 / uL ", "1.5"),
        ("anc", "1.5", "k/ul", "1.5"),
        ("anc", "1.5", "10*9/L", "1.5"),
        ("anc", "1.5", "10*3/uL", "1.5"),
        ("anc", "1.5", "*10^9/L", "1.5"),
        ("anc", "1.5", "×10⁹/L", "1.5"),
        ("anc", "1.5", "10^9／L", "1.5"),
        ("anc", "1.5", "10³/mm³", "1.5"),
        ("anc", "1.5", "/nl", "1.5"),
        ("anc", "1.5", "Gpt/L", "1.5"),
        ("anc", "1500", "10*6/L", "1.5"),
        ("anc", "1500", "{cells}/uL", "1.5"),
        ("platelets", "150", "10*9/L", "150"),
        ("ast", "31", "[IU]/L", "31"),
        ("alp", "31", "[iU]/L", "31"),
        ("inr", "1.1", "{INR}", "1.1"),
        ("inr", "1.1", "1", "1.1"),
        ("platelets", "150000", "/uL", "150"),
        ("haemoglobin", "9", "g/dL", "90"),
        ("haemoglobin", "90", "g/l", "90"),
        ("haemoglobin", "5.6", "mmol/L", "90.2384"),
        ("creatinine", "1", "mg/dL", "88.4"),
        ("creatinine", "88.4", "umol/L", "88.4"),
        ("creatinine", "88.4", "µmol/L", "88.4"),
        ("bilirubin", "1", "mg/dL", "17.1"),
        ("albumin", "2.5", "g/dL", "25"),
        ("ast", "31", "IU/L", "31"),
        ("inr", "1.1", "ratio", "1.1"),
        ("aptt", "30", "seconds", "30"),
    ],
)
def test_a_result_is_read_in_the_unit_it_was_reported_in(
    test: str, value: str, unit: str, expected: str
) -> None:
    assert measured(test, lab(test, value, unit)).value == exactly(expected)


@pytest.mark.parametrize("test", list(LabTest))
def test_every_spelling_that_is_told_is_understood_and_means_one_factor(test: LabTest) -> None:
    analyte = ANALYTES[test]

    for spelling, factor in analyte.factors.items():
        assert factor_of(test, spelling) == factor
        assert factor_of(test, spelling.lower()) == factor_of(test, spelling.upper()) == factor
    assert all(factor_of(test, each) or is_times_uln(each) for each in spellings_of(test))


@pytest.mark.parametrize("unit", ["mL/min/1.73m2", "mL/min/{1.73_m2}"])
def test_a_clearance_for_a_usual_body_surface_is_another_measure(unit: str) -> None:
    result = lab("creatinine_clearance", 84, unit)

    assert why(measured("creatinine_clearance", result)) is UnknownReason.UNREADABLE


@pytest.mark.parametrize(
    ("test", "unit"),
    [("anc", "g/dL"), ("haemoglobin", "10^9/L"), ("creatinine", "mg"), ("ast", "ukat/L")],
)
def test_a_unit_of_another_test_makes_a_result_unreadable(test: str, unit: str) -> None:
    finding = measured(test, lab(test, 9, unit))

    assert why(finding) is UnknownReason.UNREADABLE
    assert finding.fields == ("labs.0.unit",)


def test_a_result_without_a_unit_says_nothing() -> None:
    finding = measured("haemoglobin", lab("haemoglobin", 9, None))

    assert why(finding) is NOT_RECORDED
    assert finding.fields == ("labs.0.unit",)


@pytest.mark.parametrize(
    ("test", "value", "unit"),
    [
        pytest.param("anc", 3000, "10^3/uL", id="neutrophils counted per uL"),
        pytest.param("anc", 1.8, "/uL", id="neutrophils in 10^9/L"),
        pytest.param("anc", 3.4, "/mm3", id="neutrophils in 10^9/L, by the cubic millimetre"),
        pytest.param("anc", 2, "/uL", id="neutrophils in 10^9/L, a whole number"),
        pytest.param("anc", 12.4, "cells/uL", id="many neutrophils in 10^9/L"),
        pytest.param("anc", "<1.5", "/uL", id="neutrophils below a limit in 10^9/L"),
        pytest.param("anc", "1.5-2.0", "/uL", id="neutrophils within bounds in 10^9/L"),
        pytest.param("lymphocytes", 1.2, "/uL", id="lymphocytes in 10^9/L"),
        pytest.param("eosinophils", 1.2, "/uL", id="eosinophils in 10^9/L"),
        pytest.param("lymphocytes", 450, "10^9/L", id="lymphocytes counted per uL"),
        pytest.param("platelets", 150000, "10^9/L", id="platelets counted per uL"),
        pytest.param("haemoglobin", 11.8, "g/L", id="haemoglobin in g/dL"),
        pytest.param("haemoglobin", 118, "g/dL", id="haemoglobin in g/L"),
        pytest.param("creatinine", 0.9, "umol/L", id="creatinine in mg/dL"),
        pytest.param("creatinine", 80, "mg/dL", id="creatinine in umol/L"),
        pytest.param("creatinine", 0, "mg/dL", id="no creatinine at all"),
        pytest.param("albumin", 400, "g/L", id="albumin tenfold"),
        pytest.param("inr", 0, "ratio", id="an INR of zero"),
    ],
)
def test_an_impossible_result_is_a_conflict_and_never_a_pass(
    test: str, value: float, unit: str
) -> None:
    assert why(measured(test, lab(test, value, unit))) is CONFLICTING


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        pytest.param(0, "/uL", exactly("0"), id="none at all"),
        pytest.param(20, "/uL", exactly("0.02"), id="tens"),
        pytest.param("0.02", "10^9/L", exactly("0.02"), id="the same in thousands"),
        pytest.param(
            "0.004", "10^9/L", exactly("0.004"), id="few, in a unit that needs a fraction"
        ),
        pytest.param("<10", "/uL", Interval(Decimal(0), Decimal("0.01"), high_open=True), id="few"),
        pytest.param("1916.19", "/uL", exactly("1.91619"), id="calculated"),
    ],
)
def test_next_to_no_cells_may_be_true(value: object, unit: str, expected: Interval) -> None:
    assert measured("anc", lab("anc", value, unit)).value == expected


@pytest.mark.parametrize("test", list(LabTest))
def test_the_bounds_of_the_possible_are_possible_themselves(test: LabTest) -> None:
    analyte = ANALYTES[test]

    for bound in (analyte.lowest, analyte.highest):
        found = measured(test.value, lab(test.value, str(bound), analyte.unit))
        assert found.value == Interval(bound, bound)


@pytest.mark.parametrize("test", list(LabTest))
def test_a_test_is_known_in_its_own_unit_in_any_case(test: LabTest) -> None:
    unit = ANALYTES[test].unit

    assert factor_of(test, unit) == factor_of(test, unit.upper()) == Decimal(1)


def test_the_latest_result_counts() -> None:
    results = [
        lab("anc", "0.9", "10^9/L", date="2025-12-01"),
        lab("anc", "2.0", "10^9/L", date="2026-01-02"),
        lab("anc", "1.1", "10^9/L", date="2025-12-20"),
    ]

    for order in (results, results[::-1]):
        assert measured("anc", *order).value == exactly("2.0")
        assert measured("anc_date", *order).value == days("2026-01-02", "2026-01-02")


def test_two_results_of_one_day_are_both_possible() -> None:
    results = lab("anc", "0.9", "10^9/L"), lab("anc", "2.0", "10^9/L")

    assert measured("anc", *results).value == Interval(Decimal("0.9"), Decimal("2.0"))


def test_results_whose_dates_overlap_are_all_possible() -> None:
    results = (
        lab("anc", "0.9", "10^9/L", date="2025-12"),
        lab("anc", "2.0", "10^9/L", date="2025-12-20"),
        lab("anc", "5.0", "10^9/L", date="2025-11-30"),
    )

    assert measured("anc", *results).value == Interval(Decimal("0.9"), Decimal("2.0"))
    assert measured("anc_date", *results).value == days("2025-12-01", "2025-12-31")


def test_a_result_without_a_date_may_be_the_latest() -> None:
    results = lab("anc", "0.9", "10^9/L", date=None), lab("anc", "2.0", "10^9/L")

    assert measured("anc", *results).value == Interval(Decimal("0.9"), Decimal("2.0"))
    assert why(measured("anc_date", *results)) is NOT_RECORDED


@pytest.mark.parametrize("date", ["2026-01-06", "2026-02", "2030"])
def test_a_result_from_the_future_is_not_believed(date: str) -> None:
    result = lab("anc", "2.0", "10^9/L", date=date)

    assert why(measured("anc", result)) is UnknownReason.CONFLICTING
    assert why(measured("anc_date", result)) is CONFLICTING


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("pending", UnknownReason.PENDING),
        ("illegible", UnknownReason.UNREADABLE),
        ("not done", NOT_RECORDED),
        (None, NOT_RECORDED),
    ],
)
def test_why_there_is_no_result(value: str | None, reason: UnknownReason) -> None:
    assert why(measured("anc", lab("anc", value, "10^9/L"))) is reason


def test_a_test_nobody_did_is_not_recorded() -> None:
    assert why(measured("anc", lab("alt", 20, "U/L"))) is NOT_RECORDED
    assert why(find("anc", {})) is NOT_RECORDED


@pytest.mark.parametrize(
    ("value", "limit", "expected"),
    [
        (100, 40, exactly("2.5")),
        ("<100", 40, Interval(Decimal(0), Decimal("2.5"), high_open=True)),
        (">100", 40, Interval(Decimal("2.5"), None, low_open=True)),
        (100, "40-50", Interval(Decimal(2), Decimal("2.5"))),
        (1, 40, exactly("0.025")),
    ],
)
def test_a_multiple_of_the_laboratorys_own_limit(
    value: object, limit: object, expected: Interval
) -> None:
    result = lab("ast", value, "U/L", upper_limit_of_normal=limit)

    assert measured("ast_times_uln", result).value == expected


def test_a_multiple_may_be_reported_as_such() -> None:
    assert measured("ast_times_uln", lab("ast", "2.5", "x ULN")).value == exactly("2.5")


def test_value_and_limit_need_no_unit_to_be_divided() -> None:
    result = lab("ast", 100, None, upper_limit_of_normal=40)

    assert measured("ast_times_uln", result).value == exactly("2.5")


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        (None, NOT_RECORDED),
        ("pending", UnknownReason.PENDING),
        (0, CONFLICTING),
        ("<40", CONFLICTING),
    ],
)
def test_without_a_usable_limit_there_is_no_multiple(limit: object, reason: UnknownReason) -> None:
    result = lab("ast", 31, "U/L", upper_limit_of_normal=limit)

    assert why(measured("ast_times_uln", result)) is reason


def test_a_limit_of_one_result_is_not_used_for_another() -> None:
    results = (
        lab("ast", 100, "U/L", upper_limit_of_normal=40, date="2025-12-01"),
        lab("ast", 100, "U/L"),
    )

    assert why(measured("ast_times_uln", *results)) is NOT_RECORDED


CREATININE = lab("creatinine", 1, "mg/dL")
PERSON = {"age_years": 60, "weight_kg": 72}


def clearance(creatinine: dict[str, Any] = CREATININE, **person: object) -> Finding:
    return measured("creatinine_clearance", creatinine, **{**PERSON, **person})


def test_the_clearance_is_measured() -> None:
    measurement = lab("creatinine_clearance", 84, "mL/min")

    assert measured("creatinine_clearance", measurement, CREATININE, **PERSON).value == exactly(
        "84"
    )


def test_the_clearance_is_estimated_after_cockcroft_and_gault_for_a_woman() -> None:
    # (140 - 60) x 72 x 0.85 / (72 x 1)
    assert clearance().value == exactly("68.0000")


def test_next_to_no_creatinine_is_no_error() -> None:
    value = clearance(lab("creatinine", "0.00000000000000000001-1", "mg/dL")).value

    assert isinstance(value, Interval)
    assert value.low == Decimal(68)


@pytest.mark.parametrize(
    ("creatinine", "person", "low", "high"),
    [
        pytest.param(CREATININE, {"age_years": "60-70"}, "59.5", "68", id="age"),
        pytest.param(CREATININE, {"weight_kg": "54-72"}, "51", "68", id="weight"),
        pytest.param(lab("creatinine", "1-2", "mg/dL"), {}, "34", "68", id="creatinine"),
        pytest.param(lab("creatinine", ">2", "mg/dL"), {}, None, "34", id="creatinine, no top"),
        pytest.param(lab("creatinine", "<2", "mg/dL"), {}, "34", None, id="creatinine, no bottom"),
        pytest.param(lab("creatinine", "0-1", "mg/dL"), {}, "68", None, id="creatinine from zero"),
    ],
)
def test_what_is_known_within_bounds_gives_a_clearance_within_bounds(
    creatinine: dict[str, Any], person: dict[str, Any], low: str | None, high: str | None
) -> None:
    value = clearance(creatinine, **person).value

    assert isinstance(value, Interval)
    assert value.low == (None if low is None else Decimal(low))
    assert value.high == (None if high is None else Decimal(high))


@pytest.mark.parametrize(
    ("person", "field"),
    [({"age_years": None}, "age_years"), ({"weight_kg": None}, "weight_kg")],
    ids=["no age", "no weight"],
)
def test_without_age_or_weight_there_is_no_estimate(person: dict[str, Any], field: str) -> None:
    finding = clearance(**person)

    assert why(finding) is NOT_RECORDED
    assert field in finding.fields


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], Interval(Decimal(0), Decimal(0))),
        ([lab("eosinophils", "0.5", "10^9/L", upper_limit_of_normal="0.5")], exactly("1")),
        ([lab("eosinophils", "0.6", "10^9/L", upper_limit_of_normal="0.5")], exactly("1.2")),
        ([lab("eosinophils", "600", "/uL")], exactly("1.2")),
    ],
    ids=["no count", "at the limit", "above it", "against a usual limit"],
)
def test_eosinophils_are_judged_by_the_laboratorys_limit_else_by_a_usual_one(
    results: list[dict[str, Any]], expected: Interval
) -> None:
    assert measured("eosinophil_excess", *results).value == expected


@pytest.mark.parametrize(
    "result",
    [
        pytest.param(lab("eosinophils", 800, None), id="no unit"),
        pytest.param(lab("eosinophils", 800, "10^9/L"), id="impossible"),
    ],
)
def test_an_eosinophil_count_that_cannot_be_used_is_not_taken_for_none(
    result: dict[str, Any],
) -> None:
    assert measured("eosinophil_excess", result).value is None
