"""Rows per second of Spark with one worker and with two, beside one machine, over the same table in one run.

`python benchmarks/spark.py 1000000` prints a table; all runs must write the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from subprocess import run
from tempfile import TemporaryDirectory
from time import perf_counter

from patient_table import AS_OF, PLANNED_START

from eligibility.batch import RESULTS, run_batch
from eligibility.distributed.engine import DistributedEngine
from eligibility.distributed.spark import SparkCluster, spark_session
from eligibility.protocol.library import load_trial
from eligibility.screening.screen import Screener

HERE = Path(__file__).parent
_OPTIONS = "--conf spark.ui.enabled=false --conf spark.log.level=FATAL pyspark-shell"


def timed(table: Path, folder: Path, engine: object) -> tuple[float, str]:
    start = perf_counter()
    run_batch(
        table,
        folder,
        screener=Screener(load_trial(profile="atezolizumab_p1")),
        as_of=AS_OF,
        planned_start=PLANNED_START,
        engine=engine,  # type: ignore[arg-type]
        verdicts_only=True,
    )
    seconds = perf_counter() - start
    return seconds, hashlib.sha256((folder / RESULTS).read_bytes()).hexdigest()


def on_spark(workers: int, table: Path, folder: Path, size: int) -> list[tuple[float, str]]:
    """Twice: the first run also starts the Python workers."""
    os.environ["PYSPARK_SUBMIT_ARGS"] = f"--master local-cluster[{workers},1,1024] {_OPTIONS}"
    session = spark_session()
    engine = DistributedEngine(SparkCluster(session), section_bytes=size)
    try:
        return [timed(table, folder / f"{workers}-{turn}", engine) for turn in ("cold", "warm")]
    finally:
        session.stop()


def main(rows: int) -> None:
    with TemporaryDirectory(dir=Path.cwd()) as name:
        folder = Path(name)
        table = folder / "patients.csv"
        run([sys.executable, HERE / "patient_table.py", str(rows), table], check=True)
        size = table.stat().st_size // 8 + 1
        alone, expected = timed(table, folder / "alone", "columns")
        found: list[tuple[str, float, str]] = [("one machine, columns", alone, expected)]
        for workers in (1, 2):
            for turn, (seconds, digest) in zip(
                ("cold", "warm"), on_spark(workers, table, folder, size), strict=True
            ):
                found.append((f"Spark, {workers} worker(s), {turn}", seconds, digest))
        print(f"{rows} rows, {table.stat().st_size / 1e6:.0f} MB, sections of {size / 1e6:.0f} MB")
        for label, seconds, digest in found:
            same = "same bytes" if digest == expected else "OTHER BYTES"
            print(
                f"{label:28} {seconds:8.1f} s {rows / seconds:10,.0f} rows/s {alone / seconds:6.2f} {same}"
            )
        assert all(digest == expected for _, _, digest in found)


if __name__ == "__main__":
    main(int(sys.argv[1]))
