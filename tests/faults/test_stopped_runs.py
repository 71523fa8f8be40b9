"""A run that is killed, starved of disk or interrupted goes on with --resume and writes the same bytes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.tables import table

ROOT = Path(__file__).parents[2]


@pytest.fixture
def quick_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: killing a process loses nothing that the system has."""
    memory = Path("/dev/shm")  # noqa: S108
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    folder = Path(tempfile.mkdtemp(dir=memory))
    yield folder
    shutil.rmtree(folder)


def seen(how: str, folder: Path, count: int, seed: int, engine: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.faults.runs", how, folder, count, seed, engine]
    ended = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    return json.loads(ended.stdout)


@pytest.mark.parametrize(
    ("engine", "kills", "seed"),
    [
        ("rows", 20, 1),
        ("columns", 20, 2),
        pytest.param("rows", 120, 3, marks=pytest.mark.long),
        pytest.param("columns", 100, 4, marks=pytest.mark.long),
    ],
)
def test_runs_killed_at_random_moments_lose_and_double_nothing(
    quick_folder: Path, engine: str, kills: int, seed: int
) -> None:
    told = seen("kill", quick_folder, kills, seed, engine)

    assert told["kills"] >= kills
    assert told["ended"] >= 1
    assert set(told["statuses"]) == {0}
    assert told["differ"] == []
    assert told["files"] > 12


@pytest.mark.parametrize(("engine", "times", "seed"), [("rows", 8, 1), ("columns", 4, 2)])
def test_writing_that_fails_at_a_random_byte_leaves_a_run_that_goes_on(
    quick_folder: Path, engine: str, times: int, seed: int
) -> None:
    told = seen("full", quick_folder, times, seed, engine)

    assert told["stopped"] > times
    assert set(told["statuses"]) <= {0, 3}
    assert told["differ"] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if not _mounted(disk, "size=16k"):
        pytest.skip("this machine does not let root mount a small disk")
    try:
        source = table(tmp_path, 80)
        first = _program(source, disk / "out")
        assert (first.returncode, (disk / "out").exists()) == (1, False)
        assert "No space left on device" in first.stderr
        assert "--resume" in first.stderr
        assert len(first.stderr.splitlines()) == 1
        assert _mounted(disk, "remount,size=8m")
        assert _program(source, disk / "out", "--resume").returncode == 0
        assert _program(source, tmp_path / "calm").returncode == 0
        assert _bytes(disk / "out") == _bytes(tmp_path / "calm")
    finally:
        subprocess.run(["/bin/umount", str(disk)], check=True)


@pytest.mark.parametrize("engine", ["rows", "columns"])
def test_an_interrupt_says_how_to_go_on_and_ends_with_130(tmp_path: Path, engine: str) -> None:
    source = table(tmp_path, 600)
    command = [*_command(source, tmp_path / "out"), "--engine", engine]
    started = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    work = tmp_path / ".out.run" / "state" / "checkpoint.json"
    while not work.exists():
        assert started.poll() is None
    started.send_signal(signal.SIGINT)
    told = started.communicate(timeout=60)[1]

    assert started.returncode == 130
    assert "--resume" in told
    assert "Traceback" not in told
    assert not (tmp_path / "out").exists()
    assert _program(source, tmp_path / "out", "--resume").returncode == 0
    assert _program(source, tmp_path / "calm").returncode == 0
    assert _bytes(tmp_path / "out") == _bytes(tmp_path / "calm")


def _mounted(disk: Path, options: str) -> bool:
    command = ["/bin/mount", "-t", "tmpfs", "-o", options, "none", str(disk)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _command(source: Path, out: Path) -> list[str]:
    start = [sys.executable, "-c", "from eligibility.cli import main; main()"]
    dates = ["--as-of", "2026-01-05", "--planned-start", "2026-01-15"]
    return [*start, "batch", str(source), "--out", str(out), *dates]


def _program(source: Path, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*_command(source, out), *more], cwd=ROOT, capture_output=True, text=True, check=False
    )


def _bytes(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
