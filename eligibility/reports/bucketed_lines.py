"""CSV lines in the order of keys of which there are few, with bounded memory: what does not fit waits on disk."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from eligibility.reports.sorted_rows import Cells, Key

MOST_HELD = 1 << 24
"""Characters held in memory."""


class BucketedLines:
    """Takes lines in any order, gives them by key, equal keys in the order they came in."""

    def __init__(self, folder: Path | None = None, *, most_held: int = MOST_HELD) -> None:
        self._folder = folder
        self._most_held = most_held
        self._held: dict[Key, list[str]] = {}
        self._characters = 0
        self._disk: IO[bytes] | None = None
        self._pieces: dict[Key, list[tuple[int, int]]] = {}
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    def add(self, key: Key, cells: Cells) -> None:
        """One row."""
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(cells)
        self.add_lines(key, line.getvalue(), rows=1)

    def add_lines(self, key: Key, lines: str, *, rows: int) -> None:
        """Rows that are written already, each with its line end."""
        self._held.setdefault(key, []).append(lines)
        self._rows += rows
        self._characters += len(lines)
        if self._characters >= self._most_held:
            self._set_down()

    def texts(self) -> Iterator[str]:
        """All lines, in pieces of whole lines; one iteration at a time, for the disk has one place."""
        for key in sorted(self._held.keys() | self._pieces.keys()):
            for start, size in self._pieces.get(key, ()):
                assert self._disk is not None  # where pieces are, they are on disk
                self._disk.seek(start)
                yield self._disk.read(size).decode()
            yield from self._held.get(key, ())

    def __iter__(self) -> Iterator[Cells]:
        for text in self.texts():
            yield from map(tuple, csv.reader(io.StringIO(text, newline="")))

    def close(self) -> None:
        """Lets go of the disk; rows that waited there are gone."""
        if self._disk is not None:
            self._disk.close()
            self._disk = None
        self._pieces.clear()

    def _set_down(self) -> None:
        if self._disk is None:
            # An unnamed file: no patient's row outlives the process, not even a killed one.
            self._disk = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by close()
        place = self._disk.seek(0, io.SEEK_END)
        for key, lines in self._held.items():
            content = "".join(lines).encode()
            self._disk.write(content)
            self._pieces.setdefault(key, []).append((place, len(content)))
            place += len(content)
        self._held.clear()
        self._characters = 0
