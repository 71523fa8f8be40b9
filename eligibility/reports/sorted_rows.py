"""Rows in sorted order with bounded memory: what does not fit waits on disk in sorted runs."""

from __future__ import annotations

import heapq
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

Key = tuple[int, ...]
Cells = tuple[str, ...]
_Row = tuple[Key, int, Cells]

MOST_HELD = 50_000


class SortedRows:
    """Takes rows in any order, gives them by key, equal keys in the order they came in."""

    def __init__(self, folder: Path | None = None, *, most_held: int = MOST_HELD) -> None:
        self._folder = folder
        self._most_held = most_held
        self._held: list[_Row] = []
        self._runs: list[IO[str]] = []
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    def add(self, key: Key, cells: Cells) -> None:
        """One more row."""
        self._held.append((key, self._rows, cells))
        self._rows += 1
        if len(self._held) >= self._most_held:
            self._set_down()

    def __iter__(self) -> Iterator[Cells]:
        """All rows; one iteration at a time, since the runs on disk have one place each."""
        self._held.sort()
        for _, _, cells in heapq.merge(self._held, *map(_read, self._runs)):
            yield cells

    def close(self) -> None:
        """Lets go of the disk; rows that waited there are gone."""
        for run in self._runs:
            run.close()
        self._runs.clear()

    def _set_down(self) -> None:
        self._held.sort()
        # An unnamed file: no patient's row outlives the process, not even a killed one.
        run = tempfile.TemporaryFile("w+", encoding="utf-8", dir=self._folder)  # noqa: SIM115 - closed by close()
        self._runs.append(run)
        run.writelines(json.dumps(row) + "\n" for row in self._held)
        self._held.clear()


def _read(run: IO[str]) -> Iterator[_Row]:
    run.seek(0)
    for line in run:
        key, number, cells = json.loads(line)
        yield tuple(key), number, tuple(cells)
