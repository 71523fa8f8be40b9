"""The few Markdown forms the generated pages use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.text import Text
from rich.tree import Tree


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; bars and line breaks in cells are made harmless."""
    lines = [f"| {' | '.join(headings)} |", "|" + "---|" * len(headings)]
    lines += [f"| {' | '.join(map(_cell, row))} |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def code(value: object) -> str:
    """A word as code; nothing for nothing."""
    return f"`{value}`" if value else ""


def codes(values: Iterable[object]) -> str:
    """Words as code, in alphabetical order."""
    return ", ".join(code(value) for value in sorted(map(str, values)))


def fenced(text: str, language: str = "text") -> str:
    """A block of text as it stands, without spaces at the ends of lines."""
    lines = [line.rstrip() for line in text.rstrip().splitlines()]
    return "\n".join([f"```{language}", *lines, "```"]) + "\n"


def bullets(tree: Tree) -> str:
    """A tree, without its root, as nested bullets."""
    return "\n".join(line for child in tree.children for line in _branch(child, 0)) + "\n"


def _branch(tree: Tree, depth: int) -> Iterator[str]:
    label = tree.label.plain if isinstance(tree.label, Text) else str(tree.label)
    escaped = label.replace("<", "&lt;").replace("*", "\\*")
    yield f"{'  ' * depth}- {escaped}"
    for child in tree.children:
        yield from _branch(child, depth + 1)
