"""A Spark cluster screens a table as one machine does, even where workers die on the way."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest

from eligibility.batch import REJECTED, RESULTS
from eligibility.distributed import screen_frame
from eligibility.distributed.engine import DistributedEngine
from eligibility.distributed.spark import SparkCluster
from tests.differential.batch_tables import AS_OF, PLANNED_START, TableWriter
from tests.spark.processes import EXECUTOR, PYTHON_WORKER, started_by_us
from tests.unit.distributed.tables import files, mess

ROWS = 50_000
SECTION_BYTES = 400_000
LONGEST_WAIT = 120


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A messy table with duplicates and quoted line ends in and across its sections."""
    path = tmp_path_factory.mktemp("table") / "patients.csv"
    path.write_bytes(mess(TableWriter(8, mess=0, columns=12).table(ROWS), seed=1, share=0.02))
    return path


@pytest.fixture(scope="session")
def whole(table: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one machine writes."""
    written = files(table, tmp_path_factory.mktemp("whole") / "out", "columns")
    assert written[RESULTS].count(b"\n") > ROWS / 2
    assert written[REJECTED].count(b"duplicate_id") > 50
    return written


def shared_out(session: Any) -> DistributedEngine:
    return DistributedEngine(SparkCluster(session), section_bytes=SECTION_BYTES)


def test_two_workers_write_the_same_bytes_as_one_machine(
    cluster: Any, table: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    assert files(table, tmp_path / "shared", shared_out(cluster)) == whole
    assert len(started_by_us(EXECUTOR)) == 2


def test_workers_that_are_killed_lose_and_double_no_row(
    cluster: Any, table: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    killed: list[str] = []

    def kill() -> None:
        for count, running in ((2, PYTHON_WORKER), (5, EXECUTOR)):
            wait_for(
                lambda count=count: len(list(tmp_path.glob(".*/state/sections/*.once"))) >= count
            )
            # The newest Python process is the worker; older ones are the daemons that fork it.
            os.kill(started_by_us(running)[-1], signal.SIGKILL)
            killed.append(running)

    killer = Thread(target=kill)
    killer.start()
    shared = files(table, tmp_path / "shared", shared_out(cluster))
    killer.join()

    assert killed == [PYTHON_WORKER, EXECUTOR]
    assert shared == whole


def wait_for(is_so: Callable[[], bool]) -> None:
    end = monotonic() + LONGEST_WAIT
    while not is_so():
        assert monotonic() < end, "what was waited for did not happen"
        sleep(0.01)


def test_a_frame_is_screened_as_a_table_is(cluster: Any, tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    table.write_text(TableWriter(5, mess=0.004, columns=12).table(400), encoding="utf-8")
    whole = files(table, tmp_path / "whole", "columns")
    with table.open(encoding="utf-8", newline="") as stream:
        head, *rows = csv.reader(stream)
    given = [*rows, rows[0]]
    frame = cluster.createDataFrame(given, schema=", ".join(f"`{name}` string" for name in head))
    frame = frame.repartition(3)

    outcomes = screen_frame(
        frame,
        profile="atezolizumab_p1",
        as_of=AS_OF,
        planned_start=PLANNED_START,
        verdicts_only=True,
    ).collect()

    times = Counter(row[0].strip() for row in given)
    results = list(csv.reader(whole[RESULTS].decode().splitlines()))[1:]
    expected = sorted(tuple(row) for row in results if times[row[0]] == 1)
    told = [tuple(cell or "" for cell in row)[:-1] for row in outcomes if row.rejected is None]
    assert sorted(told) == expected
    assert len(outcomes) == len(given)
    named = [row for row in outcomes if row.screening_id]
    repeated = [row.rejected for row in named if times[row.screening_id] > 1]
    assert set(repeated) == {"duplicate_id"}


def test_a_worker_without_the_package_gives_one_clear_error(tmp_path: Path) -> None:
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    bare.chmod(0o755)
    table = tmp_path / "patients.csv"
    table.write_text("screening_id,ecog\nP1,1\n")
    eligibility = str(Path(sys.executable).with_name("eligibility"))

    done = subprocess.run(
        [eligibility, "batch", str(table), "--out", str(tmp_path / "out"), "--engine", "spark"],
        env={
            **os.environ,
            "PYSPARK_PYTHON": str(bare),
            "PYSPARK_DRIVER_PYTHON": sys.executable,
            "PYSPARK_SUBMIT_ARGS": "--master local[1] --conf spark.log.level=OFF pyspark-shell",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    [error] = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert "a worker of the cluster cannot import" in error
    assert "eligibility-screening[spark]" in error
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
