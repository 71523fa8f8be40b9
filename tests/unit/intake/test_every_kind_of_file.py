"""The same patients in every kind of file give the same results, byte for byte."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from eligibility.batch import run_batch
from eligibility.intake.faults import Rejection
from eligibility.intake.json_lines import JsonLines
from eligibility.intake.mapping import Mapping, mapping_from, read_mapping
from eligibility.intake.parquet_table import ParquetTable
from eligibility.intake.patients import PatientRow, open_patients
from eligibility.intake.sources import open_source
from eligibility.intake.tables import RawRow
from eligibility.protocol.model import Trial
from eligibility.screening.screen import Screener
from tests.unit.intake.kinds import (
    BAD_ROWS,
    HEADER,
    PACKERS,
    ROWS,
    as_csv,
    as_excel,
    as_json_lines,
    as_parquet,
    table,
    written,
)

SHARED = Path(__file__).parents[4] / "shared" / "data" / "tcga_brca"
EXAMPLES = Path(__file__).parents[3] / "examples" / "tcga_brca"
CELLS = table()

Make = Callable[[Path], Path]


def _plain(name: str, content: bytes) -> Make:
    return lambda folder: written(folder, name, content)


def _parquet(*, typed: bool) -> Make:
    return lambda folder: as_parquet(CELLS, folder / "t.parquet", typed=typed)


def _packed(make: Make, suffix: str) -> Make:
    def packed(folder: Path) -> Path:
        inner = make(folder)
        return written(folder, f"{inner.name}.{suffix}", PACKERS[suffix](inner.read_bytes()))

    return packed


def _excel(folder: Path) -> Path:
    return as_excel(CELLS, folder / "t.xlsx")


FORMS: dict[str, Make] = {
    "semicolon": _plain("t.csv", as_csv(CELLS, ";")),
    "tab": _plain("t.tsv", as_csv(CELLS, "\t")),
    "bom": _plain("t.csv", as_csv(CELLS, encoding="utf-8-sig")),
    "utf-16": _plain("t.csv", as_csv(CELLS, ";", "utf-16")),
    "decimal comma": _plain("t.csv", as_csv(CELLS, ";", comma=True)),
    "parquet of texts": _parquet(typed=False),
    "parquet of types": _parquet(typed=True),
    "excel": _excel,
    "cells as json": _plain("t.jsonl", as_json_lines(CELLS, "cells")),
    "typed cells as json": _plain("t.ndjson", as_json_lines(CELLS, "typed")),
    "profiles as json": _plain("t.jsonl", as_json_lines(CELLS, "profiles")),
    "excel that is called csv": lambda folder: _excel(folder).rename(folder / "t.csv"),
    "parquet that is called csv": lambda f: _parquet(typed=True)(f).rename(f / "t.csv"),
    "csv that is called xlsx": _plain("t.xlsx", as_csv(CELLS)),
}
PACKED = {
    f"{kind} in {suffix}": _packed(make, suffix)
    for suffix in PACKERS
    for kind, make in (
        ("csv", _plain("t.csv", as_csv(CELLS))),
        ("excel", _excel),
        ("parquet", _parquet(typed=True)),
        ("json", _plain("t.jsonl", as_json_lines(CELLS, "cells"))),
    )
}


@pytest.fixture(scope="module")
def screener(trial: Trial) -> Screener:
    return Screener(trial, engine="reference")


def results(
    path: Path,
    out: Path,
    screener: Screener,
    *,
    encoding: str | None = None,
    mapping: Mapping | None = None,
    as_of: str | None = "2026-11-21",
) -> tuple[bytes, list[str]]:
    """The results, and what rejected rows say but for their lines, which kinds count differently."""
    run_batch(
        path,
        out,
        screener=screener,
        as_of=as_of,
        planned_start=None,
        encoding=encoding,
        mapping=mapping,
    )
    rejected = (out / "rejected.csv").read_text(encoding="utf-8").splitlines()
    return (out / "results.csv").read_bytes(), [line.partition(",")[2] for line in rejected]


@pytest.fixture(scope="module")
def expected(
    screener: Screener, tmp_path_factory: pytest.TempPathFactory
) -> tuple[bytes, list[str]]:
    folder = tmp_path_factory.mktemp("expected")
    return results(written(folder, "t.csv", as_csv(CELLS)), folder / "out", screener)


def test_the_plain_table_is_worth_comparing_with(expected: tuple[bytes, list[str]]) -> None:
    found, rejected = expected

    assert len(found.splitlines()) == 1 + ROWS - len(BAD_ROWS)
    assert all(
        decision in found for decision in (b",eligible,", b",ineligible,", b",undetermined,")
    )
    assert [line.split(",")[:3] for line in rejected[1:]] == [
        [f"P-{place:03}", "ecog", "out_of_bounds"] for place in BAD_ROWS
    ]


@pytest.mark.parametrize("form", [*FORMS, *PACKED])
def test_every_kind_gives_the_same_results(
    form: str, expected: tuple[bytes, list[str]], screener: Screener, tmp_path: Path
) -> None:
    path = (FORMS | PACKED)[form](tmp_path)

    assert results(path, tmp_path / "out", screener) == expected


def test_a_named_encoding_is_read(
    expected: tuple[bytes, list[str]], screener: Screener, tmp_path: Path
) -> None:
    path = written(tmp_path, "t.csv", as_csv(CELLS, ";", "cp1252"))

    assert results(path, tmp_path / "out", screener, encoding="cp1252") == expected


@pytest.mark.parametrize("form", ["excel", "parquet of types", "typed cells as json"])
def test_a_mapping_reads_every_kind(
    form: str, expected: tuple[bytes, list[str]], screener: Screener, tmp_path: Path
) -> None:
    fields = [n for n in HEADER if n not in ("screening_id", "as_of", "planned_start", "x_note")]
    mapping = mapping_from(
        {
            "id": "screening_id",
            "as_of": ["as_of"],
            "planned_start": "planned_start",
            "columns": {name: name for name in fields},
            "ignore": ["x_note"],
        }
    )

    path = FORMS[form](tmp_path)

    assert results(path, tmp_path / "out", screener, mapping=mapping) == expected


def _as_parquet(source: Path, folder: Path) -> Path:
    """A tab-separated file of texts as Parquet, under the same name, for a mapping names it."""
    lines = source.read_text(encoding="utf-8").splitlines()
    header, *rows = [line.split("\t") for line in lines]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row")
    frame.write_parquet(folder / source.name)
    return folder / source.name


def _patients(folder: Path, name: str) -> list[PatientRow | Rejection]:
    mapping = read_mapping(EXAMPLES / "mapping.yaml")
    with open_patients(folder / name, mapping=mapping) as patients:
        return list(patients)


def _lines_put_aside(rows: list[PatientRow | Rejection]) -> list[object]:
    """All of each row but its line: a row of Parquet is counted without the header."""
    return [replace(row, line=0) for row in rows]


def test_real_tables_give_the_same_through_parquet(tmp_path: Path) -> None:
    for source in EXAMPLES.glob("*.tsv"):
        _as_parquet(source, tmp_path)

    found = _lines_put_aside(_patients(tmp_path, "patients.tsv"))

    assert found == _lines_put_aside(_patients(EXAMPLES, "patients.tsv"))
    assert len(found) == 122


@pytest.mark.skipif(not SHARED.is_dir(), reason="the TCGA originals do not lie beside this project")
def test_the_originals_give_the_same_through_parquet(tmp_path: Path) -> None:
    for source in SHARED.glob("*.txt"):
        _as_parquet(source, tmp_path)
    patients = "nationwidechildrens.org_clinical_patient_brca.txt"

    found = _lines_put_aside(_patients(tmp_path, patients))

    assert found == _lines_put_aside(_patients(SHARED, patients))
    assert len(found) > 1000


@pytest.mark.parametrize("form", [*FORMS, *PACKED])
def test_only_plain_utf_8_may_be_read_by_its_bytes(form: str, tmp_path: Path) -> None:
    path = (FORMS | PACKED)[form](tmp_path)
    plain = form in ("semicolon", "tab", "bom", "decimal comma", "csv that is called xlsx")

    with open_source(path) as source:
        assert not isinstance(source, JsonLines)
        assert source.is_plain_utf_8 is plain


def test_blocks_of_parquet_hold_what_its_rows_hold(tmp_path: Path) -> None:
    path = as_parquet(CELLS, tmp_path / "t.parquet", typed=True)
    with open_source(path) as source:
        assert isinstance(source, ParquetTable)
        rows = [row.cells for row in source.rows() if isinstance(row, RawRow)]
    with open_source(path) as source:
        assert isinstance(source, ParquetTable)
        blocks = list(source.blocks(7))

    assert [block.first_line for block in blocks] == list(range(1, ROWS + 1, 7))
    assert [list(row) for b in blocks for row in zip(*b.columns, strict=True)] == rows
