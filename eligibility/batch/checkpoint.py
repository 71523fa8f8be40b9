"""A checkpoint: how far a run is known to be safe on disk, replaced as a whole or not at all."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from eligibility.batch.errors import run_damaged
from eligibility.batch.work_folder import CHECKPOINT, WorkFolder, sync

_VERSION = 1


@dataclass(slots=True)
class Kept:
    """A file that grows, up to where it is safe: its size and a checksum of so much of it."""

    size: int = 0
    checksum: int = 0


@dataclass(slots=True)
class Checkpoint:
    """What a run was about and what it had done by then."""

    about: dict[str, Any]
    as_of: str | None
    """The day all rows without one of their own are judged on; today's, where nobody chose one."""
    results: int = 0
    rejected: int = 0
    fault_codes: dict[str, int] = field(default_factory=dict)
    ids: int = 0
    files: dict[str, Kept] = field(default_factory=dict)
    position: dict[str, Any] | None = None
    """Where the table stands, if reading can begin there; otherwise its rows are passed over."""
    ended: dict[str, Any] | None = None
    """What is known only after the last row; nothing before it."""

    @property
    def rows(self) -> int:
        """Every row ends in one of two places, so that this is also where the table stands."""
        return self.results + self.rejected

    def is_given_out(self, work: WorkFolder) -> bool:
        """Whether the results appeared, and only the end of the run's own folder is missing."""
        return self.ended is not None and not work.whole.exists()

    def write(self, folder: Path) -> None:
        """Replaces the checkpoint of a folder; whoever stops this leaves the old one or the new one."""
        new = folder / f"{CHECKPOINT}.new"
        with new.open("w", encoding="utf-8") as stream:
            json.dump({"version": _VERSION, **asdict(self)}, stream, allow_nan=False)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(folder / CHECKPOINT)
        sync(folder)


def read_checkpoint(folder: Path) -> Checkpoint | None:
    """The checkpoint of a folder, if a run got so far."""
    path = folder / CHECKPOINT
    if not path.is_file():
        return None
    try:
        document = json.loads(path.read_bytes())
        if document.pop("version") != _VERSION:
            raise run_damaged(folder.parent)
        files = {name: Kept(**each) for name, each in document.pop("files").items()}
        return Checkpoint(**document, files=files)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise run_damaged(folder.parent) from None
