"""Typed cells become the text that was meant, or a rejected row; they are never guessed."""

# ruff: noqa: DTZ001 - files hold dates and times without a zone

import json
import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from eligibility.intake.excel_table import ExcelTable
from eligibility.intake.faults import Rejection
from eligibility.intake.parquet_table import ParquetTable
from eligibility.intake.patients import PatientRow, open_patients
from eligibility.intake.scalars import UnreadableCell, cell_text
from eligibility.intake.sources import open_source
from eligibility.intake.tables import BrokenRow, RawRow
from tests.unit.intake.kinds import written
from tests.unit.intake.workbooks import FORMATS, number, row, text, workbook


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (7, "7"),
        (-3, "-3"),
        (2**63, "9223372036854775808"),
        (1.0, "1"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e-7, "0.0000001"),
        (1e22, "10000000000000000000000"),
        (-0.0, "0"),
        (Decimal("1.50"), "1.5"),
        (Decimal("100"), "100"),
        (Decimal("12345678901234567890.123456789012345678"), "12345678901234567890.123456789012345678"),
        (Decimal("1E+3"), "1000"),
        (date(2024, 2, 29), "2024-02-29"),
        (datetime(2024, 2, 29), "2024-02-29"),
        (datetime(2024, 2, 29, tzinfo=UTC), "2024-02-29"),
        (datetime(2024, 2, 29, tzinfo=timezone(timedelta(hours=8))), "2024-02-29"),
        (["a", "b"], "a;b"),
        ([1.5], "1.5"),
        ([], ""),
    ],
)  # fmt: skip
def test_a_value_is_written_exactly(value: object, expected: str) -> None:
    assert cell_text(value) == expected


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (math.nan, "not_finite"),
        (math.inf, "not_finite"),
        (Decimal("NaN"), "not_finite"),
        (datetime(2024, 2, 29, 8, 30), "time_of_day"),
        (datetime(2024, 2, 29, 0, 0, 0, 1), "time_of_day"),
        (["a;b"], "list_item"),
        (["a", None], "list_item"),
        ([["a"]], "list_item"),
        ({"value": 1}, "cell_type"),
        (b"1", "cell_type"),
        ("x" * 65_537, "cell_too_long"),
    ],
)
def test_a_value_without_a_text_is_refused(value: object, code: str) -> None:
    with pytest.raises(UnreadableCell) as caught:
        cell_text(value)

    assert caught.value.fault.code == code


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_read_back_as_itself(value: float) -> None:
    assert float(cell_text(value)) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=9))
def test_a_decimal_is_read_back_as_itself(value: Decimal) -> None:
    assert Decimal(cell_text(value)) == value


def _cells(path: Path) -> list[Any]:
    """The cells below the header, with the code in place of one that cannot be read."""
    with open_source(path) as source:
        assert isinstance(source, (ExcelTable, ParquetTable))
        return [_shown(each) for each in source.rows()]


def _shown(found: RawRow | BrokenRow) -> list[str]:
    assert isinstance(found, RawRow)
    cells = list(found.cells)
    for fault in found.faults:
        cells[fault.place] = f"! {fault.fault.code}"
    return cells


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pl.Series([0.1, None, 2.0], dtype=pl.Float32), ["0.1", "", "2"]),
        (pl.Series([0.1, math.nan], dtype=pl.Float64), ["0.1", "! not_finite"]),
        (pl.Series([0.1], dtype=pl.Float16), ["0.1"]),
        (pl.Series([[0.1]], dtype=pl.List(pl.Float32)), ["0.1"]),
        (pl.Series([2**64 - 1], dtype=pl.UInt64), ["18446744073709551615"]),
        (pl.Series([True, None]), ["yes", ""]),
        (pl.Series([Decimal("1.10")], dtype=pl.Decimal(38, 2)), ["1.1"]),
        (pl.Series(["a", None, "a"], dtype=pl.Categorical), ["a", "", "a"]),
        (pl.Series([[], ["a"], ["a;b"], None]), ["", "a", "! list_item", ""]),
        (
            pl.Series([datetime(2024, 5, 17), datetime(2024, 5, 17, 8)]),
            ["2024-05-17", "! time_of_day"],
        ),
        (
            pl.Series([datetime(2024, 5, 17), None]).dt.replace_time_zone("Asia/Shanghai"),
            ["2024-05-17", ""],
        ),
        (pl.Series([datetime(2024, 5, 16, 16)]).dt.replace_time_zone("UTC"), ["! time_of_day"]),
        (pl.Series([date(2024, 2, 29), None]), ["2024-02-29", ""]),
        (pl.Series([10_000_000], dtype=pl.Int32).cast(pl.Date), ["+29349-01-26"]),
        (pl.Series([-5, None], dtype=pl.Int8), ["-5", ""]),
        (pl.Series(["x" * 70_000, "a"]), ["! cell_too_long", "a"]),
    ],
)
def test_columns_of_parquet_are_read_by_their_type(
    values: pl.Series, expected: Sequence[str], tmp_path: Path
) -> None:
    ids = pl.Series("screening_id", [f"P{n}" for n in range(len(values))])
    path = tmp_path / "t.parquet"
    pl.DataFrame([ids, values.alias("ecog")]).write_parquet(path)

    assert [cells[1] for cells in _cells(path)] == list(expected)


