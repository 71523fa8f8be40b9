"""The invented patients that a newcomer opens first; they come with the service."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from eligibility.patient.record import parse_json

EXAMPLES = ("likely_eligible", "wait_for_washout", "thin_chart")
"""Names of the profiles, in the order in which they are shown."""
AS_OF, PLANNED_START = "2026-11-21", "2026-12-01"
"""The dates that the examples were made for; later, their laboratory values are too old."""
_PACKAGE = Path(__file__).resolve().parent.parent


@cache
def example_patient(name: str) -> Any:
    """The profile of an example as parsed JSON; KeyError if there is none of this name."""
    if name not in EXAMPLES:
        raise KeyError(name)
    return parse_json((_folder() / f"{name}.json").read_bytes())


def _folder() -> Path:
    installed = _PACKAGE / "example_patients"
    return installed if installed.is_dir() else _PACKAGE.parent / "examples" / "patients"
