"""Why a leaf is unknown, and which sets of recorded facts suffice for a truth."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from eligibility.dates import Anchors
from eligibility.findings.findings import Findings
from eligibility.findings.model import UnknownReason
from eligibility.protocol.conditions import AllOf, AnyOf, Condition, Constant, Gap, Not, Some
from eligibility.screening.judging import LeafUse
from eligibility.screening.leaves import Source, evaluate
from eligibility.screening.model import Screening
from eligibility.truth import Truth

_MOST_SUPPORTS = 64  # alternatives kept per condition; trees of real protocols stay far below


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
    uses = screening.uses_of(result.criterion)
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
