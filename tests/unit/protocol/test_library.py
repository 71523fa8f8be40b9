"""The library: which trials there are, each by the number that its folder is named after."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from eligibility.protocol.library import load_trial, trial_ids
from eligibility.yaml_nodes import CriteriaFilesError
from tests.unit.protocol.bad_criteria import GOOD_TRIAL


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library of two trials; the second one copied from the first, and its id changed."""
    shutil.copytree(GOOD_TRIAL, tmp_path / "nct00000001")
    copied = shutil.copytree(GOOD_TRIAL, tmp_path / "nct00000002") / "trial.yaml"
    copied.write_text(copied.read_text("utf-8").replace("NCT00000001", "NCT00000002"), "utf-8")
    return tmp_path


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), "utf-8")


def test_each_trial_has_the_number_it_is_asked_for_by(library: Path) -> None:
    assert [load_trial(each, root=library).id for each in trial_ids(library)] == [
        "NCT00000001",
        "NCT00000002",
    ]


def test_a_trial_with_the_id_of_another_is_not_loaded(library: Path) -> None:
    replace(library / "nct00000002" / "trial.yaml", "NCT00000002", "NCT00000001")

    with pytest.raises(CriteriaFilesError, match="the id is not the name of the trial's folder"):
        load_trial("NCT00000002", root=library)


def test_a_folder_that_is_named_by_a_path_has_its_own_name_too(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(library / "nct00000002")

    assert load_trial(".").id == "NCT00000002"
