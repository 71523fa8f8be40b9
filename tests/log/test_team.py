"""What only a server has: accounts with few rights, connections that break."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from api.log.database import Database
from api.log.errors import LogError, LogUnavailable
from api.log.keys import LogKey
from api.log.reading import Search
from api.log.screening_log import ScreeningLog, open_log
from api.log.settings import LogSettings
from api.log.verify import verify

from .conftest import new_postgresql
from .drafts import SITE, decision

# As docs/how-to/keep-the-screening-log.md has it.
_GRANTS = (
    "GRANT SELECT, INSERT ON entries, documents TO service",
    "GRANT SELECT ON log, alembic_version TO service",
    "GRANT SELECT, INSERT, UPDATE ON head TO service",
)


@pytest.fixture
def url(postgresql_socket: str, key: LogKey) -> str:
    made = new_postgresql(postgresql_socket)
    open_log(made, key, upgrade=True).close()
    return made


@pytest.fixture
def log(url: str, key: LogKey) -> Iterator[ScreeningLog]:
    opened = open_log(url, key, settings=LogSettings(batch_size=4))
    yield opened
    opened.close()


def test_the_service_needs_no_more_than_the_documented_rights(url: str, key: LogKey) -> None:
    owner = Database(url)
    with owner.writing() as connection:
        found = connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = 'service'")
        if found.first() is None:
            connection.exec_driver_sql("CREATE ROLE service LOGIN")
        for grant in _GRANTS:
            connection.exec_driver_sql(grant)
    owner.close()

    log = open_log(url.replace("log@", "service@"), key, settings=LogSettings(keep_profiles=True))
    log.append(decision(1, idempotency_key="k", profile_document=None))
    assert verify(log.database, key, checkpoints=None).is_intact
    with (
        pytest.raises(LogUnavailable, match="may only be read"),
        log.database.writing() as connection,
    ):
        connection.exec_driver_sql("DROP TRIGGER entries_no_delete ON entries")
    log.close()


@pytest.mark.parametrize("statement", ["TRUNCATE entries CASCADE", "TRUNCATE documents, log"])
def test_the_owner_cannot_empty_the_log_by_accident(log: ScreeningLog, statement: str) -> None:
    with pytest.raises(LogError), log.database.writing() as connection:
        connection.exec_driver_sql(statement)


def test_connections_that_break_lose_and_double_nothing(
    log: ScreeningLog, url: str, key: LogKey
) -> None:
    """Whoever is told nothing asks again with the same key, as a client does."""
    is_done = threading.Event()
    breaker = threading.Thread(target=_break, args=(url, is_done))
    breaker.start()
    failures = 0
    acknowledged: dict[int, int] = {}
    while len(acknowledged) < 300 or failures < 3:
        number = len(acknowledged)
        try:
            entry = log.append(decision(number, idempotency_key=f"k{number}")).entry
        except LogUnavailable:
            failures += 1
            continue
        acknowledged[number] = entry.sequence
    is_done.set()
    breaker.join()

    found = verify(log.database, key, checkpoints=None)
    assert (found.faults, found.entries) == ([], len(acknowledged))
    numbers = [entry.sequence for entry in log.reader.every(Search(sites=(SITE,)))]
    assert sorted(numbers) == sorted(acknowledged.values())


def _break(url: str, is_done: threading.Event) -> None:
    """Ends every connection to the database but its own, again and again."""
    with psycopg.connect(url, autocommit=True) as server:
        while not is_done.is_set():
            time.sleep(0.05)
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def test_the_servers_own_defaults_do_not_weaken_the_log(url: str, key: LogKey) -> None:
    owner = Database(url)
    with owner.writing() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
        for setting in (
            "default_transaction_isolation = 'repeatable read'",
            "default_transaction_read_only = on",
            "synchronous_commit = off",
        ):
            connection.exec_driver_sql(f"ALTER DATABASE {name} SET {setting}")
    owner.close()
    logs = [open_log(url, key) for _ in range(2)]

    futures = [logs[number % 2].submit(decision(number)) for number in range(60)]

    assert sorted(future.result().entry.sequence for future in futures) == list(range(1, 61))
    with logs[0].database.writing() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"
    for log in logs:
        log.close()


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="pg_dump is not installed")
def test_a_dump_that_is_restored_is_the_same_log(
    log: ScreeningLog, postgresql_socket: str, key: LogKey, tmp_path: Path
) -> None:
    """As docs/how-to/keep-the-screening-log.md has it; triggers and their function come back too."""
    for number in range(20):
        log.append(decision(number))
    name, dump = str(log.database.url.database), tmp_path / "copy.dump"
    server = ["--host", postgresql_socket, "--username", "log"]
    with psycopg.connect(
        f"host={postgresql_socket} user=log dbname=postgres", autocommit=True
    ) as admin:
        admin.execute(f"CREATE DATABASE {name}_restored".encode())
    for command in (
        ["pg_dump", *server, "--format=custom", f"--file={dump}", name],
        ["pg_restore", *server, f"--dbname={name}_restored", dump],
    ):
        subprocess.run(command, check=True, timeout=60)

    restored = f"postgresql://log@/{name}_restored?host={postgresql_socket}"
    again = open_log(restored, key)
    again.append(decision(99))
    found = verify(again.database, key, checkpoints=None)
    again.close()

    assert (found.faults, found.entries) == ([], 21)
