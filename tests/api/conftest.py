"""The service in this process, as whoever sits at the machine sees it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from api.words import Role
from tests.api.callers import Caller
from tests.api.door import identities as who


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


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Caller]]:
    settings = who.settings_with_both(tmp_path_factory.mktemp("log"))
    store = who.store_of(settings)
    with client_of(create_app(settings)) as client:
        yield {
            **{role: Caller(client, who.key(store, role)) for role in Role},
            "abroad": Caller(client, who.key(store, Role.INVESTIGATOR, sites=(who.OTHER_SITE,))),
            "lyon": Caller(client, who.key(store, Role.READER, sites=("lyon",))),
        }
