#!/usr/bin/env python
"""Durable appends to the screening log: group commit beside one commit per entry, in one run, alternately.

Usage: benchmarks/log.py [--entries N] [--callers N] [--url URL] [--folder FOLDER]
Each caller waits for its entry to be durable before it sends the next one, as a request does.
Prints one JSON line per measurement, and the ratio at the end. The floor is the bare SQLite commit of a
row of the same size, without a chain.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from api.log.drafts import DecisionDraft
from api.log.keys import LogKey
from api.log.screening_log import ScreeningLog, open_log
from api.log.settings import LogSettings
from api.log.verify import verify
from eligibility.protocol.verdict import Decision

KEY = LogKey(b"a key of the benchmark, not a secret")
ROUNDS = 3


def draft(number: int) -> DecisionDraft:
    return DecisionDraft(
        actor="key-1",
        site="site-1",
        trial="NCT06731140",
        profile="atezolizumab_p1",
        rules_hash="a" * 64,
        engine_version="0.1.0",
        input_hash=f"{number:064x}",
        decision=Decision.UNDETERMINED,
        deciding=("INCL03", "EXCL05", "EXCL09"),
        judgement=("EXCL09",),
        explanation_hash=f"{number:064x}",
        as_of="2026-11-21",
        planned_start="2026-12-01",
        screening_id=f"S-{number}",
        idempotency_key=f"key {number}",
    )


async def appended(log: ScreeningLog, first: int, count: int, callers: int) -> list[float]:
    """How long each entry took, from being handed over to being known durable."""
    numbers = iter(range(first, first + count))
    waits: list[float] = []

    async def call() -> None:
        for number in numbers:
            began = time.perf_counter()
            await asyncio.wrap_future(log.submit(draft(number)))
            waits.append(time.perf_counter() - began)

    await asyncio.gather(*(call() for _ in range(callers)))
    return waits


def report(name: str, count: int, seconds: float, waits: list[float]) -> float:
    cuts = statistics.quantiles(waits, n=1000)
    figures = {
        "what": name,
        "entries": count,
        "per_second": round(count / seconds),
        "p50_ms": round(cuts[499] * 1000, 2),
        "p99_ms": round(cuts[989] * 1000, 2),
        "p999_ms": round(cuts[998] * 1000, 2),
    }
    print(json.dumps(figures), flush=True)
    return count / seconds


def bare_commits(folder: Path, count: int) -> list[float]:
    with sqlite3.connect(folder / "bare.db", isolation_level=None) as bare:
        for statement in ("journal_mode = WAL", "synchronous = FULL"):
            bare.execute(f"PRAGMA {statement}")
        bare.execute("CREATE TABLE IF NOT EXISTS rows (content TEXT) STRICT")
        waits = []
        for _ in range(count):
            began = time.perf_counter()
            bare.execute("INSERT INTO rows VALUES (?)", ("x" * 900,))
            waits.append(time.perf_counter() - began)
    return waits


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--entries", type=int, default=5000)
    asked.add_argument("--callers", type=int, default=32)
    asked.add_argument("--url", help="another database than a new SQLite file, for group commit")
    asked.add_argument("--folder", type=Path, help="where the files are made")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        run(Path(name), given)


def run(folder: Path, given: argparse.Namespace) -> None:
    few = max(100, given.entries // 10)
    together = open_log(
        given.url or f"sqlite:///{folder / 'group.db'}",
        KEY,
        checkpoints=folder / "group",
        upgrade=True,
    )
    single = open_log(f"sqlite:///{folder / 'single.db'}", KEY, settings=LogSettings(batch_size=1))
    rates: dict[str, list[float]] = {"group": [], "single": []}
    start = together.head.sequence
    for number in range(ROUNDS):
        waits = bare_commits(folder, few)
        report("bare commits, one caller", few, sum(waits), waits)
        for name, log, count in (("single", single, few), ("group", together, given.entries)):
            began = time.perf_counter()
            waits = asyncio.run(appended(log, start + number * count, count, given.callers))
            seconds = time.perf_counter() - began
            rates[name].append(
                report(f"{name} commit, {given.callers} callers", count, seconds, waits)
            )
    ratio = statistics.median(rates["group"]) / statistics.median(rates["single"])
    found = verify(together.database, KEY, checkpoints=None)
    print(json.dumps({"group_beside_single": round(ratio, 1), "chain_intact": found.is_intact}))
    together.close()
    single.close()


if __name__ == "__main__":
    main()
