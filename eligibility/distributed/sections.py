"""Cuts a text table into sections that begin and end where the one reader of rows begins and ends a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from eligibility.errors import EligibilityError, Location
from eligibility.intake.mapping import Mapping
from eligibility.intake.patients import Patients, PatientTable
from eligibility.intake.tables import Table
from eligibility.intake.text_lines import MAX_RECORD_CHARACTERS

_NEWLINE, _RETURN, _QUOTE = b"\n", b"\r", b'"'
_CHUNK = 1 << 24


class CannotBeCut(EligibilityError):
    """A table in a form of which no part can be read without what stands before it."""

    code = "cannot_be_cut"


@dataclass(frozen=True, slots=True)
class Head:
    """The lines of a table before its rows; every section is read below them."""

    content: bytes
    lines: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bytes of a table from the beginning of a row on; rows that begin before `until` are its rows."""

    start: int
    until: int


@dataclass(frozen=True, slots=True)
class Section:
    """Whole rows of a table."""

    number: int
    start: int
    end: int
    lines_before: int
    """Lines of the table before this section."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where the rows of a stretch end, and how many lines they are."""

    end: int
    lines: int


Look = Callable[[Sequence[Stretch]], Sequence[Found]]
"""Looks through stretches, wherever that is done."""


def head_of(path: Path, patients: Patients, mapping: Mapping | None) -> Head:
    """The head of a table that can be cut; raises CannotBeCut, saying which form it needs."""
    table = patients.table if isinstance(patients, PatientTable) else None
    if not isinstance(table, Table):
        raise _cannot(path, "it is no text table", "save it as CSV in UTF-8")
    if not table.is_plain_utf_8:
        raise _cannot(path, "its encoding is not UTF-8", "save it as UTF-8")
    if mapping is not None and mapping.joins:
        raise _cannot(path, "other tables are joined to it", "join them beforehand")
    with path.open("rb") as stream:
        lines = [stream.readline() for _ in range(table.lines_read)]
    bare = (line.removesuffix(_NEWLINE).removesuffix(_RETURN) for line in lines)
    if any(_RETURN in line for line in bare):
        raise _cannot(path, "its lines end in bare carriage returns", "save it with line feeds")
    return Head(b"".join(lines), len(lines))


def _cannot(path: Path, why: str, remedy: str) -> CannotBeCut:
    return CannotBeCut(
        f"the table cannot be shared out among machines: {why}",
        location=Location(source=path.name),
        hint=f"{remedy}, or screen it with --engine columns",
    )


def sections(path: Path, head: Head, *, size: int, look: Look) -> list[Section]:
    """The sections of a table, in order, of about so many bytes each.

    A cut is first made behind any line. That no quoted cell goes across it is known only once the
    section before it was read from a sure beginning to its last row; where one does, the cut moves
    behind that row, and what follows is looked at anew. The first section begins surely.
    """
    cuts = _cuts(path, len(head.content), size)
    stretches = [Stretch(start, until) for start, until in pairwise(cuts)]
    found = dict(zip(stretches, look(stretches), strict=True))
    while True:
        stretches = _chained(stretches, found)
        new = [each for each in stretches if each not in found]
        if not new:
            return _numbered(stretches, found, head.lines)
        found.update(zip(new, look(new), strict=True))


def _cuts(path: Path, start: int, size: int) -> list[int]:
    end = path.stat().st_size
    cuts = [start]
    with path.open("rb") as stream:
        while cuts[-1] + size < end:
            stream.seek(cuts[-1] + size)
            # A very long line is passed over in pieces, not held.
            while (piece := stream.readline(_CHUNK)) and not piece.endswith(_NEWLINE):
                pass
            if stream.tell() >= end:
                break
            cuts.append(stream.tell())
    return [*cuts, end] if end > start else cuts


def _chained(stretches: Sequence[Stretch], found: dict[Stretch, Found]) -> list[Stretch]:
    """The stretches, each beginning where the one before it was found to end."""
    chained: list[Stretch] = []
    for each in stretches:
        start = found[chained[-1]].end if chained and chained[-1] in found else each.start
        chained.append(Stretch(start, max(each.until, start)))
    return chained


def _numbered(
    stretches: Sequence[Stretch], found: dict[Stretch, Found], lines: int
) -> list[Section]:
    numbered: list[Section] = []
    for each in stretches:
        end = found[each].end
        if end > each.start:
            numbered.append(Section(len(numbered), each.start, end, lines))
        lines += found[each].lines
    return numbered


def look_through(path: Path, table: Table, stretch: Stretch) -> Found:
    """Where the rows of a stretch end that surely begins with a row; `table` knows how rows are read."""
    if stretch.start >= stretch.until:
        return Found(stretch.start, 0)
    with path.open("rb") as stream, path.open("rb") as rows:
        signs = _signs(stream, stretch)
        if signs.returns and signs.longest > MAX_RECORD_CHARACTERS:
            # The reader may count the two signs of such a line's end as two lines.
            raise _cannot(path, "a line is too long to be counted", "save it with line feeds")
        if not signs.quotes and not signs.bare_returns:
            # Without quotes every line is a row by itself.
            return Found(stretch.until, signs.lines)
        rows.seek(stretch.start)
        rest = table.continued(rows, after=0)
        lines = _lines_of_rows(rest, signs.lines)
        is_clean = lines == signs.lines
        return Found(stretch.until if is_clean else _behind(stream, stretch, lines), lines)


class _Signs(NamedTuple):
    """What the bytes of a stretch say of its lines."""

    lines: int = 0
    """Each ended as the reader of rows ends it."""
    quotes: int = 0
    returns: int = 0
    bare_returns: int = 0
    longest: int = 0
    """Bytes of the longest line, where only line feeds count as ends."""


def _signs(stream: BinaryIO, stretch: Stretch) -> _Signs:
    stream.seek(stretch.start)
    signs, left, open_bytes, last = _Signs(), stretch.until - stretch.start, 0, b""
    while left and (data := stream.read(min(left, _CHUNK))):
        if data.endswith(_RETURN) and left > len(data):
            data += stream.read(1)
        left -= len(data)
        last = data[-1:]
        feeds, returns = data.count(_NEWLINE), data.count(_RETURN)
        bare = returns - data.count(b"\r\n")
        ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == _NEWLINE[0])
        lengths = np.diff(ends, prepend=-1 - open_bytes, append=len(data))
        open_bytes = int(lengths[-1])
        signs = _Signs(
            signs.lines + feeds + bare,
            signs.quotes + data.count(_QUOTE),
            signs.returns + returns,
            signs.bare_returns + bare,
            max(signs.longest, int(lengths.max())),
        )
    return signs._replace(lines=signs.lines + (last not in (b"", _NEWLINE, _RETURN)))


def _lines_of_rows(rest: Table, within: int) -> int:
    """How many lines the rows span that begin within so many."""
    # A row that begins behind them shows where the rows before it have ended.
    beyond = next((row.line for row in rest.rows() if row.line > within), None)
    return rest.lines_read if beyond is None else beyond - 1


def _behind(stream: BinaryIO, stretch: Stretch, lines: int) -> int:
    """The place behind so many lines of a stretch."""
    stream.seek(stretch.start)
    place, waiting = stretch.start, b""
    for _ in range(lines):
        line = waiting or stream.readline()
        end = line.find(_RETURN)
        length = len(line) if end < 0 else end + 1 + (line[end + 1 : end + 2] == _NEWLINE)
        waiting = line[length:]
        place += length
    return place
