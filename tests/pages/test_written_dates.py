"""Dates as people write them, in every form that asks for one: none is cut, each is read like the usual spelling."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from api.pages.example_patients import AS_OF, PLANNED_START, example_patient
from api.pages.patient_form import form_of_profile
from tests.api.callers import MALE, PATIENT
from tests.pages.log_entries import last_of, screened
from tests.pages.visitor import Visitor

SPELLINGS = (
    "2026-12-10",
    "2026/12/10",
    "2026年12月10日",
    "2026 年 12 月 10 号",
    "２０２６年１２月１０日",
)
DATE_FIELDS = re.compile(
    r'<input[^>]* name="(?:as_of|planned_start|[\w.]*\.(?:date|start|last_dose))"[^>]*>'
)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("path", "count"),
    [("/patient?example=wait_for_washout", 20), ("/checklist", 2), ("/tables", 2),
     ("/criteria/NCT06731140/over-time", 2)],
)  # fmt: skip
def test_no_field_of_a_date_cuts_what_is_typed(
    visitor: Visitor, path: str, count: int, language: str
) -> None:
    found = DATE_FIELDS.findall(visitor.open(path, **{"accept-language": language}).text)

    assert len(found) >= count
    assert not [each for each in found if "maxlength" in each]


@pytest.mark.parametrize("written", SPELLINGS)
def test_a_patient_is_screened_for_the_day_that_is_meant(visitor: Visitor, written: str) -> None:
    form = form_of_profile(example_patient("wait_for_washout"), as_of=AS_OF)
    fields = {**form.texts, "planned_start": written, "ecog.date": written}

    answer = visitor.send("/patient/answer", fields).text

    assert 'data-decision="undetermined"' in answer
    assert "planned start 10 Dec 2026" in answer


@pytest.mark.parametrize("written", SPELLINGS)
def test_a_checklist_is_made_for_the_day_that_is_meant(visitor: Visitor, written: str) -> None:
    fields = {"trial": "NCT06731140", "as_of": AS_OF, "planned_start": written}
    fields["patient"] = json.dumps(example_patient("wait_for_washout"))

    answer = visitor.send("/checklist", fields)

    assert answer.status_code == 200
    assert "10 Dec 2026" in answer.text


@pytest.mark.parametrize("written", SPELLINGS)
def test_one_criterion_is_shown_for_the_day_that_is_meant(visitor: Visitor, written: str) -> None:
    fields = {"criterion": "EXCL05", "as_of": AS_OF, "planned_start": written}
    fields["patient"] = json.dumps(example_patient("wait_for_washout"))

    answer = visitor.send("/criteria/NCT06731140/over-time", fields)

    assert answer.status_code == 200
    assert 'data-start="2026-12-10"' in answer.text


@pytest.mark.parametrize("written", SPELLINGS)
def test_a_correction_has_the_day_that_is_meant(anna: Visitor, full: Any, written: str) -> None:
    number = screened(anna, MALE)
    fields = {"reason": "wrong sex", "seen_until": str(number), "profile": json.dumps(PATIENT),
              "as_of": PLANNED_START, "planned_start": written}  # fmt: skip

    page = anna.open(f"/log-book/{number}").text
    answer = anna.send(f"/log-book/{number}/corrections", fields)

    assert len(found := DATE_FIELDS.findall(page)) == 2
    assert "maxlength" not in "".join(found)
    assert answer.status_code == 303, answer.text
    entry = full.state.desk.log.reader.entry(last_of(full), sites=("local",))
    assert (entry.as_of, entry.planned_start) == (PLANNED_START, "2026-12-10")


@pytest.mark.parametrize("written", SPELLINGS)
def test_the_log_is_searched_by_the_day_that_is_meant(anna: Visitor, written: str) -> None:
    address = anna.send("/log-book", {"recorded_from": written}).headers["location"]

    assert address == "/log-book?recorded_from=2026-12-10"


@pytest.mark.parametrize("written", SPELLINGS)
def test_the_interface_reads_the_same_days(visitor: Visitor, written: str) -> None:
    query = {"as_of": AS_OF, "planned_start": written}

    answer = visitor.client.post("/v1/screenings", params=query, json=PATIENT)

    assert answer.status_code == 200, answer.text
    assert answer.json()["planned_start"] == "2026-12-10"
