"""Kills writing processes at random moments, and counts what became of what they were told is durable.

A program of its own, because only a process without threads may fork.
Usage: python -m tests.log.killing URL CHECKPOINTS ROUNDS SEED   (two writers are killed each round)
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from api.log.append import Appended
from api.log.checkpoints import Checkpoints
from api.log.database import Database
from api.log.keys import LogKey
from api.log.reading import LogReader, Search
from api.log.screening_log import open_log
from api.log.settings import LogSettings
from api.log.verify import verify

from .drafts import SITE, decision

KEY = LogKey(b"a key of the tests, 32 bytes long")
_LONGEST_SECONDS = 0.03
_IN_FLIGHT = 12
_SETTINGS = LogSettings(checkpoint_entries=25, batch_size=8, wait_seconds=20)


@dataclass
class Writer:
    """A child that writes as fast as it can, and what it said."""

    pid: int
    pipe: int
    name: str
    acknowledged: dict[str, int] = field(default_factory=dict)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        with os.fdopen(self.pipe, "rb") as stream:
            for line in stream.read().split(b"\n")[:-1]:
                key, sequence = line.decode().split()
                if key != "ready":
                    self.acknowledged[key] = int(sequence)


def main() -> None:
    url, marks = sys.argv[1], Path(sys.argv[2])
    rounds, seed = int(sys.argv[3]), int(sys.argv[4])
    chance = random.Random(seed)
    acknowledged: dict[str, int] = {}
    moved: list[str] = []
    kills = 0
    for number in range(rounds):
        last = sorted(acknowledged, key=acknowledged.__getitem__)[-3:]
        writers = [_start(url, marks, f"{number}-{side}", last) for side in "ab"]
        for writer in writers:
            os.read(writer.pipe, len(b"ready 0\n"))
        chance.shuffle(writers)
        for writer in writers:
            time.sleep(chance.uniform(0, _LONGEST_SECONDS))
            writer.kill()
            kills += 1
            for key, sequence in writer.acknowledged.items():
                if acknowledged.setdefault(key, sequence) != sequence:
                    moved.append(key)
    sys.stdout.write(json.dumps({"kills": kills, **_found(url, marks, acknowledged, moved)}))


def _start(url: str, marks: Path, name: str, repeated: list[str]) -> Writer:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Writer(pid, reading, name)
    try:
        os.close(reading)
        _write(url, marks, writing, name, repeated)
    finally:
        os._exit(1)


def _write(url: str, marks: Path, pipe: int, name: str, repeated: list[str]) -> None:
    """Write for ever; each acknowledgement goes into the pipe. The last keys are sent once more."""
    log = open_log(url, KEY, checkpoints=marks, settings=_SETTINGS)
    room = threading.Semaphore(_IN_FLIGHT)
    os.write(pipe, b"ready 0\n")
    keys = [*repeated, *(f"{name}-{number}" for number in range(100_000))]
    for key in keys:
        room.acquire()
        future = log.submit(decision(screening_id=key, actor="anna", idempotency_key=key))

        def tell(done: object, key: str = key) -> None:
            assert hasattr(done, "result")
            appended: Appended = done.result()
            os.write(pipe, f"{key} {appended.entry.sequence}\n".encode())
            room.release()

        future.add_done_callback(tell)


def _found(
    url: str, marks: Path, acknowledged: dict[str, int], moved: list[str]
) -> dict[str, object]:
    database = Database(url)
    times: Counter[str] = Counter()
    at: dict[str, int] = {}
    for entry in LogReader(database, KEY).every(Search(sites=(SITE,))):
        times[str(entry.key_hash)] += 1
        at[str(entry.key_hash)] = entry.sequence
    hashes = {key: KEY.idempotency(SITE, "anna", key) for key in acknowledged}
    verified = verify(database, KEY, checkpoints=Checkpoints(marks, KEY))
    database.close()
    return {
        "acknowledged": len(acknowledged),
        "entries": verified.entries,
        "checkpoints": verified.checkpoints,
        "lost": sum(times[hashed] == 0 for hashed in hashes.values()),
        "twice": sum(count > 1 for count in times.values()),
        "moved": len(moved) + sum(at.get(hashes[k]) != n for k, n in acknowledged.items()),
        "faults": [str(fault) for fault in verified.faults],
    }


if __name__ == "__main__":
    main()
