"""Reads the corpus of broken criteria files: each is put into a small good trial and linted there.

The comments a file begins with say what is expected (`# expect: <message>`, one line per message), in
place of which file it stands (`# file: trial.yaml`, by default the first criterion), how many blank
lines to add to it (`# padding: 1000000`), or which file to leave out instead (`# without: trial.yaml`).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).parents[2] / "bad_criteria"
GOOD_TRIAL = CORPUS / "nct00000001"
_DEFAULT = "inclusion/INCL01_performance_status.yaml"


@dataclass(frozen=True)
class BadFile:
    """One broken file and what lint must say of it."""

    path: Path
    directives: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def expected(self) -> list[str]:
        return [value for key, value in self.directives if key == "expect"]

    @property
    def expects_warnings(self) -> bool:
        """A file with errors is compared by its errors alone: it need not have cases as well."""
        return any(": warning: " in message for message in self.expected)

    def option(self, key: str) -> str | None:
        return dict(self.directives).get(key)

    def put_into(self, folder: Path) -> Path:
        """A copy of the good trial with this file in place of one of its own."""
        trial = folder / GOOD_TRIAL.name
        shutil.copytree(GOOD_TRIAL, trial)
        left_out = self.option("without")
        if left_out is not None:
            (trial / left_out).unlink()
            return trial
        padding = b"\n" * int(self.option("padding") or 0)
        (trial / (self.option("file") or _DEFAULT)).write_bytes(self.path.read_bytes() + padding)
        return trial


def read_bad_file(path: Path) -> BadFile:
    """A file of the corpus with what its first comments say."""
    directives = []
    for line in path.read_bytes().decode("utf-8", "replace").splitlines():
        if not line.startswith("# "):
            break
        key, _, value = line.removeprefix("# ").partition(": ")
        directives.append((key, value))
    return BadFile(path, tuple(directives))


def bad_files() -> list[BadFile]:
    """The whole corpus, by name."""
    return [read_bad_file(path) for path in sorted(CORPUS.glob("*.yaml"))]
