"""Screening by columns and by rows: the same bytes, whatever the table and the size of the blocks."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from random import Random

import pytest

from eligibility.batch import REJECTED, RESULTS, SUMMARY, BatchEngine, run_batch
from eligibility.batch.engines import RowScreen, Task, screened
from eligibility.batch.options import Options
from eligibility.brief import brief_of
from eligibility.columnar import anchor_days, numbered
from eligibility.columnar.outcome import Position, Screened
from eligibility.columnar.run import ColumnarRun
from eligibility.explanation import explain
from eligibility.intake.blocks import Block, BlockReader
from eligibility.intake.mapping import Mapping, mapping_from, read_mapping
from eligibility.intake.patients import PatientRow, PatientTable, open_patients
from eligibility.protocol.library import load_trial
from eligibility.reports.results import ResultRow
from eligibility.screening import columns
from eligibility.screening.screen import Screener
from eligibility.testing import ANCHORS, anchors_for, random_patient
from tests.differential.batch_tables import AS_OF, EXAMPLES, PLANNED_START, STATES, TableWriter
from tests.sizes import first_of

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


def _blocks(table: Path, *, rows: int) -> Iterator[Block]:
    with open_patients(table) as patients:
        assert isinstance(patients, PatientTable)
        yield from BlockReader(patients, table, rows=rows).blocks()


def _outcomes(table: Path, engine: BatchEngine) -> tuple[str, list[str]]:
    """The lines and rejections of a table, by either engine."""
    screen = RowScreen(_screeners[None], AS_OF, None, verdicts_only=True)
    with open_patients(table) as patients:
        task = Task(table, patients, None, screen, table.parent, 5)
        done = list(screened(task, Options(engine=engine, verdicts_only=True)))
    rejected = [str(fault) for block in done for each in block.rejections for fault in each.faults]
    return "".join(block.lines for block in done), rejected


@pytest.mark.parametrize("lone", ["\r", "", "\r\n"])
def test_a_cell_that_spans_the_border_of_blocks_loses_nothing(tmp_path: Path, lone: str) -> None:
    before = "".join(f"P{number},female,{'n' * 80}\n" for number in range(650))
    table = tmp_path / "spans.csv"
    opened = "q" * ((1 << 16) - len(before) - 5)  # up to the end of the first block
    odd = f'odd,female,"{opened}\nsecond line{lone}third\nfourth"\n'
    behind = "".join(f"Q{number},female,\n" for number in range(300))
    text = f"screening_id,sex,x_note\n{before}{odd}{behind}"
    table.write_text(text, encoding="utf-8", newline="")

    found = [files(table, tmp_path, "columns", rows=n, verdicts_only=True) for n in (5, 400)]

    by_rows = files(table, tmp_path, "rows", verdicts_only=True)
    assert found == [by_rows, by_rows]
    lines = len(by_rows[RESULTS].splitlines()) + len(by_rows[REJECTED].splitlines()) - 2
    assert lines == 650 + 1 + 300


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_table_whose_cells_are_all_quoted_is_split_at_once(
    tmp_path: Path, sign: str, line_end: str
) -> None:
    plain, quoted = tmp_path / "plain.csv", tmp_path / "quoted.csv"
    cells = [["screening_id", "sex", "ecog"], *([f"P{n}", "female", str(n % 6)] for n in range(90))]
    plain.write_text("\n".join(map(sign.join, cells)) + "\n", encoding="utf-8")
    lines = (sign.join(f'"{cell}"' for cell in line) for line in cells)
    quoted.write_text(line_end.join(lines) + line_end, encoding="utf-8", newline="")

    blocks = list(_blocks(quoted, rows=20))
    assert all(block.raw is None for block in blocks)
    assert [block.end.offset is not None for block in blocks] == [True] * len(blocks)
    results = [files(table, tmp_path / table.stem, "columns", rows=7) for table in (plain, quoted)]
    assert results[0][RESULTS] == results[1][RESULTS]
    assert results[0][REJECTED] == results[1][REJECTED]


@pytest.mark.parametrize("seed", range(12))
def test_quotes_anywhere_come_out_alike(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    pieces = ['"', '""', ",", "\n", "\r\n", "\r", "P1", "P2", "female", " ", "\ufeff", "2"]
    weights = [6, 3, 10, 8, 1, 1, 6, 6, 6, 1, 1, 4]
    table = tmp_path / "quotes.csv"
    told = []
    for _ in range(40):
        cells = random.choices(pieces, weights, k=random.randint(1, 25))
        text = "screening_id,sex\n" + "".join(cells) + random.choice(["", "\n"])
        table.write_text(text, encoding="utf-8", newline="")
        told.append([_outcomes(table, engine) for engine in ("rows", "columns")])

    assert all(by_rows == by_columns for by_rows, by_columns in told)


@pytest.mark.parametrize("sign", ["\x1c", "\x1f", "\x85", "\u00a0", "\u200b"])
def test_signs_about_an_id_make_the_same_twin_on_both_engines(tmp_path: Path, sign: str) -> None:
    table = tmp_path / "twins.csv"
    lines = ["screening_id,sex", f"P1{sign},female", "P1,male", f"P2{sign},female", "P3,female"]
    table.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")

    assert files(table, tmp_path, "columns") == files(table, tmp_path, "rows")


def test_half_a_character_in_a_mapped_line_rejects_that_line_alone(tmp_path: Path) -> None:
    table = tmp_path / "half.jsonl"
    texts = ["female", "f\ud800", "male"]
    rows = ({"id": f"P{n}", "sex": text, "seen": AS_OF} for n, text in enumerate(texts))
    table.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="ascii")
    mapping = mapping_from({"id": "id", "columns": {"sex": "sex"}, "as_of": "seen"}, source="m")

    by_columns = files(table, tmp_path, "columns", mapping=mapping)

    assert by_columns == files(table, tmp_path, "rows", mapping=mapping)
    assert by_columns[REJECTED].splitlines()[1].startswith(b"2,P1,sex,encoding,")


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


@pytest.mark.parametrize("seed", first_of(range(6), 3))
def test_generated_tables_come_out_alike(seed: int, tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    table.write_text(TableWriter(seed, mess=0.01 * (seed % 3)).table(100), encoding="utf-8")
    profile, start = PROFILES[seed % 3], (PLANNED_START, None)[seed % 2]

    by_rows = files(table, tmp_path, "rows", profile=profile, start=start)

    assert by_rows[RESULTS].count(b"\n") > 30  # rows that are rejected compare nothing
    for rows in (1, 7, 1000):
        assert files(table, tmp_path, "columns", rows=rows, profile=profile, start=start) == by_rows


@pytest.mark.parametrize("seed", first_of(range(10, 14), 2))
def test_verdicts_of_long_generated_tables_come_out_alike(seed: int, tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    table.write_text(TableWriter(seed, mess=0.002 * (seed % 2)).table(1000), encoding="utf-8")

    by_rows = files(table, tmp_path, "rows", verdicts_only=True)

    assert files(table, tmp_path, "columns", verdicts_only=True) == by_rows


@pytest.mark.parametrize("seed", first_of(range(20, 32), 6))
def test_tables_of_any_columns_come_out_alike(seed: int, tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    writer = TableWriter(seed, mess=0.01 * (seed % 2), columns=(4, 12, 40, 90)[seed % 4])
    table.write_text(writer.table(120), encoding="utf-8")

    by_rows = files(table, tmp_path, "rows", verdicts_only=bool(seed % 3))

    for rows in (7, 1000):
        by_columns = files(table, tmp_path, "columns", rows=rows, verdicts_only=bool(seed % 3))
        assert by_columns == by_rows


def test_what_was_forgotten_is_learnt_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "patients.csv"
    table.write_text(TableWriter(40, mess=0.002).table(400), encoding="utf-8")
    by_rows = files(table, tmp_path, "rows", verdicts_only=True)
    monkeypatch.setattr(numbered, "MOST_TEXTS", 300)
    monkeypatch.setattr(anchor_days, "MOST_PAIRS", 7)
    monkeypatch.setattr(columns, "_MOST_KEPT", 200)
    monkeypatch.setattr(columns, "_MOST_PATTERNS", 20)

    by_columns = files(table, tmp_path, "columns", rows=50, verdicts_only=True)

    assert by_columns == by_rows


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_run_goes_on_from_every_position_that_it_names(tmp_path: Path, line_end: str) -> None:
    table = tmp_path / "patients.csv"
    lines = TableWriter(41, mess=0).table(1000).splitlines()
    lines[500:500] = ["", f'"{lines[500]}', lines[501]]
    table.write_bytes((line_end.join(lines) + line_end).encode())
    whole = blocks_of(table, None)
    named = [(n, each.position) for n, each in enumerate(whole) if each.position.offset is not None]

    assert len(named) > 2
    assert named[-1][1].offset == table.stat().st_size
    for number, position in named:
        rest = blocks_of(table, position)
        assert [each.lines for each in rest if each.lines] == [
            each.lines for each in whole[number + 1 :] if each.lines
        ]
        assert not rest or rest[-1].position == whole[-1].position


def blocks_of(table: Path, after: Position | None) -> list[Screened]:
    """The blocks of a run from a position on."""
    screener = _screeners["atezolizumab_p1"]

    def by_row(row: PatientRow) -> ResultRow:
        screening = screener.screen(row.record, ANCHORS)
        verdicts = tuple(result.verdict for result in screening.results)
        return ResultRow(row.screening_id, screening.decision, screening.deciding, verdicts)

    with open_patients(table) as patients:
        run = ColumnarRun(
            patients,
            screener.compiled,
            as_of=AS_OF,
            planned_start=PLANNED_START,
            by_row=by_row,
            verdicts_only=True,
        )
        return list(run.screened(table, rows=100, after=after))


@pytest.mark.parametrize("seed", range(3))
def test_the_brief_says_what_the_explanation_says(seed: int) -> None:
    random, screener = Random(seed), _screeners[PROFILES[seed]]

    for _ in range(60):
        record = random_patient(random, style=random.choice(["any", "nearly_eligible", "boundary"]))
        screening = screener.screen(record, anchors_for(record))
        explained, brief = explain(screening), brief_of(screening)
        dates = explained.dates

        assert dates is not None
        assert brief.next_question == (explained.questions[0].text if explained.questions else "")
        assert brief.possible_from == ("" if dates.still_open else dates.possible_from or "")
        assert brief.valid_until == (dates.valid_until or "")


def test_ages_that_findings_look_at_by_themselves_keep_rows_apart(tmp_path: Path) -> None:
    """A course said to go on long after its last dose, a pregnancy test older than a pregnancy, results not done."""
    names = (
        "screening_id,treatments.complete,treatments.1.kind,treatments.1.ongoing,treatments.1.last_dose,"
        "sex,reproductive.pregnancy_test,reproductive.pregnancy_test.date,"
        "labs.anc.value,labs.anc.unit,labs.anc.date,labs.anc.2.value,labs.anc.2.unit,labs.anc.2.date"
    )
    judged = date.fromisoformat(AS_OF)
    rows = [
        f"P{number},yes,chemotherapy,{ongoing},{judged - timedelta(dose)},female,{test},{judged - timedelta(age)},"
        f"1.8,10^9/L,2026-01-02,{other},10^9/L,2025-11-01"
        for number, (ongoing, dose, test, age, other) in enumerate(
            product(
                ("yes", "no"),
                (10, 199, 200, 201, 202),
                ("negative", "positive"),
                (279, 280, 281),
                ("pending", "not done", "1.2"),
            )
        )
    ]
    table = tmp_path / "patients.csv"
    table.write_text("\n".join([names, *rows, ""]), encoding="utf-8")

    by_rows = files(table, tmp_path, "rows", verdicts_only=True)

    assert by_rows[RESULTS].count(b"\n") == len(rows) + 1
    for size in (1, 1000):
        assert files(table, tmp_path, "columns", rows=size, verdicts_only=True) == by_rows


def test_a_state_fades_in_a_table_as_it_does_in_a_record(tmp_path: Path) -> None:
    """Every state by itself, on both sides of its limit: each row is one that only the day tells from others."""
    says = {"ecog": "1", "karnofsky": "80", "reproductive.contraception": "agreed"}
    days = [date.fromisoformat(AS_OF) - timedelta(age) for age in (89, 90, 91, 92)]
    columns = [name for state in STATES for name in (state, f"{state}.date")]
    rows = [
        {state: says.get(state, answer), f"{state}.date": str(day)}
        for state in STATES
        for answer in ("no", "yes")
        for day in days
    ]
    table = tmp_path / "patients.csv"
    with table.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ["screening_id", *columns])
        writer.writeheader()
        writer.writerows({"screening_id": f"P{number}", **row} for number, row in enumerate(rows))

    by_rows = files(table, tmp_path, "rows", verdicts_only=True)

    assert by_rows[RESULTS].count(b"\n") == len(rows) + 1
    assert files(table, tmp_path, "columns", verdicts_only=True) == by_rows
