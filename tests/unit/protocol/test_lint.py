"""What lint asks of cases, and what it leaves alone: each test changes one thing in the good trial."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from eligibility.protocol.lint_finding import LintFinding
from eligibility.screening.lint import lint_trial
from tests.unit.protocol.bad_criteria import GOOD_TRIAL

ECOG = "inclusion/INCL01_performance_status.yaml"
LABORATORY = "inclusion/INCL02_laboratory.yaml"
WASHOUT = "exclusion/EXCL01_washout.yaml"
PROFILE = "profiles/site.yaml"

Change = Callable[[str, str, str], None]


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    return Path(shutil.copytree(GOOD_TRIAL, tmp_path / GOOD_TRIAL.name))


@pytest.fixture
def change(trial: Path) -> Change:
    """Replaces a text that stands exactly once in a file of the trial."""

    def replace(file: str, old: str, new: str) -> None:
        text = (trial / file).read_text("utf-8")
        assert text.count(old) == 1
        (trial / file).write_text(text.replace(old, new), "utf-8")

    return replace


def warnings(trial: Path) -> list[str]:
    return [each.message for each in lint_trial(trial) if each.code == "missing_boundary"]


def test_a_laboratory_result_more_than_a_tenth_away_is_not_beside_the_limit(
    trial: Path, change: Change
) -> None:
    change(LABORATORY, "value: 1.4", "value: 1.3")

    assert warnings(trial) == ["INCL02 has no case just below anc 1.5 10^9/L"]


def test_a_range_is_not_a_value_at_the_limit(trial: Path, change: Change) -> None:
    change(LABORATORY, "value: 1.5", 'value: "1.5-1.6"')

    assert warnings(trial) == ["INCL02 has no case exactly at anc 1.5 10^9/L"]


def test_a_limit_of_a_site_profile_needs_cases_under_that_profile(
    trial: Path, change: Change
) -> None:
    (trial / "profiles/other.yaml").write_text((trial / PROFILE).read_text("utf-8"), "utf-8")

    found = [each for each in lint_trial(trial) if each.code == "missing_boundary"]

    sides = "just below, exactly at or just above"
    assert [each.message for each in found] == [f"INCL02 has no case {sides} anc 1.5 10^9/L"]
    assert found[0].location.source == "profiles/other.yaml"


def test_a_washout_needs_the_days_next_to_it(trial: Path, change: Change) -> None:
    change(WASHOUT, "2025-12-24", "2025-12-23")

    assert warnings(trial) == [
        "EXCL01 has no case a day past 21 days from last_dose to planned_start"
    ]


def test_without_a_planned_start_no_case_lies_at_the_end_of_a_washout(
    trial: Path, change: Change
) -> None:
    change(
        WASHOUT, "last_dose: 2025-12-25}]}}", "last_dose: 2025-12-25}]}}\n    planned_start: none"
    )

    assert warnings(trial) == [
        "EXCL01 has no case exactly at 21 days from last_dose to planned_start"
    ]


def test_no_case_is_asked_for_beyond_the_end_of_a_scale(trial: Path, change: Change) -> None:
    change(ECOG, "at_most: 2", "at_most: 0")

    assert warnings(trial) == ["INCL01 has no case exactly at ecog_performance_status 0"]


def test_a_criterion_without_its_profile_is_not_asked_for_more_than_an_unknown(
    trial: Path, change: Change
) -> None:
    shutil.rmtree(trial / "profiles")
    text = (trial / LABORATORY).read_text("utf-8").partition("cases:")[0]
    unknown = "cases:\n  - {case: nothing is decided, patient: {}, verdict: unknown}\n"
    (trial / LABORATORY).write_text(text + unknown, "utf-8")

    found = lint_trial(trial)

    assert [(each.code, each.severity) for each in found] == [("missing_definition", "warning")]


def test_a_branch_that_only_another_reading_makes_idle_is_no_fault(
    trial: Path, change: Change
) -> None:
    change(
        WASHOUT,
        "clear: false",
        "clear: {finding: last_dose, at_most: 21 days, before: planned_start}",
    )

    assert lint_trial(trial) == []


def test_findings_are_sorted_by_file_and_line(trial: Path, change: Change) -> None:
    change(PROFILE, "at_least", "at_leest")
    change(WASHOUT, "if_failed: wait", "if_failed: wayt")
    change(WASHOUT, "classes, includes", "clases, includes")

    places = [place(each) for each in lint_trial(trial)]

    assert places == [(WASHOUT, 8), (WASHOUT, 18), (PROFILE, 4)]


def place(finding: LintFinding) -> tuple[str | None, int | None]:
    return finding.location.source, finding.location.line


def test_a_folder_without_a_trial_is_one_error(tmp_path: Path) -> None:
    assert [each.code for each in lint_trial(tmp_path / "nothing")] == ["unreadable"]


def test_a_file_of_nothing_but_brackets_is_refused(trial: Path) -> None:
    (trial / ECOG).write_text("[" * 100_000, "utf-8")

    assert [each.code for each in lint_trial(trial)] == ["nested_too_deeply"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("profiles/site_a.yml", "did you mean profiles/site_a.yaml?"),
        ("patients.yml", "did you mean patients.yaml?"),
        ("words.zh.yml", "did you mean words.zh.yaml?"),
        ("exclusions/EXCL06_x.yaml", "did you mean exclusion/EXCL06_x.yaml?"),
        ("Exclusion/EXCL06_x.yaml", "did you mean exclusion/EXCL06_x.yaml?"),
        ("exclusion/EXCL06_x.txt", "rename it, or keep it elsewhere if it is no part of the trial"),
        ("exclusion/EXCL06_x.yaml.bak",
         "rename it, or keep it elsewhere if it is no part of the trial"),
        ("profiles/old/site.yaml", "rename it, or keep it elsewhere if it is no part of the trial"),
    ],
)  # fmt: skip
def test_a_file_that_nothing_reads_is_named(trial: Path, name: str, hint: str) -> None:
    (trial / name).parent.mkdir(exist_ok=True)
    (trial / name).write_text("nonsense: [", "utf-8")

    found = [str(each) for each in lint_trial(trial)]

    assert found == [f"{name}: error: this file is not read; {hint}"]


def test_what_the_system_keeps_beside_the_files_is_no_fault(trial: Path) -> None:
    (trial / "inclusion" / ".DS_Store").write_bytes(b"\0")

    assert lint_trial(trial) == []


@pytest.mark.parametrize("name", ["INCL01_performance.v2.yaml", "INCL01_performance_status.yml"])
def test_a_file_whose_name_may_not_be_so_is_told_what_names_are(
    trial: Path, change: Change, name: str
) -> None:
    (trial / ECOG).rename(trial / "inclusion" / name)
    change("trial.yaml", ECOG, f"inclusion/{name}")

    (found,) = [each for each in lint_trial(trial) if each.location.source == "trial.yaml"]

    assert found.code == "file_name"
    assert "letters, digits, _ and -" in found.message
