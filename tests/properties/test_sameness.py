"""What must not matter: the era, the order of lists and of criteria, the presence of other criteria."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.dates import Anchors, PartialDate
from eligibility.patient.record import PatientRecord, read_record
from eligibility.protocol.model import Trial
from eligibility.protocol.verdict import Verdict
from eligibility.screening.model import Screening
from eligibility.screening.screen import Screener
from eligibility.testing import ANCHORS, OFFSET_ANCHORS, anchors_for, boundary_patients, patients
from tests.properties.facts import document_of, fields, put

FOUR_YEARS = 1461
EVERYONE = st.one_of(boundary_patients(), patients())


def verdicts(screening: Screening) -> dict[str, Verdict]:
    return {result.criterion.id: result.verdict for result in screening.results}


def moved(at: Anchors, days: int) -> Anchors:
    assert at.planned_start is not None
    return replace(at, as_of=at.as_of + days, planned_start=at.planned_start + days)


def with_dates(record: PatientRecord, pattern: str, amount: int) -> PatientRecord:
    """The record with the number that the pattern finds in every date raised by an amount."""

    def raised(match: re.Match[str]) -> str:
        return f"{match[1]}{int(match[2]) + amount}"

    document = document_of(record)
    for path, recorded in fields(record):
        if isinstance(recorded.value, PartialDate):
            document = put(document, path, re.sub(pattern, raised, recorded.value.text))
        if recorded.date is not None:
            document = put(document, (*path, "date"), re.sub(pattern, raised, recorded.date.text))
    return read_record(document)


@given(
    st.one_of(boundary_patients(clock="offset"), patients(clock="offset")),
    st.integers(-9_000, 9_000),
)
def test_a_clock_of_day_offsets_has_no_origin(
    reference: Screener, record: PatientRecord, days: int
) -> None:
    shifted = with_dates(record, r"(day )([+-]?\d+)", days)

    before = reference.screen(record, OFFSET_ANCHORS)
    after = reference.screen(shifted, moved(OFFSET_ANCHORS, days))

    assert verdicts(after) == verdicts(before)


@given(
    st.one_of(boundary_patients(clock="calendar"), patients(clock="calendar")),
    st.integers(-12, 18),
)
def test_the_calendar_repeats_itself_every_four_years(
    reference: Screener, record: PatientRecord, cycles: int
) -> None:
    """From 1901 to 2099, so that only whole cycles keep months and leap days where they were."""
    shifted = with_dates(record, r"(\b)(\d{4})", 4 * cycles)

    before = reference.screen(record, ANCHORS)
    after = reference.screen(shifted, moved(ANCHORS, FOUR_YEARS * cycles))

    assert verdicts(after) == verdicts(before)


def shuffled(part: Any, draw: st.DrawFn) -> Any:
    """A document with the items of all its lists in another order."""
    if isinstance(part, dict):
        return {name: shuffled(value, draw) for name, value in part.items()}
    if isinstance(part, list):
        return draw(st.permutations([shuffled(item, draw) for item in part]))
    return part


@st.composite
def records_in_two_orders(draw: st.DrawFn) -> tuple[PatientRecord, PatientRecord]:
    record = draw(EVERYONE)
    return record, read_record(shuffled(document_of(record), draw))


@given(records_in_two_orders())
def test_the_order_of_lists_does_not_matter(
    reference: Screener, pair: tuple[PatientRecord, PatientRecord]
) -> None:
    one, other = (reference.screen(record, anchors_for(record)) for record in pair)

    assert verdicts(one) == verdicts(other)


@pytest.fixture(scope="module")
def backwards(trial: Trial, screener: Screener) -> Screener:
    """The trial with its criteria from last to first, on the same engine as `screener`."""
    reversed_trial = replace(trial, criteria=tuple(reversed(trial.criteria)))
    return Screener(reversed_trial, engine=engine_of(screener))


def engine_of(screener: Screener) -> Any:
    return screener.screen(read_record({}), ANCHORS).engine


@given(EVERYONE)
def test_the_order_of_criteria_does_not_matter(
    screener: Screener, backwards: Screener, record: PatientRecord
) -> None:
    forwards = screener.screen(record, anchors_for(record))
    turned = backwards.screen(record, anchors_for(record))

    assert verdicts(turned) == verdicts(forwards)
    assert turned.decision is forwards.decision
    assert list(verdicts(turned)) == list(reversed(verdicts(forwards)))


@pytest.fixture(scope="module")
def alone(trial: Trial, screener: Screener) -> dict[str, Screener]:
    """Each criterion as a trial of its own."""
    engine = engine_of(screener)
    return {
        criterion.id: Screener(replace(trial, criteria=(criterion,)), engine=engine)
        for criterion in trial.criteria
    }


@given(EVERYONE)
def test_no_criterion_depends_on_another(
    screener: Screener, alone: dict[str, Screener], record: PatientRecord
) -> None:
    together = verdicts(screener.screen(record, anchors_for(record)))
    each = {
        name: single.screen(record, anchors_for(record)).result(name).verdict
        for name, single in alone.items()
    }

    assert each == together