def test_a_whole_row_of_nulls_is_a_blank_line(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"screening_id": ["P1", None, "P3"], "ecog": [1, None, 1]}).write_parquet(path)

    with open_patients(path) as patients:
        assert [each.line for each in patients] == [1, 3]
        assert patients.blank_lines == 1


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (number("1"), "1"),
        (number("1.0"), "1"),
        (number("0.30000000000000004"), "0.3"),
        (number("1.1E-3"), "0.0011"),
        (number("1234.5", "#,##0.00"), "1234.5"),
        (number("0.8", "0%"), "80%"),
        (number("0.07", "0%"), "7%"),
        (number("80", '0.0" %"'), "80"),
        (number("0.5", '[<1]"<1";0.0'), "! number_format"),
        (number("45429", "yyyy-mm-dd"), "2024-05-17"),
        (number("45429", "[$-407]d. mmmm yyyy;@"), "2024-05-17"),
        (number("59", "yyyy-mm-dd"), "1900-02-28"),
        (number("61", "yyyy-mm-dd"), "1900-03-01"),
        (number("45413", "mmm-yy"), "2024-05"),
        (number("45413", "yyyy"), "2024"),
        (number("45361", "d-mmm"), "! date_without_year"),
        (number("45429", "yyyy-mm-dd hh:mm"), "2024-05-17"),
        (number("45429.5", "yyyy-mm-dd hh:mm"), "! time_of_day"),
        (number("0.5", "h:mm"), "! time_of_day"),
        (number("-5", "yyyy-mm-dd"), "! excel_error"),
        (' t="b"><v>1</v>', "yes"),
        (' t="s"><v>0</v>', "<1"),
        (text("1-2+"), "1-2+"),
        (' t="e"><v>#N/A</v>', "! excel_error"),
        ("><f>1/0</f>", "! formula_without_value"),
        ("><f>1/0</f><v/>", "! formula_without_value"),
        (' t="e"><f>1/0</f><v/>', "! formula_without_value"),
        (' t="b"><f>1=1</f><v></v>', "! formula_without_value"),
        (' t="str"><f>"a"</f>', "! formula_without_value"),
        (' t="s"><f>"a"</f><v/>', "! formula_without_value"),
        (' t="inlineStr"><f>"a"</f><is><t/></is>', "! formula_without_value"),
        (' t="inlineStr"><f>"a"</f><v>a</v>', "! formula_without_value"),
        (' t="inlineStr"><f>"a"</f><is><t>a</t></is>', "a"),
        (' s="2"><f>TODAY()</f><v/>', "! formula_without_value"),
        (' s="2"><f>TODAY()</f><v>45429</v>', "2024-05-17"),
        ('><f t="shared" ref="B2:B9" si="0">1+1</f><v>2</v>', "2"),
        ('><f t="shared" si="0"/><v/>', "! formula_without_value"),
        ("><f>1+1</f><v>2</v>", "2"),
        (' t="str"><f>"a"</f><v>a</v>', "a"),
        (' t="str"><f>""</f><v></v>', ""),
        (' t="str"><f>""</f><v/>', ""),
        ("/><c r=\"C2\">", ""),
    ],
)  # fmt: skip
def test_a_cell_of_a_workbook_is_read_as_it_is_shown(
    cell: str, expected: str, tmp_path: Path
) -> None:
    rows = row(1, text("screening_id"), text("ecog")) + row(2, text("P1"), cell)
    path = workbook(tmp_path / "t.xlsx", rows, shared=("<1",))

    assert _cells(path) == [["P1", expected]]


def test_what_a_library_writes_of_a_formula_is_no_empty_cell(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["screening_id", "ecog"])
    sheet.append(["P1", "=1+0"])
    sheet.append(["P2", ArrayFormula("B3:B4", "=1+{0;1}")])
    sheet.append(["P3"])
    sheet.append(["P4", 1])
    book.save(tmp_path / "t.xlsx")

    assert _cells(tmp_path / "t.xlsx") == [
        ["P1", "! formula_without_value"],
        ["P2", "! formula_without_value"],
        # The array fills this cell, which the sheet does not hold.
        ["P3", "! formula_without_value"],
        ["P4", "1"],
    ]


