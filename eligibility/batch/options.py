"""What somebody chooses for a run, other than its table, mapping and trial."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from eligibility.columnar.outcome import Screened

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
