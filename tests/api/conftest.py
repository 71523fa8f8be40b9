"""The service in this process, as whoever sits at the machine sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.log.keys import create_key
from api.log.screening_log import open_log
from api.settings import Settings
from api.words import Role
from tests.api.callers import Caller
from tests.api.door import identities as who
from tests.log.postgresql import new_postgresql


def client_of(service: FastAPI, *, peer: str = "127.0.0.1") -> TestClient:
    """A client that calls the service by a name of its own, from an address."""
    return TestClient(
        service,
        base_url="http://127.0.0.1:8000",
        client=(peer, 50_000),
        raise_server_exceptions=False,
        follow_redirects=False,
    )


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(data_folder=tmp_path_factory.mktemp("data"))
    with client_of(create_app(settings)) as client:
        yield client


def team_log(request: pytest.FixtureRequest, folder: Path) -> dict[str, Any]:
    """The settings of a new log on PostgreSQL."""
    url, key = new_postgresql(request.getfixturevalue("postgresql_socket")), folder / "key"
    open_log(url, create_key(key), upgrade=True).close()
    return {"log_database": url, "log_key_file": key, "log_checkpoints": folder / "marks"}


@pytest.fixture(params=["sqlite", "postgresql"])
def log_settings(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Any]:
    """Where a new log is; a test that takes it runs once with an embedded one, and once with a team's."""
    return {} if request.param == "sqlite" else team_log(request, tmp_path)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def callers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Caller]]:
    """People of several sites and roles, on either database."""
    folder = tmp_path_factory.mktemp("log")
    more = {} if request.param == "sqlite" else team_log(request, folder)
    settings = who.settings_with_both(folder, **more)
    store = who.store_of(settings)
    with client_of(create_app(settings)) as client:
        yield {
            **{role: Caller(client, who.key(store, role)) for role in Role},
            "abroad": Caller(client, who.key(store, Role.INVESTIGATOR, sites=(who.OTHER_SITE,))),
            "lyon": Caller(client, who.key(store, Role.READER, sites=("lyon",))),
        }
