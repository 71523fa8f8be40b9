"""Values and their places as one document: numbered items become lists, whole lists take their place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from eligibility.errors import Fault, RecordError
from eligibility.intake.fields import Item, Step

Placed = tuple[tuple[Step, ...], Any]
"""A value and the steps to its place in a record."""

WHOLE = ""
"""Key under which the word for a whole list waits until its items, if any, are known."""
NOTHING = True
"""What waits there when the word says that there is nothing."""
_LABELS = frozenset({"unit", "source"})
"""They describe a value and alone make no item: exports print units in every row."""


def document_of(values: Iterable[Placed]) -> dict[str, Any]:
    """The document that values put together, in the order of their columns."""
    tree: dict[Any, Any] = {}
    for steps, value in values:
        put(tree, steps, value)
    document = settled(tree)
    return document if isinstance(document, dict) else {}


def put(tree: dict[Any, Any], steps: tuple[Step, ...], value: object) -> None:
    """Lays a value at its place in a tree, making the way there."""
    node = tree
    for step in steps[:-1]:
        inner = node.get(step)
        if inner is None:
            inner = node[step] = {}
            if isinstance(step, Item) and step.code:
                inner[step.key] = step.code
        node = inner
    node[steps[-1]] = value


def settled(node: Any, *, strict: bool = True) -> Any:
    """The tree as a document: numbered items become lists, whole lists take their place."""
    return _settled(node, (), strict=strict) if isinstance(node, dict) else node


def _settled(node: dict[Any, Any], path: tuple[object, ...], *, strict: bool) -> Any:
    inner = {
        key: _settled(part, (*path, key), strict=strict) if isinstance(part, dict) else part
        for key, part in node.items()
    }
    if WHOLE in inner:
        return _whole(inner, ".".join(map(str, path)), strict=strict)
    if inner and all(isinstance(key, Item) for key in inner):
        return [part for key, part in inner.items() if _says_something(key, part)]
    return inner


def _whole(listing: dict[str, Any], path: str, *, strict: bool) -> object:
    word = listing.pop(WHOLE)
    if not strict or word is not NOTHING:
        return word
    if listing.get("items") or listing.get("complete") is False:
        raise RecordError([_contradiction(path)])
    return {**listing, "complete": True}


def _contradiction(path: str) -> Fault:
    return Fault(
        path,
        "listing_contradicts",
        "one column says that there is nothing, another that there is something",
        "leave one of the two empty",
    )


def _says_something(item: Item, fields: dict[str, object]) -> bool:
    return any(name not in _LABELS and (name != item.key or not item.code) for name in fields)
