"""The rule engine: derives groups, criteria and decision by forward chaining in durable-rules.

It is fenced, because durable-rules 2.0.28 answers wrongly or crashes when it is used freely:

- facts hold letters (t f u, p x u) for outcomes: no patient's value, no number, no free text, so
  neither the engine's number parsing nor the process's locale can matter;
- every rule tests one flat fact for properties it always has: no absence, no join, no `$or`;
- a stratum is cut into slices, each a ruleset of its own that never holds more than one fact:
  the outcomes its rules read. What they derive becomes part of the facts of later strata;
- of the rules of a node exactly one can match, so a node that does not fire once is a fault;
- a fact is retracted when its agenda is dry, and the next evaluation would notice it otherwise
  (deleting the state each time takes twice as long, or ten times when the C heap is trimmed);
- one lock, no Host and so no threads; after a fault the rulesets are abandoned and made anew.
"""

from __future__ import annotations

import itertools
import json
import re
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter, itemgetter
from typing import Literal

import durable_rules_engine as binding

from eligibility.errors import EngineFault
from eligibility.protocol.verdict import Decision, Verdict, verdict_of
from eligibility.screening.network import CriterionNode, Edge, Network
from eligibility.truth import Truth, negate

# The engine fails beyond 64 simultaneous matches of a fact, 252 properties, 255 rules behind one
# condition and 511 conditions behind another. Slices stay far below, where they are also fastest.
MAX_EDGES = 24  # a wider group is derived by way of parts of its own
MAX_SLICE_NODES = 16
MAX_SLICE_READS = 40
MAX_NODES = 9_999  # what the four digits in a rule's name can tell apart
MAX_FAULTS = 20  # each abandons some megabytes of C heap, which only a restart gives back

_TRUTH = {"t": Truth.TRUE, "f": Truth.FALSE, "u": Truth.UNKNOWN}
_VERDICT = {"p": Verdict.PASS, "x": Verdict.FAIL, "u": Verdict.UNKNOWN}
_DECISION = {"p": Decision.ELIGIBLE, "x": Decision.INELIGIBLE, "u": Decision.UNDETERMINED}
_LETTER = {verdict: letter for letter, verdict in _VERDICT.items()}

_RETRACTION = '{"id":"fact"}'
_HANDLED = 0  # the binding's answer when a rule matches a fact that was not there before
_NAME = slice(2, 17)  # a firing arrives as {"n0092=t:n0007=f":{"m":{...}}}
_NAME_FORM = re.compile(r"([cdnp])(\d{4})=([fptux]):(?:every|([cnp])(\d{4}))=([fptux])")
_NOUNS = {"c": "criterion", "d": "decision", "n": "node", "p": "part"}
_STATES = {"t": "is met", "f": "is not met", "u": "is unknown", "p": "passes", "x": "fails"}
_EVERY = {"t": "all of it holds", "f": "none of it holds", "p": "every criterion passes"}

_Kind = Literal["all", "any"]
_Rules = Mapping[str, Sequence[Mapping[str, object]]]  # name -> conditions that hold together


@dataclass(frozen=True, slots=True)
class Derivation:
    """What the rules derived from the leaves, and the names of the rules in firing order."""

    node_truths: tuple[Truth, ...]
    criterion_truths: tuple[Truth, ...]
    criterion_verdicts: tuple[Verdict, ...]
    decision: Decision
    fired: tuple[str, ...]


