"""Which leaf conditions decided a truth, and which sets of recorded facts suffice for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any, NamedTuple

from eligibility.dates import Anchors
from eligibility.findings.findings import Findings
from eligibility.findings.model import Finding, UnknownReason
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
from eligibility.screening.leaves import Source, evaluate, settled_by_completeness, truth_of_finding
from eligibility.screening.model import Screening
from eligibility.truth import Truth, any_of, negate

_MOST_SUPPORTS = 64  # alternatives kept per condition; trees of real protocols stay far below


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


def deciding_uses(screening: Screening, criterion: Criterion) -> tuple[LeafUse, ...]:
    """The leaves that make a criterion what it is for this patient; for an unknown, what leaves it open."""
    wanted = Truth.FALSE if criterion.is_exclusion else Truth.TRUE
    return tuple(_judge(criterion.condition, screening.findings, screening.anchors, wanted)[1])


_Judged = tuple[Truth, list[LeafUse]]


def _judge(condition: Condition, source: Source, anchors: Anchors, wanted: Truth) -> _Judged:
    """The truth of a condition and the leaves that decide it, in one pass."""
    return _JUDGES[type(condition)](condition, source, anchors, wanted)


def _judge_leaf(leaf: FindingLeaf, source: Source, anchors: Anchors, wanted: Truth) -> _Judged:
    finding = source.get(leaf.finding)
    truth = truth_of_finding(leaf, finding, anchors)
    return truth, [LeafUse(leaf, source, truth, wanted, finding)]


def _judge_not(condition: Not, source: Source, anchors: Anchors, wanted: Truth) -> _Judged:
    truth, uses = _judge(condition.child, source, anchors, negate(wanted))
    return negate(truth), uses


def _judge_gap(gap: Gap, source: Source, anchors: Anchors, wanted: Truth) -> _Judged:
    return Truth.UNKNOWN, [LeafUse(gap, source, Truth.UNKNOWN, wanted, None)]


def _judge_constant(leaf: Constant, source: Source, anchors: Anchors, wanted: Truth) -> _Judged:
    return leaf.truth, []


def _judge_any(condition: AnyOf, source: Source, anchors: Anchors, wanted: Truth) -> _Judged:
    return _judge_group(condition.children, Truth.TRUE, source, anchors, wanted)


def _judge_all(condition: AllOf, source: Source, anchors: Anchors, wanted: Truth) -> _Judged:
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
) -> _Judged:
    """The children with the group's own truth decide; `strongest` is TRUE for or, FALSE for and."""
    truth, uses = negate(strongest), []
    for child in children:
        said, decisive = _JUDGES[type(child)](child, source, anchors, wanted)
        if said is truth:
            uses += decisive
        elif said is strongest or (said is Truth.UNKNOWN and truth is not strongest):
            truth, uses = said, decisive
    return truth, uses


def _judge_list(condition: Some, source: Source, anchors: Anchors, wanted: Truth) -> _Judged:
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


_JUDGES: dict[type[Any], Callable[[Any, Source, Anchors, Truth], _Judged]] = {
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


def reason_of(use: LeafUse, anchors: Anchors) -> UnknownReason:
    """Why a leaf that is unknown cannot be decided."""
    if isinstance(use.leaf, Gap):
        return use.leaf.reason
    finding = use.finding
    assert finding is not None  # only gaps have none
    if finding.value is None or finding.reason is not None:
        return finding.reason or UnknownReason.NOT_RECORDED
    before = getattr(use.leaf, "before", None)
    if before is not None and anchors.day(before) is None:
        return UnknownReason.NOT_RECORDED
    return UnknownReason.STRADDLES


def reasons(screening: Screening, criterion_id: str) -> set[UnknownReason]:
    """Every reason why a criterion is unknown; empty when it is decided."""
    result = screening.result(criterion_id)
    if result.truth is not Truth.UNKNOWN:
        return set()
    uses = deciding_uses(screening, result.criterion)
    return {reason_of(u, screening.anchors) for u in uses if u.truth is Truth.UNKNOWN}


Facts = frozenset[str]


def supports(condition: Condition, source: Source, anchors: Anchors) -> list[Facts]:
    """Sets of record fields that suffice for a definite truth, smallest first; none for an unknown."""
    truth = evaluate(condition, source, anchors)
    if truth is Truth.UNKNOWN:
        return []
    match condition:
        case Constant():
            return [frozenset()]
        case Not():
            return supports(condition.child, source, anchors)
        case AllOf() | AnyOf():
            one_is_enough = isinstance(condition, AnyOf) is (truth is Truth.TRUE)
            parts = [
                supports(child, source, anchors)
                for child in condition.children
                if evaluate(child, source, anchors) is truth
            ]
            return _alternatives(parts) if one_is_enough else _combinations(parts)
        case Some():
            return _supports_of_list(condition, truth, source, anchors)
        case Gap():
            return []
        case _:
            return [frozenset(source.get(condition.finding).fields)]


def _supports_of_list(
    condition: Some, truth: Truth, source: Source, anchors: Anchors
) -> list[Facts]:
    assert isinstance(source, Findings)  # the parser refuses a list inside a list
    parts = [
        supports(condition.where, item, anchors)
        for item in source.items(condition.collection)
        if evaluate(condition.where, item, anchors) is truth
    ]
    if truth is Truth.TRUE:
        return _alternatives(parts)
    complete = frozenset(source.completeness(condition.collection).fields)
    return _combinations([[complete], *parts])


def _alternatives(parts: Iterable[list[Facts]]) -> list[Facts]:
    return _smallest(facts for part in parts for facts in part)


def _combinations(parts: list[list[Facts]]) -> list[Facts]:
    found: list[Facts] = [frozenset()]
    for part in parts:
        found = _smallest(one | other for one, other in product(found, part))
    return found


def _smallest(candidates: Iterable[Facts]) -> list[Facts]:
    """Without supersets of others, smallest first, in a stable order."""
    kept: list[Facts] = []
    for facts in sorted(set(candidates), key=lambda f: (len(f), sorted(f))):
        if not any(other <= facts for other in kept):
            kept.append(facts)
        if len(kept) == _MOST_SUPPORTS:
            break
    return kept
