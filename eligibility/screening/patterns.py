"""Patterns of verdicts: rows with the same verdict on every criterion share a number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from eligibility.interning import Numbers, WordNumbers
from eligibility.protocol.verdict import Verdict

VERDICTS = (Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN)
Codes = npt.NDArray[np.int8]
"""Places in `VERDICTS`."""

_IN_A_WORD = (
    24  # verdicts that a 64-bit number holds beside millions of patterns: 3 ** 24 * 2 ** 24
)


class Pattern(tuple[Verdict, ...]):
    """The verdicts on all criteria; a tuple that knows its hash, for counting millions of them."""

    _hash: int | None = None

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = super().__hash__()
        return self._hash


class Patterns:
    """Gives every pattern a number that it keeps: numbers are given without gaps, from 0 on."""

    def __init__(self) -> None:
        self.known: list[Pattern] = []
        self._numbers: list[WordNumbers] = []

    def __len__(self) -> int:
        return len(self.known)

    def number(self, columns: Sequence[Codes], rows: int) -> Numbers:
        """The number of each row's pattern."""
        numbers, fresh = np.zeros(rows, dtype=np.int64), np.zeros(0, dtype=np.int64)
        for place, start in enumerate(range(0, len(columns), _IN_A_WORD)):
            if place == len(self._numbers):
                self._numbers.append(WordNumbers())
            # What came before is a small number by now and has room beside the next verdicts.
            words = _packed(numbers, columns[start : start + _IN_A_WORD])
            numbers, fresh = self._numbers[place].number(words)
        for row in fresh.tolist():
            self.known.append(Pattern(VERDICTS[column[row]] for column in columns))
        return numbers


def _packed(numbers: Numbers, columns: Sequence[Codes]) -> Numbers:
    words = numbers.copy()
    for column in columns:
        words *= len(VERDICTS)
        words += column
    return words
