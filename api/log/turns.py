"""Turns at an embedded log: of several processes that write, none waits while the others go again and again."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PAUSE_SECONDS = 0.001
_TRIES_MILLISECONDS = 3  # SQLite itself tries after 1 and after 3, without the interpreter's lock


class Turns:
    """Who waits for the database locks its folder meanwhile, so that who has just written waits behind it.

    SQLite's own waiting alone tries ever more seldom, at last ten times a second, and hardly meets the moment between
    two transactions of a process that writes without a pause. The lock ends with the process that holds it. Where a
    folder cannot be locked, or somebody stuck holds it, everybody tries often, and nobody is kept from writing.
    """

    def __init__(self, folder: Path, *, wait_ms: int) -> None:
        # Not a file of SQLite's: closing it would end the locks that SQLite itself has on it.
        self._folder = folder
        self._wait_ms = wait_ms

    def begin(self, connection: sqlite3.Connection) -> None:
        """Begin a transaction that is alone in writing; SQLite's error once the time is up."""
        until = time.monotonic() + self._wait_ms / 1000
        # Half of the time for the line at most: whoever is before us may be stuck, and the database free.
        with self._first_in_line(until - self._wait_ms / 2000):
            connection.execute(f"PRAGMA busy_timeout = {_TRIES_MILLISECONDS}")
            try:
                _begin(connection, until)
            finally:
                connection.execute(f"PRAGMA busy_timeout = {self._wait_ms}")

    @contextmanager
    def _first_in_line(self, until: float) -> Iterator[None]:
        descriptor = None
        try:
            with suppress(OSError):
                descriptor = os.open(self._folder, os.O_RDONLY)
                _lock(descriptor, until)
            yield
        finally:
            if descriptor is not None:
                # Said, for a process that was begun meanwhile may hold a copy.
                with suppress(OSError):
                    fcntl.flock(descriptor, fcntl.LOCK_UN)
                os.close(descriptor)


def _lock(descriptor: int, until: float) -> None:
    """Lock it, or go on without when the time is up."""
    while time.monotonic() < until:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _begin(connection: sqlite3.Connection, until: float) -> None:
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return
