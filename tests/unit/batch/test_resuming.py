"""A run that was stopped goes on as the same run only, and never beside another one."""

from __future__ import annotations

import fcntl
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eligibility.batch import Advance, BatchError, BatchSummary, Every, finish, run_batch
from eligibility.errors import AnchorError
from eligibility.intake.faults import TableError
from eligibility.protocol.library import load_trial
from eligibility.screening.screen import Screener

AS_OF, START = "2026-11-21", "2026-12-01"
ROWS = [f"P{number},{number % 5},female" for number in range(40)]

screener = Screener(load_trial(profile="atezolizumab_p1"))


def table(folder: Path, *rows: str) -> Path:
    path = folder / "patients.csv"
    path.write_text("\n".join(["screening_id,ecog,sex", *rows]) + "\n", encoding="utf-8")
    return path


def screened(source: Path, out: Path, **more: Any) -> BatchSummary:
    given: dict[str, Any] = {
        "screener": screener,
        "as_of": AS_OF,
        "planned_start": START,
        "engine": "rows",
        "every": Every(rows=1),
    }
    return run_batch(source, out, **{**given, **more})


class PowerCutError(Exception):
    """What stops a run in these tests."""


def stopped(source: Path, out: Path, after: int = 10, **more: Any) -> None:
    """A run that is stopped after so many rows."""

    def cut(advance: Advance) -> None:
        if advance.rows > after:
            raise PowerCutError

    with pytest.raises(PowerCutError):
        screened(source, out, progress=cut, **more)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("after", [0, 1, 20, 39])
@pytest.mark.parametrize("engine", ["rows", "columns"])
def test_a_stopped_run_goes_on_and_writes_the_same(tmp_path: Path, after: int, engine: str) -> None:
    source = table(tmp_path, *ROWS[:20], ROWS[3], "P-x,99,female", *ROWS[20:])
    stopped(source, tmp_path / "out", after, engine=engine, block_rows=1)
    assert not (tmp_path / "out").exists()

    seen: list[int] = []
    screened(source, tmp_path / "out", resume=True, progress=lambda told: seen.append(told.rows))

    assert seen[0] == after + 1
    screened(source, tmp_path / "calm")
    assert bytes_of(tmp_path / "out") == bytes_of(tmp_path / "calm")
    assert not list(tmp_path.glob(".*"))


def test_a_torn_tail_is_cut_off(tmp_path: Path) -> None:
    source = table(tmp_path, *ROWS)
    stopped(source, tmp_path / "out")
    for name in ("results.csv", "rejected.csv"):
        with (tmp_path / ".out.run" / "whole" / name).open("ab") as torn:
            torn.write(b"P9,eligi")

    screened(source, tmp_path / "out", resume=True)

    screened(source, tmp_path / "calm")
    assert bytes_of(tmp_path / "out") == bytes_of(tmp_path / "calm")


def shorter(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 3])


def other(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"female", b"FEMALE").replace(b"P1", b"P2"))


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        ("whole/results.csv", shorter),
        ("whole/results.csv", other),
        ("whole/rejected.csv", shorter),
        ("state/checkpoint.json", shorter),
        ("state/ids.bin", shorter),
    ],
)
def test_a_damaged_run_is_refused(
    tmp_path: Path, file: str, damage: Callable[[Path], None]
) -> None:
    source = table(tmp_path, *ROWS)
    stopped(source, tmp_path / "out")
    damage(tmp_path / ".out.run" / file)

    assert refused(source, tmp_path / "out", resume=True).code == "run_damaged"


def refused(source: Path, out: Path, **more: Any) -> BatchError:
    with pytest.raises(BatchError) as caught:
        screened(source, out, **more)
    return caught.value


def test_an_unfinished_run_is_named_and_nothing_of_it_is_touched(tmp_path: Path) -> None:
    source = table(tmp_path, *ROWS)
    stopped(source, tmp_path / "out")
    before = bytes_of(tmp_path / ".out.run" / "state")

    error = refused(source, tmp_path / "out")

    assert error.code == "run_unfinished"
    assert ".out.run" in str(error)
    assert "--resume" in str(error)
    assert bytes_of(tmp_path / ".out.run" / "state") == before


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"planned_start": "2026-12-02"}, "planned_start"),
        ({"as_of": "2026-11-20"}, "as_of"),
        ({"verdicts_only": True}, "verdicts_only"),
        ({"results_format": "parquet"}, "format"),
        ({"explain": ("P1",)}, "explain"),
        ({"screener": Screener(load_trial())}, "profile"),
        ({"screener": Screener(load_trial(readings={"washout_day_21": "clear"}))}, "readings"),
    ],
)
def test_a_run_about_something_else_is_refused(
    tmp_path: Path, changed: dict[str, Any], named: str
) -> None:
    source = table(tmp_path, *ROWS)
    stopped(source, tmp_path / "out")

    error = refused(source, tmp_path / "out", resume=True, **changed)

    assert error.code == "run_changed"
    assert named in error.message


