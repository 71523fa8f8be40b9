"""Commands that other packages add to `eligibility`, found by entry point and imported only when they are used."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from typer._click.core import Command, Context  # typer's own copy of click has no other name

GROUP = "eligibility.commands"


class ExtensibleGroup(TyperGroup):
    """A group of commands with those of the entry points in `eligibility.commands` after its own."""

    def list_commands(self, ctx: Context) -> list[str]:
        """Own commands in their order, then the others by name."""
        own = super().list_commands(ctx)
        return [*own, *sorted(set(_found()) - set(own))]

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """One command; one of another package is imported here."""
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        found = _found().get(cmd_name)
        return None if found is None else typer.main.get_command(found.load())


def _found() -> dict[str, EntryPoint]:
    return {each.name: each for each in entry_points(group=GROUP)}
