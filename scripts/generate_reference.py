#!/usr/bin/env python
"""Writes docs/reference/ and the generated blocks of README.md and docs/ anew from the code.

Usage: scripts/generate_reference.py [--check]   (--check changes nothing, names what is stale)
A block stands between `<!-- generated: name -->` and `<!-- end -->`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from reference import answer, blocks, codes, pages, service

from eligibility.protocol.library import trial_ids

ROOT = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_NOTE = "<!-- Written by scripts/generate_reference.py: change the code or the criteria, not this page. -->\n\n"


def generated() -> dict[Path, str]:
    """Every file this program answers for, with the text it must have."""
    reference = ROOT / "docs" / "reference"
    whole = {
        reference / "answer.md": answer.page(),
        reference / "command-line.md": pages.command_line(),
        reference / "error-codes.md": codes.page(ROOT),
        reference / "findings.md": pages.findings(),
        reference / "http.md": service.http(),
        reference / "settings.md": service.settings(),
        reference / "testing.md": pages.testing(),
    }
    whole |= {reference / f"{trial.lower()}.md": pages.trial(trial) for trial in trial_ids()}
    texts = {path: _NOTE + _spaced(text) for path, text in whole.items()}
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        if path not in texts:
            texts[path] = _BLOCK.sub(_filled, path.read_text(encoding="utf-8"))
    return texts


def _spaced(text: str) -> str:
    """One empty line between parts, one line end at the end."""
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


def _filled(match: re.Match[str]) -> str:
    start, name, end = match.groups()
    return f"{start}{blocks.BLOCKS[name](ROOT).rstrip()}\n{end}"


def stale() -> list[Path]:
    """Files that are not what they must be."""
    return [
        path
        for path, text in generated().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


def main() -> int:
    texts, outdated = generated(), stale()
    for path in outdated:
        print(path.relative_to(ROOT))
        if "--check" not in sys.argv[1:]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts[path], encoding="utf-8")
    return 1 if outdated and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
