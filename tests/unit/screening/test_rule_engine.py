"""The fenced rule engine: what it derives, what it says of it, and what it hands over."""

from __future__ import annotations

import json
import re
from collections import Counter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from eligibility.errors import EngineFault
from eligibility.protocol.verdict import Decision, Verdict
from eligibility.screening import rule_engine
from eligibility.screening.network import CriterionNode, Edge, Group, Network
from eligibility.screening.rule_engine import RuleEngine, describe_firing
from eligibility.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
REAL: Any = vars(rule_engine)["binding"]  # this module may not import durable-rules itself

# Leaves 0-2; node 3 = 0 or not 1; node 4 = 3 and 2; inclusion on 4, exclusion on leaf 1.
SMALL = Network(
    3,
    (Group("any", (Edge(0), Edge(1, negated=True))), Group("all", (Edge(3), Edge(2)))),
    (CriterionNode("INCL01", Edge(4), False), CriterionNode("EXCL01", Edge(1), True)),
)


def one_group(kind: Any, edges: tuple[Edge, ...], leaf_count: int) -> Network:
    criterion = CriterionNode("INCL01", Edge(leaf_count), is_exclusion=False)
    return Network(leaf_count, (Group(kind, edges),), (criterion,))


def wide(kind: Any, count: int) -> Network:
    return one_group(kind, tuple(Edge(node) for node in range(count)), count)


@pytest.fixture
def small() -> Iterator[RuleEngine]:
    engine = RuleEngine(SMALL)
    yield engine
    engine.close()


def derive_once(network: Network, leaves: list[Truth]) -> rule_engine.Derivation:
    engine = RuleEngine(network)
    derivation = engine.derive(leaves)
    engine.close()
    return derivation


def test_groups_criteria_and_decision_are_derived(small: RuleEngine) -> None:
    derivation = small.derive([F, F, U])

    assert derivation.node_truths == (F, F, U, T, U)
    assert derivation.criterion_truths == (U, F)
    assert derivation.criterion_verdicts == (Verdict.UNKNOWN, Verdict.PASS)
    assert derivation.decision is Decision.UNDETERMINED


@pytest.mark.parametrize(
    ("leaves", "decision"),
    [
        ([T, F, T], Decision.ELIGIBLE),
        ([T, U, T], Decision.UNDETERMINED),
        ([T, T, T], Decision.INELIGIBLE),
        ([U, U, F], Decision.INELIGIBLE),
        ([U, T, U], Decision.INELIGIBLE),
    ],
)
def test_a_failure_decides_and_then_an_unknown(
    small: RuleEngine, leaves: list[Truth], decision: Decision
) -> None:
    assert small.derive(leaves).decision is decision


KLEENE = [
    # left, right, left and right, left or right
    (F, F, F, F),
    (F, U, F, U),
    (F, T, F, T),
    (U, F, F, U),
    (U, U, U, U),
    (U, T, U, T),
    (T, F, F, T),
    (T, U, U, T),
    (T, T, T, T),
]


@pytest.mark.parametrize(("left", "right", "conjunction", "disjunction"), KLEENE)
def test_groups_follow_kleenes_tables(
    left: Truth, right: Truth, conjunction: Truth, disjunction: Truth
) -> None:
    assert derive_once(wide("all", 2), [left, right]).node_truths[2] is conjunction
    assert derive_once(wide("any", 2), [left, right]).node_truths[2] is disjunction


@pytest.mark.parametrize(("leaf", "negated"), [(T, F), (F, T), (U, U)])
def test_a_negated_edge_swaps_true_and_false_in_groups_and_criteria(
    leaf: Truth, negated: Truth
) -> None:
    group = Group("all", (Edge(0, negated=True),))
    criterion = CriterionNode("INCL01", Edge(0, negated=True), is_exclusion=False)

    derivation = derive_once(Network(1, (group,), (criterion,)), [leaf])

    assert derivation.node_truths == (leaf, negated)
    assert derivation.criterion_truths == (negated,)


@pytest.mark.parametrize(("leaf", "both"), [(T, F), (F, F), (U, U)])
def test_a_node_read_both_ways_is_decided_by_kleenes_logic(leaf: Truth, both: Truth) -> None:
    edges = (Edge(0), Edge(0, negated=True), Edge(0))

    assert derive_once(one_group("all", edges, 1), [leaf]).node_truths[1] is both


@pytest.mark.parametrize("count", [24, 25, 49, 120, 700])
@pytest.mark.parametrize(("kind", "settling", "other"), [("any", T, F), ("all", F, T)])
def test_a_wide_group_is_settled_by_each_of_its_edges(
    count: int, kind: str, settling: Truth, other: Truth
) -> None:
    engine = RuleEngine(wide(kind, count))
    for position in range(0, count, 1 + count // 40):
        leaves = [other] * count
        assert engine.derive(leaves).node_truths[count] is other
        leaves[position] = U
        assert engine.derive(leaves).node_truths[count] is U
        leaves[position - 1] = settling
        assert engine.derive(leaves).node_truths[count] is settling
    engine.close()


def test_the_first_cause_of_each_node_fires_once_and_in_order(small: RuleEngine) -> None:
    assert small.derive([U, F, F]).fired == (
        "n0003=t:n0001=f",
        "c0001=p:n0001=f",
        "n0004=f:n0002=f",
        "c0000=x:n0004=f",
        "d0000=x:c0000=x",
    )


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("n0012=t:n0007=t", "node 12 is met because node 7 is met"),
        ("n0012=f:every=f", "node 12 is not met because none of it holds"),
        ("n0012=u:p0090=u", "node 12 is unknown because part 90 is unknown"),
        ("p0090=t:every=t", "part 90 is met because all of it holds"),
        ("c0004=x:n0012=f", "criterion 4 fails because node 12 is not met"),
        ("d0000=u:c0004=u", "the patient is undetermined because criterion 4 is unknown"),
        ("d0000=p:every=p", "the patient is eligible because every criterion passes"),
    ],
)
def test_a_firing_is_told_as_a_sentence(name: str, sentence: str) -> None:
    assert describe_firing(name) == sentence


