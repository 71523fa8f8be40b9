"""Small whole numbers for what repeats: equal combinations of codes get equal numbers, batch after batch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]

_LARGEST_TABLE = 1 << 20  # places; beyond it combinations are looked up one by one
_LOW_BITS = 32


_NO_ROWS = np.zeros(0, dtype=np.int64)


class Coded(NamedTuple):
    """One code per row, each at least 0 and below `size`."""

    codes: Numbers
    size: int


class WordNumbers:
    """Numbers for whole numbers of any size; each keeps its number for good."""

    def __init__(self) -> None:
        self._words = np.zeros(0, dtype=np.int64)
        self._numbers = np.zeros(0, dtype=np.int64)

    @property
    def count(self) -> int:
        """How many numbers were given out."""
        return len(self._numbers)

    def number(self, words: Numbers) -> tuple[Numbers, Numbers]:
        """The number of each row's word, and the first row of each word that is new, by its number."""
        places, is_known = self._looked_up(words)
        if is_known.all():
            return self._numbers[places], _NO_ROWS
        fresh = np.flatnonzero(~is_known)
        distinct, first = np.unique(words[fresh], return_index=True)
        given = np.arange(self.count, self.count + len(distinct))
        merged = np.concatenate((self._words, distinct))
        order = np.argsort(merged, kind="stable")
        self._words, self._numbers = merged[order], np.concatenate((self._numbers, given))[order]
        places, _ = self._looked_up(words)
        return self._numbers[places], fresh[first]

    def _looked_up(self, words: Numbers) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        if not self.count:
            return _NO_ROWS, np.zeros(len(words), dtype=np.bool_)
        places = np.minimum(np.searchsorted(self._words, words), self.count - 1)
        return places, self._words[places] == words


class PairNumbers:
    """Numbers for pairs of codes; a pair keeps its number for good."""

    def __init__(self) -> None:
        self.count = 0
        self._table = np.full((1, 1), -1, dtype=np.int64)
        self._sparse: dict[int, int] | None = None

    def number(self, one: Coded, two: Coded) -> Coded:
        """The number of each row's pair."""
        if self._sparse is None and not self._fits(one.size, two.size):
            self._go_sparse()
        codes = self._looked_up(one, two) if self._sparse is None else self._searched(one, two)
        return Coded(codes, max(self.count, 1))

    def _fits(self, height: int, width: int) -> bool:
        rows, columns = self._table.shape
        if height <= rows and width <= columns:
            return True
        rows, columns = _room(rows, height), _room(columns, width)
        if rows * columns > _LARGEST_TABLE:
            return False
        wider = np.full((rows, columns), -1, dtype=np.int64)
        wider[: self._table.shape[0], : self._table.shape[1]] = self._table
        self._table = wider
        return True

    def _looked_up(self, one: Coded, two: Coded) -> Numbers:
        places = one.codes * self._table.shape[1]
        places += two.codes
        flat = self._table.reshape(-1)
        found = flat[places]
        if found.size and found.min() < 0:
            fresh = np.unique(places[found < 0])
            flat[fresh] = np.arange(self.count, self.count + fresh.size)
            self.count += fresh.size
            found = flat[places]
        return found

    def _go_sparse(self) -> None:
        rows, columns = np.nonzero(self._table >= 0)
        pairs = (rows << _LOW_BITS | columns).tolist()
        self._sparse = dict(zip(pairs, self._table[rows, columns].tolist(), strict=True))
        self._table = np.full((1, 1), -1, dtype=np.int64)

    def _searched(self, one: Coded, two: Coded) -> Numbers:
        assert self._sparse is not None  # the caller has gone sparse
        distinct, places = np.unique(one.codes << _LOW_BITS | two.codes, return_inverse=True)
        known = self._sparse
        numbers = [known.setdefault(pair, len(known)) for pair in distinct.tolist()]
        self.count = len(known)
        return np.array(numbers, dtype=np.int64)[places]


def _room(present: int, needed: int) -> int:
    return present if needed <= present else 1 << (needed - 1).bit_length()


class Combinations:
    """Numbers for rows of codes; combinations that start alike share the work of their start."""

    def __init__(self) -> None:
        self._pairs: dict[tuple[object, ...], PairNumbers] = {}

    @property
    def total(self) -> int:
        """How many numbers were given out: what memory grows with."""
        return sum(pairs.count for pairs in self._pairs.values())

    def number(
        self,
        parts: Iterable[tuple[object, Coded]],
        begun: dict[tuple[object, ...], Coded],
        rows: int,
    ) -> Coded:
        """The number of each row's combination of named parts.

        `begun` keeps what was numbered in this batch, so that a common start is numbered once.
        """
        names: tuple[object, ...] = ()
        whole = Coded(np.zeros(rows, dtype=np.int64), 1)
        for name, part in parts:
            names = (*names, name)
            if len(names) == 1:
                whole = part
                continue
            if names not in begun:
                pairs = self._pairs.setdefault(names, PairNumbers())
                begun[names] = pairs.number(whole, part)
            whole = begun[names]
        return whole


def first_rows(numbers: Numbers, among: Numbers) -> tuple[list[int], list[int]]:
    """Each number that some of these rows have, ascending, and the first of the rows that has it."""
    if not among.size:
        return [], []
    distinct, places = np.unique(numbers[among], return_index=True)
    return distinct.tolist(), among[places].tolist()
