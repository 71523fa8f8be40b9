"""Numbers for the distinct texts of a column: the first text is 0, the next new one 1, batch after batch."""

from __future__ import annotations

import numpy as np
import polars as pl

from eligibility.interning import Numbers


class InternedTexts:
    """Gives every distinct text a number that it keeps."""

    def __init__(self) -> None:
        self._type = pl.Categorical(pl.Categories.random())
        # Polars forgets the numbers when no column of the type is left.
        self._kept = pl.Series([""], dtype=pl.String).cast(self._type)
        self.known = [""]

    def number(self, cells: pl.Series) -> tuple[Numbers, list[str]]:
        """The number of each cell, and the texts not seen before, in the order of their numbers."""
        numbers = cells.cast(self._type).to_physical().to_numpy().astype(np.int64)
        fresh = np.flatnonzero(numbers >= len(self.known))
        if not fresh.size:
            return numbers, []
        distinct, places = np.unique(numbers[fresh], return_index=True)
        assert distinct[0] == len(self.known)
        assert distinct[-1] - distinct[0] + 1 == len(distinct)  # numbers are given without gaps
        texts: list[str] = cells.gather(fresh[places]).to_list()
        self.known += texts
        return numbers, texts
