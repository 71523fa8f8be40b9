"""The database behind the log: how SQLite and PostgreSQL are spoken to, and what their faults mean here."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from api.log import answering, schema
from api.log.errors import LogDamaged, LogError, LogSettingsError, LogUnavailable
from api.log.turns import Turns

# One number for all processes that write one log; any would do.
_WRITERS_LOCK = 7_206_731_140
_OVERWRITE_SECONDS = 30.0
_OVERWRITE_PAUSE_SECONDS = 0.05
_MESSAGES = {
    "log_locked": "another program holds the database",
    "log_full": "there is no room left for the database",
    "log_read_only": "the database may only be read",
    "log_too_slow": "a question took the database longer than it may",
    "log_unavailable": "the database does not answer",
    "log_corrupt": "the database file is damaged",
}
_BY_SQLITE_CODE = {
    sqlite3.SQLITE_BUSY: "log_locked",
    sqlite3.SQLITE_LOCKED: "log_locked",
    sqlite3.SQLITE_FULL: "log_full",
    sqlite3.SQLITE_READONLY: "log_read_only",
    sqlite3.SQLITE_CORRUPT: "log_corrupt",
    sqlite3.SQLITE_NOTADB: "log_corrupt",
}
_BY_SQLSTATE = {
    "55P03": "log_locked",  # lock not available
    "57014": "log_too_slow",  # query cancelled
    "53100": "log_full",  # disk full
    "25P03": "log_unavailable",  # the server gave up a silent transaction
    "25006": "log_read_only",  # read-only transaction
    "42501": "log_read_only",  # insufficient privilege
    "XX001": "log_corrupt",  # data corrupted
    "XX002": "log_corrupt",  # index corrupted
}
_HINTS = {
    "log_locked": "try again; if it stays so, end the program that holds the database",
    "log_full": "make room; the log goes on by itself",
    "log_read_only": "check the permissions of file, folder and account",
    "log_too_slow": "ask for less, such as a shorter time; if it stays so, find out what keeps the database busy",
    "log_unavailable": "check that the database is running and can be reached",
    "log_corrupt": "stop the service, keep the file, restore the last backup",
}


class Database:
    """One log's database, with a connection that writes and others that read."""

    def __init__(self, url: str | URL, *, wait_seconds: float = 2.0) -> None:
        self._wait_ms = max(1, int(wait_seconds * 1000))
        try:
            self.url = make_url(url)
            self.is_sqlite = self.url.get_backend_name() == "sqlite"
            self._check_kind()
            if not self.is_sqlite:
                self.url = self.url.set(drivername="postgresql+psycopg")
            self._writing, self._reading = self._engine(), self._engine()
        except ArgumentError:
            raise _settings_fault() from None
        event.listen(self._writing, "connect", self._prepare_writer)
        event.listen(self._reading, "connect", self._prepare_reader)
        if self.is_sqlite:
            self._turns = Turns(Path(str(self.url.database)).parent, wait_ms=self._wait_ms)
            event.listen(self._writing, "begin", self._begin_alone)
            event.listen(self._reading, "begin", _begin)

    def _check_kind(self) -> None:
        if self.is_sqlite and self.url.database in (None, "", ":memory:"):
            raise _settings_fault()
        if self.url.get_backend_name() not in ("sqlite", "postgresql"):
            raise _settings_fault()

    def _engine(self) -> Engine:
        # What is written never stands in an error of the driver, whoever prints it.
        common: dict[str, Any] = {"pool_size": 4, "max_overflow": 12, "hide_parameters": True}
        if self.is_sqlite:
            arguments = {"timeout": self._wait_ms / 1000, "check_same_thread": False}
            return create_engine(self.url, connect_args=arguments, **common)
        waits = answering.connect_arguments(wait_seconds=self._wait_ms / 1000)
        engine = create_engine(self.url, connect_args=waits, pool_pre_ping=True, **common)
        event.listen(engine, "do_connect", _connect)
        return engine

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is alone in writing; committed and durable once the block has ended."""
        with translated(), self._writing.begin() as connection:
            if not self.is_sqlite:
                connection.execute(
                    text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _WRITERS_LOCK}
                )
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the log and changes nothing."""
        with translated(), self._reading.begin() as connection:
            yield connection

    @contextmanager
    def studying(self) -> Iterator[Connection]:
        """The same for who looks through the whole log: its questions may take long."""
        with self.reading() as connection:
            if self.is_sqlite:
                yield connection
                return
            driver: Any = connection.connection.dbapi_connection
            connection.exec_driver_sql(
                f"SET LOCAL statement_timeout = {int(answering.STUDY_SECONDS * 1000)}"
            )
            driver.answer_seconds = answering.STUDY_SECONDS + answering.SLACK_SECONDS
            try:
                yield connection
            finally:
                driver.answer_seconds = None

    def overwrite_deleted(self) -> None:
        """Leave nothing of what was deleted in the files of an embedded log; LogUnavailable while somebody reads it.

        The pages are overwritten where they stand, but first in the write-ahead log beside the database, which holds
        their old content, too. PostgreSQL sees to its files by itself.
        """
        if not self.is_sqlite:
            return
        until = time.monotonic() + _OVERWRITE_SECONDS
        with translated(), closing(self._writing.raw_connection()) as connection:
            # No waiting within SQLite: whoever writes would wait behind it.
            _run(connection, "PRAGMA busy_timeout = 0")
            try:
                while _is_busy(connection):
                    if time.monotonic() > until:
                        raise _unavailable("log_locked")
                    time.sleep(_OVERWRITE_PAUSE_SECONDS)
            finally:
                _run(connection, f"PRAGMA busy_timeout = {self._wait_ms}")

    def open(self, *, upgrade: bool) -> None:
        """Check the tables; make them first where asked to."""
        file = self.file()
        if file is not None and not upgrade and not file.exists():
            raise schema.missing()  # the driver would make an empty file
        if file is not None:
            make_private(file)
        with self.reading() as connection:
            is_newest = schema.revision_of(connection) == schema.REVISION
        if upgrade and not is_newest:
            with self.writing() as connection:
                schema.upgrade(connection)
        with self.reading() as connection:
            schema.check_schema(connection)

    def file(self) -> Path | None:
        """The file of an embedded log."""
        return Path(str(self.url.database)) if self.is_sqlite else None

    def close(self) -> None:
        """Let go of every connection."""
        self._writing.dispose()
        self._reading.dispose()

    def _prepare_writer(self, connection: Any, _: object) -> None:
        if self.is_sqlite:
            # The transactions are begun by us: the driver's own would begin as readers and fail later.
            connection.isolation_level = None
            _run(connection, f"PRAGMA busy_timeout = {self._wait_ms}")
            _run(connection, "PRAGMA journal_mode = WAL")
            _run(connection, "PRAGMA synchronous = FULL")
            _run(connection, "PRAGMA foreign_keys = ON")
            _run(connection, "PRAGMA secure_delete = ON")  # see overwrite_deleted
            _run(connection, "PRAGMA trusted_schema = OFF")
            return
        self._set_timeouts(connection)
        idle = int(answering.IDLE_SECONDS * 1000)
        _run(connection, f"SET idle_in_transaction_session_timeout = {idle}")
        _run(connection, "SET synchronous_commit = on")
        # Whatever the server's default: what is read after the lock must be the newest.
        _run(
            connection,
            "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE",
        )
        connection.commit()

    def _prepare_reader(self, connection: Any, _: object) -> None:
        if self.is_sqlite:
            connection.isolation_level = None
            _run(connection, f"PRAGMA busy_timeout = {self._wait_ms}")
            _run(connection, "PRAGMA query_only = ON")
            return
        self._set_timeouts(connection)
        _run(
            connection,
            "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
        )
        connection.commit()

    def _begin_alone(self, connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        self._turns.begin(driver)

    def _set_timeouts(self, connection: Any) -> None:
        _run(connection, f"SET lock_timeout = {self._wait_ms}")
        _run(connection, f"SET statement_timeout = {int(answering.STATEMENT_SECONDS * 1000)}")


def _connect(_: object, __: object, arguments: Any, named: dict[str, Any]) -> Any:
    return answering.AnsweringConnection.connect(*arguments, **named)


def make_private(file: Path) -> None:
    """A new database is its owner's alone; SQLite gives the files beside it the same rights."""
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError:
        return  # what is wrong is said by the database, in its own words


def _is_busy(connection: Any) -> bool:
    """Whether a reader or writer keeps the write-ahead log from being emptied into the database."""
    cursor = connection.cursor()
    try:
        return bool(cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
    finally:
        cursor.close()


def _run(connection: Any, statement: str) -> None:
    cursor = connection.cursor()
    cursor.execute(statement)
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


@contextmanager
def translated() -> Iterator[None]:
    """Faults of the database as errors of the log: codes and what to do, never a row's content."""
    try:
        yield
    except LogError:
        raise
    except DBAPIError as error:
        raise _fault(error.orig) from None
    except sqlite3.Error as error:
        raise _fault(error) from None
    except SQLAlchemyError:
        raise _unavailable("log_unavailable") from None


def _fault(error: BaseException | None) -> LogError:
    if isinstance(error, sqlite3.Error):
        number = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if number == sqlite3.SQLITE_CONSTRAINT:
            return _refused()
        return _unavailable(_BY_SQLITE_CODE.get(number, "log_unavailable"))
    state = getattr(error, "sqlstate", None) or ""
    if state.startswith("23") or state == "P0001":
        return _refused()
    return _unavailable(_BY_SQLSTATE.get(state, "log_unavailable"))


def _unavailable(code: str) -> LogError:
    kind = LogDamaged if code == "log_corrupt" else LogUnavailable
    message = f"the screening log cannot be used: {_MESSAGES[code]}"
    return kind(message, code=code, hint=_HINTS[code])


def _refused() -> LogError:
    return LogDamaged(
        "the database refused an entry that does not fit its rules",
        code="log_constraint",
        hint="run `eligibility log verify`",
    )


def _settings_fault() -> LogSettingsError:
    return LogSettingsError(
        "the database of the screening log is not named as it must be",
        code="log_database_url",
        hint='write "sqlite:///file.db", or "postgresql://user@host/name"',
    )
