"""The example in the how-to page works as printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to" / "test-your-own-criterion.md"
# In CI, Hypothesis tries the same patients every time.
_SETTINGS = {"CI": "true", "PYTHONPATH": str(ROOT)}
_BLOCK = re.compile(r"```\w+\n# (\S+)\n(.*?)```", re.DOTALL)


def printed_files() -> dict[str, str]:
    """The files the page shows, each of which begins with its name."""
    return dict(_BLOCK.findall(PAGE.read_text(encoding="utf-8")))


def run_as_printed(folder: Path, files: dict[str, str]) -> subprocess.CompletedProcess[str]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_age.py"],
        cwd=folder,
        env={**os.environ, **_SETTINGS},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_example_passes(tmp_path: Path) -> None:
    outcome = run_as_printed(tmp_path, printed_files())

    assert outcome.returncode == 0, outcome.stdout
    assert "1 passed" in outcome.stdout


def test_the_example_finds_a_criterion_that_turns_silence_into_a_verdict(tmp_path: Path) -> None:
    files = printed_files()
    name = "site01/inclusion/INCL01_age.yaml"
    files[name] = files[name].replace(
        "all_of:", "any_of:\n    - {finding: ecog_performance_status, at_most: 5}"
    )

    outcome = run_as_printed(tmp_path, files)

    assert outcome.returncode == 1, outcome.stdout
    assert "the patient as JSON" in outcome.stdout


def test_the_example_is_as_short_as_the_page_says() -> None:
    lines = [line for line in printed_files()["test_age.py"].splitlines() if line]

    assert len(lines) <= 10
