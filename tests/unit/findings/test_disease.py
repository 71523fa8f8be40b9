"""Lesions, metastatic sites and the central nervous system."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from eligibility.findings.model import Finding, UnknownReason
from eligibility.intervals import Interval
from tests.naming import named

from .reading import NO, YES, exactly, find, find_in, why

CONFLICTING, NOT_RECORDED = UnknownReason.CONFLICTING, UnknownReason.NOT_RECORDED


def lesion(**measured: object) -> dict[str, Any]:
    return {"lesions": [measured]}


@pytest.mark.parametrize(
    ("record", "longest", "short"),
    [
        (lesion(longest_diameter_mm=24, short_axis_mm=16), exactly("24"), exactly("16")),
        (
            lesion(longest_diameter_mm=24),
            exactly("24"),
            Interval(Decimal(0), Decimal(24), low_open=True),
        ),
        (
            lesion(short_axis_mm=16),
            Interval(Decimal(16), None),
            exactly("16"),
        ),
        (
            lesion(size_mm=18),
            Interval(Decimal(18), None),
            Interval(Decimal(0), Decimal(18), low_open=True),
        ),
        (lesion(longest_diameter_mm=10, short_axis_mm=10), exactly("10"), exactly("10")),
    ],
    ids=["both", "longest only", "short axis only", "axis not said", "round"],
)
def test_one_axis_bounds_the_other(
    record: dict[str, Any], longest: Interval, short: Interval
) -> None:
    assert find_in("lesion", "longest_diameter", record).value == longest
    assert find_in("lesion", "short_axis", record).value == short


def test_a_short_axis_that_is_longer_than_the_longest_is_a_conflict() -> None:
    record = lesion(longest_diameter_mm=9, short_axis_mm=16)

    assert why(find_in("lesion", "longest_diameter", record)) is CONFLICTING
    assert why(find_in("lesion", "short_axis", record)) is CONFLICTING


def test_a_lesion_nobody_measured_has_no_size() -> None:
    assert why(find_in("lesion", "longest_diameter", lesion(kind="extranodal"))) is NOT_RECORDED


def treated(complete: bool, *courses: dict[str, Any]) -> dict[str, Any]:
    return {"treatments": {"complete": complete, "items": list(courses)}, "lesions": [{}]}


def test_no_lesion_was_irradiated_in_a_patient_who_never_had_radiotherapy() -> None:
    record = treated(True, {"kind": "surgery"}, {"agents": ["paclitaxel"]})

    assert find_in("lesion", "irradiated", record).value == NO


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(treated(False, {"kind": "surgery"}), id="the list is not complete"),
        pytest.param(treated(True, {"kind": "radiotherapy"}), id="she had radiotherapy"),
        pytest.param(treated(True, {}), id="a course may have been radiotherapy"),
    ],
)
def test_whether_a_lesion_was_irradiated_is_unknown_otherwise(record: dict[str, Any]) -> None:
    assert why(find_in("lesion", "irradiated", record)) is NOT_RECORDED


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"cns": {"known_metastases": "no"}}, NO),
        ({"cns": {"known_metastases": "yes"}}, YES),
        ({"metastatic_sites": [{"site": "brain"}]}, YES),
        ({"metastatic_sites": [{"site": "brain"}], "cns": {"known_metastases": "yes"}}, YES),
        ({"metastatic_sites": [{"site": "lung"}], "cns": {"known_metastases": "no"}}, NO),
    ],
    ids=named,
)
def test_metastases_of_the_brain_are_known_from_either_place(
    record: dict[str, Any], expected: frozenset[str]
) -> None:
    assert find("cns_metastases", record).value == expected


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({}, NOT_RECORDED),
        ({"metastatic_sites": {"complete": True, "items": [{"site": "lung"}]}}, NOT_RECORDED),
        ({"metastatic_sites": [{"site": "brain"}], "cns": {"known_metastases": "no"}}, CONFLICTING),
    ],
    ids=named,
)
def test_why_metastases_of_the_brain_are_unknown(
    record: dict[str, Any], reason: UnknownReason
) -> None:
    assert why(find("cns_metastases", record)) is reason


@pytest.mark.parametrize("sign", ["symptomatic", "progressing"])
def test_what_is_not_there_gives_no_symptoms(sign: str) -> None:
    assert find(f"cns_{sign}", {"cns": {"known_metastases": "no"}}).value == NO
    assert why(find(f"cns_{sign}", {"cns": {"known_metastases": "yes"}})) is NOT_RECORDED
    contradiction = {"cns": {"known_metastases": "no", sign: "yes"}}
    assert why(find(f"cns_{sign}", contradiction)) is CONFLICTING


def test_leptomeningeal_disease_needs_no_metastasis_in_the_brain_itself() -> None:
    record = {"cns": {"known_metastases": "no", "leptomeningeal": "yes"}}

    assert find("leptomeningeal", record).value == YES


def test_a_sign_of_long_ago_contradicts_that_there_never_were_metastases() -> None:
    record = {"cns": {"known_metastases": "no", "symptomatic": {"value": "yes", "date": "2019"}}}

    assert why(find("cns_symptomatic", record)) is UnknownReason.CONFLICTING


@pytest.mark.parametrize("name", ["cns_metastases", "leptomeningeal"])
def test_what_was_not_there_long_ago_may_have_come_and_what_was_there_stays(name: str) -> None:
    field = {"cns_metastases": "known_metastases"}.get(name, name)

    def stated(value: str, day: str) -> Finding:
        return find(name, {"cns": {field: {"value": value, "date": day}}})

    assert stated("no", "2025-10-07").value == NO
    assert why(stated("no", "2025-10-06")) is NOT_RECORDED
    assert why(stated("no", "2025-10")) is NOT_RECORDED
    assert stated("yes", "2019").value == YES


def test_that_there_were_no_metastases_long_ago_says_nothing_of_symptoms() -> None:
    denied = {"value": "no", "date": "2019"}

    assert why(find("cns_symptomatic", {"cns": {"known_metastases": denied}})) is NOT_RECORDED


def test_a_treatment_whose_note_has_an_impossible_date_contradicts_all_the_same() -> None:
    told = {"value": "2025-09", "date": "2026-01-06"}
    record = {"cns": {"known_metastases": "no", "treatment_end": told}}

    assert why(find("cns_metastases", record)) is CONFLICTING
