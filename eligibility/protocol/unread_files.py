"""Files in a trial's folder that nothing reads: whoever put one there believes that it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from eligibility.errors import Location
from eligibility.protocol.lint_finding import LintFinding
from eligibility.protocol.registry_text import REGISTRY_TEXT

_FOLDERS = ("inclusion", "exclusion", "profiles")
# A criterion that trial.yaml does not list is a fault of its own.
_READ = re.compile(
    r"(trial|patients|words\.[\w-]+|profiles/[^/]+)\.yaml|(inclusion|exclusion)/[^/]+\.ya?ml|"
    + re.escape(REGISTRY_TEXT)
)


def unread_files(folder: Path) -> Iterator[LintFinding]:
    """Each file that is not read; those of the system, whose names begin with a dot, are nobody's rules."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in name.parts):
            shown = name.as_posix()
            if not _READ.fullmatch(shown):
                at, hint = Location(shown), _hint(PurePosixPath(shown))
                yield LintFinding("error", "unread_file", at, "this file is not read", hint)


def _hint(name: PurePosixPath) -> str:
    parts = name.parts
    if len(parts) > 1 and (near := get_close_matches(parts[0].lower(), _FOLDERS, n=1)):
        name = PurePosixPath(near[0], *parts[1:])
    if name.suffix.lower() in (".yml", ".yaml"):
        meant = name.with_suffix(".yaml").as_posix()
        if _READ.fullmatch(meant):
            return f"did you mean {meant}?"
    return "rename it, or keep it elsewhere if it is no part of the trial"
