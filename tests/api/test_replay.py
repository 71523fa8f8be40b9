"""Replaying a logged decision: confirmed byte for byte, or plainly not, and why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import api.replay
from api.app import create_app
from api.settings import Settings
from eligibility.intake.template import example_profile
from tests.api.conftest import client_of

QUERY = {"as_of": "2026-11-21", "planned_start": "2026-12-01", "profile": "atezolizumab_p1"}
PATIENT = example_profile()


@pytest.fixture(params=[True, False], ids=["profiles kept", "not kept"])
def kept(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def client(tmp_path: Path, kept: bool, log_settings: dict[str, Any]) -> Iterator[TestClient]:
    settings = Settings(data_folder=tmp_path, log_keep_profiles=kept, **log_settings)
    with client_of(create_app(settings)) as client:
        assert client.post("/v1/screenings", params=QUERY, json=PATIENT).status_code == 200
        yield client


def replayed(client: TestClient, patient: Any = None) -> tuple[str, list[str]]:
    content = {} if patient is None else {"json": patient}
    found = client.post("/v1/log/1/replay", **content).json()
    return found["outcome"], [each["code"] for each in found["reasons"]]


def test_the_same_profile_confirms_the_decision(client: TestClient, kept: bool) -> None:
    stored = ("confirmed", []) if kept else ("cannot_be_confirmed", ["profile_not_kept"])

    assert replayed(client, PATIENT) == ("confirmed", [])
    assert replayed(client) == stored
    assert client.app.state.log_keeper.log.head.sequence == 1  # type: ignore[attr-defined]


def test_another_profile_confirms_nothing(client: TestClient) -> None:
    expected = ("cannot_be_confirmed", ["profile_differs"])

    assert replayed(client, {**PATIENT, "ecog": 2}) == expected
    assert replayed(client, {}) == expected


def test_what_is_no_profile_is_refused(client: TestClient) -> None:
    answer = client.post("/v1/log/1/replay", json={"ecog": "Canary"})

    assert answer.status_code == 422
    assert "Canary" not in answer.text


def test_other_rules_or_another_version_cannot_confirm(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.replay, "ENGINE_VERSION", "9.9.9")
    one = replayed(client, PATIENT)
    real = api.replay.screener_of
    monkeypatch.setattr(api.replay, "screener_of", lambda trial, _: real(trial, "shamrock_p3"))
    both = replayed(client, PATIENT)
    answer = client.post("/v1/log/1/replay", json=PATIENT).json()

    assert one == ("cannot_be_confirmed", ["engine_version_differs"])
    assert both == (
        "cannot_be_confirmed",
        ["engine_version_differs", "criteria_version_differs"],
    )
    assert answer["says"].startswith("The decision cannot be confirmed because it was decided by")


def test_a_trial_that_is_gone_cannot_confirm(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = api.replay.screener_of
    monkeypatch.setattr(api.replay, "screener_of", lambda trial, _: real(trial, "no_more"))

    assert replayed(client, PATIENT) == ("cannot_be_confirmed", ["criteria_gone"])


def test_another_explanation_from_the_same_is_said_and_told_to_the_operator(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    real = api.replay.to_document
    monkeypatch.setattr(api.replay, "to_document", lambda one: {**real(one), "headline": "other"})
    monkeypatch.setattr(api.replay, "log", lambda event, *_, **__: told.append(event))

    assert replayed(client, PATIENT) == ("differs", ["explanation_differs"])
    assert told == ["replay_differs"]
