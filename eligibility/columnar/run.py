"""A table screened in blocks: rows that are plain by columns, all others by the path of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl

from eligibility.brief import brief_of
from eligibility.columnar.ahead import ahead
from eligibility.columnar.coded import CodedRows, CodedTable
from eligibility.columnar.endings import Endings
from eligibility.columnar.identity import take_ids
from eligibility.columnar.numbered import NumberedBlock, numbered
from eligibility.columnar.outcome import DEFAULT_ROWS, Position, Screened
from eligibility.columnar.written import Written
from eligibility.intake.blocks import Block, BlockReader, Place
from eligibility.intake.faults import Rejection
from eligibility.intake.patients import PatientRow, PatientTable
from eligibility.interning import Numbers
from eligibility.reports.results import ResultRow, line_of
from eligibility.screening.columns import ColumnScreen, Judged
from eligibility.screening.compile import CompiledTrial

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
        blank = self._patients.blank_lines if after is None else after.blank_lines
        blocks = BlockReader(self._patients, path, rows=rows).blocks(place)
        for each in ahead(numbered(blocks, self._table.columns)):
            before = self._patients.rows_read
            written = self._block(each)
            blank += each.block.blank_lines + written.blank_lines
            end = each.block.end
            position = Position(end.lines, self._patients.rows_read, blank, end.offset)
            yield Screened(
                written.lines(),
                written.count,
                written.rejections,
                self._patients.rows_read - before,
                end.offset or self._patients.bytes_read,
                position,
            )
        # The thread that reads ahead has counted some of them too.
        self._patients.table.blank_lines = blank

    def _block(self, given: NumberedBlock) -> Written:
        block = given.block
        coded, places = self._coded(given)
        judged = self._screen.judged(coded)
        written = Written(block.columns[self._table.plan.screening_id])
        judged_at = self._table.anchor_days.written(coded.pairs)
        written.add(places, self._told(coded, judged), judged_at)
        self._read_whole(block, places, written)
        return written

    def _told(self, coded: CodedRows, judged: Judged) -> pl.Series:
        """What stands between id and dates in the line of each row."""
        endings = self._endings.known(judged.patterns)
        told = pl.Series(endings, dtype=pl.String).gather(judged.numbers)
        own = np.flatnonzero(told.is_null().to_numpy())
        if own.size:
            lines = [self._tell(coded, row, judged) for row in own.tolist()]
            told = told.scatter(own, lines)
        return told

    def _coded(self, given: NumberedBlock) -> tuple[CodedRows, Numbers]:
        """The rows to judge by columns and their places; their ids are taken."""
        block = given.block
        if given.generation != self._generation:
            self._generation = given.generation
            self._table = CodedTable(self._patients.plan, *self._dates)
            self._screen.forget()
        coded, places = self._table.coded(given.texts, len(block.lines))
        if block.faults:
            readable = ~np.isin(places, list(block.faults))
            coded, places = coded.only(readable), places[readable]
        ids = block.columns[self._table.plan.screening_id]
        usable = take_ids(ids, places, block.lines, self._patients.seen)
        return coded.only(usable), places[usable]

    def _tell(self, coded: CodedRows, row: int, judged: Judged) -> str:
        """The end of a line whose questions and dates are this patient's own."""
        record = coded.record(row, coded.table.all_columns)
        screening = self._screen.screening(record, coded.anchors(row), judged, row)
        told = brief_of(screening)
        return line_of(
            (
                screening.decision,
                " ".join(screening.deciding),
                *judged.patterns[int(judged.numbers[row])],
                *told,
            )
        )

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
