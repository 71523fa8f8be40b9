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
_WORKBOOK = re.compile(r"(?:.*/)?workbook\d*\.xml", re.IGNORECASE)
_MOST_PLACES = 100_000

Place = tuple[int, int]


@dataclass(slots=True)
class SheetFacts:
    """Cells of a sheet that must not be taken as they seem; row and column are counted from 1."""

    uncalculated: set[Place] = field(default_factory=set)
    """Formulas of which the workbook holds no value that can be relied on."""
    unfilled: list[tuple[Place, Place]] = field(default_factory=list)
    """What such a formula fills beside its own cell: an array, a table of data."""
    merged: list[tuple[Place, Place]] = field(default_factory=list)

    @property
    def has_ranges(self) -> bool:
        """Whether cells may be affected that do not even stand in the sheet."""
        return bool(self.unfilled or self.merged)

    def is_uncalculated(self, place: Place) -> bool:
        """Whether a cell shows the result of a formula, and the result is not in the workbook."""
        if place in self.uncalculated:
            return True
        return bool(self.unfilled) and any(_covers(each, place) for each in self.unfilled)

    def in_merged(self, place: Place) -> bool:
        """Whether a cell is covered by a merged one, and so has no content of its own."""
        return any(_covers(each, place) and place != each[0] for each in self.merged)


def _covers(area: tuple[Place, Place], place: Place) -> bool:
    low, high = area
    return low[0] <= place[0] <= high[0] and low[1] <= place[1] <= high[1]


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
        scanned = _SheetScan(believe_values=not _asks_to_be_calculated(archive))
        with archive.open(sheet) as stream:
            return scanned.facts(stream)
    except _UNREADABLE:
        raise damaged(name) from None


def _asks_to_be_calculated(archive: zipfile.ZipFile) -> bool:
    """Whether a workbook says that its formulas have to be calculated when it is opened.

    Libraries that cannot calculate say so. What they save as the value is 0, or what a template held before
    it was filled in; spreadsheet programs, which have calculated, do not say it.
    """
    asks: list[bool] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(" ")[2] == "calcPr":
            asks.append(attributes.get("fullCalcOnLoad") in ("1", "true"))

    for member in archive.namelist():
        if _WORKBOOK.fullmatch(member):
            parser = _parser()
            parser.StartElementHandler = start
            with archive.open(member) as stream:
                _parse(stream, parser)
    return any(asks)


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

    def __init__(self, *, believe_values: bool) -> None:
        self.found = SheetFacts()
        self.row = self.column = 0
        self.kind = ""
        self.has_formula = self.has_value = False
        self.fills: str | None = None
        self._believe = believe_values
        self._parser = _parser()

    def facts(self, stream: IO[bytes]) -> SheetFacts:
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        _parse(stream, self._parser)
        return self.found

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        match tag.rpartition(" ")[2]:
            case "row":
                self._in_order(self.row, int(attributes.get("r", self.row + 1)))
                self.row, self.column = int(attributes.get("r", self.row + 1)), 0
            case "c":
                self._cell(attributes.get("r"), attributes.get("t", "n"))
            case "f":
                self._formula(attributes)
            case "v" | "is" as part:
                self._value(part)
            case "mergeCell":
                self._merged(attributes["ref"])
            case _:
                pass

    def _cell(self, place: str | None, kind: str) -> None:
        column = self.column + 1
        if place is not None:
            row, column = _place(place)
            if row != self.row:
                raise _Unsound
        self._in_order(self.column, column)
        self.column, self.kind = column, kind
        self.has_formula, self.has_value, self.fills = False, False, None

    def _formula(self, attributes: dict[str, str]) -> None:
        self.has_formula = True
        # Cells of a shared formula each name it; those that an array fills hold nothing but values.
        self.fills = (
            attributes.get("ref") if attributes.get("t") in ("array", "dataTable") else None
        )

    def _value(self, part: str) -> None:
        """Libraries write an empty value beside every formula; only a text can be calculated as empty.

        They do so without a type, while the programs that calculate call an empty text a text (`str`). A
        text without any value element is written by libraries too, and is none.
        """
        if not self.has_formula or not self._believe:
            return
        if part == ("is" if self.kind == "inlineStr" else "v"):
            self.has_value = self.kind == "str"
            self._parser.CharacterDataHandler = self._text

    def _text(self, text: str) -> None:
        self.has_value = self.has_value or bool(text.strip())

    def _end(self, tag: str) -> None:
        match tag.rpartition(" ")[2]:
            case "v" | "is":
                self._parser.CharacterDataHandler = None
            case "c" if self.has_formula and not self.has_value:
                self.found.uncalculated.add((self.row, self.column))
                self._bounded(len(self.found.uncalculated))
                if self.fills is not None:
                    self.found.unfilled.append(_area(self.fills))
                    self._bounded(len(self.found.unfilled))
            case _:
                pass

    def _merged(self, reference: str) -> None:
        self.found.merged.append(_area(reference))
        self._bounded(len(self.found.merged))

    @staticmethod
    def _in_order(before: int, now: int) -> None:
        if now <= before:
            raise _Unsound

    @staticmethod
    def _bounded(count: int) -> None:
        if count > _MOST_PLACES:
            raise _Unsound


def _area(reference: str) -> tuple[Place, Place]:
    first, _, last = reference.partition(":")
    return _place(first), _place(last or first)


def _place(text: str) -> Place:
    found = _PLACE.fullmatch(text)
    if found is None:
        raise _Unsound
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column
