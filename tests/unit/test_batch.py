"""A table is screened row by row; what goes in comes out, and results are whole or absent."""

import csv
import errno
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from eligibility.batch import Advance, BatchEngine, BatchError, BatchSummary, run_batch
from eligibility.batch.work_folder import WorkFolder
from eligibility.columnar.written import Written
from eligibility.errors import EligibilityError
from eligibility.intake.mapping import read_mapping
from eligibility.intake.patients import PatientTable
from eligibility.intake.template import template_csv
from eligibility.protocol.library import load_trial
from eligibility.screening.screen import Screener
from eligibility.version import ENGINE_VERSION

EXAMPLES = Path(__file__).parents[2] / "examples"
AS_OF, START = "2026-11-21", "2026-12-01"


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener(load_trial(profile="atezolizumab_p1"))


def table(folder: Path, *lines: str) -> Path:
    path = folder / "patients.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def screened(
    source: Path,
    out: Path,
    screener: Screener,
    as_of: str | None = AS_OF,
    engine: BatchEngine = "columns",
    *,
    resume: bool = False,
) -> BatchSummary:
    return run_batch(
        source,
        out,
        screener=screener,
        as_of=as_of,
        planned_start=START,
        engine=engine,
        resume=resume,
    )


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


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


def test_results_are_never_mixed_with_what_is_there(tmp_path: Path, screener: Screener) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(BatchError) as caught:
        screened(EXAMPLES / "patients.csv", out, screener)

    assert caught.value.code == "output_exists"
    assert [path.name for path in out.iterdir()] == ["notes.txt"]


def test_an_empty_folder_is_used(tmp_path: Path, screener: Screener) -> None:
    (tmp_path / "out").mkdir()

    screened(EXAMPLES / "patients.csv", tmp_path / "out", screener)

    assert len(read(tmp_path / "out" / "results.csv")) == 14


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path, screener: Screener) -> None:
    out = table(tmp_path, "screening_id")

    with pytest.raises(BatchError) as caught:
        screened(EXAMPLES / "patients.csv", out, screener)

    assert caught.value.code == "output_is_a_file"


def refused_before_the_first_row(out: Path, screener: Screener, *, resume: bool = False) -> str:
    """The code of the refusal; nothing was screened and nothing is left beside the place."""
    seen: list[Advance] = []
    with pytest.raises(BatchError) as caught:
        run_batch(
            EXAMPLES / "patients.csv",
            out,
            screener=screener,
            as_of=AS_OF,
            planned_start=START,
            progress=seen.append,
            resume=resume,
        )
    assert seen == []
    assert caught.value.hint
    return caught.value.code


@pytest.mark.parametrize("resume", [False, True])
def test_a_link_in_the_place_of_the_folder_is_refused(
    resume: bool, tmp_path: Path, screener: Screener
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to("real")
    (tmp_path / "nowhere").symlink_to("gone")

    for name in ("out", "nowhere"):
        code = refused_before_the_first_row(tmp_path / name, screener, resume=resume)
        assert code == "output_is_a_link"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nowhere", "out", "real"]
    assert list((tmp_path / "real").iterdir()) == []


@pytest.mark.parametrize("written", [".", "../here", "", "absolute"])
def test_the_folder_one_is_in_is_refused_for_the_results(
    written: str, tmp_path: Path, screener: Screener, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    out = here if written == "absolute" else Path(written)

    assert refused_before_the_first_row(out, screener) == "output_is_here"
    assert [path.name for path in tmp_path.iterdir()] == ["here"]
    assert list(here.iterdir()) == []


def test_a_mounted_folder_is_refused_for_the_results() -> None:
    with pytest.raises(BatchError) as caught:
        WorkFolder(Path("/proc")).refuse_what_is_no_folder()

    assert caught.value.code == "output_is_mounted"


def test_a_folder_that_the_system_holds_in_its_place_is_refused_before_the_first_row(
    tmp_path: Path, screener: Screener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a folder is that is bound to another of the same disk: nothing but the attempt tells."""
    out, rename = tmp_path / "out", Path.rename
    out.mkdir()

    def held(path: Path, target: Path) -> Path:
        if target == out:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", held)

    assert refused_before_the_first_row(out, screener) == "output_is_mounted"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_cannot_be_made_is_one_clear_error(
    tmp_path: Path, screener: Screener
) -> None:
    blocked = table(tmp_path, "screening_id") / "out"

    with pytest.raises(BatchError) as caught:
        screened(EXAMPLES / "patients.csv", blocked, screener)

    assert caught.value.code == "cannot_write"


def test_a_disk_that_fails_at_the_end_leaves_a_run_that_goes_on(
    tmp_path: Path, screener: Screener
) -> None:
    def full(_: Path, __: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Path, "rename", full)
        with pytest.raises(BatchError) as caught:
            screened(EXAMPLES / "patients.csv", tmp_path / "out", screener)

    assert caught.value.code == "cannot_write"
    assert "--resume" in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == [".out.run"]
    assert screened(EXAMPLES / "patients.csv", tmp_path / "out", screener, resume=True).rows == 14
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_table_that_cannot_be_used_leaves_nothing_behind(
    tmp_path: Path, screener: Screener
) -> None:
    source = table(tmp_path, "screening_id,ecgo", "P1,1")

    with pytest.raises(EligibilityError):
        screened(source, tmp_path / "results" / "out", screener)

    assert not (tmp_path / "results").exists()


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
