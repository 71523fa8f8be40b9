"""Where cells are separated by semicolons a comma may be decimal; where it may be either, it is refused."""

import csv
import io
from decimal import Decimal

import pytest

from eligibility.intake.faults import Rejection
from eligibility.intake.mapping import mapping_from
from eligibility.intake.patients import PatientRow, PatientTable
from eligibility.intake.tables import Table


def weight(text: str, sign: str, *, mapped: bool = False) -> Decimal | str:
    """The weight that is read, or the code of why the row is rejected."""
    stream = io.StringIO()
    header = ["Nr", "Gewicht"] if mapped else ["screening_id", "weight_kg"]
    csv.writer(stream, delimiter=sign).writerows([header, ["P1", text]])
    mapping = mapping_from({"id": "Nr", "columns": {"Gewicht": "weight_kg"}}) if mapped else None
    table = Table(io.BytesIO(stream.getvalue().encode()), name="t.csv")
    [row] = PatientTable(table, mapping=mapping)
    if isinstance(row, Rejection):
        return row.faults[0].code
    assert isinstance(row, PatientRow)
    value = row.record.weight_kg.value
    assert value is not None
    return Decimal(value.interval.high or 0)


@pytest.mark.parametrize("mapped", [False, True], ids=["own names", "mapped"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("61,5", Decimal("61.5")),
        ("61,25", Decimal("61.25")),
        ("61,2503", Decimal("61.2503")),
        ("<61,5", Decimal("61.5")),
        ("60,5-61,5", Decimal("61.5")),
        ("61.5", Decimal("61.5")),
        ("61", Decimal(61)),
        ("60.300000000000004", Decimal("60.300000000000004")),
        ("61,500", "decimal_comma"),
        ("61.500", "decimal_comma"),
        ("1.061,5", "decimal_comma"),
        ("6,1,5", "decimal_comma"),
    ],
)
def test_a_comma_in_a_semicolon_table(text: str, expected: Decimal | str, mapped: bool) -> None:
    assert weight(text, ";", mapped=mapped) == expected


@pytest.mark.parametrize("sign", [",", "\t"], ids=["comma", "tab"])
def test_in_other_tables_a_comma_is_never_guessed(sign: str) -> None:
    assert weight("61,5", sign) == "decimal_comma"
    assert weight("61.500", sign) == Decimal("61.5")


def test_only_numbers_are_touched() -> None:
    content = b"screening_id;allergies.1.substance;specimens.1.date\nP1;1,3-Butadien 2,5;2024-05\n"
    [row] = PatientTable(Table(io.BytesIO(content), name="t.csv"))

    assert isinstance(row, PatientRow)
    assert row.record.allergies.items[0].substance == "1,3-Butadien 2,5"
