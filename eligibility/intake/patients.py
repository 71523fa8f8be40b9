"""Patient tables: each row becomes a record or a rejection that says why, in file order."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from eligibility.errors import Fault, RecordError
from eligibility.intake.columns import SCREENING_ID, ColumnPlan, is_ignored, printable_name
from eligibility.intake.faults import MappingError, RejectedRow, Rejection, TableError
from eligibility.intake.foreign import ForeignColumns, JoinedTable
from eligibility.intake.json_lines import JsonLines
from eligibility.intake.mapping import Join, Mapping
from eligibility.intake.patient_lines import PatientLines
from eligibility.intake.patient_rows import MISSING_ID, duplicate_id, sound_id
from eligibility.intake.patient_rows import PatientRow as PatientRow  # noqa: PLC0414 - users look for it here
from eligibility.intake.row_source import RowSource
from eligibility.intake.seen_ids import SeenIds
from eligibility.intake.sources import open_source
from eligibility.intake.tables import BROKEN, BrokenRow, CellFault, Layout, RawRow
from eligibility.patient.record import PatientRecord, read_record


class PatientTable:
    """A table of patients, to be iterated once; every row comes out, as patient or rejection."""

    def __init__(
        self,
        source: RowSource,
        *,
        mapping: Mapping | None = None,
        joined: tuple[JoinedTable, ...] = (),
    ) -> None:
        self.table = source
        self.rows = source.rows()
        """The rows that nobody has taken yet."""
        self._mapping = mapping
        header, name = source.header, source.name
        commas = range(len(header)) if source.decimal_comma else ()
        self.foreign = (
            ForeignColumns(mapping, header, joined, source=name, decimal_comma=source.decimal_comma)
            if mapping
            else None
        )
        if self.foreign:
            self.plan = self.foreign.plan
        else:
            self.plan = ColumnPlan.from_header(
                header, decimal_commas=commas, source=name, line=source.header_line
            )
        self._used = _used(header, mapping)
        _check_types(source, self._used)
        self._id_column = mapping.id if mapping else header[self.plan.screening_id]
        self._id_is_first = header.index(self._id_column) == 0
        self.seen = SeenIds()
        """The screening ids so far, each with the line it was first seen on; a resumed run puts in its own."""
        self.rows_read = 0

    @property
    def blank_lines(self) -> int:
        """How many blank lines were passed over so far."""
        return self.table.blank_lines

    @property
    def bytes_read(self) -> int:
        """About how much of the file has been read, for showing progress; 0 where nobody knows."""
        return self.table.bytes_read

    @property
    def has_as_of(self) -> bool:
        """Whether rows have a place for a day of judgement of their own."""
        if self._mapping is not None:
            return bool(self._mapping.as_of or any(join.as_of for join in self._mapping.joins))
        return self.plan.as_of is not None

    def unmatched_joined_rows(self) -> dict[str, int]:
        """Per joined table, how many rows are about no patient here; known after the last row."""
        return self.foreign.unmatched(self.seen.known) if self.foreign else {}

    def __iter__(self) -> Iterator[PatientRow | Rejection]:
        for row in self.rows:
            self.rows_read += 1
            yield self.read(row)

    def skip(self, rows: int) -> None:
        """Passes over rows that an earlier run has read; their ids must be known already."""
        for _ in islice(self.rows, rows):
            self.rows_read += 1

    def find(self, ids: Collection[str]) -> Iterator[tuple[str, PatientRow | Rejection]]:
        """Each of these ids with the first row that has it, all other rows passed over unread."""
        place = self.table.header.index(self._id_column)
        wanted = set(ids)
        for row in self.rows if wanted else ():
            if isinstance(row, RawRow) and (identity := row.cells[place].strip()) in wanted:
                wanted.remove(identity)
                yield identity, self._patient(row)
            if not wanted:
                break

    def read(self, row: RawRow | BrokenRow) -> PatientRow | Rejection:
        """One row as a patient, or as a rejection; rows are to be read in the order of the table."""
        return self.rejection(row) if isinstance(row, BrokenRow) else self._patient(row)

    def cells(self, row: RawRow) -> list[str]:
        """The cells of a row under the record's own columns."""
        return self.foreign.cells(row.cells) if self.foreign else row.cells

    def unreadable(self, row: RawRow) -> list[CellFault]:
        """The cells of a row that are no text, and in columns that are read; such a row is rejected."""
        return [fault for fault in row.faults if fault.place in self._used]

    def _patient(self, row: RawRow) -> PatientRow | Rejection:
        if row.faults and (unreadable := self.unreadable(row)):
            return self._unreadable(row, unreadable)
        cells = self.cells(row)
        try:
            document = self.plan.document(cells)
            record = read_record(document)
        except RecordError as error:
            return self._rejected(row, cells, error.faults)
        if record.screening_id is None:
            return self._rejected(row, cells, (MISSING_ID,))
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

    def _unreadable(self, row: RawRow, faults: list[CellFault]) -> Rejection:
        """A row with cells that are no text; their columns are known, and nothing else is read."""
        header = self.table.header
        place = header.index(self._id_column)
        identity = None if any(f.place == place for f in faults) else sound_id(row.cells[place])
        if identity and not self.seen.first_line(identity):
            self.seen.add(identity, row.line)
        rejected = (
            RejectedRow(row.line, identity, self._called(i), f.code, f.message, f.hint)
            for i, f in faults
        )
        return Rejection(row.line, tuple(rejected))

    def _called(self, place: int) -> str:
        """A column that a mapping names by that name; any other only if it looks like one."""
        name = self.table.header[place]
        return name if self._mapping else printable_name(name, place)

    def rejection(self, row: BrokenRow) -> Rejection:
        """What is wrong with a row that could not be split into its cells."""
        identity = self._identity(row)
        fault = row.fault or Fault("", row.code, *BROKEN[row.code])
        rejected = RejectedRow(
            row.line, identity, fault.path or None, fault.code, fault.message, fault.hint
        )
        return Rejection(row.line, (rejected,))

    def _identity(self, row: BrokenRow) -> str | None:
        """The id of a row whose cells may have moved: only a first cell is sure to be the id."""
        return sound_id(row.cells[0]) if row.cells and self._id_is_first else None


