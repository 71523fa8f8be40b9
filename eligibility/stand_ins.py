"""Recorded values that say something about another finding: what they are called where they stand in for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_AXES = {
    "longest_diameter_mm": "longest diameter",
    "short_axis_mm": "short axis",
    "size_mm": "size without its axis",
}

STAND_INS: Mapping[str, Mapping[str, str]] = {
    "age": {"birth_date": "date of birth"},
    "diagnosed": {"last_active": "last disease or treatment"},
    "last_active": {"diagnosed": "diagnosis"},
    "last_dose": {"start": "start"},
    "longest_diameter": {k: v for k, v in _AXES.items() if k != "longest_diameter_mm"},
    "short_axis": {k: v for k, v in _AXES.items() if k != "short_axis_mm"},
}
"""By finding and field of the record. Without its name a longest diameter would be read as the short axis."""


def stand_in(finding: str, field: str) -> str | None:
    """The title of a recorded value that is not the finding's own; None for its own."""
    return STAND_INS.get(finding, {}).get(field.rsplit(".", 1)[-1])


def only_stand_ins(finding: str, fields: Iterable[str]) -> bool:
    """Whether all that is recorded at these fields belongs to other findings; going on or not is no date."""
    told = [field for field in fields if not field.endswith(".ongoing")]
    return bool(told) and all(stand_in(finding, field) for field in told)
