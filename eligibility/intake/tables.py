"""Text tables row by row: encoding, delimiter and quotes are checked, no row is lost in silence."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from eligibility.errors import Fault
from eligibility.intake.compressed import Unpacked
from eligibility.intake.faults import TableError
from eligibility.intake.text_lines import MAX_RECORD_CHARACTERS, Line, Lines, text_of, utf_8

MAX_RECORD_LINES = 100
MAX_COLUMNS = 2_000
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}
ENCODINGS = ("utf-8", "utf-16", "cp1252", "gb18030")

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
_OPEN_QUOTE = "unexpected end of data"  # what the csv module says when a quote is never closed


@dataclass(frozen=True, slots=True)
class Layout:
    """What is known of a table's form beforehand; what is not known is detected."""

    delimiter: str | None = None
    encoding: str | None = None
    skip_lines: int = 0


class CellFault(NamedTuple):
    """A cell whose content is no text that could be read, such as an error of the spreadsheet."""

    place: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class RawRow:
    """The cells of one row, as many as the header has, and the line it starts on."""

    line: int
    cells: list[str]
    faults: tuple[CellFault, ...] = ()
    """What is wrong with cells that could not become text; a text table has none."""


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that cannot be split into the header's columns; `cells` hold what could be read."""

    line: int
    code: str
    cells: tuple[str, ...] = ()
    fault: Fault | None = None
    """What is wrong, where that is not what BROKEN says of the code."""


BROKEN = {
    "nul_byte": ("the row holds a NUL byte", "the file is damaged here; export it again"),
    "encoding": (
        "the row holds bytes that are not text in the table's encoding",
        "save the table as UTF-8, or name its encoding (cp1252, gb18030)",
    ),
    "line_too_long": (
        f"the row is longer than {MAX_RECORD_CHARACTERS} characters",
        "look for a missing line end or a quote that is never closed",
    ),
    "unclosed_quote": (
        "a quote is opened and never closed",
        'close it, or write a quote inside a cell twice: ""',
    ),
    "stray_quote": (
        "text follows directly after a closing quote",
        'write a quote inside a cell twice: ""',
    ),
    "too_few_cells": (
        "the row has fewer cells than the header",
        "write a separator for every column, also after empty cells",
    ),
    "too_many_cells": (
        "the row has more cells than the header",
        "put quotes around a cell that holds the separator",
    ),
}


