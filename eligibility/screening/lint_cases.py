"""Lint of the worked cases: wrong ones, verdicts without a case, limits without cases beside them.

A case lies beside a limit when the patient's value is exact and close to it: one unit away on scales
of whole numbers, in per cent, years and millimetres; one day in durations; 10 % of the limit in
laboratory results.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from eligibility.dates import Anchors, anchors
from eligibility.errors import EligibilityError
from eligibility.findings.findings import Findings, findings_of
from eligibility.findings.model import Finding
from eligibility.findings.units import TIMES_ULN
from eligibility.intervals import Interval
from eligibility.patient.record import read_record
from eligibility.patient.vocabulary import LabTest
from eligibility.protocol.conditions import Compare, Condition, Elapsed, Some, children_of
from eligibility.protocol.lint import Variant, possible_verdicts
from eligibility.protocol.lint_finding import LintFinding
from eligibility.protocol.lint_worlds import Scope, spec_of
from eligibility.protocol.literals import possible_range
from eligibility.protocol.model import Case, Criterion
from eligibility.protocol.verdict import Verdict
from eligibility.screening.cases import CaseOutcome, CaseRunner
from eligibility.yaml_nodes import CriteriaFilesError

Side = Literal["below", "on", "above"]
_SIDES: tuple[Side, ...] = ("below", "on", "above")


def lint_cases(folder: Path, variants: list[Variant]) -> list[LintFinding]:
    """What is wrong with the cases of a trial that loads, in no particular order."""
    found = list(_wrong(folder))
    for criterion in variants[0].trial.criteria:
        if not criterion.cases:
            message = f"{criterion.id} has no cases"
            hint = "add at least one that passes, one that fails and one that stays unknown"
            found.append(LintFinding("warning", "no_cases", criterion.at, message, hint))
            continue
        found += _missing_verdicts(criterion, variants)
        found += _missing_boundaries(criterion.id, variants)
    return found


def _wrong(folder: Path) -> Iterator[LintFinding]:
    runner = CaseRunner(folder, engine="reference")
    yield from _complaints(runner.run_cases(), "wrong_case")
    try:
        yield from _complaints(runner.run_vignettes(), "wrong_vignette")
    except CriteriaFilesError as error:
        for fault in error.faults:
            yield LintFinding("error", fault.code, fault.at, fault.message, fault.hint)


def _complaints(outcomes: Iterable[CaseOutcome], code: str) -> Iterator[LintFinding]:
    for outcome in outcomes:
        if outcome.complaint is not None:
            message = f'"{outcome.name}": {outcome.complaint}'
            hint = "correct the expectation or the condition, whichever the protocol contradicts"
            yield LintFinding("error", code, outcome.at, message, hint)


def _missing_verdicts(criterion: Criterion, variants: list[Variant]) -> Iterator[LintFinding]:
    shown = {case.verdict for case in criterion.cases}
    possible = possible_verdicts(criterion.id, variants)
    for verdict in Verdict:
        if verdict in possible and verdict not in shown:
            message = f'no case of {criterion.id} has the verdict "{verdict.value}"'
            hint = "add one, so that the next change of the condition cannot lose it"
            yield LintFinding("warning", "missing_verdict", criterion.at, message, hint)


@dataclass(frozen=True, slots=True)
class _Limit:
    """A literal of a condition, and the list whose items it is asked of, if any."""

    leaf: Compare | Elapsed
    scope: Scope

    @property
    def written(self) -> str:
        leaf = self.leaf
        if isinstance(leaf, Compare):
            return f"{leaf.finding} {leaf.written}"
        return f"{leaf.duration} from {leaf.finding} to {leaf.before}"

    def place(self) -> tuple[object, ...]:
        """What two literals have in common that the same cases test."""
        leaf = self.leaf
        if isinstance(leaf, Compare):
            return self.scope, leaf.finding, leaf.limit, leaf.at.source
        return self.scope, leaf.finding, leaf.duration, leaf.before, leaf.at.source


def _missing_boundaries(criterion_id: str, variants: list[Variant]) -> Iterator[LintFinding]:
    """One warning for each limit of a criterion, and of each site profile it asks for."""
    charts = list(_charts(variants[0].trial.criterion(criterion_id), variants))
    seen: set[tuple[object, ...]] = set()
    for variant in variants:
        criterion = variant.trial.criterion(criterion_id)
        for limit in _limits(criterion.condition, None):
            if limit.place() in seen:
                continue
            seen.add(limit.place())
            met = {side for chart in charts if chart.tests(limit) for side in chart.sides(limit)}
            missing = [side for side in _possible_sides(limit) if side not in met]
            if missing:
                yield _boundary_warning(criterion_id, limit, missing)


def _boundary_warning(criterion_id: str, limit: _Limit, missing: list[Side]) -> LintFinding:
    words = {"below": "just below", "on": "exactly at", "above": "just above"}
    if isinstance(limit.leaf, Elapsed):
        words |= {"below": "a day short of", "above": "a day past"}
    *first, last = [words[side] for side in missing]
    sides = f"{', '.join(first)} or {last}" if first else last
    message = f"{criterion_id} has no case {sides} {limit.written}"
    hint = "add cases on the limit and on both sides of it"
    return LintFinding("warning", "missing_boundary", limit.leaf.at, message, hint)


def _limits(condition: Condition, scope: Scope) -> Iterator[_Limit]:
    if isinstance(condition, Compare | Elapsed):
        yield _Limit(condition, scope)
    inner = condition.collection if isinstance(condition, Some) else scope
    for child in children_of(condition):
        yield from _limits(child, inner)


def _possible_sides(limit: _Limit) -> Iterator[Side]:
    leaf = limit.leaf
    for side in _SIDES:
        if isinstance(leaf, Compare):
            possible = possible_range(spec_of(leaf.finding, limit.scope))
            if leaf.limit == {"below": possible.low, "above": possible.high}.get(side):
                continue
        yield side


@dataclass(frozen=True, slots=True)
class _Chart:
    """The findings of the patient of a case."""

    case: Case
    findings: Findings
    anchors: Anchors

    def tests(self, limit: _Limit) -> bool:
        """Whether the limit is in force in this case: a profile's only in cases that name it."""
        source = limit.leaf.at.source or ""
        return not source.startswith("profiles/") or source == f"profiles/{self.case.profile}.yaml"

    def sides(self, limit: _Limit) -> Iterator[Side]:
        """Where the patient's values lie, as far as they are exact and close to the limit."""
        for finding in self._values(limit):
            value = finding.value
            if isinstance(value, Interval) and value.low is not None and value.low == value.high:
                yield from self._side(limit, Decimal(value.low))

    def _values(self, limit: _Limit) -> list[Finding]:
        name = limit.leaf.finding
        if limit.scope is None:
            return [self.findings.get(name)]
        return [item.get(name) for item in self.findings.items(limit.scope)]

    def _side(self, limit: _Limit, value: Decimal) -> Iterator[Side]:
        leaf = limit.leaf
        if isinstance(leaf, Compare):
            yield from _beside(value - leaf.limit, _closeness(leaf, limit.scope))
            return
        anchor = self.anchors.day(leaf.before)
        if anchor is not None:
            for threshold in leaf.duration.before(anchor, self.anchors.clock):
                yield from _beside(threshold - value, Decimal(1))


def _beside(difference: Decimal, close: Decimal) -> Iterator[Side]:
    if abs(difference) <= close:
        yield "on" if difference == 0 else "below" if difference < 0 else "above"


def _closeness(leaf: Compare, scope: Scope) -> Decimal:
    spec = spec_of(leaf.finding, scope)
    measured = spec.unit == TIMES_ULN or spec.name in LabTest.__members__.values()
    return leaf.limit / 10 if measured and leaf.limit else Decimal(1)


def _charts(criterion: Criterion, variants: list[Variant]) -> Iterator[_Chart]:
    assumptions = {
        variant.trial.profile.name if variant.trial.profile else None: variant.trial.assumptions
        for variant in variants
    }
    for case in criterion.cases:
        try:
            when = anchors(case.as_of, case.planned_start)
            found = findings_of(read_record(case.patient), when, assumptions[case.profile])
        except EligibilityError:
            continue  # running the case has said what is wrong with it
        yield _Chart(case, found, when)
