"""The published schema says what the record accepts."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from eligibility.errors import RecordError
from eligibility.intake.template import example_profile
from eligibility.patient.record import PatientRecord, read_record
from eligibility.patient.recorded import LONGEST_LIST
from eligibility.patient.schema import declared, record_schema
from eligibility.patient.sections import CnsDisease, Specimen
from eligibility.patient.spelling import Spelled
from eligibility.patient.values import Bounds
from eligibility.testing import random_patient

from .json_schema import accepts, references, resolved

SCHEMA = record_schema()


def read(document: Any) -> bool:
    """Whether the record accepts a document."""
    try:
        read_record(document)
    except RecordError:
        return False
    return True


def test_every_reference_leads_somewhere() -> None:
    found = set(references(SCHEMA))

    assert len(found) > 20
    assert all(resolved(reference, SCHEMA) for reference in found)


def test_parts_are_called_by_what_they_hold_and_not_by_a_number() -> None:
    names = set(SCHEMA["$defs"])

    assert all(re.fullmatch("([A-Z][a-z0-9]+)+", name) for name in names)
    assert {"RecordedSex", "RecordedEcogGrade", "RecordedPartialDate", "ListOfTreatment"} < names


def test_no_part_is_lost_to_another_of_its_name() -> None:
    assert len(SCHEMA["$defs"]) == len(PatientRecord.model_json_schema()["$defs"])


def test_the_example_is_valid() -> None:
    assert accepts(SCHEMA, example_profile(), SCHEMA)


@pytest.mark.parametrize("seed", range(50))
def test_a_record_is_valid_as_it_is_written(seed: int) -> None:
    record = random_patient(random.Random(seed))

    assert accepts(SCHEMA, record.model_dump(mode="json"), SCHEMA)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"ecog": 1},
        {"ecog": "<3"},
        {"ecog": "pending"},
        {"ecog": None},
        {"ecog": {"value": 1, "date": "2026-01", "source": "letter"}},
        {"ecog": {"absent": "not_done"}},
        {"birth_date": "day 5"},
        {"birth_date": "2024-05/2024-06-01"},
        {"treatments": "none"},
        {"treatments": [{}]},
        {"treatments": {"complete": True}},
        {"treatments": None},
        {"consent": {"cognitive_ability": True}},
        {"labs": [{"test": "hb", "value": ">5"}]},
    ],
    ids=str,
)
def test_what_the_record_accepts_is_valid(document: Any) -> None:
    assert read(document)
    assert accepts(SCHEMA, document, SCHEMA)


@pytest.mark.parametrize(
    "document",
    [
        {"ecgo": 1},
        {"ecog": 6},
        {"ecog": [1]},
        {"ecog": {"value": 1, "unit": "x"}},
        {"ecog": True},
        {"sex": "hen"},
        {"birth_date": "1.5.1980"},
        {"treatments": "some"},
        {"treatments": [{"agents": "x"}]},
        {"treatments": [{"agents": ["x" * 201]}]},
        {"treatments": [{}] * 201},
        {"labs": [{}]},
        {"screening_id": "Jane Doe"},
        [],
    ],
    ids=lambda document: str(document)[:40],
)
def test_what_the_record_refuses_is_not_valid(document: Any) -> None:
    assert not read(document)
    assert not accepts(SCHEMA, document, SCHEMA)


def test_every_field_says_what_it_means() -> None:
    silent = [
        f"{name}.{field}"
        for name, part in SCHEMA["$defs"].items()
        for field, described in part.get("properties", {}).items()
        if not described.get("description")
    ]

    assert silent == []


def test_a_field_declares_the_codes_and_the_bounds_of_its_values() -> None:
    [symptomatic] = declared(CnsDisease, "symptomatic")
    [percent] = declared(Specimen, "er_percent")

    assert isinstance(symptomatic, Spelled)
    assert isinstance(percent, Bounds)
    assert percent.unit == "%"


def test_the_longest_list_is_published() -> None:
    listing = SCHEMA["$defs"]["ListOfLesion"]

    assert f"'maxItems': {LONGEST_LIST}" in str(listing)
    assert read({"lesions": [{}] * LONGEST_LIST})
    assert not read({"lesions": [{}] * (LONGEST_LIST + 1)})
