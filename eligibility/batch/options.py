"""What somebody chooses for a run, other than its table, mapping and trial."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from eligibility.columnar.outcome import Screened
from eligibility.dates import anchor_day, anchors

BatchEngine = Literal["columns", "rows"]
EngineElsewhere = Callable[..., Iterator[Screened]]
"""Screens a `Task` on other machines: yields what became of the rows in their order, and counts them read."""
ResultsFormat = Literal["csv", "parquet"]


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of a run."""

    as_of: str | None = None
    planned_start: str | None = None
    engine: BatchEngine | EngineElsewhere = "columns"
    verdicts_only: bool = False
    results_format: ResultsFormat = "csv"
    explain: tuple[str, ...] = ()
    """Ids of the patients to be explained in full."""
    encoding: str | None = None
    sheet: str | None = None
    block_rows: int | None = None
    """Rows at a time, where the engine takes blocks; it changes speed and memory only."""

    def check_dates(self) -> None:
        """Raises AnchorError for dates that no row could be judged on, before any row is read."""
        if self.as_of is not None:
            anchors(self.as_of, self.planned_start)
        elif self.planned_start is not None:
            anchor_day(self.planned_start, "planned_start")
