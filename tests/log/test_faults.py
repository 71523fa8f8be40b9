"""A database that is full, locked, read-only, damaged, gone, older or newer: an error, and nothing lost."""

from __future__ import annotations

import os
import sqlite3
import time
import traceback
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from api.log.checkpoints import Checkpoints
from api.log.database import Database
from api.log.entry import sha256
from api.log.errors import LogDamaged, LogError, LogSettingsError, LogUnavailable
from api.log.keys import LogKey
from api.log.screening_log import ScreeningLog, open_log
from api.log.settings import LogSettings
from api.log.upkeep import accept_restored, back_up
from api.log.verify import verify

from .conftest import Opener, sqlite_url
from .drafts import decision

_QUICK = LogSettings(wait_seconds=0.2)


def _fill(log: ScreeningLog, count: int, start: int = 0) -> int:
    for number in range(start, start + count):
        log.append(decision(number))
    return log.head.sequence


def test_a_full_disk_loses_nothing_and_the_log_goes_on(open_sqlite: Opener, key: LogKey) -> None:
    log = open_sqlite(settings=LogSettings(batch_size=10))
    written = _fill(log, 20)
    with log.database._writing.begin() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages + 2}"))

    futures = [log.submit(decision(100 + number)) for number in range(500)]
    faults = [future.exception() for future in futures]
    written += faults.count(None)
    full = next(fault for fault in faults if fault is not None)

    assert isinstance(full, LogUnavailable)
    assert full.code == "log_full"
    found = verify(log.database, key, checkpoints=None)
    assert (found.faults, found.entries) == ([], written)
    with log.database._writing.begin() as connection:
        connection.execute(text(f"PRAGMA max_page_count = {pages + 10_000}"))
    assert log.append(decision(999)).entry.sequence == written + 1


