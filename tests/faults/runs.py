"""Runs of a batch in processes that may be killed at any moment; started anew until one comes to its end.

As a program (`python -m tests.faults.runs FOLDER KILLS SEED ENGINE`) it forks a child for each attempt, which is
quick, and safe in a process that has one thread only; what it has seen it prints as JSON.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import eligibility.columnar.run
import eligibility.reports.batch_report
from eligibility.batch import BatchEngine, BatchError, Every, run_batch
from eligibility.protocol.library import load_trial
from eligibility.screening.screen import Screener
from tests.differential.batch_tables import AS_OF, PLANNED_START
from tests.faults.tables import table

# Most of a short run would be the drawing of pixels, and most kills would meet that.
eligibility.reports.batch_report.png_of = lambda svg: svg.encode()  # type: ignore[attr-defined]

DONE, STOPPED = 0, 3
screener = Screener(load_trial(profile="atezolizumab_p1"))


def run(source: Path, out: Path, *, resume: bool = True, **more: Any) -> None:
    """One run with checkpoints as often as can be."""
    run_batch(
        source,
        out,
        screener=screener,
        as_of=AS_OF,
        planned_start=PLANNED_START,
        resume=resume,
        explain=("P3", "P1000000"),
        **{"every": Every(rows=1), "block_rows": 5, **more},
    )


def bytes_of(folder: Path) -> dict[str, str]:
    """Every file of a folder by its hash."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def forked(work: Callable[[], None]) -> int:
    """Carries out some work in a child, and says how that ended: a status, or minus a signal."""
    child = start(work)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def start(work: Callable[[], None]) -> int:
    """A child that carries out some work, by its number."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        work()
        status = DONE
    except (BatchError, KeyboardInterrupt) as stop:
        status = STOPPED
        sys.stderr.write(f"{stop}\n")
    finally:
        sys.stderr.flush()
        os._exit(status)


def killed_at_random(folder: Path, kills: int, seed: int, engine: BatchEngine) -> dict[str, Any]:
    """Kills runs until there were so many kills, and each run went on until it came to its end."""
    random, source = Random(seed), table(folder)
    assert forked(lambda: run(source, folder / "calm", engine=engine)) == DONE
    expected, after = bytes_of(folder / "calm"), 0.2
    seen: dict[str, Any] = {"kills": 0, "ended": 0, "statuses": [], "differ": []}
    while seen["kills"] < kills:
        out = folder / f"out{seen['ended']}"
        status = -signal.SIGKILL
        while status == -signal.SIGKILL:
            child = start(lambda out=out: run(source, out, engine=engine))
            time.sleep(random.uniform(0, after))
            os.kill(child, signal.SIGKILL)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            seen["kills"] += status == -signal.SIGKILL
            # Whatever the machine is busy with, most of the attempts are to be killed.
            after *= 1.05 if status == -signal.SIGKILL else 0.9
        seen["ended"] += 1
        seen["statuses"].append(status)
        if bytes_of(out) != expected or list(folder.glob(".*.run")):
            seen["differ"].append(out.name)
        shutil.rmtree(out)
    return {**seen, "files": len(expected)}


def limited(source: Path, out: Path, most: int, engine: BatchEngine) -> None:
    """A run that may write no file beyond so many bytes, as on a disk that is full."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    run(source, out, engine=engine)


def full_at_random(folder: Path, times: int, seed: int, engine: BatchEngine) -> dict[str, Any]:
    """Lets writing fail at random bytes, each time somewhere else, then lets the run come to its end."""
    random, source = Random(seed), table(folder)
    assert forked(lambda: run(source, folder / "calm", engine=engine)) == DONE
    expected = bytes_of(folder / "calm")
    largest = max(path.stat().st_size for path in (folder / "calm").rglob("*"))
    seen = {"stopped": 0, "statuses": [], "differ": []}
    for number in range(times):
        out = folder / f"out{number}"
        for most in sorted(random.randrange(largest) for _ in range(2)):
            status = forked(lambda out=out, most=most: limited(source, out, most, engine))
            seen["stopped"] += status == STOPPED
            seen["statuses"].append(status)
            if status == DONE:
                break
            assert not out.exists()
        else:
            seen["statuses"].append(forked(lambda out=out: run(source, out, engine=engine)))
        if bytes_of(out) != expected or list(folder.glob(".*.run")):
            seen["differ"].append(out.name)
        shutil.rmtree(out)
    return seen


if __name__ == "__main__":
    how, place, count, start_seed, chosen = sys.argv[1:]
    carry_out = {"kill": killed_at_random, "full": full_at_random}[how]
    engine_name: BatchEngine = "rows" if chosen == "rows" else "columns"
    sys.stdout.write(json.dumps(carry_out(Path(place), int(count), int(start_seed), engine_name)))