def test_a_changed_table_is_refused(tmp_path: Path) -> None:
    stopped(table(tmp_path, *ROWS), tmp_path / "out")
    source = table(tmp_path, *ROWS[:-1], "P39,0,female")

    error = refused(source, tmp_path / "out", resume=True)

    assert (error.code, "table_sha256" in error.message) == ("run_changed", True)


def test_the_day_of_the_run_is_the_day_it_began(tmp_path: Path) -> None:
    source = table(tmp_path, *ROWS)
    stopped(source, tmp_path / "out", as_of=None, default_as_of="2026-11-21")

    done = screened(source, tmp_path / "out", resume=True, as_of=None, default_as_of="2026-11-22")

    assert done.document["as_of"] == "2026-11-21"


def test_a_run_that_ended_is_not_done_again(tmp_path: Path) -> None:
    source = table(tmp_path, *ROWS)
    first = screened(source, tmp_path / "out", results_format="parquet")
    before = bytes_of(tmp_path / "out")

    again = screened(source, tmp_path / "out", results_format="parquet", resume=True)

    assert bytes_of(tmp_path / "out") == before
    assert again.document == json.loads(before["summary.json"])
    assert again.attrition.summary() == first.attrition.summary()
    assert refused(source, tmp_path / "out", resume=True).code == "output_exists"


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    source = table(tmp_path, *ROWS)
    stopped(source, tmp_path / "out")
    with (tmp_path / ".out.run" / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        assert refused(source, tmp_path / "out", resume=True).code == "run_is_busy"

    assert screened(source, tmp_path / "out", resume=True).rows == 40


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    source = table(tmp_path, *ROWS)
    (tmp_path / ".out.run").mkdir()
    (tmp_path / ".out.run" / "notes.txt").touch()

    assert refused(source, tmp_path / "out").code == "work_folder_taken"
    assert (tmp_path / ".out.run" / "notes.txt").exists()


def test_a_table_that_changes_meanwhile_gives_no_results(tmp_path: Path) -> None:
    source = table(tmp_path, *ROWS)

    def more(_: Advance) -> None:
        table(tmp_path, *ROWS, "P41,1,female")

    assert (
        refused(source, tmp_path / "out", progress=more, engine="columns").code == "table_changed"
    )
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".*"))


def test_a_table_damaged_in_the_middle_leaves_nothing_to_go_on_from(tmp_path: Path) -> None:
    source = table(tmp_path, *ROWS, *(f"Q{number},1,female" for number in range(50_000)))
    packed = tmp_path / "patients.csv.gz"
    packed.write_bytes(gzip.compress(source.read_bytes())[:-4_000])

    with pytest.raises(TableError, match="damaged"):
        screened(packed, tmp_path / "out", engine="columns", verdicts_only=True, block_rows=100)

    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    "dates",
    [
        {"as_of": "05.01.2026"},
        {"as_of": ""},
        {"planned_start": "2026-13-01"},
        {"as_of": None, "planned_start": "01/15/2026"},
        {"planned_start": "day 3"},
    ],
)
def test_dates_that_cannot_be_read_are_refused_before_any_row(
    tmp_path: Path, dates: dict[str, str]
) -> None:
    with pytest.raises(AnchorError):
        screened(table(tmp_path, *ROWS), tmp_path / "out", **dates)

    assert [path.name for path in tmp_path.iterdir()] == ["patients.csv"]


def test_a_full_disk_under_the_parquet_file_leaves_a_run_to_go_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, full = table(tmp_path, *ROWS), Path("/dev/full")
    real = finish.write_parquet
    with monkeypatch.context() as patched:
        patched.setattr(finish, "write_parquet", lambda results, _, ids: real(results, full, ids))
        with pytest.raises(BatchError, match="the disk does not take the Parquet file") as told:
            screened(source, tmp_path / "out", results_format="parquet")

    assert told.value.hint is not None
    assert "--resume" in told.value.hint
    screened(source, tmp_path / "out", results_format="parquet", resume=True)
    assert (tmp_path / "out" / "results.parquet").is_file()


def test_an_interrupt_keeps_what_is_done(tmp_path: Path) -> None:
    source = table(tmp_path, *ROWS)

    def interrupt(_: Advance) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match="--resume"):
        screened(source, tmp_path / "out", progress=interrupt)

    assert screened(source, tmp_path / "out", resume=True).rows == 40
