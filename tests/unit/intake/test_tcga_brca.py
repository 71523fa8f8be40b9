"""The shipped TCGA-BRCA tables are read with their mapping, without turning silence into facts."""

from collections import Counter
from pathlib import Path

import pytest

from eligibility.intake.faults import Rejection
from eligibility.intake.mapping import read_mapping
from eligibility.intake.patients import PatientRow, open_patients
from eligibility.patient.record import PatientRecord
from eligibility.patient.vocabulary import AbsentReason, TreatmentKind

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture(scope="module")
def rows() -> dict[str, PatientRow]:
    mapping = read_mapping(EXAMPLES / "tcga_brca" / "mapping.yaml")
    with open_patients(EXAMPLES / "tcga_brca" / "patients.tsv", mapping=mapping) as patients:
        found = list(patients)
    assert not [row for row in found if isinstance(row, Rejection)]
    return {row.screening_id: row for row in found if isinstance(row, PatientRow)}


@pytest.fixture(scope="module")
def records(rows: dict[str, PatientRow]) -> list[PatientRecord]:
    return [row.record for row in rows.values()]


def test_every_patient_is_read(rows: dict[str, PatientRow]) -> None:
    assert len(rows) == 122


def test_every_patient_is_judged_on_a_day_of_her_own(rows: dict[str, PatientRow]) -> None:
    assert all(row.as_of and row.as_of.startswith("day ") for row in rows.values())
    assert all(row.planned_start is None for row in rows.values())


def test_nothing_happens_after_the_day_of_judgement(rows: dict[str, PatientRow]) -> None:
    late = [
        (name, treatment.last_dose.value.text)
        for name, row in rows.items()
        for treatment in row.record.treatments.items
        if treatment.last_dose.value
        and _day(treatment.last_dose.value.text) > _day(row.as_of or "")
    ]

    assert late == []


def _day(text: str) -> int:
    return int(text.removeprefix("day "))


def test_no_list_is_declared_complete(records: list[PatientRecord]) -> None:
    assert not any(
        listing.complete
        for record in records
        for listing in (record.treatments, record.other_malignancies, record.metastatic_sites)
    )


def test_only_stage_iv_settles_the_extent(records: list[PatientRecord]) -> None:
    extents = Counter(str(record.diagnosis.extent.value) for record in records)

    assert extents == {"metastatic": 20, "None": 102}


def test_a_bin_below_ten_percent_stays_a_range(records: list[PatientRecord]) -> None:
    texts = {
        specimen.er_percent.value.text: specimen.er_percent.value.interval
        for record in records
        for specimen in record.specimens
        if specimen.er_percent.value
    }

    low = texts["<10%"]
    assert (low.low, low.high, low.high_open) == (0, 10, True)
    assert (texts["50-59%"].low, texts["50-59%"].high) == (50, 59)


def test_fish_that_was_not_evaluated_is_not_done(rows: dict[str, PatientRow]) -> None:
    specimen = rows["TCGA-AN-A041"].record.specimens[0]

    assert str(specimen.her2_ihc.value) == "2+"
    assert specimen.her2_ish.value is None
    assert specimen.her2_ish.absent is AbsentReason.NOT_DONE


def test_treatments_typed_immunotherapy_keep_their_ingredients(
    records: list[PatientRecord],
) -> None:
    agents = {
        agent.lower()
        for record in records
        for treatment in record.treatments.items
        if treatment.kind.value is TreatmentKind.IMMUNOTHERAPY
        for agent in treatment.agents
    }

    assert "trastuzumab" in agents
    assert "trustuzumab" not in agents


def test_a_course_without_end_has_no_last_dose(records: list[PatientRecord]) -> None:
    ended_unknown = [
        treatment
        for record in records
        for treatment in record.treatments.items
        if treatment.ongoing.value == "no" and treatment.last_dose.value is None
    ]

    assert ended_unknown


def test_ages_capped_at_ninety_leave_the_birth_date_open(records: list[PatientRecord]) -> None:
    open_dates = [record for record in records if record.birth_date.value is None]
    days = {str(record.birth_date.value) for record in records}

    assert len(open_dates) >= 2
    assert not days & {"day -32872", "day -32873"}


def test_the_synthetic_patients_are_read() -> None:
    with open_patients(EXAMPLES / "patients.csv") as patients:
        found = list(patients)

    assert [type(row) for row in found] == [PatientRow] * 14
