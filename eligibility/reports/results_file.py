"""Results read back from CSV or Parquet: rows that differ only in who the patient is are read once."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl

from eligibility.interned_texts import InternedTexts
from eligibility.interning import Numbers
from eligibility.protocol.verdict import Decision, Verdict
from eligibility.reports.results import ResultRow, line_of

_BYTES, _ROWS = 1 << 21, 1 << 16
_MOST_KEPT = 1 << 17
"""Endings kept; a file of all different rows must not fill the memory."""
_VERDICTS = {verdict.value: verdict for verdict in Verdict}
_NO_SIGN = b"\x1f"
_LINE = pl.Schema({"line": pl.String})
_Row = tuple[str, str]
"""The id, and the rest of the line as it is written."""


@dataclass(frozen=True, slots=True)
class ResultsBlock:
    """Some rows of the results: who, and what was found."""

    ids: pl.Series
    numbers: Numbers
    """For each row the number of what was found."""
    found: Sequence[ResultRow]
    """By number, a row without an id; it grows from block to block, or begins anew as another list."""

    def kinds(self) -> Iterator[tuple[ResultRow, int]]:
        """What was found in this block, and of how many patients."""
        for number, patients in enumerate(np.bincount(self.numbers).tolist()):
            if patients:
                yield self.found[number], patients

    def rows(self, numbers: Collection[int]) -> Iterator[ResultRow]:
        """The rows of which one of these was found."""
        places = pl.Series(self.numbers).is_in(list(numbers)).arg_true().to_list()
        for place in places:
            yield self.row(place)

    def row(self, place: int) -> ResultRow:
        """One row."""
        return replace(self.found[int(self.numbers[place])], screening_id=self.ids[place])


class ResultsFile:
    """The results of a run; questions and dates that were not asked for read as blank."""

    def __init__(self, path: Path, criteria: Sequence[str]) -> None:
        self._path = path
        self._criteria = criteria

    def blocks(self) -> Iterator[ResultsBlock]:
        """All rows, in their order."""
        if self._path.suffix == ".parquet":
            frame = pl.scan_parquet(self._path).select(pl.all().cast(pl.String).fill_null(""))
            names = frame.collect_schema().names()
            batches = frame.collect_batches(chunk_size=_ROWS, maintain_order=True)
            rows = ((row[0], line_of(row[1:])) for batch in batches for row in batch.iter_rows())
            yield from self._numbered(_columns_of(rows), names)
            return
        with self._path.open("rb") as stream:
            names = stream.readline().decode().rstrip("\n").split(",")
            yield from self._numbered(_columns(stream), names)

    def rows(self, only: Collection[str]) -> Iterator[ResultRow]:
        """The rows of some patients."""
        for block in self.blocks():
            for place in block.ids.is_in(list(only)).arg_true().to_list():
                yield block.row(place)

    def _numbered(
        self, columns: Iterator[tuple[pl.Series, pl.Series]], names: Sequence[str]
    ) -> Iterator[ResultsBlock]:
        endings, found = InternedTexts(), [_NOTHING]
        for ids, texts in columns:
            if len(found) > _MOST_KEPT:
                endings, found = InternedTexts(), [_NOTHING]
            numbered = endings.number(texts)
            found += [self._row(names, text) for text in numbered.fresh]
            yield ResultsBlock(ids, numbered.numbers, found)

    def _row(self, names: Sequence[str], ending: str) -> ResultRow:
        told = next(csv.reader([ending])) if '"' in ending else ending.split(",")
        cells = dict(zip(names[1:], told, strict=True))
        return ResultRow(
            "",
            Decision(cells["decision"]),
            tuple(cells["deciding_criteria"].split()),
            tuple([_VERDICTS[cells[criterion]] for criterion in self._criteria]),
            cells.get("next_question", ""),
            cells.get("possible_from", ""),
            cells.get("valid_until", ""),
            cells["as_of"],
            cells["planned_start"],
        )


_NOTHING = ResultRow("", Decision.UNDETERMINED, (), ())
"""What stands for the empty ending, which no line has."""


def _columns(stream: BinaryIO) -> Iterator[tuple[pl.Series, pl.Series]]:
    """Ids and endings; lines are split at their first comma as long as nothing is quoted."""
    while data := stream.read(_BYTES):
        data += stream.readline()
        if b'"' in data or _NO_SIGN in data:
            # From here on a cell may hold commas and line ends.
            stream.seek(-len(data), io.SEEK_CUR)
            text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
            yield from _columns_of((row[0], line_of(row[1:])) for row in csv.reader(text))
            text.detach()
            return
        # Quicker than reading lines as such: a table of one column, since no line holds its separator.
        lines = pl.read_csv(
            data, has_header=False, separator=_NO_SIGN.decode(), quote_char=None, schema=_LINE
        )
        ids, endings = lines["line"].str.splitn(",", 2).struct.unnest().get_columns()
        yield ids, endings


def _columns_of(rows: Iterator[_Row]) -> Iterator[tuple[pl.Series, pl.Series]]:
    for first in rows:
        part = [first, *islice(rows, _ROWS - 1)]
        ids, endings = zip(*part, strict=True)
        yield pl.Series(ids, dtype=pl.String), pl.Series(endings, dtype=pl.String)


def scanned(path: Path) -> pl.LazyFrame:
    """The cells of a `results.csv` as text; a blank cell is blank, not null."""
    return pl.scan_csv(path, infer_schema=False, empty_string_is_null=False)
