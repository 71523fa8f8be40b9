"""The lines of a block's results, put together in the order of its rows."""

from __future__ import annotations

import polars as pl

from eligibility.intake.faults import Rejection
from eligibility.interning import Numbers
from eligibility.reports.results import ResultRow, line_of

_LINE_END = "\n"


class Written:
    """Collects lines of results by their places, and rejections."""

    def __init__(self, ids: pl.Series) -> None:
        self._ids = ids
        self._frames: list[pl.DataFrame] = []
        self._single: list[tuple[int, str]] = []
        self._rejections: list[Rejection] = []
        self.count = 0
        self.blank_lines = 0
        """Blank lines that took the place of rows."""

    def add(self, places: Numbers, *endings: pl.Series) -> None:
        """Lines that are an id and endings."""
        self.count += len(places)
        ids = self._ids if len(places) == len(self._ids) else self._ids.gather(places)
        lines = pl.select(pl.concat_str(ids, *endings, separator=",")).to_series()
        self._frames.append(pl.DataFrame({"place": places, "line": lines}))

    def put(self, place: int, row: ResultRow) -> None:
        """The line of one row."""
        self.count += 1
        self._single.append((place, line_of(row.cells)))

    def reject(self, rejection: Rejection) -> None:
        """A row that has no line."""
        self._rejections.append(rejection)

    @property
    def rejections(self) -> list[Rejection]:
        """The rejections in the order of the table."""
        return sorted(self._rejections, key=lambda each: each.line)

    def lines(self) -> str:
        """All lines."""
        if self._single:
            schema = {"place": pl.Int64, "line": pl.String}
            self._frames.append(pl.DataFrame(self._single, schema=schema, orient="row"))
        if not self._frames:
            return ""
        frame = pl.concat(self._frames)
        if self._single:
            frame = frame.sort("place")
        return f"{frame['line'].str.join(_LINE_END).item()}{_LINE_END}" if self.count else ""
