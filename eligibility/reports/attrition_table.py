"""Attrition as tables for the terminal; sequential and independent counts are labelled as such."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from eligibility.protocol.verdict import Decision
from eligibility.reports.attrition import INDEPENDENT, SEQUENTIAL, Attrition


def attrition_tables(attrition: Attrition, *, rows: int, rejected: int) -> Iterator[RenderableType]:
    """The decisions, then how many patients each criterion costs."""
    counts = ", ".join(f"{attrition.decisions[d]} {d.value}" for d in Decision)
    yield Text(
        f"{rows} rows in: {attrition.screened} screened ({counts}), {rejected} rejected",
        style="bold",
    )
    yield Text(INDEPENDENT)
    yield _table(attrition.independent_rows())
    yield Text(SEQUENTIAL)
    yield _table(attrition.sequential_rows())


def _table(rows: list[tuple[str, ...]]) -> Table:
    header, *body = rows
    table = Table()
    table.add_column(header[0])
    for heading in header[1:]:
        table.add_column(heading, justify="right")
    for row in body:
        table.add_row(*row)
    return table
