"""Excel workbooks: one sheet as a table of texts; a line is a row of the sheet."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl import load_workbook
from openpyxl.cell.read_only import EmptyCell

from eligibility.errors import Fault
from eligibility.intake.excel_cells import EXCEL_ERROR, MERGED, UNCALCULATED, excel_text
from eligibility.intake.excel_scan import SheetFacts, check_entities, is_bounded, scan
from eligibility.intake.faults import TableError, damaged
from eligibility.intake.scalars import UnreadableCell
from eligibility.intake.tables import MAX_COLUMNS, BrokenRow, CellFault, RawRow, header_faults

_LIBRARY_FAULTS = (
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    SyntaxError,  # what ElementTree raises is one
    OSError,
    EOFError,
    zipfile.BadZipFile,
)


class ExcelTable:
    """One sheet of a workbook, read row by row.

    Hidden rows and columns are read like all others: a filter must not lose a patient. Numbers are
    those of the cell to fifteen digits, as the program itself shows them; formulas count by the value
    that was saved with them.
    """

    def __init__(
        self, stream: BinaryIO, *, name: str, packed: int, sheet: str | None, skip_rows: int = 0
    ) -> None:
        self.name = name
        self.blank_lines = 0
        self._skip = skip_rows
        self._book = _opened(stream, name, packed)
        self._sheet = self._chosen(sheet)
        self._facts = self._scanned(stream)
        self._rows = self._numbered_rows()
        self.header: tuple[str, ...] = ()
        self.header_line: int | None
        self.header_line, self.header = self._header()

    @property
    def is_plain_utf_8(self) -> bool:
        """No: the rows of this kind are not lines of text."""
        return False

    @property
    def bytes_read(self) -> int:
        """Nobody knows: a sheet lies packed beside others."""
        return 0

    @property
    def decimal_comma(self) -> bool:
        """Numbers have a type of their own here; texts that look like one are not guessed."""
        return False

    def column_fault(self, index: int) -> Fault | None:
        """None: types belong to single cells here."""
        return None

    def rows(self) -> Iterator[RawRow | BrokenRow]:
        """Every row below the header; rows without any content are counted and passed over."""
        width = len(self.header)
        for _ in range(self._skip):
            next(self._rows, None)
        for line, row in self._rows:
            cells, faults = self._texts(line, row)
            if not faults and not any(text.strip() for text in cells):
                self.blank_lines += 1
                continue
            if any(text.strip() for text in cells[width:]):
                yield BrokenRow(line, "too_many_cells", tuple(cells))
                continue
            cells = cells[:width] + [""] * (width - len(cells))
            yield RawRow(line, cells, tuple(f for f in faults if f.place < width))

    def _chosen(self, name: str | None) -> Any:
        sheets = {sheet.title: sheet for sheet in self._book.worksheets}
        if name is not None:
            if name not in sheets:
                raise TableError([_no_such_sheet(sheets)], source=self.name)
            return sheets[name]
        filled = {title: sheet for title, sheet in sheets.items() if self._has_content(sheet)}
        if len(filled) > 1:
            raise TableError([_several_sheets(filled)], source=self.name)
        if not filled:
            raise TableError([_EMPTY], source=self.name)
        return next(iter(filled.values()))

    def _has_content(self, sheet: Any) -> bool:
        sheet.reset_dimensions()
        try:
            return any(cell.value is not None for row in sheet.iter_rows() for cell in row)
        except _LIBRARY_FAULTS:
            raise damaged(self.name) from None

    def _scanned(self, stream: BinaryIO) -> SheetFacts:
        with zipfile.ZipFile(stream) as archive:
            return scan(archive, self._sheet._worksheet_path.lstrip("/"), self.name)

    def _numbered_rows(self) -> Iterator[tuple[int, Sequence[Any]]]:
        # What a sheet says of its own size is often wrong, and rows beyond it would be lost.
        self._sheet.reset_dimensions()
        rows = self._sheet.iter_rows()
        line = 0
        while (row := self._next(rows)) is not None:
            line += 1
            yield line, row

    def _next(self, rows: Iterator[Sequence[Any]]) -> Sequence[Any] | None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of dates out of range, which become error cells
                return next(rows, None)
        except _LIBRARY_FAULTS:
            raise damaged(self.name) from None

    def _header(self) -> tuple[int, tuple[str, ...]]:
        for line, row in self._rows:
            texts, faults = self._texts(line, row)
            names = [text.strip() for text in texts]
            while names and not names[-1]:
                names.pop()
            if not names and not faults:
                continue
            wrong = [Fault(f"column {i + 1}", f.code, f.message, f.hint) for i, f in faults]
            if found := wrong or header_faults(names):
                raise TableError(found, source=self.name, line=line)
            return line, tuple(names)
        raise TableError([_EMPTY], source=self.name)

    def _texts(self, line: int, row: Sequence[Any]) -> tuple[list[str], list[CellFault]]:
        texts: list[str] = []
        faults: list[CellFault] = []
        if self._facts.has_ranges:
            # What a merged cell or an array covers need not stand in the sheet, and is not empty for that.
            row = [*row, *[EmptyCell()] * (len(self.header) - len(row))]
        for index, cell in enumerate(row[: MAX_COLUMNS + 1]):
            try:
                texts.append(self._text(line, index, cell))
            except UnreadableCell as unreadable:
                texts.append("")
                faults.append(CellFault(index, unreadable.fault))
        return texts, faults

    def _text(self, line: int, index: int, cell: Any) -> str:
        place = (line, index + 1)
        if self._facts.is_uncalculated(place):
            raise UnreadableCell(UNCALCULATED)
        if self._facts.merged and self._facts.in_merged(place):
            raise UnreadableCell(MERGED)
        if isinstance(cell, EmptyCell) or cell.value is None:
            return ""
        if cell.data_type == "e":
            raise UnreadableCell(EXCEL_ERROR)
        return excel_text(cell.value, cell.number_format)


def _opened(stream: BinaryIO, name: str, packed: int) -> Any:
    try:
        with zipfile.ZipFile(stream) as archive:
            if not is_bounded(archive, packed):
                raise TableError([_TOO_LARGE], source=name)
            check_entities(archive, name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts such as validation rules, which are not read
            return load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except _LIBRARY_FAULTS:
        raise damaged(name) from None


def open_excel(path: Path, stream: BinaryIO, *, sheet: str | None, skip_rows: int) -> ExcelTable:
    """The sheet of a workbook that is asked for, or its only one with content."""
    size = path.stat().st_size
    return ExcelTable(stream, name=path.name, packed=size, sheet=sheet, skip_rows=skip_rows)


_EMPTY = Fault("", "empty_file", "the workbook is empty", "give a table with a line of names")
_TOO_LARGE = Fault(
    "",
    "unpacks_too_large",
    "the workbook unpacks to far more than its size",
    "save the sheet as CSV (UTF-8) and give that file",
)


def _several_sheets(sheets: dict[str, Any]) -> Fault:
    return Fault(
        "",
        "several_sheets",
        f"the workbook has {len(sheets)} sheets with content, and none was chosen",
        "choose one (sheet, --sheet): " + ", ".join(f'"{title}"' for title in list(sheets)[:20]),
    )


def _no_such_sheet(sheets: dict[str, Any]) -> Fault:
    return Fault(
        "",
        "no_such_sheet",
        "the workbook has no sheet of this name",
        "it has: " + ", ".join(f'"{title}"' for title in list(sheets)[:20]),
    )