class RuleEngine:
    """Derives a network's groups, criteria and decision; threads may share one engine."""

    def __init__(self, network: Network) -> None:
        _require_sound(network)
        derived = _RuleWriter(network).derived
        self._leaf_count = network.leaf_count
        self._node_count = network.leaf_count + len(network.groups)
        self._decision = self._node_count + len(network.criteria)
        self._readings = [(each.edge.node, _reading(each.edge)) for each in network.criteria]
        self._slices = tuple(_slices(derived))
        self._underived = [""] * len(derived)
        self._rulesets: list[int] = []
        self._release = weakref.finalize(self, _delete, self._rulesets)
        self._release.atexit = False  # another thread may still be in the engine then
        self._lock = threading.Lock()
        self.fault_count = 0  # evaluations that ended in a fault
        self._guarded(["u"] * self._leaf_count)

    def derive(self, leaf_truths: Sequence[Truth]) -> Derivation:
        """Derive everything from the leaves; EngineFault unless every node was derived once."""
        true, false, unknown = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN  # enums hash slowly
        leaves = [
            "t" if truth is true else "f" if truth is false else "u" if truth is unknown else ""
            for truth in leaf_truths
        ]
        if len(leaves) != self._leaf_count or "" in leaves:
            raise EngineFault(
                f"the rule engine takes exactly {self._leaf_count} values of Truth",
                hint="give the truth of every leaf, in the order of the network",
            )
        letters, fired = self._guarded(leaves)
        verdicts = letters[self._node_count : self._decision]
        return Derivation(
            node_truths=tuple(map(_TRUTH.__getitem__, letters[: self._node_count])),
            criterion_truths=tuple([truths[letters[node]] for node, truths in self._readings]),
            criterion_verdicts=tuple(map(_VERDICT.__getitem__, verdicts)),
            decision=_DECISION[letters[self._decision]],
            fired=tuple(fired),
        )

    def close(self) -> None:
        """Give the engine's memory back now, not when this is collected; no more is derived."""
        with self._lock:
            self._release()

    def _guarded(self, leaves: list[str]) -> tuple[list[str], list[str]]:
        with self._lock:
            self._require_usable()
            try:
                if not self._rulesets:
                    self._rulesets.extend(self._build())
                return self._chain(self._rulesets, leaves)
            except Exception as error:
                self._rulesets.clear()  # what the C heap holds now is not touched, even to free
                self.fault_count += 1
                if isinstance(error, EngineFault):
                    raise
                raise EngineFault(f"durable-rules failed: {type(error).__name__}") from error

    def _require_usable(self) -> None:
        if not self._release.alive:
            raise EngineFault("this rule engine was closed", hint="make a new one")
        if self.fault_count >= MAX_FAULTS:
            raise EngineFault("this rule engine had too many faults", hint="restart the process")

    def _build(self) -> list[int]:
        """Make the rulesets, and try them on a patient of whom nothing is known."""
        rulesets = [binding.create_ruleset("slice", part.rules) for part in self._slices]
        # Needed too: deleting a state that never ran an action frees an uninitialised pointer.
        letters, _ = self._chain(rulesets, ["u"] * self._leaf_count)
        if set(letters) != {"u"}:
            raise EngineFault("the rule engine derived something from nothing")
        return rulesets

    def _chain(self, rulesets: list[int], leaves: list[str]) -> tuple[list[str], list[str]]:
        letters = leaves + self._underived
        fired: list[str] = []
        for ruleset, part in zip(rulesets, self._slices, strict=True):
            _run(ruleset, part, letters, fired)
        return letters, fired


def _delete(rulesets: list[int]) -> None:
    for ruleset in rulesets:
        binding.delete_state(ruleset, "0")  # first, or it leaks with its ruleset
        binding.delete_ruleset(ruleset)


def describe_firing(name: str) -> str:
    """The sentence that a fired rule's name stands for.

    >>> describe_firing("n0092=t:n0007=f")
    'node 92 is met because node 7 is not met'
    """
    match = _NAME_FORM.fullmatch(name)
    if match is None:
        raise EngineFault("no rule of this engine is named so", hint="take names from `fired`")
    kind, number, letter, cause_kind, cause_number, cause_letter = match.groups()
    effect = f"{_NOUNS[kind]} {int(number)} {_STATES[letter]}"
    if kind == "d":
        effect = f"the patient is {_DECISION[letter]}"
    if cause_kind is None:
        return f"{effect} because {_EVERY[cause_letter]}"
    return f"{effect} because {_NOUNS[cause_kind]} {int(cause_number)} {_STATES[cause_letter]}"