def test_a_locked_database_is_waited_for_no_longer_than_set(
    open_sqlite: Opener, tmp_path: Path
) -> None:
    log = open_sqlite(settings=_QUICK)
    _fill(log, 1)
    with closing(sqlite3.connect(tmp_path / "log.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()

        with pytest.raises(LogUnavailable) as locked:
            log.append(decision(2))

        assert time.monotonic() - began < 2
        other.execute("ROLLBACK")
    assert locked.value.code == "log_locked"
    assert log.append(decision(2)).entry.sequence == 2


def test_a_lock_of_another_writer_is_waited_for_on_postgresql(
    postgresql_socket: str, key: LogKey
) -> None:
    from .conftest import new_postgresql  # noqa: PLC0415

    url = new_postgresql(postgresql_socket)
    log = open_log(url, key, settings=_QUICK, upgrade=True)
    other = Database(url)
    with other.writing(), pytest.raises(LogUnavailable) as locked:
        log.append(decision(1))

    assert locked.value.code == "log_locked"
    assert log.append(decision(1)).entry.sequence == 1
    log.close()
    other.close()


def test_reading_goes_on_while_another_writes(open_it: Opener) -> None:
    log = open_it()
    _fill(log, 1)
    with log.database.writing():
        assert log.reader.entry(1, sites=["site-1"]).sequence == 1


def test_a_read_only_database_is_said_to_be_so(sqlite: str, key: LogKey, tmp_path: Path) -> None:
    log = open_log(sqlite, key, settings=_QUICK)
    _fill(log, 2)
    with log.database._writing.begin() as connection:
        connection.execute(text("PRAGMA query_only = ON"))

    with pytest.raises(LogUnavailable) as refused:
        log.append(decision(3))

    assert refused.value.code == "log_read_only"
    log.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write every file")
def test_a_file_without_permission_to_write(sqlite: str, key: LogKey, tmp_path: Path) -> None:
    open_log(sqlite, key).close()
    (tmp_path / "log.db").chmod(0o400)

    log = open_log(sqlite, key, settings=_QUICK)
    with pytest.raises(LogUnavailable) as refused:
        log.append(decision(1))
    assert refused.value.code == "log_read_only"
    log.close()


def test_an_account_that_may_only_read_is_said_to_be_so(
    postgresql_socket: str, key: LogKey
) -> None:
    from .conftest import new_postgresql  # noqa: PLC0415

    url = new_postgresql(postgresql_socket)
    open_log(url, key, upgrade=True).close()
    owner = Database(url)
    with owner.writing() as connection:
        for statement in (
            "CREATE ROLE reader LOGIN",
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader",
        ):
            connection.exec_driver_sql(statement)
    owner.close()

    log = open_log(url.replace("log@", "reader@"), key, upgrade=False)
    with pytest.raises(LogUnavailable) as refused:
        log.append(decision(1))
    assert refused.value.code == "log_read_only"
    log.close()


@pytest.mark.parametrize("page", range(2, 12, 3))
def test_a_corrupt_page_is_found_and_nothing_is_written_on_it(
    sqlite: str, key: LogKey, tmp_path: Path, page: int
) -> None:
    log = open_log(sqlite, key)
    _fill(log, 60)
    log.close()
    path = tmp_path / "log.db"
    content = bytearray(path.read_bytes())
    content[page * 4096 : page * 4096 + 4096] = b"\xa5" * 4096
    path.write_bytes(content)

    database = Database(sqlite)
    try:
        codes = {fault.code for fault in verify(database, key, checkpoints=None).faults}
    except LogDamaged as error:
        codes = {error.code}
    finally:
        database.close()
    assert "log_corrupt" in codes


@pytest.mark.parametrize(
    "content", [b"", b"this is no database at all" * 200], ids=["empty", "text"]
)
def test_a_file_that_is_no_log_is_never_taken_for_one(
    sqlite: str, key: LogKey, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "log.db").write_bytes(content)

    with pytest.raises(LogError) as refused:
        open_log(sqlite, key, upgrade=False)
    assert refused.value.code in ("log_schema_missing", "log_corrupt")


def test_an_empty_database_where_the_checkpoints_know_of_entries_is_refused(
    key: LogKey, tmp_path: Path
) -> None:
    """The file was deleted: a new one is made, but not silently taken for the log."""
    marks = tmp_path / "marks"
    log = open_log(sqlite_url(tmp_path), key, checkpoints=marks)
    _fill(log, 3)
    log.close()
    (tmp_path / "log.db").unlink()

    with pytest.raises(LogDamaged) as refused:
        open_log(sqlite_url(tmp_path), key, checkpoints=marks)
    assert refused.value.code == "checkpoints_of_other_log"


def test_a_server_that_is_not_there(key: LogKey, tmp_path: Path) -> None:
    with pytest.raises(LogUnavailable) as refused:
        open_log(f"postgresql://log@/none?host={tmp_path}", key, settings=_QUICK)

    assert refused.value.code == "log_unavailable"
    assert str(tmp_path) not in str(refused.value)


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///:memory:", "mysql://x/y", "nonsense"])
def test_a_database_that_cannot_be_a_log_is_refused(url: str, key: LogKey) -> None:
    with pytest.raises(LogSettingsError, match="not named as it must be"):
        open_log(url, key)


def test_sqlite_is_set_to_lose_nothing(open_sqlite: Opener) -> None:
    log = open_sqlite()
    with log.database._writing.begin() as connection:
        said = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
        tables = connection.execute(text("PRAGMA table_list")).all()

    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    strict = {row.name for row in tables if row.strict}
    assert strict == {"entries", "documents", "head", "log"}


def test_a_backup_made_while_writing_is_a_whole_log(
    open_sqlite: Opener, key: LogKey, tmp_path: Path
) -> None:
    log = open_sqlite()
    _fill(log, 50)
    futures = [log.submit(decision(100 + number)) for number in range(200)]

    back_up(log.database, tmp_path / "backup.db")

    for future in futures:
        future.result()
    copy = Database(f"sqlite:///{tmp_path / 'backup.db'}")
    found = verify(copy, key, checkpoints=None)
    copy.close()
    assert found.is_intact
    assert 50 <= found.entries <= 250
    with pytest.raises(LogSettingsError, match="there already"):
        back_up(log.database, tmp_path / "backup.db")


def test_a_backup_ends_however_much_is_written_meanwhile(
    sqlite: str, key: LogKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite begins a copy anew when somebody has committed between two of its steps."""
    log = open_log(sqlite, key, settings=LogSettings(keep_explanations=True))
    large = b"x" * 1_000_000
    for number in range(10):
        log.append(decision(number, explanation_document=large, explanation_hash=sha256(large)))
    steps: list[int] = []

    class WrittenMeanwhile(sqlite3.Connection):
        def backup(self, target: sqlite3.Connection, **how: Any) -> None:
            def write(*_: int) -> None:
                steps.append(len(steps))
                assert len(steps) < 50, "it does not come to its end"
                log.append(decision(100 + len(steps)))

            super().backup(target, progress=write, **how)

    connect = partial(sqlite3.connect, factory=WrittenMeanwhile)
    with monkeypatch.context() as busy:
        busy.setattr("api.log.upkeep.sqlite3.connect", connect)
        back_up(log.database, tmp_path / "b.db")

    assert steps
    copy = Database(f"sqlite:///{tmp_path / 'b.db'}")
    found = verify(copy, key, checkpoints=None)
    copy.close()
    assert found.is_intact
    assert 10 <= found.entries <= 10 + len(steps)


def test_after_a_restore_the_log_goes_on_and_tells_what_is_lost(
    sqlite: str, key: LogKey, tmp_path: Path
) -> None:
    marks = tmp_path / "marks"
    log = open_log(sqlite, key, checkpoints=marks)
    _fill(log, 5)
    log.checkpoint()
    back_up(log.database, tmp_path / "backup.db")
    _fill(log, 3, start=5)
    log.close()
    for name in ("log.db", "log.db-wal", "log.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "backup.db").rename(tmp_path / "log.db")

    with pytest.raises(LogDamaged, match="gone or changed"):
        open_log(sqlite, key, checkpoints=marks)
    database = Database(sqlite)
    accept_restored(database, key, Checkpoints(marks, key), reason="the disk failed")
    database.close()
    log = open_log(sqlite, key, checkpoints=marks)
    assert log.append(decision(9)).entry.sequence == 6
    log.checkpoint()

    found = verify(log.database, key, checkpoints=Checkpoints(marks, key))
    log.close()
    assert found.is_intact
    assert any("entries up to 8 were lost: the disk failed" in note for note in found.notes)


def test_a_new_database_is_its_owners_alone(open_sqlite: Opener, tmp_path: Path) -> None:
    log = open_sqlite()
    _fill(log, 1)

    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("log.db*")}
    assert set(modes.values()) == {0o600}
    assert "log.db-wal" in modes


def test_a_folder_that_is_not_there(key: LogKey, tmp_path: Path) -> None:
    with pytest.raises(LogUnavailable):
        open_log(f"sqlite:///{tmp_path / 'none' / 'log.db'}", key)


@pytest.mark.parametrize(
    "wrong",
    [{"queue_size": 0}, {"batch_size": 20_000}, {"wait_seconds": 0}, {"checkpoint_entries": -1}],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(LogSettingsError):
        LogSettings(**wrong)  # type: ignore[arg-type]


def test_no_error_of_the_database_repeats_what_was_to_be_written(open_it: Opener) -> None:
    log = open_it(settings=LogSettings(keep_screening_ids=True))
    _fill(log, 1)
    with log.database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE documents")
        connection.exec_driver_sql("ALTER TABLE entries RENAME TO elsewhere")

    future = log.submit(decision(screening_id="CANARY-1961", actor="canary"))
    error = future.exception()

    assert isinstance(error, LogError)
    told = "".join(traceback.format_exception(error)) + repr(error.__context__)
    assert "canary" not in told.lower()
