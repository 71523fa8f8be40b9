"""The files a run writes line by line: safe up to a checkpoint, cut back to it when the run goes on."""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from eligibility.batch.checkpoint import Kept
from eligibility.batch.errors import run_damaged

_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Every:
    """How often a run makes sure of what it has done: after so many rows or seconds."""

    rows: int = 1 << 20
    seconds: float = 5.0


class Due:
    """Says when the next checkpoint is due."""

    def __init__(self, every: Every) -> None:
        self._every = every
        self._rows = 0
        self._time = time.monotonic()

    def after(self, rows: int) -> bool:
        """Whether it is, after so many more rows."""
        self._rows += rows
        is_due = (
            self._rows >= self._every.rows or time.monotonic() - self._time >= self._every.seconds
        )
        if is_due:
            self._rows, self._time = 0, time.monotonic()
        return is_due


class Journal:
    """One file that only grows."""

    def __init__(self, path: Path, kept: Kept) -> None:
        self._size, self._checksum = kept.size, kept.checksum
        self._stream: BinaryIO = path.open("r+b" if path.exists() else "x+b")
        try:
            self._cut_back(kept, path)
        except BaseException:
            self._stream.close()
            raise

    def _cut_back(self, kept: Kept, path: Path) -> None:
        checksum, left = 0, kept.size
        while left and (content := self._stream.read(min(left, _AT_ONCE))):
            checksum = zlib.crc32(content, checksum)
            left -= len(content)
        if left or checksum != kept.checksum:
            raise run_damaged(path.parent.parent)
        self._stream.truncate(kept.size)
        self._stream.seek(kept.size)

    def write(self, text: str) -> int:
        """Some text at the end of the file."""
        content = text.encode("utf-8")
        self._stream.write(content)
        self._size += len(content)
        self._checksum = zlib.crc32(content, self._checksum)
        return len(text)

    def keep(self) -> Kept:
        """Waits until everything is on disk, and says what that is."""
        self._stream.flush()
        os.fsync(self._stream.fileno())
        return Kept(self._size, self._checksum)

    def close(self) -> None:
        """Lets go of the file; what could not be written is not asked for any more."""
        with suppress(OSError):  # of a full disk; the checkpoint says what is there
            self._stream.close()


class Journals:
    """The journals of a run by name."""

    def __init__(self, paths: Mapping[str, Path], kept: Mapping[str, Kept]) -> None:
        self._open: dict[str, Journal] = {}
        try:
            for name, path in paths.items():
                self._open[name] = Journal(path, kept.get(name, Kept()))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getitem__(self, name: str) -> Journal:
        return self._open[name]

    def keep(self) -> dict[str, Kept]:
        """Makes sure of all."""
        return {name: journal.keep() for name, journal in self._open.items()}

    def close(self) -> None:
        """Lets go of all."""
        for journal in self._open.values():
            journal.close()
