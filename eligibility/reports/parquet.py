"""Results as Parquet: the cells of `results.csv` with types, in row groups."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from eligibility.protocol.verdict import Decision, Verdict
from eligibility.reports.results_file import scanned

ROWS_PER_GROUP = 1 << 17

_DATES = ("possible_from", "valid_until", "as_of", "planned_start")
_ISO = r"^\d{4}-\d{2}-\d{2}$"


def write_parquet(results: Path, path: Path, criteria: Sequence[str]) -> None:
    """Write results as Parquet; equal results give equal bytes.

    Decision and verdicts are dictionaries. A column of dates is one of type date where each of its
    cells is a calendar date or blank, else of text, as day offsets are. A blank cell is null.
    """
    read = scanned(results)
    names = read.collect_schema().names()
    dates = [name for name in _DATES if name in names]
    decision, verdict = pl.Enum([each.value for each in Decision]), pl.Enum([*_values()])
    typed = read.with_columns(
        pl.when(pl.col(name) != "").then(pl.col(name)).alias(name)
        for name in names
        if name not in criteria and name != "decision"
    ).with_columns(
        pl.col("decision").cast(decision),
        *(pl.col(name).cast(verdict) for name in criteria),
        *(pl.col(name).str.to_date("%Y-%m-%d") for name in _calendar(read, dates)),
    )
    try:
        typed.sink_parquet(
            path, row_group_size=ROWS_PER_GROUP, compression="zstd", maintain_order=True
        )
    except pl.exceptions.PolarsError:
        # It has read these results before: what fails now is writing, and it seldom says how.
        raise OSError(errno.EIO, "the disk does not take the Parquet file") from None


def _values() -> list[str]:
    return [each.value for each in Verdict]


def _calendar(read: pl.LazyFrame, names: Sequence[str]) -> list[str]:
    """The columns all of whose cells are calendar dates or blank."""
    cell = pl.col(names)
    fits = cell.str.contains(_ISO) & cell.str.to_date("%Y-%m-%d", strict=False).is_not_null()
    found = read.select((fits | (cell == "")).all()).collect(engine="streaming")
    return [name for name in names if found[name].item()]
