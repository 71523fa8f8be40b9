"""The screening log's pages on the server: whose entries, which roles, what is searched and added."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from fastapi import FastAPI

from api.log.errors import LogUnavailable
from api.settings import Settings
from api.words import Role
from tests.api.callers import MALE, PATIENT
from tests.api.door import identities as who
from tests.log.drafts import decision
from tests.pages.log_entries import HOSTILE, OPEN, last_of, numbers, screened
from tests.pages.visitor import Visitor


def test_an_empty_log_says_what_to_do(visitor: Visitor) -> None:
    text = visitor.open("/log-book").text

    assert "Nothing has been recorded at this site yet" in text


@pytest.mark.parametrize(
    ("conditions", "found"),
    [({"decision": "ineligible"}, {"male"}), ({"criterion": "incl08", "verdict": "fail"}, {"male"}),
     ({"criterion": "INCL08", "verdict": "pass"}, {"eligible"}),
     ({"criterion": "EXCL05", "verdict": "unknown"}, {"open"}),
     ({"criterion": "EXCL05"}, {"eligible", "open"}), ({"screening_id": "S-200"}, {"male"}),
     ({"actor": "local", "kind": "decision"}, {"eligible", "male", "open"}),
     ({"actor": "nobody"}, set()), ({"recorded_until": "2020-01-01"}, set()),
     ({"trial": "nct06731140", "recorded_from": "2020-01-01"}, {"eligible", "male", "open"}),
     ({"kind": "batch"}, set())],
    ids=lambda value: "-".join(sorted(value)) or "nobody",
)  # fmt: skip
def test_a_search_finds_what_meets_every_condition(
    anna: Visitor, conditions: dict[str, str], found: set[str]
) -> None:
    logged = {
        "eligible": screened(anna, PATIENT),
        "male": screened(anna, MALE),
        "open": screened(anna, OPEN),
    }

    answer = anna.send("/log-book", conditions)
    page = anna.open(answer.headers["location"])

    shown = numbers(page.text)
    assert answer.status_code == 303
    assert {name for name, number in logged.items() if number in shown} == found
    assert shown == sorted(shown, reverse=True)


def test_a_screening_number_is_in_no_address_nor_what_is_made_of_it(anna: Visitor) -> None:
    address = anna.send("/log-book", {"screening_id": "S-200", "actor": "local"}).headers[
        "location"
    ]

    assert "S-200" not in address
    assert "local" not in address
    assert anna.open(address).text.count('value="S-200"') == 1


def test_a_search_that_was_kept_opens_for_nobody_else(
    stranger: Visitor, guarded: FastAPI, settings: Settings
) -> None:
    store = who.store_of(settings)
    stranger.sign_in(who.key(store, Role.READER))
    address = stranger.send("/log-book", {"screening_id": "S-200"}).headers["location"]
    other = Visitor(guarded)
    other.sign_in(who.key(store, Role.READER))

    assert stranger.open(address).status_code == 200
    answers = [
        other.open(address),
        stranger.open(address[:-2]),
        stranger.open("/log-book?kept=x.y"),
    ]
    assert [each.status_code for each in answers] == [422, 422, 422]
    assert not any("S-200" in each.text for each in answers)


@pytest.mark.parametrize(
    "typed",
    [{"decision": HOSTILE}, {"criterion": HOSTILE}, {"verdict": "fail"}, {"trial": HOSTILE},
     {"screening_id": HOSTILE}, {"actor": "\x00"}, {"recorded_from": HOSTILE},
     {"recorded_until": "2026-02-30"}, {"recorded_from": "2026-02-02", "recorded_until": "2026-02-01"}],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_searched_is_told_at_its_field_and_kept(
    anna: Visitor, typed: dict[str, str]
) -> None:
    answer = anna.send("/log-book", typed)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert HOSTILE not in answer.text
    assert "fault" in answer.text


def test_pages_follow_each_other_and_the_order_turns(full: FastAPI, anna: Visitor) -> None:
    log = full.state.desk.log
    futures = [log.submit(decision(number + 5000, site="local")) for number in range(60)]
    last = futures[-1].result().entry.sequence

    first = anna.open("/log-book?kind=decision")
    address = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert address
    second = anna.open(address[1].replace("&amp;", "&"))
    turned = anna.open("/log-book?kind=decision&order=oldest_first")

    assert numbers(first.text)[0] == last
    assert len(numbers(first.text)) == 50
    assert max(numbers(second.text)) < min(numbers(first.text))
    assert numbers(turned.text) == sorted(numbers(turned.text))
    assert 'aria-sort="ascending"' in turned.text


def test_another_sites_entry_is_not_there(
    stranger: Visitor, guarded: FastAPI, settings: Settings
) -> None:
    store = who.store_of(settings)
    abroad = who.key(store, Role.INVESTIGATOR, sites=(who.OTHER_SITE,))
    number = screened(Visitor(guarded), OPEN, **who.bearer(abroad))
    stranger.sign_in(who.key(store, Role.INVESTIGATOR))
    fields = {"criterion": "EXCL05", "answer": "pass", "reason": "because", "seen_until": "9"}
    before = last_of(guarded)

    answers = [
        stranger.open(f"/log-book/{number}"),
        stranger.send(f"/log-book/{number}/replay", {"profile": json.dumps(OPEN)}),
        stranger.send(f"/log-book/{number}/reviews", fields),
        stranger.send(f"/log-book/{number}/withdrawals", fields),
        stranger.send(
            f"/log-book/{number}/corrections", {**fields, "profile": json.dumps(PATIENT)}
        ),
    ]

    assert [each.status_code for each in answers] == [404] * 5
    assert number not in numbers(stranger.open("/log-book").text)
    assert f"\n{number}," not in stranger.open("/log-book/screening-log.csv").text
    assert stranger.open(f"/log-book/compare?first={number}&second={number}").status_code == 422
    assert last_of(guarded) == before


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_the_forms_it_may_use(
    stranger: Visitor, guarded: FastAPI, settings: Settings, role: Role
) -> None:
    store = who.store_of(settings)
    number = screened(Visitor(guarded), OPEN, **who.bearer(who.key(store)))
    stranger.sign_in(who.key(store, role))

    text = stranger.open(f"/log-book/{number}").text
    answer = stranger.send(f"/log-book/{number}/reviews", {"criterion": "EXCL05"})

    assert "Review by an investigator" in text
    assert ("/reviews" in text) == (role is Role.INVESTIGATOR)
    assert ("/withdrawals" in text) == (role in (Role.INVESTIGATOR, Role.COORDINATOR))
    assert answer.status_code == (422 if role is Role.INVESTIGATOR else 403)


def test_a_review_has_the_systems_name_and_changes_no_decision(
    anna: Visitor, full: FastAPI
) -> None:
    number = screened(anna, OPEN)
    fields = {"criterion": "EXCL05", "answer": "pass", "reason": HOSTILE, "source": HOSTILE,
              "name": "Dr Else", "decision": "eligible", "seen_until": str(number), "once": "o1"}  # fmt: skip

    answer = anna.send(f"/log-book/{number}/reviews", fields)
    again = anna.send(f"/log-book/{number}/reviews", fields)
    page = anna.open(answer.headers["location"]).text

    added = full.state.desk.log.reader.entry(last_of(full), sites=("local",))
    assert (added.kind, added.signed_by, added.decision) == ("review", "local", None)
    assert json.loads(added.detail or "") == {"source": HOSTILE}
    assert again.headers["location"] == answer.headers["location"]
    assert last_of(full) == number + 1
    assert "&lt;script&gt;alert(1)" in page
    assert HOSTILE not in page
    assert re.search(r"<h1[^>]*>.*undetermined", page)
    assert "The computed answer stays “unknown”" in page
    assert HOSTILE not in anna.open(f"/log-book/{added.sequence}").text


def test_who_was_overtaken_writes_nothing_and_keeps_what_she_typed(
    anna: Visitor, full: FastAPI
) -> None:
    number = screened(anna, OPEN)
    fields = {"criterion": "EXCL05", "answer": "pass", "reason": "mine", "seen_until": str(number)}
    anna.send(f"/log-book/{number}/reviews", {**fields, "reason": "theirs"})
    before = last_of(full)

    refused = anna.send(f"/log-book/{number}/reviews", {**fields, "once": "o2"})
    seen = re.search(r'name="seen_until" value="(\d+)"', refused.text)
    assert seen
    accepted = anna.send(
        f"/log-book/{number}/reviews", {**fields, "once": "o2", "seen_until": seen[1]}
    )

    assert refused.status_code == 409
    assert "theirs" in refused.text
    assert ">mine</textarea>" in refused.text
    assert 'name="once" value="o2"' in refused.text
    assert accepted.status_code == 303
    assert last_of(full) == before + 1


@pytest.mark.parametrize("seen", ["9" * 5000, "9" * 17, "-1", "²", "0"], ids=len)
def test_what_is_no_number_of_an_entry_has_seen_nothing(anna: Visitor, seen: str) -> None:
    number = screened(anna, OPEN)
    fields = {"criterion": "EXCL05", "answer": "pass", "reason": "mine", "seen_until": str(number)}
    anna.send(f"/log-book/{number}/reviews", {**fields, "reason": "theirs"})

    answer = anna.send(f"/log-book/{number}/reviews", {**fields, "once": "o4", "seen_until": seen})

    assert answer.status_code == 409
    assert ">mine</textarea>" in answer.text


def test_what_was_typed_survives_a_log_that_is_away(
    anna: Visitor, full: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = screened(anna, OPEN)
    desk = full.state.desk

    def away(*_: object, **__: object) -> Any:
        raise LogUnavailable("the database does not answer")

    monkeypatch.setattr(desk.log, "submit", away)
    monkeypatch.setattr(desk.log.reader, "entry", away)
    fields = {"criterion": "EXCL05", "answer": "pass", "reason": "a long story", "once": "o3"}
    answer = anna.send(f"/log-book/{number}/reviews", {**fields, "seen_until": str(number)})
    page = anna.open(f"/log-book/{number}")
    monkeypatch.undo()

    assert answer.status_code == 503
    assert "a long story" in answer.text
    assert 'name="once" hidden>o3<' in answer.text
    assert page.status_code == 503
    assert "The screening log cannot be reached just now" in page.text
    assert (
        anna.send(f"/log-book/{number}/reviews", {**fields, "seen_until": str(number)}).status_code
        == 303
    )


def test_a_correction_stands_in_the_place_of_the_old_and_both_say_so(
    anna: Visitor, full: FastAPI
) -> None:
    number = screened(anna, MALE)
    fields = {"reason": "wrong sex", "seen_until": str(number), "once": "c1", "as_of": "2026-11-21",
              "planned_start": "2026-12-01"}  # fmt: skip
    path = f"/log-book/{number}/corrections"

    broken = anna.send(path, {**fields, "profile": '{"ecog": "Canary"}'})
    dates = anna.send(path, {**fields, "profile": json.dumps(PATIENT), "as_of": "soon"})
    silent = anna.send(path, {**fields, "profile": json.dumps(PATIENT), "reason": " "})
    good = anna.send(path, {**fields, "profile": json.dumps(PATIENT)})

    assert [each.status_code for each in (broken, dates, silent, good)] == [422, 422, 422, 303]
    assert "Canary" in broken.text
    new = last_of(full)
    assert new == number + 1
    assert "No longer" not in anna.open(f"/log-book/{new}").text
    old = anna.open(f"/log-book/{number}").text
    assert "This entry no longer stands" in old
    assert "/withdrawals" not in old
    late = anna.send(
        f"/log-book/{number}/withdrawals", {"reason": "too late", "seen_until": "99999"}
    )
    assert (late.status_code, "too late" in late.text) == (409, True)
