"""Profiles that people bring to a page as text or file: read as they are, or refused; never guessed at."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from fastapi import FastAPI

from api.pages.example_patients import AS_OF, PLANNED_START, example_patient
from tests.api.callers import PATIENT
from tests.pages.log_entries import last_of, screened
from tests.pages.visitor import Visitor

LIKELY = example_patient("likely_eligible")
CHINESE = {**LIKELY, "treatments": {"items": [{"kind": "chemotherapy", "agents": ["卡培他滨"]}]}}
GB18030 = json.dumps(CHINESE, ensure_ascii=False).encode("gb18030")
UTF_8 = json.dumps(CHINESE, ensure_ascii=False).encode("utf-8-sig")
NOT_TEXT = {"en": "the file is not UTF-8 text", "zh": "文件编码不是UTF-8"}


def bring(visitor: Visitor, path: str, fields: dict[str, str], file: bytes, **headers: str) -> Any:
    return visitor.client.post(
        path,
        data={"csrf": visitor.token(), **fields},
        files={"profile_file": ("profile.json", file, "application/json")},
        headers=headers,
    )


@pytest.mark.parametrize("language", NOT_TEXT)
def test_a_file_in_another_encoding_does_not_fill_the_form(visitor: Visitor, language: str) -> None:
    fields = {"act": "fill", "as_of": AS_OF, "ecog": "3"}

    answer = bring(visitor, "/patient", fields, GB18030, **{"accept-language": language})

    wrong = answer.text.partition('id="w-profile_json"')[2].partition("</p>")[0]
    assert NOT_TEXT[language] in wrong
    assert "\N{REPLACEMENT CHARACTER}" not in answer.text
    assert 'name="ecog" value="3"' in answer.text


def test_a_file_in_utf_8_fills_the_form_with_its_mark_or_without(visitor: Visitor) -> None:
    for file in (UTF_8, UTF_8.removeprefix(b"\xef\xbb\xbf")):
        answer = bring(visitor, "/patient", {"act": "fill", "as_of": AS_OF}, file)

        assert 'name="treatments.1.agents" value="卡培他滨"' in answer.text


def test_a_correction_by_a_file_in_another_encoding_is_not_logged(
    anna: Visitor, full: FastAPI
) -> None:
    number = screened(anna, PATIENT)
    fields = {"reason": "another drug", "seen_until": str(number), "as_of": "2026-11-21"}
    path = f"/log-book/{number}/corrections"

    refused = bring(anna, path, fields, GB18030)

    assert (refused.status_code, last_of(full)) == (422, number)
    assert "the file is not UTF-8 text" in refused.text
    assert "\N{REPLACEMENT CHARACTER}" not in refused.text
    assert bring(anna, path, fields, UTF_8).status_code == 303
    assert last_of(full) == number + 1


def test_a_replay_of_a_file_in_another_encoding_is_refused(anna: Visitor) -> None:
    number = screened(anna, PATIENT)

    refused = bring(anna, f"/log-book/{number}/replay", {}, GB18030)

    assert refused.status_code == 422
    assert "the file is not UTF-8 text" in refused.text


def test_a_form_without_a_day_is_filled_and_judged_today(visitor: Visitor) -> None:
    fields = {"act": "fill", "as_of": "", "profile_json": json.dumps(LIKELY)}

    text = visitor.send("/patient", fields).text

    found = re.search(r'id="answer-top" data-decision="(\w+)"', text)
    assert found
    assert found[1] == "undetermined"
    assert "write dates as" not in text


@pytest.mark.parametrize(
    ("language", "headline"), [("en", "UNDETERMINED because"), ("zh", "尚不能判定")]
)
def test_a_recording_screens_once_and_tells_it_in_the_readers_language(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, language: str, headline: str
) -> None:
    import api.decisions  # noqa: PLC0415 - to be watched
    import api.pages.patient_form  # noqa: PLC0415 - to be watched

    screenings: list[object] = []
    real = api.decisions.screener_of

    def counted(*given: Any) -> Any:
        screenings.append(given)
        return real(*given)

    for module in (api.decisions, api.pages.patient_form):
        monkeypatch.setattr(module, "screener_of", counted)
    fields = {"as_of": AS_OF, "planned_start": PLANNED_START, "ecog": "1"}

    text = visitor.send("/patient/record", fields, **{"accept-language": language}).text

    assert len(screenings) == 1
    assert headline in text.partition("<h1>")[2].partition("<dl")[0]
    faulty = visitor.send("/patient/record", {**fields, "ecog": "about 2"}).text
    assert 'id="w-ecog"' in faulty