def test_an_array_that_was_calculated_is_read(tmp_path: Path) -> None:
    rows = row(1, text("screening_id"), text("ecog"))
    rows += row(2, text("P1"), '><f t="array" ref="B2:B3">1+{0;1}</f><v>1</v>')
    rows += row(3, text("P2"), number("2"))
    path = workbook(tmp_path / "t.xlsx", rows)

    assert _cells(path) == [["P1", "1"], ["P2", "2"]]


@pytest.mark.parametrize("cell", ["><f>1+1</f><v>0</v>", ' t="str"><f>"a"</f><v></v>'])
@pytest.mark.parametrize(
    ("asks", "is_read"), [('fullCalcOnLoad="1"', False), ('fullCalcOnLoad="0"', True)]
)
def test_formulas_count_for_nothing_where_the_workbook_asks_to_be_calculated(
    cell: str, asks: str, is_read: bool, tmp_path: Path
) -> None:
    rows = row(1, text("screening_id"), text("ecog")) + row(2, text("P1"), cell)
    path = workbook(tmp_path / "t.xlsx", rows, in_book=f"<calcPr {asks}/>")

    assert (_cells(path) != [["P1", "! formula_without_value"]]) is is_read


def test_dates_of_the_1904_system_are_read_by_it(tmp_path: Path) -> None:
    rows = row(1, text("screening_id"), text("birth_date"))
    rows += row(2, text("P1"), number("43967", "yyyy-mm-dd"))
    path = workbook(tmp_path / "t.xlsx", rows, system_1904=True)

    assert _cells(path) == [["P1", "2024-05-17"]]


def test_a_cell_under_a_merged_one_is_rejected(tmp_path: Path) -> None:
    rows = row(1, text("screening_id"), text("ecog"))
    rows += row(2, text("P1"), number("1")) + row(3, text("P2"), "><v></v>")
    merged = '<mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>'
    path = workbook(tmp_path / "t.xlsx", rows, after=merged)

    assert _cells(path) == [["P1", "1"], ["P2", "! merged_cell"]]


def test_a_merged_cell_that_does_not_stand_in_its_row_is_rejected_too(tmp_path: Path) -> None:
    rows = row(1, text("screening_id"), text("ecog"))
    rows += row(2, text("P1"), number("1")) + row(3, text("P2"))
    merged = '<mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>'
    path = workbook(tmp_path / "t.xlsx", rows, after=merged)

    assert _cells(path) == [["P1", "1"], ["P2", "! merged_cell"]]


def test_hidden_rows_and_columns_are_read(tmp_path: Path) -> None:
    rows = row(1, text("screening_id"), text("ecog"))
    rows += row(2, text("P1"), number("1")).replace("<row", '<row hidden="1"')
    path = workbook(tmp_path / "t.xlsx", rows)

    assert _cells(path) == [["P1", "1"]]


def test_lines_are_rows_of_the_sheet_and_nothing_beside_the_table_is_lost(tmp_path: Path) -> None:
    rows = row(3, text("screening_id"), text("ecog")) + row(5, text("P1"), number("1"))
    rows += row(6, text("P2"), number("1"), text("a note")) + row(9, text("P3"))
    path = workbook(tmp_path / "t.xlsx", rows)

    with open_patients(path) as patients:
        found = list(patients)

    assert [each.line for each in found] == [5, 6, 9]
    assert isinstance(found[1], Rejection)
    assert [fault.code for fault in found[1].faults] == ["too_many_cells"]
    assert len(FORMATS) == 12


# The first, a middle and the last row of each kind --------------------------------------------


def _bad(path: Path) -> list[tuple[int, str | None, str | None, str]]:
    with open_patients(path) as patients:
        rows = list(patients)
    assert sum(isinstance(each, PatientRow) for each in rows) == 7
    return [
        (f.line, f.screening_id, f.column, f.code)
        for each in rows
        if isinstance(each, Rejection)
        for f in each.faults
    ]


def _at_three_places(good: Any, bad: Any) -> list[Any]:
    return [bad if place in (0, 4, 9) else good for place in range(10)]


IDS = [f"P{place}" for place in range(10)]


