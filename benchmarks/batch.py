"""Batch screening against the practical limit of this machine and against what else one could write.

`python benchmarks/batch.py 1000000` prints one JSON line per measurement: every round measures the floor
and the columnar engine one after the other, so that their ratio stands even where the machine is shared.

- floor: Polars reads the CSV with every column decoded to its type, and writes an output of the same shape
- screening: the columnar engine, strict and by the one evaluator, to decisions and all verdict columns on disk
- columns: the whole command, `eligibility batch --verdicts-only`: also hashes, checkpoints, reports and figures
- columns, all answers: the same with questions and dates
- rows: the row path with durable-rules, on the first rows only
- polars, duckdb, pandas, closures: `by_hand.py`, all 17 criteria written by hand over clean, typed cells
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.by_hand import SQL, closures, decision_sql, kind_of, plain
from benchmarks.patient_table import AS_OF, PLANNED_START, write
from eligibility.batch import run_batch
from eligibility.batch.engines import RowScreen, screened_by_columns
from eligibility.columnar.outcome import DEFAULT_ROWS
from eligibility.columnar.run import ColumnarRun  # noqa: F401 - imported before the clock starts
from eligibility.intake.patients import PatientTable, open_patients
from eligibility.protocol.library import load_trial
from eligibility.screening.screen import Screener

PROFILE = "atezolizumab_p1"
_TYPES = {"date": pl.Date, "number": pl.Float64, "text": pl.String}
_SQL_TYPES = {"date": "DATE", "number": "DOUBLE", "text": "VARCHAR"}
_ROW_PATH_ROWS, _ALL_ANSWERS_ROWS, _CLOSURE_ROWS = 3_000, 10_000, 100_000


class Bench:
    """One table, and every way to screen it."""

    def __init__(self, table: Path, rows: int, folder: Path) -> None:
        self.table = table
        self.rows = rows
        self.folder = folder
        with table.open(encoding="utf-8", newline="") as stream:
            self.header = next(csv.reader(stream))
        self.kinds = {plain(name): kind_of(name) for name in self.header}
        self.screener = Screener(load_trial(profile=PROFILE))
        self.shape = pl.DataFrame()

    def columns(self, *, full: bool = False) -> None:
        """The columnar engine, whole runs."""
        with self.new_folder() as out:
            run_batch(
                self.table,
                out,
                screener=self.screener,
                as_of=AS_OF,
                planned_start=PLANNED_START,
                verdicts_only=not full,
            )
            if not len(self.shape):
                self.shape = pl.read_csv(out / "results.csv", infer_schema=False)

    def screening(self) -> None:
        """The columnar engine alone: the table read, judged, and its results written."""
        screen = RowScreen(self.screener, AS_OF, PLANNED_START, verdicts_only=True)
        with (
            open_patients(self.table) as patients,
            (self.folder / "screening.csv").open("w", encoding="utf-8", newline="") as out,
        ):
            assert isinstance(patients, PatientTable)
            for block in screened_by_columns(screen, patients, self.table, DEFAULT_ROWS):
                out.write(block.lines)

    def all_answers(self) -> None:
        """The columnar engine with questions and dates, on the first rows."""
        whole, self.table = self.table, self.first_rows(_ALL_ANSWERS_ROWS)
        self.columns(full=True)
        self.table = whole

    def rows_path(self) -> None:
        """The row path on the first rows."""
        first = self.first_rows(_ROW_PATH_ROWS)
        with self.new_folder() as out:
            run_batch(
                first,
                out,
                screener=self.screener,
                as_of=AS_OF,
                planned_start=PLANNED_START,
                verdicts_only=True,
                engine="rows",
            )

    def floor(self) -> None:
        """Every column decoded to its type, and an output of the same shape written."""
        schema = {name: _TYPES[kind] for name, kind in self.kinds.items()}
        pl.read_csv(self.table, has_header=False, skip_rows=1, schema=schema)
        self.shape.write_csv(self.folder / "floor.csv")

    def polars(self) -> None:
        """Hand-written criteria on Polars, streaming."""
        schema = {name: _TYPES[kind] for name, kind in self.kinds.items()}
        scan = pl.scan_csv(self.table, has_header=False, skip_rows=1, schema=schema)
        verdicts = (pl.sql_expr(text).alias(name) for name, text in SQL.items())
        judged = scan.select("screening_id", *verdicts)
        judged.with_columns(pl.sql_expr(decision_sql()).alias("decision")).sink_csv(
            self.folder / "polars.csv"
        )

    def duckdb(self) -> None:
        """Hand-written criteria on DuckDB."""
        import duckdb  # noqa: PLC0415 - of the benchmark group, not everywhere

        types = {name: _SQL_TYPES[kind] for name, kind in self.kinds.items()}
        verdicts = ", ".join(f"({text}) AS {name}" for name, text in SQL.items())
        source = (
            f"read_csv('{self.table}', header=true, auto_detect=false, nullstr='', columns={types})"
        )
        query = f"SELECT *, {decision_sql()} AS decision FROM (SELECT screening_id, {verdicts} FROM {source})"  # noqa: S608 - our own text
        duckdb.connect().execute(f"COPY ({query}) TO '{self.folder / 'duckdb.csv'}' (HEADER)")

    def pandas(self) -> None:
        """Hand-written criteria on pandas, two-valued, as its `eval` has no third."""
        import pandas as pd  # noqa: PLC0415 - of the benchmark group, not everywhere

        dates = [name for name, kind in self.kinds.items() if kind == "date"]
        frame = pd.read_csv(self.table, names=list(self.kinds), skiprows=1, parse_dates=dates)
        verdicts = {name: frame.eval(_pandas_of(text)) for name, text in SQL.items()}
        out = pd.DataFrame({"screening_id": frame["screening_id"], **verdicts})
        inclusion = out[[n for n in SQL if n.startswith("INCL")]].all(axis=1)
        exclusion = out[[n for n in SQL if n.startswith("EXCL")]].any(axis=1)
        out["eligible"] = inclusion & ~exclusion
        out.to_csv(self.folder / "pandas.csv", index=False)

    def closures(self) -> None:
        """Hand-written criteria as Python functions, row by row; a row with a gap in it counts as open."""
        judges = closures()
        numbers = [name for name, kind in self.kinds.items() if kind == "number"]
        with (
            self.first_rows(_CLOSURE_ROWS).open(encoding="utf-8", newline="") as stream,
            (self.folder / "closures.csv").open("w", encoding="utf-8", newline="") as out,
        ):
            writer = csv.writer(out)
            for row in islice(csv.DictReader(stream, fieldnames=list(self.kinds)), 1, None):
                typed: dict[str, Any] = {**row, **{n: float(row[n] or "nan") for n in numbers}}
                verdicts = [judge(typed) for judge in judges.values()]
                writer.writerow([row["screening_id"], *verdicts])

    def first_rows(self, rows: int) -> Path:
        """The head of the table as a file of its own."""
        first = self.folder / f"first-{rows}.csv"
        if not first.exists():
            with self.table.open("rb") as stream, first.open("wb") as head:
                head.writelines(islice(stream, rows + 1))
        return first

    @contextmanager
    def new_folder(self) -> Iterator[Path]:
        """A folder for a run, gone afterwards."""
        out = self.folder / "run"
        try:
            yield out
        finally:
            shutil.rmtree(out, ignore_errors=True)


def _pandas_of(sql: str) -> str:
    words = sql.replace("CAST(", "").replace(" AS DATE)", "").replace("<>", "!=")
    words = words.replace(" AND ", " and ").replace(" OR ", " or ").replace(" IN ", " in ")
    return words.replace(" = ", " == ")


def _seconds(run: Callable[[], object]) -> float:
    return _times(run)[0]


def _times(run: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock, and seconds of processor: those depend less on who else is busy."""
    begun, used = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - begun, time.process_time() - used


