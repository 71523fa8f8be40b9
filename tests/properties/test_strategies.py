"""The generated patients themselves: what they reach, what they shrink to, that they read like any other."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from eligibility.dates import Anchors
from eligibility.errors import RecordError
from eligibility.patient.record import PatientRecord, read_record
from eligibility.protocol.verdict import Decision, Verdict
from eligibility.screening.screen import Screener
from eligibility.testing import (
    ANCHORS,
    OFFSET_ANCHORS,
    anchors_for,
    boundary_patients,
    messy_cells,
    nearly_eligible_patients,
    patients,
    random_document,
    random_patient,
)
from eligibility.testing.values import Style
from tests.properties.facts import document_of, facts_of

STYLES: tuple[Style, ...] = ("any", "nearly_eligible", "boundary")
Strategy = Callable[[], st.SearchStrategy[PatientRecord]]


@pytest.mark.parametrize("style", STYLES)
def test_a_random_patient_is_what_reading_her_document_gives(style: Style) -> None:
    for seed in range(300):
        document = random_document(random.Random(seed), style=style)
        quick = random_patient(random.Random(seed), style=style)

        assert quick == read_record(document)
        assert document_of(quick) == document_of(read_record(document))


def test_boundary_patients_reach_every_verdict_of_every_criterion(reference: Screener) -> None:
    source, seen = random.Random(1), set()
    for _ in range(2_000):
        record = random_patient(source, style="boundary")
        screening = reference.screen(record, anchors_for(record))
        seen |= {(result.criterion.id, result.verdict) for result in screening.results}

    wanted = {(c.id, verdict) for c in reference.trial.criteria for verdict in Verdict}
    assert wanted == seen


def test_nearly_eligible_patients_reach_every_decision(reference: Screener) -> None:
    source = random.Random(1)
    records = [random_patient(source, style="nearly_eligible") for _ in range(500)]

    decisions = {reference.screen(r, anchors_for(r)).decision for r in records}

    assert decisions == set(Decision)


@pytest.mark.parametrize("at", [ANCHORS, OFFSET_ANCHORS], ids=["calendar", "offset"])
def test_dates_lie_on_the_clock_asked_for(at: Anchors) -> None:
    source = random.Random(2)

    clocks = {random_patient(source, style="boundary", at=at).clock for _ in range(100)}

    assert clocks - {None} == {at.clock}


def test_any_patient_shrinks_to_the_empty_record() -> None:
    simplest = find(patients(), lambda _: True)

    assert list(facts_of(document_of(simplest))) in ([], ["specimens", "labs"])


@pytest.mark.parametrize("strategy", [nearly_eligible_patients, boundary_patients])
def test_the_others_shrink_to_the_eligible_patient(strategy: Strategy, reference: Screener) -> None:
    simplest = find(strategy(), lambda _: True)

    assert reference.screen(simplest, ANCHORS).decision is Decision.ELIGIBLE


@given(st.from_type(PatientRecord))
def test_hypothesis_can_make_a_record_of_the_type_alone(record: PatientRecord) -> None:
    assert isinstance(record, PatientRecord)


def test_importing_the_strategies_package_imports_nothing_heavy() -> None:
    program = (
        "import eligibility.testing, sys; "
        "print(sorted({'hypothesis', 'pydantic', 'yaml'} & sys.modules.keys()))"
    )

    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert printed.strip() == "[]"


CELL_FIELDS = (
    "sex",
    "age_years",
    "birth_date",
    "ecog",
    "diagnosis.extent",
    "cns.known_metastases",
    "reproductive.status",
    "treatments",
    "allergies",
    "screening_id",
)


def what_reading_says(document: dict[str, Any]) -> str:
    try:
        read_record(document)
    except RecordError as error:
        return str(error)
    return ""


@given(messy_cells(), st.sampled_from(CELL_FIELDS))
def test_a_messy_cell_is_read_or_refused_and_never_repeated(cell: str, field: str) -> None:
    group, _, name = field.rpartition(".")
    document = {group: {name: cell}} if group else {name: cell}

    said = what_reading_says(document)

    # A short cell may be part of an ordinary word; a longer one would be a leak.
    assert len(cell) < 12 or cell not in said
