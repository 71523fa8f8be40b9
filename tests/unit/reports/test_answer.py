"""The shape of an answer, as it is published, is that of every real one; what differs in a key is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from eligibility.dates import anchors
from eligibility.errors import EngineFault
from eligibility.explanation import explain
from eligibility.intake.template import example_profile
from eligibility.patient.record import PatientRecord, read_record
from eligibility.protocol.library import load_trial
from eligibility.reports.answer import Answer
from eligibility.reports.document import to_document
from eligibility.screening.rule_engine import RuleEngine
from eligibility.screening.screen import Screener
from eligibility.testing import anchors_for, boundary_patients, patients

SHAPE = TypeAdapter(Answer)


def written(screener: Screener, patient: dict[str, Any]) -> dict[str, Any]:
    """An answer as it is read back from JSON."""
    screening = screener.screen(read_record(patient), anchors("2026-11-21", "2026-12-01"))
    found: dict[str, Any] = json.loads(json.dumps(to_document(explain(screening))))
    return found


def has_the_shape(document: object) -> bool:
    try:
        SHAPE.validate_json(json.dumps(document), strict=True)
    except ValidationError:
        return False
    return True


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener(load_trial("NCT06731140"), engine="reference")


@given(st.one_of(boundary_patients(), patients()))
def test_answers_have_the_shape_that_is_published(
    screener: Screener, record: PatientRecord
) -> None:
    document = to_document(explain(screener.screen(record, anchors_for(record))))

    SHAPE.validate_json(json.dumps(document), strict=True)


def test_an_answer_without_decision_has_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise EngineFault("the engine fails")

    monkeypatch.setattr(RuleEngine, "derive", fails)
    found = written(Screener(load_trial("NCT06731140")), example_profile())

    assert found["alarm"]["code"] == "engine_fault"
    assert has_the_shape(found)


def _parts(document: Any) -> Iterator[dict[str, Any]]:
    """Every object within a document, itself included."""
    if isinstance(document, dict):
        yield document
    for part in document.values() if isinstance(document, dict) else document:
        if isinstance(part, (dict, list)):
            yield from _parts(part)


def test_an_answer_with_a_key_more_or_less_or_another_type_has_it_not(screener: Screener) -> None:
    document = written(screener, {"ecog": 1, "labs": [{"test": "platelets", "value": 101}]})
    assert has_the_shape(document)
    changes = 0
    for part in _parts(document):
        for name, value in list(part.items()):
            del part[name]
            assert not has_the_shape(document), name
            part[name] = 17.5
            assert not has_the_shape(document), name
            part[name] = value
            changes += 2
        part["another"] = None
        assert not has_the_shape(document)
        del part["another"]
    assert has_the_shape(document)
    assert changes > 300


def test_every_key_is_described() -> None:
    schema = SHAPE.json_schema()

    shapes = [schema, *(each for each in schema["$defs"].values() if "properties" in each)]
    assert len(shapes) == 11
    assert [
        (each["title"], name)
        for each in shapes
        for name, field in each["properties"].items()
        if not field.get("description")
    ] == []
