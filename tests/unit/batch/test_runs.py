"""A table is screened; what goes in comes out, judged on the dates it was to be judged on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eligibility.batch import Advance, BatchEngine, BatchError, run_batch
from eligibility.columnar.written import Written
from eligibility.intake.mapping import read_mapping
from eligibility.intake.patients import PatientTable
from eligibility.intake.template import template_csv
from eligibility.protocol.library import load_trial
from eligibility.screening.screen import Screener
from eligibility.version import ENGINE_VERSION
from tests.unit.batch.running import AS_OF, EXAMPLES, START, read, screened, sha256_of, table


def test_the_template_patient_is_eligible(tmp_path: Path, screener: Screener) -> None:
    source = tmp_path / "template.csv"
    source.write_text(template_csv(), encoding="utf-8")

    screened(source, tmp_path / "out", screener)

    [row] = read(tmp_path / "out" / "results.csv")
    assert (row["screening_id"], row["decision"]) == ("EX-001", "eligible")
    assert (row["possible_from"], row["valid_until"]) == ("2026-11-21", "2026-12-03")
    assert {row[criterion.id] for criterion in screener.trial.criteria} == {"pass"}


def test_every_row_is_a_result_or_rejected(tmp_path: Path, screener: Screener) -> None:
    source = table(
        tmp_path,
        "screening_id,ecog,sex",
        "P1,1,female",
        "P2,9,femal",
        "P1,1,female",
        "P4,3",
        "",
        "P5,3,female",
    )

    summary = screened(source, tmp_path / "out", screener)

    results = read(tmp_path / "out" / "results.csv")
    rejected = read(tmp_path / "out" / "rejected.csv")
    assert [row["screening_id"] for row in results] == ["P1", "P5"]
    assert [(row["line"], row["column"], row["code"]) for row in rejected] == [
        ("3", "ecog", "out_of_bounds"),
        ("3", "sex", "unknown_code"),
        ("4", "screening_id", "duplicate_id"),
        ("5", "", "too_few_cells"),
    ]
    assert (summary.rows, summary.rejected) == (5, 3)
    assert summary.document["blank_lines"] == 1


def test_the_summary_says_what_was_screened_with_which_rules(
    tmp_path: Path, screener: Screener
) -> None:
    screened(table(tmp_path, "screening_id,ecog", "P1,4"), tmp_path / "out", screener)

    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["trial"] == "NCT06731140"
    assert summary["profile"] == "atezolizumab_p1"
    assert summary["rules_hash"] == screener.trial.rules_hash
    assert (summary["as_of"], summary["planned_start"]) == (AS_OF, START)
    assert summary["decisions"] == {"eligible": 0, "ineligible": 1, "undetermined": 0}
    assert summary["sequential"][0]["failed"] == 1


def test_the_same_table_gives_the_same_bytes(tmp_path: Path, screener: Screener) -> None:
    for name in ("one", "two"):
        screened(EXAMPLES / "patients.csv", tmp_path / name, screener)

    for name in ("results.csv", "rejected.csv", "summary.json"):
        first = (tmp_path / "one" / name).read_bytes()
        assert first == (tmp_path / "two" / name).read_bytes()


def test_a_row_without_any_date_to_judge_on_is_rejected(tmp_path: Path, screener: Screener) -> None:
    source = table(tmp_path, "screening_id,as_of", "P1,", "P2,2026-11-20")

    screened(source, tmp_path / "out", screener, as_of=None)

    [fault] = read(tmp_path / "out" / "rejected.csv")
    assert (fault["screening_id"], fault["code"]) == ("P1", "as_of_missing")


@pytest.mark.parametrize(
    ("as_of", "default", "codes"),
    [
        pytest.param(None, "2026-11-21", ["as_of_missing"], id="the day of the run is no answer"),
        pytest.param("2026-11-21", None, [], id="a date that was asked for is"),
    ],
)
def test_a_blank_cell_in_a_column_of_dates_is_filled_by_an_explicit_date_only(
    tmp_path: Path, screener: Screener, as_of: str | None, default: str | None, codes: list[str]
) -> None:
    source = table(tmp_path, "screening_id,as_of", "P1,", "P2,2026-11-20")

    run_batch(
        source,
        tmp_path / "out",
        screener=screener,
        as_of=as_of,
        default_as_of=default,
        planned_start=START,
    )

    rejected = read(tmp_path / "out" / "rejected.csv")
    assert [fault["code"] for fault in rejected] == codes
    assert read(tmp_path / "out" / "results.csv")[-1]["as_of"] == "2026-11-20"


def test_a_table_without_a_column_of_dates_is_judged_on_the_default(
    tmp_path: Path, screener: Screener
) -> None:
    source = table(tmp_path, "screening_id,ecog", "P1,1")

    summary = run_batch(
        source,
        tmp_path / "out",
        screener=screener,
        as_of=None,
        default_as_of=AS_OF,
        planned_start=None,
    )

    assert read(tmp_path / "out" / "results.csv")[0]["as_of"] == AS_OF
    assert summary.document["as_of"] == AS_OF


def test_a_result_says_which_dates_it_was_judged_on(tmp_path: Path, screener: Screener) -> None:
    source = table(
        tmp_path,
        "screening_id,as_of,planned_start",
        "P1,2026-11-20,2026-11-30",
        "P2,2026-11-20,",
        "P3,,2026-11-30",
    )

    screened(source, tmp_path / "out", screener)

    rows = read(tmp_path / "out" / "results.csv")
    assert [(row["as_of"], row["planned_start"]) for row in rows] == [
        ("2026-11-20", "2026-11-30"),
        ("2026-11-20", START),
        (AS_OF, "2026-11-30"),
    ]


def test_the_summary_names_the_rules_and_the_bytes_that_were_read(tmp_path: Path) -> None:
    folder = EXAMPLES / "tcga_brca"
    readings = {"receptor_exactly_one_percent": "positive"}

    summary = run_batch(
        folder / "patients.tsv",
        tmp_path / "out",
        screener=Screener(load_trial(readings=readings)),
        as_of=None,
        planned_start=None,
        mapping=read_mapping(folder / "mapping.yaml"),
    ).document

    assert summary["readings"]["receptor_exactly_one_percent"] == "positive"
    assert summary["readings"]["washout_day_21"] == "review"
    assert summary["engine_version"] == ENGINE_VERSION
    assert summary["profile"] is None
    assert summary["table_sha256"] == sha256_of(folder / "patients.tsv")
    assert summary["mapping_sha256"] == sha256_of(folder / "mapping.yaml")
    assert summary["joined_sha256"] == {
        name: sha256_of(folder / name) for name in summary["joined_rows_without_patient"]
    }
    assert len(summary["joined_sha256"]) > 1


def test_a_changed_table_has_another_hash(tmp_path: Path, screener: Screener) -> None:
    hashes = {
        screened(table(tmp_path, "screening_id,ecog", row), tmp_path / row, screener).document[
            "table_sha256"
        ]
        for row in ("P1,1", "P1,2")
    }

    assert len(hashes) == 2


_WHOLE = "write a whole date"


_ONE_CLOCK = "write all dates of the row, as_of and planned_start on one clock"


@pytest.mark.parametrize("engine", ["rows", "columns"])
@pytest.mark.parametrize(
    ("header", "row", "code", "column", "hint"),
    [
        pytest.param("as_of", "2026-13-01", "anchor_unreadable", "as_of", _WHOLE, id="no month"),
        pytest.param("as_of", "2026-11", "anchor_unreadable", "as_of", _WHOLE, id="no day"),
        pytest.param(
            "planned_start", "01.12.2026", "anchor_unreadable", "planned_start", _WHOLE, id="start"
        ),
        pytest.param("as_of", "day 3", "anchor_clocks_differ", "as_of", _ONE_CLOCK, id="day 3"),
        pytest.param(
            "planned_start", "day 3", "anchor_clocks_differ", "as_of", _ONE_CLOCK, id="start day 3"
        ),
        pytest.param(
            "as_of", "2027-01-01", "planned_start_before_as_of", "as_of", "on or after", id="late"
        ),
        pytest.param(
            "birth_date", "day -20000", "clock_mismatch", "as_of", "calendar dates", id="offset"
        ),
    ],
)
def test_dates_that_do_not_fit_reject_the_row(
    header: str,
    row: str,
    code: str,
    column: str,
    hint: str,
    engine: BatchEngine,
    tmp_path: Path,
    screener: Screener,
) -> None:
    source = table(tmp_path, f"screening_id,{header}", f"P1,{row}")

    summary = screened(source, tmp_path / "out", screener, engine=engine)

    assert (summary.rows, summary.rejected) == (1, 1)
    [fault] = read(tmp_path / "out" / "rejected.csv")
    assert (fault["code"], fault["column"]) == (code, column)
    assert hint in fault["hint"]
    assert row not in fault["message"] + fault["hint"]


@pytest.mark.parametrize(("engine", "counted"), [("rows", [1, 2, 3]), ("columns", [3])])
def test_progress_counts_the_rows(
    engine: BatchEngine, counted: list[int], tmp_path: Path, screener: Screener
) -> None:
    seen: list[Advance] = []
    source = table(tmp_path, "screening_id,ecog", "P1,1", "P2,x", "P3,2")

    run_batch(
        source,
        tmp_path / "out",
        screener=screener,
        as_of=AS_OF,
        planned_start=None,
        progress=seen.append,
        engine=engine,
    )

    assert [advance.rows for advance in seen] == counted
    assert seen[-1].bytes_read == source.stat().st_size


def test_a_lost_row_stops_the_run(
    tmp_path: Path, screener: Screener, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = PatientTable.__iter__
    monkeypatch.setattr(PatientTable, "__iter__", lambda self: iter(list(real(self))[1:]))

    with pytest.raises(BatchError) as caught:
        screened(EXAMPLES / "patients.csv", tmp_path / "out", screener, engine="rows")

    assert caught.value.code == "rows_lost"
    assert not (tmp_path / "out").exists()


def test_a_row_lost_between_columns_stops_the_run(
    tmp_path: Path, screener: Screener, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = Written.add

    def all_but_one(self: Written, places: Any, *endings: Any) -> None:
        add(self, places[1:], *(each[1:] for each in endings))

    monkeypatch.setattr(Written, "add", all_but_one)

    with pytest.raises(BatchError) as caught:
        screened(EXAMPLES / "patients.csv", tmp_path / "out", screener)

    assert caught.value.code == "rows_lost"


def test_the_tcga_slice_is_screened_whole(tmp_path: Path, screener: Screener) -> None:
    folder = EXAMPLES / "tcga_brca"

    summary = run_batch(
        folder / "patients.tsv",
        tmp_path / "out",
        screener=screener,
        as_of=None,
        planned_start=None,
        mapping=read_mapping(folder / "mapping.yaml"),
    )

    decisions = summary.document["decisions"]
    assert (summary.rows, summary.rejected) == (122, 0)
    assert decisions["eligible"] == 0
    assert decisions["undetermined"] > decisions["ineligible"] > 0
    males = [row for row in summary.attrition.independent() if row["criterion"] == "INCL08"]
    assert males[0]["failed"] == 12
