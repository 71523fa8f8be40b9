"""The one meaning of every leaf condition: what it says of findings, at these anchors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
    FindingLeaf,
    Includes,
    Leaf,
    Not,
    OneOf,
    Some,
)
from eligibility.truth import Truth, all_of, any_of, negate

Source = Findings | ItemFindings
"""Where a leaf finds its finding: the whole record, or one item of a list."""


def _compare(leaf: Compare, finding: Finding, anchors: Anchors) -> Truth:
    value = finding.value
    if not isinstance(value, Interval):
        return Truth.UNKNOWN
    return compare(value, leaf.operator, leaf.limit)


def _elapsed(leaf: Elapsed, finding: Finding, anchors: Anchors) -> Truth:
    value, anchor = finding.value, anchors.day(leaf.before)
    if anchor is None or not isinstance(value, Interval):
        return Truth.UNKNOWN
    return elapsed(value, leaf.operator, leaf.duration, anchor, anchors.clock)


def _one_of(leaf: OneOf, finding: Finding, anchors: Anchors) -> Truth:
    value = finding.value
    if not isinstance(value, frozenset):
        return Truth.UNKNOWN
    if value <= leaf.codes:
        return Truth.TRUE
    return Truth.FALSE if value.isdisjoint(leaf.codes) else Truth.UNKNOWN


def _includes(leaf: Includes, finding: Finding, anchors: Anchors) -> Truth:
    value = finding.value
    if not isinstance(value, Members):
        return Truth.UNKNOWN
    if not value.present.isdisjoint(leaf.codes):
        return Truth.TRUE
    possible = value.possible
    is_out = possible is not None and possible.isdisjoint(leaf.codes)
    return Truth.FALSE if is_out else Truth.UNKNOWN


_MEANING: dict[type[Any], Callable[[Any, Finding, Anchors], Truth]] = {
    Compare: _compare,
    Elapsed: _elapsed,
    OneOf: _one_of,
    Includes: _includes,
}


def truth_of_finding(leaf: FindingLeaf, finding: Finding, anchors: Anchors) -> Truth:
    """What a leaf says of the finding it asks about."""
    return _MEANING[type(leaf)](leaf, finding, anchors)


def truth_of_list(leaf: Some, source: Source, anchors: Anchors) -> Truth:
    """One item that qualifies is enough; that none does, only a complete list can say."""
    assert isinstance(source, Findings)  # the parser refuses a list inside a list
    found = any_of(evaluate(leaf.where, item, anchors) for item in source.items(leaf.collection))
    return settled_by_completeness(found, source.completeness(leaf.collection))


def settled_by_completeness(found: Truth, completeness: Finding) -> Truth:
    """What the listed items say, open where more may be missing from the list."""
    return Truth.UNKNOWN if found is Truth.FALSE and completeness.value is None else found


def leaf_truth(leaf: Leaf, source: Source, anchors: Anchors) -> Truth:
    """What a leaf condition says of a patient (or of one item of a list)."""
    meaning = _MEANING.get(type(leaf))
    if meaning is not None:
        return meaning(leaf, source.get(leaf.finding), anchors)  # type: ignore[union-attr]
    if isinstance(leaf, Some):
        return truth_of_list(leaf, source, anchors)
    return leaf.truth if isinstance(leaf, Constant) else Truth.UNKNOWN


def evaluate(condition: Condition, source: Source, anchors: Anchors) -> Truth:
    """The reference semantics: leaves by their meaning, everything above them by Kleene's logic."""
    kind = type(condition)
    if kind is AllOf:
        return all_of(evaluate(child, source, anchors) for child in condition.children)  # type: ignore[union-attr]
    if kind is AnyOf:
        return any_of(evaluate(child, source, anchors) for child in condition.children)  # type: ignore[union-attr]
    if kind is Not:
        return negate(evaluate(condition.child, source, anchors))  # type: ignore[union-attr]
    return leaf_truth(condition, source, anchors)  # type: ignore[arg-type] # all that is left
