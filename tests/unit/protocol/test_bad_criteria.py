"""One broken file per way of being wrong: each is reported with file, line, column and what to do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import eligibility
from eligibility.protocol.library import library_root, trial_folder, trial_ids
from eligibility.screening.lint import lint_trial
from tests.unit.protocol.bad_criteria import GOOD_TRIAL, BadFile, bad_files

CORPUS = bad_files()
# Where the code stands in calls that report a fault, when it is not given by name.
_CODE_ARGUMENT = {
    "fault": 2,
    "add": 3,
    "LiteralFault": 2,
    "_Refusal": 2,
    "_one_of": 3,
    "LintFinding": 1,
    "_report": 2,
    "_never": 2,
    "_complaints": 1,
}


@pytest.mark.parametrize("bad", CORPUS, ids=[bad.name for bad in CORPUS])
def test_a_broken_file_is_reported_where_it_is_wrong(bad: BadFile, tmp_path: Path) -> None:
    found = lint_trial(bad.put_into(tmp_path))

    severities = ("error", "warning") if bad.expects_warnings else ("error",)
    assert [str(each) for each in found if each.severity in severities] == bad.expected


def test_the_trial_the_broken_files_are_put_into_is_without_faults() -> None:
    assert lint_trial(GOOD_TRIAL) == []


@pytest.mark.parametrize("trial", trial_ids(library_root()))
def test_the_trials_of_the_library_are_without_faults(trial: str) -> None:
    assert lint_trial(trial_folder(trial)) == []


def test_the_corpus_holds_many_ways_of_being_wrong() -> None:
    assert len(CORPUS) >= 40


def test_every_code_of_a_fault_has_a_broken_file(tmp_path: Path) -> None:
    reported = set()
    for bad in CORPUS:
        reported |= {each.code for each in lint_trial(bad.put_into(tmp_path / bad.name))}

    codes = _codes_in_the_source()
    assert {"unknown_operator", "alias", "never_passes", "wrong_case", "out_of_range"} <= codes
    assert codes - reported == set()


def test_messages_name_no_value_of_a_patient(tmp_path: Path) -> None:
    bad = next(each for each in CORPUS if each.name == "leading_zero_in_a_case")

    found = lint_trial(bad.put_into(tmp_path))

    assert "01" not in found[0].message


def _codes_in_the_source() -> set[str]:
    """Every literal code with which the modules that read and lint criteria report something."""
    package = Path(eligibility.__file__).parent
    files = [
        package / "yaml_nodes.py",
        *package.glob("protocol/*.py"),
        *package.glob("screening/lint*.py"),
    ]
    return {code for file in files for code in _codes_of(ast.parse(file.read_text("utf-8")))}


def _codes_of(module: ast.Module) -> Iterator[str]:
    for call in ast.walk(module):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name not in _CODE_ARGUMENT:
            continue
        named = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
        position = _CODE_ARGUMENT[name]
        for argument in [*named, *call.args[position : position + 1]]:
            if isinstance(argument, ast.Constant):
                yield str(argument.value)