def _run(ruleset: int, part: _Slice, letters: list[str], fired: list[str]) -> None:
    """Assert what the rules of a slice read, note what they derive, retract."""
    answer, state = binding.assert_fact(ruleset, part.fact % part.pick(letters))
    if answer != _HANDLED:
        raise EngineFault("the rule engine took no fact, or still held the one before")
    started = binding.start_action_for_state(ruleset, state)
    firing = started and started[1]
    missing = part.size
    while firing:
        name = firing[_NAME]
        index, letter = part.conclusions[name]
        if letters[index]:
            raise EngineFault("the rule engine derived a node twice")
        letters[index] = letter
        fired.append(name)
        missing -= 1
        firing = binding.complete_and_start_action(ruleset, state)
    if missing:
        raise EngineFault(f"the rule engine left {missing} nodes underived")
    binding.retract_fact(ruleset, _RETRACTION)


@dataclass(frozen=True, slots=True)
class _Node:
    """A node as rules see it: its property in a fact, and the letters for and against it."""

    index: int
    label: str
    holds: str
    fails: str


@dataclass(frozen=True, slots=True)
class _Derived:
    """A node with the rules that derive it, and what they read."""

    node: _Node
    stratum: int
    reads: frozenset[tuple[int, str]]
    rules: _Rules


@dataclass(frozen=True, slots=True)
class _Slice:
    """Nodes of one stratum: their ruleset, how to write its fact, what each rule concludes."""

    rules: str
    fact: str
    pick: Callable[[list[str]], object]
    conclusions: Mapping[str, tuple[int, str]]
    size: int


class _RuleWriter:
    """Writes the rules of groups, criteria and decision, and of the parts of wide ones."""

    def __init__(self, network: Network) -> None:
        first_criterion = network.leaf_count + len(network.groups)
        decision = first_criterion + len(network.criteria)
        self.derived: list[_Derived] = []
        self._strata = dict.fromkeys(range(network.leaf_count), 0)
        self._part_indexes = itertools.count(decision + 1)
        nodes = [_Node(index, f"n{index:04d}", "t", "f") for index in range(first_criterion)]
        for node, group in zip(nodes[network.leaf_count :], network.groups, strict=True):
            self._junction(node, group.kind, [_seen(nodes, edge) for edge in group.edges])
        criteria = []
        for number, criterion in enumerate(network.criteria):
            node = _Node(first_criterion + number, f"c{number:04d}", "p", "x")
            read = nodes[criterion.edge.node]
            self._write(node, [read], _criterion_rules(node, read, criterion))
            criteria.append(node)
        self._junction(_Node(decision, "d0000", "p", "x"), "all", criteria)

    def _junction(self, node: _Node, kind: _Kind, children: Sequence[_Node]) -> _Node:
        children = list(dict.fromkeys(children))
        while len(children) > MAX_EDGES:
            children = [self._junction(self._part(node), kind, some) for some in _chunks(children)]
        self._write(node, children, _junction_rules(node, kind, children))
        return node

    def _part(self, whole: _Node) -> _Node:
        index = next(self._part_indexes)
        return replace(whole, index=index, label=f"p{index:04d}")

    def _write(self, node: _Node, children: Sequence[_Node], rules: _Rules) -> None:
        stratum = 1 + max(self._strata[child.index] for child in children)
        self._strata[node.index] = stratum
        reads = frozenset((child.index, child.label) for child in children)
        self.derived.append(_Derived(node, stratum, reads, rules))


