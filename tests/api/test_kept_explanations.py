"""The explanation of a logged decision, asked for later: what was answered then, or plainly nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from api.app import create_app
from api.log import tables
from api.log.entry import sha256
from api.log_place import open_screening_log
from api.settings import Settings
from tests.api.conftest import client_of
from tests.api.test_replay import PATIENT, QUERY

ADDRESS = "/v1/log/{}/explanation"


@contextmanager
def served(folder: Path, **settings: Any) -> Iterator[tuple[TestClient, Settings]]:
    chosen = Settings(data_folder=folder, **settings)
    with client_of(create_app(chosen)) as client:
        yield client, chosen


def test_it_is_what_was_answered_and_hashed(tmp_path: Path, log_settings: dict[str, Any]) -> None:
    with served(tmp_path, log_keep_explanations=True, **log_settings) as (client, _):
        answered = client.post("/v1/screenings", params=QUERY, json=PATIENT).json()
        kept = client.get(ADDRESS.format(1))
        entry = client.get("/v1/log/1").json()

    assert kept.status_code == 200
    assert kept.headers["content-type"] == "application/json"
    assert sha256(kept.content) == entry["explanation_hash"]
    assert json.loads(kept.content) == {
        key: told for key, told in answered.items() if key != "entry"
    }


def test_what_is_not_kept_is_told_with_the_way_to_it(tmp_path: Path) -> None:
    with served(tmp_path) as (client, _):
        client.post("/v1/screenings", params=QUERY, json=PATIENT)
        answers = [client.get(ADDRESS.format(number)) for number in (1, 2)]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (404, "explanation_not_kept"),
        (404, "entry_not_found"),
    ]
    assert "replay" in answers[0].json()["hint"]


def test_an_entry_that_is_no_decision_has_none(tmp_path: Path) -> None:
    with served(tmp_path, log_keep_explanations=True) as (client, _):
        client.post("/v1/screenings", params=QUERY, json=PATIENT)
        reason = {"reason": "entered for the wrong patient"}
        assert client.post("/v1/log/1/withdrawals", json=reason).status_code == 201
        answer = client.get(ADDRESS.format(2))

    assert (answer.status_code, answer.json()["code"]) == (409, "not_a_decision")


def test_one_that_was_changed_is_never_given_out(
    tmp_path: Path, log_settings: dict[str, Any]
) -> None:
    with served(tmp_path, log_keep_explanations=True, **log_settings) as (client, settings):
        client.post("/v1/screenings", params=QUERY, json=PATIENT)
        log = open_screening_log(settings)
        with log.database.writing() as connection:
            table = "" if log.database.is_sqlite else " ON documents"
            connection.exec_driver_sql(f"DROP TRIGGER documents_no_update{table}")
            connection.execute(update(tables.documents).values(content=b'{"decision":"eligible"}'))
        log.close()
        answer = client.get(ADDRESS.format(1))

    assert (answer.status_code, answer.json()["code"]) == (503, "document_changed")
    assert "eligible" not in answer.text


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999999999999"])
def test_what_is_no_number_of_an_entry_is_refused(tmp_path: Path, number: str) -> None:
    with served(tmp_path, log_keep_explanations=True) as (client, _):
        answer = client.get(ADDRESS.format(number))

    assert answer.status_code in (404, 422)
