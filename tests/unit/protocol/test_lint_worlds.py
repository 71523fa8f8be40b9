"""Lint never cries wolf: what it holds for certain is true of every patient who can be made up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.dates import Duration, anchors
from eligibility.findings.findings import Findings, findings_of
from eligibility.findings.model import UnknownReason
from eligibility.intervals import OPERATORS
from eligibility.patient.record import read_record
from eligibility.protocol.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Elapsed,
    Gap,
    Includes,
    Not,
    OneOf,
    Some,
)
from eligibility.protocol.lint_worlds import EVERY_TRUTH, never_above, possible_truths
from eligibility.screening.leaves import evaluate
from eligibility.truth import Truth

SCREENING, DAY_45_BEFORE = date(2026, 1, 5), date(2025, 12, 1)
ANCHORS = anchors("2026-01-05", "2026-01-15")
SITES = ["liver", "bone", "lung"]
CLASSES = ["chemotherapy", "surgery", "targeted"]


def limit(finding: str, operator: str, number: str) -> Compare:
    return Compare(finding, operator, Decimal(number), number)  # type: ignore[arg-type]


def code(finding: str, *codes: str) -> OneOf:
    return OneOf(finding, frozenset(codes))


def compares(finding: str, numbers: list[str]) -> st.SearchStrategy[Condition]:
    return st.builds(limit, st.just(finding), st.sampled_from(OPERATORS), st.sampled_from(numbers))


def coded(finding: str, known: list[str]) -> st.SearchStrategy[Condition]:
    codes = st.frozensets(st.sampled_from(known), min_size=1, max_size=2)
    return st.builds(OneOf, st.just(finding), codes)


DURATIONS = [Duration(7, "days"), Duration(1, "weeks"), Duration(14, "days"), Duration(1, "months")]
CLASS_LEAVES = st.builds(
    Includes, st.just("classes"), st.frozensets(st.sampled_from(CLASSES), min_size=1, max_size=2)
)
LEAVES: st.SearchStrategy[Condition] = st.one_of(
    compares("ecog_performance_status", ["0", "1", "1.5", "2", "5"]),
    compares("er_percent", ["0", "1", "10", "100"]),
    coded("sex", ["female", "male", "other"]),
    st.builds(
        Elapsed,
        st.just("anc_date"),
        st.sampled_from(OPERATORS),
        st.sampled_from(DURATIONS),
        st.just("planned_start"),
    ),
    st.builds(Some, st.just("metastatic_site"), coded("site", SITES)),
    st.builds(Some, st.just("treatment"), st.one_of(CLASS_LEAVES, st.builds(Not, CLASS_LEAVES))),
    st.just(Gap(UnknownReason.PROTOCOL_GAP, "left open")),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)


@st.composite
def charts(draw: st.DrawFn) -> Findings:
    """The findings of a patient of whom everything is known exactly."""
    sites = draw(st.lists(st.sampled_from([*SITES, "skin"]), max_size=2))
    kinds = draw(st.lists(st.sampled_from([*CLASSES, "endocrine"]), max_size=2))
    day = draw(st.dates(min_value=DAY_45_BEFORE, max_value=SCREENING))
    record = {
        "sex": draw(st.sampled_from(["female", "male", "other"])),
        "ecog": draw(st.integers(0, 5)),
        "specimens": [{"er_percent": draw(st.sampled_from([0, "0.5", 1, 5, 10, 60, 100]))}],
        "labs": [{"test": "anc", "value": 2, "unit": "10^9/L", "date": day.isoformat()}],
        "metastatic_sites": {"complete": True, "items": [{"site": site} for site in sites]},
        "treatments": {"complete": True, "items": [{"kind": kind} for kind in kinds]},
    }
    return findings_of(read_record(record), ANCHORS)


@given(CONDITIONS, charts())
def test_every_truth_that_occurs_is_held_possible(condition: Condition, chart: Findings) -> None:
    assert evaluate(condition, chart, ANCHORS) in possible_truths(condition)


@given(CONDITIONS, CONDITIONS, charts())
def test_an_implication_holds_for_every_patient(
    one: Condition, other: Condition, chart: Findings
) -> None:
    implied = never_above(one, other)

    first, second = (evaluate(each, chart, ANCHORS).value for each in (one, other))
    assert not implied or first <= second


ECOG_AT_MOST_1 = limit("ecog_performance_status", "at_most", "1")
FEMALE, NOT_MALE = code("sex", "female"), Not(code("sex", "male"))
LIVER = Some("metastatic_site", code("site", "liver"))
LIVER_OR_BONE = Some("metastatic_site", code("site", "liver", "bone"))
IMPLICATIONS = {
    "a lower limit": (ECOG_AT_MOST_1, limit("ecog_performance_status", "at_most", "2")),
    "whole numbers": (limit("ecog_performance_status", "less_than", "2"), ECOG_AT_MOST_1),
    "a strict limit": (
        limit("er_percent", "less_than", "1"),
        limit("er_percent", "at_most", "1"),
    ),
    "the end of what is possible": (
        limit("her2_ihc", "more_than", "2"),
        limit("her2_ihc", "exactly", "3"),
    ),
    "a code among others": (FEMALE, code("sex", "female", "other")),
    "a code and the opposite of another": (FEMALE, NOT_MALE),
    "weeks and days": (
        Elapsed("anc_date", "at_most", Duration(2, "weeks"), "planned_start"),
        Elapsed("anc_date", "less_than", Duration(15, "days"), "planned_start"),
    ),
    "years and months": (
        Elapsed("anc_date", "at_most", Duration(1, "years"), "planned_start"),
        Elapsed("anc_date", "at_most", Duration(12, "months"), "planned_start"),
    ),
    "items of a list": (LIVER, LIVER_OR_BONE),
    "the opposite for lists": (Not(LIVER_OR_BONE), Not(LIVER)),
    "a part of a group": (AllOf((FEMALE, ECOG_AT_MOST_1)), ECOG_AT_MOST_1),
    "what is left open": (AllOf((FEMALE, Gap(UnknownReason.PROTOCOL_GAP, ""))), FEMALE),
}
STRANGERS = {
    "another finding": (ECOG_AT_MOST_1, limit("er_percent", "at_most", "1")),
    "another code": (FEMALE, code("sex", "male")),
    "days and months": (
        Elapsed("anc_date", "at_most", Duration(30, "days"), "planned_start"),
        Elapsed("anc_date", "at_most", Duration(1, "months"), "planned_start"),
    ),
    "another anchor": (
        Elapsed("anc_date", "at_most", Duration(7, "days"), "planned_start"),
        Elapsed("anc_date", "at_most", Duration(7, "days"), "screening"),
    ),
}


@pytest.mark.parametrize(("one", "other"), IMPLICATIONS.values(), ids=IMPLICATIONS)
def test_what_implies_another_condition_is_seen(one: Condition, other: Condition) -> None:
    assert never_above(one, other)


@pytest.mark.parametrize(("one", "other"), STRANGERS.values(), ids=STRANGERS)
def test_nothing_is_said_of_conditions_that_can_differ(one: Condition, other: Condition) -> None:
    assert not never_above(one, other)
    assert not never_above(other, one)


def test_conditions_about_different_findings_are_taken_apart() -> None:
    tests = ["anc", "platelets", "albumin", "haemoglobin", "ast", "alt", "alp", "inr", "aptt"]
    many = [limit(f"{test}_times_uln", "at_most", "3") for test in tests]

    assert possible_truths(AllOf(tuple(many))) == {Truth.TRUE, Truth.FALSE}
    assert possible_truths(AllOf((*many, many[0], Not(many[0])))) == {Truth.FALSE}


def test_too_many_worlds_raise_no_alarm() -> None:
    findings = ["er_percent", "pr_percent", "anc", "ast", "alt", "alp", "albumin", "inr", "aptt"]
    group = AnyOf(tuple(limit(finding, "exactly", "20") for finding in findings))
    impossible = AllOf((group, Not(group)))

    assert possible_truths(impossible) == EVERY_TRUTH
    assert not never_above(group, group)
