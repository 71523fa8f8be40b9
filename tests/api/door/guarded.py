"""An environment in which no Python can call another machine unseen, and what it saw."""

from __future__ import annotations

import json
import shutil
import site
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

GUARD = Path(__file__).with_name("outbound_guard.py")


@dataclass(frozen=True)
class Guarded:
    """A Python with the packages of this one, and with the guard."""

    python: Path
    record: Path

    def began(self) -> dict[str, str]:
        """The command of every process that began, by its id."""
        return {str(each["pid"]): each["to"] for each in self._lines() if each["what"] == "began"}

    def started(self) -> set[str]:
        """The programs that were started."""
        return {each["to"] for each in self._lines() if each["what"] == "starts"}

    def outbound(self) -> list[tuple[str, str]]:
        """What was tried, and where to."""
        lines = self._lines()
        return [(e["what"], e["to"]) for e in lines if e["what"] not in ("began", "starts")]

    def _lines(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self.record.read_text(encoding="utf-8").splitlines()]


def guarded(folder: Path) -> Guarded:
    """A new environment in a folder."""
    venv.EnvBuilder(symlinks=True).create(folder)
    python = folder / "bin" / "python"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = folder / "lib" / version / "site-packages"
    theirs = [f"import site; site.addsitedir({each!r})" for each in site.getsitepackages()]
    (packages / "packages.pth").write_text("\n".join([*theirs, ""]), encoding="utf-8")
    shutil.copy(GUARD, packages / "sitecustomize.py")
    return Guarded(python, packages / "outbound.jsonl")
