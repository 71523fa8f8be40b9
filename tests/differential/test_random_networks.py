"""Random networks through the rule engine and through a ten-line fold of Kleene's logic."""

from __future__ import annotations

import random

import pytest

from eligibility.protocol.verdict import Decision, Verdict
from eligibility.screening.network import CriterionNode, Edge, Group, Network
from eligibility.screening.rule_engine import Derivation, RuleEngine, describe_firing
from eligibility.truth import Truth

NETWORKS, PATIENTS = 84, 60  # for each of four seeds: more than 20,000 evaluations

# How often FALSE, UNKNOWN and TRUE occur among a patient's leaves.
MIXTURES = [(1, 1, 1), (1, 1, 5), (5, 1, 1), (1, 8, 1), (9, 1, 9), (1, 0, 0), (0, 1, 0), (0, 0, 1)]


def random_network(source: random.Random) -> Network:
    leaf_count = source.randint(1, 120)
    groups: list[Group] = []
    for _ in range(source.randint(0, 60)):
        width = source.choice([1, 2, 2, 3, 3, 4, 6, 10, 30, 70]) if source.random() < 0.4 else 2
        edges = random_edges(source, leaf_count + len(groups), width)
        groups.append(Group(source.choice(["all", "any"]), edges))
    edges = random_edges(source, leaf_count + len(groups), source.choice([1, 2, 17, 17, 40]))
    criteria = [CriterionNode(f"C{i}", edge, source.random() < 0.5) for i, edge in enumerate(edges)]
    return Network(leaf_count, tuple(groups), tuple(criteria))


def random_edges(source: random.Random, below: int, count: int) -> tuple[Edge, ...]:
    """Half of the edges lead to recent nodes, so that networks become deep."""
    recent = range(max(0, below - 12), below)
    nodes = [source.choice(source.choice([range(below), recent])) for _ in range(count)]
    return tuple(Edge(node, source.random() < 0.25) for node in nodes)


def folded(network: Network, leaves: list[Truth]) -> tuple[list[int], list[int], list[int], int]:
    """FALSE, UNKNOWN, TRUE and fail, unknown, pass are 0, 1, 2: and is min, or is max."""
    nodes = [leaf.value for leaf in leaves]

    def read(edge: Edge) -> int:
        return 2 - nodes[edge.node] if edge.negated else nodes[edge.node]

    for group in network.groups:
        nodes += [(min if group.kind == "all" else max)(map(read, group.edges))]
    truths = [read(criterion.edge) for criterion in network.criteria]
    pairs = zip(truths, network.criteria, strict=True)
    verdicts = [2 - truth if criterion.is_exclusion else truth for truth, criterion in pairs]
    return nodes, truths, verdicts, min(verdicts)


VERDICTS = [Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS]
DECISIONS = [Decision.INELIGIBLE, Decision.UNDETERMINED, Decision.ELIGIBLE]


def as_numbers(derivation: Derivation) -> tuple[list[int], list[int], list[int], int]:
    return (
        [truth.value for truth in derivation.node_truths],
        [truth.value for truth in derivation.criterion_truths],
        [VERDICTS.index(verdict) for verdict in derivation.criterion_verdicts],
        DECISIONS.index(derivation.decision),
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_rule_engine_agrees_with_the_fold(seed: int) -> None:
    source = random.Random(seed)
    for _ in range(NETWORKS):
        network = random_network(source)
        engine = RuleEngine(network)
        for _ in range(PATIENTS):
            leaves = source.choices(list(Truth), source.choice(MIXTURES), k=network.leaf_count)

            derivation = engine.derive(leaves)

            assert as_numbers(derivation) == folded(network, leaves)
        engine.close()


@pytest.mark.parametrize("seed", range(4))
def test_every_firing_tells_a_true_story(seed: int) -> None:
    """Each derived node fires once, after the node it names as its cause, and names it rightly."""
    source = random.Random(seed)
    for _ in range(NETWORKS // 4):
        network = random_network(source)
        engine = RuleEngine(network)
        leaves = source.choices(list(Truth), source.choice(MIXTURES), k=network.leaf_count)

        derivation = engine.derive(leaves)
        engine.close()

        states = {f"n{i:04d}": "fut"[truth.value] for i, truth in enumerate(leaves)}
        for name in derivation.fired:
            effect, cause = name.split(":")
            label, state = effect.split("=")
            assert label not in states
            assert cause.startswith("every") or states.get(cause[:5]) == cause[6:]
            assert " because " in describe_firing(name)
            states[label] = state
        derived = [label for label in states if not label.startswith("p")]
        assert len(derived) == len(derivation.node_truths) + len(network.criteria) + 1
