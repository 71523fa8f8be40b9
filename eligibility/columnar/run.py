"""A table screened in blocks: rows that are plain by columns, all others by the path of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl

from eligibility.columnar.coded import CodedRows, CodedTable
from eligibility.columnar.endings import Endings
from eligibility.columnar.identity import usable_ids
from eligibility.columnar.outcome import DEFAULT_ROWS, Screened, Verdicts
from eligibility.errors import EngineFault
from eligibility.intake.blocks import Block, BlockReader
from eligibility.intake.faults import Rejection
from eligibility.intake.patients import PatientRow, PatientTable
from eligibility.interning import Numbers
from eligibility.patient.record import read_record
from eligibility.reports.results import ResultRow, line_of
from eligibility.screening.columns import ColumnScreen
from eligibility.screening.compile import CompiledTrial

_LINE_END = "\n"
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
        self._table = CodedTable(patients.plan, as_of, planned_start)
        self._screen = ColumnScreen(compiled, self._table.fields)
        self._by_row = by_row
        self._endings = Endings(compiled.trial, verdicts_only=verdicts_only)

    def screened(self, path: Path, *, rows: int = DEFAULT_ROWS) -> Iterator[Screened]:
        """The outcome of every block, in the order of the table."""
        reader = BlockReader(self._patients, path, rows=rows)
        for block in reader.blocks():
            yield self._block(block, reader.bytes_read)

    def _block(self, block: Block, bytes_read: int) -> Screened:
        before = self._patients.rows_read
        coded, places = self._coded(block)
        numbers, patterns = self._screen.verdicts(coded)
        endings = self._endings.known(patterns)
        written = _Written(block.columns[self._table.plan.screening_id])
        is_told = np.array([each is not None for each in endings], dtype=np.bool_)
        by_row = ~is_told[numbers]
        told = ~by_row
        judged_at = pl.Series(self._table.anchor_days.written, dtype=pl.String)
        written.add(
            places[told],
            pl.Series(endings, dtype=pl.String).gather(numbers[told]),
            judged_at.gather(coded.pairs[told]),
        )
        for place, number in zip(places[by_row].tolist(), numbers[by_row].tolist(), strict=True):
            self._tell(block, place, patterns[number], written)
        self._read_whole(block, places, written)
        return Screened(
            written.lines(),
            written.count,
            sorted(written.rejections, key=lambda each: each.line),
            self._patients.rows_read - before,
            bytes_read,
        )

    def _coded(self, block: Block) -> tuple[CodedRows, Numbers]:
        """The rows to judge by columns and their places; their ids are taken."""
        coded, places = self._table.coded(block.columns)
        ids = block.columns[self._table.plan.screening_id]
        usable = usable_ids(ids, places, self._patients.seen)
        places = places[usable]
        taken = ids.gather(places).to_list()
        if self._patients.seen.take(taken, block.lines[places]).any():
            raise EngineFault("an id was taken for a new one and is not", hint=_BY_ROWS)
        return coded.only(usable), places

    def _tell(self, block: Block, place: int, verdicts: Verdicts, written: _Written) -> None:
        """A row judged by columns whose questions and dates only the row path tells; both must agree."""
        cells = [column[place] for column in block.columns]
        plan = self._patients.plan
        record = read_record(plan.document(cells))
        assert record.screening_id is not None  # only rows with an id are judged by columns
        row = self._patients.patient(int(block.lines[place]), record, cells)
        outcome = self._by_row(row)
        if isinstance(outcome, Rejection) or outcome.verdicts != verdicts:
            raise EngineFault(
                "columns and rows disagree on a verdict",
                hint=_BY_ROWS,
            )
        written.put(place, outcome)

    def _read_whole(self, block: Block, places: Numbers, written: _Written) -> None:
        """Rows that are no plain ones: the reader of rows says what they are."""
        whole = np.ones(len(block.lines), dtype=np.bool_)
        whole[places] = False
        patients = self._patients
        patients.rows_read += len(places) + len(block.broken)
        written.rejections += [patients.rejection(row) for row in block.broken]
        for place in np.flatnonzero(whole).tolist():
            raw = block.row(place)
            if not any(cell.strip() for cell in raw.cells):
                patients.table.blank_lines += 1
                continue
            patients.rows_read += 1
            read = patients.read(raw)
            outcome = self._by_row(read) if isinstance(read, PatientRow) else read
            if isinstance(outcome, Rejection):
                written.rejections.append(outcome)
            else:
                written.put(place, outcome)


class _Written:
    """The lines of a block's results, put together in the order of its rows."""

    def __init__(self, ids: pl.Series) -> None:
        self._ids = ids
        self._frames: list[pl.DataFrame] = []
        self._single: list[tuple[int, str]] = []
        self.rejections: list[Rejection] = []
        self.count = 0

    def add(self, places: Numbers, *endings: pl.Series) -> None:
        """Lines that are an id and endings."""
        self.count += len(places)
        lines = pl.select(
            pl.concat_str(self._ids.gather(places), *endings, separator=",")
        ).to_series()
        self._frames.append(pl.DataFrame({"place": places, "line": lines}))

    def put(self, place: int, row: ResultRow) -> None:
        """The line of one row."""
        self.count += 1
        self._single.append((place, line_of(row.cells)))

    def lines(self) -> str:
        """All lines."""
        if self._single:
            single = pl.DataFrame(
                self._single, schema={"place": pl.Int64, "line": pl.String}, orient="row"
            )
            self._frames.append(single)
        frame = pl.concat(self._frames)
        if self._single:
            frame = frame.sort("place")
        return f"{frame['line'].str.join(_LINE_END).item()}{_LINE_END}" if self.count else ""
