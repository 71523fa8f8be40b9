"""The screening log over HTTP: search, pages, entries, what is added to them, exports; one site at a time."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from pydantic import TypeAdapter

from api.answers.log import EntryPage, EntryWithOthers
from api.edits import edited
from api.log.drafts import Draft
from api.log.entry import Kind
from api.words import Role
from tests.api.callers import MALE, PATIENT, QUERY, Caller
from tests.api.door import identities as who
from tests.log.drafts import configuration, correction, decision, review
from tests.log.test_batch_entries import batch

# A last dose of 21 days before the start: whether that is "within 3 weeks", the protocol does not say.
OPEN = edited(PATIENT, {"treatments.items.0.last_dose": "2026-11-10"}, [])
REASON = {"reason": "the sex was of another patient"}


@pytest.fixture(scope="module")
def anna(callers: dict[str, Caller]) -> Caller:
    return callers[Role.INVESTIGATOR]


@pytest.fixture(scope="module")
def logged(callers: dict[str, Caller]) -> dict[str, int]:
    """Three decisions here, one at another site."""
    here = callers[Role.COORDINATOR]
    return {
        "eligible": here.screens(PATIENT),
        "ineligible": here.screens({**MALE, "screening_id": "S-300"}),
        "abroad": callers["abroad"].screens(PATIENT),
        "open": here.screens(OPEN),
    }


def numbers(answer: Any) -> list[int]:
    return [each["sequence"] for each in answer.json()["entries"]]


def test_an_entry_is_shown_with_every_field_of_its_hash(
    anna: Caller, logged: dict[str, int]
) -> None:
    found = anna.get(f"/v1/log/{logged['ineligible']}").json()

    assert (found["kind"], found["decision"], found["deciding"]) == (
        "decision",
        "ineligible",
        ["INCL08"],
    )
    assert (found["site"], found["as_of"], found["about"]) == (who.SITE, "2026-11-21", [])
    assert found["subject"] != "S-300"
    assert "key_hash" not in found


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [({"decision": "ineligible"}, ["ineligible"]), ({"criterion": "INCL08", "decision": "ineligible"}, ["ineligible"]),
     ({"trial": "nct06731140", "order": "oldest_first"}, ["eligible", "ineligible", "open"]),
     ({"recorded_until": "2020-01-01"}, []), ({"recorded_from": "2020-01-01"}, ["eligible", "ineligible", "open"]),
     ({"trial": "NCT00000001"}, [])],
    ids=str,
)  # fmt: skip
def test_a_search_finds_what_meets_every_condition_at_the_site(
    callers: dict[str, Caller], logged: dict[str, int], conditions: Any, expected: list[str]
) -> None:
    reader = callers[Role.READER]
    whole = {**conditions, "limit": 500, "recorded_until": "2999-01-01", **conditions}

    by_parameters = reader.get("/v1/log", **whole)
    by_body = reader.post("/v1/log/search", whole)

    found = set(numbers(by_parameters))
    assert {name for name, number in logged.items() if number in found} == set(expected)
    assert bool(expected) == bool(found)
    assert by_body.json()["entries"] == by_parameters.json()["entries"]


def test_who_knows_a_screening_id_finds_its_entries(anna: Caller, logged: dict[str, int]) -> None:
    found = anna.post("/v1/log/search", {"screening_id": "S-300", "kind": "decision"})

    assert numbers(found) == [logged["ineligible"]]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_entry_can_be_searched_for(anna: Caller, kind: Kind) -> None:
    log = anna._client.app.state.log_keeper.log  # type: ignore[attr-defined]
    site = {"site": who.SITE}
    first = log.append(decision(**site)).entry.sequence
    drafts: dict[Kind, Draft] = {
        Kind.CORRECTION: correction(first, **site),
        Kind.REVIEW: review(first, **site),
        Kind.BATCH: batch(**site, idempotency_key=None),
        Kind.CONFIGURATION: configuration(**site),
    }
    number = log.append(drafts[kind]).entry.sequence if kind in drafts else first

    by_parameters = anna.get("/v1/log", kind=kind, limit=500)
    by_body = anna.post("/v1/log/search", {"kind": kind, "limit": 500})

    assert {each["kind"] for each in by_parameters.json()["entries"]} == {kind}
    assert number in numbers(by_parameters)
    assert by_body.json() == by_parameters.json()
    TypeAdapter(EntryPage).validate_json(by_parameters.content, strict=True)
    whole = anna.get(f"/v1/log/{number}")
    TypeAdapter(EntryWithOthers).validate_json(whole.content, strict=True)


def test_a_screening_id_is_no_parameter_of_an_address(anna: Caller) -> None:
    assert anna.get("/v1/log", screening_id="S-200").status_code == 422


@pytest.mark.parametrize("order", ["newest_first", "oldest_first"])
def test_pages_hold_every_entry_once_in_order(
    anna: Caller, logged: dict[str, int], order: str
) -> None:
    seen: list[int] = []
    query: dict[str, Any] = {"limit": 2, "order": order}
    while True:
        page = anna.get("/v1/log", **query)
        seen += numbers(page)
        if page.json()["next"] is None:
            break
        query["cursor"] = page.json()["next"]

    assert seen == sorted(set(seen), reverse=order == "newest_first")
    assert {logged["eligible"], logged["ineligible"], logged["open"]} <= set(seen)
    assert logged["abroad"] not in seen


def test_a_cursor_serves_no_other_search_and_no_other_site(
    callers: dict[str, Caller], anna: Caller, logged: dict[str, int]
) -> None:
    cursor = anna.get("/v1/log", limit=1).json()["next"]

    answers = [
        anna.get("/v1/log", limit=1, cursor=cursor, kind="decision"),
        anna.get("/v1/log", limit=1, cursor=cursor[:-2] + "AA"),
        callers["abroad"].get("/v1/log", limit=1, cursor=cursor),
    ]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(422, "cursor_invalid")] * 3


@pytest.mark.parametrize(
    "query",
    [{"kind": "x"}, {"decision": "maybe"}, {"limit": 0}, {"limit": 501}, {"recorded_from": "2026-02-30"},
     {"recorded_from": "86400"}, {"criterion": "%"}, {"order": "sequence; drop"}, {"refers_to": -1}],
    ids=str,
)  # fmt: skip
def test_a_search_that_cannot_be_is_refused(anna: Caller, query: dict[str, Any]) -> None:
    assert anna.get("/v1/log", **query).status_code == 422
    assert anna.post("/v1/log/search", query).status_code == 422


def test_another_sites_entry_is_like_one_that_is_not_there(
    callers: dict[str, Caller], logged: dict[str, int]
) -> None:
    review = {"criterion": "INCL08", "answer": "pass", "name": "Dr B", **REASON}
    bodies: dict[str, Any] = {"": None, "/replay": PATIENT, "/reviews": review,
                              "/corrections": {"patient": PATIENT, **REASON}, "/withdrawals": REASON}  # fmt: skip

    for end, body in bodies.items():
        answers = []
        for number in (logged["eligible"], 2**53):
            path = f"/v1/log/{number}{end}"
            caller = callers["abroad"]
            answers.append(caller.get(path) if body is None else caller.post(path, body))
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].text == answers[1].text


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", str(2**70)])
def test_what_is_no_number_of_an_entry_is_refused(anna: Caller, number: str) -> None:
    assert anna.get(f"/v1/log/{number}").status_code == 422


# Reviews


def test_a_review_stands_beside_the_computed_answer(anna: Caller, logged: dict[str, int]) -> None:
    before = anna.get(f"/v1/log/{logged['open']}").json()
    [criterion, *_] = before["judgement"]
    body = {
        "criterion": criterion,
        "answer": "pass",
        "name": "Dr B",
        "reason": "seen by a specialist",
    }

    first = anna.post(f"/v1/log/{logged['open']}/reviews", body, key="review-1")
    again = anna.post(f"/v1/log/{logged['open']}/reviews", body, key="review-1")

    after = anna.get(f"/v1/log/{logged['open']}").json()
    review = first.json()
    assert (first.status_code, again.content) == (201, first.content)
    assert (review["kind"], review["decision"], review["signed_by"]) == ("review", None, "Dr B")
    assert after["about"] == [review]
    assert {**after, "about": []} == before
    assert after["decision"] == "undetermined"


@pytest.mark.parametrize(
    ("what", "criterion", "code"),
    [("ineligible", "INCL08", "not_for_judgement"), ("eligible", "INCL01", "not_for_judgement"),
     ("open", "INCL01", "not_for_judgement"), ("open", "NOSUCH", "not_for_judgement")],
)  # fmt: skip
def test_only_what_waits_for_judgement_can_be_reviewed(
    anna: Caller, logged: dict[str, int], what: str, criterion: str, code: str
) -> None:
    body = {"criterion": criterion, "answer": "pass", "name": "Dr B", **REASON}

    answer = anna.post(f"/v1/log/{logged[what]}/reviews", body)

    assert (answer.status_code, answer.json()["code"]) == (409, code)


@pytest.mark.parametrize(
    "changed",
    [{"answer": "eligible"}, {"answer": "unknown"}, {"answer": None}, {"name": ""}, {"reason": "x"},
     {"decision": "eligible"}, {"criterion": ["EXCL01"]}, {"name": "a\x00b"}],
    ids=str,
)  # fmt: skip
def test_a_review_says_pass_or_fail_with_name_and_reason_and_nothing_else(
    anna: Caller, logged: dict[str, int], changed: dict[str, Any]
) -> None:
    body = {"criterion": "EXCL01", "answer": "pass", "name": "Dr B", **REASON, **changed}

    answer = anna.post(f"/v1/log/{logged['open']}/reviews", body)

    assert answer.status_code == 422
    assert "Dr B" not in answer.text


@pytest.mark.parametrize("end", ["reviews", "corrections", "withdrawals"])
def test_a_body_that_is_no_json_is_not_called_a_profile(
    anna: Caller, logged: dict[str, int], end: str
) -> None:
    path = f"/v1/log/{logged['open']}/{end}"

    answer = anna._client.post(path, content=b'{"reason":', headers=anna._headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "body_invalid")
    assert answer.json()["title"] == "the body cannot be read"


# Corrections and withdrawals


def test_a_correction_is_a_new_screening_in_the_place_of_the_old(anna: Caller) -> None:
    old = anna.screens(MALE)
    body = {"patient": PATIENT, **REASON}

    first = anna.post(f"/v1/log/{old}/corrections", body, key=f"correct-{old}")
    again = anna.post(f"/v1/log/{old}/corrections", body, key=f"correct-{old}")
    twice = anna.post(f"/v1/log/{old}/corrections", body)

    new = anna.get(f"/v1/log/{first.json()['entry']['sequence']}").json()
    assert (first.status_code, first.json()["decision"]) == (201, "eligible")
    assert again.content == first.content
    assert (twice.status_code, twice.json()["code"]) == (409, "entry_superseded")
    assert (new["kind"], new["refers_to"], new["reason"]) == ("correction", old, REASON["reason"])
    assert (new["as_of"], new["planned_start"], new["profile"]) == tuple(QUERY.values())
    assert anna.get(f"/v1/log/{old}").json()["decision"] == "ineligible"


@pytest.fixture(scope="module")
def replaced(anna: Caller) -> dict[str, int]:
    """Of one patient: a decision that was corrected and its correction, one that was withdrawn, one that stands."""
    patient = {**PATIENT, "screening_id": "S-400"}
    wrong, withdrawn, stands = (anna.screens(patient) for _ in range(3))
    corrected = anna.post(f"/v1/log/{wrong}/corrections", {"patient": patient, **REASON}).json()
    withdrawal = anna.post(f"/v1/log/{withdrawn}/withdrawals", REASON).json()
    return {"wrong": wrong, "withdrawn": withdrawn, "stands": stands,
            "correction": corrected["entry"]["sequence"], "withdrawal": withdrawal["sequence"]}  # fmt: skip


def test_an_entry_that_was_replaced_says_by_which_wherever_it_is_shown(
    anna: Caller, replaced: dict[str, int]
) -> None:
    expected = {
        **dict.fromkeys(replaced.values()),
        replaced["wrong"]: replaced["correction"],
        replaced["withdrawn"]: replaced["withdrawal"],
    }

    listed = anna.get("/v1/log", limit=500).json()["entries"]
    searched = anna.post("/v1/log/search", {"screening_id": "S-400"}).json()["entries"]
    single = [anna.get(f"/v1/log/{number}").json() for number in expected]
    rows = csv.DictReader(io.StringIO(anna.get("/v1/log/export.csv").text))
    exported = {int(row["number"]): row["superseded_by"] for row in rows}

    for shown in (listed, searched, single):
        found = {each["sequence"]: each["superseded_by"] for each in shown}
        assert {number: found[number] for number in expected} == expected
    assert {number: int(exported[number] or 0) or None for number in expected} == expected


def test_what_replaced_an_entry_may_have_been_replaced_too(anna: Caller) -> None:
    old = anna.screens(MALE)
    body = {"patient": PATIENT, **REASON}
    new = anna.post(f"/v1/log/{old}/corrections", body).json()["entry"]["sequence"]
    last = anna.post(f"/v1/log/{new}/withdrawals", REASON).json()["sequence"]

    found = anna.get(f"/v1/log/{old}").json()

    assert found["superseded_by"] == new
    assert [each["superseded_by"] for each in found["about"]] == [last]


def test_a_correction_may_say_that_it_was_somebody_else(anna: Caller) -> None:
    one, other = ({**PATIENT, "screening_id": each} for each in ("S-501", "S-502"))
    old = anna.screens(one)

    corrected = anna.post(f"/v1/log/{old}/corrections", {"patient": other, **REASON})

    new = corrected.json()["entry"]["sequence"]
    of_one, of_other = (
        anna.post("/v1/log/search", {"screening_id": each}).json()["entries"]
        for each in ("S-501", "S-502")
    )
    assert corrected.status_code == 201
    assert [(each["sequence"], each["superseded_by"]) for each in of_one] == [(old, new)]
    assert [(each["sequence"], each["superseded_by"]) for each in of_other] == [(new, None)]
    nobody = anna.post("/v1/log/search", {"screening_id": "S-501", "standing": True})
    assert nobody.json()["entries"] == []


@pytest.mark.parametrize(
    ("standing", "expected"),
    [(True, ["correction", "stands"]), (False, ["withdrawn", "wrong"])],
)
def test_decisions_that_stand_can_be_told_from_those_that_were_replaced(
    anna: Caller, replaced: dict[str, int], standing: bool, expected: list[str]
) -> None:
    by_body = anna.post("/v1/log/search", {"screening_id": "S-400", "standing": standing})
    by_parameters = anna.get("/v1/log", standing=standing, limit=500)

    assert numbers(by_body) == [replaced[name] for name in expected]
    found = set(numbers(by_parameters))
    assert {name for name, number in replaced.items() if number in found} == set(expected)


def test_a_withdrawal_says_that_it_is_one(anna: Caller, replaced: dict[str, int]) -> None:
    found = {
        name: anna.get(f"/v1/log/{number}").json()["withdraws"] for name, number in replaced.items()
    }

    assert found == {**dict.fromkeys(replaced, False), "withdrawal": True}


def test_a_correction_may_change_dates_and_site_profile(anna: Caller) -> None:
    old = anna.screens(PATIENT)
    day = {"as_of": "2026-11-22"}
    less = {"without": ["planned_start", "profile"]}

    answer = anna.post(f"/v1/log/{old}/corrections", {"patient": PATIENT, **REASON, **day, **less})

    found = answer.json()
    changed = {**day, "planned_start": None, "profile": None}
    assert {name: found[name] for name in changed} == changed


def test_null_in_a_correction_changes_no_date_and_no_site_profile(anna: Caller) -> None:
    """Many clients send null for what they leave out: other rules must not come of it."""
    old = anna.screens(PATIENT)
    nulls = dict.fromkeys(("as_of", "planned_start", "profile"))

    answer = anna.post(f"/v1/log/{old}/corrections", {"patient": PATIENT, **REASON, **nulls})

    assert {name: answer.json()[name] for name in QUERY} == QUERY


def test_the_same_key_for_another_entry_is_a_conflict(anna: Caller) -> None:
    one, other = anna.screens(MALE), anna.screens(MALE)

    answers = [
        anna.post(f"/v1/log/{number}/withdrawals", REASON, key=f"withdraw-{one}")
        for number in (one, other)
    ]

    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json()["code"] == "idempotency_conflict"


def test_what_is_withdrawn_stays_and_cannot_be_corrected(anna: Caller) -> None:
    old = anna.screens(MALE)

    withdrawn = anna.post(f"/v1/log/{old}/withdrawals", REASON)
    corrected = anna.post(f"/v1/log/{old}/corrections", {"patient": PATIENT, **REASON})

    assert (withdrawn.status_code, withdrawn.json()["decision"]) == (201, None)
    assert corrected.json()["code"] == "entry_superseded"
    assert anna.get(f"/v1/log/{old}").json()["about"] == [withdrawn.json()]


@pytest.mark.parametrize("end", ["reviews", "corrections", "withdrawals", "replay"])
def test_only_a_decision_can_be_spoken_of(anna: Caller, end: str) -> None:
    old = anna.screens(MALE)
    number = anna.post(f"/v1/log/{old}/withdrawals", REASON).json()["sequence"]
    bodies = {
        "reviews": {"criterion": "INCL08", "answer": "pass", "name": "Dr B", **REASON},
        "corrections": {"patient": PATIENT, **REASON},
        "withdrawals": REASON,
        "replay": PATIENT,
    }

    answer = anna.post(f"/v1/log/{number}/{end}", bodies[end])

    assert answer.status_code == 409
    assert answer.json()["code"] in ("not_a_decision", "not_for_judgement")
