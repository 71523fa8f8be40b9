"""Which leaf conditions decided a truth, and which sets of recorded facts suffice for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import NamedTuple

from eligibility.dates import Anchors
from eligibility.findings.findings import Findings, ItemFindings
from eligibility.findings.model import Finding, UnknownReason
from eligibility.protocol.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Constant,
    FindingLeaf,
    Gap,
    Not,
    Some,
)
from eligibility.protocol.model import Criterion
from eligibility.screening.leaves import evaluate
from eligibility.screening.model import Screening
from eligibility.truth import Truth, negate

_MOST_SUPPORTS = 64  # alternatives kept per condition; trees of real protocols stay far below
Source = Findings | ItemFindings


class LeafUse(NamedTuple):
    """A leaf that decides, where its finding came from, and what it said.

    For `Some`, the use is about the list itself: whether it is declared complete.
    """

    leaf: FindingLeaf | Gap | Some
    source: Source
    truth: Truth
    wanted: Truth
    """What the leaf would have to be for the criterion to pass."""

    finding: Finding | None
    """The finding the leaf looked at; None for a gap of the protocol."""


def _use(leaf: FindingLeaf | Gap | Some, source: Source, truth: Truth, wanted: Truth) -> LeafUse:
    finding = None
    if isinstance(leaf, Some):
        assert isinstance(source, Findings)  # the parser refuses a list inside a list
        finding = source.completeness(leaf.collection)
    elif not isinstance(leaf, Gap):
        finding = source.get(leaf.finding)
    return LeafUse(leaf, source, truth, wanted, finding)


def deciding_uses(screening: Screening, criterion: Criterion) -> Iterator[LeafUse]:
    """The leaves that make a criterion what it is for this patient; for an unknown, what leaves it open."""
    wanted = Truth.FALSE if criterion.is_exclusion else Truth.TRUE
    truth = evaluate(criterion.condition, screening.findings, screening.anchors)
    return _deciding(criterion.condition, truth, screening.findings, screening.anchors, wanted)


def _deciding(
    condition: Condition, truth: Truth, source: Source, anchors: Anchors, wanted: Truth
) -> Iterator[LeafUse]:
    """The deciding leaves of a condition that is known to have this truth."""
    match condition:
        case Constant():
            return
        case Not():
            yield from _deciding(condition.child, negate(truth), source, anchors, negate(wanted))
        case AllOf() | AnyOf():
            for child in _deciding_children(condition, truth, source, anchors):
                yield from _deciding(*child, source, anchors, wanted)
        case Some():
            yield from _deciding_items(condition, truth, source, anchors, wanted)
        case _:
            yield _use(condition, source, truth, wanted)


def _deciding_children(
    condition: AllOf | AnyOf, truth: Truth, source: Source, anchors: Anchors
) -> list[tuple[Condition, Truth]]:
    """The children with the group's own truth; a gap speaks only where its condition holds."""
    children = [(child, evaluate(child, source, anchors)) for child in condition.children]
    deciding = [each for each in children if each[1] is truth]
    if truth is not Truth.UNKNOWN or isinstance(condition, AnyOf):
        return deciding
    others = [each for each in deciding if not isinstance(each[0], Gap)]
    return others or children


def _deciding_items(
    condition: Some, truth: Truth, source: Source, anchors: Anchors, wanted: Truth
) -> Iterator[LeafUse]:
    assert isinstance(source, Findings)  # the parser refuses a list inside a list
    for item in source.items(condition.collection):
        if evaluate(condition.where, item, anchors) is truth:
            yield from _deciding(condition.where, truth, item, anchors, wanted)
    complete = source.completeness(condition.collection).value is not None
    if truth is Truth.FALSE or (truth is Truth.UNKNOWN and not complete):
        yield _use(condition, source, Truth.FALSE if complete else Truth.UNKNOWN, wanted)


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
