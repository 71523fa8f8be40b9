"""The rules that fired, in words: each node by the condition it stands for."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from eligibility.findings.catalogue import COLLECTIONS, FINDINGS
from eligibility.phrases import requirement
from eligibility.protocol.conditions import Constant, Gap, Leaf, Some, walk
from eligibility.screening.compile import CompiledTrial
from eligibility.screening.model import Screening
from eligibility.screening.rule_engine import describe_firing
from eligibility.truth import Truth

_NODE = re.compile(r"\b(node|criterion) (\d+)\b")


def firing_in_words(screening: Screening) -> list[str]:
    """One sentence per fired rule, in the order in which the rules fired."""
    sentences = _sentences_of(screening.compiled)
    return [sentences(name) for name in screening.fired]


@lru_cache(maxsize=32)
def _sentences_of(compiled: CompiledTrial) -> Callable[[str], str]:
    """Says in words what the name of a rule of this trial stands for; a trial has a few hundred."""
    labels = _labels(compiled)
    ids = [criterion.id for criterion in compiled.trial.criteria]

    def named(match: re.Match[str]) -> str:
        number = int(match[2])
        return ids[number] if match[1] == "criterion" else f"({labels[number]})"

    @lru_cache(maxsize=4096)
    def sentence(name: str) -> str:
        return _NODE.sub(named, describe_firing(name))

    return sentence


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
