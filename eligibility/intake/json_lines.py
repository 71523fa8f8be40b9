"""JSON lines: one patient profile, or one row of named cells, on each line of UTF-8 text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from eligibility.errors import Fault, RecordError
from eligibility.intake.compressed import Unpacked
from eligibility.intake.faults import TableError
from eligibility.intake.scalars import UnreadableCell, cell_text
from eligibility.intake.tables import (
    MAX_COLUMNS,
    BrokenRow,
    CellFault,
    RawRow,
    header_faults,
)
from eligibility.patient.record import MAX_DOCUMENT_BYTES, parse_json

_BOM = b"\xef\xbb\xbf"
_CHUNK = 1 << 16
_AS_OF = b'"as_of"'

NOT_AN_OBJECT = Fault(
    "", "not_an_object", "the line holds no JSON object", "write one patient in braces per line"
)
_TOO_LONG = Fault(
    "",
    "line_too_long",
    f"the line is longer than {MAX_DOCUMENT_BYTES} bytes",
    "look for a missing line end: each patient stands on one line",
)
_NOT_UTF_8 = Fault("", "encoding", "the line holds bytes that are not UTF-8 text", "save as UTF-8")


@dataclass(frozen=True, slots=True)
class JsonLine:
    """One line: the object on it, or what is wrong with it."""

    line: int
    document: dict[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


class JsonLines:
    """A file of JSON lines; `start` opens it anew, for some questions need a look at all lines."""

    def __init__(self, start: Callable[[], BinaryIO], name: str) -> None:
        self.name = name
        self.blank_lines = 0
        self._start = start
        self._stream: BinaryIO | None = None

    @property
    def bytes_read(self) -> int:
        """About how much of the file has been read, packed as it is."""
        stream = self._stream
        if stream is None or stream.closed:
            return 0
        return stream.packed.tell() if isinstance(stream, Unpacked) else stream.tell()

    def lines(self) -> Iterator[JsonLine]:
        """Every line in order; blank lines are counted and passed over."""
        self.blank_lines = 0
        with self._start() as stream:
            self._stream = stream
            number = 0
            while raw := stream.readline(MAX_DOCUMENT_BYTES + 2):
                number += 1
                if number == 1:
                    raw = raw.removeprefix(_BOM)
                if len(raw.rstrip(b"\r\n")) > MAX_DOCUMENT_BYTES:
                    _pass_over_the_rest(stream, raw)
                    yield JsonLine(number, faults=(_TOO_LONG,))
                elif raw.strip():
                    yield _read(number, raw)
                else:
                    self.blank_lines += 1

    def mention_as_of(self) -> bool:
        """Whether any line may have a day of judgement of its own."""
        with self._start() as stream:
            tail = b""
            while chunk := stream.read(_CHUNK):
                if _AS_OF in tail + chunk:
                    return True
                tail = chunk[-len(_AS_OF) :]
        return False


def _pass_over_the_rest(stream: BinaryIO, raw: bytes) -> None:
    while raw and not raw.endswith(b"\n"):
        raw = stream.readline(_CHUNK)


def _read(number: int, raw: bytes) -> JsonLine:
    try:
        document = parse_json(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return JsonLine(number, faults=(_NOT_UTF_8,))
    except RecordError as error:
        return JsonLine(number, faults=tuple(map(_in_a_line, error.faults)))
    if not isinstance(document, dict):
        return JsonLine(number, faults=(NOT_AN_OBJECT,))
    return JsonLine(number, document)


def _in_a_line(fault: Fault) -> Fault:
    """Without the line, which is always the first of its own text."""
    return Fault(fault.path.removeprefix("line 1 "), fault.code, fault.message, fault.hint)


def is_flat(document: dict[str, Any]) -> bool:
    """Whether a line is a row of named cells: a profile of the record has parts with names."""
    return not any(isinstance(value, (dict, list)) for value in document.values())


def cells_of(
    document: dict[str, Any], header: tuple[str, ...]
) -> tuple[list[str], tuple[CellFault, ...]]:
    """The cells of a line under a header, and those that cannot be text."""
    cells: list[str] = []
    faults: list[CellFault] = []
    for index, name in enumerate(header):
        try:
            cells.append(cell_text(document.get(name)))
        except UnreadableCell as unreadable:
            cells.append("")
            faults.append(CellFault(index, unreadable.fault))
    return cells, tuple(faults)


class JsonTable:
    """JSON lines as a table whose columns are the keys of all lines, for use with a mapping."""

    def __init__(self, lines: JsonLines, *, skip_rows: int = 0) -> None:
        self._lines = lines
        self._skip = skip_rows
        self.name = lines.name
        self.header_line: int | None = None
        keys: dict[str, None] = {}
        for line in lines.lines():
            keys.update(dict.fromkeys(line.document))
            if len(keys) > MAX_COLUMNS:
                break
        self.header = tuple(keys)
        if faults := header_faults(list(self.header)):
            raise TableError(faults, source=self.name)

    @property
    def blank_lines(self) -> int:
        """How many blank lines were passed over so far."""
        return self._lines.blank_lines

    @blank_lines.setter
    def blank_lines(self, count: int) -> None:
        self._lines.blank_lines = count

    @property
    def is_plain_utf_8(self) -> bool:
        """No: the rows of this kind are not lines of text."""
        return False

    @property
    def bytes_read(self) -> int:
        """About how much of the file has been read."""
        return self._lines.bytes_read

    @property
    def decimal_comma(self) -> bool:
        """Numbers have a type of their own here."""
        return False

    def column_fault(self, index: int) -> Fault | None:
        """None: types belong to single cells here."""
        return None

    def rows(self) -> Iterator[RawRow | BrokenRow]:
        """Every line in order."""
        for number, line in enumerate(self._lines.lines()):
            if number < self._skip:
                continue
            if line.faults:
                yield BrokenRow(line.line, line.faults[0].code, fault=line.faults[0])
                continue
            cells, faults = cells_of(line.document, self.header)
            yield RawRow(line.line, cells, faults)
