"""The trials of a process: all of them read at its start, all of them sound, and none read again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import screeners, serve
from api.app import create_app
from api.pages import criteria
from api.settings import Settings
from eligibility.protocol import library
from eligibility.yaml_nodes import CriteriaFilesError
from tests.api.conftest import client_of
from tests.unit.protocol.bad_criteria import GOOD_TRIAL

TRIAL = "NCT06731140"
PROFILE = "atezolizumab_p1"
ECOG = f"{TRIAL.lower()}/inclusion/INCL01_ecog_performance_status.yaml"
SMALL = f"{GOOD_TRIAL.name}/inclusion/INCL01_performance_status.yaml"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A library of two trials, of which this process has read nothing yet."""
    root = tmp_path / "criteria"
    shutil.copytree(library.trial_folder(TRIAL), root / TRIAL.lower())
    shutil.copytree(GOOD_TRIAL, root / GOOD_TRIAL.name)
    monkeypatch.setattr(library, "library_root", lambda: root)
    _forget()
    yield root
    _forget()


def _forget() -> None:
    screeners._library.cache_clear()
    criteria._analysed.cache_clear()


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), "utf-8")


def test_what_is_changed_on_disk_changes_no_answer(root: Path, tmp_path: Path) -> None:
    addresses = [
        "/v1/trials",
        f"/v1/trials/{TRIAL}/criteria/INCL01",
        f"/v1/trials/{TRIAL}/criteria/INCL01?profile={PROFILE}",
        f"/v1/trials/{TRIAL}?profile=shamrock_p3",
    ]
    with client_of(create_app(Settings(data_folder=tmp_path / "data"))) as client:
        before = client.get(addresses[1]).json()
        replace(root / ECOG, "at_most: 2", "at_most: 1")
        shutil.rmtree(root / GOOD_TRIAL.name)
        answers = [client.get(address) for address in addresses]

    assert [each.status_code for each in answers] == [200] * 4
    assert [each["id"] for each in answers[0].json()] == ["NCT00000001", TRIAL]
    assert answers[1].json() == before
    assert answers[2].json()["condition"] == before["condition"]


def test_the_analysis_is_of_the_rules_in_force(root: Path, tmp_path: Path) -> None:
    with client_of(create_app(Settings(data_folder=tmp_path / "data"))) as client:
        replace(root / SMALL, "ecog_performance_status", "ecog_performance_statsu")
        page = client.get("/criteria/NCT00000001/analysis").text

    assert "Nothing was found." in page


def test_a_slip_in_one_trial_keeps_the_service_from_starting_and_all_are_told(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    replace(root / SMALL, "at_most: 2}", "atmost: 2}")
    replace(root / GOOD_TRIAL.name / "profiles" / "site.yaml", "title:", "titel:")
    (root / TRIAL.lower() / "words.zh.yaml").write_text("- {en: left open}\n", encoding="utf-8")
    (root / "nct00000003").mkdir()
    monkeypatch.setenv("ELIGIBILITY_DATA_FOLDER", str(tmp_path / "data"))

    with pytest.raises(SystemExit, match="1"):
        serve.main()

    told = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[:2] for line in told] == [
        ["error", f"{SMALL}:5:44"],
        ["error", "nct00000001/profiles/site.yaml:1:1"],
        ["error", "nct00000001/profiles/site.yaml:1:1"],
        ["error", "nct00000003"],
        ["error", "nct06731140/words.zh.yaml:1:3"],
    ]


def test_no_application_is_made_of_a_library_with_a_fault(root: Path, tmp_path: Path) -> None:
    replace(root / GOOD_TRIAL.name / "trial.yaml", "NCT00000001", TRIAL)

    with pytest.raises(CriteriaFilesError, match=r"nct00000001/trial\.yaml:1:5: the id is not"):
        create_app(Settings(data_folder=tmp_path / "data"))
