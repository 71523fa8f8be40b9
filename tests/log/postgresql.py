"""A PostgreSQL server of the tests' own: in a folder of its own, on a socket of its own, gone afterwards."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

_NUMBERS = itertools.count(1)
# Nobody pulls the plug on this server; it is its clients that are killed.
_OPTIONS = (
    "-c fsync=off -c full_page_writes=off"
    " -c listen_addresses='' -c shared_buffers=16MB -c max_connections=40 -c wal_level=minimal"
    " -c max_wal_senders=0"
)


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, wherever the system keeps them."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    kept = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return kept[-1].parent if kept else None


@contextmanager
def server() -> Iterator[str]:
    """The address of a running server's socket folder, as a part of a URL."""
    found = programs()
    assert found is not None
    # Short, because the path of a socket has 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        _hand_over(folder)
        _run(
            found / "initdb", "-D", folder / "data", "-A", "trust", "-U", "log", "-E", "UTF8", "-N"
        )
        _start(folder)
        try:
            yield str(folder)
        finally:
            _stop(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def stopped(socket: str) -> Iterator[None]:
    """The server of this socket is gone as after a crash, and there again afterwards."""
    _stop(Path(socket))
    try:
        yield
    finally:
        _start(Path(socket))


def new_postgresql(socket: str) -> str:
    """A new, empty database on the server of this socket; its address."""
    name = f"log{next(_NUMBERS)}"
    with psycopg.connect(f"host={socket} user=log dbname=postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}".encode())
    return f"postgresql://log@/{name}?host={socket}"


def _start(folder: Path) -> None:
    options = f"{_OPTIONS} -k {folder}"
    _control(folder, "-l", folder / "server.log", "-o", options, "-w", "start")


def _stop(folder: Path) -> None:
    _control(folder, "-m", "immediate", "-w", "stop")


def _control(folder: Path, *words: object) -> None:
    found = programs()
    assert found is not None
    _run(found / "pg_ctl", "-D", folder / "data", *words)


def _hand_over(folder: Path) -> None:
    """The server refuses to run as root; then the account that Debian makes for it runs it."""
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")


def _run(*command: object) -> None:
    account = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    # pg_ctl leaves the server running with whatever output it was given: never our pipe.
    subprocess.run(
        [str(part) for part in command],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,  # a Ctrl-C of the tests is for the tests
        timeout=60,
        **account,  # type: ignore[call-overload]  # user and group, or neither
    )
