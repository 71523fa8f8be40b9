"""kill -9 of the server and of a worker while clients post: what was answered is in the log, exactly once."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from api.log.checkpoints import Checkpoints
from api.log.database import Database
from api.log.reading import LogReader, Search
from api.log.verify import verify
from api.log_place import place_of
from api.settings import Settings
from tests.api.door.server import Server, running
from tests.cli.running import run

from .posting import answer_to, connected, patient, request_of

_NO_LIMIT = {"REQUESTS_PER_SECOND": 1_000_000, "REQUEST_BURST": 1_000_000}


def killed(folder: Path, kills: int, seed: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.api.faults.killing", str(folder), str(kills), str(seed)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
    assert ended.returncode == 0, ended.stderr[-2000:]
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def check(found: dict[str, Any], kills: int) -> None:
    assert found["kills"] == kills
    assert found["acknowledged"] >= kills
    assert found["entries"] >= found["acknowledged"]
    assert {name: found[name] for name in ("lost", "twice", "moved", "changed", "refused", "faults")} == {
        "lost": 0, "twice": 0, "moved": 0, "changed": 0, "refused": {}, "faults": [],
    }  # fmt: skip


def test_a_server_that_is_killed_loses_no_answered_decision(tmp_path: Path) -> None:
    check(killed(tmp_path, 6, 1), 6)


@pytest.mark.long
@pytest.mark.parametrize("seed", [2, 3])
def test_no_kill_of_hundreds_loses_or_doubles_an_answered_decision(
    tmp_path: Path, seed: int, record_property: Any
) -> None:
    found = killed(tmp_path, 260, seed)

    record_property("servers killed", found["kills"])
    record_property("answered decisions, each once in the log", found["acknowledged"])
    check(found, 260)


@pytest.mark.parametrize("kills", [2, pytest.param(25, marks=pytest.mark.long)])
def test_a_worker_that_is_killed_is_replaced_and_loses_nothing(
    tmp_path: Path, kills: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    acknowledged: dict[str, int] = {}
    with running(tmp_path, WORKERS=2, **_NO_LIMIT) as server:
        for number in range(kills):
            acknowledged |= asyncio.run(_posted_while_a_worker_dies(server, number))
        assert server.process.poll() is None
    monkeypatch.setenv("ELIGIBILITY_DATA_FOLDER", str(tmp_path / "data"))

    ended = run("log", "verify")

    assert ended.status == 0
    assert ended.out.endswith("the log is intact\n")
    assert len(acknowledged) == kills * 4 * 6
    _check_log(tmp_path / "data", acknowledged)


def test_a_worker_that_the_machine_holds_up_is_not_taken_for_dead(tmp_path: Path) -> None:
    with running(tmp_path, WORKERS=2) as server:
        before = _workers(server)
        os.kill(before[0], signal.SIGSTOP)
        # uvicorn itself would give a worker five seconds, and then cut off whoever it serves.
        time.sleep(7)
        os.kill(before[0], signal.SIGCONT)
        time.sleep(1)

        assert sorted(_workers(server)) == sorted(before)
        assert server.stops()


async def _posted_while_a_worker_dies(server: Server, number: int) -> dict[str, int]:
    """Four clients post; a worker is killed; they connect again and go on with the same keys."""
    victim = random.Random(number).choice(_workers(server))
    clients = [
        asyncio.create_task(_client(server.port, f"{number}-{each}", 6)) for each in range(4)
    ]
    await asyncio.sleep(0.1)
    os.kill(victim, signal.SIGKILL)
    found: dict[str, int] = {}
    for each in await asyncio.gather(*clients):
        found |= each
    return found


async def _client(port: int, name: str, count: int) -> dict[str, int]:
    found: dict[str, int] = {}
    waiting = [f"{name}-{number}" for number in range(count)]
    until = time.monotonic() + 60
    while waiting and time.monotonic() < until:
        try:
            async with connected(port) as (reader, writer):
                while waiting:
                    writer.write(request_of(patient(waiting[0]), waiting[0]))
                    status, body = await answer_to(reader)
                    assert status == 200, body
                    found[waiting.pop(0)] = json.loads(body)["entry"]["sequence"]
        except (OSError, asyncio.IncompleteReadError):
            await asyncio.sleep(0.02)
    assert not waiting
    return found


def _workers(server: Server) -> list[int]:
    """The processes of the server that answer requests, once both are there."""
    for _ in range(600):
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if parent == server.process.pid and b"spawn_main" in line:
                found.append(int(entry.name))
        if len(found) == 2:
            return found
        time.sleep(0.05)
    raise AssertionError("there are no two workers")


def _check_log(folder: Path, acknowledged: dict[str, int]) -> None:
    """Every acknowledged key stands once in a log that is intact, where the client was told."""
    place = place_of(Settings(data_folder=folder))
    database, key = Database(place.database), place.key()
    assert place.checkpoints is not None
    checked = verify(database, key, checkpoints=Checkpoints(place.checkpoints, key))
    logged = [
        (entry.key_hash, entry.sequence)
        for entry in LogReader(database, key).every(Search(sites=("local",)))
    ]
    database.close()
    told = {key.idempotency("local", "local", each): at for each, at in acknowledged.items()}
    assert checked.is_intact, checked.faults
    assert len(dict(logged)) == len(logged)
    assert told.items() <= set(logged)