def _tell(**figures: object) -> None:
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()


def measure(bench: Bench, rounds: int, *, others: bool, full: bool) -> None:
    """Rounds of floor and columns by turns, then the rest against the floor beside it."""
    _tell(name="columns, first", rows=bench.rows, seconds=round(_seconds(bench.columns), 3))
    shares: dict[str, list[tuple[float, float]]] = {"screening": [], "columns": []}
    taken: dict[str, float] = {}
    for _ in range(rounds):
        floor, floor_cpu = _times(bench.floor)
        _report("floor", bench.rows, floor, floor)
        ours = {"screening": bench.screening, "columns": bench.columns}
        for name, run in ours.items():
            taken[name], used = _times(run)
            shares[name].append((floor / taken[name], floor_cpu / used))
            _report(name, bench.rows, taken[name], floor)
    for name, measured in shares.items():
        of_time, of_processor = map(median, zip(*measured, strict=True))
        _tell(
            name=f"{name} of floor, median",
            rows=bench.rows,
            ratio=round(of_time, 3),
            ratio_of_processor_time=round(of_processor, 3),
        )
    rows_path = _seconds(bench.rows_path) / min(bench.rows, _ROW_PATH_ROWS)
    _report("rows", min(bench.rows, _ROW_PATH_ROWS), rows_path * min(bench.rows, _ROW_PATH_ROWS))
    _tell(name="columns against rows", times=round(rows_path / (taken["columns"] / bench.rows), 1))
    ways: dict[str, Callable[[], object]] = {}
    if others:
        ways = {"polars": bench.polars, "duckdb": bench.duckdb, "pandas": bench.pandas}
        _report("closures", min(bench.rows, _CLOSURE_ROWS), _seconds(bench.closures))
    if full:
        rows = min(bench.rows, _ALL_ANSWERS_ROWS)
        _report("columns, all answers", rows, _seconds(bench.all_answers))
    for name, way in ways.items():
        floor = _seconds(bench.floor)
        _report(name, bench.rows, _seconds(way), floor)


def _report(name: str, rows: int, seconds: float, floor: float | None = None) -> None:
    ratio = {"of_floor": round(floor / seconds, 3)} if floor else {}
    _tell(
        name=name, rows=rows, seconds=round(seconds, 3), rows_per_s=round(rows / seconds), **ratio
    )


def peak_memory(table: Path, rows: int) -> None:
    """The most memory a run of its own takes."""
    code = (
        "import sys, resource; from benchmarks.batch import Bench; from pathlib import Path;"
        "b = Bench(Path(sys.argv[1]), 0, Path(sys.argv[1]).parent); b.shape = [0]; b.columns();"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(table)],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    _tell(name="columns, peak memory", rows=rows, mebibytes=int(done.stdout) // 1024)


def main() -> None:
    """Measures each size asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=float, nargs="+")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where tables are kept between runs")
    parser.add_argument("--alone", action="store_true", help="floor, columns and rows only")
    parser.add_argument("--full", action="store_true", help="questions and dates too")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = chosen.folder or Path(work)
        for rows in map(int, chosen.rows):
            table = folder / f"patients-{rows}.csv"
            if not table.exists():
                write(table, rows)
            peak_memory(table, rows)
            bench = Bench(table, rows, Path(work))
            measure(bench, chosen.rounds, others=not chosen.alone, full=chosen.full)


if __name__ == "__main__":
    main()
