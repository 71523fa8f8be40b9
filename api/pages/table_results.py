"""The results of a run as pages of a table: filtered and sorted here, a page at a time, in a stable order."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from eligibility.protocol.verdict import Decision, Verdict
from eligibility.reports.results_file import scanned

_RANK = {
    **dict(zip(("eligible", "undetermined", "ineligible"), range(3), strict=True)),
    **dict(zip(("pass", "unknown", "fail"), range(3), strict=True)),
}
_ROW = "row number"
"""No column of the results is called so."""
_FIRST = (
    "screening_id",
    "decision",
    "deciding_criteria",
    "next_question",
    "possible_from",
    "valid_until",
)
"""What is read first stands first, before the many verdicts."""
_NO_CRITERIA = frozenset({*_FIRST, "as_of", "planned_start"})
LONGEST_TEXT = 64


class Asked(BaseModel):
    """Which rows are asked for, in which order; all of it codes, fit for an address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    decision: Decision | Literal[""] = ""
    criterion: str = Field("", max_length=12, pattern=r"^[A-Za-z0-9_]*$")
    verdict: Verdict | Literal[""] = ""
    sort: str = Field("", max_length=24, pattern=r"^[A-Za-z0-9_]*$")
    down: bool = False
    page: int = Field(1, ge=1, le=1_000_000)
    size: Literal["50", "100"] = "50"

    def query(self, **changed: object) -> str:
        """These as the query of an address, with some of them changed."""
        said = {**self.model_dump(mode="json", exclude_defaults=True), **changed}
        kept = {key: "true" if each is True else each for key, each in said.items() if each}
        return urlencode(kept)

    def sorted_by(self, column: str) -> str:
        """The query that sorts by a column; the other way round where it is sorted by it."""
        return self.query(sort=column, down=self.sort == column and not self.down, page=0)

    def direction(self, column: str) -> str:
        """How a column is sorted, as `aria-sort` has it."""
        if self.sort != column:
            return "none"
        return "descending" if self.down else "ascending"


@dataclass(frozen=True, slots=True)
class ResultPage:
    """Some rows of the results."""

    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    found: int
    """How many rows match."""
    page: int
    pages: int
    numbers: list[int]
    """By row its place in the results, the same whatever it is sorted by."""

    @property
    def criteria(self) -> list[str]:
        """The columns that hold verdicts, whether or not the trial still has these criteria."""
        return _criteria(self.columns)


def result_page(path: Path, asked: Asked, *, text: str = "") -> ResultPage:
    """The rows that are asked for; `text` is looked for in ids."""
    matching, columns = _matching(path, asked, text)
    found = matching.select(pl.len()).collect().item()
    size = int(asked.size)
    pages = max(1, math.ceil(found / size))
    page = min(asked.page, pages)
    shown = matching.slice((page - 1) * size, size).collect()
    numbers = shown[_ROW].to_list()
    first = [name for name in _FIRST if name in columns]
    told = (*first, *(name for name in columns if name not in first))
    return ResultPage(told, shown.drop(_ROW).to_dicts(), found, page, pages, numbers)


def _matching(path: Path, asked: Asked, text: str) -> tuple[pl.LazyFrame, tuple[str, ...]]:
    """The rows that match, in order and with their places; and the columns of the file."""
    frame = opened(path)
    columns = tuple(frame.collect_schema().names())
    matching = frame.with_row_index(_ROW).filter(*_filters(asked, columns, text))
    order = _order(asked, columns)
    if order is not None:
        matching = matching.sort([order, pl.col(_ROW)], descending=[asked.down, False])
    return matching, columns


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The rows beside one among those that are asked for, and the page it stands on."""

    before: int | None = None
    after: int | None = None
    page: int = 1


def neighbours(path: Path, asked: Asked, number: int) -> Neighbours:
    """What stands beside a row, by places; nothing beside one that does not match."""
    matching, _ = _matching(path, asked, "")
    places = matching.select(_ROW).collect()[_ROW]
    at = places.index_of(number)
    if at is None:
        return Neighbours()
    return Neighbours(
        places[at - 1] if at else None,
        places[at + 1] if at + 1 < len(places) else None,
        at // int(asked.size) + 1,
    )


def result_row(path: Path, number: int) -> dict[str, Any] | None:
    """One row by its place; None behind the last."""
    return next(iter(opened(path).slice(number, 1).collect().to_dicts()), None)


def opened(path: Path) -> pl.LazyFrame:
    """Results of either kind as texts."""
    if path.suffix == ".parquet":
        return pl.scan_parquet(path).select(pl.all().cast(pl.String).fill_null(""))
    return scanned(path)


def _filters(asked: Asked, columns: Iterable[str], text: str) -> list[pl.Expr]:
    found = [pl.lit(value=True)]
    if asked.decision:
        found.append(pl.col("decision") == asked.decision.value)
    if asked.verdict:
        asked_of = [name for name in _criteria(columns) if asked.criterion in ("", name)]
        some = [pl.col(name) == asked.verdict.value for name in asked_of]
        # A criterion that these results do not have has no verdict in any row.
        found.append(pl.any_horizontal(some) if some else pl.lit(value=False))
    if text:
        found.append(
            pl.col("screening_id").str.to_lowercase().str.contains(text.lower(), literal=True)
        )
    return found


def _criteria(columns: Iterable[str]) -> list[str]:
    return [name for name in columns if name not in _NO_CRITERIA]


def _order(asked: Asked, columns: Iterable[str]) -> pl.Expr | None:
    if asked.sort not in columns:
        return None
    column = pl.col(asked.sort)
    if asked.sort in ("screening_id", "deciding_criteria", "next_question"):
        return column
    # Dates that are not there come last, and so do words in their own order rather than by letter.
    return (
        column.replace_strict(_RANK, default=None, return_dtype=pl.Int8)
        .cast(pl.String)
        .fill_null(pl.when(column == "").then(pl.lit("\uffff")).otherwise(column))
    )


@dataclass(frozen=True, slots=True)
class RejectedPage:
    """Some of the faults for which rows were not screened, and how many there are of each sort."""

    rows: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    columns: list[str]
    found: int
    page: int
    pages: int


def rejected_page(
    path: Path, *, code: str, column: int | None, page: int, size: int = 50
) -> RejectedPage:
    """Faults by code and column; a column is named by its number, for its name may be anything."""
    frame = scanned(path).collect()
    groups = (
        frame.group_by("column", "code", maintain_order=True).len().sort("len", descending=True)
    )
    columns = sorted(frame["column"].unique().to_list())
    if code:
        frame = frame.filter(pl.col("code") == code)
    if column is not None:
        frame = frame.filter(pl.col("column") == columns[column])
    pages = max(1, math.ceil(len(frame) / size))
    page = min(page, pages)
    shown = frame.slice((page - 1) * size, size).to_dicts()
    return RejectedPage(shown, groups.to_dicts(), columns, len(frame), page, pages)
