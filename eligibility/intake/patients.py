"""Patient tables: each row becomes a record or a rejection that says why, in file order."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from eligibility.errors import Fault, RecordError
from eligibility.intake.columns import SCREENING_ID, ColumnPlan
from eligibility.intake.faults import MappingError, RejectedRow, Rejection, TableError
from eligibility.intake.foreign import ForeignColumns, JoinedTable
from eligibility.intake.mapping import Join, Mapping
from eligibility.intake.seen_ids import SeenIds
from eligibility.intake.tables import BROKEN, BrokenRow, Layout, RawRow, Table
from eligibility.patient.record import PatientRecord, read_record


@dataclass(frozen=True, slots=True)
class PatientRow:
    """One row that was read: the record, and the row's own dates where it has them."""

    line: int
    screening_id: str
    record: PatientRecord
    as_of: str | None = None
    planned_start: str | None = None


class PatientTable:
    """A table of patients, to be iterated once; every row comes out, as patient or rejection."""

    def __init__(
        self,
        stream: BinaryIO,
        name: str,
        *,
        mapping: Mapping | None = None,
        joined: tuple[JoinedTable, ...] = (),
        encoding: str | None = None,
        seen: SeenIds | None = None,
    ) -> None:
        layout = mapping.layout(encoding) if mapping else Layout(encoding=encoding)
        self.table = Table(stream, name=name, layout=layout)
        header = self.table.header
        self.foreign = ForeignColumns(mapping, header, joined, source=name) if mapping else None
        if self.foreign:
            self.plan = self.foreign.plan
        else:
            self.plan = ColumnPlan.from_header(header, source=name, line=self.table.header_line)
        self._id_column = mapping.id if mapping else header[self.plan.screening_id]
        self._id_is_first = header.index(self._id_column) == 0
        self.seen = SeenIds() if seen is None else seen
        """The screening ids so far, each with the line it was first seen on."""
        self.rows_read = 0

    @property
    def blank_lines(self) -> int:
        """How many blank lines were passed over so far."""
        return self.table.blank_lines

    def unmatched_joined_rows(self) -> dict[str, int]:
        """Per joined table, how many rows are about no patient here; known after the last row."""
        return self.foreign.unmatched(self.seen.known) if self.foreign else {}

    def __iter__(self) -> Iterator[PatientRow | Rejection]:
        for row in self.table.rows():
            self.rows_read += 1
            yield self.read(row)

    def skip(self, rows: int) -> None:
        """Passes over rows that an earlier run has read; their ids must be known already."""
        for _ in islice(self.table.rows(), rows):
            self.rows_read += 1

    def find(self, ids: Collection[str]) -> Iterator[PatientRow | Rejection]:
        """Of each of these ids the first row in the table, read by itself; not to be mixed with iterating."""
        place = self.table.header.index(self._id_column)
        wanted = set(ids)
        for row in self.table.rows():
            if isinstance(row, RawRow) and (identity := row.cells[place].strip()) in wanted:
                wanted.remove(identity)
                yield self._patient(row)
            if not wanted:
                break

    def read(self, row: RawRow | BrokenRow) -> PatientRow | Rejection:
        """One row as a patient, or as a rejection; rows are to be read in the order of the table."""
        return self.rejection(row) if isinstance(row, BrokenRow) else self._patient(row)

    def cells(self, row: RawRow) -> list[str]:
        """The cells of a row under the record's own columns."""
        return self.foreign.cells(row.cells) if self.foreign else row.cells

    def _patient(self, row: RawRow) -> PatientRow | Rejection:
        cells = self.cells(row)
        try:
            document = self.plan.document(cells)
            record = read_record(document)
        except RecordError as error:
            return self._rejected(row, cells, error.faults)
        if record.screening_id is None:
            return self._rejected(row, cells, (_MISSING_ID,))
        if first := self.seen.first_line(record.screening_id):
            return self._rejected(row, cells, (duplicate_id(first),))
        self.seen.add(record.screening_id, row.line)
        return self.patient(row.line, record, cells)

    def patient(self, line: int, record: PatientRecord, cells: list[str]) -> PatientRow:
        """A record that was read, with the row's own dates."""
        assert record.screening_id is not None  # records without one are rejected
        return PatientRow(
            line,
            record.screening_id,
            record,
            _cell(cells, self.plan.as_of),
            _cell(cells, self.plan.planned_start),
        )

    def _rejected(self, row: RawRow, cells: list[str], faults: tuple[Fault, ...]) -> Rejection:
        has_id = all(f.path != SCREENING_ID or f.code == "duplicate_id" for f in faults)
        identity = cells[self.plan.screening_id].strip() if has_id else None
        if identity and not self.seen.first_line(identity):
            self.seen.add(identity, row.line)
        rejected = [
            RejectedRow(
                row.line, identity or None, self._column(f, cells), f.code, f.message, f.hint
            )
            for f in faults
        ]
        return Rejection(row.line, tuple(sorted(rejected, key=self._place)))

    def _place(self, fault: RejectedRow) -> int:
        """Faults are told in the order of the columns; those of the whole row come last."""
        header = self.table.header
        return header.index(fault.column) if fault.column in header else len(header)

    def _column(self, fault: Fault, cells: list[str]) -> str | None:
        if fault.path == SCREENING_ID:
            return self._id_column
        if fault.code == "listing_contradicts":
            return fault.path
        return self.plan.column_of(fault.path, cells)

    def rejection(self, row: BrokenRow) -> Rejection:
        """What is wrong with a row that could not be split into its cells."""
        message, hint = BROKEN[row.code]
        identity = self._identity(row)
        fault = RejectedRow(row.line, identity, None, row.code, message, hint)
        return Rejection(row.line, (fault,))

    def _identity(self, row: BrokenRow) -> str | None:
        """The id of a row whose cells may have moved: only a first cell is sure to be the id."""
        if not (row.cells and self._id_is_first):
            return None
        try:
            return read_record({SCREENING_ID: row.cells[0].strip()}).screening_id
        except RecordError:
            return None


