"""Compressed files as streams: bounded in size and ratio, and never taken for whole when cut off."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Protocol

from backports import zstd

from eligibility.errors import Fault
from eligibility.intake.faults import TableError, damaged

MAX_RATIO = 250
"""How many times longer than the packed file its content may be, beyond the first 64 MiB."""
FREE_BYTES = 64 << 20
MAX_BYTES = 1 << 40
MAX_MEMORY = 160 << 20
"""What a format with a long memory of its own may take."""

_CHUNK = 1 << 16
_DAMAGE = (
    EOFError,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    zstd.ZstdError,
    NotImplementedError,  # zipfile, of a way of packing that it does not know
    OSError,
)


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Bz2:
    """The decompressor of bzip2 under the names that the others have."""

    def __init__(self) -> None:
        self._inner = bz2.BZ2Decompressor()

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return self._inner.needs_input

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(data, max_length)


class _Unpacked(io.RawIOBase):
    """Parts packed one after another; what follows the last is an error, not silently left out."""

    def __init__(self, stream: BinaryIO, start: Callable[[], _Decompressor]) -> None:
        super().__init__()
        self._stream = stream
        self._start = start
        self._part = start()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """The next bytes; 0 at the end of the last part."""
        while True:
            packed = b""
            if self._part.eof:
                packed = self._next_part()
                if not packed:
                    return 0
                self._part = self._start()
            elif self._part.needs_input:
                packed = self._stream.read(_CHUNK)
                if not packed:
                    raise EOFError
            data = self._part.decompress(packed, len(buffer))
            if data:
                buffer[: len(data)] = data
                return len(data)

    def _next_part(self) -> bytes:
        """What follows a part, without the zeros that xz pads parts with."""
        packed = self._part.unused_data.lstrip(b"\0")
        while not packed and (more := self._stream.read(_CHUNK)):
            packed = more.lstrip(b"\0")
        return packed


class _Bounded(io.RawIOBase):
    """Refuses content that grows out of all proportion, and names the file when it is damaged."""

    def __init__(
        self, stream: io.RawIOBase | io.BufferedIOBase, file: BinaryIO, name: str, packed: int
    ) -> None:
        super().__init__()
        self._stream = stream
        self._file = file
        self._name = name
        self._most = min(MAX_BYTES, FREE_BYTES + packed * MAX_RATIO)
        self._total = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """As many bytes as there is room for, unless the file ends."""
        view, filled = memoryview(buffer), 0
        while filled < len(view):
            try:
                count = self._stream.readinto(view[filled:]) or 0
            except _DAMAGE:
                raise damaged(self._name) from None
            if not count:
                break
            filled += count
        self._total += filled
        if self._total > self._most:
            raise _too_large(self._name)
        return filled

    def close(self) -> None:
        self._stream.close()
        self._file.close()
        super().close()


def _too_large(name: str) -> TableError:
    fault = Fault(
        "",
        "unpacks_too_large",
        f"the file unpacks to more than {MAX_RATIO} times its size",
        "unpack it yourself, and give the table if it is really one",
    )
    return TableError([fault], source=name)


def _xz() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=MAX_MEMORY)


UNPACKERS: dict[str, Callable[[BinaryIO], io.RawIOBase | io.BufferedIOBase]] = {
    "gzip": lambda stream: gzip.GzipFile(fileobj=stream, mode="rb"),
    "bzip2": lambda stream: _Unpacked(stream, _Bz2),
    "xz": lambda stream: _Unpacked(stream, _xz),
    "zstd": lambda stream: _Unpacked(stream, zstd.ZstdDecompressor),
}


class Unpacked(io.BufferedReader):
    """The content of a compressed file; how far that has been read is asked of `packed`."""

    def __init__(self, content: io.RawIOBase, packed: BinaryIO) -> None:
        super().__init__(content, _CHUNK)
        self.packed = packed


def unpacked(path: Path, stream: BinaryIO, kind: str) -> Unpacked:
    """The content of a compressed file, unpacked as it is read; closing it closes the file."""
    size = path.stat().st_size
    try:
        inner = _only_member(path.name, stream) if kind == "zip" else UNPACKERS[kind](stream)
    except TableError:
        stream.close()
        raise
    return Unpacked(_Bounded(inner, stream, path.name, size), stream)


def zip_members(name: str, stream: BinaryIO) -> list[zipfile.ZipInfo]:
    """The files in a zip archive, without what macOS adds."""
    try:
        members = zipfile.ZipFile(stream).infolist()
    except _DAMAGE:
        raise damaged(name) from None
    return [m for m in members if not m.is_dir() and not m.filename.startswith("__MACOSX/")]


def _only_member(name: str, stream: BinaryIO) -> io.BufferedIOBase:
    members = zip_members(name, stream)
    if len(members) != 1:
        message = f"the archive holds {len(members)} files, and a table is one file"
        hint = "put one table into an archive of its own"
        raise TableError([Fault("", "archive_members", message, hint)], source=name)
    if members[0].flag_bits & 1:
        message = "the archive is locked with a password"
        raise TableError(
            [Fault("", "archive_locked", message, "give it without a password")], source=name
        )
    try:
        member = zipfile.ZipFile(stream).open(members[0])  # noqa: SIM115 - the reader closes it
    except _DAMAGE:
        raise damaged(name) from None
    assert isinstance(member, zipfile.ZipExtFile)  # what is opened for reading is one
    return member
