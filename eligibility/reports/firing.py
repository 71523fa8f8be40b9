"""The rules that fired, in words: each node by the condition it stands for."""

from __future__ import annotations

import re
from functools import lru_cache

from eligibility.findings.catalogue import COLLECTIONS, FINDINGS
from eligibility.protocol.conditions import Constant, Gap, Leaf, Some, walk
from eligibility.requirements import requirement
from eligibility.screening.compile import CompiledTrial
from eligibility.screening.model import Screening
from eligibility.screening.rule_engine import describe_firing
from eligibility.truth import Truth

_NODE = re.compile(r"\b(node|criterion) (\d+)\b")


def firing_in_words(screening: Screening) -> list[str]:
    """One sentence per fired rule, in the order in which the rules fired."""
    return [_sentence(screening.compiled, name) for name in screening.fired]


@lru_cache(maxsize=8192)
def _sentence(compiled: CompiledTrial, fired: str) -> str:
    """A rule of a trial in words; it is the same for every patient."""

    def named(match: re.Match[str]) -> str:
        number = int(match[2])
        if match[1] == "criterion":
            return compiled.trial.criteria[number].id
        return f"({_labels(compiled)[number]})"

    return _NODE.sub(named, describe_firing(fired))


@lru_cache(maxsize=64)
def _labels(compiled: CompiledTrial) -> list[str]:
    """A short label for every node: a leaf by its words, a group by its criterion and place."""
    labels = [_leaf(leaf) for leaf in compiled.leaves]
    owners = {
        id(condition): criterion.id
        for criterion in compiled.trial.criteria
        for condition in walk(criterion.condition)
    }
    for number, condition in enumerate(compiled.group_conditions):
        owner = owners.get(id(condition), compiled.trial.id)
        kind = compiled.network.groups[number].kind
        labels.append(f"{owner}, {kind} of its part {number + 1}")
    return labels


def _leaf(leaf: Leaf) -> str:
    match leaf:
        case Some():
            return f"some listed {COLLECTIONS[leaf.collection].title} qualifies"
        case Gap():
            return f"left open: {leaf.note}"
        case Constant():
            return "always" if leaf.truth is Truth.TRUE else "never"
        case _:
            return requirement(leaf, FINDINGS[leaf.finding].title, Truth.TRUE)
