"""Kills a serving process at random moments while clients post, and counts what became of what they were answered.

A program of its own, because only a process without threads may fork: the service is loaded once, and each round's
server is a fork of it.
Usage: python -m tests.api.faults.killing FOLDER KILLS SEED
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn

from api.app import create_app
from api.log.checkpoints import Checkpoints
from api.log.database import Database
from api.log.reading import LogReader, Search
from api.log.verify import verify
from api.log_place import place_of
from api.logs import set_up_logs
from api.screeners import screener_of
from api.settings import Settings

from .posting import answer_to, connected, patient, request_of

_CLIENTS = 8
_LONGEST_SECONDS = 0.15
_REPEATED = 3


@dataclass
class Found:
    """What clients were answered, by the key of their request."""

    acknowledged: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Number and hash of the entry."""
    unsure: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    """Keys whose answer was another one when they were sent again."""
    refused: Counter[int] = field(default_factory=Counter)
    kills: int = 0

    def answered(self, key: str, status: int, body: bytes) -> None:
        if status != 200:
            self.refused[status] += 1
            self.unsure.append(key)
            return
        entry = json.loads(body)["entry"]
        told = (int(entry["sequence"]), str(entry["entry_hash"]))
        if self.acknowledged.setdefault(key, told) != told:
            self.changed.append(key)


def main() -> None:
    folder, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    settings = Settings(
        data_folder=folder,
        log_checkpoint_entries=20,
        requests_per_second=1e6,
        request_burst=1_000_000,
        port=1,
    )
    screener_of("NCT06731140", "atezolizumab_p1")
    chance = random.Random(seed)
    found = Found()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        for number in range(kills):
            server = _started(settings, listening)
            asyncio.run(_round(number, server, listening.getsockname()[1], chance, found))
            os.waitpid(server, 0)
        # A last server, left in peace, is asked for what was unsure.
        server = _started(settings, listening)
        asyncio.run(_asked_again(listening.getsockname()[1], found))
        os.kill(server, signal.SIGTERM)
        os.waitpid(server, 0)
    sys.stdout.write(json.dumps(_in_the_log(settings, found)))


def _started(settings: Settings, listening: socket.socket) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        set_up_logs("error")
        config = uvicorn.Config(create_app(settings), log_config=None, access_log=False)
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        os._exit(0)


async def _round(number: int, server: int, port: int, chance: random.Random, found: Found) -> None:
    """Clients post; after the first answer, at some moment, the server is killed in the middle of it."""
    repeated = [found.unsure.pop() for _ in found.unsure[:_REPEATED]]
    repeated += list(found.acknowledged)[-_REPEATED:]
    first = asyncio.Event()
    clients = [
        asyncio.create_task(_client(f"{number}-{client}", port, found, first, again))
        for client, again in enumerate([repeated, *[[]] * (_CLIENTS - 1)])
    ]
    async with asyncio.timeout(60):
        await first.wait()
    await asyncio.sleep(chance.uniform(0, _LONGEST_SECONDS))
    os.kill(server, signal.SIGKILL)
    found.kills += 1
    await asyncio.gather(*clients)


async def _client(
    name: str, port: int, found: Found, first: asyncio.Event, again: list[str]
) -> None:
    """Post one patient after the other until the server is gone."""
    keys = [*again, *(f"{name}-{number}" for number in range(10_000))]
    key = ""
    try:
        async with connected(port) as (reader, writer):
            for key in keys:
                writer.write(request_of(patient(key), key))
                found.answered(key, *await answer_to(reader))
                first.set()
    except (OSError, asyncio.IncompleteReadError):
        found.unsure.append(key)


async def _asked_again(port: int, found: Found) -> None:
    keys = [*found.unsure[-50:], *list(found.acknowledged)[:: max(1, found.kills // 5)]]
    async with connected(port) as (reader, writer):
        for key in keys:
            writer.write(request_of(patient(key), key))
            found.answered(key, *await answer_to(reader))


def _in_the_log(settings: Settings, found: Found) -> dict[str, object]:
    place = place_of(settings)
    database, key = Database(place.database), place.key()
    times: Counter[str] = Counter()
    at: dict[str, tuple[int, str]] = {}
    for entry in LogReader(database, key).every(Search(sites=("local",))):
        times[str(entry.key_hash)] += 1
        at[str(entry.key_hash)] = (entry.sequence, entry.entry_hash)
    hashes = {each: key.idempotency("local", "local", each) for each in found.acknowledged}
    assert place.checkpoints is not None
    checked = verify(database, key, checkpoints=Checkpoints(place.checkpoints, key))
    database.close()
    told = found.acknowledged.items()
    return {
        "kills": found.kills,
        "acknowledged": len(found.acknowledged),
        "entries": checked.entries,
        "lost": sum(times[hashed] == 0 for hashed in hashes.values()),
        "twice": sum(count > 1 for count in times.values()),
        "moved": sum(at.get(hashes[each]) != entry for each, entry in told),
        "changed": len(found.changed),
        "refused": dict(found.refused),
        "faults": [str(fault) for fault in checked.faults],
    }


if __name__ == "__main__":
    main()
