"""Logs to test with: each database from its own factory, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.log.keys import LogKey
from api.log.screening_log import ScreeningLog, open_log

from .postgresql import new_postgresql

Opener = Callable[..., ScreeningLog]


@pytest.fixture(scope="session")
def key() -> LogKey:
    return LogKey(b"a key of the tests, 32 bytes long")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new, empty database; a test that takes it runs once on each."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    return new_postgresql(request.getfixturevalue("postgresql_socket"))


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    return sqlite_url(tmp_path)


@pytest.fixture
def open_it(url: str, key: LogKey) -> Iterator[Opener]:
    """Opens the log of `url`; what a test leaves open is closed."""
    yield from _opener(url, key)


@pytest.fixture
def open_sqlite(sqlite: str, key: LogKey) -> Iterator[Opener]:
    yield from _opener(sqlite, key)


@pytest.fixture
def log(open_it: Opener) -> ScreeningLog:
    return open_it()


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'log.db'}"


def _opener(url: str, key: LogKey) -> Iterator[Opener]:
    opened: list[ScreeningLog] = []

    def open_it(**more: Any) -> ScreeningLog:
        opened.append(open_log(url, key, **{"upgrade": True, **more}))
        return opened[-1]

    yield open_it
    for each in opened:
        each.close()
