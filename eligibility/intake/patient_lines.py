"""Patients from JSON lines: each line a profile as `eligibility screen` takes it, or named cells."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any

from eligibility.errors import Fault, RecordError
from eligibility.intake.columns import (
    AS_OF,
    PLANNED_START,
    SCREENING_ID,
    ColumnPlan,
    is_ignored,
    printable_name,
)
from eligibility.intake.faults import RejectedRow, Rejection, TableError
from eligibility.intake.json_lines import JsonLine, JsonLines, cells_of, is_flat
from eligibility.intake.patient_rows import MISSING_ID, PatientRow, duplicate_id, sound_id
from eligibility.intake.seen_ids import SeenIds
from eligibility.patient.record import PatientRecord, read_record

_MOST_PLANS = 64
_DATE_TYPE = "a date is a text, such as 2026-11-21"


class PatientLines:
    """A file of JSON lines, to be iterated once; every line comes out, as patient or rejection."""

    def __init__(self, lines: JsonLines) -> None:
        self._lines = lines
        self.seen = SeenIds()
        """The screening ids so far, each with the line it was first seen on; a resumed run puts in its own."""
        self._plans: dict[tuple[str, ...], ColumnPlan] = {}
        self.rows_read = 0
        self._skipped = 0

    @property
    def blank_lines(self) -> int:
        """How many blank lines were passed over so far."""
        return self._lines.blank_lines

    @property
    def bytes_read(self) -> int:
        """About how much of the file has been read, for showing progress."""
        return self._lines.bytes_read

    @property
    def has_as_of(self) -> bool:
        """Whether lines may have a day of judgement of their own."""
        return self._lines.mention_as_of()

    def unmatched_joined_rows(self) -> dict[str, int]:
        """None: tables are joined by a mapping, and with one these are no patients but rows."""
        return {}

    def __iter__(self) -> Iterator[PatientRow | Rejection]:
        for line in islice(self._lines.lines(), self._skipped, None):
            self.rows_read += 1
            yield self._read(line)

    def skip(self, rows: int) -> None:
        """Passes over lines that an earlier run has read; their ids must be known already."""
        self._skipped = rows
        self.rows_read += rows

    def find(self, ids: Collection[str]) -> Iterator[tuple[str, PatientRow | Rejection]]:
        """Each of these ids with the first line that has it, all other lines passed over unread."""
        wanted = set(ids)
        for line in self._lines.lines() if wanted else ():
            text = line.document.get(SCREENING_ID)
            if isinstance(text, str) and (identity := text.strip()) in wanted:
                wanted.remove(identity)
                yield identity, self._read(line)
            if not wanted:
                break

    def _read(self, line: JsonLine) -> PatientRow | Rejection:
        return self._rejected(line, line.faults) if line.faults else self._patient(line)

    def _patient(self, line: JsonLine) -> PatientRow | Rejection:
        profile = {k: v for k, v in line.document.items() if k not in (AS_OF, PLANNED_START)}
        try:
            days = _days(line.document)
            record = self._of_cells(profile) if is_flat(profile) else read_record(profile)
        except (RecordError, TableError) as error:
            return self._rejected(line, error.faults)
        if record.screening_id is None:
            return self._rejected(line, (MISSING_ID,))
        if first := self.seen.first_line(record.screening_id):
            return self._rejected(line, (duplicate_id(first),))
        self.seen.add(record.screening_id, line.line)
        return PatientRow(
            line.line, record.screening_id, record, days.get(AS_OF), days.get(PLANNED_START)
        )

    def _of_cells(self, named: dict[str, Any]) -> PatientRecord:
        """The record of a row of named cells, read as a row of a table with this header."""
        header = tuple(named)
        cells, unreadable = cells_of(named, header)
        plan = self._plan(header)
        used = [f for f in unreadable if not is_ignored(header[f.place])]
        if used:
            raise RecordError(
                _named(f.fault, printable_name(header[f.place], f.place)) for f in used
            )
        try:
            return read_record(plan.document(cells))
        except RecordError as error:
            raise RecordError(
                _named(fault, plan.column_of(fault.path, cells) or fault.path)
                for fault in error.faults
            ) from None

    def _plan(self, header: tuple[str, ...]) -> ColumnPlan:
        plan = self._plans.get(header)
        if plan is None:
            plan = ColumnPlan.from_header(header)
            if len(self._plans) < _MOST_PLANS:
                self._plans[header] = plan
        return plan

    def _rejected(self, line: JsonLine, faults: tuple[Fault, ...]) -> Rejection:
        identity = sound_id(line.document.get(SCREENING_ID))
        if identity and not self.seen.first_line(identity):
            self.seen.add(identity, line.line)
        return Rejection(
            line.line,
            tuple(
                RejectedRow(line.line, identity, f.path or None, f.code, f.message, f.hint)
                for f in faults
            ),
        )


def _named(fault: Fault, column: str) -> Fault:
    return Fault(column, fault.code, fault.message, fault.hint)


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
