#!/usr/bin/env python
"""The service on loopback beside a bare FastAPI endpoint, by turns, in one run with real processes.

Usage: benchmarks/service.py [--posts N] [--callers N] [--rounds N] [--workers N] [--soak N] [--folder FOLDER]
The bare endpoint validates the same body and returns a finished response of the same size: it screens nothing,
explains nothing, keeps nothing. Ours answers after the decision is explained and durable in the log. The bodies
are of 500 patients, and no two are the same: each has a screening id of its own. Prints one JSON line per
measurement: first what the load generator itself can do against a server that does nothing, at the end the ratio
and the memory over a soak.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from service_load import Load, posted

from eligibility.intake.template import example_profile

SAYS = "service.log"
PATH = "/v1/screenings?as_of=2026-11-21&planned_start=2026-12-01&profile=atezolizumab_p1"
PATIENTS = 500
ANY_ID = "S-0000000000"
BARE = Path(__file__).with_name("service_bare.py")
TRIVIAL = """
import asyncio, sys
answer = b"HTTP/1.1 200 OK\\r\\ncontent-length: " + sys.argv[2].encode() + b"\\r\\n\\r\\n" + b"x" * int(sys.argv[2])
class Server(asyncio.Protocol):
    def connection_made(self, transport): self.transport, self.read = transport, b""
    def data_received(self, data):
        self.read += data
        head, found, body = self.read.partition(b"\\r\\n\\r\\n")
        if found and len(body) >= int(head.split(b"content-length: ")[1].split(b"\\r\\n")[0]):
            self.read = b""
            self.transport.write(answer)
