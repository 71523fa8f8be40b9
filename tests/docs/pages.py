"""The documents as tests see them: their text, their fenced blocks, their links."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r'^```(\w*)(?: title="([^"]+)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


class Block(NamedTuple):
    """A fenced block: its language, its title if any, its text."""

    language: str
    title: str
    text: str


def documents() -> list[Path]:
    """Every Markdown file of the repository that people read."""
    folders = ("docs", "tests", "criteria", "examples")
    inner = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.md"))]
    return [*sorted(ROOT.glob("*.md")), *inner]


def text_of(name: str) -> str:
    """The text of a document by its path from the root."""
    return (ROOT / name).read_text(encoding="utf-8")


def every_text() -> str:
    """All documents in one text."""
    return "\n".join(path.read_text(encoding="utf-8") for path in documents())


def blocks(name: str) -> list[Block]:
    """The fenced blocks of a document, in order."""
    return [Block(*match) for match in _FENCE.findall(text_of(name))]


def titled(name: str) -> dict[str, str]:
    """The texts of the titled blocks of a document."""
    return {block.title: block.text for block in blocks(name) if block.title}


def links(path: Path) -> list[str]:
    """The targets of the links to files, without what follows a hash sign."""
    found = _LINK.findall(path.read_text(encoding="utf-8"))
    return [each.split("#")[0] for each in found if "://" not in each and not each.startswith("#")]