def _junction_rules(node: _Node, kind: _Kind, children: Sequence[_Node]) -> _Rules:
    """Kleene's and / or: the first child that settles it, else the first unknown one, else all.

    One rule for each of these causes, so that exactly one of them matches.
    """
    is_any = kind == "any"
    settled, otherwise = (node.holds, node.fails) if is_any else (node.fails, node.holds)
    settling = [(child.label, child.holds if is_any else child.fails) for child in children]
    unsettled = [{"$neq": {label: letter}} for label, letter in settling]
    left = [{child.label: child.fails if is_any else child.holds} for child in children]
    rules: dict[str, Sequence[Mapping[str, object]]] = {
        f"{node.label}={settled}:{label}={letter}": [*unsettled[:position], {label: letter}]
        for position, (label, letter) in enumerate(settling)
    }
    for position, (label, _) in enumerate(settling):
        # A node read both ways is unknown once: its first rule is the one that can match.
        rules.setdefault(f"{node.label}=u:{label}=u", [*unsettled, *left[:position], {label: "u"}])
    rules[f"{node.label}={otherwise}:every={otherwise}"] = [*unsettled, *left]
    return rules


def _criterion_rules(node: _Node, read: _Node, criterion: CriterionNode) -> _Rules:
    rules = {}
    for letter, truth in _reading(criterion.edge).items():
        verdict = _LETTER[verdict_of(truth, is_exclusion=criterion.is_exclusion)]
        rules[f"{node.label}={verdict}:{read.label}={letter}"] = [{read.label: letter}]
    return rules


def _reading(edge: Edge) -> dict[str, Truth]:
    return {letter: negate(truth) if edge.negated else truth for letter, truth in _TRUTH.items()}


def _seen(nodes: Sequence[_Node], edge: Edge) -> _Node:
    node = nodes[edge.node]
    return replace(node, holds=node.fails, fails=node.holds) if edge.negated else node


def _chunks(nodes: Sequence[_Node]) -> list[Sequence[_Node]]:
    count = -(-len(nodes) // MAX_EDGES)
    bounds = [len(nodes) * number // count for number in range(count + 1)]
    return [nodes[start:end] for start, end in itertools.pairwise(bounds)]


def _slices(derived: Sequence[_Derived]) -> Iterator[_Slice]:
    batch: list[_Derived] = []
    reads: frozenset[tuple[int, str]] = frozenset()
    for each in sorted(derived, key=attrgetter("stratum")):
        is_full = len(batch) == MAX_SLICE_NODES or len(reads | each.reads) > MAX_SLICE_READS
        if batch and (is_full or each.stratum != batch[0].stratum):
            yield _slice(batch, reads)
            batch, reads = [], frozenset()
        batch.append(each)
        reads |= each.reads
    yield _slice(batch, reads)


def _slice(batch: Sequence[_Derived], reads: frozenset[tuple[int, str]]) -> _Slice:
    indexes, labels = zip(*sorted(reads), strict=True)
    properties = "".join(f',"{label}":"%s"' for label in labels)
    rules = {name: conditions for each in batch for name, conditions in each.rules.items()}
    return _Slice(
        rules=json.dumps({name: {"all": [{"m": {"$and": both}}]} for name, both in rules.items()}),
        fact=f'{{"id":"fact"{properties}}}',
        pick=itemgetter(*indexes),
        conclusions={name: (each.node.index, name[6]) for each in batch for name in each.rules},
        size=len(batch),
    )


def _require_sound(network: Network) -> None:
    """Refuse a network that no rules can derive; loading criteria makes none such."""
    known = network.leaf_count
    for group in network.groups:
        if not group.edges or not all(0 <= edge.node < known for edge in group.edges):
            raise EngineFault(f"node {known} of the network must read nodes that come before it")
        known += 1
    if not network.criteria or not all(0 <= c.edge.node < known for c in network.criteria):
        raise EngineFault("a network needs criteria, each of them on one of its nodes")
    if known + len(network.criteria) > MAX_NODES:
        raise EngineFault(f"a network of more than {MAX_NODES} nodes is beyond the rule engine")
