"""Numbers for the distinct texts of a column: the first text is 0, the next new one 1, batch after batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from eligibility.interning import Numbers


class NumberedTexts(NamedTuple):
    """The cells of a column as numbers, and the texts not seen before, in the order of their numbers."""

    numbers: Numbers
    fresh: Sequence[str]


class InternedTexts:
    """Gives every distinct text a number that it keeps; the empty text is 0."""

    def __init__(self) -> None:
        self._type = pl.Categorical(pl.Categories.random())
        # Polars forgets the numbers when no column of the type is left.
        self._kept = pl.Series([""], dtype=pl.String).cast(self._type)
        self.count = 1

    def number(self, cells: pl.Series) -> NumberedTexts:
        """The number of each cell, and the texts that are new."""
        numbers = cells.cast(self._type).to_physical().to_numpy().astype(np.int64)
        if not numbers.size or numbers.max() < self.count:
            return NumberedTexts(numbers, ())
        fresh = np.flatnonzero(numbers >= self.count)
        distinct, places = np.unique(numbers[fresh], return_index=True)
        assert distinct[0] == self.count
        assert distinct[-1] - distinct[0] + 1 == len(distinct)  # numbers are given without gaps
        self.count += len(distinct)
        return NumberedTexts(numbers, cells.gather(fresh[places]).to_list())
