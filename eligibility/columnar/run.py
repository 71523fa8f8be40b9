"""A table screened in blocks: rows that are plain by columns, all others by the path of rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl

from eligibility.columnar.ahead import ahead
from eligibility.columnar.coded import CodedRows, CodedTable
from eligibility.columnar.endings import Endings
from eligibility.columnar.identity import take_ids
from eligibility.columnar.numbered import NumberedBlock, numbered
from eligibility.columnar.outcome import DEFAULT_ROWS, Position, Screened, Verdicts
from eligibility.columnar.written import Written
from eligibility.errors import EngineFault
from eligibility.intake.blocks import Block, BlockReader, Place
from eligibility.intake.faults import Rejection
from eligibility.intake.patients import PatientRow, PatientTable
from eligibility.interning import Numbers
from eligibility.patient.record import read_record
from eligibility.reports.results import ResultRow
from eligibility.screening.columns import ColumnScreen
from eligibility.screening.compile import CompiledTrial

_BY_ROWS = "screen this table with --engine rows, and please report it"

RowPath = Callable[[PatientRow], ResultRow | Rejection]


class ColumnarRun:
    """Screens the blocks of one table."""

    def __init__(
        self,
        patients: PatientTable,
        compiled: CompiledTrial,
        *,
        as_of: str | None,
        planned_start: str | None,
        by_row: RowPath,
        verdicts_only: bool = False,
    ) -> None:
        self._patients = patients
        self._dates = (as_of, planned_start)
        self._table = CodedTable(patients.plan, *self._dates)
        self._generation = 0
        self._screen = ColumnScreen(compiled, self._table.fields)
        self._by_row = by_row
        self._endings = Endings(compiled.trial, verdicts_only=verdicts_only)

    def screened(
        self, path: Path, *, rows: int = DEFAULT_ROWS, after: Position | None = None
    ) -> Iterator[Screened]:
        """The outcome of every block, in the order of the table; or of those after a position.

        To go on after a position, the ids of the rows before it must be known to the table already.
        """
        place = None
        if after is not None:
            place = Place(after.lines, after.offset)
            self._patients.rows_read, self._patients.table.blank_lines = after.rows, 0
        blank = after.blank_lines if after is not None else 0
        blocks = BlockReader(self._patients, path, rows=rows).blocks(place)
        for each in ahead(numbered(blocks, self._table.columns)):
            written, counts = self._block(each)
            blank += each.block.blank_lines + written.blank_lines
            end = each.block.end
            position = Position(end.lines, self._patients.rows_read, blank, end.offset)
            yield Screened(written.lines(), written.count, written.rejections, counts, position)
        # The thread that reads ahead has counted some of them too.
        self._patients.table.blank_lines = blank

    def _block(self, given: NumberedBlock) -> tuple[Written, Counter[Verdicts]]:
        block = given.block
        coded, places = self._coded(given)
        numbers, patterns = self._screen.verdicts(coded)
        endings = self._endings.known(patterns)
        written = Written(block.columns[self._table.plan.screening_id])
        is_told = np.array([each is not None for each in endings], dtype=np.bool_)
        told = is_told[numbers]
        judged_at = pl.Series(self._table.anchor_days.written, dtype=pl.String)
        written.add(
            places[told],
            pl.Series(endings, dtype=pl.String).gather(numbers[told]),
            judged_at.gather(coded.pairs[told]),
        )
        by_row = np.flatnonzero(~told)
        for place, number in zip(places[by_row].tolist(), numbers[by_row].tolist(), strict=True):
            self._tell(block, place, patterns[number], written)
        self._read_whole(block, places, written)
        times = np.bincount(numbers[told], minlength=len(patterns))
        counted = np.flatnonzero(times)
        pairs = zip(counted.tolist(), times[counted].tolist(), strict=True)
        return written, Counter({patterns[number]: count for number, count in pairs})

    def _coded(self, given: NumberedBlock) -> tuple[CodedRows, Numbers]:
        """The rows to judge by columns and their places; their ids are taken."""
        block = given.block
        if given.generation != self._generation:
            self._generation = given.generation
            self._table = CodedTable(self._patients.plan, *self._dates)
            self._screen.forget()
        coded, places = self._table.coded(given.texts, len(block.lines))
        ids = block.columns[self._table.plan.screening_id]
        usable = take_ids(ids, places, block.lines, self._patients.seen)
        return coded.only(usable), places[usable]

    def _tell(self, block: Block, place: int, verdicts: Verdicts, written: Written) -> None:
        """A row judged by columns whose questions and dates only the row path tells; both must agree."""
        cells = [column[place] for column in block.columns]
        plan = self._patients.plan
        record = read_record(plan.document(cells))
        assert record.screening_id is not None  # only rows with an id are judged by columns
        row = self._patients.patient(int(block.lines[place]), record, cells)
        outcome = self._by_row(row)
        if isinstance(outcome, Rejection) or outcome.verdicts != verdicts:
            raise EngineFault("columns and rows disagree on a verdict", hint=_BY_ROWS)
        written.put(place, outcome)

    def _read_whole(self, block: Block, places: Numbers, written: Written) -> None:
        """Rows that are no plain ones: the reader of rows says what they are."""
        whole = np.ones(len(block.lines), dtype=np.bool_)
        whole[places] = False
        patients = self._patients
        patients.rows_read += len(places) + len(block.broken)
        for broken in block.broken:
            written.reject(patients.rejection(broken))
        for place in np.flatnonzero(whole).tolist():
            raw = block.row(place)
            if not any(cell.strip() for cell in raw.cells):
                written.blank_lines += 1
                continue
            patients.rows_read += 1
            read = patients.read(raw)
            outcome = self._by_row(read) if isinstance(read, PatientRow) else read
            if isinstance(outcome, Rejection):
                written.reject(outcome)
            else:
                written.put(place, outcome)
