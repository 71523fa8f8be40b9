"""What is generated is current, links lead somewhere, and no page names a machine or a package host."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from api.access import ROUTES
from tests.docs.pages import ROOT, documents, links, text_of

_DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
_ABSOLUTE = re.compile(r"(?:^|[\s`(\"'=])/([a-z]\w*)", re.MULTILINE)
_ROUTES = {"path", *(found[1] for row in ROUTES if (found := re.match(r"/(\w+)", row.path)))}
_PER_VOLUME = {"uL", "nL", "mm3"}  # units of counts, as in `/uL`
_HOST = re.compile(r"https?://([^/\s)`\"]+)")
_HOSTS = {"127.0.0.1:8000", "hypothesis.readthedocs.io"}
_COMMAND = re.compile(r"(?:^|`)make ([a-z-]+)\b", re.MULTILINE)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_generated_pages_and_blocks_are_current():
    command = [
        sys.executable,
        "-W",
        "error",
        str(ROOT / "scripts" / "generate_reference.py"),
        "--check",
    ]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.stderr == ""
    assert done.stdout == "", "stale: run .venv/bin/python scripts/generate_reference.py"
    assert done.returncode == 0


@pytest.mark.parametrize("path", documents(), ids=_name)
def test_links_lead_to_files_that_exist(path: Path):
    assert [link for link in links(path) if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", documents(), ids=_name)
def test_a_page_names_no_path_of_a_machine_and_no_strange_host(path: Path):
    text = path.read_text(encoding="utf-8")

    assert set(_ABSOLUTE.findall(text)) - _ROUTES - _PER_VOLUME == set()
    assert set(_HOST.findall(text)) - _HOSTS == set()


@pytest.mark.parametrize("path", documents(), ids=_name)
def test_a_page_has_one_title_and_it_comes_first(path: Path):
    text = re.sub(
        r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    headings = re.findall(r"^#+ .*", text, re.MULTILINE)

    assert headings[0].startswith("# ")
    assert sum(heading.startswith("# ") for heading in headings) == 1


def test_decisions_are_numbered_without_a_gap():
    numbers = [int(path.name[:4]) for path in _DECISIONS]

    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("path", _DECISIONS, ids=_name)
def test_a_decision_is_a_page_at_most_and_says_its_number(path: Path):
    text = path.read_text(encoding="utf-8")

    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert len(text.splitlines()) <= 45


@pytest.mark.parametrize("path", _DECISIONS, ids=_name)
def test_modules_that_a_decision_names_exist(path: Path):
    named = re.findall(r"`([a-z_]+(?:/[a-z_]+)*\.py)`", path.read_text(encoding="utf-8"))
    known = {
        each.relative_to(ROOT / "eligibility").as_posix()
        for each in (ROOT / "eligibility").rglob("*.py")
    }
    known |= {each.relative_to(ROOT).as_posix() for each in (ROOT / "api").rglob("*.py")}
    of_the_first_design = {"screening/columns.py", "testing.py"}

    assert [name for name in named if name not in known | of_the_first_design] == []


def test_targets_of_make_that_pages_name_exist():
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    named = {
        name for path in documents() for name in _COMMAND.findall(path.read_text(encoding="utf-8"))
    }

    assert named
    assert named <= targets