def test_a_name_that_no_rule_bears_is_refused() -> None:
    with pytest.raises(EngineFault, match="no rule of this engine is named so"):
        describe_firing("eligible")


LARGE = Network(
    300,
    tuple(
        Group("all" if start % 2 else "any", tuple(Edge((start * 7 + i) % 300) for i in range(n)))
        for start, n in enumerate([3, 24, 60, 2, 130] * 30)
    ),
    tuple(CriterionNode(f"C{node}", Edge(node), is_exclusion=False) for node in range(250, 400)),
)


@pytest.fixture(scope="module")
def handed_over() -> tuple[list[Any], list[Any]]:
    """The rulesets and the facts that durable-rules is given for two evaluations."""
    rulesets: list[Any] = []
    facts: list[Any] = []

    def create_ruleset(name: str, rules: str) -> Any:
        rulesets.append(json.loads(rules))
        return REAL.create_ruleset(name, rules)

    def assert_fact(ruleset: int, fact: str) -> Any:
        facts.append(json.loads(fact))
        return REAL.assert_fact(ruleset, fact)

    spied = {**vars(REAL), "create_ruleset": create_ruleset, "assert_fact": assert_fact}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rule_engine, "binding", SimpleNamespace(**spied))
        derive_once(LARGE, [T, F, U] * 100)
    return rulesets, facts


def test_facts_are_flat_and_hold_nothing_but_letters(handed_over: tuple[Any, Any]) -> None:
    _, facts = handed_over

    values = [value for fact in facts for key, value in fact.items() if key != "id"]
    assert {fact["id"] for fact in facts} == {"fact"}
    assert set(values) == {"t", "f", "u", "p", "x"}


def test_rules_compare_letters_and_know_no_other_operator(handed_over: tuple[Any, Any]) -> None:
    written = json.dumps(handed_over[0])

    assert set(re.findall(r"\$\w+", written)) == {"$and", "$neq"}
    assert not re.search(r"[:\[,] *[-\d.]", written)


def test_every_ruleset_stays_within_the_limits_of_the_engine(handed_over: tuple[Any, Any]) -> None:
    rulesets, facts = handed_over

    assert max(len(fact) for fact in facts) <= rule_engine.MAX_SLICE_READS + 1 < 252
    for rules in rulesets:
        chains = [
            tuple(json.dumps(condition) for condition in rule["all"][0]["m"]["$and"])
            for rule in rules.values()
        ]
        prefixes = {chain[:depth] for chain in chains for depth in range(1, len(chain) + 1)}
        conditions_per_parent = Counter(prefix[:-1] for prefix in prefixes)
        assert len(rules) <= 4096
        assert max(conditions_per_parent.values()) <= 3 * rule_engine.MAX_SLICE_NODES < 64
        assert max(Counter(chains).values()) <= rule_engine.MAX_SLICE_NODES < 255


def test_no_two_names_that_can_occur_share_a_hash() -> None:
    """The engine tells properties, and the words of its own language, apart by this hash only."""
    words = [
        *("id", "sid", "name", "fact", "sid-0", "$s", "$i", "$m", "$l", "$r", "$forward", "all"),
        *("any", "pri", "count", "cap", "dist", "$lt", "$lte", "$gt", "$gte", "$eq", "$neq"),
        *("$mt", "$imt", "$iall", "$iany", "$ex", "$nex", "$or", "$and", "$add", "$sub", "$mul"),
        "$div",
    ]
    labels = [f"{kind}{number:04d}" for kind in "ncp" for number in range(10_000)]

    assert fnv1a("id") == 926444256  # as the engine's source has it
    assert len({fnv1a(name) for name in words + labels}) == len(words) + len(labels)


def fnv1a(name: str) -> int:
    value = 0x811C9DC5
    for byte in name.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


def test_a_network_that_no_rules_can_derive_is_refused() -> None:
    criteria = (CriterionNode("INCL01", Edge(0), is_exclusion=False),)
    forward = Network(1, (Group("any", (Edge(1),)),), criteria)
    empty = Network(1, (Group("all", ()),), criteria)
    stray = Network(1, (), (CriterionNode("INCL01", Edge(1), is_exclusion=False),))

    for network in (forward, empty, stray, Network(1, (), ()), Network(10_000, (), criteria)):
        with pytest.raises(EngineFault, match="network"):
            RuleEngine(network)


@pytest.mark.parametrize("leaves", [[], [T, F], [T, F, U, U], [True, False, True], [T, F, None]])
def test_anything_but_one_truth_for_each_leaf_is_refused(
    small: RuleEngine, leaves: list[Any]
) -> None:
    with pytest.raises(EngineFault, match="exactly 3 values of Truth"):
        small.derive(leaves)
    assert small.fault_count == 0
