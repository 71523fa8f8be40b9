"""Trials of the library, loaded once with each site profile, by names that come from outside."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from eligibility.errors import EligibilityError
from eligibility.protocol.library import load_trial, trial_ids
from eligibility.screening.screen import Screener


def screener_of(trial: str, profile: str | None = None) -> Screener:
    """The screener of a trial; EligibilityError if there is no such trial or site profile."""
    return _loaded(trial.upper(), profile)


@lru_cache(maxsize=64)
def _loaded(trial: str, profile: str | None) -> Screener:
    _check_trial(trial)
    if profile is not None:
        _check_profile(profile, _loaded(trial, None).trial.profiles)
    return Screener(load_trial(trial, profile=profile))


def _check_profile(profile: str, known: Iterable[str]) -> None:
    """The library's own message would repeat the name, which may be anything."""
    if profile not in known:
        raise EligibilityError(
            "the trial has no site profile of this name",
            code="unknown_profile",
            hint=f"use one of: {', '.join(known)}",
        )


def _check_trial(trial: str) -> None:
    """Only trials of the library by number: a path from outside must never reach the file system."""
    if trial not in trial_ids():
        raise EligibilityError(
            "no such trial in the library", code="unknown_trial", hint="GET /v1/trials lists them"
        )