class Table:
    """One table read from a binary stream; `header` is there at once, rows come one by one."""

    def __init__(
        self,
        stream: BinaryIO,
        *,
        name: str,
        layout: Layout | None = None,
        is_packed: bool = False,
    ) -> None:
        layout = layout or Layout()
        self.name = name
        self.blank_lines = 0
        self._stream = stream
        text = text_of(stream, layout.encoding)
        self.is_plain_utf_8 = text.encoding == "utf-8-sig" and not is_packed
        self.is_utf_16 = text.encoding == "utf-16"
        self._lines = Lines(text)
        first = self._header_line(name)
        self._delimiter = layout.delimiter or self._declared(first) or _detected(first, name)
        if _SEPARATOR_LINE.fullmatch(first.text.strip()):
            first = self._header_line(name)
        self.header_line: int | None = first.number
        self.header = self._header(first)
        self._skip(layout.skip_lines)

    @property
    def delimiter(self) -> str:
        """The sign between cells."""
        return self._delimiter

    @property
    def lines_read(self) -> int:
        """How many lines have been taken for good."""
        return self._lines.read

    @property
    def bytes_read(self) -> int:
        """About how much of the file has been read: what it says serves for showing progress only."""
        stream = self._stream
        return stream.packed.tell() if isinstance(stream, Unpacked) else stream.tell()

    def continued(self, stream: BinaryIO, *, after: int) -> Table:
        """The same table read on from a stream of UTF-8 that stands behind so many lines."""
        other = copy(self)
        other.blank_lines = 0
        other._stream = stream
        other._lines = Lines(utf_8(stream), after)
        return other

    @property
    def decimal_comma(self) -> bool:
        """Programs write semicolons between cells where the comma stands in numbers."""
        return self._delimiter == ";"

    def column_fault(self, index: int) -> Fault | None:
        """None: a text table holds nothing but text."""
        return None

    def rows(self) -> Iterator[RawRow | BrokenRow]:
        """Every row after the header, in order; blank lines are counted and passed over."""
        width = len(self.header)
        while (line := self._lines.next()) is not None:
            row = self._row(line)
            if isinstance(row, RawRow):
                if not any(cell.strip() for cell in row.cells):
                    self.blank_lines += 1
                    continue
                row = _fitted(row, width)
            yield row

    def _header_line(self, name: str) -> Line:
        while (line := self._lines.next()) is not None:
            if line.fault:
                message, hint = BROKEN[line.fault]
                fault = Fault("", line.fault, message.replace("the row", "the header"), hint)
                raise TableError([fault], source=name, line=line.number)
            if line.text.strip():
                return line
        fault = Fault("", "empty_file", "the file is empty", "give a table with a line of names")
        raise TableError([fault], source=name)

    @staticmethod
    def _declared(first: Line) -> str | None:
        """The delimiter that Excel declares in a line `sep=;` of its own."""
        declared = _SEPARATOR_LINE.fullmatch(first.text.strip("\r\n"))
        return declared[1] if declared and declared[1] in DELIMITERS.values() else None

    def _header(self, first: Line) -> tuple[str, ...]:
        row = self._row(first)
        if isinstance(row, BrokenRow):
            message, hint = BROKEN[row.code]
            fault = Fault("", row.code, f"in the header, {message}", hint)
            raise TableError([fault], source=self.name, line=first.number)
        header = [cell.strip() for cell in row.cells]
        while header and not header[-1]:
            header.pop()
        if faults := header_faults(header):
            raise TableError(faults, source=self.name, line=first.number)
        return tuple(header)

    def _skip(self, count: int) -> None:
        for _ in range(count):
            self._lines.next()

    def _row(self, first: Line) -> RawRow | BrokenRow:
        """One row over as many lines as its quotes span; if they never close, its first line."""
        if first.fault:
            return BrokenRow(first.number, first.fault)
        text, taken = first.text, list[Line]()
        while True:
            cells, fault = self._cells(text)
            if cells is not None:
                return RawRow(first.number, cells)
            following = self._lines.next() if fault == "unclosed_quote" else None
            if following is not None:
                taken.append(following)
                text += following.text
            if following is None or not _may_continue(following, text, taken):
                self._lines.put_back(taken)
                return BrokenRow(first.number, "unclosed_quote" if taken else fault)

    def _cells(self, text: str) -> tuple[list[str] | None, str]:
        try:
            return next(csv.reader([text], delimiter=self._delimiter, strict=True), []), ""
        except csv.Error as error:
            is_open = str(error) == _OPEN_QUOTE
            return None, "unclosed_quote" if is_open else "stray_quote"


def _may_continue(line: Line, text: str, taken: list[Line]) -> bool:
    return (
        line.fault is None and len(text) <= MAX_RECORD_CHARACTERS and len(taken) < MAX_RECORD_LINES
    )


def _fitted(row: RawRow, width: int) -> RawRow | BrokenRow:
    """The row with exactly the header's width; empty cells after the last column are let go."""
    cells = row.cells
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        cells = cells[:width]
    if len(cells) == width:
        return RawRow(row.line, cells)
    code = "too_few_cells" if len(cells) < width else "too_many_cells"
    return BrokenRow(row.line, code, tuple(cells))


def header_faults(header: list[str]) -> list[Fault]:
    """What is wrong with the names of columns: too many, unnamed, or twice the same."""
    if len(header) > MAX_COLUMNS:
        return [Fault("", "too_many_columns", f"the table has more than {MAX_COLUMNS} columns")]
    faults = [
        Fault(f"column {index + 1}", "unnamed_column", "this column has no name", "name it")
        for index, name in enumerate(header)
        if not name
    ]
    seen: dict[str, int] = {}
    for index, name in enumerate(header):
        if name and name in seen:
            faults.append(
                Fault(
                    f"column {index + 1}",
                    "duplicate_column",
                    f"this column has the same name as column {seen[name] + 1}",
                    "rename or remove one of them",
                )
            )
        seen.setdefault(name, index)
    return faults


def _detected(header: Line, name: str) -> str:
    """The delimiter that the header line uses; cells are never looked at."""
    bare = _QUOTED.sub("", header.text)
    counts = sorted(((bare.count(sign), sign) for sign in DELIMITERS.values()), reverse=True)
    (most, sign), (second, _) = counts[0], counts[1]
    if most and most == second:
        fault = Fault(
            "",
            "delimiter_unclear",
            "the header uses two separators equally often",
            "name the delimiter in a mapping: comma, semicolon or tab",
        )
        raise TableError([fault], source=name, line=header.number)
    return sign if most else ","
