"""The README's example runs and prints what it shows; its two commands exist."""

from __future__ import annotations

import subprocess
import sys

from eligibility import __all__ as public_names
from tests.docs.pages import ROOT, blocks, text_of


def _example() -> tuple[str, str]:
    found = blocks("README.md")
    place = next(number for number, block in enumerate(found) if block.language == "python")
    return found[place].text, found[place + 1].text


def test_the_example_prints_what_is_shown():
    example, shown = _example()

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", example], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == shown


def test_the_example_is_at_most_ten_lines_of_public_interface():
    example, _ = _example()

    lines = [line for line in example.splitlines() if line.strip()]
    imported = lines[0].removeprefix("from eligibility import ").split(", ")

    assert len(lines) <= 10
    assert set(imported) <= set(public_names)


def test_the_commands_of_the_first_section_are_targets_of_the_makefile():
    makefile = text_of("Makefile")

    for target in ("screen", "test", "serve", "help"):
        assert f"make {target}" in text_of("README.md")
        assert f"\n{target}:" in makefile


def test_every_file_named_in_the_readme_as_a_place_to_change_exists():
    table = text_of("README.md").split("## Where do I change ...?")[1].split("\n## ")[0]
    named = {
        word
        for word in table.replace("`", " ").split()
        if word.startswith(("eligibility/", "criteria/"))
    }

    missing = [name for name in sorted(named) if not (ROOT / name).exists()]

    assert len(named) >= 8
    assert missing == []
