"""Results read back from CSV or Parquet, by blocks of columns, so that rows alike are looked at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import polars as pl

from eligibility.protocol.verdict import Decision, Verdict
from eligibility.reports.results import ResultRow

_ROWS = 1 << 16
_ID, _DECISION, _DECIDING = "screening_id", "decision", "deciding_criteria"
_QUESTION, _FROM, _UNTIL = "next_question", "possible_from", "valid_until"
_AS_OF, _START = "as_of", "planned_start"


class ResultsBlock:
    """Some rows of the results."""

    def __init__(self, frame: pl.DataFrame, criteria: Sequence[str]) -> None:
        self._frame = frame
        self._criteria = criteria

    def groups(self) -> Iterator[tuple[ResultRow, int]]:
        """A row for each decision, verdicts and next question that occur, and how many rows have them."""
        alike = [_DECISION, _DECIDING, *self._criteria, _QUESTION]
        groups = self._frame.group_by(alike, maintain_order=True).agg(pl.len().alias("patients"))
        blank = {_ID: "", _FROM: "", _UNTIL: "", _AS_OF: "", _START: ""}
        for cells in groups.iter_rows(named=True):
            yield self._row({**cells, **blank}), cells["patients"]

    def of_interest(self) -> Iterator[ResultRow]:
        """Rows that may stand on a list: exactly one criterion fails, or a first possible start is known."""
        failed = pl.sum_horizontal(pl.col(self._criteria) == Verdict.FAIL.value)
        return self._rows(self._frame.filter((failed == 1) | (pl.col(_FROM) != "")))

    def rows(self, only: Collection[str]) -> Iterator[ResultRow]:
        """The rows of some patients."""
        return self._rows(self._frame.filter(pl.col(_ID).is_in(list(only))))

    def _rows(self, frame: pl.DataFrame) -> Iterator[ResultRow]:
        return map(self._row, frame.iter_rows(named=True))

    def _row(self, cells: dict[str, str]) -> ResultRow:
        return ResultRow(
            cells[_ID],
            Decision(cells[_DECISION]),
            tuple(cells[_DECIDING].split()),
            tuple(Verdict(cells[criterion]) for criterion in self._criteria),
            cells[_QUESTION],
            cells[_FROM],
            cells[_UNTIL],
            cells[_AS_OF],
            cells[_START],
        )


class ResultsFile:
    """The results of a run; questions and dates that were not asked for read as blank."""

    def __init__(self, path: Path, criteria: Sequence[str]) -> None:
        self._path = path
        self._criteria = criteria

    def blocks(self) -> Iterator[ResultsBlock]:
        """All rows, in their order."""
        read = scanned(self._path)
        missing = {_QUESTION, _FROM, _UNTIL}.difference(read.collect_schema().names())
        whole = read.with_columns(pl.lit("").alias(name) for name in sorted(missing))
        for frame in whole.collect_batches(chunk_size=_ROWS, maintain_order=True):
            yield ResultsBlock(frame, self._criteria)

    def rows(self, only: Collection[str]) -> Iterator[ResultRow]:
        """The rows of some patients."""
        for block in self.blocks():
            yield from block.rows(only)


def scanned(path: Path) -> pl.LazyFrame:
    """The cells of a `results.csv` or `results.parquet` as text; a blank cell is blank, not null."""
    if path.suffix == ".parquet":
        return pl.scan_parquet(path).select(pl.all().cast(pl.String).fill_null(""))
    return pl.scan_csv(path, infer_schema=False, empty_string_is_null=False)
