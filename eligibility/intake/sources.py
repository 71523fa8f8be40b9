"""Opens a table of any kind: what the file is decides who reads it, and each is read in one way."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from eligibility.errors import Fault
from eligibility.intake.compressed import unpacked, zip_members
from eligibility.intake.faults import TableError
from eligibility.intake.json_lines import JsonLines, JsonTable
from eligibility.intake.kinds import HEAD, Kind, kind_of, kind_of_archive
from eligibility.intake.row_source import RowSource
from eligibility.intake.tables import Layout, Table

MAX_SPOOLED = 8 << 30
"""What a packed workbook or Parquet file may take on the disk, where it is unpacked to be read."""

_CHUNK = 1 << 20
_BINARY = (Kind.PARQUET, Kind.EXCEL)


@dataclass(frozen=True, slots=True)
class _Content:
    """What stands in a file once it is unpacked: of which kind, and how to begin reading it."""

    kind: Kind
    start: Callable[[], BinaryIO]
    path: Path
    name: str
    is_packed: bool = False


@contextmanager
def open_source(
    path: Path, *, layout: Layout | None = None, sheet: str | None = None, as_table: bool = True
) -> Iterator[RowSource | JsonLines]:
    """The rows of a file of any kind; JSON lines are given as they are, unless `as_table`."""
    layout = layout or Layout()
    with ExitStack() as files:
        content = _content(path, files)
        _check_options(content, layout, sheet)
        yield _source(content, layout, sheet, files, as_table=as_table)


def _source(
    content: _Content, layout: Layout, sheet: str | None, files: ExitStack, *, as_table: bool
) -> RowSource | JsonLines:
    match content.kind:
        case Kind.PARQUET:
            # The data-frame library takes a third of a second to import.
            from eligibility.intake.parquet_table import ParquetTable  # noqa: PLC0415

            return ParquetTable(content.path, content.name, layout.skip_lines)
        case Kind.EXCEL:
            from eligibility.intake.excel_table import ExcelTable  # noqa: PLC0415

            return ExcelTable(
                files.enter_context(content.start()),
                name=content.name,
                packed=content.path.stat().st_size,
                sheet=sheet,
                skip_rows=layout.skip_lines,
            )
        case Kind.JSON_LINES:
            lines = JsonLines(content.start, content.name)
            return JsonTable(lines, skip_rows=layout.skip_lines) if as_table else lines
        case _:
            stream = files.enter_context(content.start())
            return Table(stream, name=content.name, layout=layout, is_packed=content.is_packed)


def _content(path: Path, files: ExitStack) -> _Content:
    """The kind of a file, unpacked where it is packed; what must be whole is unpacked to a disk."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise TableError([_NOT_A_FILE], source=path.name)
    kind = _kind(path.name, lambda: _opened(path))
    if not kind.is_packed:
        return _Content(kind, lambda: _opened(path), path, path.name)

    def start() -> BinaryIO:
        return unpacked(path, _opened(path), kind.value)

    inner = _kind(path.name, start)
    if inner.is_packed:
        raise TableError([_PACKED_TWICE], source=path.name)
    if inner not in _BINARY:
        return _Content(inner, start, path, path.name, is_packed=True)
    whole = _spooled(path.name, start, files)
    return _Content(inner, lambda: whole.open("rb"), whole, path.name)


def _kind(name: str, start: Callable[[], BinaryIO]) -> Kind:
    with start() as stream:
        head = stream.read(HEAD)
        kind = kind_of(head, name)
        if kind is not Kind.ZIP:
            return kind
        if not stream.seekable():
            return _kind_of_packed_zip(stream, head, name)
        return kind_of_archive([member.filename for member in zip_members(name, stream)], name)


def _kind_of_packed_zip(stream: BinaryIO, head: bytes, name: str) -> Kind:
    """A workbook that was packed once more: it begins with its table of contents, or its parts."""
    looks_like = b"[Content_Types].xml" in head or b"xl/" in head or b"docProps/" in head
    return Kind.EXCEL if looks_like else Kind.ZIP


def _spooled(name: str, start: Callable[[], BinaryIO], files: ExitStack) -> Path:
    folder = Path(files.enter_context(tempfile.TemporaryDirectory(prefix="eligibility-")))
    whole = folder / "unpacked"
    room = MAX_SPOOLED
    with start() as stream, whole.open("wb") as out:
        while chunk := stream.read(_CHUNK):
            room -= len(chunk)
            if room < 0:
                raise TableError([_TOO_LARGE], source=name)
            out.write(chunk)
    return whole


def _opened(path: Path) -> io.BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        fault = Fault("", "cannot_open", "the table cannot be opened", error.strerror)
        raise TableError([fault], source=path.name) from None


def _check_options(content: _Content, layout: Layout, sheet: str | None) -> None:
    """An option that this kind of file has no use for is a mistake about the file."""
    if sheet is not None and content.kind is not Kind.EXCEL:
        raise TableError([_NO_SHEETS], source=content.name)
    if layout.encoding not in (None, "utf-8") and content.kind is not Kind.TEXT:
        raise TableError([_NO_ENCODING], source=content.name)


_NOT_A_FILE = Fault(
    "",
    "not_a_file",
    "a table is read more than once, which a pipe does not allow",
    "write it to a file, and give that",
)
_TOO_LARGE = Fault(
    "",
    "unpacks_too_large",
    f"the file unpacks to more than {MAX_SPOOLED >> 30} GiB",
    "unpack it yourself: Parquet and Excel are compressed as they are",
)
_PACKED_TWICE = Fault(
    "",
    "packed_twice",
    "the archive holds another archive",
    "unpack it, and give the table or an archive with nothing but the table",
)
_NO_SHEETS = Fault(
    "", "no_sheets", "a sheet was chosen, but this is no workbook", "leave the sheet out"
)
_NO_ENCODING = Fault(
    "",
    "no_encoding",
    "an encoding was named, but this kind of file says itself how its text is written",
    "leave the encoding out, in the mapping too",
)
