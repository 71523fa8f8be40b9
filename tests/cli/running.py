"""Runs the command line: in this process for speed, as a program where that is what is tested."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from eligibility.cli import main
from eligibility.intake.template import example_profile

DATES = ("--as-of", "2026-11-21", "--planned-start", "2026-12-01")
PROFILE = ("--profile", "atezolizumab_p1")
PROGRAM = [sys.executable, "-c", "from eligibility.cli import main; main()"]


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What was printed, as JSON."""
        return json.loads(self.out)


def run(*arguments: object, stdin: bytes = b"") -> Ended:
    """The command in this process; an exception that gets out is a fault of the program."""
    out, err = _stream(), _stream()
    words = ["eligibility", *map(str, arguments)]
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        patch.object(sys, "argv", words),
        patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))),
    ):
        status = _status()
    return Ended(status, _text(out), _text(err))


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


def _status() -> int:
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def run_program(*arguments: object, **more: Any) -> subprocess.CompletedProcess[str]:
    """The command as a program of its own."""
    command = [*PROGRAM, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **more)


def example(folder: Path, name: str = "patient.json", **changed: object) -> Path:
    """The example patient as a file."""
    path = folder / name
    path.write_text(json.dumps({**example_profile(), **changed}), encoding="utf-8")
    return path
