"""A trial's condition trees as one flat network, each distinct leaf evaluated once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from eligibility.dates import AnchorName, Duration
from eligibility.findings.catalogue import FINDINGS
from eligibility.protocol.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Elapsed,
    Leaf,
    Not,
    Some,
    children_of,
    depends_on_start,
    walk,
)
from eligibility.protocol.model import Trial
from eligibility.screening.network import CriterionNode, Edge, Group, Network
from eligibility.truth import Truth


class DayLeaf(NamedTuple):
    """A leaf that compares a day with an anchor, and the list whose items it is about."""

    collection: str | None
    leaf: Elapsed


@dataclass(frozen=True, slots=True, eq=False)
class CompiledTrial:
    """The network of a trial, with the condition behind every node; equal only to itself."""

    trial: Trial
    network: Network
    leaves: tuple[Leaf, ...]
    group_conditions: tuple[Condition, ...]
    moving_leaves: tuple[int, ...]
    """Leaves whose truth can change with the planned start."""
    moving_criteria: frozenset[str]
    """Criteria that hold such a leaf."""
    test_ages: Mapping[int, Truth]
    """Moving leaves that ask how old a test is, one that can be done again, and what they are once it is."""
    criterion_leaves: Mapping[str, tuple[Leaf, ...]]
    leaf_days: tuple[tuple[DayLeaf, ...], ...]
    """By leaf, what it compares with an anchor."""
    criterion_days: Mapping[str, tuple[DayLeaf, ...]]
    """The same by criterion."""
    open_days: frozenset[tuple[str, AnchorName, Duration]]
    """Days of exclusion windows that are left open, so that a window is passed only the day after."""

    def condition(self, node: int) -> Condition:
        """The condition a node stands for."""
        if node < len(self.leaves):
            return self.leaves[node]
        return self.group_conditions[node - len(self.leaves)]


class _Builder:
    """Collects leaves first, then groups children before parents."""

    def __init__(self, trial: Trial) -> None:
        self.leaves: dict[Leaf, int] = {}
        self.groups: list[Group] = []
        self.group_conditions: list[Condition] = []
        self._group_nodes: dict[Condition, int] = {}
        for criterion in trial.criteria:
            for leaf in _leaves_in(criterion.condition):
                self.leaves.setdefault(leaf, len(self.leaves))

    def edge(self, condition: Condition) -> Edge:
        """The node of a condition; a `not` becomes a negated edge."""
        match condition:
            case Not():
                inner = self.edge(condition.child)
                return Edge(inner.node, not inner.negated)
            case AllOf() | AnyOf():
                return self._group(condition)
            case _:
                return Edge(self.leaves[condition])

    def _group(self, condition: AllOf | AnyOf) -> Edge:
        if len(condition.children) == 1:
            return self.edge(condition.children[0])
        known = self._group_nodes.get(condition)
        if known is not None:
            return Edge(known)
        kind: Literal["all", "any"] = "all" if isinstance(condition, AllOf) else "any"
        edges = dict.fromkeys(self._flattened(condition))
        self.groups.append(Group(kind, tuple(edges)))
        self.group_conditions.append(condition)
        node = len(self.leaves) + len(self.groups) - 1
        self._group_nodes[condition] = node
        return Edge(node)

    def _flattened(self, condition: AllOf | AnyOf) -> list[Edge]:
        """Edges of all children; a child group of the same kind is merged into its parent."""
        edges: list[Edge] = []
        for child in condition.children:
            if isinstance(child, type(condition)) and len(child.children) > 1:
                edges.extend(self._flattened(child))
            else:
                edges.append(self.edge(child))
        return edges


def _leaves_in(condition: Condition) -> Iterator[Leaf]:
    match condition:
        case AllOf() | AnyOf():
            for child in condition.children:
                yield from _leaves_in(child)
        case Not():
            yield from _leaves_in(condition.child)
        case _:
            yield condition


def _of_a_fresh_test(leaf: Leaf) -> Truth | None:
    """What a leaf is of a test that is done again; None for others: an event is not renewed by anything."""
    if not isinstance(leaf, Elapsed) or leaf.before != "planned_start":
        return None
    if not FINDINGS[leaf.finding].dates_a_test:
        return None
    return Truth.TRUE if leaf.operator in ("at_most", "less_than") else Truth.FALSE


def _days_in(condition: Condition, collection: str | None = None) -> Iterator[DayLeaf]:
    if isinstance(condition, Elapsed):
        yield DayLeaf(collection, condition)
    inside = condition.collection if isinstance(condition, Some) else collection
    for child in children_of(condition):
        yield from _days_in(child, inside)


def compile_trial(trial: Trial) -> CompiledTrial:
    """The network of a trial's criteria, in protocol order."""
    builder = _Builder(trial)
    criteria = tuple(
        CriterionNode(c.id, builder.edge(c.condition), c.is_exclusion) for c in trial.criteria
    )
    leaves = tuple(builder.leaves)
    return CompiledTrial(
        trial=trial,
        network=Network(len(leaves), tuple(builder.groups), criteria),
        leaves=leaves,
        group_conditions=tuple(builder.group_conditions),
        moving_leaves=tuple(i for i, leaf in enumerate(leaves) if depends_on_start(leaf)),
        test_ages={
            number: truth
            for number, leaf in enumerate(leaves)
            if (truth := _of_a_fresh_test(leaf)) is not None
        },
        moving_criteria=frozenset(c.id for c in trial.criteria if depends_on_start(c.condition)),
        leaf_days=tuple(tuple(_days_in(leaf)) for leaf in leaves),
        criterion_days={c.id: tuple(_days_in(c.condition)) for c in trial.criteria},
        criterion_leaves={
            c.id: tuple(dict.fromkeys(_leaves_in(c.condition))) for c in trial.criteria
        },
        open_days=frozenset(
            (leaf.finding, leaf.before, leaf.duration)
            for c in trial.criteria
            if c.is_exclusion
            for leaf in walk(c.condition)
            if isinstance(leaf, Elapsed) and leaf.operator == "exactly"
        ),
    )
