"""Attrition as tables for the terminal; sequential and independent counts are labelled as such."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from eligibility.protocol.verdict import Decision
from eligibility.reports.attrition import INDEPENDENT, SEQUENTIAL, Attrition


def attrition_tables(
    attrition: Attrition, *, rows: int, rejected: int, by_code: Mapping[str, int]
) -> Iterator[RenderableType]:
    """The decisions, then how many patients each criterion costs; one sentence where nobody was screened."""
    counts = ", ".join(f"{attrition.decisions[d]} {d.value}" for d in Decision)
    yield Text(
        f"{rows} rows in: {attrition.screened} screened ({counts}), {rejected} rejected",
        style="bold",
    )
    if not attrition.screened:
        yield Text(_nobody(rejected, by_code))
        return
    yield Text(INDEPENDENT)
    yield _table(attrition.independent_rows())
    yield Text(SEQUENTIAL)
    yield _table(attrition.sequential_rows())


def _nobody(rejected: int, by_code: Mapping[str, int]) -> str:
    if not rejected:
        return "The table has column names but no rows: nobody was screened."
    most = max(by_code, key=lambda code: by_code[code], default="")
    rows = "The only row was" if rejected == 1 else f"All {rejected} rows were"
    return (
        f"{rows} rejected and nobody was screened, most often for {most}: rejected.csv says of each "
        "what to do; then screen the table again into a new folder."
    )


def _table(rows: list[tuple[str, ...]]) -> Table:
    header, *body = rows
    table = Table()
    table.add_column(header[0])
    for heading in header[1:]:
        table.add_column(heading, justify="right")
    for row in body:
        table.add_row(*row)
    return table
