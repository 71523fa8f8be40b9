"""Screening by columns and by rows: the same bytes, whatever the table and the size of the blocks."""

from __future__ import annotations

from pathlib import Path

import pytest

from eligibility.batch import REJECTED, RESULTS, SUMMARY, BatchEngine, run_batch
from eligibility.intake.mapping import Mapping, read_mapping
from eligibility.protocol.library import load_trial
from eligibility.screening.screen import Screener
from tests.differential.batch_tables import AS_OF, EXAMPLES, PLANNED_START, TableWriter

PROFILES = (None, "atezolizumab_p1", "shamrock_p3")
BLOCKS = (1, 7, 1000, 1 << 30)
_screeners = {name: Screener(load_trial(profile=name)) for name in PROFILES}


def files(
    table: Path,
    out: Path,
    engine: BatchEngine,
    *,
    rows: int = 1000,
    profile: str | None = "atezolizumab_p1",
    mapping: Mapping | None = None,
    start: str | None = PLANNED_START,
    verdicts_only: bool = False,
) -> dict[str, bytes]:
    """The files of a run by name."""
    folder = out / f"{engine}-{rows}-{profile}-{start}"
    run_batch(
        table,
        folder,
        screener=_screeners[profile],
        as_of=None if mapping else AS_OF,
        planned_start=None if mapping else start,
        mapping=mapping,
        engine=engine,
        block_rows=rows,
        verdicts_only=verdicts_only,
    )
    return {name: (folder / name).read_bytes() for name in (RESULTS, REJECTED, SUMMARY)}


@pytest.mark.parametrize("profile", PROFILES)
def test_the_examples_come_out_alike_from_blocks_of_any_size(
    profile: str | None, tmp_path: Path
) -> None:
    table = EXAMPLES / "patients.csv"

    by_rows = files(table, tmp_path, "rows", profile=profile)

    for rows in BLOCKS:
        assert files(table, tmp_path, "columns", rows=rows, profile=profile) == by_rows


def test_the_tcga_slice_comes_out_alike_from_blocks_of_any_size(tmp_path: Path) -> None:
    folder = EXAMPLES / "tcga_brca"
    mapping = read_mapping(folder / "mapping.yaml")
    table = folder / "patients.tsv"

    by_rows = files(table, tmp_path, "rows", mapping=mapping)

    for rows in BLOCKS:
        assert files(table, tmp_path, "columns", rows=rows, mapping=mapping) == by_rows


@pytest.mark.parametrize("seed", range(6))
def test_generated_tables_come_out_alike(seed: int, tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    table.write_text(TableWriter(seed, mess=0.01 * (seed % 3)).table(150), encoding="utf-8")
    profile, start = PROFILES[seed % 3], (PLANNED_START, None)[seed % 2]

    by_rows = files(table, tmp_path, "rows", profile=profile, start=start)

    for rows in (1, 7, 1000):
        assert files(table, tmp_path, "columns", rows=rows, profile=profile, start=start) == by_rows


@pytest.mark.parametrize("seed", range(10, 14))
def test_verdicts_of_long_generated_tables_come_out_alike(seed: int, tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    table.write_text(TableWriter(seed, mess=0.002 * (seed % 2)).table(1500), encoding="utf-8")

    by_rows = files(table, tmp_path, "rows", verdicts_only=True)

    assert files(table, tmp_path, "columns", verdicts_only=True) == by_rows


@pytest.mark.parametrize("seed", range(20, 32))
def test_tables_of_any_columns_come_out_alike(seed: int, tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    writer = TableWriter(seed, mess=0.01 * (seed % 2), columns=(4, 12, 40, 90)[seed % 4])
    table.write_text(writer.table(120), encoding="utf-8")

    by_rows = files(table, tmp_path, "rows", verdicts_only=bool(seed % 3))

    for rows in (7, 1000):
        by_columns = files(table, tmp_path, "columns", rows=rows, verdicts_only=bool(seed % 3))
        assert by_columns == by_rows
