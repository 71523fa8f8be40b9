"""Two explanations side by side: criterion by criterion what was said each time, and whether it changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

Mark = Literal["same", "reason", "verdict", "first_only", "second_only"]


class Row(NamedTuple):
    """One criterion as both explanations have it; None where one has none of this id."""

    id: str
    title: str
    first: Mapping[str, Any] | None
    second: Mapping[str, Any] | None
    mark: Mark


def criterion_rows(first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[Row, ...]:
    """Every criterion of either, in their order."""
    ours, theirs = ({each["id"]: each for each in side["criteria"]} for side in (first, second))
    return tuple(
        Row(
            name,
            (ours.get(name) or theirs[name])["title"],
            ours.get(name),
            theirs.get(name),
            _mark(ours.get(name), theirs.get(name)),
        )
        for name in dict.fromkeys((*ours, *theirs))
    )


def other_differences(
    first: Mapping[str, Any], second: Mapping[str, Any]
) -> tuple[tuple[str, Any, Any], ...]:
    """By name what else is not the same, as JSON has it: what a replay must tell besides the criteria."""
    names = sorted((first.keys() | second.keys()) - {"criteria"})
    return tuple(
        (name, first.get(name), second.get(name))
        for name in names
        if first.get(name) != second.get(name)
    )


def _mark(first: Mapping[str, Any] | None, second: Mapping[str, Any] | None) -> Mark:
    if second is None:
        return "first_only"
    if first is None:
        return "second_only"
    if first["verdict"] != second["verdict"]:
        return "verdict"
    return "same" if first == second else "reason"