def _used(header: tuple[str, ...], mapping: Mapping | None) -> frozenset[int]:
    """The places of the columns that are read at all."""
    if mapping is None:
        return frozenset(i for i, name in enumerate(header) if not is_ignored(name))
    named = {mapping.id, mapping.planned_start, *mapping.columns, *mapping.as_of}
    return frozenset(i for i, name in enumerate(header) if name in named)


def _check_types(source: RowSource, used: frozenset[int]) -> None:
    """A column that no cell can be read of is one error, not one for each row."""
    found = ((i, source.column_fault(i)) for i in sorted(used))
    faults = [
        Fault(printable_name(source.header[i], i), f.code, f.message, f.hint)
        for i, f in found
        if f is not None
    ]
    if faults:
        raise TableError(faults, source=source.name)


def _cell(cells: list[str], index: int | None) -> str | None:
    return (cells[index].strip() or None) if index is not None else None


Patients = PatientTable | PatientLines
"""A file of patients, to be iterated once; every row comes out, as patient or rejection."""


@contextmanager
def open_patients(
    path: Path,
    *,
    mapping: Mapping | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
) -> Iterator[Patients]:
    """The patients of a file of any kind, with the tables that its mapping joins from beside it."""
    layout = mapping.layout(encoding) if mapping else Layout(encoding=encoding)
    with open_source(path, layout=layout, sheet=sheet, as_table=mapping is not None) as source:
        if isinstance(source, JsonLines):
            yield PatientLines(source)
            return
        joined = tuple(_joined(join, path.parent) for join in (mapping.joins if mapping else ()))
        yield PatientTable(source, mapping=mapping, joined=joined)


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
    with open_source(found, layout=join.layout()) as table:
        assert not isinstance(table, JsonLines)  # asked for as a table
        used = frozenset(
            i for i, n in enumerate(table.header) if n in {join.key, *join.columns, *join.as_of}
        )
        _check_types(table, used)
        rows = list(_sound_rows(table, used))
        return JoinedTable(join, found.name, table.header, rows, table.decimal_comma)


def _sound_rows(table: RowSource, used: frozenset[int]) -> Iterator[tuple[int, list[str]]]:
    """A lost row could be a lost treatment, so that one broken row stops a joined table."""
    for row in table.rows():
        fault = _fault_of(row, table.header, used)
        if fault is not None:
            raise TableError([fault], source=table.name, line=row.line)
        assert isinstance(row, RawRow)  # a broken one has a fault
        yield row.line, row.cells


def _fault_of(
    row: RawRow | BrokenRow, header: tuple[str, ...], used: frozenset[int]
) -> Fault | None:
    if isinstance(row, BrokenRow):
        return row.fault or Fault("", row.code, *BROKEN[row.code])
    for index, fault in row.faults:
        if index in used:
            return Fault(
                printable_name(header[index], index), fault.code, fault.message, fault.hint
            )
    return None
