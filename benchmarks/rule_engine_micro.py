"""How long the rule engine takes for one evaluation of a network shaped like a real trial's.

.venv/bin/python benchmarks/rule_engine_micro.py
"""

from __future__ import annotations

import random
import time

from eligibility.screening.network import CriterionNode, Edge, Group, Network
from eligibility.screening.rule_engine import RuleEngine
from eligibility.truth import Truth

LEAVES, LEVELS, CRITERIA = 90, (28, 16, 9, 5, 2), 17
EVALUATIONS = 20_000


def trial_like_network(source: random.Random) -> Network:
    """Sixty groups of two to six edges on five levels, some edges negated; seventeen criteria."""
    groups: list[Group] = []
    level = range(LEAVES)
    for width in LEVELS:
        first = LEAVES + len(groups)
        for _ in range(width):
            nodes = source.sample(level, min(len(level), source.choice([2, 2, 2, 3, 3, 4, 6])))
            edges = tuple(Edge(node, source.random() < 0.15) for node in nodes)
            groups.append(Group(source.choice(["all", "any"]), edges))
        level = range(first, first + width)
    nodes = source.sample(range(LEAVES, LEAVES + len(groups)), CRITERIA)
    criteria = [CriterionNode(f"C{i}", Edge(node), i >= 8) for i, node in enumerate(nodes)]
    return Network(LEAVES, tuple(groups), tuple(criteria))


def main() -> None:
    source = random.Random(1)
    network = trial_like_network(source)
    patients = [source.choices(list(Truth), (2, 1, 2), k=LEAVES) for _ in range(500)]
    started = time.perf_counter()
    engine = RuleEngine(network)
    print(f"making the engine        {(time.perf_counter() - started) * 1e3:8.1f} ms")
    took = []
    for turn in range(EVALUATIONS):
        started = time.perf_counter()
        engine.derive(patients[turn % len(patients)])
        took.append(time.perf_counter() - started)
    took.sort()
    for share in (50, 99):
        print(f"one evaluation, p{share}      {took[EVALUATIONS * share // 100] * 1e6:8.1f} us")


if __name__ == "__main__":
    main()
