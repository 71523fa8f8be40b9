"""The columns of the template as a table for the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from rich.markup import escape
from rich.table import Table


class Column(Protocol):
    """What is printed of one column."""

    @property
    def column(self) -> str: ...
    @property
    def meaning(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def accepts(self) -> str: ...
    @property
    def example(self) -> str: ...


def column_table(columns: Iterable[Column]) -> Table:
    """One line per column: name, meaning, unit, accepted spellings, example."""
    columns = list(columns)
    table = Table(expand=True, show_lines=False)
    # A name that is broken over lines cannot be copied.
    longest = max((len(each.column) for each in columns), default=None)
    table.add_column("column", no_wrap=True, min_width=longest)
    for heading, share in (
        ("meaning", 4),
        ("unit", 1),
        ("accepts", 4),
        ("example", 2),
    ):
        table.add_column(heading, ratio=share, overflow="fold")
    for each in columns:
        table.add_row(
            *map(escape, (each.column, each.meaning, each.unit, each.accepts, each.example))
        )
    return table
