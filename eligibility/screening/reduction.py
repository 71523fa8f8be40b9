"""The smallest set of recorded facts that forces an ineligible decision."""

from __future__ import annotations

from eligibility.findings.findings import Findings
from eligibility.patient.restriction import only
from eligibility.protocol.model import Criterion
from eligibility.protocol.verdict import Decision, Verdict
from eligibility.screening.leaves import evaluate
from eligibility.screening.model import Screening
from eligibility.screening.proof import Facts, supports


def forcing_facts(screening: Screening) -> tuple[str, ...]:
    """Record fields that by themselves make the patient ineligible; empty for any other decision."""
    if screening.decision is not Decision.INELIGIBLE:
        return ()
    candidates: list[tuple[Facts, Criterion]] = []
    for result in screening.results:
        if result.verdict is Verdict.FAIL:
            found = supports(result.criterion.condition, screening.findings, screening.anchors)
            candidates.extend((facts, result.criterion) for facts in found)
    if not candidates:
        return ()
    facts, criterion = min(candidates, key=lambda each: len(each[0]))
    return tuple(sorted(_irreducible(screening, criterion, facts)))


def _irreducible(screening: Screening, criterion: Criterion, facts: Facts) -> Facts:
    """Drop what a finding read but did not need, such as a second field that says the same."""
    if len(facts) == 1:
        return facts
    for fact in sorted(facts):
        fewer = facts - {fact}
        if _still_fails(screening, criterion, fewer):
            return _irreducible(screening, criterion, fewer)
    return facts


def _still_fails(screening: Screening, criterion: Criterion, facts: Facts) -> bool:
    scope = screening.findings.scope
    findings = Findings(
        only(scope.record, facts), scope.as_of, scope.clock, screening.compiled.trial.assumptions
    )
    truth = evaluate(criterion.condition, findings, screening.anchors)
    return criterion.verdict(truth) is Verdict.FAIL
