"""Knowing more never turns an answer round, and knowing less never settles one."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st

from eligibility.dates import Anchors
from eligibility.findings.model import UnknownReason
from eligibility.patient.record import PatientRecord, read_record
from eligibility.protocol.verdict import Decision, Verdict
from eligibility.screening.model import Screening
from eligibility.screening.proof import reasons
from eligibility.screening.screen import Screener
from eligibility.testing import (
    anchors_for,
    boundary_patients,
    nearly_eligible_patients,
    patients,
    random_patient,
)
from eligibility.testing.chooser import Chooser, RandomChooser
from eligibility.testing.strategies import DrawnChooser
from eligibility.testing.values import Style
from tests.properties.facts import Change, added_fact, less_one_fact

Pair = tuple[PatientRecord, Change]
ChangeOf = Callable[[PatientRecord, Anchors, Chooser], Change | None]
STYLES: tuple[Style, ...] = ("boundary", "nearly_eligible", "any")
EVERYONE = st.one_of(nearly_eligible_patients(), boundary_patients(), patients())

# Silence that is itself read as something, which a recorded value then replaces: the field, what must
# stand beside it for that reading (nothing: always), and the reading. These are the only exceptions.
REPLACES_A_READING = {
    "slice_thickness_mm": ((), "the trial declares 5 mm where no thickness is recorded"),
    "leptomeningeal": (("known_metastases",), "no CNS metastases known means none of these either"),
    "ongoing": (("last_dose",), "a course with a last dose is over"),
    "kind": (
        ("agents", "substance"),
        "ingredients say what a course was, and a substance what the allergy is to; a kind beside them adds to it",
    ),
    "her2_ihc": (("her2_status",), "a word about HER2 counts only until there is a score"),
    "her2_ish_method": (
        (),
        "a result without a method is taken as hybridisation, not sequencing",
    ),
}


def less_one(record: PatientRecord, at: Anchors, chooser: Chooser) -> Change | None:
    return less_one_fact(record, chooser)


@st.composite
def changed(
    draw: st.DrawFn, change_of: ChangeOf, who: st.SearchStrategy[PatientRecord] = EVERYONE
) -> Pair:
    record = draw(who)
    change = change_of(record, anchors_for(record), DrawnChooser(draw))
    if change is None:
        return record, Change("nothing", (), {})
    note(str(change))
    return record, change


def screened_twice(screener: Screener, pair: Pair) -> tuple[Screening, Screening]:
    """Screenings of the patient as she is and as changed; the same one twice without a change."""
    record, change = pair
    at = anchors_for(record)
    before = screener.screen(record, at)
    if not change.path:
        return before, before
    return before, screener.screen(read_record(change.document), at)


def is_in_conflict(screening: Screening, criterion_id: str) -> bool:
    return UnknownReason.CONFLICTING in reasons(screening, criterion_id)


def replaces_a_reading(change: Change) -> bool:
    field = str(change.path[-1]) if change.path else ""
    if field not in REPLACES_A_READING:
        return False
    beside: Any = change.document
    for step in change.path[:-1]:
        beside = beside[step]
    companions, _ = REPLACES_A_READING[field]
    return not companions or any(companion in beside for companion in companions)


def settled_wrongly(known: Screening, unknown: Screening, change: Change) -> list[str]:
    """Criteria decided on the lesser knowledge that the greater knowledge does not bear out.

    With more facts the verdict stays, or the facts contradict each other and the answer is open.
    """
    if replaces_a_reading(change):
        return []
    found = []
    for more, less in zip(known.results, unknown.results, strict=True):
        name = more.criterion.id
        if less.verdict in (Verdict.UNKNOWN, more.verdict):
            continue
        if more.verdict is Verdict.UNKNOWN and is_in_conflict(known, name):
            continue
        found.append(f"{name}: {less.verdict} knowing less, {more.verdict} knowing more")
    return found


@given(changed(added_fact))
def test_one_more_fact_never_turns_a_verdict_round(reference: Screener, pair: Pair) -> None:
    before, after = screened_twice(reference, pair)

    assert not settled_wrongly(after, before, pair[1])


@given(changed(less_one))
def test_one_fact_less_never_settles_a_verdict(reference: Screener, pair: Pair) -> None:
    """Deleting never turns unknown or fail into pass, nor unknown into fail, nor pass into fail."""
    before, after = screened_twice(reference, pair)

    assert not settled_wrongly(before, after, pair[1])


@pytest.mark.parametrize("change_of", [added_fact, less_one])
@pytest.mark.parametrize("seed", range(4))
def test_neither_does_for_thousands_of_patients(
    reference: Screener, seed: int, change_of: ChangeOf
) -> None:
    source = random.Random(seed)
    for _ in range(600):
        record = random_patient(source, style=source.choice(STYLES))
        change = change_of(record, anchors_for(record), RandomChooser(source))
        if change is None:
            continue
        before, after = screened_twice(reference, (record, change))
        more, less = (after, before) if change_of is added_fact else (before, after)

        assert not settled_wrongly(more, less, change), (str(change), change.document)


@given(changed(less_one, nearly_eligible_patients()))
def test_an_eligible_patient_less_one_fact_is_never_ineligible(
    reference: Screener, pair: Pair
) -> None:
    before, after = screened_twice(reference, pair)
    assume(before.decision is Decision.ELIGIBLE)

    assert after.decision is not Decision.INELIGIBLE
