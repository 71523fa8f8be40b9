"""The trials of the library with each site profile, by names that come from outside.

All are read once, when the process starts: whatever happens to the files later, it answers by one version of the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from eligibility.errors import EligibilityError
from eligibility.protocol.library import load_library
from eligibility.protocol.trial_files import TrialFiles
from eligibility.screening.screen import Screener


@dataclass(frozen=True, slots=True)
class _Served:
    """A trial as this process knows it."""

    screeners: Mapping[str | None, Screener]
    """By site profile; None is without one."""
    files: TrialFiles


def screener_of(trial: str, profile: str | None = None) -> Screener:
    """The screener of a trial; EligibilityError if there is no such trial or site profile."""
    screeners = _served(trial).screeners
    if profile not in screeners:
        raise _unknown_profile(screeners[None].trial.profiles)
    return screeners[profile]


def trial_ids() -> list[str]:
    """Registry numbers of the trials; raises CriteriaFilesError with every fault of the library, if it has any."""
    return sorted(_library())


def files_of(trial: str) -> TrialFiles:
    """The files that the trial was read from, as they were then."""
    return _served(trial).files


@cache
def _library() -> dict[str, _Served]:
    return {
        number: _Served(
            {profile: Screener(each) for profile, each in loaded.by_profile.items()},
            TrialFiles.read(loaded.folder),
        )
        for number, loaded in load_library().items()
    }


def _served(trial: str) -> _Served:
    """Only trials of the library by number: a path from outside must never reach the file system."""
    found = _library().get(trial.upper())
    if found is None:
        raise EligibilityError(
            "no such trial in the library", code="unknown_trial", hint="GET /v1/trials lists them"
        )
    return found


def _unknown_profile(known: Iterable[str]) -> EligibilityError:
    """The library's own message would repeat the name, which may be anything."""
    return EligibilityError(
        "the trial has no site profile of this name",
        code="unknown_profile",
        hint=f"use one of: {', '.join(known)}",
    )
