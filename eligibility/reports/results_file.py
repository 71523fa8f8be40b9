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


_VERDICTS = {verdict.value: verdict for verdict in Verdict}


class ResultsBlock:
    """Some rows of the results."""

    def __init__(self, frame: pl.DataFrame, criteria: Sequence[str]) -> None:
        self._frame = frame
        self._criteria = criteria

    def near_misses(self) -> Iterator[tuple[tuple[int, ...], str, int]]:
        """Lines of patients who fail exactly one criterion, with what they are sorted by, and how many."""
        fails = [pl.col(name) == Verdict.FAIL.value for name in self._criteria]
        opens = [pl.col(name) == Verdict.UNKNOWN.value for name in self._criteria]
        named = [
            pl.when(is_open).then(pl.lit(name))
            for is_open, name in zip(opens, self._criteria, strict=True)
        ]
        frame = self._frame.filter(pl.sum_horizontal(fails) == 1).select(
            pl.sum_horizontal(opens).alias("open"),
            pl.sum_horizontal(
                fail.cast(pl.Int32) * place for place, fail in enumerate(fails)
            ).alias("place"),
            _ID,
            pl.concat_str(named, separator=" ", ignore_nulls=True).alias("open_criteria"),
            _FROM,
            _QUESTION,
        )
        for (still_open, place), part in frame.group_by(["open", "place"], maintain_order=True):
            failed = pl.lit(self._criteria[place]).alias("failed")
            cells = part.select(_ID, failed, "open_criteria", _FROM, _QUESTION)
            # A blank text would be written in quotes.
            lines = cells.select(pl.all().replace("", None)).write_csv(include_header=False)
            yield (int(still_open), int(place)), lines, part.height

    def with_a_start(self) -> Iterator[ResultRow]:
        """Rows with a first possible start."""
        return _rows(self._frame.filter(pl.col(_FROM) != ""), self._criteria)

    def rows(self, only: Collection[str]) -> Iterator[ResultRow]:
        """The rows of some patients."""
        return _rows(self._frame.filter(pl.col(_ID).is_in(list(only))), self._criteria)


class ResultsFile:
    """The results of a run; questions and dates that were not asked for read as blank."""

    def __init__(self, path: Path, criteria: Sequence[str]) -> None:
        self._path = path
        self._criteria = criteria

    def groups(self) -> Iterator[tuple[ResultRow, int]]:
        """A row for each decision, verdicts and next question that occur, and how many rows have them."""
        alike = [_DECISION, _DECIDING, *self._criteria, _QUESTION]
        counted = self._whole().with_row_index("row").group_by(alike)
        groups = counted.agg(pl.len().alias("patients"), pl.col("row").min()).sort("row")
        blank = {_ID: "", _FROM: "", _UNTIL: "", _AS_OF: "", _START: ""}
        for cells in groups.collect(engine="streaming").iter_rows(named=True):
            yield _row({**cells, **blank}, self._criteria), cells["patients"]

    def blocks(self) -> Iterator[ResultsBlock]:
        """All rows, in their order."""
        for frame in self._whole().collect_batches(chunk_size=_ROWS, maintain_order=True):
            yield ResultsBlock(frame, self._criteria)

    def rows(self, only: Collection[str]) -> Iterator[ResultRow]:
        """The rows of some patients."""
        for block in self.blocks():
            yield from block.rows(only)

    def _whole(self) -> pl.LazyFrame:
        read = scanned(self._path)
        missing = {_QUESTION, _FROM, _UNTIL}.difference(read.collect_schema().names())
        return read.with_columns(pl.lit("").alias(name) for name in sorted(missing))


def _rows(frame: pl.DataFrame, criteria: Sequence[str]) -> Iterator[ResultRow]:
    return (_row(cells, criteria) for cells in frame.iter_rows(named=True))


def _row(cells: dict[str, str], criteria: Sequence[str]) -> ResultRow:
    return ResultRow(
        cells[_ID],
        Decision(cells[_DECISION]),
        tuple(cells[_DECIDING].split()),
        tuple(_VERDICTS[cells[criterion]] for criterion in criteria),
        cells[_QUESTION],
        cells[_FROM],
        cells[_UNTIL],
        cells[_AS_OF],
        cells[_START],
    )


def scanned(path: Path) -> pl.LazyFrame:
    """The cells of a `results.csv` or `results.parquet` as text; a blank cell is blank, not null."""
    if path.suffix == ".parquet":
        return pl.scan_parquet(path).select(pl.all().cast(pl.String).fill_null(""))
    return pl.scan_csv(path, infer_schema=False, empty_string_is_null=False)
