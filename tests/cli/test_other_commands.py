"""`batch`, `criteria`, `template` and `version`."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from eligibility import cli
from eligibility.cli import main
from eligibility.protocol import library
from eligibility.version import ENGINE_VERSION
from tests.unit.protocol.bad_criteria import CORPUS, GOOD_TRIAL

from .running import DATES, PROFILE, Ended, run, run_program

ROOT = Path(__file__).parents[2]


def test_the_template_goes_through_batch(tmp_path: Path) -> None:
    table = tmp_path / "template.csv"
    table.write_text(run("template").out, encoding="utf-8")

    ended = run("batch", table, "--out", tmp_path / "out", *PROFILE)

    assert ended.status == 0
    assert "results.csv" in ended.out
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out" / "results.csv").read_text())))
    assert [row["decision"] for row in rows] == ["eligible"]
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert (summary["rows"], summary["rejected"]) == (1, 0)


def test_the_json_template_is_a_patient_that_screens(tmp_path: Path) -> None:
    path = tmp_path / "template.json"
    path.write_text(run("template", "--json").out, encoding="utf-8")

    assert run("screen", path, *DATES, *PROFILE, "--json").document["decision"] == "eligible"


def test_every_column_of_the_template_is_described() -> None:
    described = run("template", "--describe").out
    header = next(csv.reader(io.StringIO(run("template").out)))

    assert "ecog" in header
    for column in ("ecog", "specimens.N.er_percent", "labs.N.upper_limit_of_normal"):
        assert column in described


def test_rows_that_cannot_be_read_are_set_aside_and_counted(tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    table.write_text("screening_id,ecog\nA,1\nB,many\nC,2\n", encoding="utf-8")

    ended = run("batch", table, "--out", tmp_path / "out", *DATES)

    assert ended.status == 0
    rejected = (tmp_path / "out" / "rejected.csv").read_text()
    assert "ecog" in rejected
    assert "many" not in rejected + ended.out + ended.err
    assert len((tmp_path / "out" / "results.csv").read_text().splitlines()) == 3


def test_where_every_row_is_rejected_one_sentence_says_so_and_no_empty_table(
    tmp_path: Path,
) -> None:
    table = tmp_path / "patients.csv"
    table.write_text("screening_id,ecog,as_of\nA,1,x\nB,many,2026-11-21\nC,2,\nD,1,y\n")

    ended = run("batch", table, "--out", tmp_path / "out")

    said = " ".join(ended.out.split())
    assert (
        "All 4 rows were rejected and nobody was screened, most often for anchor_unreadable: "
        "rejected.csv says of each what to do; then screen the table again into a new folder."
    ) in said
    assert "independent" not in said
    assert "INCL01" not in said
    assert "written: " in said
    assert ended.status == 1


def test_one_row_that_is_screened_is_a_success(tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    table.write_text("screening_id,ecog\nA,1\nB,many\n", encoding="utf-8")

    assert run("batch", table, "--out", tmp_path / "out", *DATES).status == 0


def test_of_a_table_without_rows_one_sentence_says_so(tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    table.write_text("screening_id,ecog\n", encoding="utf-8")

    ended = run("batch", table, "--out", tmp_path / "out", *DATES)

    said = " ".join(ended.out.split())
    assert "The table has column names but no rows: nobody was screened." in said
    assert "INCL01" not in said
    assert ended.status == 0


def test_a_blank_date_is_filled_by_an_explicit_date_and_never_by_today(tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    table.write_text("screening_id,as_of\nA,\nB,2026-11-20\n", encoding="utf-8")

    run("batch", table, "--out", tmp_path / "without")
    run("batch", table, "--out", tmp_path / "with", "--as-of", "2026-11-21")

    assert "as_of_missing" in (tmp_path / "without" / "rejected.csv").read_text()
    assert len((tmp_path / "with" / "results.csv").read_text().splitlines()) == 3


def test_a_table_without_dates_is_judged_today_and_says_so(tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    table.write_text("screening_id,ecog\nA,1\n", encoding="utf-8")

    run("batch", table, "--out", tmp_path / "out")

    [row] = csv.DictReader(io.StringIO((tmp_path / "out" / "results.csv").read_text()))
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert date.fromisoformat(row["as_of"]) == date.fromisoformat(summary["as_of"])
    assert summary["table_sha256"] == hashlib.sha256(table.read_bytes()).hexdigest()


def test_the_mapping_of_a_batch_is_named_by_its_hash(tmp_path: Path) -> None:
    folder = ROOT / "examples" / "tcga_brca"
    mapping = folder / "mapping.yaml"

    run("batch", folder / "patients.tsv", "--out", tmp_path / "out", "--mapping", mapping)

    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["mapping_sha256"] == hashlib.sha256(mapping.read_bytes()).hexdigest()


def test_the_command_line_and_the_library_have_the_same_trial_in_mind() -> None:
    assert cli.DEFAULT_TRIAL == library.DEFAULT_TRIAL


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(("nothing.csv", "--out", "out"), "nothing.csv", id="no such table"),
        pytest.param(("table.csv", "--out", "full"), "not empty", id="folder is not empty"),
        pytest.param(("table.csv", "--out", "table.csv"), "is a file", id="folder is a file"),
        pytest.param(("full", "--out", "out"), "full", id="table is a folder"),
        pytest.param(("empty.csv", "--out", "out"), "empty.csv", id="empty table"),
        pytest.param(("binary.csv", "--out", "out"), "binary.csv", id="binary table"),
        pytest.param(("unknown.csv", "--out", "out"), "ecgo", id="unknown column"),
        pytest.param(("table.csv", "--out", "out", "--mapping", "table.csv"), "table.csv",
                     id="mapping is a table"),
        pytest.param(("table.csv", "--out", "out", "--mapping", "none.yaml"), "none.yaml",
                     id="no such mapping"),
        pytest.param(("table.csv", "--out", "out", "--profile", "none"), "none", id="no profile"),
    ],
)  # fmt: skip
def test_a_batch_that_cannot_run_says_why_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("table.csv").write_text("screening_id,ecog\nA,1\n")
    Path("unknown.csv").write_text("screening_id,ecgo\nA,1\n")
    Path("empty.csv").write_bytes(b"")
    Path("binary.csv").write_bytes(bytes(range(256)) * 8)
    Path("full").mkdir()
    Path("full/kept.txt").write_text("kept")

    ended = run("batch", *arguments, *DATES)

    assert ended.status == 1
    assert ended.err.startswith("error: ")
    assert message in ended.err
    assert "Traceback" not in ended.err
    assert not Path("out").exists()
    assert [path.name for path in Path("full").iterdir()] == ["kept.txt"]


def test_the_shipped_trials_have_nothing_for_the_lint_to_say() -> None:
    ended = run("criteria", "lint")

    assert ended.status == 0
    assert ended.out.splitlines() == [
        f"{trial}: 0 errors, 0 warnings" for trial in library.trial_ids()
    ]


def test_the_lint_of_a_trial_with_a_fault_ends_with_1(tmp_path: Path) -> None:
    folder = copy_of_the_trial(tmp_path)
    criterion = folder / "inclusion" / "INCL01_ecog_performance_status.yaml"
    criterion.write_text(criterion.read_text().replace("at_most: 2}", "atmost: 2}"))

    ended = run("criteria", "lint", folder)

    assert ended.status == 1
    assert "INCL01_ecog_performance_status.yaml:4:" in ended.out + ended.err
    assert 'did you mean "at_most"' in ended.out + ended.err


def test_every_example_of_the_shipped_trial_is_right() -> None:
    ended = run("criteria", "cases")

    assert ended.status == 0
    assert ended.out.rstrip().endswith("0 wrong")


def test_a_wrong_example_is_shown_with_its_place(tmp_path: Path) -> None:
    folder = copy_of_the_trial(tmp_path)
    criterion = folder / "inclusion" / "INCL01_ecog_performance_status.yaml"
    right = "patient: {ecog: 2}, verdict: pass"
    assert right in criterion.read_text()
    criterion.write_text(criterion.read_text().replace(right, right.replace("pass", "fail")))

    ended = run("criteria", "cases", folder)

    assert ended.status == 1
    assert "expected fail, found pass" in ended.out


def copy_of_the_trial(folder: Path) -> Path:
    copied = folder / "nct06731140"
    shutil.copytree(ROOT / "criteria" / "nct06731140", copied)
    return copied


@pytest.mark.parametrize("profile", ["atezolizumab_p1", "shamrock_p3"])
def test_a_trial_is_shown_with_its_profile(profile: str) -> None:
    ended = run("criteria", "show", "--profile", profile)

    assert ended.status == 0
    assert profile in ended.out
    assert "EXCL09" in ended.out


def test_trials_are_listed() -> None:
    lines = run("criteria", "list").out.splitlines()

    assert [line.split()[0] for line in lines] == library.trial_ids()


def test_a_trial_that_cannot_be_loaded_takes_no_other_from_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_of_the_trial(tmp_path)
    broken = Path(shutil.copytree(GOOD_TRIAL, tmp_path / GOOD_TRIAL.name))
    shutil.copy(
        CORPUS / "unknown_operator.yaml", broken / "inclusion/INCL01_performance_status.yaml"
    )
    (tmp_path / "nct00000002").mkdir()
    (tmp_path / "nct00000002" / "trial.yml").touch()
    monkeypatch.setattr(library, "library_root", lambda: tmp_path)

    ended = run("criteria", "list")

    assert ended.status == 1
    lines = ended.out.splitlines()
    assert lines[0] == "NCT00000001  cannot be loaded:"
    assert lines[1].startswith("  nct00000001/inclusion/INCL01_performance_status.yaml:")
    assert lines[2:4] == [
        "NCT00000002  cannot be loaded:",
        "  nct00000002: there is no trial.yaml here (rename trial.yml)",
    ]
    assert lines[4].startswith("NCT06731140  ")


def test_the_version_is_printed() -> None:
    assert run("version").out.strip() == ENGINE_VERSION


@pytest.mark.parametrize(
    "arguments", [(), ("--help",), ("screen", "--help"), ("criteria",), ("batch", "--help")]
)
def test_help_is_printed(arguments: tuple[str, ...]) -> None:
    ended = run(*arguments)

    assert "Usage: " in ended.out + ended.err
    assert "Traceback" not in ended.err


def test_help_imports_nothing_that_takes_long() -> None:
    ended = run_program("--help", env={"PYTHONVERBOSE": "1"})

    assert ended.returncode == 0
    for heavy in (
        "pydantic",
        "durable_rules_engine",
        "rich.console",
        "yaml",
        "polars",
        "sqlalchemy",
        "fastapi",
    ):
        assert f"import '{heavy}'" not in ended.stderr
    assert "import 'api.commands'" in ended.stderr, "those of the service are listed too"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("screen",), "Missing argument"),
        (("screen", "x.json", "--bogus"), "No such option"),
        (("screne",), "No such command"),
        (("batch", "x.csv"), "Missing option"),
    ],
)
def test_a_command_that_cannot_be_meant_ends_with_2(
    arguments: tuple[str, ...], message: str
) -> None:
    ended = run(*arguments)

    assert ended.status == 2
    assert message in ended.err


def interrupted() -> Ended:
    raise KeyboardInterrupt


def test_an_interrupt_ends_with_130(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(interrupted)

    assert end.value.code == 130
    assert capsys.readouterr().err.startswith("interrupted")
