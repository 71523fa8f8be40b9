"""The pages of criteria, and one criterion over time, without a browser."""

from __future__ import annotations

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI

from api.pages import criteria
from api.pages.example_patients import EXAMPLES, example_patient
from api.words import Role
from eligibility.protocol.library import DEFAULT_TRIAL, load_trial
from eligibility.protocol.lint import ProtocolLint
from tests.api.door import identities as who
from tests.pages.visitor import Visitor

TRIAL = load_trial(DEFAULT_TRIAL, profile="atezolizumab_p1")
PAGE = f"/criteria/{DEFAULT_TRIAL}"
OVER_TIME = f"{PAGE}/over-time"
HOSTILE = "<script>alert(1)</script>\"'{{7*7}}"
SCRIPT = {"sec-fetch-dest": "empty"}


def asked(**changed: str) -> dict[str, str]:
    patient = json.dumps(example_patient("wait_for_washout"))
    given = {"criterion": "EXCL05", "profile": "atezolizumab_p1", "patient": patient,
             "as_of": "2026-11-21", "planned_start": "2026-12-01"}  # fmt: skip
    return {**given, **changed}


def test_the_library_leads_to_the_trial(visitor: Visitor) -> None:
    assert f'href="{PAGE}"' in visitor.open("/criteria").text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_trial_shows_every_text_reading_source_and_case(
    visitor: Visitor, language: str
) -> None:
    answer = visitor.open(f"{PAGE}?profile=atezolizumab_p1", **{"accept-language": language})
    text = answer.text

    assert answer.status_code == 200
    for criterion in TRIAL.criteria:
        assert f'id="{criterion.id}"' in text
        escaped = criterion.text.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;")
        assert f'<blockquote lang="en">{escaped}</blockquote>' in text
        for name in criterion.interpretations:
            assert f'id="{criterion.id}-{name}"' in text
    assert text.count("<pre") == sum(len(each.cases) for each in TRIAL.criteria)
    assert TRIAL.rules_hash in text
    assert "<html" in text
    assert len(re.findall(r"<h1", text)) == 1


def test_what_a_profile_gives_is_named_where_it_is_used(visitor: Visitor) -> None:
    with_profile = visitor.open(f"{PAGE}?profile=atezolizumab_p1").text
    without = visitor.open(PAGE).text

    assert "adequate_laboratory_function" in with_profile
    assert "From the site profile" in with_profile
    assert "From the site profile" not in without


@pytest.mark.parametrize(
    ("path", "status"),
    [("/criteria/NCT0", 404), (f"{PAGE}?profile=none", 404), (f"{PAGE}?profile=%3Cb%3E", 422),
     ("/criteria/%2e%2e", 404), (f"{PAGE}?x=1", 422), (f"{OVER_TIME}?profile=none", 404)],
)  # fmt: skip
def test_what_is_not_there_is_a_page_that_says_so(visitor: Visitor, path: str, status: int) -> None:
    answer = visitor.open(path)

    assert answer.status_code == status
    assert "<html" in answer.text


def test_the_analysis_is_a_page_and_a_part_of_one(visitor: Visitor) -> None:
    whole, part = visitor.open(f"{PAGE}/analysis"), visitor.open(f"{PAGE}/analysis", **SCRIPT)

    assert "Nothing was found." in whole.text
    assert "Nothing was found." in part.text
    assert "<h1" in whole.text
    assert "<h1" not in part.text


