"""Each guide is carried out as it is written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from eligibility.batch import run_batch
from eligibility.dates import anchors
from eligibility.errors import Fault
from eligibility.intake import scalars
from eligibility.intake.faults import Rejection
from eligibility.intake.mapping import read_mapping
from eligibility.intake.patients import open_patients
from eligibility.patient.record import read_record
from eligibility.protocol.library import load_trial, trial_folder
from eligibility.protocol.lint_finding import LintFinding
from eligibility.protocol.verdict import Decision, Verdict
from eligibility.screening.cases import CaseRunner
from eligibility.screening.lint import lint_trial
from eligibility.screening.model import Engine
from eligibility.screening.screen import Screener
from tests.docs.pages import blocks, text_of, titled

ENGINES: tuple[Engine, ...] = ("reference", "durable-rules")
NEW = "inclusion/INCL09_age_limit.yaml"


def _write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def amended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """NCT06731140 with the criterion of the guide; tests leave it as it is."""
    folder = tmp_path_factory.mktemp("library") / "nct06731140"
    shutil.copytree(trial_folder("NCT06731140"), folder)
    guide = titled("docs/how-to/add-a-criterion.md")
    listed = guide["trial.yaml, under criteria"]
    before = listed.splitlines(keepends=True)[0]
    _write(folder, NEW, guide[NEW])
    trial_file = (folder / "trial.yaml").read_text(encoding="utf-8")
    assert before in trial_file
    with (folder / "registry.txt").open("a", encoding="utf-8") as registry:
        registry.write(guide["registry.txt, at the end"])
    _write(folder, "trial.yaml", trial_file.replace(before, listed))
    return folder


@pytest.fixture(scope="module")
def linted(amended: Path) -> list[LintFinding]:
    """What lint says of it."""
    return lint_trial(amended)


def test_the_new_criterion_is_without_fault_and_its_limit_is_covered(linted: list[LintFinding]):
    assert [str(found) for found in linted if found.location.source == NEW] == []


@pytest.mark.parametrize("engine", ENGINES)
def test_the_cases_of_the_new_criterion_are_right(amended: Path, engine: Engine):
    outcomes = [
        each for each in CaseRunner(amended, engine=engine).run_cases() if each.subject == "INCL09"
    ]

    assert len(outcomes) == 5
    assert [each.complaint for each in outcomes if each.complaint] == []


def test_vignettes_that_the_new_criterion_changes_are_named(linted: list[LintFinding]):
    complaints = [found for found in linted if "INCL09" in found.message]

    assert complaints
    assert {found.location.source for found in complaints} == {"patients.yaml"}


def test_the_slip_of_the_guide_gives_the_message_of_the_guide(amended: Path, tmp_path: Path):
    guide = blocks("docs/how-to/add-a-criterion.md")
    shown = next(b.text.strip() for b in guide if b.language == "text" and not b.title)
    folder = tmp_path / "nct06731140"
    shutil.copytree(amended, folder)
    text = (folder / NEW).read_text(encoding="utf-8")
    _write(folder, NEW, text.replace("at_most: 75", "atmost: 75"))

    assert [str(found) for found in lint_trial(folder)] == [shown]


@pytest.fixture
def demonstration(tmp_path: Path) -> Path:
    """The trial that the guide builds."""
    folder = tmp_path / "demo-01"
    for name, text in titled("docs/how-to/add-a-trial.md").items():
        _write(folder, name, text)
    return folder


def test_the_trial_of_the_guide_is_without_fault(demonstration: Path):
    assert [str(found) for found in lint_trial(demonstration)] == []


@pytest.mark.parametrize("engine", ENGINES)
def test_the_cases_of_the_trial_of_the_guide_are_right(demonstration: Path, engine: Engine):
    outcomes = list(CaseRunner(demonstration, engine=engine).run())

    assert len(outcomes) == 9
    assert [each.complaint for each in outcomes if each.complaint] == []


def test_the_trial_of_the_guide_screens_and_its_reading_can_be_switched(demonstration: Path):
    patient = read_record(
        {
            "diagnosis": {"cancer": "breast", "confirmation": "histology"},
            "treatments": {
                "complete": True,
                "items": [{"kind": "surgery", "last_dose": "2025-12-18"}],
            },
        }
    )
    dates = anchors("2026-01-05", "2026-01-15")

    as_written = Screener(load_trial(str(demonstration))).screen(patient, dates)
    switched = load_trial(str(demonstration), readings={"washout_last_day": "triggered"})

    assert as_written.decision is Decision.UNDETERMINED
    assert Screener(switched).screen(patient, dates).result("EXCL01").verdict is Verdict.FAIL


def test_the_table_of_the_guide_is_screened_and_its_rejected_row_is_as_shown(tmp_path: Path):
    guide = titled("docs/how-to/write-a-mapping.md")
    for name in ("clinic.csv", "mapping.yaml"):
        _write(tmp_path, name, guide[name])

    done = run_batch(
        tmp_path / "clinic.csv",
        tmp_path / "results",
        screener=Screener(load_trial("NCT06731140")),
        as_of="2026-11-21",
        planned_start="2026-12-01",
        mapping=read_mapping(tmp_path / "mapping.yaml"),
    )

    assert (done.rows, done.rejected) == (4, 1)
    assert (done.folder / "rejected.csv").read_text(encoding="utf-8") == guide[
        "results/rejected.csv"
    ]
    results = (done.folder / "results.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in results[1:]] == ["P-001", "P-002", "P-003"]


@pytest.mark.parametrize(
    ("name", "outcomes"),
    [
        ("semicolons.csv", ["P-001", "decimal_comma", "P-003"]),
        ("patients.jsonl", ["P-001", "P-002", "json_unreadable", "not_finite"]),
    ],
)
def test_the_files_of_the_guide_are_read_as_it_says(
    name: str, outcomes: list[str], tmp_path: Path
) -> None:
    _write(tmp_path, name, titled("docs/how-to/give-a-table.md")[name])

    with open_patients(tmp_path / name) as patients:
        rows = list(patients)

    assert [
        row.faults[0].code if isinstance(row, Rejection) else row.screening_id for row in rows
    ] == outcomes


@pytest.mark.parametrize(
    "fault", [each.code for each in vars(scalars).values() if isinstance(each, Fault)]
)
def test_every_reason_to_refuse_a_cell_has_a_code_in_the_reference(fault: str) -> None:
    assert f"`{fault}`" in text_of("docs/reference/error-codes.md")
