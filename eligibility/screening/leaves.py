"""The one meaning of every leaf condition: what it says of findings, at these anchors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from eligibility.dates import Anchors, elapsed
from eligibility.findings.findings import Findings, ItemFindings
from eligibility.findings.model import Finding, Members
from eligibility.intervals import Interval, compare
from eligibility.protocol.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Constant,
    Elapsed,
    Gap,
    Includes,
    Leaf,
    Not,
    OneOf,
    Some,
)
from eligibility.truth import Truth, all_of, any_of, negate


class Source(Protocol):
    """Where a leaf finds its finding: the whole record, or one item of a list."""

    def get(self, name: str) -> Finding:
        """The finding of this name."""
        ...


def _compare(leaf: Compare, source: Source, anchors: Anchors) -> Truth:
    value = source.get(leaf.finding).value
    if not isinstance(value, Interval):
        return Truth.UNKNOWN
    return compare(value, leaf.operator, leaf.limit)


def _elapsed(leaf: Elapsed, source: Source, anchors: Anchors) -> Truth:
    value = source.get(leaf.finding).value
    anchor = anchors.day(leaf.before)
    if anchor is None or not isinstance(value, Interval):
        return Truth.UNKNOWN
    return elapsed(value, leaf.operator, leaf.duration, anchor, anchors.clock)


def _one_of(leaf: OneOf, source: Source, anchors: Anchors) -> Truth:
    value = source.get(leaf.finding).value
    if not isinstance(value, frozenset):
        return Truth.UNKNOWN
    if value <= leaf.codes:
        return Truth.TRUE
    return Truth.FALSE if value.isdisjoint(leaf.codes) else Truth.UNKNOWN


def _includes(leaf: Includes, source: Source, anchors: Anchors) -> Truth:
    value = source.get(leaf.finding).value
    if not isinstance(value, Members):
        return Truth.UNKNOWN
    if not value.present.isdisjoint(leaf.codes):
        return Truth.TRUE
    possible = value.possible
    return (
        Truth.FALSE if possible is not None and possible.isdisjoint(leaf.codes) else Truth.UNKNOWN
    )


def _some(leaf: Some, source: Source, anchors: Anchors) -> Truth:
    assert isinstance(source, Findings)  # the parser refuses a list inside a list
    found = any_of(evaluate(leaf.where, item, anchors) for item in source.items(leaf.collection))
    if found is Truth.FALSE and source.completeness(leaf.collection).value is None:
        return Truth.UNKNOWN
    return found


def _gap(leaf: Gap, source: Source, anchors: Anchors) -> Truth:
    return Truth.UNKNOWN


def _constant(leaf: Constant, source: Source, anchors: Anchors) -> Truth:
    return leaf.truth


_MEANING: dict[type[Any], Callable[[Any, Source, Anchors], Truth]] = {
    Compare: _compare,
    Elapsed: _elapsed,
    OneOf: _one_of,
    Includes: _includes,
    Some: _some,
    Gap: _gap,
    Constant: _constant,
}


def leaf_truth(leaf: Leaf, source: Source, anchors: Anchors) -> Truth:
    """What a leaf condition says of a patient (or of one item of a list)."""
    return _MEANING[type(leaf)](leaf, source, anchors)


def evaluate(condition: Condition, source: Findings | ItemFindings, anchors: Anchors) -> Truth:
    """The reference semantics: leaves by their meaning, everything above them by Kleene's logic."""
    kind = type(condition)
    if kind is AllOf:
        return all_of(evaluate(child, source, anchors) for child in condition.children)  # type: ignore[union-attr]
    if kind is AnyOf:
        return any_of(evaluate(child, source, anchors) for child in condition.children)  # type: ignore[union-attr]
    if kind is Not:
        return negate(evaluate(condition.child, source, anchors))  # type: ignore[union-attr]
    return _MEANING[kind](condition, source, anchors)