def test_analyses_asked_for_together_are_one_and_hold_up_no_log(
    service: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    analysed: list[object] = []

    def slowly(folder: object) -> ProtocolLint:
        analysed.append(folder)
        begun.set()
        assert go_on.wait(60)
        return ProtocolLint()

    monkeypatch.setattr(criteria, "lint_protocol", slowly)
    criteria._analysed.cache_clear()

    def opened(path: str) -> int:
        return Visitor(service).open(path).status_code

    try:
        with ThreadPoolExecutor(8) as people:
            waiting = [people.submit(opened, f"{PAGE}/analysis") for _ in range(6)]
            assert begun.wait(60)
            try:
                assert people.submit(opened, "/log-book").result(timeout=60) == 200
                assert not any(each.done() for each in waiting)
            finally:
                go_on.set()
            assert [each.result() for each in waiting] == [200] * 6
    finally:
        criteria._analysed.cache_clear()
    assert len(analysed) == 1


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_shown_at_once(visitor: Visitor, example: str) -> None:
    answer = visitor.open(f"{OVER_TIME}?criterion=EXCL05&example={example}")

    assert answer.status_code == 200
    assert 'class="strip"' in answer.text


@pytest.mark.parametrize(
    ("start", "truth", "verdict"),
    [("2026-12-06", "true", "fail"), ("2026-12-07", "unknown", "unknown"),
     ("2026-12-08", "false", "pass"), ("", "unknown", "unknown")],
)  # fmt: skip
def test_the_date_decides_what_the_parts_are(
    visitor: Visitor, start: str, truth: str, verdict: str
) -> None:
    text = visitor.send(OVER_TIME, asked(planned_start=start), **SCRIPT).text

    first = text.partition("<blockquote")[0]
    assert f'class="truth {truth}"' in first
    assert f'class="status {verdict}"' in first


def test_the_changes_are_said_with_their_dates(visitor: Visitor) -> None:
    text = visitor.send(OVER_TIME, asked(), **SCRIPT).text
    changes = text.partition('<ol class="changes">')[2].partition("</ol>")[0]

    found = re.sub(r"<[^>]+>|\s+", " ", changes).split()
    said = " ".join(found)
    assert said == (
        "fail 21 Nov 2026 to 6 Dec 2026 unknown 7 Dec 2026 pass 8 Dec 2026 to 21 Mar 2027"
    )


@pytest.mark.parametrize(
    ("moved", "start"),
    [({"step": "7"}, "2026-12-08"), ({"step": "-7"}, "2026-11-24"), ({"step": "-99"}, "2026-11-21"),
     ({"offset": "0"}, "2026-11-21"), ({"offset": "99999"}, "2029-11-23"),
     ({"step": "1", "planned_start": ""}, "2026-11-22"), ({"step": "x"}, "2026-12-01")],
)  # fmt: skip
def test_the_start_is_moved_without_leaving_the_day_of_judgement(
    visitor: Visitor, moved: dict[str, str], start: str
) -> None:
    assert f'value="{start}"' in visitor.send(OVER_TIME, asked(**moved)).text


def test_day_offsets_have_their_own_clock(visitor: Visitor) -> None:
    patient = {"treatments": {"complete": True, "items": [
        {"agents": ["capecitabine"], "last_dose": "day 5"}]}}  # fmt: skip
    fields = asked(patient=json.dumps(patient), as_of="day 10", planned_start="day 12", step="7")

    answer = visitor.send(OVER_TIME, fields)

    assert answer.status_code == 200
    assert 'value="day 19"' in answer.text


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"patient": "{"}, 400), ({"patient": '{"sex": "x"}'}, 422), ({"as_of": "soon"}, 422),
     ({"planned_start": "2026-01-01"}, 422), ({"criterion": "NONE"}, 404), ({"profile": "x"}, 404),
     ({"as_of": ""}, 422), ({"patient": "[" * 100_000}, 422)],
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_nothing_typed_is_lost(
    visitor: Visitor, wrong: dict[str, str], status: int
) -> None:
    answer = visitor.send(OVER_TIME, asked(**wrong))

    assert answer.status_code == status
    assert 'id="faults"' in answer.text
    assert 'id="overtime"' in answer.text


@pytest.mark.parametrize("field", ["criterion", "profile", "patient", "as_of", "planned_start"])
def test_hostile_text_in_every_field_is_text(visitor: Visitor, field: str) -> None:
    answer = visitor.send(OVER_TIME, asked(**{field: HOSTILE}))

    assert "<script>alert" not in answer.text
    assert "{{7*7}}" in answer.text or field in ("criterion", "profile")


def test_hostile_text_of_a_record_is_text(visitor: Visitor) -> None:
    patient = {"treatments": {"complete": True, "items": [
        {"agents": ["<img src=x onerror=alert(1)>"], "last_dose": "2026-11-10"}]}}  # fmt: skip

    answer = visitor.send(OVER_TIME, asked(patient=json.dumps(patient)))

    assert answer.status_code == 200
    assert "<img" not in answer.text
    assert "&lt;img src=x" in answer.text


def test_a_reader_reads_the_criteria_but_screens_nobody(
    guarded: object, settings: who.Settings, stranger: Visitor
) -> None:
    stranger.sign_in(who.key(who.store_of(settings), Role.READER))

    assert stranger.open(PAGE).status_code == 200
    assert "/over-time" not in stranger.open(PAGE).text
    assert stranger.open(OVER_TIME).status_code == 403
