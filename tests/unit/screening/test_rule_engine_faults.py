"""The rule engine under faults, in many threads, and over a long time."""

from __future__ import annotations

import gc
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from eligibility.errors import EngineFault
from eligibility.protocol.verdict import Decision
from eligibility.screening import rule_engine
from eligibility.screening.network import CriterionNode, Edge, Group, Network
from eligibility.screening.rule_engine import RuleEngine
from eligibility.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
REAL: Any = vars(rule_engine)["binding"]  # this module may not import durable-rules itself

# Leaves 0-2; node 3 = 0 or not 1; node 4 = 3 and 2; inclusion on 4, exclusion on leaf 1.
SMALL = Network(
    3,
    (Group("any", (Edge(0), Edge(1, negated=True))), Group("all", (Edge(3), Edge(2)))),
    (CriterionNode("INCL01", Edge(4), False), CriterionNode("EXCL01", Edge(1), True)),
)
PATIENTS = {
    (T, F, T): Decision.ELIGIBLE,
    (T, U, T): Decision.UNDETERMINED,
    (F, F, U): Decision.UNDETERMINED,
    (T, T, T): Decision.INELIGIBLE,
    (U, U, F): Decision.INELIGIBLE,
}


@pytest.fixture
def small() -> Iterator[RuleEngine]:
    engine = RuleEngine(SMALL)
    yield engine
    engine.close()


def tamper(monkeypatch: pytest.MonkeyPatch, **functions: Any) -> None:
    monkeypatch.setattr(rule_engine, "binding", SimpleNamespace(**{**vars(REAL), **functions}))


def raising(*_: object) -> Any:
    raise RuntimeError("error code: 303")


def renamed(old: str, new: str) -> Callable[..., Any]:
    def start(ruleset: int, state: int) -> Any:
        answer = REAL.start_action_for_state(ruleset, state)
        return answer and (answer[0], answer[1].replace(old, new))

    return start


def doubling(ruleset: int, state: int) -> Any:
    """Every firing comes twice."""
    del ruleset, state
    return '{"n0003=t:n0000=t":{}}'


def dropping(ruleset: int, state: int) -> Any:
    REAL.start_action_for_state(ruleset, state)
    firing = REAL.complete_and_start_action(ruleset, state)
    return firing and ("{}", firing)


def withholding(ruleset: int, state: int) -> Any:
    answer = REAL.start_action_for_state(ruleset, state)
    return None if answer and '"d0000=' in answer[1] else answer


TAMPERINGS = {
    "asserting fails": {"assert_fact": raising},
    "starting fails": {"start_action_for_state": raising},
    "completing fails": {"complete_and_start_action": raising},
    "retracting fails": {"retract_fact": raising},
    "no rule wants the fact": {"assert_fact": lambda *_: (1, 1)},
    "the fact is known already": {"assert_fact": lambda *_: (2, 1)},
    "nothing fires": {"start_action_for_state": lambda *_: None},
    "the first firing is lost": {"start_action_for_state": dropping},
    "later firings are lost": {"complete_and_start_action": lambda *_: None},
    "the decision is lost": {"start_action_for_state": withholding},
    "a firing comes twice": {"complete_and_start_action": doubling},
    "a firing is foreign": {"start_action_for_state": renamed("n0003=t", "n0009=t")},
    "a firing is garbled": {"start_action_for_state": renamed("n0003", "n03")},
}


@pytest.mark.parametrize("functions", TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_a_misbehaving_engine_is_a_fault_and_the_next_evaluation_is_right(
    small: RuleEngine, monkeypatch: pytest.MonkeyPatch, functions: dict[str, Any]
) -> None:
    before = small.derive([T, F, T])
    tamper(monkeypatch, **functions)

    with pytest.raises(EngineFault):
        small.derive([T, F, T])

    monkeypatch.undo()
    assert small.derive([U, T, U]).decision is Decision.INELIGIBLE
    assert small.derive([T, F, T]) == before
    assert small.fault_count == 1


def test_contradictory_firings_are_a_fault(
    small: RuleEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rules of one node, with different conclusions."""
    tamper(monkeypatch, complete_and_start_action=lambda *_: '{"n0003=f:every=f":{}}')

    with pytest.raises(EngineFault, match="derived a node twice"):
        small.derive([T, T, T])


def test_a_fact_left_behind_is_noticed_by_the_next_evaluation(
    small: RuleEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    tamper(monkeypatch, retract_fact=lambda *_: (0, 1))
    small.derive([T, F, T])

    with pytest.raises(EngineFault, match="still held the one before"):
        small.derive([T, T, T])


def test_an_engine_with_too_many_faults_stops_for_good(
    small: RuleEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    tamper(monkeypatch, assert_fact=raising)
    for _ in range(rule_engine.MAX_FAULTS):
        with pytest.raises(EngineFault, match="RuntimeError"):
            small.derive([T, F, T])

    monkeypatch.undo()
    with pytest.raises(EngineFault, match="restart the process"):
        small.derive([T, F, T])


@pytest.mark.parametrize(
    "functions",
    [
        {"create_ruleset": raising},
        {"start_action_for_state": renamed("n0003=u:n0000=u", "n0003=t:n0000=t")},
    ],
    ids=["rules are refused", "something is derived from nothing"],
)
def test_an_engine_that_cannot_start_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, functions: dict[str, Any]
) -> None:
    tamper(monkeypatch, **functions)

    with pytest.raises(EngineFault):
        RuleEngine(SMALL)


def test_eight_threads_share_one_engine(small: RuleEngine) -> None:
    wrong: list[object] = []

    def screen(offset: int) -> None:
        patients = list(PATIENTS.items())
        for turn in range(1_000):
            leaves, decision = patients[(turn + offset) % len(patients)]
            if small.derive(leaves).decision is not decision:
                wrong.append(leaves)

    threads = [threading.Thread(target=screen, args=(offset,)) for offset in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert small.fault_count == 0


def resident_kib() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


def test_memory_does_not_grow_over_a_hundred_thousand_evaluations(small: RuleEngine) -> None:
    patients = list(PATIENTS)
    for turn in range(2_000):
        small.derive(patients[turn % len(patients)])
    before = resident_kib()

    for turn in range(100_000):
        small.derive(patients[turn % len(patients)])

    assert resident_kib() - before <= 64  # a page here and there; a byte each would be 98 KiB


@pytest.mark.parametrize("is_closed", [True, False], ids=["closed", "left to the collector"])
def test_an_engine_gives_its_memory_back(is_closed: bool) -> None:
    def use_engines(count: int) -> None:
        for _ in range(count):
            engine = RuleEngine(SMALL)
            engine.derive([T, F, T])
            if is_closed:
                engine.close()

    use_engines(30)
    before = resident_kib()

    use_engines(300)

    assert resident_kib() - before <= 1_024  # each holds some 300 KiB


def test_a_closed_engine_refuses_to_derive(small: RuleEngine) -> None:
    small.close()
    small.close()

    with pytest.raises(EngineFault, match="was closed"):
        small.derive([T, F, T])
