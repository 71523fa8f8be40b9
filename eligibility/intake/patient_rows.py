"""What becomes of a row, whatever it stood in: a patient with her record, or a rejection."""

from __future__ import annotations

from dataclasses import dataclass

from eligibility.errors import Fault, RecordError
from eligibility.intake.columns import SCREENING_ID
from eligibility.patient.record import PatientRecord, read_record


@dataclass(frozen=True, slots=True)
class PatientRow:
    """One row that was read: the record, and the row's own dates where it has them."""

    line: int
    screening_id: str
    record: PatientRecord
    as_of: str | None = None
    planned_start: str | None = None


MISSING_ID = Fault(
    SCREENING_ID,
    "missing_id",
    "the row has no screening id",
    "give every patient a study identifier of her own",
)


def duplicate_id(line: int) -> Fault:
    """The fault of a row whose id stood on an earlier line."""
    return Fault(
        SCREENING_ID,
        "duplicate_id",
        f"the same screening id stands on line {line}",
        "keep one row per patient, or give a new screening attempt an id of its own",
    )


def sound_id(text: object) -> str | None:
    """The screening id that a broken row may be named by; nothing that is not surely one."""
    try:
        return (
            read_record({SCREENING_ID: text.strip()}).screening_id
            if isinstance(text, str)
            else None
        )
    except RecordError:
        return None
