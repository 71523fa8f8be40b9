"""The service with its pages in this process: for this machine alone, and with keys and tokens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.settings import Settings
from tests.api.conftest import client_of, team_log
from tests.api.door import identities as who
from tests.pages.visitor import Visitor


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """Without identity: whoever sits at the machine."""
    service = create_app(Settings(data_folder=tmp_path_factory.mktemp("data")))
    with client_of(service):
        yield service


@pytest.fixture
def visitor(service: FastAPI) -> Visitor:
    """A new browser at this machine."""
    return Visitor(service)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Keys and tokens let people in."""
    return who.settings_with_both(tmp_path_factory.mktemp("identity"))


@pytest.fixture(scope="module")
def guarded(settings: Settings) -> Iterator[FastAPI]:
    """The service that asks who one is."""
    service = create_app(settings)
    with client_of(service):
        yield service


@pytest.fixture
def stranger(guarded: FastAPI) -> Visitor:
    """A new browser that nobody has signed in with."""
    return Visitor(guarded)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def full(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FastAPI]:
    """A log that keeps what was screened, on either database."""
    folder = tmp_path_factory.mktemp("full")
    where = {} if request.param == "sqlite" else team_log(request, folder)
    settings = Settings(
        data_folder=folder, log_keep_profiles=True, log_keep_explanations=True, **where
    )
    service = create_app(settings)
    with client_of(service):
        yield service


@pytest.fixture
def anna(full: FastAPI) -> Visitor:
    return Visitor(full)
