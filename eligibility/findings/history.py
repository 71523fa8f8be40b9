"""Findings about other conditions: autoimmune, cardiovascular, eosinophil, malignancies, allergies."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from eligibility.findings.allergens import read_allergy_kind
from eligibility.findings.laboratory import Result, every_result, in_own_unit, times_uln
from eligibility.findings.model import (
    Collection,
    Finding,
    FindingSpec,
    Scope,
    UnknownReason,
    unknown,
)
from eligibility.findings.readers import code, day, quantity, read_date
from eligibility.intervals import Interval, entirely_below, scale
from eligibility.patient import vocabulary as v
from eligibility.patient.sections import Condition, Malignancy


def read_condition(scope: Scope) -> Finding:
    """Which condition the patient has: a relative's or a ruled-out one is none, a suspected one is open."""
    condition = scope.part
    assert isinstance(condition, Condition)
    kind: StrEnum = condition.code  # type: ignore[attr-defined] # every concrete condition has one
    path = f"{scope.prefix}code"
    if condition.family_history:
        return Finding(NOT_HERS, (f"{scope.prefix}family_history", path))
    if condition.certainty is v.Certainty.RULED_OUT:
        return Finding(NOT_HERS, (f"{scope.prefix}certainty", path))
    if condition.certainty is v.Certainty.SUSPECTED:
        return Finding(
            frozenset((kind.value, "none")),
            (f"{scope.prefix}certainty", path),
            UnknownReason.NEEDS_JUDGEMENT,
            "suspected, not confirmed",
        )
    return Finding(frozenset((kind.value,)), (path,))


NOT_HERS = frozenset(("none",))


def _condition(codes: type[StrEnum], question: str) -> FindingSpec:
    accepted = frozenset(c.value for c in codes) | NOT_HERS
    return FindingSpec("condition", "codes", "condition", question, read_condition, codes=accepted)


# Ordinary laboratories put the upper limit near 0.5 x 10^9/L; it is used only to ask, never to decide.
_USUAL_EOSINOPHIL_LIMIT = Decimal("0.5")


def read_eosinophil_excess(scope: Scope) -> Finding:
    """The highest eosinophil count ever as a multiple of its limit; no count at all raises no question."""
    results = every_result(scope, v.LabTest.EOSINOPHILS)
    if not results:
        return Finding(Interval(Decimal(0), Decimal(0)), (), note="no eosinophil count is recorded")
    multiples = [_eosinophil_multiple(result) for result in results]
    usable = [m.value for m in multiples if isinstance(m.value, Interval)]
    if not usable:
        return multiples[0]
    fields = tuple(path for multiple in multiples for path in multiple.fields)
    lowest = max(usable, key=lambda value: Decimal(value.low or 0))
    if len(usable) < len(multiples) or any(value.high is None for value in usable):
        return Finding(Interval(lowest.low, None, lowest.low_open), fields)
    highest = max(usable, key=lambda value: Decimal(value.high or 0))
    ends = lowest.low_open, highest.high_open
    return Finding(Interval(lowest.low, highest.high, *ends), fields)


def _eosinophil_multiple(result: Result) -> Finding:
    multiple = times_uln(result, v.LabTest.EOSINOPHILS)
    count = in_own_unit(result, v.LabTest.EOSINOPHILS)
    if result.lab.unit is None:
        return count
    if multiple.value is not None or not isinstance(count.value, Interval):
        return multiple
    limit = _USUAL_EOSINOPHIL_LIMIT
    return Finding(scale(count.value, 1 / limit), count.fields, note="against a usual limit")


def read_last_active(scope: Scope) -> Finding:
    """Last day of disease or treatment: as recorded, else any day since the diagnosis."""
    assert isinstance(scope.part, Malignancy)
    stated = read_date(scope, "last_active")
    diagnosed = read_date(scope, "diagnosed")
    if (conflict := _active_before_diagnosis(diagnosed, stated)) is not None:
        return conflict
    recorded = scope.part.last_active.value is not None
    if recorded or not isinstance(diagnosed.value, Interval):
        return stated
    return Finding(Interval(diagnosed.value.low, scope.as_of), (*stated.fields, *diagnosed.fields))


