"""A first look at a table that nobody has screened: what kind of file it is, its header, its first rows."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from eligibility.errors import Fault
from eligibility.intake.compressed import unpacked
from eligibility.intake.excel_table import ExcelTable
from eligibility.intake.faults import TableError
from eligibility.intake.json_lines import JsonLines, is_flat
from eligibility.intake.kinds import HEAD, Kind, kind_of
from eligibility.intake.parquet_table import ParquetTable
from eligibility.intake.row_source import RowSource
from eligibility.intake.sources import open_source
from eligibility.intake.tables import BROKEN, DELIMITERS, BrokenRow, Layout, Table
from eligibility.patient.identifiers import is_identifying

FIRST_ROWS = 20
_MOST_WORDS = 60
_GUESSING_BYTES = 1 << 18
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_ISOLATED_SHARE = 0.3
_LOST, _DAMAGED_SHARE = "\ufffd", 4


class Look(NamedTuple):
    """A row that is shown: its line, and its cells or what is wrong with it."""

    line: int
    cells: tuple[str, ...] = ()
    fault: Fault | None = None


@dataclass(slots=True)
class Preview:
    """What a table shows before anything is screened."""

    kind: Kind
    is_packed: bool = False
    is_profiles: bool = False
    """Each line holds a whole profile, which needs no mapping."""
    encoding: str | None = None
    """How the text is written, for text tables; where it was not told, what it was taken for."""
    delimiter: str | None = None
    header: tuple[str, ...] = ()
    first: list[Look] = field(default_factory=list)
    rows: int = 0
    is_whole: bool = False
    """Whether all rows were counted, not only those there was time for."""
    broken: Counter[str] = field(default_factory=Counter)
    """Rows that cannot be split into cells, by what is wrong with them."""
    words: dict[int, Counter[str]] = field(default_factory=dict)
    """By place of the column, the words that were asked about."""

    @property
    def identifying(self) -> frozenset[int]:
        """The places of columns that look as if they told who somebody is."""
        return frozenset(i for i, name in enumerate(self.header) if is_identifying(name))


Words = Callable[[str], Iterable[str]]
"""What of a cell is counted."""


def look(
    path: Path,
    *,
    layout: Layout,
    sheet: str | None = None,
    words: Mapping[int, Words] | None = None,
    seconds: float = 1.0,
) -> Preview:
    """A look at a table; TableError where it cannot be opened at all."""
    kind, is_packed = _kind(path)
    with open_source(path, layout=layout, sheet=sheet, as_table=False) as lines:
        if isinstance(lines, JsonLines):
            preview = Preview(Kind.JSON_LINES, is_packed, encoding="utf-8")
            if _profiles(lines, preview, seconds):
                return preview
    with open_source(path, layout=layout, sheet=sheet, as_table=True) as source:
        assert not isinstance(source, JsonLines)  # asked for as a table
        preview = _began(source, kind, is_packed=is_packed, layout=layout)
        _read(source, preview, words or {}, seconds)
    return preview


def _began(source: RowSource, kind: Kind, *, is_packed: bool, layout: Layout) -> Preview:
    preview = Preview(kind, is_packed, header=source.header)
    if isinstance(source, Table):
        names = {sign: name for name, sign in DELIMITERS.items()}
        preview.kind = Kind.TEXT
        preview.delimiter = names.get(source.delimiter)
        preview.encoding = "utf-16" if source.is_utf_16 else layout.encoding or "utf-8"
    elif isinstance(source, ExcelTable):
        preview.kind = Kind.EXCEL
    elif isinstance(source, ParquetTable):
        preview.kind = Kind.PARQUET
    else:
        preview.kind, preview.encoding = Kind.JSON_LINES, "utf-8"
    return preview


def _read(source: RowSource, preview: Preview, words: Mapping[int, Words], seconds: float) -> None:
    until = time.monotonic() + seconds
    preview.words = {place: Counter() for place in words}
    for row in source.rows():
        preview.rows += 1
        if isinstance(row, BrokenRow):
            fault = row.fault or Fault("", row.code, *BROKEN[row.code])
            preview.broken[fault.code] += 1
            found = Look(row.line, fault=fault)
        else:
            found = Look(row.line, tuple(row.cells))
            for place, counted in words.items():
                told = preview.words[place]
                for word in counted(row.cells[place]):
                    if word in told or len(told) < _MOST_WORDS:
                        told[word] += 1
        if len(preview.first) < FIRST_ROWS:
            preview.first.append(found)
        elif preview.rows % 64 == 0 and time.monotonic() > until:
            return
    preview.is_whole = True


def _profiles(lines: JsonLines, preview: Preview, seconds: float) -> bool:
    """Whether the lines are whole profiles; then they are counted and the first of them shown by their parts."""
    until = time.monotonic() + seconds
    for line in lines.lines():
        if not line.faults and not preview.is_profiles:
            if is_flat(line.document):
                return False
            preview.is_profiles = True
        preview.rows += 1
        if line.faults:
            preview.broken[line.faults[0].code] += 1
        if len(preview.first) < FIRST_ROWS:
            fault = line.faults[0] if line.faults else None
            preview.first.append(Look(line.line, tuple(line.document), fault))
        elif preview.rows % 64 == 0 and time.monotonic() > until:
            return preview.is_profiles
    preview.is_whole = True
    return preview.is_profiles


def _kind(path: Path) -> tuple[Kind, bool]:
    try:
        with path.open("rb") as stream:
            kind = kind_of(stream.read(HEAD), path.name)
    except OSError as error:
        fault = Fault("", "cannot_open", "the table cannot be opened", error.strerror)
        raise TableError([fault], source=path.name) from None
    return kind, kind.is_packed


def guessed_encoding(path: Path) -> str | None:
    """What a text that is not UTF-8 is most likely written in; None for one that is, or that is no text."""
    kind, is_packed = _kind(path)
    if kind is Kind.ZIP or not (is_packed or kind is Kind.TEXT):
        return None
    with path.open("rb") as stream:
        if is_packed:
            with unpacked(path, stream, kind.value) as inner:
                content = inner.read(_GUESSING_BYTES)
        else:
            content = stream.read(_GUESSING_BYTES)
    return _guessed(content)


def _guessed(content: bytes) -> str | None:
    """Chinese comes in pairs of high bytes; the letters of western Europe stand one by one among others."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    whole = content.decode("utf-8", "replace")
    lost = whole.count(_LOST)
    if lost == 0 or (lost == 1 and len(content) == _GUESSING_BYTES and whole.endswith(_LOST)):
        return None  # nothing, or a letter that the end of the piece has cut
    if sum(1 for sign in whole if sign > "\x7f") > _DAMAGED_SHARE * lost:
        return None  # UTF-8 with damaged places, which are told by row
    runs = [len(run) for run in _HIGH_RUN.findall(content)]
    alone = sum(1 for length in runs if length == 1)
    return "cp1252" if alone > _ISOLATED_SHARE * len(runs) else "gb18030"
