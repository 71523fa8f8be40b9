"""The form and the record say the same: there and back, and nothing that is no field is taken."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from api.pages.example_patients import AS_OF, EXAMPLES, PLANNED_START, example_patient
from api.pages.patient_form import (
    PatientForm,
    form_of_profile,
    profile_of,
    read_form,
    screened,
)
from api.screeners import screener_of
from eligibility.dates import anchors, format_day
from eligibility.errors import RecordError
from eligibility.explanation import explain
from eligibility.patient.record import read_record
from eligibility.protocol.library import DEFAULT_TRIAL
from eligibility.reports.document import to_document
from eligibility.testing import anchors_for, random_document

SENT_BACK = {"trial": DEFAULT_TRIAL}


def there_and_back(document: Any, as_of: str, planned_start: str | None) -> PatientForm:
    """Filled from a profile, then sent by the page."""
    filled = form_of_profile(document, as_of=as_of, planned_start=planned_start or "")
    return read_form([*filled.texts.items(), ("kept", json.dumps(filled.kept))], today=AS_OF)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_comes_back_with_nothing_beside_the_form(name: str) -> None:
    document = example_patient(name)
    form = there_and_back(document, AS_OF, PLANNED_START)

    _, explanation = screened(form)

    assert not form.kept
    assert read_record(profile_of(form)).model_dump() == read_record(document).model_dump()
    screening = screener_of(DEFAULT_TRIAL).screen(
        read_record(document), anchors(AS_OF, PLANNED_START)
    )
    assert to_document(explanation) == to_document(explain(screening))


def test_generated_documents_come_back_to_the_same_record_and_decision() -> None:
    source, seen, whole = random.Random(20261121), 0, 0
    while seen < 200:
        document = random_document(source)
        try:
            record = read_record(document)
        except RecordError:
            continue
        seen += 1
        at = anchors_for(record)
        assert at.planned_start is not None
        as_of, start = format_day(at.as_of, at.clock), format_day(at.planned_start, at.clock)
        form = there_and_back(document, as_of, start)
        whole += not form.kept

        _, explanation = screened(form)

        assert read_record(profile_of(form)).model_dump() == record.model_dump()
        expected = screener_of(DEFAULT_TRIAL).screen(record, at)
        assert explanation.decision is expected.decision
        assert explanation.screening.deciding == expected.deciding
    assert whole > 100, whole
