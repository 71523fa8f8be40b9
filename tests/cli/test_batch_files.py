"""`eligibility batch` takes tables of every kind, with options for what a file does not say."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from eligibility.intake.template import example_cell, template_columns

from .running import PROFILE, run

HEADER = ["screening_id", "allergies.1.substance"]
DAYS = ("--as-of", "2026-11-21", "--planned-start", "2026-12-01")


def book(folder: Path) -> Path:
    written = Workbook()
    written.remove(written.worksheets[0])
    for title in ("Old", "New"):
        sheet = written.create_sheet(title)
        sheet.append(HEADER)
        sheet.append([f"{title}-1", "latex"])
    written.save(folder / "t.xlsx")
    return folder / "t.xlsx"


def column(path: Path, name: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [row[name] for row in csv.DictReader(stream)]


def ids(out: Path) -> list[str]:
    return column(out / "results.csv", "screening_id")


def test_a_sheet_is_chosen(tmp_path: Path) -> None:
    ended = run("batch", book(tmp_path), "--out", tmp_path / "out", "--sheet", "New", *DAYS)

    assert ended.status == 0
    assert ids(tmp_path / "out") == ["New-1"]


def test_without_a_choice_the_sheets_are_named(tmp_path: Path) -> None:
    ended = run("batch", book(tmp_path), "--out", tmp_path / "out", *DAYS)

    assert ended.status == 1
    assert ended.err == (
        "error: t.xlsx: the workbook has 2 sheets with content, and none was chosen "
        '(choose one (sheet, --sheet): "Old", "New")\n'
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("options", "rejected"), [((), 1), (("--encoding", "cp1252"), 0)])
def test_an_encoding_is_named(options: tuple[str, ...], rejected: int, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(f"{','.join(HEADER)}\nP1,Nüsse\n".encode("cp1252"))

    ended = run("batch", path, "--out", tmp_path / "out", *options, *DAYS)

    assert ended.status == rejected  # it is the only row
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["rejected"] == rejected


def test_an_encoding_that_is_not_known_is_refused(tmp_path: Path) -> None:
    ended = run("batch", book(tmp_path), "--out", tmp_path / "out", "--encoding", "ebcdic", *DAYS)

    assert ended.status == 2


@pytest.mark.parametrize(
    ("lines", "judged"),
    [
        pytest.param('{"screening_id": "P1", "ecog": 1}\n', 1, id="on the day of the run"),
        pytest.param(
            '{"screening_id": "P1", "ecog": 1}\n{"screening_id": "P2", "as_of": "2026-11-21"}\n',
            1,
            id="on days of their own, which one line lacks",
        ),
        pytest.param('{"screening_id": "P1", "as_of": null}\n', 0, id="on a day that is missing"),
    ],
)
def test_the_day_of_the_run_never_stands_in_for_one_that_is_missing(
    lines: str, judged: int, tmp_path: Path
) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(lines, encoding="utf-8")

    run("batch", path, "--out", tmp_path / "out")

    assert len(ids(tmp_path / "out")) == judged


RECENT = {"kind": "chemotherapy", "agents": "capecitabine", "last_dose": "2026-11-20"}


@pytest.mark.parametrize(
    ("written", "decided", "rejected"),
    [
        pytest.param("{}", ["ineligible"], set(), id="as a text"),
        pytest.param('="{}"', [], {"formula_without_value"}, id="as a formula"),
    ],
)
def test_a_treatment_of_yesterday_is_never_overlooked(
    written: str, decided: list[str], rejected: set[str], tmp_path: Path
) -> None:
    book = Workbook()
    columns = template_columns()
    added = {f"treatments.4.{name}": written.format(value) for name, value in RECENT.items()}
    book.worksheets[0].append([*columns, *(name for name in added if name not in columns)])
    cells = {name: example_cell(name) for name in columns} | added
    book.worksheets[0].append([value or None for value in cells.values()])
    book.save(tmp_path / "t.xlsx")

    run("batch", tmp_path / "t.xlsx", "--out", tmp_path / "out", *DAYS, *PROFILE)

    assert column(tmp_path / "out" / "results.csv", "decision") == decided
    assert set(column(tmp_path / "out" / "rejected.csv", "code")) == rejected
