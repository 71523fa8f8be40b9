"""Explanations of logged decisions: as they were kept, or made anew where that gives the very same bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from api.log.entry import Entry
from api.log.errors import LogDamaged
from api.log.reading import LogReader
from api.replay import replayed
from api.screeners import screener_of
from eligibility.errors import EligibilityError
from eligibility.patient.record import parse_json
from eligibility.protocol.model import Criterion

State = Literal["kept", "made_again", "not_kept", "changed", "no_decision"]


@dataclass(frozen=True, slots=True)
class Told:
    """The explanation of an entry, if it can be had."""

    document: dict[str, Any] | None
    state: State
    has_profile: bool = False
    """Whether the profile was kept, so that it can be replayed without being brought again."""
    profile: bytes | None = None

    @property
    def profile_text(self) -> str:
        """The profile as a person may change it."""
        return "" if self.profile is None else self.profile.decode()


def told_of(reader: LogReader, entry: Entry, *, sites: Sequence[str]) -> Told:
    """What is known of why an entry says what it says."""
    if entry.decision is None:
        return Told(None, "no_decision")
    try:
        explanation = reader.document(entry.sequence, "explanation", sites=sites)
        profile = reader.document(entry.sequence, "profile", sites=sites)
    except LogDamaged:
        return Told(None, "changed")
    if explanation is not None:
        return Told(json.loads(explanation), "kept", profile is not None, profile)
    return Told(None, "not_kept", profile is not None, profile)


def made_again(entry: Entry, told: Told) -> Told:
    """The explanation from the kept profile, if it has the hash of the one that was logged."""
    if told.document is not None or told.profile is None:
        return told
    found = replayed(entry, parse_json(told.profile), is_posted=False)
    if found.answer["outcome"] != "confirmed" or found.explanation is None:
        return told
    return Told(json.loads(found.explanation), "made_again", told.has_profile, told.profile)


def criteria_then(entry: Entry) -> dict[str, Criterion]:
    """By id the criteria an entry was decided by; empty if they are not in the library any more."""
    if entry.trial is None or entry.rules_hash is None:
        return {}
    try:
        trial = screener_of(entry.trial, entry.profile).trial
    except EligibilityError:
        return {}
    if trial.rules_hash != entry.rules_hash:
        return {}
    return {each.id: each for each in trial.criteria}
