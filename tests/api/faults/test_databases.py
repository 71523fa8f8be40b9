"""A served process whose database fails in mid run: each request is told so, and nothing acknowledged is missing."""

from __future__ import annotations

import resource
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from api.log.keys import create_key
from api.log.screening_log import open_log
from api.log_place import CHECKPOINTS, DATABASE, KEY, LogPlace, place_of
from api.settings import Settings
from tests.api.door.server import Server, running
from tests.log import postgresql

from .clients import FEW, SETTINGS, Clients, check, through, while_failing
from .spoiling import FULL, PROGRAM, READ_ONLY, spoiled

# An embedded log


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with closing(sqlite3.connect(folder / DATABASE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize(
    ("fault", "code", "least"),
    [
        (_locked, "log_locked", FEW),
        (lambda folder: spoiled(folder, FULL), "log_full", 1),
        (lambda folder: spoiled(folder, READ_ONLY), "log_read_only", FEW),
    ],
    ids=["locked", "full", "read-only"],
)
def test_an_embedded_log_that_fails_for_a_while(
    tmp_path: Path, fault: Callable[[Path], AbstractContextManager[None]], code: str, least: int
) -> None:
    folder = tmp_path / "data"
    place = place_of(Settings(data_folder=folder))
    with running(tmp_path, program=PROGRAM, **SETTINGS) as server:
        clients = through(server, place, fault(folder), code, reads=200)

    assert len(clients.refused) >= least


def test_a_file_that_may_not_grow_is_refused_in_the_middle_of_a_write(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running(tmp_path, **SETTINGS) as server:
        fault = _no_longer(server, folder / f"{DATABASE}-wal")
        place = place_of(Settings(data_folder=folder))
        clients = through(server, place, fault, "log_unavailable", reads=200)

    assert len(clients.refused) >= FEW


@contextmanager
def _no_longer(server: Server, file: Path) -> Iterator[None]:
    """No file of the process may be longer than this one is, and a part of a page."""
    limits = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    most = file.stat().st_size + 100
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (most, limits[1]))
    try:
        yield
    finally:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, limits)


def test_a_file_that_is_damaged_takes_nothing_and_the_copy_that_is_restored_has_everything(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "data"
    file, copy = folder / DATABASE, tmp_path / "copy"
    with running(tmp_path, **SETTINGS) as server:
        clients = Clients(server.port)
        clients.post_some("before")
        with closing(sqlite3.connect(file)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(file, copy)
        with file.open("r+b") as stream:
            stream.seek(4096)
            stream.write(b"\xa5" * (file.stat().st_size - 4096))
        while_failing(clients, reads=503)
        server.stops()
    assert clients.told() == {(503, "log_corrupt", True)}
    assert len(clients.acknowledged) == FEW

    for name in (f"{DATABASE}-wal", f"{DATABASE}-shm"):
        (folder / name).unlink(missing_ok=True)
    shutil.copy(copy, file)
    with running(tmp_path, **SETTINGS) as server:
        clients.port = server.port
        clients.wait_until_acknowledged("afterwards")
        clients.post_all_again()
        assert server.stops()
    check(server, LogPlace(f"sqlite:///{file}", folder / KEY, folder / CHECKPOINTS), clients)


# A team's log


@pytest.fixture(scope="module")
def own_server() -> Iterator[str]:
    """A PostgreSQL that may be stopped without anybody else's noticing."""
    if postgresql.programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgresql.server() as socket:
        with _at(socket) as server:
            server.execute("CREATE ROLE service LOGIN")
        yield socket


@pytest.fixture
def place(own_server: str, tmp_path: Path) -> LogPlace:
    """A log in it, and an account with no more than the documented rights."""
    with _at(own_server) as server:
        server.execute("DROP DATABASE IF EXISTS team WITH (FORCE)")
        server.execute("CREATE DATABASE team")
    owner = f"postgresql://log@/team?host={own_server}"
    open_log(owner, create_key(tmp_path / "key"), upgrade=True).close()
    with _at(own_server, "team") as server:
        server.execute("GRANT SELECT, INSERT ON entries, documents TO service")
        server.execute("GRANT SELECT ON log, alembic_version TO service")
        server.execute("GRANT SELECT, INSERT, UPDATE ON head TO service")
    return LogPlace(owner, tmp_path / "key", tmp_path / "marks")


def _given(place: LogPlace) -> dict[str, Any]:
    service = str(place.database).replace("log@", "service@")
    return {
        **SETTINGS, "LOG_DATABASE": service, "LOG_KEY_FILE": place.key_file,
        "LOG_CHECKPOINTS": place.checkpoints,
    }  # fmt: skip


@contextmanager
def _at(socket: str, database: str = "postgres") -> Iterator[psycopg.Connection[Any]]:
    where = f"host={socket} user=log dbname={database}"
    with closing(psycopg.connect(where, autocommit=True)) as server:
        yield server


@contextmanager
def _held(socket: str) -> Iterator[None]:
    """Another writer that does not come to its end."""
    with _at(socket, "team") as server, server.transaction():
        server.execute("SELECT pg_advisory_xact_lock(7206731140)")
        yield


@contextmanager
def _without_rights(socket: str) -> Iterator[None]:
    with _at(socket, "team") as server:
        server.execute("REVOKE INSERT ON entries FROM service")
        server.execute("REVOKE UPDATE ON head FROM service")
        yield
        server.execute("GRANT INSERT ON entries TO service")
        server.execute("GRANT UPDATE ON head TO service")


@contextmanager
def _raising(socket: str, condition: str) -> Iterator[None]:
    """The server says of every write what it says when it meets this condition itself."""
    with _at(socket, "team") as server:
        server.execute(
            "CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE {condition}; END $$".encode()
        )
        for table in ("entries", "head"):
            server.execute(
                f"CREATE TRIGGER fails BEFORE INSERT OR UPDATE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION fails()".encode()
            )
        yield
        server.execute("DROP FUNCTION fails() CASCADE")


@pytest.mark.parametrize(
    ("fault", "code", "reads"),
    [
        (postgresql.stopped, "log_unavailable", 503),
        (_held, "log_locked", 200),
        (_without_rights, "log_read_only", 200),
        (lambda socket: _raising(socket, "disk_full"), "log_full", 200),
        (lambda socket: _raising(socket, "data_corrupted"), "log_corrupt", 200),
    ],
    ids=["stopped", "locked", "read-only", "full", "corrupt"],
)
def test_a_teams_log_that_fails_for_a_while(
    own_server: str,
    place: LogPlace,
    tmp_path: Path,
    fault: Callable[[str], AbstractContextManager[None]],
    code: str,
    reads: int,
) -> None:
    with running(tmp_path, **_given(place)) as server:
        clients = through(server, place, fault(own_server), code, reads=reads)

    assert len(clients.refused) >= FEW


def test_a_server_that_is_stopped_while_many_post_loses_and_doubles_nothing(
    own_server: str, place: LogPlace, tmp_path: Path
) -> None:
    with running(tmp_path, WORKERS=2, **_given(place)) as server:
        clients = Clients(server.port)
        with ThreadPoolExecutor(4) as pool:
            posted = [pool.submit(clients.post, f"key-{number}") for number in range(120)]
            while len(clients.acknowledged) < 10:
                time.sleep(0.01)
            with postgresql.stopped(own_server):
                while not clients.refused:
                    time.sleep(0.01)
            for each in posted:
                each.result()
        assert {(status, says) for status, _, says in clients.told()} == {(503, True)}
        clients.wait_until_acknowledged("afterwards")
        clients.post_all_again()
        assert server.stops()

    assert len(clients.acknowledged) == 121
    check(server, place, clients)
