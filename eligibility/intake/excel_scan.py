"""A look through a worksheet's own XML for what the reading library does not tell of."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from eligibility.intake.faults import damaged

MAX_UNPACKED = 2 << 30
MAX_RATIO = 250
FREE_BYTES = 64 << 20
_CHUNK = 1 << 16
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)
_MOST_PLACES = 100_000

Place = tuple[int, int]


@dataclass(slots=True)
class SheetFacts:
    """Cells of a sheet that must not be taken as they seem; row and column are counted from 1."""

    uncalculated: set[Place] = field(default_factory=set)
    """Formulas of which the workbook holds no value."""
    merged: list[tuple[Place, Place]] = field(default_factory=list)

    def in_merged(self, row: int, column: int) -> bool:
        """Whether a cell is covered by a merged one, and so has no content of its own."""
        return any(
            low[0] <= row <= high[0] and low[1] <= column <= high[1] and (row, column) != low
            for low, high in self.merged
        )


class _Unsound(Exception):
    """The XML is not what a spreadsheet program writes."""


def is_bounded(archive: zipfile.ZipFile, packed: int) -> bool:
    """Whether a workbook unpacks to a size in proportion; zip archives say so beforehand."""
    total = sum(member.file_size for member in archive.infolist())
    return total <= min(MAX_UNPACKED, FREE_BYTES + packed * MAX_RATIO)


_UNREADABLE = (
    expat.ExpatError,
    _Unsound,
    KeyError,
    ValueError,
    OSError,
    EOFError,
    RuntimeError,  # a locked member; an unknown way of packing is one of these too
    zipfile.BadZipFile,
    zlib.error,
)


def check_entities(archive: zipfile.ZipFile, name: str) -> None:
    """Make sure that no part of a workbook declares entities, which could grow without end."""
    try:
        for member in archive.namelist():
            if member.endswith((".xml", ".rels")):
                with archive.open(member) as stream:
                    _parse(stream, _parser())
    except _UNREADABLE:
        raise damaged(name) from None


def scan(archive: zipfile.ZipFile, sheet: str, name: str) -> SheetFacts:
    """Look through one sheet."""
    try:
        with archive.open(sheet) as stream:
            return _SheetScan().facts(stream)
    except _UNREADABLE:
        raise damaged(name) from None


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    return parser


def _refuse(*_: object) -> None:
    raise _Unsound


def _parse(stream: IO[bytes], parser: expat.XMLParserType) -> None:
    while chunk := stream.read(_CHUNK):
        parser.Parse(chunk, False)  # noqa: FBT003 - expat's signature
    parser.Parse(b"", True)  # noqa: FBT003


class _SheetScan:
    """Follows rows and cells, which must stand in order, for out of order they would be lost."""

    def __init__(self) -> None:
        self.found = SheetFacts()
        self.row = self.column = 0
        self.has_formula = self.has_value = False

    def facts(self, stream: IO[bytes]) -> SheetFacts:
        parser = _parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        _parse(stream, parser)
        return self.found

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        match tag.rpartition(" ")[2]:
            case "row":
                self._in_order(self.row, int(attributes.get("r", self.row + 1)))
                self.row, self.column = int(attributes.get("r", self.row + 1)), 0
            case "c":
                self._cell(attributes.get("r"))
            case "f":
                self.has_formula = True
            case "v" | "is":
                self.has_value = True
            case "mergeCell":
                self._merged(attributes["ref"])
            case _:
                pass

    def _cell(self, place: str | None) -> None:
        column = self.column + 1
        if place is not None:
            row, column = _place(place)
            if row != self.row:
                raise _Unsound
        self._in_order(self.column, column)
        self.column, self.has_formula, self.has_value = column, False, False

    def _end(self, tag: str) -> None:
        if tag.rpartition(" ")[2] == "c" and self.has_formula and not self.has_value:
            self.found.uncalculated.add((self.row, self.column))
            self._bounded(len(self.found.uncalculated))

    def _merged(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        self.found.merged.append((_place(first), _place(last or first)))
        self._bounded(len(self.found.merged))

    @staticmethod
    def _in_order(before: int, now: int) -> None:
        if now <= before:
            raise _Unsound

    @staticmethod
    def _bounded(count: int) -> None:
        if count > _MOST_PLACES:
            raise _Unsound


def _place(text: str) -> Place:
    found = _PLACE.fullmatch(text)
    if found is None:
        raise _Unsound
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column
