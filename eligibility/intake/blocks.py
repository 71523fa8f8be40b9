"""A table in blocks of columns: plain lines are split at once, all others by the reader of rows."""

from __future__ import annotations

import io
from codecs import BOM_UTF8
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import polars as pl

from eligibility.errors import EngineFault
from eligibility.intake.parquet_table import ParquetTable
from eligibility.intake.patients import PatientTable
from eligibility.intake.tables import BrokenRow, CellFault, RawRow, Table
from eligibility.intake.text_lines import MAX_RECORD_CHARACTERS
from eligibility.interning import Numbers

_BYTES_PER_ROW = 400  # of a table of sixty columns; only the size of a block depends on it
_LEAST_BYTES, _MOST_BYTES = 1 << 16, 1 << 26
_NEWLINE, _RETURN, _QUOTE = b"\n", b"\r", b'"'
_NO_TEXT = "\ufffd".encode()


class Place(NamedTuple):
    """Where a table stands between two rows."""

    lines: int
    """Lines read so far."""
    offset: int | None = None
    """Bytes read so far, where that is known; only from such a place on can reading begin."""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of a table column by column, and rows that could not be split into columns."""

    lines: Numbers
    columns: Sequence[pl.Series]
    """The record's own columns, in the order of the header (translated, where there is a mapping)."""
    raw: Sequence[RawRow] | None = None
    """The rows as they stood in the file, where they are not simply the columns."""
    broken: Sequence[BrokenRow] = field(default=())
    faults: Mapping[int, tuple[CellFault, ...]] = field(default_factory=dict)
    """By place, the cells that are no text: such rows must be read whole."""
    blank_lines: int = 0
    """Blank lines among or behind these rows that are no rows of the block."""
    end: Place = field(default=Place(0))
    """Where the table stands after this block."""

    def row(self, place: int) -> RawRow:
        """One row as the reader of rows would give it."""
        if self.raw is not None:
            return self.raw[place]
        cells = [column[place] for column in self.columns]
        return RawRow(int(self.lines[place]), cells, self.faults.get(place, ()))


class BlockReader:
    """Reads the rows of an opened table in blocks; every row is in exactly one of them."""

    def __init__(self, patients: PatientTable, path: Path, *, rows: int) -> None:
        self._patients = patients
        self._path = path
        self._rows = rows
        self._width = len(patients.table.header)
        self._is_at_end = False

    def blocks(self, after: Place | None = None) -> Iterator[Block]:
        """All blocks in the order of the file, or those after a place with an offset.

        An EngineFault says that the table was left before its end: no row may be lost in silence.
        """
        yield from self._blocks(after)
        if not self._is_at_end:
            raise EngineFault(
                "the reader of blocks left the table before its end",
                hint="please report this; with --engine rows the table can be screened",
            )

    def _blocks(self, after: Place | None) -> Iterator[Block]:
        table = self._patients.table
        if isinstance(table, ParquetTable) and self._patients.foreign is None:
            yield from self._of_parquet(table)
            return
        is_text = isinstance(table, Table) and table.is_plain_utf_8
        if not is_text or self._patients.foreign is not None:
            yield from self._by_rows()
            return
        assert isinstance(table, Table)  # the only kind that is text
        with self._path.open("rb") as stream:
            if after is not None and after.offset is not None:
                stream.seek(after.offset)
                yield from self._by_columns(table, stream, after.lines)
            elif _skipped(stream, table.lines_read):
                yield from self._by_columns(table, stream, table.lines_read)
            else:
                yield from self._by_rows()

    def _of_parquet(self, table: ParquetTable) -> Iterator[Block]:
        for found in table.blocks(self._rows):
            rows = len(found.columns[0])
            lines = np.arange(found.first_line, found.first_line + rows, dtype=np.int64)
            faults = {place: tuple(each) for place, each in found.faults.items()}
            yield Block(lines, found.columns, faults=faults, end=Place(int(lines[-1])))
        self._is_at_end = True

    def _by_columns(self, table: Table, stream: BinaryIO, line: int) -> Iterator[Block]:
        size = min(max(self._rows * _BYTES_PER_ROW, _LEAST_BYTES), _MOST_BYTES)
        while data := _whole_lines(stream, size):
            start = stream.tell() - len(data)
            found = self._split(data, table.delimiter, Place(line, start))
            if found is not None:
                yield from found
                line += data.count(_NEWLINE) + (not data.endswith(_NEWLINE))
                continue
            end = line + data.count(_NEWLINE) + (not data.endswith(_NEWLINE))
            stream.seek(start)
            is_odd = data.count(_RETURN) != data.count(b"\r\n")
            lines_read = yield from self._from(table, stream, line, None if is_odd else end)
            if self._is_at_end:
                return
            line = lines_read
            yield self._gathered([], 0, Place(line, stream.tell()))
        self._is_at_end = True

    def _from(
        self, table: Table, stream: BinaryIO, after: int, until: int | None
    ) -> Generator[Block, None, int]:
        """Rows from where a stream stands, read one by one; returns the lines read when blocks can follow.

        The stream is left behind them. Where lines end in odd ways, no block can follow: then all
        rows that are left are read.
        """
        with self._path.open("rb") as own:
            own.seek(stream.tell())
            rest = table.continued(own, after=after)
            yield from self._until(rest, until)
            if until is None or not _skipped(stream, rest.lines_read - after):
                yield from self._until(rest, None)
                self._is_at_end = True
            return rest.lines_read

    def _by_rows(self) -> Iterator[Block]:
        table = self._patients.table
        rows: list[RawRow | BrokenRow] = []
        blank = table.blank_lines
        for row in self._patients.rows:
            rows.append(row)
            if len(rows) >= self._rows:
                yield self._gathered(rows, table.blank_lines - blank, Place(row.line))
                rows, blank = [], table.blank_lines
        if rows or table.blank_lines > blank:
            yield self._gathered(
                rows, table.blank_lines - blank, Place(rows[-1].line if rows else 0)
            )
        self._is_at_end = True

    def _until(self, table: Table, until: int | None) -> Iterator[Block]:
        """Rows up to the end of a line, or of the table."""
        rows: list[RawRow | BrokenRow] = []
        blank = table.blank_lines
        for row in table.rows():
            rows.append(row)
            if len(rows) >= self._rows or (until is not None and table.lines_read >= until):
                yield self._gathered(rows, table.blank_lines - blank, Place(table.lines_read))
                rows, blank = [], table.blank_lines
            if until is not None and table.lines_read >= until:
                break
        if rows or table.blank_lines > blank:
            yield self._gathered(rows, table.blank_lines - blank, Place(table.lines_read))

    def _gathered(self, rows: Sequence[RawRow | BrokenRow], blank: int, end: Place) -> Block:
        raw = [row for row in rows if isinstance(row, RawRow)]
        cells = [self._patients.cells(row) for row in raw]
        width = len(cells[0]) if cells else self._width
        columns = zip(*cells, strict=True) if cells else [()] * width
        return Block(
            np.array([row.line for row in raw], dtype=np.int64),
            [pl.Series(values=list(column), dtype=pl.String) for column in columns],
            raw,
            [row for row in rows if isinstance(row, BrokenRow)],
            {place: row.faults for place, row in enumerate(raw) if self._patients.unreadable(row)},
            blank,
            end,
        )

    def _split(self, data: bytes, delimiter: str, after: Place) -> Iterator[Block] | None:
        """Blocks of the columns of plain lines; None where a line needs the reader of rows."""
        signs = np.frombuffer(data, dtype=np.uint8)
        ends = np.flatnonzero(signs == _NEWLINE[0])
        count = len(ends) + (not data.endswith(_NEWLINE))
        if not _is_plain(data) or _longest_line(ends, len(data)) > MAX_RECORD_CHARACTERS:
            return None
        bare = data if _QUOTE not in data else without_quotes(data, delimiter)
        if bare is None or bare.startswith(BOM_UTF8):
            return None
        if bare.count(delimiter.encode()) != count * (self._width - 1):
            return None
        try:
            frame = self._frame(bare, delimiter)
        except pl.exceptions.PolarsError:
            return None
        if frame.height != count:
            return None
        return self._parts(frame, np.append(ends, len(data) - 1)[:count] + 1, after)

    def _frame(self, data: bytes, delimiter: str) -> pl.DataFrame:
        # With no line too long (an error) and as many signs as lines need, no line is too short.
        return pl.read_csv(
            io.BytesIO(data),
            has_header=False,
            schema={str(place): pl.String for place in range(self._width)},
            separator=delimiter,
            quote_char=None,
            empty_string_is_null=False,
        )

    def _parts(self, frame: pl.DataFrame, ends: Numbers, after: Place) -> Iterator[Block]:
        assert (
            after.offset is not None
        )  # lines are split only where they stand in the file is known
        for start in range(0, frame.height, self._rows):
            part = frame.slice(start, self._rows)
            end = start + part.height
            lines = np.arange(after.lines + 1 + start, after.lines + 1 + end, dtype=np.int64)
            place = Place(after.lines + end, after.offset + int(ends[end - 1]))
            yield Block(lines, part.get_columns(), end=place)


