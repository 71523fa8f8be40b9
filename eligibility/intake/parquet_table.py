"""Parquet tables: typed columns become the texts that the record's one parser reads."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from eligibility.errors import Fault
from eligibility.intake.faults import TableError, damaged
from eligibility.intake.scalars import TIME_OF_DAY, UnreadableCell, cell_text
from eligibility.intake.tables import CellFault, RawRow, header_faults

BLOCK_ROWS = 8192
_MOST_CELLS = 1 << 20
"""Cells of a block: a wide table is read in shorter blocks, so that memory stays the same."""
_READABLE = (
    pl.String,
    pl.Boolean,
    pl.Date,
    pl.Datetime,
    pl.Decimal,
    pl.Categorical,
    pl.Enum,
    pl.Null,
)


class TextBlock(NamedTuple):
    """Rows as columns of text: what a reader of columns takes in place of rows."""

    first_line: int
    columns: list[pl.Series]
    faults: dict[int, list[CellFault]]
    """By place in the block, the cells that could not become text."""


@dataclass(slots=True)
class ParquetTable:
    """One Parquet file; a line is the number of the row, counted from 1."""

    path: Path
    name: str
    skip_rows: int = 0
    header_line: int | None = None
    blank_lines: int = 0
    header: tuple[str, ...] = ()
    row_count: int = 0
    _types: tuple[pl.DataType, ...] = ()
    _size: int = 0
    _rows_given: int = 0
    _rows_taken: int = 0

    def __post_init__(self) -> None:
        try:
            schema = self._frame().collect_schema()
            self.row_count = self._frame().select(pl.len()).collect().item()
        except (pl.exceptions.PolarsError, OSError, pl.exceptions.PanicException):
            raise damaged(self.name) from None
        self.header = tuple(name.strip() for name in schema.names())
        self._types = tuple(schema.dtypes())
        self._size = self.path.stat().st_size
        if faults := header_faults(list(self.header)):
            raise TableError(faults, source=self.name)
        if not self.header:
            raise TableError([_NO_COLUMNS], source=self.name)

    @property
    def is_plain_utf_8(self) -> bool:
        """No: the rows of this kind are not lines of text."""
        return False

    @property
    def bytes_read(self) -> int:
        """About how much of the file has been read: as large a share as of its rows."""
        return self._size * self._rows_given // max(self.row_count, 1)

    @property
    def decimal_comma(self) -> bool:
        """Numbers have a type of their own here."""
        return False

    def column_fault(self, index: int) -> Fault | None:
        """Types of which no cell can be read: structs, binary, times and spans of time."""
        kind = self._types[index]
        inner = kind.inner if isinstance(kind, pl.List) else kind
        if isinstance(inner, _READABLE) or inner.is_numeric():
            return None
        return Fault("", "column_type", _COLUMN_TYPE, _COLUMN_HINT)

    def rows(self) -> Iterator[RawRow]:
        """Every row in order; one without any value is counted and passed over."""
        for block in self.blocks():
            cells = [column.to_list() for column in block.columns]
            for place, row in enumerate(zip(*cells, strict=True)):
                faults = tuple(block.faults.get(place, ()))
                self._rows_taken = block.first_line + place
                if not faults and not any(text.strip() for text in row):
                    self.blank_lines += 1
                    continue
                yield RawRow(block.first_line + place, list(row), faults)

    def blocks(self, rows: int = BLOCK_ROWS) -> Iterator[TextBlock]:
        """The table in blocks of so many rows, read when they are asked for, behind the rows taken singly."""
        size = max(1, min(rows, _MOST_CELLS // len(self.header)))
        for start in range(max(self.skip_rows, self._rows_taken), self.row_count, size):
            try:
                frame = self._frame().slice(start, size).collect()
            except (pl.exceptions.PolarsError, OSError, pl.exceptions.PanicException):
                raise damaged(self.name) from None
            if frame.height != min(size, self.row_count - start):
                raise damaged(self.name)
            self._rows_given = start + frame.height
            yield self._block(frame, start + 1)

    def _frame(self) -> pl.LazyFrame:
        return pl.scan_parquet(self.path, glob=False, hive_partitioning=False)

    def _block(self, frame: pl.DataFrame, first_line: int) -> TextBlock:
        faults: dict[int, list[CellFault]] = {}
        columns = []
        for index, column in enumerate(frame.get_columns()):
            if self.column_fault(index):
                columns.append(pl.repeat("", frame.height, dtype=pl.String, eager=True))
                continue
            try:
                texts, wrong = _texts(column)
            except (OverflowError, ValueError):  # a list of days that no calendar has
                raise damaged(self.name) from None
            columns.append(texts)
            for place, fault in wrong:
                faults.setdefault(place, []).append(CellFault(index, fault))
        return TextBlock(first_line, columns, faults)


_COLUMN_TYPE = "the column is of a type that no cell of a table can have"
_COLUMN_HINT = "give text, numbers, dates, yes and no, or lists of these; unfold nested columns"
_NO_COLUMNS = Fault("", "no_header", "the file has no columns", "export it again with its columns")


def _texts(column: pl.Series) -> tuple[pl.Series, list[tuple[int, Fault]]]:
    """A column as texts, and the places that have none with the reason."""
    kind = column.dtype
    if kind == pl.String and (column.str.len_chars().max() or 0) <= _SURELY_SHORT:  # type: ignore[operator]
        return column.fill_null(""), []
    if kind == pl.Date or kind.is_integer():
        return column.cast(pl.String).fill_null(""), []
    if kind == pl.Datetime:
        wrong = (column.dt.time() != time()).fill_null(value=False)
        texts = column.dt.date().cast(pl.String).fill_null("")
        return texts.set(wrong, ""), [(place, TIME_OF_DAY) for place in wrong.arg_true().to_list()]
    return _texts_of_values(column)


def _texts_of_values(column: pl.Series) -> tuple[pl.Series, list[tuple[int, Fault]]]:
    """The texts of a column by its values, each of which is told once."""
    values = _values(column)
    known: dict[object, str | Fault] = {}
    texts: list[str] = []
    wrong: list[tuple[int, Fault]] = []
    for place, value in enumerate(values):
        key = tuple(value) if isinstance(value, list) else value
        if key not in known:
            known[key] = _text_or_fault(value)
        text = known[key]
        if isinstance(text, Fault):
            wrong.append((place, text))
            text = ""
        texts.append(text)
    return pl.Series(column.name, texts, dtype=pl.String), wrong


_SURELY_SHORT = 4096


_SHORT_FLOATS: dict[Any, type[np.floating[Any]]] = {pl.Float16: np.float16, pl.Float32: np.float32}


def _values(column: pl.Series) -> Sequence[object]:
    """Python values; numbers of lower precision keep theirs, for 0.1 is not 0.10000000149."""
    values: list[Any] = column.to_list()
    if short := _SHORT_FLOATS.get(column.dtype.base_type()):
        return [_shortest(value, short) for value in values]
    if isinstance(column.dtype, pl.List) and (
        short := _SHORT_FLOATS.get(column.dtype.inner.base_type())
    ):
        return [v and [_shortest(each, short) for each in v] for v in values]
    return values


def _shortest(value: float | None, kind: type[np.floating[Any]]) -> Decimal | float | None:
    if value is None or not math.isfinite(value):
        return value
    return Decimal(np.format_float_positional(kind(value), unique=True))


def _text_or_fault(value: object) -> str | Fault:
    try:
        return cell_text(value)
    except UnreadableCell as unreadable:
        return unreadable.fault
