"""Sessions that were ended before their time: kept where every worker sees them, until they would be over anyway."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from api.batches.files import sync_folder
from eligibility.errors import EligibilityError

FOLDER = "ended-sessions"


class SessionNotEnded(EligibilityError):
    """It could not be kept that a session has ended, so it must not be said that it has."""

    code = "storage_unavailable"


class EndedSessions:
    """One empty file for each, named by the session's id: to add and to ask needs no lock."""

    def __init__(self, data_folder: Path, *, seconds: float, clock: Callable[[], float]) -> None:
        self._folder = data_folder / FOLDER
        self._seconds = seconds
        self._clock = clock

    def holds(self, session_id: str) -> bool:
        """Whether it was ended."""
        return (self._folder / session_id).exists()

    def add(self, session_id: str) -> None:
        """End it, so that it stays so after a crash. Raises SessionNotEnded."""
        now = self._clock()
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._folder / session_id
            path.touch(mode=0o600)
            os.utime(path, (now, now))
            sync_folder(self._folder)
            sync_folder(self._folder.parent)
        except OSError:
            raise SessionNotEnded(
                "it cannot be kept that the session has ended", hint="try again in a moment"
            ) from None
        self._forget(now - self._seconds)

    def _forget(self, before: float) -> None:
        """Those that are too old to be brought back by anything."""
        with suppress(OSError), os.scandir(self._folder) as found:
            for each in found:
                with suppress(OSError):  # another worker may have been first
                    if each.stat().st_mtime < before:
                        Path(each.path).unlink()