def _skipped(stream: BinaryIO, lines: int) -> bool:
    """Whether so many lines could be passed over, each ended as the reader of rows ends them."""
    for _ in range(lines):
        line = stream.readline()
        if _RETURN in line.removesuffix(_NEWLINE).removesuffix(_RETURN):
            return False
    return True


def _whole_lines(stream: BinaryIO, size: int) -> bytes:
    """About so many bytes, up to the end of a line."""
    start = stream.tell()
    stream.seek(start + size)
    # Read at once: putting two pieces together would take as long as reading.
    size += len(stream.readline())
    stream.seek(start)
    return stream.read(size)


def _is_plain(data: bytes) -> bool:
    """UTF-8 text without NUL bytes and lines that end in odd ways."""
    if b"\0" in data or data.startswith(BOM_UTF8):
        return False
    if _RETURN in data and data.count(_RETURN) != data.count(b"\r\n"):
        return False
    if data.isascii():
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return _NO_TEXT not in data


def _longest_line(ends: Numbers, size: int) -> int:
    return int(np.diff(ends, prepend=-1, append=size).max())


def without_quotes(data: bytes, delimiter: str) -> bytes | None:
    """The same lines without quotes, where each quote opens or closes a cell and guards nothing.

    None where a quoted cell holds a delimiter, a line end or a quote, or a quote stands within a cell.

    >>> without_quotes(b'"P1",2,""\\n', ","), without_quotes(b'"P1, 2"\\n', ",")
    (b'P1,2,\\n', None)
    """
    signs = np.frombuffer(data, dtype=np.uint8)
    is_border = (signs == ord(delimiter)) | (signs == _NEWLINE[0])
    passed = np.flatnonzero(is_border | (signs == _QUOTE[0]))
    is_quote = signs[passed] == _QUOTE[0]
    quotes = passed[is_quote]
    if len(quotes) % 2:
        return None
    # Before the first byte and behind the last there is a border too.
    borders = np.concatenate(([True], is_border | (signs == _RETURN[0]), [True]))
    if not (borders[quotes[::2]].all() and borders[quotes[1::2] + 2].all()):
        return None
    is_guarded = (np.cumsum(is_quote) % 2).astype(np.bool_) & ~is_quote
    return None if is_guarded.any() else data.translate(None, _QUOTE)
