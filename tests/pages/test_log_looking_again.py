"""Replays, comparisons and files of the screening log's pages: they say what is so, and store nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi import FastAPI

from eligibility.reports.document import to_document
from tests.api.callers import MALE, PATIENT
from tests.pages.log_entries import HOSTILE, OPEN, last_of, screened
from tests.pages.visitor import Visitor


@pytest.mark.parametrize(
    ("profile", "said"),
    [(None, "Byte for byte the same"), (PATIENT, "Byte for byte the same"),
     ({**PATIENT, "ecog": 2}, "its hash is another")],
    ids=["stored", "the same", "another"],
)  # fmt: skip
def test_a_replay_says_whether_it_is_the_same_and_stores_nothing(
    anna: Visitor, full: FastAPI, profile: Any, said: str
) -> None:
    number = screened(anna, PATIENT)

    fields = {} if profile is None else {"profile": json.dumps(profile)}
    answer = anna.send(f"/log-book/{number}/replay", fields)

    assert (answer.status_code, last_of(full)) == (200, number)
    assert said in answer.text


def test_a_replay_that_differs_shows_where(anna: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    import api.replay  # noqa: PLC0415 - to be changed underneath

    number = screened(anna, PATIENT)
    real = to_document

    def other(explanation: Any) -> dict[str, Any]:
        document = real(explanation)
        document["criteria"][0]["verdict"] = "fail"
        return {**document, "headline": "another headline"}

    monkeypatch.setattr(api.replay, "to_document", other)
    text = anna.send(f"/log-book/{number}/replay").text

    assert "Not the same" in text
    assert "another headline" in text
    assert "INCL01" in text.partition("What differs")[2].partition("The explanation, as")[0]


def test_what_is_no_profile_is_shown_again_as_text(anna: Visitor) -> None:
    number = screened(anna, PATIENT)

    answer = anna.send(f"/log-book/{number}/replay", {"profile": HOSTILE})

    assert answer.status_code == 422
    assert "&lt;script&gt;" in answer.text
    assert HOSTILE not in answer.text


def test_two_screenings_are_compared_by_criterion(anna: Visitor) -> None:
    first, second = screened(anna, PATIENT), screened(anna, MALE)

    text = anna.open(f"/log-book/compare?first={first}&second={second}").text

    assert "1 of 17 criteria changed" in text
    assert text.count("verdict changed") == 1


def test_without_explanations_it_is_said_what_cannot_be_compared(visitor: Visitor) -> None:
    first, second = screened(visitor, PATIENT), screened(visitor, MALE)

    text = visitor.open(f"/log-book/compare?first={first}&second={second}").text
    entry = visitor.open(f"/log-book/{first}").text

    assert "cannot be compared criterion by criterion" in text
    assert "INCL08 decided" in text
    assert "Its explanation is not kept here" in entry


@pytest.mark.parametrize(
    "query", ["first=0&second=1", "first=x&second=1", "first=1", "second=99999"]
)
def test_what_is_no_decision_is_not_compared(anna: Visitor, query: str) -> None:
    screened(anna, PATIENT)

    answer = anna.open(f"/log-book/compare?{query}")

    assert answer.status_code == 422
    assert "Write the number of a decision of your site" in answer.text


def test_two_are_chosen_and_no_more(anna: Visitor) -> None:
    assert anna.send("/log-book/compare", {"entry": "1"}).status_code == 422


def test_the_files_have_what_their_words_say(anna: Visitor, full: FastAPI) -> None:
    anna_only = screened(anna, {**MALE, "screening_id": "S-777"})

    log = anna.open("/log-book/screening-log.csv?decision=ineligible&criterion=INCL08")
    ti = anna.open("/log-book/sdtm-ti.csv")

    assert log.headers["content-type"].startswith("text/csv")
    assert f"\n{anna_only}," in log.text
    assert ",eligible," not in log.text
    assert "S-777" not in log.text
    assert len(ti.text.splitlines()) == 18
    assert anna.open("/log-book/screening-log.csv?decision=nonsense").status_code == 422


def test_sdtm_ie_takes_no_condition_that_lets_a_replaced_decision_stand(
    visitor: Visitor,
) -> None:
    number = screened(visitor, {**MALE, "screening_id": "S-888"})
    before = visitor.open("/log-book/sdtm-ie.csv?decision=ineligible").text.count("INCL08")
    visitor.send(
        f"/log-book/{number}/withdrawals", {"reason": "mistake", "seen_until": str(number)}
    )

    after = visitor.open("/log-book/sdtm-ie.csv?decision=ineligible").text.count("INCL08")

    assert after == before - 1


def test_what_was_kept_and_changed_is_not_shown(
    anna: Visitor, full: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    import api.log.reading  # noqa: PLC0415 - to be changed underneath

    number = screened(anna, PATIENT)
    monkeypatch.setattr(api.log.reading, "sha256", lambda _: "0" * 64)

    page = anna.open(f"/log-book/{number}")
    again = anna.send(f"/log-book/{number}/replay")

    assert page.status_code == 200
    assert "is not what was recorded" in page.text
    assert again.status_code == 503


def test_the_start_page_and_the_menu_lead_to_the_log(anna: Visitor) -> None:
    assert anna.open("/").text.count('href="/log-book"') == 2


def test_an_explanation_is_told_in_chinese_where_the_profile_was_kept(
    anna: Visitor, visitor: Visitor
) -> None:
    chinese = {"accept-language": "zh"}
    kept, first = screened(anna, OPEN), screened(anna, PATIENT)
    not_kept = screened(visitor, OPEN)

    entry = anna.open(f"/log-book/{kept}", **chinese).text
    both = anna.open(f"/log-book/compare?first={first}&second={kept}", **chinese).text
    again = visitor.client.post(
        f"/log-book/{not_kept}/replay",
        data={"csrf": visitor.token(), "profile": json.dumps(OPEN)},
        headers=chinese,
    ).text

    for text in (entry, both, again):
        assert "ECOG体能状态评分" in text
        assert "此处以中文显示" in text
        assert "ECOG performance status: 1." not in text
    assert "结论改变" in both
