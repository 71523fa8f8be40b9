"""Patients from JSON lines: each line a profile as `eligibility screen` takes it, or named cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eligibility.errors import Fault, RecordError
from eligibility.intake.columns import AS_OF, PLANNED_START, SCREENING_ID, ColumnPlan
from eligibility.intake.faults import RejectedRow, Rejection, TableError
from eligibility.intake.json_lines import JsonLine, JsonLines, cells_of, is_flat
from eligibility.intake.patient_rows import MISSING_ID, PatientRow, duplicate_id, sound_id
from eligibility.patient.record import read_record

_MOST_PLANS = 64
_DATE_TYPE = "a date is a text, such as 2026-11-21"


class PatientLines:
    """A file of JSON lines, to be iterated once; every line comes out, as patient or rejection."""

    def __init__(self, lines: JsonLines) -> None:
        self._lines = lines
        self._first_lines: dict[str, int] = {}
        self._plans: dict[tuple[str, ...], ColumnPlan] = {}
        self.rows_read = 0

    @property
    def blank_lines(self) -> int:
        """How many blank lines were passed over so far."""
        return self._lines.blank_lines

    @property
    def has_as_of(self) -> bool:
        """Whether lines may have a day of judgement of their own."""
        return self._lines.mention_as_of()

    def unmatched_joined_rows(self) -> dict[str, int]:
        """None: tables are joined by a mapping, and with one these are no patients but rows."""
        return {}

    def __iter__(self) -> Iterator[PatientRow | Rejection]:
        for line in self._lines.lines():
            self.rows_read += 1
            yield self._rejected(line, line.faults) if line.faults else self._patient(line)

    def _patient(self, line: JsonLine) -> PatientRow | Rejection:
        try:
            profile, days = self._profile(line.document)
            record = read_record(profile)
        except RecordError as error:
            return self._rejected(line, error.faults)
        except TableError as error:
            return self._rejected(line, error.faults)
        if record.screening_id is None:
            return self._rejected(line, (MISSING_ID,))
        if first := self._first_lines.get(record.screening_id):
            return self._rejected(line, (duplicate_id(first),))
        self._first_lines[record.screening_id] = line.line
        return PatientRow(
            line.line, record.screening_id, record, days.get(AS_OF), days.get(PLANNED_START)
        )

    def _profile(self, document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """A line's profile, and the dates that stand beside it."""
        profile = {k: v for k, v in document.items() if k not in (AS_OF, PLANNED_START)}
        days = _days(document)
        if not is_flat(profile):
            return profile, days
        header = tuple(profile)
        cells, faults = cells_of(profile, header)
        if faults:
            raise RecordError(
                Fault(header[f.place], f.fault.code, f.fault.message, f.fault.hint) for f in faults
            )
        return self._plan(header).document(cells), days

    def _plan(self, header: tuple[str, ...]) -> ColumnPlan:
        plan = self._plans.get(header)
        if plan is None:
            plan = ColumnPlan.from_header(header)
            if len(self._plans) < _MOST_PLANS:
                self._plans[header] = plan
        return plan

    def _rejected(self, line: JsonLine, faults: tuple[Fault, ...]) -> Rejection:
        identity = sound_id(line.document.get(SCREENING_ID))
        if identity:
            self._first_lines.setdefault(identity, line.line)
        return Rejection(
            line.line,
            tuple(
                RejectedRow(line.line, identity, f.path or None, f.code, f.message, f.hint)
                for f in faults
            ),
        )


def _days(document: dict[str, Any]) -> dict[str, str]:
    days: dict[str, str] = {}
    for name in (AS_OF, PLANNED_START):
        text = document.get(name)
        if text is None:
            continue
        if not isinstance(text, str):
            raise RecordError([Fault(name, "date_type", _DATE_TYPE)])
        if text.strip():
            days[name] = text.strip()
    return days