def test_bad_cells_of_parquet_are_rejected_with_row_and_column(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    weights = _at_three_places(60.5, math.nan)
    pl.DataFrame({"screening_id": IDS, "weight_kg": weights}).write_parquet(path)

    assert _bad(path) == [(line, f"P{line - 1}", "weight_kg", "not_finite") for line in (1, 5, 10)]


def test_bad_cells_of_a_workbook_are_rejected_with_row_and_column(tmp_path: Path) -> None:
    cells = _at_three_places(number("60.5"), ' t="e"><v>#REF!</v>')
    rows = row(1, text("screening_id"), text("weight_kg"))
    rows += "".join(row(n, text(IDS[n - 2]), cell) for n, cell in enumerate(cells, start=2))
    path = workbook(tmp_path / "t.xlsx", rows)

    assert _bad(path) == [(line, f"P{line - 2}", "weight_kg", "excel_error") for line in (2, 6, 11)]


_BAD_LINES = [
    ('{"screening_id": "P0", "ecog": 1', None, "json_unreadable"),
    ('{"screening_id": "P0", "ecog": NaN}', None, "not_finite"),
    ('{"screening_id": "P0", "ecog": 1, "ecog": 2}', None, "duplicate_key"),
    ('{"screening_id": "P0"} {}', None, "json_unreadable"),
    ('{"a": ' * 100_000, None, "nested_too_deeply"),
    ('{"x": "' + "x" * 1_000_001 + '"}', None, "line_too_long"),
    ('{"screening_id": "P0", "ecog": 1e999}', "ecog", "not_finite"),
    ('{"screening_id": "P0", "ecog": 9, "labs": []}', "ecog", "out_of_bounds"),
    ('{"screening_id": "P0", "ecog.value": 9}', "ecog.value", "out_of_bounds"),
    ('{"screening_id": "P0", "labs": {}}', "labs", "tuple_type"),
    ('{"screening_id": "P0", "ecgo": 1}', "ecgo", "unknown_column"),
    ('{"screening_id": "P0", "surname": "x"}', "surname", "identifying_column"),
    ('{"screening_id": "P0", "as_of": 5}', "as_of", "date_type"),
    ('{"ecog": 1}', "screening_id", "no_screening_id"),
    ('{"ecog": {"value": 1}}', "screening_id", "missing_id"),
]


@pytest.mark.parametrize(("bad", "column", "code"), _BAD_LINES, ids=range(len(_BAD_LINES)))
def test_bad_lines_of_json_are_rejected_with_their_line(
    bad: str, column: str | None, code: str, tmp_path: Path
) -> None:
    good = [json.dumps({"screening_id": name, "weight_kg": 60.5}) for name in IDS]
    lines = [bad.replace('"P0"', f'"{IDS[p]}"') if p in (0, 4, 9) else good[p] for p in range(10)]
    path = written(tmp_path, "t.jsonl", "\n".join(lines).encode())

    found = _bad(path)

    assert [each[0] for each in found] == [1, 5, 10]
    assert {each[3] for each in found} == {code}
    if code != "json_unreadable":
        assert {each[2] for each in found} == {column}


def test_a_line_without_an_object_is_rejected(tmp_path: Path) -> None:
    path = written(tmp_path, "t.jsonl", b'{"screening_id": "P1"}\n["P2"]\nnull\n')

    with open_patients(path) as patients:
        rejected = [each for each in patients if isinstance(each, Rejection)]

    assert [(f.line, f.code) for each in rejected for f in each.faults] == [
        (2, "not_an_object"),
        (3, "not_an_object"),
    ]


def test_bytes_that_are_no_text_are_rejected_with_their_line(tmp_path: Path) -> None:
    path = written(tmp_path, "t.jsonl", b'{"screening_id": "P1"}\n{"sex": "\xff"}\n')

    with open_patients(path) as patients:
        [_, rejected] = patients

    assert isinstance(rejected, Rejection)
    assert [(f.line, f.code) for f in rejected.faults] == [(2, "encoding")]


def test_the_same_patient_on_two_lines_is_rejected_once(tmp_path: Path) -> None:
    line = b'{"screening_id": "P1"}\n'
    path = written(tmp_path, "t.jsonl", line + b"\n" + line)

    with open_patients(path) as patients:
        [_, rejected] = patients

    assert isinstance(rejected, Rejection)
    assert [(f.line, f.screening_id, f.code) for f in rejected.faults] == [
        (3, "P1", "duplicate_id")
    ]
    assert patients.blank_lines == 1


def test_dates_may_stand_beside_a_profile(tmp_path: Path) -> None:
    line = (
        b'{"screening_id": "P1", "labs": [], "as_of": "2026-11-21", "planned_start": "2026-12-01"}'
    )

    with open_patients(written(tmp_path, "t.jsonl", line)) as patients:
        assert patients.has_as_of
        [found] = patients

    assert isinstance(found, PatientRow)
    assert (found.as_of, found.planned_start) == ("2026-11-21", "2026-12-01")
