"""The oracle's own tests of the two pauses before the first dose: treatments and steroids."""

from __future__ import annotations

import pytest

from .charts import complete, days_before_start, fields, treatment, verdict
from .values import Json

_LAST_DOSE_DISPUTED = {"last_dose": {"absent": "conflicting"}}


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (treatment("docetaxel", last_dose=days_before_start(20)), "fail"),
        (treatment("docetaxel", last_dose=days_before_start(21)), "unknown"),
        (treatment("docetaxel", last_dose=days_before_start(22)), "pass"),
        (treatment("docetaxel", last_dose="2024-06"), "unknown"),
        (treatment(kind="radiotherapy", last_dose="2024"), "unknown"),
        (treatment(kind="radiotherapy", last_dose="2024-05/2024-06"), "unknown"),
        (treatment(kind="radiotherapy", last_dose="2024-05"), "pass"),
        (treatment("pembrolizumab", last_dose=days_before_start(10)), "fail"),
        (treatment("sacituzumab govitecan", last_dose=days_before_start(10)), "unknown"),
        (treatment("sacituzumab govitecan", last_dose=days_before_start(22)), "pass"),
        (treatment(kind="immunotherapy", last_dose=days_before_start(10)), "unknown"),
        (treatment("letrozole", ongoing="yes"), "pass"),
        (treatment("letrozole", kind="chemotherapy", ongoing="yes"), "unknown"),
        (treatment("letrozole", "paclitaxel", last_dose=days_before_start(10)), "fail"),
        (treatment("letrozole", kind="surgery", last_dose=days_before_start(10)), "unknown"),
        (treatment("new drug", last_dose=days_before_start(10)), "unknown"),
        (treatment("new drug", last_dose=days_before_start(22)), "pass"),
        (treatment("letrozole", "new drug", last_dose=days_before_start(10)), "unknown"),
        (treatment(kind="surgery", outpatient="yes", last_dose="2024-06-19"), "pass"),
        (treatment(kind="surgery", outpatient="no", last_dose="2024-06-19"), "fail"),
        (treatment(kind="surgery", last_dose="2024-06-19"), "unknown"),
        (treatment(kind="surgery", last_dose="2024-04"), "pass"),
        (treatment(kind="surgery", start=days_before_start(22)), "pass"),
        (treatment(kind="surgery", outpatient="no", start=days_before_start(20)), "fail"),
        (treatment(kind="surgery", outpatient="no", start=days_before_start(21)), "unknown"),
        (treatment(kind="surgery", start="2024-04", ongoing="no"), "pass"),
        (treatment(kind="surgery", outpatient="no", start="2024-04", ongoing="yes"), "fail"),
        (treatment(kind="surgery", outpatient="no", start="2024-06-21"), "unknown"),
        (treatment(kind="surgery", start="2024-04") | _LAST_DOSE_DISPUTED, "unknown"),
        (treatment("paclitaxel", ongoing="yes") | _LAST_DOSE_DISPUTED, "fail"),
        (treatment("paclitaxel", ongoing="yes", last_dose="2024-07-20"), "fail"),
        (treatment(kind="radiotherapy", start="2024-04"), "unknown"),
        (treatment("docetaxel", start="2024-03-02", last_dose="2024-03-01"), "unknown"),
        (treatment("docetaxel", start="2024-03-02", last_dose="2024-03-02"), "pass"),
        (treatment("docetaxel", start="2024-03-20", last_dose="2024-03"), "pass"),
        (treatment("docetaxel", start="2024-04", last_dose="2024-03"), "unknown"),
        (
            treatment("docetaxel", start="2024-04", last_dose="2024-03", ongoing="yes"),
            "unknown",
        ),
        (treatment("docetaxel", start="2025", last_dose="2024-03"), "unknown"),
        (treatment("letrozole", start="2024-04", last_dose="2024-03"), "pass"),
        (treatment("docetaxel", start="2024-06-18", last_dose=days_before_start(10)), "unknown"),
        (treatment("docetaxel", ongoing="yes"), "fail"),
        (treatment("docetaxel", ongoing="yes", last_dose="2024-01"), "fail"),
        (treatment("docetaxel", ongoing="no", start="2024-06-05"), "fail"),
        (treatment("docetaxel", ongoing="no", start="2024-03"), "unknown"),
        (treatment("docetaxel", start="2024-06-05"), "fail"),
        (treatment("docetaxel"), "unknown"),
    ],
)
def test_three_weeks_of_washout(item: Json, expected: str) -> None:
    assert verdict("EXCL05", {"treatments": complete(item)}) == expected