async def main():
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()
asyncio.run(main())
"""


def bodies() -> list[bytes]:
    """Patients that are like the example and unlike each other."""
    chance = random.Random(11)
    found = []
    for _ in range(PATIENTS):
        patient = example_profile()
        patient["screening_id"] = ANY_ID
        patient["weight_kg"] = round(chance.uniform(45, 110), 1)
        patient["age_years"] = chance.randint(25, 85)
        patient["ecog"] = chance.choice([0, 1, 1, 2, 3, "1-2", None])
        if chance.random() < 0.2:
            patient["allergies"] = None
        found.append(json.dumps(patient).encode())
    return found


def requests() -> Callable[[int], bytes]:
    ready = bodies()
    heads = [
        f"POST {PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n".encode()
        for body in ready
    ]
    whole = [head + body for head, body in zip(heads, ready, strict=True)]
    asked = itertools.count(1)
    return lambda number: whole[number % PATIENTS].replace(
        ANY_ID.encode(), b"S-%010d" % next(asked)
    )


@contextmanager
def process(
    command: list[str], port: int, *, says: Path | None = None, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    with (says or Path(os.devnull)).open("ab") as said:
        started = subprocess.Popen(
            [sys.executable, *command],
            env={**os.environ, **environment},
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert started.poll() is None, "the server has ended"
                time.sleep(0.05)
        yield started
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def ours(folder: Path, workers: int) -> Iterator[tuple[int, int]]:
    """The service as an operator starts it, with rate limits out of the way; its port and process group."""
    port = free_port()
    settings = {
        "ELIGIBILITY_PORT": str(port),
        "ELIGIBILITY_DATA_FOLDER": str(folder / "data"),
        "ELIGIBILITY_WORKERS": str(workers),
        "ELIGIBILITY_REQUESTS_PER_SECOND": "1000000",
        "ELIGIBILITY_REQUEST_BURST": "1000000",
        "ELIGIBILITY_MAX_CONCURRENT": "1000",
    }
    command = ["-c", "from api.serve import main; main()"]
    with process(command, port, says=folder / SAYS, **settings) as started:
        yield port, started.pid


@contextmanager
def other(program: Path | None, size: int, workers: int = 1) -> Iterator[tuple[int, int]]:
    port = free_port()
    code = ["-c", TRIVIAL] if program is None else [str(program)]
    with process([*code, str(port), str(size), str(workers)], port) as started:
        yield port, started.pid


def report(what: str, load: Load, **more: Any) -> float:
    cuts = statistics.quantiles(load.waits, n=1000)
    rate = len(load.waits) / load.seconds
    figures = {
        "what": what,
        "posts": len(load.waits),
        "per_second": round(rate),
        "p50_ms": round(cuts[499] * 1000, 2),
        "p99_ms": round(cuts[989] * 1000, 2),
        "p999_ms": round(cuts[998] * 1000, 2),
        "most_ms": round(max(load.waits) * 1000, 2),
        "statuses": load.statuses,
        "answer_bytes": load.size,
        **more,
    }
    print(json.dumps(figures), flush=True)
    return rate


def memory(group: int) -> float:
    """Resident megabytes of all processes of a group."""
    total = 0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(entry.name)) == group:
                total += int((entry / "statm").read_text().split()[1])
        except (OSError, ProcessLookupError):
            continue
    return total * os.sysconf("SC_PAGE_SIZE") / 1e6


def processor_seconds(group: int) -> float:
    """Processor time that all processes of a group have used, by themselves and in the kernel for them."""
    ticks = 0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(entry.name)) == group:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        except (OSError, ProcessLookupError):
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def measured(name: str, port: int, group: int, given: argparse.Namespace) -> tuple[float, float]:
    """Posts per second, and processor milliseconds per post: these do not depend on who else uses the machine."""
    before = processor_seconds(group)
    load = asyncio.run(posted(port, requests(), count=given.posts, callers=given.callers))
    used = round(1000 * (processor_seconds(group) - before) / given.posts, 2)
    what = f"{name}, {given.callers} callers"
    return report(what, load, processor_ms_per_post=used), used


def soak(port: int, group: int, said: Path, given: argparse.Namespace) -> None:
    """Memory after each tenth of the soak; growth is from the second tenth to the last."""
    sampled, statuses = [], Counter[int]()
    for _ in range(10):
        load = asyncio.run(posted(port, requests(), count=given.soak // 10, callers=given.callers))
        sampled.append(round(memory(group), 1))
        statuses.update(load.statuses)
    growth = round(100 * (sampled[-1] / sampled[1] - 1), 1)
    print(json.dumps({"what": "soak", "posts": given.soak, "megabytes": sampled,
                      "growth_percent_after_warm_up": growth, "statuses": statuses}), flush=True)  # fmt: skip
    if set(statuses) != {200}:
        why = [line for line in said.read_text().splitlines() if '"status":200' not in line]
        print("\n".join(why[-50:]), file=sys.stderr)
        raise SystemExit("something was refused in the soak; above is what the service says of it")


def run(folder: Path, given: argparse.Namespace) -> None:
    request = requests()
    with ours(folder, given.workers) as (port, group):
        first = asyncio.run(posted(port, request, count=200, callers=given.callers))
        with other(None, first.size) as (trivial, _):
            load = asyncio.run(posted(trivial, request, count=20_000, callers=given.callers))
            report("load generator against a server that does nothing", load)
        found: dict[str, list[tuple[float, float]]] = {"bare": [], "ours": []}
        with other(BARE, first.size, given.workers) as bare:
            for _ in range(given.rounds):
                for name, (where, whose) in (("bare", bare), ("ours", (port, group))):
                    found[name].append(measured(name, where, whose, given))
        rate, used = (
            {name: statistics.median(each[n] for each in all_) for name, all_ in found.items()}
            for n in (0, 1)
        )
        half = posted(port, request, count=max(100, given.posts // 2), callers=given.callers,
                      rate=rate["ours"] / 2)  # fmt: skip
        report("ours, half load", asyncio.run(half))
        ratios = {"of_posts_per_second": round(rate["ours"] / rate["bare"], 3),
                  "of_processor_time": round(used["bare"] / used["ours"], 3)}  # fmt: skip
        print(
            json.dumps({"what": "ours beside bare", "workers": given.workers, **ratios}), flush=True
        )
        if given.soak:
            soak(port, group, folder / SAYS, given)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--posts", type=int, default=3000)
    asked.add_argument("--callers", type=int, default=4)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--workers", type=int, default=1)
    asked.add_argument("--soak", type=int, default=0, help="posts of a soak; 200000 for the record")
    asked.add_argument("--folder", type=Path)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        run(Path(name), given)


if __name__ == "__main__":
    main()
