"""A database that falls silent: whoever waits is told, readiness says so, and the end of the service comes."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.log import answering, screening_log, writer
from api.log.database import Database
from api.log.errors import LogUnavailable
from api.log.keys import LogKey, create_key
from api.log.reading import Search
from api.log.screening_log import ScreeningLog, open_log
from api.log.verify import verify
from tests.api.door.server import running
from tests.api.faults.posting import patient, request_of

from .conftest import new_postgresql
from .drafts import SITE, decision
from .proxy import Proxy, proxied


@pytest.fixture
def direct(postgresql_socket: str) -> str:
    return new_postgresql(postgresql_socket)


@pytest.fixture
def network(postgresql_socket: str, direct: str) -> Iterator[tuple[Proxy, str]]:
    with proxied(postgresql_socket, direct) as found:
        yield found


def test_a_silent_connection_is_given_up_and_the_log_goes_on(
    network: tuple[Proxy, str], direct: str, key: LogKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "ANSWER_SECONDS", 3.0)
    monkeypatch.setattr(answering, "IDLE_SECONDS", 1.0)  # else its transaction kept the lock
    proxy, url = network
    log = open_log(url, key, upgrade=True)
    log.append(decision(1, idempotency_key="1"))
    proxy.swallow_at(b"INSERT INTO entries")

    with pytest.raises(LogUnavailable):
        log.submit(decision(2, idempotency_key="2")).result(timeout=20)
    again = log.submit(decision(2, idempotency_key="2")).result(timeout=20)
    proxy.swallow()  # now those that lie idle
    third = log.submit(decision(3)).result(timeout=20)
    read = log.reader.search(Search(sites=(SITE,))).entries
    log.close()

    assert (again.entry.sequence, third.entry.sequence, len(read)) == (2, 3, 3)
    database = Database(direct)
    assert verify(database, key, checkpoints=None).is_intact
    database.close()


def test_readers_of_silent_connections_are_told(
    network: tuple[Proxy, str], key: LogKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "ANSWER_SECONDS", 1.0)
    proxy, url = network
    log = open_log(url, key, upgrade=True)
    began = time.monotonic()
    with pytest.raises(LogUnavailable):
        _read_while(proxy, log)

    assert time.monotonic() - began < 10
    assert log.reader.search(Search(sites=(SITE,))).entries == ()
    log.close()


def test_who_looks_through_the_whole_log_may_take_longer_than_others(
    direct: str, key: LogKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "STATEMENT_SECONDS", 0.2)
    monkeypatch.setattr(answering, "ANSWER_SECONDS", 0.4)
    database = Database(direct)
    database.open(upgrade=True)
    slow = "SELECT pg_sleep(0.6)"

    with database.studying() as connection:
        connection.exec_driver_sql(slow)
    with pytest.raises(LogUnavailable) as refused, database.reading() as connection:
        connection.exec_driver_sql(slow)  # the next one on the same connection may not

    assert refused.value.code == "log_too_slow"
    assert verify(database, key, checkpoints=None).is_intact
    database.close()


def test_while_a_commit_hangs_the_log_is_not_writable_and_closing_ends(
    network: tuple[Proxy, str], key: LogKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "ANSWER_SECONDS", 6.0)
    monkeypatch.setattr(screening_log, "_SLOW_SECONDS", 0.3)
    monkeypatch.setattr(writer, "_STUCK_SECONDS", 0.5)
    proxy, url = network
    log = open_log(url, key, upgrade=True)
    log.append(decision(1))
    proxy.swallow_at(b"INSERT INTO entries")
    running_one = log.submit(decision(2))
    while log.waiting:
        time.sleep(0.01)
    behind = log.submit(decision(3))
    time.sleep(0.4)

    with pytest.raises(LogUnavailable) as refused:
        log.check_writable()
    began = time.monotonic()
    with pytest.raises(LogUnavailable) as left:
        log.close()

    assert {refused.value.code, left.value.code} == {"log_not_answering"}
    assert time.monotonic() - began < 4
    assert isinstance(behind.exception(timeout=0), LogUnavailable)
    assert isinstance(running_one.exception(timeout=20), LogUnavailable)


def test_the_service_is_not_ready_and_ends_when_it_is_told_to(
    network: tuple[Proxy, str], direct: str, tmp_path: Path
) -> None:
    proxy, url = network
    key_file = tmp_path / "key"
    open_log(direct, create_key(key_file), upgrade=True).close()
    given = {"LOG_DATABASE": url, "LOG_KEY_FILE": key_file, "SHUTDOWN_SECONDS": 2}
    with running(tmp_path, **given) as server:
        first = _ask(server.port, request_of(patient("1"), "1"))
        proxy.swallow()
        with server.connect(30) as waiting:
            waiting.sendall(request_of(patient("2"), "2"))
            time.sleep(7)
            ready = _ask(server.port, b"GET /ready HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
            began = time.monotonic()
            server.stops()
            took = time.monotonic() - began

    assert (first, ready) == (200, 503)
    assert took < 25


def _read_while(proxy: Proxy, log: ScreeningLog) -> None:
    with log.database.reading() as connection:
        proxy.swallow()
        connection.exec_driver_sql("SELECT 1")


def _ask(port: int, request: bytes) -> int:
    """The status of one answer, read whole."""
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        connection.sendall(request)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        answer.read()
        return answer.status
