"""The truth of a condition together with the leaves that decide it: what a verdict and its reason both rest on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from eligibility.dates import Anchors
from eligibility.findings.findings import Findings
from eligibility.findings.model import Finding
from eligibility.protocol.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Constant,
    Elapsed,
    FindingLeaf,
    Gap,
    Includes,
    Not,
    OneOf,
    Some,
)
from eligibility.protocol.model import Criterion
from eligibility.screening.leaves import Source, settled_by_completeness, truth_of_finding
from eligibility.truth import Truth, any_of, negate


class LeafUse(NamedTuple):
    """A leaf that decides, where its finding came from, and what it said.

    For `Some`, the use is about the list itself: whether it is declared complete.
    """

    leaf: FindingLeaf | Gap | Some
    source: Source
    truth: Truth
    wanted: Truth
    """What the leaf would have to be for the criterion to pass; UNKNOWN where neither would do."""

    finding: Finding | None
    """The finding the leaf looked at; None for a gap of the protocol."""


Judged = tuple[Truth, list[LeafUse]]


def judge(criterion: Criterion, findings: Findings, anchors: Anchors) -> Judged:
    """The truth of a criterion's condition, and the leaves that make it so; for an unknown, what leaves it open.

    The truth is that of `evaluate`, found in the same pass.
    """
    wanted = Truth.FALSE if criterion.is_exclusion else Truth.TRUE
    return _judge(criterion.condition, findings, anchors, wanted)


def _judge(condition: Condition, source: Source, anchors: Anchors, wanted: Truth) -> Judged:
    """The truth of a condition and the leaves that decide it, in one pass."""
    return _JUDGES[type(condition)](condition, source, anchors, wanted)


def _judge_leaf(leaf: FindingLeaf, source: Source, anchors: Anchors, wanted: Truth) -> Judged:
    finding = source.get(leaf.finding)
    truth = truth_of_finding(leaf, finding, anchors)
    return truth, [LeafUse(leaf, source, truth, wanted, finding)]


def _judge_not(condition: Not, source: Source, anchors: Anchors, wanted: Truth) -> Judged:
    truth, uses = _judge(condition.child, source, anchors, negate(wanted))
    return negate(truth), uses


def _judge_gap(gap: Gap, source: Source, anchors: Anchors, wanted: Truth) -> Judged:
    return Truth.UNKNOWN, [LeafUse(gap, source, Truth.UNKNOWN, wanted, None)]


def _judge_constant(leaf: Constant, source: Source, anchors: Anchors, wanted: Truth) -> Judged:
    return leaf.truth, []


def _judge_any(condition: AnyOf, source: Source, anchors: Anchors, wanted: Truth) -> Judged:
    return _judge_group(condition.children, Truth.TRUE, source, anchors, wanted)


def _judge_all(condition: AllOf, source: Source, anchors: Anchors, wanted: Truth) -> Judged:
    if not condition.gaps:
        return _judge_group(condition.children, Truth.FALSE, source, anchors, wanted)
    # What leaves a criterion open is nothing to aim for; and its gap speaks only where it applies.
    aim = Truth.UNKNOWN if wanted is Truth.TRUE else wanted
    truth, uses = _judge_group(condition.rest, Truth.FALSE, source, anchors, aim)
    if truth is not Truth.TRUE:
        return truth, uses
    uses.extend(LeafUse(gap, source, Truth.UNKNOWN, aim, None) for gap in condition.gaps)
    return Truth.UNKNOWN, uses


def _judge_group(
    children: tuple[Condition, ...],
    strongest: Truth,
    source: Source,
    anchors: Anchors,
    wanted: Truth,
) -> Judged:
    """The children with the group's own truth decide; `strongest` is TRUE for or, FALSE for and."""
    truth, uses = negate(strongest), []
    for child in children:
        said, decisive = _JUDGES[type(child)](child, source, anchors, wanted)
        if said is truth:
            uses += decisive
        elif said is strongest or (said is Truth.UNKNOWN and truth is not strongest):
            truth, uses = said, decisive
    return truth, uses


def _judge_list(condition: Some, source: Source, anchors: Anchors, wanted: Truth) -> Judged:
    """One item that qualifies decides; that none does, only a complete list can say."""
    assert isinstance(source, Findings)  # the parser refuses a list inside a list
    items = [
        _judge(condition.where, item, anchors, wanted)
        for item in source.items(condition.collection)
    ]
    completeness = source.completeness(condition.collection)
    is_complete = completeness.value is not None
    truth = settled_by_completeness(any_of([truth for truth, _ in items]), completeness)
    uses = [use for item_truth, item_uses in items if item_truth is truth for use in item_uses]
    if truth is Truth.FALSE or (truth is Truth.UNKNOWN and not is_complete):
        said = Truth.FALSE if is_complete else Truth.UNKNOWN
        uses.append(LeafUse(condition, source, said, wanted, completeness))
    return truth, uses


_JUDGES: dict[type[Any], Callable[[Any, Source, Anchors, Truth], Judged]] = {
    Compare: _judge_leaf,
    Elapsed: _judge_leaf,
    OneOf: _judge_leaf,
    Includes: _judge_leaf,
    Some: _judge_list,
    Gap: _judge_gap,
    Constant: _judge_constant,
    AllOf: _judge_all,
    AnyOf: _judge_any,
    Not: _judge_not,
}
