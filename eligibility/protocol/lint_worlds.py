"""Every way the findings behind a few conditions can be, as far as the conditions tell them apart.

A world gives each finding one value, so that a condition has one truth in it. Findings are taken
as independent of each other: that allows more worlds than patients, so what holds in all is sure.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise, product
from typing import Literal, NamedTuple, cast

from eligibility.dates import Duration
from eligibility.findings.catalogue import COLLECTIONS, FINDINGS
from eligibility.findings.model import FindingSpec
from eligibility.protocol.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Constant,
    Elapsed,
    Gap,
    Includes,
    Leaf,
    Not,
    OneOf,
    Some,
)
from eligibility.protocol.literals import Range, possible_range
from eligibility.truth import Truth, all_of, any_of, negate, truth_of

MOST_WORLDS = 6_000  # beyond this the answer is "cannot say", which raises no alarm
EVERY_TRUTH = frozenset(Truth)
Scope = str | None
"""The list whose items are asked, or None for the record as a whole."""
Topic = tuple[str, str]
Value = Decimal | str | bool | Truth


class Variable(NamedTuple):
    """One thing that differs between worlds: a finding, one of its codes, a question to a list."""

    kind: Literal["number", "days", "months", "code", "member", "list"]
    name: str
    detail: str | Condition = ""

    @property
    def topic(self) -> Topic:
        """What it is about: conditions without a common topic say nothing of each other."""
        return ("list" if self.kind == "list" else "finding", self.name)


World = Mapping[Variable, Value]


def topics_of(condition: Condition) -> frozenset[Topic]:
    """The findings and lists a condition depends on."""
    return frozenset(v.topic for leaf in _leaves(condition) for v in _variables(leaf))


def flattened(group: AllOf | AnyOf) -> tuple[Condition, ...]:
    """The children, with those of an inner group of the same kind in its place."""
    found: list[Condition] = []
    for child in group.children:
        if isinstance(child, type(group)):
            found.extend(flattened(child))
        else:
            found.append(child)
    return tuple(found)


@lru_cache(maxsize=4096)
def possible_truths(condition: Condition, scope: Scope = None) -> frozenset[Truth]:
    """The truths a condition can have; all of them where there are too many worlds to look at."""
    match condition:
        case Not():
            return frozenset(negate(truth) for truth in possible_truths(condition.child, scope))
        case AllOf() | AnyOf():
            return _truths_of_group(condition, scope)
        case _:
            return _truths_in_worlds(condition, scope)


def _truths_of_group(group: AllOf | AnyOf, scope: Scope) -> frozenset[Truth]:
    """Children that share no topic vary independently, so only those that do are taken together."""
    fold = all_of if isinstance(group, AllOf) else any_of
    found = {fold(())}
    for children in _linked(flattened(group)):
        if len(children) == 1:
            part = possible_truths(children[0], scope)
        else:
            part = _truths_in_worlds(type(group)(children), scope)
        found = {fold(pair) for pair in product(found, part)}
    return frozenset(found)


def _linked(conditions: Iterable[Condition]) -> list[tuple[Condition, ...]]:
    """The conditions in sets, so that no topic occurs in two of them."""
    members: tuple[Condition, ...]
    sets: list[tuple[frozenset[Topic], tuple[Condition, ...]]] = []
    for condition in conditions:
        topics, members = topics_of(condition), (condition,)
        for other in [each for each in sets if not each[0].isdisjoint(topics)]:
            sets.remove(other)
            topics, members = topics | other[0], other[1] + members
        sets.append((topics, members))
    return [members for _, members in sets]


def _truths_in_worlds(condition: Condition, scope: Scope) -> frozenset[Truth]:
    found = worlds((condition,), scope)
    if found is None:
        return EVERY_TRUTH
    return frozenset(truth_in(condition, world) for world in found)


@lru_cache(maxsize=65536)
def never_above(one: Condition, other: Condition, scope: Scope = None) -> bool:
    """Whether the first is at most as true as the second in every world: then it implies it."""
    found = worlds((one, other), scope)
    if found is None:
        return False
    return all(truth_in(one, w).value <= truth_in(other, w).value for w in found)


def worlds(conditions: tuple[Condition, ...], scope: Scope) -> Iterator[World] | None:
    """All worlds these conditions can tell apart; None if there are too many."""
    leaves = [leaf for condition in conditions for leaf in _leaves(condition)]
    domains = _domains(leaves, scope)
    size = 1
    for domain in domains.values():
        size *= len(domain)
    if size > MOST_WORLDS:
        return None
    ordered = _ordered_lists(domains)
    found = (dict(zip(domains, values, strict=True)) for values in product(*domains.values()))
    return (w for w in found if all(_rank(w, one) <= _rank(w, two) for one, two in ordered))


def truth_in(condition: Condition, world: World) -> Truth:
    """The truth of a condition in a world."""
    match condition:
        case AllOf():
            return all_of(truth_in(child, world) for child in condition.children)
        case AnyOf():
            return any_of(truth_in(child, world) for child in condition.children)
        case Not():
            return negate(truth_in(condition.child, world))
        case _:
            return _leaf_truth(condition, world)


_COMPARED: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "at_most": operator.le,
    "at_least": operator.ge,
    "more_than": operator.gt,
    "less_than": operator.lt,
    "exactly": operator.eq,
}


def _leaf_truth(leaf: Leaf, world: World) -> Truth:
    match leaf:
        case Gap():
            return Truth.UNKNOWN
        case Constant():
            return leaf.truth
        case Some():
            return cast("Truth", world[_variables(leaf)[0]])
        case OneOf():
            return truth_of(world[_variables(leaf)[0]] in leaf.codes)
        case Includes():
            return truth_of(any(world.get(variable) is True for variable in _variables(leaf)))
        case Compare() | Elapsed():
            number = cast("Decimal", world[_variables(leaf)[0]])
            return truth_of(_COMPARED[leaf.operator](number, _limit(leaf)))


def _leaves(condition: Condition) -> Iterator[Leaf]:
    """The leaves above any list: what a list is asked of its items belongs to other worlds."""
    match condition:
        case AllOf() | AnyOf():
            for child in condition.children:
                yield from _leaves(child)
        case Not():
            yield from _leaves(condition.child)
        case _:
            yield condition


@lru_cache(maxsize=4096)
def _variables(leaf: Leaf) -> tuple[Variable, ...]:
    match leaf:
        case Compare():
            return (Variable("number", leaf.finding),)
        case Elapsed():
            # Months differ in length, so days and months are two scales, not comparable here.
            short = leaf.duration.unit in ("days", "weeks")
            return (Variable("days" if short else "months", leaf.finding, leaf.before),)
        case OneOf():
            return (Variable("code", leaf.finding),)
        case Includes():
            return tuple(Variable("member", leaf.finding, code) for code in sorted(leaf.codes))
        case Some():
            return (Variable("list", leaf.collection, leaf.where),)
        case Gap() | Constant():
            return ()


def _limit(leaf: Compare | Elapsed) -> Decimal:
    return leaf.limit if isinstance(leaf, Compare) else _length(leaf.duration)


def _length(duration: Duration) -> Decimal:
    short = duration.unit in ("days", "weeks")
    return Decimal(duration.longest_days() if short else duration.months)


def _domains(leaves: Iterable[Leaf], scope: Scope) -> dict[Variable, tuple[Value, ...]]:
    """For each variable one value of every kind that some leaf tells from the others."""
    by_variable: dict[Variable, list[Leaf]] = {}
    for leaf in leaves:
        for variable in _variables(leaf):
            by_variable.setdefault(variable, []).append(leaf)
    domains: dict[Variable, tuple[Value, ...]] = {}
    members: set[tuple[str, tuple[Leaf, ...]]] = set()
    for variable, askers in by_variable.items():
        if variable.kind == "member":
            # Codes that are only ever asked for together stand for each other.
            if (variable.name, tuple(askers)) in members:
                continue
            members.add((variable.name, tuple(askers)))
        domains[variable] = _domain(variable, askers, scope)
    return domains


def _domain(variable: Variable, askers: list[Leaf], scope: Scope) -> tuple[Value, ...]:
    limits = {_limit(leaf) for leaf in askers if isinstance(leaf, Compare | Elapsed)}
    match variable.kind:
        case "number":
            return _numbers(limits, possible_range(spec_of(variable.name, scope)))
        case "days":
            return _numbers(limits, Range(None, None, whole=True))
        case "months":
            return _numbers(limits, Range(None, None, whole=False))
        case "code":
            sets = [leaf.codes for leaf in askers if isinstance(leaf, OneOf)]
            return _codes(sets, spec_of(variable.name, scope).codes)
        case "member":
            return (False, True)
        case "list":
            where = cast("Condition", variable.detail)
            truths = possible_truths(where, variable.name) | {Truth.FALSE}
            return tuple(sorted(truths, key=lambda truth: truth.value))


def spec_of(finding: str, scope: Scope) -> FindingSpec:
    """The catalogue entry of a finding of the record or of an item of a list."""
    return (COLLECTIONS[scope].findings if scope else FINDINGS)[finding]


def _numbers(limits: set[Decimal], possible: Range) -> tuple[Decimal, ...]:
    """Every limit, a number on each side of it, and the ends of what is possible."""
    ends = {end for end in (possible.low, possible.high) if end is not None}
    marks = sorted(limits | ends)
    if possible.whole:
        found = {number for mark in marks for number in _whole_numbers_at(mark)}
    else:
        between = [(one + two) / 2 for one, two in pairwise(marks)]
        found = {marks[0] - 1, *marks, *between, marks[-1] + 1}
    return tuple(
        number
        for number in sorted(found)
        if (possible.low is None or number >= possible.low)
        and (possible.high is None or number <= possible.high)
    )


def _whole_numbers_at(mark: Decimal) -> tuple[Decimal, ...]:
    below, above = Decimal(math.floor(mark)), Decimal(math.ceil(mark))
    return above - 1, below, above, below + 1


def _codes(sets: Iterable[frozenset[str]], known: frozenset[str]) -> tuple[str, ...]:
    """One code of each class that the sets tell apart."""
    sets = list(sets)
    classes = {tuple(code in each for each in sets): code for code in sorted(known, reverse=True)}
    return tuple(sorted(classes.values()))


def _ordered_lists(domains: Iterable[Variable]) -> list[tuple[Variable, Variable]]:
    """Questions to one list of which the first implies the second."""
    lists = [variable for variable in domains if variable.kind == "list"]
    return [
        (one, two)
        for one in lists
        for two in lists
        if one != two and one.name == two.name and _implies(one, two)
    ]


def _implies(one: Variable, two: Variable) -> bool:
    return never_above(cast("Condition", one.detail), cast("Condition", two.detail), one.name)


def _rank(world: World, variable: Variable) -> int:
    return cast("Truth", world[variable]).value
