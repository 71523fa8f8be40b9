"""Edits of a profile: a value set at a path, or taken away, on a copy of the document as it was sent."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from eligibility.errors import EligibilityError

_PATH = re.compile(r"[a-z][a-z0-9_]*(\.([a-z][a-z0-9_]*|\d{1,3}))*", re.ASCII)
_ABSENT = object()


class EditError(EligibilityError):
    """An edit that cannot be made; it is named by its number, for its path may be anything."""

    code = "edit_invalid"


def edited(
    profile: dict[str, Any], values: Mapping[str, Any], removed: Sequence[str]
) -> dict[str, Any]:
    """The profile with values set, then paths removed. Objects and lists that are missing on the way are made.

    >>> edited({"ecog": 1}, {"ecog": 2, "diagnosis.extent": "metastatic"}, [])
    {'ecog': 2, 'diagnosis': {'extent': 'metastatic'}}
    >>> edited({"labs": [{"test": "anc"}]}, {"labs.0.value": 2}, ["labs.0.test"])
    {'labs': [{'value': 2}]}
    """
    document = copy.deepcopy(profile)
    for number, (path, value) in enumerate(values.items(), start=1):
        _change(document, _steps(path, f"edit {number}"), value, f"edit {number}")
    for number, path in enumerate(removed, start=1):
        _change(document, _steps(path, f"removal {number}"), _ABSENT, f"removal {number}")
    return document


def _steps(path: str, name: str) -> list[str]:
    if not _PATH.fullmatch(path):
        raise EditError(
            f"{name} has no path of a field",
            hint='write field names with dots, and positions in lists: "labs.0.value"',
        )
    return path.split(".")


def _change(document: dict[str, Any], steps: list[str], value: object, name: str) -> None:
    part: Any = document
    for step, following in pairwise(steps):
        empty: Any = [] if following.isdigit() else {}
        part = _inside(part, step, empty, name, is_made=value is not _ABSENT)
    last = steps[-1]
    if value is not _ABSENT:
        _put(part, last, value, name)
    elif _has(part, last, name):
        del part[int(last) if isinstance(part, list) else last]
    else:
        raise EditError(f"{name} names what the profile does not have", hint="leave it out")


def _inside(part: Any, step: str, empty: Any, name: str, *, is_made: bool) -> Any:
    """The part at a step, made there where it is missing and may be."""
    if not _has(part, step, name) or _at(part, step) is None:
        if not is_made:
            raise EditError(f"{name} names what the profile does not have", hint="leave it out")
        _put(part, step, empty, name)
    return _at(part, step)


def _at(part: Any, step: str) -> Any:
    return part[int(step)] if isinstance(part, list) else part[step]


def _has(part: Any, step: str, name: str) -> bool:
    if isinstance(part, list) and step.isdigit():
        return int(step) < len(part)
    if isinstance(part, dict) and not step.isdigit():
        return step in part
    raise EditError(
        f"{name} goes through a value of the profile, or counts where there is no list",
        code="edit_through_value",
        hint="set the whole field, with its value and date inside",
    )


def _put(part: Any, step: str, value: Any, name: str) -> None:
    if _has(part, step, name) or isinstance(part, dict):
        part[int(step) if isinstance(part, list) else step] = value
    elif int(step) == len(part):
        part.append(value)
    else:
        raise EditError(
            f"{name} goes beyond the end of a list",
            code="edit_beyond_list",
            hint=f"the list has {len(part)} items; the next one has position {len(part)}",
        )
