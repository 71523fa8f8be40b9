"""Which screening ids a table has shown so far, and on which line first, in bounded memory."""

from __future__ import annotations

import mmap
import os
from collections.abc import Collection, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Lines = NDArray[np.int64]

MOST_HELD = 1 << 21
"""Ids held in memory (24 bytes each) before a sorted run is set down on disk."""
MOST_WAITING = 1 << 14
JOURNAL = "ids.bin"

_EXACT = 16
"""An id of so many bytes is its own key; a longer one is hashed."""
_ENTRY = 3
_HASHED = np.uint64(1 << 63)


class Keys(NamedTuple):
    """Ids as 128-bit keys; no two ids of 16 letters or fewer ever share one."""

    high: Words
    low: Words


class Run(NamedTuple):
    """Keys in ascending order, each with the line it was first seen on."""

    high: Words
    low: Words
    lines: Lines


def keys_of(ids: Sequence[str]) -> Keys:
    """The keys of some ids; texts that are no ASCII, and so no ids, have keys as well.

    >>> first, second = keys_of(["P1"]), keys_of(["P1", "P2"])
    >>> bool(first.high[0] == second.high[0]), bool(second.low[0] == second.low[1])
    (True, True)
    """
    coded, is_hashed = _coded(ids)
    words = coded.view("<u8").reshape(-1, 2)
    high, low = words[:, 0].astype(np.uint64), words[:, 1].astype(np.uint64)
    # An ASCII byte has no top bit: a hash can never be taken for an id that is its own key.
    low[is_hashed] |= _HASHED
    return Keys(_mixed(high ^ _mixed(low)), low)


def _coded(ids: Sequence[str]) -> tuple[NDArray[np.bytes_], NDArray[np.bool_]]:
    """Ids at fixed width, padded with NUL, and which of them are hashes."""
    together = "".join(ids)
    if together.isascii() and "\0" not in together and max(map(len, ids), default=0) <= _EXACT:
        return np.array(ids, dtype=f"S{_EXACT}"), np.zeros(len(ids), dtype=np.bool_)
    own = [each.isascii() and len(each) <= _EXACT and "\0" not in each for each in ids]
    plain = [each if is_own else "" for each, is_own in zip(ids, own, strict=True)]
    coded, is_hashed = np.array(plain, dtype=f"S{_EXACT}"), ~np.array(own, dtype=np.bool_)
    for place in np.flatnonzero(is_hashed).tolist():
        text = ids[place].encode("utf-8", "surrogatepass")
        coded[place] = blake2b(text, digest_size=_EXACT).digest()
    return coded, is_hashed


