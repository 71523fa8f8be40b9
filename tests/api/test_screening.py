"""A screening over HTTP: durable before it is answered, once per idempotency key; what fails is not acknowledged."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

import api.days
import api.decisions
from api.app import create_app
from api.log.database import Database
from api.log.drafts import document_bytes
from api.log.entry import sha256
from api.log.errors import LogBusy
from api.log.reading import LogReader, Search
from api.log.screening_log import ScreeningLog
from api.log.verify import verify
from api.log_place import place_of
from api.settings import Settings
from eligibility.intake.template import example_profile
from eligibility.protocol.library import trial_ids
from eligibility.screening.model import Alarm
from tests.api.conftest import client_of

QUERY = {"as_of": "2026-11-21", "planned_start": "2026-12-01", "profile": "atezolizumab_p1"}
PATIENT = {**example_profile(), "screening_id": "S-100"}


@contextmanager
def served(folder: Path, **settings: Any) -> Iterator[TestClient]:
    with client_of(create_app(Settings(data_folder=folder, **settings))) as client:
        yield client


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with served(tmp_path) as client:
        yield client


@pytest.fixture
def either(tmp_path: Path, log_settings: dict[str, Any]) -> Iterator[TestClient]:
    """With a log on either database."""
    with served(tmp_path, **log_settings) as client:
        yield client


def screened(
    client: TestClient, key: str | None = None, patient: Any = PATIENT, **query: Any
) -> Any:
    headers = {"idempotency-key": key} if key else {}
    return client.post("/v1/screenings", params={**QUERY, **query}, json=patient, headers=headers)


def log_of(client: TestClient) -> ScreeningLog:
    log: ScreeningLog = client.app.state.log_keeper.log  # type: ignore[attr-defined]
    return log


def test_the_answer_says_where_the_decision_stands_in_the_log(client: TestClient) -> None:
    answer = screened(client)

    entry = answer.json()["entry"]
    logged = log_of(client).reader.entry(entry["sequence"], sites=("local",))
    explanation = answer.content.partition(b',"entry":')[0] + b"}"
    assert (logged.decision, logged.trial, logged.actor) == ("eligible", "NCT06731140", "local")
    assert entry == {
        "sequence": 1,
        "id": logged.entry_id,
        "recorded_at": logged.recorded_at,
        "input_hash": sha256(document_bytes(PATIENT)),
        "explanation_hash": sha256(explanation),
        "entry_hash": logged.entry_hash,
    }


def test_a_decision_is_answered_only_after_it_is_durable(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = log_of(client)
    before = log.head.sequence
    monkeypatch.setattr(log, "submit", lambda _: _failed())

    answer = screened(client)

    assert (answer.status_code, log.head.sequence) == (503, before)


def _failed() -> Future[Any]:
    from api.log.errors import LogUnavailable  # noqa: PLC0415 - beside its only use

    failed: Future[Any] = Future()
    failed.set_exception(LogUnavailable("the commit failed"))
    return failed


def test_the_same_key_and_request_bring_the_same_bytes_and_one_entry(either: TestClient) -> None:
    first, second = screened(either, "key-1"), screened(either, "key-1")
    other = screened(either, "key-2")

    assert (first.status_code, first.content) == (200, second.content)
    assert other.json()["entry"]["sequence"] == 2
    assert log_of(either).head.sequence == 2


def test_spaces_and_the_order_of_fields_make_no_other_request(client: TestClient) -> None:
    first = screened(client, "key-1")
    spelled = json.dumps(dict(reversed(PATIENT.items())), indent=3)

    again = client.post(
        "/v1/screenings", params=QUERY, content=spelled, headers={"idempotency-key": "key-1"}
    )

    assert again.content == first.content


@pytest.mark.parametrize(
    ("patient", "query"),
    [({**PATIENT, "sex": "male"}, {}), (PATIENT, {"planned_start": "2026-12-02"}),
     (PATIENT, {"as_of": "2026-11-20"}), (PATIENT, {"profile": "shamrock_p3"})],
    ids=["patient", "start", "day", "site profile"],
)  # fmt: skip
def test_the_same_key_with_another_request_is_a_conflict(
    either: TestClient, patient: Any, query: dict[str, str]
) -> None:
    screened(either, "key-1")

    answer = screened(either, "key-1", patient, **query)

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_conflict")
    assert log_of(either).head.sequence == 1


def test_a_repeated_request_without_a_date_is_answered_as_of_its_first_day(
    either: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sent() -> Any:
        return either.post("/v1/screenings", json=PATIENT, headers={"idempotency-key": "k"})

    first = sent()
    _the_clock_says(monkeypatch, "2031-01-01")
    second = sent()

    assert second.content == first.content
    without_a_key = either.post("/v1/screenings", json=PATIENT)
    assert without_a_key.json()["as_of"] == "2031-01-01"


def _the_clock_says(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    class Clock:
        @staticmethod
        def now(zone: tzinfo) -> datetime:
            return datetime.fromisoformat(day).replace(hour=12, tzinfo=zone)

    monkeypatch.setattr(api.days, "datetime", Clock)


@pytest.mark.parametrize("kept", [False, True])
def test_after_a_change_of_the_rules_a_repeated_answer_is_the_old_one_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: bool, log_settings: dict[str, Any]
) -> None:
    with served(tmp_path, log_keep_explanations=kept, **log_settings) as client:
        first = screened(client, "key-1")
        real = api.decisions.to_document
        monkeypatch.setattr(
            api.decisions, "to_document", lambda told: {**real(told), "headline": "other words"}
        )

        second = screened(client, "key-1")

    if kept:
        assert second.content == first.content
    else:
        assert (second.status_code, second.json()["code"]) == (409, "answer_not_repeatable")


def test_two_posts_of_one_key_at_once_are_one_decision(either: TestClient) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: screened(either, "key-1"), range(8)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert log_of(either).head.sequence == 1


@pytest.mark.parametrize("key", ["", "with space", "ä", "x" * 129])
def test_a_key_that_is_none_is_refused(client: TestClient, key: str) -> None:
    answer = client.post(
        "/v1/screenings", json={}, headers=[(b"idempotency-key", key.encode("latin-1"))]
    )

    assert answer.status_code == 422
    assert key == "" or key not in answer.text


def test_two_keys_of_one_request_are_refused(client: TestClient) -> None:
    headers = [("idempotency-key", "a"), ("idempotency-key", "b")]

    answer = client.post("/v1/screenings", json={}, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_twice")


def test_an_alarm_decides_nothing_and_is_told(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from eligibility.screening import screen as module  # noqa: PLC0415 - patched here only

    told: list[dict[str, Any]] = []
    monkeypatch.setattr(
        api.decisions, "log", lambda event, _, **more: told.append({"event": event, **more})
    )
    monkeypatch.setattr(
        module.Screener,
        "_screen_by_rules",
        lambda self, engine, findings, anchors: module._undetermined(
            module.screen_by_reference(self.compiled, findings, anchors),
            Alarm("engines_disagree", "they differ"),
        ),
    )

    answer = screened(client).json()

    assert (answer["decision"], answer["alarm"]["code"]) == ("undetermined", "engines_disagree")
    assert told == [{"event": "engine_alarm", "code": "engines_disagree"}]
    assert log_of(client).head.sequence == 1


# What happens to the log, and what a client is told then.


def _locked(folder: Path, client: TestClient) -> Any:
    other = sqlite3.connect(folder / "screening-log.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


def _full(folder: Path, client: TestClient) -> Any:
    with log_of(client).database._writing.begin() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    return None


def _read_only(folder: Path, client: TestClient) -> Any:
    with log_of(client).database._writing.begin() as connection:
        connection.execute(text("PRAGMA query_only = ON"))
    return None


@pytest.mark.parametrize(
    ("spoil", "code"),
    [(_locked, "log_locked"), (_full, "log_full"), (_read_only, "log_read_only")],
    ids=["locked", "full", "read-only"],
)
def test_a_log_that_cannot_be_written_acknowledges_nothing(
    tmp_path: Path, spoil: Callable[[Path, TestClient], Any], code: str
) -> None:
    with served(tmp_path, log_wait_seconds=0.05) as client:
        acknowledged = [screened(client, "first").json()["entry"]["id"]]
        other = spoil(tmp_path, client)
        answers = [screened(client, f"key-{number}") for number in range(30)]
        refused = [answer for answer in answers if answer.status_code != 200]
        acknowledged += [each.json()["entry"]["id"] for each in answers if each not in refused]
        if other:
            other.close()

    assert refused
    assert {(each.status_code, each.json()["code"]) for each in refused} == {(503, code)}
    assert all(each.headers["retry-after"] for each in refused)
    assert _logged(tmp_path) == acknowledged


def _logged(folder: Path) -> list[str]:
    """The ids of all decisions, from a log that was found intact."""
    place = place_of(Settings(data_folder=folder))
    database = Database(place.database)
    with closing(database):
        assert verify(database, place.key(), checkpoints=None).is_intact
        asked = Search(sites=("local",), oldest_first=True)
        return [entry.entry_id for entry in LogReader(database, place.key()).every(asked)]


def test_a_full_queue_is_told_with_when_to_come_back(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_: object) -> None:
        raise LogBusy("2000 entries wait to be written; this one was not taken")

    monkeypatch.setattr(log_of(client), "submit", busy)

    answer = screened(client)

    assert (answer.status_code, answer.json()["code"]) == (503, "log_busy")
    assert answer.headers["retry-after"] == "1"


# Every trial


def test_every_trial_has_its_own_result_and_entry(either: TestClient) -> None:
    query = {"as_of": "2026-11-21", "profiles": "nct06731140:atezolizumab_p1"}

    first = either.post(
        "/v1/screenings/all-trials", params=query, json=PATIENT, headers={"idempotency-key": "k"}
    )
    again = either.post(
        "/v1/screenings/all-trials", params=query, json=PATIENT, headers={"idempotency-key": "k"}
    )

    results = first.json()["results"]
    assert [each["trial"] for each in results] == trial_ids()
    assert results[0]["profile"] == "atezolizumab_p1"
    assert [each["entry"]["sequence"] for each in results] == list(range(1, len(results) + 1))
    assert again.content == first.content
    assert log_of(either).head.sequence == len(results)


@pytest.mark.parametrize(
    ("profiles", "status"),
    [("atezolizumab_p1", 422), ("NCT06731140:none", 404), ("NCT1:x", 404),
     ("NCT06731140:atezolizumab_p1,nct06731140:shamrock_p3", 422)],
)  # fmt: skip
def test_site_profiles_that_do_not_fit_are_refused_before_anything_is_screened(
    client: TestClient, profiles: str, status: int
) -> None:
    answer = client.post("/v1/screenings/all-trials", params={"profiles": profiles}, json=PATIENT)

    assert answer.status_code == status
    assert log_of(client).head.sequence == 0