_MISSING_ID = Fault(
    SCREENING_ID,
    "missing_id",
    "the row has no screening id",
    "give every patient a study identifier of her own",
)


def duplicate_id(line: int) -> Fault:
    """What is wrong with a row whose screening id stands on an earlier line."""
    return Fault(
        SCREENING_ID,
        "duplicate_id",
        f"the same screening id stands on line {line}",
        "keep one row per patient, or give a new screening attempt an id of its own",
    )


def _cell(cells: list[str], index: int | None) -> str | None:
    return (cells[index].strip() or None) if index is not None else None


@contextmanager
def open_patients(
    path: Path,
    *,
    mapping: Mapping | None = None,
    encoding: str | None = None,
    seen: SeenIds | None = None,
) -> Iterator[PatientTable]:
    """A table of patients from a file, with the tables that its mapping joins from beside it.

    `seen` are the ids of rows that an earlier run has read.
    """
    with ExitStack() as files:
        stream = files.enter_context(_opened(path))
        joined = tuple(_joined(join, path.parent) for join in (mapping.joins if mapping else ()))
        yield PatientTable(
            stream, path.name, mapping=mapping, joined=joined, encoding=encoding, seen=seen
        )


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        fault = Fault("", "cannot_open", "the table cannot be opened", error.strerror)
        raise TableError([fault], source=path.name) from None


def _joined(join: Join, folder: Path) -> JoinedTable:
    found = next((folder / name for name in join.table if (folder / name).is_file()), None)
    if found is None:
        fault = Fault(
            "joins.table",
            "joined_table_missing",
            "there is no such table beside the table of patients",
            "expected one of: " + ", ".join(join.table),
        )
        raise MappingError([fault])
    with _opened(found) as stream:
        table = Table(stream, name=found.name, layout=join.layout())
        return JoinedTable(join, found.name, table.header, list(_sound_rows(table)))


def _sound_rows(table: Table) -> Iterator[tuple[int, list[str]]]:
    """A lost row could be a lost treatment, so that one broken row stops a joined table."""
    for row in table.rows():
        if isinstance(row, BrokenRow):
            message, hint = BROKEN[row.code]
            raise TableError([Fault("", row.code, message, hint)], source=table.name, line=row.line)
        yield row.line, row.cells
