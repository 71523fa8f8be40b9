"""Screens generated tables by columns and by the reference evaluator, row by row, and compares every line.

`python -m tests.differential.columns_at_scale ROWS [SEED]` prints one JSON line; status 1 if a line differs.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from itertools import zip_longest
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from eligibility.batch.engines import RowScreen
from eligibility.columnar.run import ColumnarRun
from eligibility.dates import anchors, usual_text
from eligibility.errors import AnchorError
from eligibility.intake.faults import Rejection
from eligibility.intake.patients import PatientRow, PatientTable, open_patients
from eligibility.protocol.library import load_trial
from eligibility.reports.results import ResultRow, line_of
from eligibility.screening.screen import Screener, screen_by_reference
from tests.differential.batch_tables import AS_OF, PLANNED_START, TableWriter

ROWS_OF_A_TABLE = 25_000
PROFILES = (None, "atezolizumab_p1", "shamrock_p3")
COLUMNS = (None, 9, 12, 16, 9, 24, 30, 9, 12, 60, 9, 16, 9, 12, 9, 24, 9, 12, 9, 16)
"""Columns of a table, by its seed. None is all there are, seldom, for such a row costs as much as seven others."""
MESS = (0.0, 0.002, 0.01)
BLOCKS = (97, 1000, 65_536)


class Compared(NamedTuple):
    """What a comparison has seen."""

    rows: int
    results: int
    rejected: int
    differing: list[str]
    """Where the two say different things: seed and line of the results."""


def compare(seed: int, rows: int) -> Compared:
    """One generated table, screened both ways."""
    writer = TableWriter(seed, mess=MESS[seed % 3], columns=COLUMNS[seed % len(COLUMNS)])
    profile, start = PROFILES[seed % 3], (PLANNED_START, None)[seed % 7 == 0]
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "patients.csv"
        table.write_text(writer.table(rows), encoding="utf-8")
        by_columns, rejected = screened_by_columns(
            table, profile, start, BLOCKS[seed % len(BLOCKS)]
        )
        by_reference = list(lines_by_reference(table, profile, start))
    expected = [line for line in by_reference if line]
    differing = [
        f"seed {seed} line {number}"
        for number, (one, other) in enumerate(zip_longest(by_columns, expected))
        if one != other
    ]
    if rejected != len(by_reference) - len(expected):
        differing.append(f"seed {seed}: rejected rows")
    return Compared(len(by_reference), len(by_columns), rejected, differing)


@cache
def _screener(profile: str | None) -> Screener:
    return Screener(load_trial(profile=profile))


def screened_by_columns(
    table: Path, profile: str | None, start: str | None, block_rows: int
) -> tuple[list[str], int]:
    screener = _screener(profile)
    by_row = RowScreen(screener, AS_OF, start, verdicts_only=True).result
    with open_patients(table) as patients:
        assert isinstance(patients, PatientTable)
        run = ColumnarRun(
            patients,
            screener.compiled,
            as_of=AS_OF,
            planned_start=start,
            by_row=by_row,
            verdicts_only=True,
        )
        blocks = list(run.screened(table, rows=block_rows))
    lines = "".join(block.lines for block in blocks).splitlines()
    return lines, sum(len(block.rejections) for block in blocks)


def lines_by_reference(table: Path, profile: str | None, start: str | None) -> Iterator[str]:
    """The line of every row, empty for one that is rejected."""
    screener = _screener(profile)
    with open_patients(table) as patients:
        for row in patients:
            yield "" if isinstance(row, Rejection) else _line(screener, row, start)


def _line(screener: Screener, row: PatientRow, start: str | None) -> str:
    as_of = usual_text(row.as_of or AS_OF)
    planned = usual_text(row.planned_start or start or "")
    try:
        dates = anchors(as_of, planned or None)
        findings = screener.findings(row.record, dates)
    except AnchorError:
        return ""
    screening = screen_by_reference(screener.compiled, findings, dates)
    verdicts = tuple(result.verdict for result in screening.results)
    told = (row.screening_id, screening.decision, screening.deciding, verdicts)
    result = ResultRow(*told, as_of=as_of, planned_start=planned, verdicts_only=True)
    return line_of(result.cells)


def main(rows: int, first_seed: int) -> int:
    """Compares so many rows on two processes, in tables of every number of columns."""
    began = time.monotonic()
    of_a_table = min(ROWS_OF_A_TABLE, -(-rows // len(COLUMNS)))
    seeds = range(first_seed, first_seed + -(-rows // of_a_table))
    with get_context("forkserver").Pool(2) as workers:
        seen = workers.starmap(compare, [(seed, of_a_table) for seed in seeds], chunksize=1)
    differing = [place for each in seen for place in each.differing]
    told = {
        "suite": "columns and reference",
        "rows": sum(each.rows for each in seen),
        "results": sum(each.results for each in seen),
        "rejected": sum(each.rejected for each in seen),
        "differing": len(differing),
        "first": differing[:5],
        "seconds": round(time.monotonic() - began, 1),
    }
    sys.stdout.write(f"{json.dumps(told)}\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
