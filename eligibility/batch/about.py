"""What a run is about: the bytes it reads, the rules, the dates and the options; a resumed run must not differ."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eligibility.batch.options import Options
from eligibility.intake.mapping import Mapping
from eligibility.protocol.model import Trial
from eligibility.version import ENGINE_VERSION


@dataclass(frozen=True, slots=True)
class About:
    """A run by what it reads and what it asks."""

    read: dict[str, Any]
    """The hashes of the files that are read."""
    document: dict[str, Any]
    """Everything that must be the same when the run is continued."""

    @property
    def id(self) -> str:
        """One word for all of it; the engine has no part in it, since any writes the same."""
        return hashlib.sha256(json.dumps(self.document, sort_keys=True).encode()).hexdigest()

    def differences(self, earlier: AnyMapping[str, Any]) -> list[str]:
        """What is not as it was, by name."""
        names = dict.fromkeys([*self.document, *earlier])
        return [name for name in names if self.document.get(name) != earlier.get(name)]


def about(table: Path, mapping: Mapping | None, trial: Trial, options: Options) -> About:
    """What a run with these options is about; reads the files once to name their bytes."""
    read = _hashes(table, mapping)
    document = {
        "table": table.name,
        **read,
        **rules(trial),
        "as_of": options.as_of,
        "planned_start": options.planned_start,
        "verdicts_only": options.verdicts_only,
        "format": options.results_format,
        "explain": list(options.explain),
        "encoding": options.encoding,
        "sheet": options.sheet,
    }
    return About(read, document)


def rules(trial: Trial) -> dict[str, Any]:
    """The rules in force, as the summary names them."""
    return {
        "trial": trial.id,
        "profile": trial.profile.name if trial.profile else None,
        "rules_hash": trial.rules_hash,
        "readings": {i.name: i.reading for i in trial.interpretations.values()},
        "engine_version": ENGINE_VERSION,
    }


def stamp(table: Path) -> tuple[int, int]:
    """Size and time of change: a table that is written to while it is read must not go unnoticed."""
    status = table.stat()
    return status.st_size, status.st_mtime_ns


def _hashes(table: Path, mapping: Mapping | None) -> dict[str, Any]:
    """What was read, so that an auditor can tell whether a file is still the one that was screened."""
    beside = (
        next((table.parent / name for name in join.table if (table.parent / name).is_file()), None)
        for join in (mapping.joins if mapping else ())
    )
    return {
        "table_sha256": _sha256(table),
        "mapping_sha256": mapping.sha256 if mapping else None,
        "joined_sha256": {path.name: _sha256(path) for path in beside if path is not None},
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
