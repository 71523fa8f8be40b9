"""Every row of a patient table comes out, as a patient or as a rejection that says why."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.intake.faults import RejectedRow, Rejection, TableError
from eligibility.intake.patients import PatientRow, PatientTable, open_patients
from eligibility.intake.tables import Table
from eligibility.intake.template import template_columns


def patients(content: str) -> PatientTable:
    return PatientTable(Table(io.BytesIO(content.encode()), name="t.csv"))


def rejected(content: str) -> list[RejectedRow]:
    rejections = (row for row in patients(content) if isinstance(row, Rejection))
    return [fault for row in rejections for fault in row.faults]


def test_rows_become_records_with_their_own_dates() -> None:
    found = list(patients("screening_id,ecog,as_of,planned_start\nP1,1,2026-11-21,\nP2,,,\n"))

    assert [type(row) for row in found] == [PatientRow, PatientRow]
    first = found[0]
    assert isinstance(first, PatientRow)
    assert (first.line, first.screening_id, first.as_of, first.planned_start) == (
        2,
        "P1",
        "2026-11-21",
        None,
    )


def test_all_faults_of_a_row_are_reported_with_their_columns() -> None:
    found = rejected("screening_id,ecog,labs.anc.value,sex\nP1,9,3 000,femal\n")

    assert {(fault.line, fault.screening_id, fault.column, fault.code) for fault in found} == {
        (2, "P1", "ecog", "out_of_bounds"),
        (2, "P1", "labs.anc.value", "number_unreadable"),
        (2, "P1", "sex", "unknown_code"),
    }


def test_one_rejected_row_does_not_touch_the_others() -> None:
    found = list(patients("screening_id,ecog\nP1,1\nP2,x\nP3,2\n"))

    assert [isinstance(row, PatientRow) for row in found] == [True, False, True]


def test_a_second_row_of_the_same_patient_is_rejected_and_names_the_first() -> None:
    fault = rejected("screening_id,ecog\nP1,1\nP2,1\nP1,2\n")[0]

    assert (fault.line, fault.screening_id, fault.code) == (4, "P1", "duplicate_id")
    assert "line 2" in fault.message


def test_a_second_row_is_a_duplicate_even_of_a_rejected_one() -> None:
    codes = [fault.code for fault in rejected("screening_id,ecog\nP1,x\nP1,2\n")]

    assert codes == ["number_unreadable", "duplicate_id"]


@pytest.mark.parametrize("identity", ["", " ", "unknown"])
def test_a_row_without_id_is_rejected(identity: str) -> None:
    fault = rejected(f"screening_id,ecog\n{identity},1\n")[0]

    assert (fault.column, fault.code, fault.screening_id) == ("screening_id", "missing_id", None)


def test_an_id_that_looks_like_something_else_is_not_repeated() -> None:
    fault = rejected("screening_id,ecog\nJane Doe,1\n")[0]

    assert fault.screening_id is None
    assert "Jane" not in fault.message


def test_a_contradicting_list_names_its_column() -> None:
    fault = rejected("screening_id,steroids,steroids.1.kind\nP1,none,glucocorticoid\n")[0]

    assert (fault.column, fault.code) == ("steroids", "listing_contradicts")


def test_a_ragged_row_keeps_its_id_only_when_the_id_comes_first() -> None:
    first = rejected("screening_id,ecog\nP1\n")[0]
    later = rejected("ecog,screening_id\n1,P1,x\n")[0]

    assert (first.code, first.screening_id) == ("too_few_cells", "P1")
    assert (later.code, later.screening_id) == ("too_many_cells", None)


def test_a_header_fault_names_the_line_it_stands_on() -> None:
    with pytest.raises(TableError) as caught:
        patients("\n\nscreening_id,ecgo,sex\n")

    assert str(caught.value).startswith("t.csv:3, ecgo: ")


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_a_table_that_cannot_be_opened_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(TableError) as caught, open_patients(tmp_path / name):
        pass

    assert caught.value.code == "cannot_open"


@pytest.mark.parametrize(
    "canary", ["C4N4RY", "-77", "1,234.5", "0x10", "2023-02-29", "\uff1d\uff11"]
)
def test_no_message_repeats_a_cell(canary: str) -> None:
    columns = [column for column in template_columns() if column != "screening_id"]
    stream = io.StringIO()
    csv.writer(stream).writerows([["screening_id", *columns], ["P1", *[canary] * len(columns)]])

    faults = rejected(stream.getvalue())

    texts = [f"{fault.message} {fault.hint or ''}" for fault in faults]
    assert len(faults) > 20
    assert not [text for text in texts if canary in text]


@given(st.lists(st.lists(st.sampled_from(["P1", "P2", "", "1", "x", '"', ","]), max_size=4)))
def test_as_many_rows_come_out_as_are_read(rows: list[list[str]]) -> None:
    text = "".join(",".join(row) + "\n" for row in rows)
    table = patients("screening_id,ecog,sex\n" + text)

    found = list(table)

    assert len(found) == table.rows_read
    assert len({row.line for row in found}) == len(found)
