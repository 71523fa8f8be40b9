"""An explanation is true: what it cites forces the verdict, what it leaves out does not matter."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eligibility.dates import Anchors
from eligibility.explanation import explain
from eligibility.findings.model import UnknownReason
from eligibility.patient.record import PatientRecord, read_record
from eligibility.protocol.conditions import AllOf, AnyOf, Condition, Gap, Not
from eligibility.protocol.model import Criterion
from eligibility.protocol.verdict import Decision, Verdict, decide
from eligibility.screening.judging import judge
from eligibility.screening.leaves import evaluate
from eligibility.screening.model import Screening
from eligibility.screening.proof import Facts, reasons, supports
from eligibility.screening.screen import Screener
from eligibility.testing import (
    anchors_for,
    boundary_patients,
    nearly_eligible_patients,
    patients,
    random_patient,
)
from eligibility.testing.documents import Document
from eligibility.truth import Truth
from tests.properties.facts import document_of, facts_of, only_facts

EVERYONE = st.one_of(nearly_eligible_patients(), boundary_patients(), patients())


def screened(screener: Screener, document: Document, at: Anchors) -> Screening:
    return screener.screen(read_record(document), at)


def is_in_conflict(screening: Screening, criterion_id: str) -> bool:
    return UnknownReason.CONFLICTING in reasons(screening, criterion_id)


def failing(screening: Screening) -> Iterator[tuple[Criterion, Facts]]:
    """Each failing criterion with each set of facts that is said to force it."""
    for result in screening.results:
        if result.verdict is Verdict.FAIL:
            for facts in supports(
                result.criterion.condition, screening.findings, screening.anchors
            ):
                yield result.criterion, facts


def sets_that_do_not_force(screener: Screener, record: PatientRecord) -> list[tuple[str, Facts]]:
    """Failing criteria that do not fail on a set of facts cited for them, and the set."""
    at, document = anchors_for(record), document_of(record)
    return [
        (criterion.id, facts)
        for criterion, facts in failing(screener.screen(record, at))
        if screened(screener, only_facts(document, facts), at).result(criterion.id).verdict
        is not Verdict.FAIL
    ]


@given(EVERYONE)
def test_every_cited_set_of_facts_forces_its_criterion(
    reference: Screener, record: PatientRecord
) -> None:
    assert sets_that_do_not_force(reference, record) == []


@pytest.mark.parametrize("seed", range(2))
def test_every_cited_set_does_for_hundreds_of_patients(reference: Screener, seed: int) -> None:
    source = random.Random(seed)
    for _ in range(500):
        record = random_patient(source, style="boundary")

        assert sets_that_do_not_force(reference, record) == [], document_of(record)


@given(EVERYONE)
def test_the_leaves_that_decide_come_with_the_truth_that_the_conditions_have(
    reference: Screener, record: PatientRecord
) -> None:
    at = anchors_for(record)
    findings = reference.findings(record, at)

    for criterion in reference.trial.criteria:
        assert judge(criterion, findings, at)[0] is evaluate(criterion.condition, findings, at)


def conditions(leaves: Sequence[Condition]) -> st.SearchStrategy[Condition]:
    """Trees of a trial's own leaves and of gaps, as no trial has grouped them."""
    gap = st.just(Gap(UnknownReason.PROTOCOL_GAP, "left open"))
    return st.recursive(
        st.sampled_from(leaves) | gap,
        lambda part: st.one_of(
            st.builds(Not, part),
            st.lists(part, min_size=1, max_size=4).map(lambda found: AllOf(tuple(found))),
            st.lists(part, min_size=1, max_size=4).map(lambda found: AnyOf(tuple(found))),
        ),
        max_leaves=12,
    )


@given(record=EVERYONE, data=st.data())
def test_so_they_do_however_conditions_are_put_together(
    reference: Screener, record: PatientRecord, data: st.DataObject
) -> None:
    condition = data.draw(conditions(reference.compiled.leaves))
    criterion = replace(reference.trial.criteria[0], condition=condition)
    at = anchors_for(record)
    findings = reference.findings(record, at)

    truth, uses = judge(criterion, findings, at)

    assert truth is evaluate(condition, findings, at)
    assert truth is not Truth.UNKNOWN or any(use.truth is Truth.UNKNOWN for use in uses)


@st.composite
def records_less_a_fact(draw: st.DrawFn) -> tuple[PatientRecord, str, Document]:
    record = draw(EVERYONE)
    document = document_of(record)
    every = sorted(facts_of(document))
    fact = draw(st.sampled_from(every)) if every else ""
    return record, fact, only_facts(document, frozenset(every) - {fact})


@given(records_less_a_fact())
def test_a_fact_outside_the_cited_set_does_not_matter(
    reference: Screener, case: tuple[PatientRecord, str, Document]
) -> None:
    """Unless it had settled a contradiction, which is then open again."""
    record, fact, document = case
    at = anchors_for(record)
    after = screened(reference, document, at)
    for criterion, facts in failing(reference.screen(record, at)):
        if fact not in facts and not is_in_conflict(after, criterion.id):
            assert after.result(criterion.id).verdict is Verdict.FAIL, (criterion.id, fact)


@given(EVERYONE)
def test_the_forcing_facts_force_and_none_of_them_is_too_much(
    reference: Screener, record: PatientRecord
) -> None:
    at, document = anchors_for(record), document_of(record)
    screening = reference.screen(record, at)
    assume(screening.decision is Decision.INELIGIBLE)

    forcing = frozenset(explain(screening, calendar=False).forcing)

    assert forcing
    assert screened(reference, only_facts(document, forcing), at).decision is Decision.INELIGIBLE
    for fact in forcing:
        less = screened(reference, only_facts(document, forcing - {fact}), at)
        assert less.decision is not Decision.INELIGIBLE, f"{fact} is not needed"


@given(nearly_eligible_patients())
def test_no_facts_force_a_patient_who_is_not_ineligible(
    reference: Screener, record: PatientRecord
) -> None:
    screening = reference.screen(record, anchors_for(record))
    assume(screening.decision is not Decision.INELIGIBLE)

    assert explain(screening, calendar=False).forcing == ()


@given(EVERYONE)
def test_the_explanation_recomputes_to_the_decision(
    screener: Screener, record: PatientRecord
) -> None:
    screening = screener.screen(record, anchors_for(record))

    explanation = explain(screening, calendar=False)

    assert decide(part.verdict for part in explanation.criteria) is explanation.decision
    for part in explanation.criteria:
        assert part.criterion.verdict(part.truth) is part.verdict
        assert bool(part.unknown_reasons) == (part.verdict is Verdict.UNKNOWN)
    blocked = {blocker.criterion_id for blocker in explanation.blockers}
    assert blocked == {r.criterion.id for r in screening.results if r.verdict is not Verdict.PASS}
