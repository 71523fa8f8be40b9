"""A trial as a flat network of leaf conditions and groups: what every evaluator of truths folds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


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
