"""People are named beside their ids: at the foot of a page, in the log, on the checklist."""

from __future__ import annotations

import json

import pytest
from fastapi import FastAPI

from api.security.keys import key_id_of
from api.security.principal import Principal, display_name
from api.settings import Settings
from api.words import Role
from tests.api.callers import QUERY
from tests.api.door import identities as who
from tests.pages.log_entries import OPEN, last_of
from tests.pages.visitor import Visitor


@pytest.fixture
def key(settings: Settings) -> str:
    return who.key(who.store_of(settings), Role.INVESTIGATOR)


def decided(stranger: Visitor, key: str) -> int:
    """A screening with a criterion that waits for judgement, recorded with a key; who has it is signed in."""
    answer = stranger.client.post(
        "/v1/screenings", params=QUERY, json=OPEN, headers=who.bearer(key)
    )
    stranger.sign_in(key)
    return int(answer.json()["entry"]["sequence"])


def test_the_foot_of_a_page_names_key_and_id(stranger: Visitor, key: str) -> None:
    stranger.sign_in(key)

    assert f"Signed in as a test (key:{key_id_of(key)})" in stranger.open("/").text


def test_a_decision_is_logged_with_the_name_of_who_made_it(
    guarded: FastAPI, stranger: Visitor, key: str
) -> None:
    number = decided(stranger, key)

    entry = guarded.state.desk.log.reader.entry(number, sites=(who.SITE,))
    assert (entry.actor, entry.actor_name) == (f"key:{key_id_of(key)}", "a test")
    shown = f"<bdi>a test</bdi> <code>key:{key_id_of(key)}</code>"
    assert stranger.open(f"/log-book/{number}").text.count(shown) == 1
    assert shown in stranger.open("/log-book").text


def test_a_review_is_signed_with_the_name_and_keeps_the_id(
    guarded: FastAPI, stranger: Visitor, key: str
) -> None:
    number = decided(stranger, key)
    sent = {"criterion": "EXCL05", "answer": "pass", "reason": "stable since May", "source": "CT",
            "once": "one", "seen_until": str(number)}  # fmt: skip

    answer = stranger.send(f"/log-book/{number}/reviews", sent)

    assert answer.status_code == 303, answer.text
    entry = guarded.state.desk.log.reader.entry(last_of(guarded), sites=(who.SITE,))
    assert (entry.signed_by, entry.actor) == ("a test", f"key:{key_id_of(key)}")
    assert entry.told == {"source": "CT"}
    page = stranger.open(f"/log-book/{number}").text
    assert f"a test (key:{key_id_of(key)})" in page
    checklist = stranger.send(f"/log-book/{number}/checklist", {"patient": json.dumps(OPEN)}).text
    assert checklist.count(f"a test (key:{key_id_of(key)})") >= 2


def test_a_name_is_one_short_line() -> None:
    assert display_name("  Dr. Wei\n\x00 Chen\u202e ") == "Dr. Wei Chen"
    assert display_name("王伟") == "王伟"
    assert len(display_name("x" * 500)) == 100
    assert [display_name(given) for given in (None, 7, "", "\x00", ["a"])] == [""] * 5


def test_a_name_makes_nobody_somebody_else() -> None:
    one, other = (Principal(each, frozenset(), frozenset(), "Li Na") for each in ("key:1", "key:2"))

    assert one != other
