"""The template, its example and its description agree with the record and with each other."""

import io

from eligibility.dates import anchors
from eligibility.intake.example import EXAMPLE_AS_OF, EXAMPLE_PLANNED_START
from eligibility.intake.fields import all_fields
from eligibility.intake.patients import PatientRow, PatientTable
from eligibility.intake.tables import Table
from eligibility.intake.template import (
    describe,
    example_profile,
    template_columns,
    template_csv,
)
from eligibility.patient.record import read_record
from eligibility.protocol.library import load_trial
from eligibility.protocol.verdict import Decision
from eligibility.screening.screen import Screener


def template_row() -> PatientRow:
    [row] = PatientTable(Table(io.BytesIO(template_csv().encode()), name="template.csv"))
    assert isinstance(row, PatientRow)
    return row


def test_the_template_is_a_table_that_can_be_read() -> None:
    row = template_row()

    assert row.screening_id == "EX-001"
    assert (row.as_of, row.planned_start) == (EXAMPLE_AS_OF, EXAMPLE_PLANNED_START)


def test_template_and_profile_are_the_same_patient_to_the_screener() -> None:
    screener = Screener(load_trial(profile="atezolizumab_p1"))
    dates = anchors(EXAMPLE_AS_OF, EXAMPLE_PLANNED_START)

    from_table = screener.screen(template_row().record, dates)
    from_profile = screener.screen(read_record(example_profile()), dates)

    assert from_table.results == from_profile.results
    assert from_table.decision is Decision.ELIGIBLE


def test_without_a_laboratory_profile_the_example_is_undetermined() -> None:
    dates = anchors(EXAMPLE_AS_OF, EXAMPLE_PLANNED_START)

    screening = Screener(load_trial()).screen(read_record(example_profile()), dates)

    assert screening.decision is Decision.UNDETERMINED
    assert screening.deciding == ("INCL04",)


def test_every_call_gives_an_example_of_its_own() -> None:
    example_profile()["sex"] = "male"

    assert example_profile()["sex"] == "female"


def test_every_field_of_the_record_is_described() -> None:
    notes = {note.column: note for note in describe()}

    assert {field.path for field in all_fields()} <= set(notes)
    assert all(note.meaning and note.accepts for note in notes.values())


def test_every_template_column_is_described() -> None:
    described = {note.column for note in describe()}

    generic = {_generic(column) for column in template_columns()}

    assert generic <= described | {"ecog.date", "reproductive.pregnancy_test.date"}


def _generic(column: str) -> str:
    words = column.split(".")
    if words[0] == "labs":
        words[1] = "N"
    return ".".join("N" if word.isdecimal() else word for word in words)


def test_a_note_gives_unit_spellings_and_example() -> None:
    notes = {note.column: note for note in describe()}

    assert notes["specimens.N.er_percent"].unit == "%"
    assert notes["specimens.N.er_percent"].example == "<1"
    assert "not_amplified" in notes["specimens.N.her2_ish"].accepts
    assert notes["birth_date"].accepts.startswith("date as")
    assert notes["metastatic_sites"].example == "lung; lymph_node"
