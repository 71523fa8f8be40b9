"""Results are whole or absent, in a folder of their own, and a place that cannot take them is refused first."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from eligibility.batch import Advance, BatchError, run_batch
from eligibility.batch.work_folder import WorkFolder
from eligibility.errors import EligibilityError
from eligibility.screening.screen import Screener
from tests.unit.batch.running import AS_OF, EXAMPLES, START, read, screened, table


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