@pytest.mark.parametrize(
    ("planned_start", "expected"),
    [
        ("2024-07-10", "fail"),
        ("2024-07-11", "unknown"),
        ("2024-09-01", "unknown"),
        (None, "unknown"),
    ],
)
def test_ongoing_chemotherapy_must_stop_before_the_start(
    planned_start: str | None, expected: str
) -> None:
    patient = {"treatments": complete(treatment("docetaxel", ongoing="yes"))}

    assert verdict("EXCL05", patient, planned_start=planned_start) == expected


def test_without_a_planned_start_only_unlisted_treatments_are_clear() -> None:
    endocrine = {"treatments": complete(treatment("letrozole"))}
    long_ago = {"treatments": complete(treatment("docetaxel", last_dose="2010"))}

    assert verdict("EXCL05", endocrine, planned_start=None) == "pass"
    assert verdict("EXCL05", long_ago, planned_start=None) == "unknown"


@pytest.mark.parametrize(
    ("recorded", "planned_start", "expected"),
    [
        ({"ongoing": "no"}, "2024-07-12", "pass"),
        ({"ongoing": "no"}, "2024-07-11", "unknown"),
        ({}, "2024-07-12", "unknown"),
        ({"start": "2024-06-25", "ongoing": "no"}, "2024-07-01", "unknown"),
        ({"start": "2024-06-20", "ongoing": "no"}, "2024-07-10", "fail"),
    ],
)
def test_a_course_ends_between_its_start_and_the_day_of_judgement(
    recorded: dict[str, str], planned_start: str, expected: str
) -> None:
    patient = {"treatments": complete(treatment("docetaxel", **recorded))}

    assert verdict("EXCL05", patient, planned_start=planned_start) == expected


_PREDNISONE = {"kind": "glucocorticoid", "route": "oral", "pattern": "occasional"}
_INJECTION = _PREDNISONE | {"route": "injected"}


@pytest.mark.parametrize(
    ("steroid", "expected"),
    [
        (fields(**_PREDNISONE, ongoing="yes"), "fail"),
        (fields(**_PREDNISONE, last_dose=days_before_start(27)), "fail"),
        (fields(**_PREDNISONE, last_dose=days_before_start(28)), "unknown"),
        (fields(**_PREDNISONE, last_dose=days_before_start(29)), "pass"),
        (fields(**_PREDNISONE, last_dose="2024-05"), "unknown"),
        (fields(kind="glucocorticoid", route="oral", last_dose=days_before_start(29)), "unknown"),
        (fields(**_PREDNISONE, ongoing="no"), "unknown"),
        (fields(**_PREDNISONE), "unknown"),
        (fields(**_PREDNISONE, ongoing="no", last_dose=days_before_start(27)), "fail"),
        (fields(**_PREDNISONE, ongoing="yes", last_dose="2010"), "unknown"),
        (fields(**_PREDNISONE, last_dose="2024-06-21"), "unknown"),
        (
            fields(**_PREDNISONE | {"pattern": "long_term"}, last_dose=days_before_start(42)),
            "unknown",
        ),
        (fields(**_INJECTION, ongoing="yes"), "unknown"),
        (fields(**_INJECTION, last_dose=days_before_start(28)), "unknown"),
        (fields(**_INJECTION, last_dose=days_before_start(29)), "pass"),
        (fields(kind="glucocorticoid", route="inhaled", ongoing="yes"), "pass"),
        (fields(route="topical"), "pass"),
        (fields(kind="replacement", route="oral", last_dose="2010"), "unknown"),
        (fields(kind="sex_hormone", route="oral", ongoing="yes"), "unknown"),
        (fields(kind="glucocorticoid", ongoing="yes"), "unknown"),
    ],
)
def test_steroids(steroid: Json, expected: str) -> None:
    assert verdict("EXCL09", {"steroids": complete(steroid)}) == expected


def test_steroids_without_a_planned_start() -> None:
    ongoing = {"steroids": complete(fields(**_PREDNISONE, ongoing="yes"))}
    stopped = {"steroids": complete(fields(**_PREDNISONE, last_dose="2010"))}

    assert verdict("EXCL09", ongoing, planned_start=None) == "fail"
    assert verdict("EXCL09", stopped, planned_start=None) == "unknown"


@pytest.mark.parametrize(
    ("recorded", "planned_start", "expected"),
    [
        ({"ongoing": "no"}, "2024-07-19", "pass"),
        ({"ongoing": "no"}, "2024-07-18", "unknown"),
        ({}, "2024-07-19", "unknown"),
    ],
)
def test_a_steroid_stopped_on_an_unknown_day_was_stopped_by_the_day_of_judgement(
    recorded: dict[str, str], planned_start: str, expected: str
) -> None:
    patient = {"steroids": complete(fields(**_PREDNISONE, **recorded))}

    assert verdict("EXCL09", patient, planned_start=planned_start) == expected
