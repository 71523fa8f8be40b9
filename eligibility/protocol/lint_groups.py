"""Lint of what stands together: branches nobody reaches, conditions that contradict each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import combinations

from eligibility.errors import Location
from eligibility.protocol.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Constant,
    Gap,
    Not,
    OneOf,
    Some,
)
from eligibility.protocol.lint_finding import LintFinding
from eligibility.protocol.lint_worlds import (
    Scope,
    never_above,
    possible_truths,
    spec_of,
    topics_of,
)
from eligibility.protocol.literals import possible_range
from eligibility.truth import Truth

_SMALL = 8  # larger groups are only looked at two by two
_NEVER, _ALWAYS = frozenset((Truth.FALSE,)), frozenset((Truth.TRUE,))
_Conditions = tuple[Condition, ...]


class GroupLint:
    """Looks through conditions, any number of times with other readings or another site profile.

    A condition may be idle with one reading or in one place and needed with another: only what is
    wrong wherever it occurs is reported.
    """

    def __init__(self) -> None:
        self._seen: Counter[tuple[Location, Location]] = Counter()
        self._found: dict[tuple[Location, Location, str], list[LintFinding]] = {}

    def findings(self) -> list[LintFinding]:
        """What is wrong wherever it occurs, each once."""
        return [
            found[0]
            for (group, at, _), found in self._found.items()
            if len(found) >= self._seen[group, at]
        ]

    def visit(self, condition: Condition, scope: Scope = None, given: _Conditions = ()) -> None:
        """Look through a condition; `given` are conditions that hold wherever this one matters."""
        match condition:
            case AllOf():
                self._visit_all_of(condition, scope, given)
            case AnyOf():
                self._visit_any_of(condition, scope, given)
            case Not():
                self.visit(condition.child, scope)
            case Some():
                self.visit(condition.where, condition.collection)
            case Compare() | OneOf():
                self._visit_leaf(condition, scope)
            case _:
                pass

    def _visit_all_of(self, group: AllOf, scope: Scope, given: _Conditions) -> None:
        self._count(group)
        speaking = _speaking(group, scope)
        contradiction = self._contradiction(group, speaking, scope)
        if not contradiction:
            self._implied(group, speaking, scope)
        for child in group.children:
            others = tuple(c for c in speaking if c is not child)
            self.visit(child, scope, () if contradiction else given + others)

    def _visit_any_of(self, group: AnyOf, scope: Scope, given: _Conditions) -> None:
        self._count(group)
        speaking = _speaking(group, scope)
        if not self._always_true(group, speaking, scope):
            self._covered(group, speaking, scope)
        for child in speaking:
            self._excluded(group, child, scope, given)
        for child in group.children:
            self.visit(child, scope, given)

    def _visit_leaf(self, leaf: Compare | OneOf, scope: Scope) -> None:
        self._seen[leaf.at, leaf.at] += 1
        truths = possible_truths(leaf, scope)
        if len(truths) > 1:
            return
        spec = spec_of(leaf.finding, scope)
        outcome = "always" if truths == _ALWAYS else "never"
        if isinstance(leaf, OneOf):
            message = f"these are all the codes of {leaf.finding}, so this {outcome} holds"
        else:
            message = f"{leaf.finding} is {possible_range(spec)}, so this {outcome} holds"
        self._report(leaf, leaf, "idle_limit", message, "correct it, or delete it")

    def _contradiction(self, group: AllOf, speaking: _Conditions, scope: Scope) -> bool:
        hint = "one of them is wrong; put them under any_of if either may hold"
        for one, other in _pairs(speaking):
            if possible_truths(AllOf((one, other)), scope) == _NEVER:
                message = f"this can never hold together with {_the('condition', one, other)}"
                self._report(group, other, "contradiction", message, hint)
                return True
        if possible_truths(AllOf(speaking), scope) == _NEVER:
            message = "these conditions can never all hold together"
            self._report(group, group, "contradiction", message, "correct or delete one of them")
            return True
        return False

    def _always_true(self, group: AnyOf, speaking: _Conditions, scope: Scope) -> bool:
        hint = "one of them is wrong; put them under all_of if both must hold"
        for one, other in _pairs(speaking):
            if possible_truths(AnyOf((one, other)), scope) == _ALWAYS:
                message = f"this or {_the('branch', one, other)} always holds"
                self._report(group, other, "always_true", message, hint)
                return True
        if possible_truths(AnyOf(speaking), scope) == _ALWAYS:
            message = "one of these branches always holds, so the group decides nothing"
            self._report(group, group, "always_true", message, "correct or delete one of them")
            return True
        return False

    def _implied(self, group: AllOf, speaking: _Conditions, scope: Scope) -> None:
        """In all_of, a condition that others imply adds nothing."""
        for child, other, repeats in _idle(speaking, scope, at_most=False):
            if repeats:
                self._report_repeat(group, child, other)
                continue
            what = _the("condition", other, child) if other else "the others together"
            message = f"this condition adds nothing: {what} already implies it"
            if not other:
                message = f"this condition adds nothing: {what} already imply it"
            self._report(group, child, "implied_condition", message, "delete it, or correct it")

    def _covered(self, group: AnyOf, speaking: _Conditions, scope: Scope) -> None:
        """In any_of, a branch that implies others is never needed."""
        for child, other, repeats in _idle(speaking, scope, at_most=True):
            if repeats:
                self._report_repeat(group, child, other)
                continue
            what = f"so does {_the('branch', other, child)}" if other else "so does another"
            message = f"this branch is never needed: whenever it holds, {what}"
            self._report(group, child, "unreachable_branch", message, "delete it, or correct it")

    def _report_repeat(
        self, group: AllOf | AnyOf, child: Condition, other: Condition | None
    ) -> None:
        if other is None or other.at == child.at:
            message = "the same definition stands here twice"
            self._report(group, group, "repeated_condition", message, "delete one of the two")
            return
        message = f"this repeats {_the('condition', other, child)}"
        self._report(group, child, "repeated_condition", message, "delete it, or correct it")

    def _excluded(self, group: AnyOf, child: Condition, scope: Scope, given: _Conditions) -> None:
        """A branch that what must hold around it rules out."""
        topics = topics_of(child)
        for outer in given:
            if topics.isdisjoint(topics_of(outer)):
                continue
            if possible_truths(AllOf((outer, child)), scope) == _NEVER:
                what = _the("condition", outer, child)
                message = f"this branch can never hold, because {what} must hold too"
                self._report(
                    group, child, "unreachable_branch", message, "delete it, or correct it"
                )
                return

    def _count(self, group: AllOf | AnyOf) -> None:
        for at in {group.at, *(child.at for child in group.children)}:
            self._seen[group.at, at] += 1

    def _report(self, group: Condition, at: Condition, code: str, message: str, hint: str) -> None:
        found = self._found.setdefault((group.at, at.at, code), [])
        found.append(LintFinding("error", code, at.at, message, hint))


def _speaking(group: AllOf | AnyOf, scope: Scope) -> _Conditions:
    """The children that can come out differently; what never does is reported where it stands."""
    return tuple(
        child
        for child in group.children
        if not isinstance(child, Gap | Constant) and len(possible_truths(child, scope)) > 1
    )


def _pairs(conditions: _Conditions) -> Iterable[tuple[Condition, Condition]]:
    for one, other in combinations(conditions, 2):
        if not topics_of(one).isdisjoint(topics_of(other)):
            yield one, other


def _idle(
    conditions: _Conditions, scope: Scope, *, at_most: bool
) -> Iterable[tuple[Condition, Condition | None, bool]]:
    """Conditions that change nothing beside another one (or None: beside all others together).

    The last value says that the two mean the same; of these the later one is idle.
    """
    idle: list[Condition] = []
    for first, second in _pairs(conditions):
        below, above = never_above(first, second, scope), never_above(second, first, scope)
        if below and above:
            child, other = second, first
        elif below or above:
            child, other = (first, second) if below is at_most else (second, first)
        else:
            continue
        if not any(child is each for each in idle):
            idle.append(child)
            yield child, other, below and above
    if not idle and 2 < len(conditions) <= _SMALL:
        yield from _idle_beside_all(conditions, scope, at_most=at_most)


def _idle_beside_all(
    conditions: _Conditions, scope: Scope, *, at_most: bool
) -> Iterable[tuple[Condition, None, bool]]:
    for child in conditions:
        others = tuple(c for c in conditions if c is not child and _linked(c, child))
        if len(others) < 2:
            continue
        group = AnyOf(others) if at_most else AllOf(others)
        one, other = (child, group) if at_most else (group, child)
        if never_above(one, other, scope):
            yield child, None, False
            return


def _linked(one: Condition, other: Condition) -> bool:
    return not topics_of(one).isdisjoint(topics_of(other))


def _the(noun: str, there: Condition, here: Condition) -> str:
    """Words for a place as seen from another: the line, and the file or column where needed."""
    if there.at.source != here.at.source:
        return f"the {noun} at {there.at}"
    column = f", column {there.at.column}" if there.at.line == here.at.line else ""
    return f"the {noun} on line {there.at.line}{column}"
