"""Screening one patient: leaves by their meaning, the rest by the rule engine, checked by the reference."""

from __future__ import annotations

from eligibility.dates import Anchors
from eligibility.errors import EngineFault
from eligibility.findings.findings import Findings, findings_of
from eligibility.patient.record import PatientRecord
from eligibility.protocol.model import Trial
from eligibility.protocol.verdict import Decision, Verdict, decide
from eligibility.screening.compile import CompiledTrial, compile_trial
from eligibility.screening.judging import LeafUse, judge
from eligibility.screening.leaves import leaf_truth
from eligibility.screening.model import Alarm, CriterionResult, Engine, Screening
from eligibility.screening.rule_engine import RuleEngine
from eligibility.truth import Truth


class Screener:
    """Screens patients against one trial; reusable, and safe to share between threads."""

    def __init__(self, trial: Trial, *, engine: Engine = "durable-rules") -> None:
        self.trial = trial
        self.compiled = compile_trial(trial)
        self._engine = RuleEngine(self.compiled.network) if engine == "durable-rules" else None

    def findings(self, record: PatientRecord, anchors: Anchors) -> Findings:
        """The findings of a record, with what trial and site profile assume where it is silent."""
        return findings_of(record, anchors, self.trial.assumptions)

    def screen(self, record: PatientRecord, anchors: Anchors) -> Screening:
        """The screening of one patient; raises AnchorError when record and anchors use different clocks."""
        findings = self.findings(record, anchors)
        if self._engine is None:
            return screen_by_reference(self.compiled, findings, anchors)
        return self._screen_by_rules(self._engine, findings, anchors)

    def _screen_by_rules(
        self, engine: RuleEngine, findings: Findings, anchors: Anchors
    ) -> Screening:
        reference = screen_by_reference(self.compiled, findings, anchors)
        leaves = [leaf_truth(leaf, findings, anchors) for leaf in self.compiled.leaves]
        try:
            derived = engine.derive(leaves)
        except EngineFault as fault:
            return _undetermined(reference, Alarm("engine_fault", str(fault)))
        results = tuple(
            CriterionResult(criterion, truth, verdict)
            for criterion, truth, verdict in zip(
                self.trial.criteria,
                derived.criterion_truths,
                derived.criterion_verdicts,
                strict=True,
            )
        )
        if results != reference.results or derived.decision is not reference.decision:
            return _undetermined(reference, _disagreement(reference, results))
        return Screening(
            compiled=self.compiled,
            anchors=anchors,
            findings=findings,
            results=results,
            decision=derived.decision,
            leaf_truths=tuple(leaves),
            fired=derived.fired,
            engine="durable-rules",
            uses=reference.uses,
        )


def screen_by_reference(compiled: CompiledTrial, findings: Findings, anchors: Anchors) -> Screening:
    """The screening by direct evaluation of each criterion: the meaning every engine must agree with."""
    results: list[CriterionResult] = []
    uses: dict[str, tuple[LeafUse, ...]] = {}
    for criterion in compiled.trial.criteria:
        truth, decisive = judge(criterion, findings, anchors)
        results.append(CriterionResult(criterion, truth, criterion.verdict(truth)))
        uses[criterion.id] = tuple(decisive)
    return Screening(
        compiled=compiled,
        anchors=anchors,
        findings=findings,
        results=tuple(results),
        decision=decide(result.verdict for result in results),
        leaf_truths=(),
        fired=(),
        engine="reference",
        uses=uses,
    )


def _disagreement(reference: Screening, results: tuple[CriterionResult, ...]) -> Alarm:
    pairs = zip(reference.results, results, strict=True)
    differing = [one.criterion.id for one, other in pairs if one != other] or ["the decision"]
    return Alarm(
        "engines_disagree", "rule engine and reference disagree on " + ", ".join(differing)
    )


def _undetermined(reference: Screening, alarm: Alarm) -> Screening:
    """Without two agreeing answers no criterion may pass or fail: everything is unknown, and why is said."""
    results = tuple(
        CriterionResult(result.criterion, Truth.UNKNOWN, Verdict.UNKNOWN)
        for result in reference.results
    )
    return Screening(
        compiled=reference.compiled,
        anchors=reference.anchors,
        findings=reference.findings,
        results=results,
        decision=Decision.UNDETERMINED,
        leaf_truths=(),
        fired=(),
        engine="durable-rules",
        alarm=alarm,
        uses=reference.uses,
    )
