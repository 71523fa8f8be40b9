"""Numbers and dates in every spelling charts use, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from eligibility.errors import RecordError
from eligibility.intervals import Interval
from eligibility.patient.record import read_record
from eligibility.patient.values import Measured

PERCENT = "specimens.0.er_percent"
SCORE = "specimens.0.her2_ihc"
ECOG = "ecog"
DIAMETER = "lesions.items.0.longest_diameter_mm"
AMOUNT = "labs.0.value"


def document(field: str, value: object) -> dict[str, Any]:
    """A record that holds one value."""
    match field.split("."):
        case ["specimens", _, name]:
            return {"specimens": [{name: value}]}
        case ["lesions", _, _, name]:
            return {"lesions": [{name: value}]}
        case ["labs", _, name]:
            return {"labs": [{"test": "anc", name: value}]}
        case _:
            return {field: value}


def read(field: str, value: object) -> Measured:
    part: Any = read_record(document(field, value))
    for step in field.split("."):
        part = part[int(step)] if step.isdigit() else getattr(part, step)
    assert isinstance(part.value, Measured)
    return part.value


def exactly(number: str) -> Interval:
    return Interval(Decimal(number), Decimal(number))


def between(low: str, high: str | None, **ends: bool) -> Interval:
    return Interval(Decimal(low), None if high is None else Decimal(high), **ends)


@pytest.mark.parametrize(
    ("field", "written", "expected"),
    [
        (PERCENT, 0, exactly("0")),
        (PERCENT, 0.0, exactly("0")),
        (PERCENT, -0.0, exactly("0")),
        (PERCENT, 1, exactly("1")),
        (PERCENT, 0.5, exactly("0.5")),
        (PERCENT, 100, exactly("100")),
        (PERCENT, "80", exactly("80")),
        (PERCENT, " 80 % ", exactly("80")),
        (PERCENT, "80%", exactly("80")),
        (PERCENT, "<1", between("0", "1", high_open=True)),
        (PERCENT, "< 1 %", between("0", "1", high_open=True)),
        (PERCENT, "<=1", between("0", "1")),
        (PERCENT, "≤1%", between("0", "1")),
        (PERCENT, ">90", between("90", "100", low_open=True)),
        (PERCENT, ">=90", between("90", "100")),
        (PERCENT, "≥ 90 %", between("90", "100")),
        (PERCENT, "1-10", between("1", "10")),
        (PERCENT, "1 - 10 %", between("1", "10")),
        (PERCENT, "1%-10%", between("1", "10")),
        (PERCENT, "1–10", between("1", "10")),
        (PERCENT, "1 to 10", between("1", "10")),
        (PERCENT, "1..10", between("1", "10")),
        (PERCENT, "5-5", exactly("5")),
        (SCORE, "0", exactly("0")),
        (SCORE, 3, exactly("3")),
        (SCORE, "1+", exactly("1")),
        (SCORE, "1-2+", between("1", "2")),
        (SCORE, "1+ to 2+", between("1", "2")),
        (SCORE, "0–1+", between("0", "1")),
        (SCORE, "<2", between("0", "1")),
        (SCORE, ">1", between("2", "3")),
        (ECOG, 0, exactly("0")),
        (ECOG, 5, exactly("5")),
        (ECOG, 1.0, exactly("1")),
        (ECOG, "1.0", exactly("1")),
        (ECOG, "1-2", between("1", "2")),
        (ECOG, "<3", between("0", "2")),
        (ECOG, ">2", between("3", "5")),
        (ECOG, ">=2", between("2", "5")),
        (DIAMETER, "9.9", exactly("9.9")),
        (DIAMETER, 10, exactly("10")),
        (DIAMETER, "<5", between("0", "5", high_open=True)),
        (AMOUNT, "0.001", exactly("0.001")),
        (AMOUNT, ">1000", between("1000", None, low_open=True)),
        (AMOUNT, 150000, exactly("150000")),
        ("weight_kg", 61.234965578, exactly("61.234965578")),
        ("weight_kg", 60.300000000000004, exactly("60.300000000000004")),
        ("age_years", 44.5, exactly("44.5")),
        ("age_years", ">89", between("89", "130", low_open=True)),
    ],
    ids=str,
)
def test_a_number_is_read_as_what_it_may_be(
    field: str, written: object, expected: Interval
) -> None:
    assert read(field, written).interval == expected


@pytest.mark.parametrize(
    ("field", "written", "code"),
    [
        (PERCENT, "101", "out_of_bounds"),
        (PERCENT, 100.1, "out_of_bounds"),
        (PERCENT, ">100", "out_of_bounds"),
        (PERCENT, "90-110", "out_of_bounds"),
        (PERCENT, "10-1", "range_reversed"),
        (PERCENT, "weak", "number_unreadable"),
        (PERCENT, "++", "number_unreadable"),
        (PERCENT, "about 80", "number_unreadable"),
        (PERCENT, "8/8", "number_unreadable"),
        (PERCENT, "1e1", "number_unreadable"),
        (PERCENT, "1_0", "number_unreadable"),
        (PERCENT, "\u0668\u0660", "number_unreadable"),
        (PERCENT, "<\u0661", "number_unreadable"),
        (PERCENT, "1-\u0661\u0660", "number_unreadable"),
        (ECOG, "\u0661", "number_unreadable"),
        (AMOUNT, "\uff11,\uff10", "decimal_comma"),
        (PERCENT, "0x10", "number_unreadable"),
        (PERCENT, "%", "number_unreadable"),
        (PERCENT, "1,5", "decimal_comma"),
        (PERCENT, "NaN", "number_unreadable"),
        (PERCENT, float("nan"), "not_finite"),
        (PERCENT, float("inf"), "not_finite"),
        (PERCENT, float("-inf"), "not_finite"),
        (PERCENT, Decimal("NaN"), "not_finite"),
        (PERCENT, "1" * 41, "text_too_long"),
        (PERCENT, True, "number_type"),
        (PERCENT, [80], "number_type"),
        (SCORE, "4", "out_of_bounds"),
        (SCORE, "3-1+", "range_reversed"),
        (SCORE, "+++", "number_unreadable"),
        (SCORE, ">3", "out_of_bounds"),
        (SCORE, "1.5", "not_whole"),
        (ECOG, 6, "out_of_bounds"),
        (ECOG, 1.5, "not_whole"),
        (ECOG, "0.5-1", "not_whole"),
        (ECOG, ">5", "out_of_bounds"),
        (ECOG, "<0", "out_of_bounds"),
        ("age_years", 131, "out_of_bounds"),
        ("weight_kg", 0, "out_of_bounds"),
        ("karnofsky", 110, "out_of_bounds"),
        (AMOUNT, "150,000", "decimal_comma"),
        (AMOUNT, 100000001, "out_of_bounds"),
        (AMOUNT, 10**50, "number_unreadable"),
    ],
    ids=str,
)
def test_a_number_that_cannot_be_meant_is_refused(field: str, written: object, code: str) -> None:
    with pytest.raises(RecordError) as caught:
        read_record(document(field, written))

    [fault] = caught.value.faults
    assert (fault.path, fault.code) == (field, code)


@pytest.mark.parametrize("written", [-1, "-1", "-0.5", -5.5])
def test_a_negative_number_is_refused(written: object) -> None:
    with pytest.raises(RecordError):
        read_record({"ecog": written})


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (ECOG, "0 to 5"),
        (PERCENT, "0 to 100 %"),
        (SCORE, "0 to 3 IHC score"),
        ("age_years", "0 to 130 years"),
        ("weight_kg", "1 to 500 kg"),
    ],
)
def test_a_refusal_names_the_bounds_and_the_unit(field: str, words: str) -> None:
    with pytest.raises(RecordError, match=f"lies outside {words}"):
        read_record(document(field, 99999))


def test_a_comma_is_refused_with_its_reason() -> None:
    with pytest.raises(RecordError, match="a comma may mean thousands or decimals"):
        read_record({"weight_kg": "61,5"})


def test_the_text_stays_as_it_was_written() -> None:
    assert str(read(PERCENT, " 1  -  10 % ")) == "1 - 10 %"
    assert str(read(SCORE, "1-2+")) == "1-2+"
    assert str(read(AMOUNT, 3.40)) == "3.4"


@pytest.mark.parametrize(
    "written", [{"value": "<1"}, "<1", {"value": "<1", "date": "2026-01", "source": "pathology"}]
)
def test_a_value_is_the_same_bare_or_in_braces(written: object) -> None:
    assert read(PERCENT, written).interval == between("0", "1", high_open=True)


def test_a_number_read_twice_is_the_same_number() -> None:
    once = read_record({"ecog": "1-2"})

    again = read_record({"ecog": once.ecog.value})

    assert again == once
    assert str(again.ecog.value) == "1-2"


@pytest.mark.parametrize("written", [20240517, 45351, True, 1.5, ["2024"], {"day": 1}])
def test_a_date_is_a_text(written: object) -> None:
    with pytest.raises(RecordError):
        read_record({"birth_date": {"value": written}})


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("2023-02-29", "that month has no such day"),
        ("01/02/2024", "write dates as"),
        ("1700000000000", "write dates as"),
    ],
)
def test_a_date_that_cannot_be_read_says_how_to_write_it(written: str, message: str) -> None:
    with pytest.raises(RecordError, match=message) as caught:
        read_record({"birth_date": written})

    assert written not in str(caught.value)
