"""A trial as a flat network of leaf conditions and groups: what every evaluator of truths folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from eligibility.truth import Truth, all_of, any_of, negate


@dataclass(frozen=True, slots=True)
class Edge:
    """A reference to a node; a negated edge reads TRUE as FALSE and FALSE as TRUE."""

    node: int
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A conjunction or disjunction of nodes that come before it."""

    kind: Literal["all", "any"]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class CriterionNode:
    """The node that holds a criterion's truth, and the direction that turns truth into verdict."""

    criterion_id: str
    edge: Edge
    is_exclusion: bool


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes 0..leaf_count-1 are leaves; node leaf_count+i is groups[i]; children come before parents."""

    leaf_count: int
    groups: tuple[Group, ...]
    criteria: tuple[CriterionNode, ...]


def read_edge(truths: Sequence[Truth], edge: Edge) -> Truth:
    """The truth an edge carries."""
    truth = truths[edge.node]
    return negate(truth) if edge.negated else truth


def fold(network: Network, leaf_truths: Sequence[Truth]) -> list[Truth]:
    """The truth of every node, leaves first."""
    truths = list(leaf_truths)
    for group in network.groups:
        combine = all_of if group.kind == "all" else any_of
        truths.append(combine(read_edge(truths, edge) for edge in group.edges))
    return truths
