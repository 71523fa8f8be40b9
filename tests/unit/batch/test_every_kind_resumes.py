"""A stopped run goes on over every kind of table, with and without a mapping, on either engine."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from openpyxl import Workbook

from eligibility.batch import Advance, Every, run_batch
from eligibility.intake.mapping import mapping_from
from eligibility.protocol.library import load_trial
from eligibility.screening.screen import Screener

ROWS = [
    {"screening_id": f"P{i}", "sex": "female", "age_years": str(40 + i), "ecog": str(i % 4)}
    for i in range(23)
]
LINES = [list(ROWS[0]), *(list(row.values()) for row in ROWS)]
TEXT = "".join(f"{','.join(line)}\n" for line in LINES)

screener = Screener(load_trial(profile="atezolizumab_p1"))


def workbook(path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in LINES:
        sheet.append(line)
    book.save(path)


KINDS: dict[str, Callable[[Path], object]] = {
    "t.csv": lambda path: path.write_text(TEXT, encoding="utf-8"),
    "t-quoted.csv": lambda path: path.write_text(TEXT.replace("P7,", '"P7",'), encoding="utf-8"),
    "t-wide.csv": lambda path: path.write_text(TEXT, encoding="utf-16"),
    "t.csv.gz": lambda path: path.write_bytes(gzip.compress(TEXT.encode())),
    "t.parquet": lambda path: pl.DataFrame(ROWS).write_parquet(path),
    "t.jsonl": lambda path: path.write_text("".join(f"{json.dumps(row)}\n" for row in ROWS)),
    "t.xlsx": workbook,
}
MAPPED = {
    "id": "screening_id",
    "columns": {name: name for name in ("sex", "age_years", "ecog")},
    "ignore": "*",
}
MAPPINGS = {"as it is": None, "mapped": MAPPED, "lines skipped": {**MAPPED, "skip_lines": 2}}


class PowerCutError(Exception):
    """What stops a run in these tests."""


@pytest.fixture(autouse=True)
def no_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eligibility.reports.batch_report.png_of", str.encode)


def screened(table: Path, out: Path, **more: Any) -> dict[str, bytes]:
    given = {"as_of": "2026-11-21", "planned_start": "2026-12-01", "verdicts_only": True}
    run_batch(table, out, screener=screener, every=Every(rows=1), block_rows=4, **{**given, **more})
    return {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}


@pytest.mark.parametrize("engine", ["rows", "columns"])
@pytest.mark.parametrize("mapping", MAPPINGS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_stopped_run_goes_on(tmp_path: Path, kind: str, mapping: str, engine: str) -> None:
    table, mapped = tmp_path / kind, MAPPINGS[mapping]
    KINDS[kind](table)
    options = {"engine": engine, "mapping": mapping_from(mapped, source="m") if mapped else None}

    def cut(advance: Advance) -> None:
        if advance.rows > 9:
            raise PowerCutError

    with pytest.raises(PowerCutError):
        screened(table, tmp_path / "out", progress=cut, **options)
    went_on = screened(table, tmp_path / "out", resume=True, **options)

    assert went_on == screened(table, tmp_path / "calm", **options)
    assert json.loads(went_on["summary.json"])["rows"] == len(ROWS) - 2 * (
        mapping == "lines skipped"
    )