def _active_before_diagnosis(diagnosed: Finding, last_active: Finding) -> Finding | None:
    """A malignancy cannot have been active last before it was diagnosed."""
    first, last = diagnosed.value, last_active.value
    if not isinstance(first, Interval) or not isinstance(last, Interval):
        return None
    if not entirely_below(last, first):
        return None
    return unknown(
        (*diagnosed.fields, *last_active.fields),
        UnknownReason.CONFLICTING,
        "last active before it was diagnosed",
    )


def read_diagnosed(scope: Scope) -> Finding:
    """When it was diagnosed: as recorded, else no later than it was last active."""
    stated = read_date(scope, "diagnosed")
    last = read_date(scope, "last_active")
    if (conflict := _active_before_diagnosis(stated, last)) is not None:
        return conflict
    assert isinstance(scope.part, Malignancy)
    recorded = scope.part.diagnosed.value is not None
    if recorded or not isinstance(last.value, Interval):
        return stated
    return Finding(Interval(None, last.value.high), (*stated.fields, *last.fields))


FINDINGS: list[FindingSpec] = [
    FindingSpec(
        "eosinophil_excess",
        "quantity",
        "highest eosinophil count as a multiple of its limit",
        "What explains the raised eosinophil count?",
        read_eosinophil_excess,
        "xULN",
    ),
]


def _when(question: str) -> FindingSpec:
    return day("date", "date", "date of the condition", question)


def _collection(name: str, path: str, title: str, question: str, *specs: FindingSpec) -> Collection:
    return Collection(name, path, title, question, {spec.name: spec for spec in specs})


COLLECTIONS: list[Collection] = [
    _collection(
        "autoimmune_condition",
        "history.autoimmune",
        "autoimmune disease or immune deficiency",
        "Is every autoimmune disease and immune deficiency, active or past, listed (or denied)?",
        _condition(v.AutoimmuneCode, "Is the suspected autoimmune disease confirmed or ruled out?"),
        _when("When did the autoimmune condition begin?"),
    ),
    _collection(
        "cardiovascular_condition",
        "history.cardiovascular",
        "cardiovascular disease",
        "Is every cardiovascular disease listed (or denied)?",
        _condition(
            v.CardiovascularCode, "Is the suspected cardiovascular disease confirmed or ruled out?"
        ),
        _when("When did the cardiovascular event happen?"),
        quantity(
            "nyha_class",
            "nyha_class",
            "NYHA class",
            "NYHA class",
            "Which NYHA class is the heart failure?",
        ),
        code("controlled", "controlled", v.YesNo, "control", "Is the hypertension controlled?"),
    ),
    _collection(
        "eosinophil_mast_cell_condition",
        "history.eosinophil_mast_cell",
        "disorder of eosinophils or mast cells",
        "Is every disorder of eosinophils or mast cells listed (or denied)?",
        _condition(
            v.EosinophilMastCellCode, "Is the suspected eosinophil disorder confirmed or ruled out?"
        ),
        _when("When did the disorder begin?"),
    ),
    _collection(
        "other_malignancy",
        "other_malignancies",
        "other malignancy",
        "Is every other malignancy listed (or denied)?",
        code("type", "type", v.MalignancyType, "type of malignancy", "Which malignancy was it?"),
        FindingSpec(
            "diagnosed",
            "date",
            "diagnosis",
            "When was the other malignancy diagnosed?",
            read_diagnosed,
        ),
        FindingSpec(
            "last_active",
            "date",
            "last disease or treatment",
            "When was the other malignancy last active or under treatment?",
            read_last_active,
        ),
    ),
    _collection(
        "allergy",
        "allergies",
        "allergy",
        "Is every allergy listed (or denied)?",
        FindingSpec(
            "kind",
            "codes",
            "kind of substance",
            "What sort of substance is the allergy to?",
            read_allergy_kind,
            codes=frozenset(kind.value for kind in v.AllergyKind),
        ),
    ),
]