def _mixed(words: Words) -> Words:
    """Spreads ids that begin alike; one to one, so that keys stay as distinct as they were."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


class SeenIds:
    """Remembers ids by key: the newest in a dictionary, others in sorted runs, old runs on disk.

    With a folder, `keep` writes what is new behind what was kept before; after a crash `resume`
    knows again what was kept, and nothing later.
    """

    def __init__(self, folder: Path | None = None, *, most_held: int = MOST_HELD) -> None:
        self._folder = folder
        self._most_held = most_held
        self._waiting: dict[str, int] = {}
        self._runs: list[Run] = []
        self._on_disk: list[Run] = []
        self._maps: list[mmap.mmap] = []
        self._unkept: list[NDArray[np.uint64]] = []
        self._kept = 0
        if folder is not None:
            (folder / JOURNAL).touch()

    @classmethod
    def resume(cls, folder: Path, kept: int, *, most_held: int = MOST_HELD) -> Self:
        """The ids of a run that ended after `kept` of them were kept; later ones are cut off.

        A ValueError says that fewer are there.
        """
        seen = cls(folder, most_held=most_held)
        width = _ENTRY * 8
        with (folder / JOURNAL).open("r+b") as journal:
            if journal.seek(0, os.SEEK_END) < kept * width:
                raise ValueError("ids that were kept are gone")
            journal.seek(0)
            journal.truncate(kept * width)
            while content := journal.read(most_held * width):
                entries = np.frombuffer(content, dtype="<u8").astype(np.uint64).reshape(-1, _ENTRY)
                seen._add(_sorted(entries))
        seen._kept = kept
        return seen

    def first_line(self, screening_id: str) -> int | None:
        """The line an id was first seen on."""
        if line := self._waiting.get(screening_id):
            return line
        if not (self._runs or self._on_disk):
            return None
        return int(self._found_in_order(keys_of([screening_id]))[0]) or None

    def add(self, screening_id: str, line: int) -> None:
        """One id that was not seen before."""
        self._waiting[screening_id] = line
        if len(self._waiting) >= MOST_WAITING:
            self._settle()

    def first_lines(self, ids: Sequence[str]) -> Lines:
        """The line each id was first seen on, 0 where it was not."""
        self._settle()
        return self._found_in_order(keys_of(ids))

    def known(self, ids: Collection[str]) -> set[str]:
        """Those of some texts that are ids seen so far."""
        asked = list(ids)
        found = self.first_lines(asked).tolist()
        return {each for each, line in zip(asked, found, strict=True) if line}

    def take(self, ids: Sequence[str], lines: Lines) -> Lines:
        """Adds the ids of a block; each comes back with 0 if it is new, else with its first line.

        An id that stands in the block twice is new where it stands first.
        """
        self._settle()
        keys = keys_of(ids)
        # A stable sort keeps equal keys in the order of the block.
        order = _order(keys)
        high, low = keys.high[order], keys.low[order]
        found = self._found(Keys(high, low))
        is_first = np.ones(len(order), dtype=np.bool_)
        is_first[1:] = (high[1:] != high[:-1]) | (low[1:] != low[:-1])
        is_new = is_first & (found == 0)
        if not is_first.all():
            groups = np.cumsum(is_first) - 1
            found = np.where(
                found > 0, found, np.where(is_first, 0, lines[order[is_first]][groups])
            )
        self._enter(Run(high[is_new], low[is_new], lines[order[is_new]]))
        first = np.empty(len(order), dtype=np.int64)
        first[order] = found
        return first

    def keep(self) -> int:
        """Writes what is new to disk for good, and says how many ids are kept in all."""
        self._settle()
        if self._folder is not None and self._unkept:
            with (self._folder / JOURNAL).open("ab") as journal:
                for entries in self._unkept:
                    journal.write(entries.astype("<u8").tobytes())
                    self._kept += len(entries)
                journal.flush()
                os.fsync(journal.fileno())
            self._unkept.clear()
        return self._kept

    def close(self) -> None:
        """Lets go of the runs on disk."""
        self._on_disk.clear()
        self._maps.clear()

    def _settle(self) -> None:
        """Moves the ids that wait in the dictionary into a sorted run."""
        if self._waiting:
            lines = np.fromiter(self._waiting.values(), dtype=np.int64, count=len(self._waiting))
            keys = keys_of(list(self._waiting))
            order = _order(keys)
            self._enter(Run(keys.high[order], keys.low[order], lines[order]))
            self._waiting.clear()

    def _enter(self, run: Run) -> None:
        if self._folder is not None:
            self._unkept.append(np.column_stack((run.high, run.low, run.lines.astype(np.uint64))))
        self._add(run)

    def _add(self, run: Run) -> None:
        """Takes a run; runs of like size become one, so that there are never many."""
        if not len(run.high):
            return
        while self._runs and len(self._runs[-1].high) <= 2 * len(run.high):
            run = _merged(self._runs.pop(), run)
        self._runs.append(run)
        if sum(len(each.high) for each in self._runs) >= self._most_held:
            self._set_down()

    def _set_down(self) -> None:
        """Makes one run of all in memory and, where there is a folder, lays it on disk."""
        run = self._runs.pop()
        while self._runs:
            run = _merged(self._runs.pop(), run)
        if self._folder is None:
            self._runs.append(run)
            return
        path = self._folder / f"ids-{len(self._on_disk)}.run"
        with path.open("w+b") as stream:
            for column in run:
                stream.write(column.tobytes())
            stream.flush()
            mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        # Without a name it cannot outlive the process: the journal is what is kept.
        path.unlink()
        words = np.frombuffer(mapped, dtype=np.uint64).reshape(_ENTRY, -1)
        self._on_disk.append(Run(words[0], words[1], words[2].view(np.int64)))
        self._maps.append(mapped)

    def _found_in_order(self, keys: Keys) -> Lines:
        order = _order(keys)
        found = np.empty(len(order), dtype=np.int64)
        found[order] = self._found(Keys(keys.high[order], keys.low[order]))
        return found

    def _found(self, keys: Keys) -> Lines:
        """The first lines of sorted keys."""
        found = np.zeros(len(keys.high), dtype=np.int64)
        for run in self._runs:
            _look_up(run, keys, found)
        for run, mapped in zip(self._on_disk, self._maps, strict=True):
            _look_up(run, keys, found)
            # Pages that were looked at would count as memory of this process until it ends.
            mapped.madvise(mmap.MADV_DONTNEED)
        return found


def _look_up(run: Run, keys: Keys, found: Lines) -> None:
    """Puts the lines of the keys that stand in a run where they belong."""
    high, low = keys
    places = np.searchsorted(run.high, high)
    asked = np.arange(len(high))
    # Keys that share their upper half stand side by side: look on until it differs.
    while len(asked):
        inside = places < len(run.high)
        asked, places = asked[inside], places[inside]
        alike = run.high[places] == high[asked]
        asked, places = asked[alike], places[alike]
        same = run.low[places] == low[asked]
        found[asked[same]] = run.lines[places[same]]
        asked, places = asked[~same], places[~same] + 1


def _order(keys: Keys) -> NDArray[np.intp]:
    """The places of keys in ascending order, equal keys as they came."""
    order = np.argsort(keys.high, kind="stable")
    high = keys.high[order]
    # Halves that are equal and keys that are not are as rare as a collision of hashes.
    alike = np.flatnonzero(high[1:] == high[:-1])
    if (keys.low[order[alike]] != keys.low[order[alike + 1]]).any():
        return np.lexsort((keys.low, keys.high))
    return order


def _sorted(entries: Words) -> Run:
    order = np.argsort(entries[:, 0], kind="stable")
    high, low, lines = (np.ascontiguousarray(entries[order, place]) for place in range(_ENTRY))
    return Run(high, low, lines.view(np.int64))


def _merged(one: Run, other: Run) -> Run:
    high = np.concatenate((one.high, other.high))
    order = np.argsort(high, kind="stable")
    low = np.concatenate((one.low, other.low))[order]
    return Run(high[order], low, np.concatenate((one.lines, other.lines))[order])
