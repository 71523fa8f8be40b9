"""Processes that write one embedded log: each gets its turn, and nobody is kept from writing by who only waits."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from api.log import turns
from api.log.database import Database
from api.log.settings import LogSettings

from .conftest import Opener
from .drafts import decision


def test_processes_that_write_without_a_pause_take_turns(sqlite: str) -> None:
    """Whoever waits for its turn sees few commits of the other go by, and is never told that the log is locked."""
    both = [Database(sqlite), Database(sqlite)]
    with both[0].writing() as connection:
        connection.exec_driver_sql("CREATE TABLE turns (of_second INTEGER, taken INTEGER)")
        connection.exec_driver_sql("INSERT INTO turns VALUES (0, 0), (1, 0)")

    with ThreadPoolExecutor(2) as threads:
        missed = list(threads.map(_most_missed, both, (0, 1), (1, 0)))

    assert max(missed) < 20
    for each in both:
        each.close()


def test_a_line_that_somebody_stuck_stands_in_keeps_nobody_from_writing(
    open_sqlite: Opener, tmp_path: Path
) -> None:
    """It takes half of the time that is waited, and the database is then asked for the rest of it, not once."""
    log = open_sqlite(settings=LogSettings(wait_seconds=6))
    log.append(decision(1))
    stuck = os.open(tmp_path, os.O_RDONLY)
    with closing(sqlite3.connect(tmp_path / "log.db", isolation_level=None)) as other:
        fcntl.flock(stuck, fcntl.LOCK_EX)
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(1) as thread:
            waiting = thread.submit(log.append, decision(2))
            # By then the line was given up, and the database is asked again and again.
            time.sleep(3.5)
            other.execute("ROLLBACK")
            free = time.monotonic()

            assert waiting.result().entry.sequence == 2
            assert time.monotonic() - free < 2
    os.close(stuck)


def test_a_folder_that_cannot_be_opened_keeps_nobody_from_writing(
    open_sqlite: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = open_sqlite(settings=LogSettings(wait_seconds=0.2))
    monkeypatch.setattr(turns.os, "open", _refused)

    assert log.append(decision(1)).entry.sequence == 1


def _refused(*_: object) -> int:
    raise PermissionError


def _most_missed(database: Database, own: int, other: int) -> int:
    """The most turns of the other between two of one's own, while both take as many as they can."""
    seen = most = 0
    until = time.monotonic() + 2
    while time.monotonic() < until:
        with database.writing() as connection:
            connection.exec_driver_sql(
                "UPDATE turns SET taken = taken + 1 WHERE of_second = ?", (own,)
            )
            taken = connection.exec_driver_sql(
                "SELECT taken FROM turns WHERE of_second = ?", (other,)
            ).scalar_one()
            time.sleep(0.005)
        most, seen = max(most, taken - seen), taken
    return most
