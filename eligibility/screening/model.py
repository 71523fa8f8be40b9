"""What a screening returns: every criterion's truth and verdict, the decision, and how it was derived."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from eligibility.dates import Anchors
from eligibility.findings.findings import Findings
from eligibility.protocol.model import Criterion
from eligibility.protocol.verdict import Decision, Verdict
from eligibility.screening.compile import CompiledTrial
from eligibility.screening.judging import LeafUse, judge
from eligibility.truth import Truth

Engine = Literal["reference", "durable-rules"]


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """What one criterion says of one patient."""

    criterion: Criterion
    truth: Truth
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Alarm:
    """Why a decision of the rule engine was not accepted; the answer is then undetermined."""

    code: Literal["engine_fault", "engines_disagree"]
    message: str


def deciding(verdicts: Iterable[tuple[str, Verdict]]) -> tuple[str, ...]:
    """Ids of the criteria that decide: those that fail; else those unknown; else all."""
    by_verdict: dict[Verdict, list[str]] = {}
    for criterion_id, verdict in verdicts:
        by_verdict.setdefault(verdict, []).append(criterion_id)
    for verdict in (Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS):
        if verdict in by_verdict:
            return tuple(by_verdict[verdict])
    return ()


@dataclass(frozen=True, slots=True)
class Screening:
    """One patient against one trial at these anchors."""

    compiled: CompiledTrial
    anchors: Anchors
    findings: Findings
    results: tuple[CriterionResult, ...]
    decision: Decision
    leaf_truths: tuple[Truth, ...]
    fired: tuple[str, ...]
    engine: Engine
    alarm: Alarm | None = None
    uses: Mapping[str, tuple[LeafUse, ...]] = field(default_factory=dict, repr=False)
    """By criterion, the leaves that decide at these anchors; empty where they were not looked for yet."""

    @property
    def deciding(self) -> tuple[str, ...]:
        """Ids of the criteria that decide: those that fail; else those unknown; else all."""
        return deciding((r.criterion.id, r.verdict) for r in self.results)

    def result(self, criterion_id: str) -> CriterionResult:
        """The result of the criterion with this id; KeyError if there is none."""
        for result in self.results:
            if result.criterion.id == criterion_id:
                return result
        raise KeyError(criterion_id)

    def uses_of(self, criterion: Criterion) -> tuple[LeafUse, ...]:
        """The leaves that make a criterion what it is for this patient; for an unknown, what leaves it open."""
        found = self.uses.get(criterion.id)
        return tuple(judge(criterion, self.findings, self.anchors)[1]) if found is None else found
