"""Whole-patient examples of a trial: one baseline patient, changes to it, and every verdict expected."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eligibility.errors import Location, did_you_mean
from eligibility.protocol.verdict import Verdict
from eligibility.yaml_nodes import Faults, Node, read_yaml

_KEYS = [
    "vignette",
    "change",
    "remove",
    "fail",
    "unknown",
    "deciding",
    "profile",
    "as_of",
    "planned_start",
    "why",
]


@dataclass(frozen=True, slots=True)
class Vignette:
    """One whole patient, with the verdict of every criterion: those not named as fail or unknown pass."""

    name: str
    patient: Mapping[str, Any]
    verdicts: Mapping[str, Verdict]
    deciding: tuple[str, ...]
    profile: str | None
    as_of: str
    planned_start: str | None
    at: Location = field(compare=False)


def read_vignettes(folder: Path, criterion_ids: tuple[str, ...]) -> list[Vignette]:
    """The vignettes of `patients.yaml`; raises CriteriaFilesError with every fault found."""
    faults = Faults()
    root = read_yaml(folder / "patients.yaml", faults)
    parts = (
        root.mapping(
            ["baseline", "profile", "as_of", "planned_start", "vignettes"],
            ["baseline", "as_of", "planned_start", "vignettes"],
        )
        if root
        else {}
    )
    vignettes: list[Vignette | None] = []
    if "baseline" in parts and "vignettes" in parts:
        nodes = parts["vignettes"].sequence()
        vignettes = [_vignette(node, parts, criterion_ids) for node in nodes]
    faults.raise_if_any()
    return [vignette for vignette in vignettes if vignette]


def _vignette(node: Node, file: dict[str, Node], ids: tuple[str, ...]) -> Vignette | None:
    parts = node.mapping(_KEYS, ["vignette", "deciding"])
    if "vignette" not in parts or "deciding" not in parts:
        return None
    failing, unknown = _ids(parts.get("fail"), ids), _ids(parts.get("unknown"), ids)
    verdicts = {
        name: Verdict.FAIL
        if name in failing
        else Verdict.UNKNOWN
        if name in unknown
        else Verdict.PASS
        for name in ids
    }
    chosen = {key: parts.get(key, file.get(key)) for key in ("profile", "as_of", "planned_start")}
    words = {key: value.text() if value else None for key, value in chosen.items()}
    deciding = ids if parts["deciding"].is_sequence is False else _ids(parts["deciding"], ids)
    return Vignette(
        name=parts["vignette"].text(),
        patient=_changed(file["baseline"].plain(), parts),
        verdicts=verdicts,
        deciding=deciding,
        profile=_none(words["profile"]),
        as_of=words["as_of"] or "",
        planned_start=_none(words["planned_start"]),
        at=node.at,
    )


def _none(word: str | None) -> str | None:
    return None if word == "none" else word


def _ids(node: Node | None, known: tuple[str, ...]) -> tuple[str, ...]:
    found = []
    for item in node.sequence() if node else []:
        if item.text() not in known:
            item.fault(
                f'unknown criterion "{item.text()}"',
                did_you_mean(item.text(), known),
                "unknown_criterion",
            )
        found.append(item.text())
    return tuple(found)


def _changed(baseline: Any, parts: dict[str, Node]) -> dict[str, Any]:
    """The baseline with the fields at dotted paths replaced or removed; list items count from 0."""
    patient: dict[str, Any] = deepcopy(baseline)
    for path, value in (parts["change"].mapping() if "change" in parts else {}).items():
        if not _set(patient, path.split("."), value.plain()):
            value.fault("the baseline holds no place for this", _PATHS, "unknown_field")
    for item in parts["remove"].sequence() if "remove" in parts else []:
        if not _set(patient, item.text().split("."), None):
            item.fault("the baseline holds no such field", _PATHS, "unknown_field")
    return patient


_PATHS = "write the path as in the baseline, such as consent.cognitive_ability or labs.0.value"


def _set(document: Any, steps: list[str], value: Any) -> bool:
    """Put a value at a path (None removes it); False if the path leads nowhere."""
    *parents, last = steps
    try:
        for step in parents:
            is_list = isinstance(document, list)
            document = document[int(step)] if is_list else document.setdefault(step, {})
        key: Any = int(last) if isinstance(document, list) else last
        if value is None:
            del document[key]
        else:
            document[key] = value
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return False
    return True
