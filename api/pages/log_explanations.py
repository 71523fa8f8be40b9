"""Explanations of logged decisions: as they were kept, or made anew where that gives the very same bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from api.log.entry import Entry
from api.log.errors import LogDamaged
from api.log.reading import LogReader
from api.pages.language import Language
from api.replay import replayed
from api.screeners import screener_of
from eligibility.errors import EligibilityError
from eligibility.explanation import CriterionExplanation, explain
from eligibility.patient.record import parse_json
from eligibility.protocol.model import Criterion
from eligibility.screening.model import Screening

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


def in_language(entry: Entry, told: Told, language: Language) -> Told:
    """The explanation in the reader's language, if the kept profile gives the one that was logged; else as it is."""
    if language == "en" or told.profile is None:
        return told
    found = replayed(entry, parse_json(told.profile), is_posted=False)
    if found.answer["outcome"] != "confirmed" or found.screening is None:
        return told
    return replace(told, document=spoken(found.screening, language))


def spoken(screening: Screening, language: Language) -> dict[str, Any]:
    """What the pages show of an explanation, by the names that the logged document has."""
    explanation = explain(screening, language, calendar=False)
    return {
        "language": language,
        "decision": explanation.decision.value,
        "headline": explanation.headline,
        "criteria": [_criterion(each) for each in explanation.criteria],
    }


def _criterion(each: CriterionExplanation) -> dict[str, Any]:
    return {
        "id": each.criterion.id,
        "title": each.title.text,
        "title_language": each.title.language,
        "text": each.criterion.text,
        "verdict": each.verdict.value,
        "reason": each.reason,
        "evidence": [evidence._asdict() for evidence in each.evidence],
        "interpretations": list(each.interpretations),
        "assumptions": list(each.assumptions),
    }


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
