"""The processes that a test has started, found by what they run."""

from __future__ import annotations

import os
from pathlib import Path

EXECUTOR, PYTHON_WORKER = "CoarseGrainedExecutorBackend", "pyspark.daemon"


def started_by_us(running: str) -> list[int]:
    """Our children and their children whose command line holds a text, oldest first."""
    parents = {each: parent for each in _numbers() if (parent := _parent(each)) is not None}
    ours = {os.getpid()}
    while more := {each for each, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sorted(each for each in ours - {os.getpid()} if running in _command(each))


def _numbers() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _parent(process: int) -> int | None:
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ProcessLookupError):
        return None


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (OSError, ProcessLookupError):
        return ""
