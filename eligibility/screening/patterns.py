"""Patterns of verdicts: rows with the same verdict on every criterion share a number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from eligibility.interning import Numbers
from eligibility.protocol.verdict import Verdict

VERDICTS = (Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN)
Codes = npt.NDArray[np.int8]
"""Places in `VERDICTS`."""

_IN_A_WORD = 39  # verdicts that one 64-bit number holds


class Pattern(tuple[Verdict, ...]):
    """The verdicts on all criteria; a tuple that knows its hash, for counting millions of them."""

    _hash: int | None = None

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = super().__hash__()
        return self._hash


class Patterns:
    """Gives every pattern a number that it keeps: the first is 0, the next new one 1."""

    def __init__(self) -> None:
        self.known: list[Pattern] = []
        self._numbers: dict[tuple[int, ...], int] = {}

    def __len__(self) -> int:
        return len(self.known)

    def number(self, columns: Sequence[Codes], rows: int) -> Numbers:
        """The number of each row's pattern."""
        words = [
            _packed(columns[start : start + _IN_A_WORD], rows)
            for start in range(0, len(columns), _IN_A_WORD)
        ]
        local = words[0] if len(words) == 1 else _together(words)
        distinct, rows_of, numbers = np.unique(local, return_index=True, return_inverse=True)
        given = np.empty(len(distinct), dtype=np.int64)
        for place, row in enumerate(rows_of.tolist()):
            key = tuple(int(word[row]) for word in words)
            number = self._numbers.get(key)
            if number is None:
                number = self._numbers[key] = len(self.known)
                self.known.append(Pattern(VERDICTS[column[row]] for column in columns))
            given[place] = number
        return given[numbers]


def _packed(columns: Sequence[Codes], rows: int) -> Numbers:
    word = np.zeros(rows, dtype=np.int64)
    for column in columns:
        word *= len(VERDICTS)
        word += column
    return word


def _together(words: Sequence[Numbers]) -> Numbers:
    """A number per distinct row of words, for this batch only."""
    _, numbers = np.unique(np.column_stack(words), axis=0, return_inverse=True)
    return numbers.reshape(-1).astype(np.int64)
