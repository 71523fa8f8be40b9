"""Explanations of logged decisions: as they were kept, or made anew where that gives the very same bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
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

State = Literal["kept", "not_kept", "changed", "no_decision"]


@dataclass(frozen=True, slots=True)
class KeptExplanation:
    """What the log has kept of the explanation of an entry."""

    document: dict[str, Any] | None
    state: State
    has_profile: bool = False
    """Whether the profile was kept, so that it can be replayed without being brought again."""
    profile: bytes | None = None

    @property
    def profile_text(self) -> str:
        """The profile as a person may change it."""
        return "" if self.profile is None else self.profile.decode()


@dataclass(frozen=True, slots=True)
class Explained:
    """The explanation of an entry, whether it was kept or comes out of the kept profile again, byte for byte."""

    logged: dict[str, Any] | None
    """As it was logged, in English."""
    spoken: dict[str, Any] | None
    """In the reader's language; None where only the logged one can be had."""
    is_made_again: bool = False
    """Whether the logged one was not kept itself."""

    @property
    def shown(self) -> dict[str, Any] | None:
        """What the reader is shown."""
        return self.spoken or self.logged


def kept_explanation(reader: LogReader, entry: Entry, *, sites: Sequence[str]) -> KeptExplanation:
    """What is known of why an entry says what it says."""
    if entry.decision is None:
        return KeptExplanation(None, "no_decision")
    try:
        explanation = reader.document(entry.sequence, "explanation", sites=sites)
        profile = reader.document(entry.sequence, "profile", sites=sites)
    except LogDamaged:
        return KeptExplanation(None, "changed")
    if explanation is not None:
        return KeptExplanation(json.loads(explanation), "kept", profile is not None, profile)
    return KeptExplanation(None, "not_kept", profile is not None, profile)


def explained(entry: Entry, kept: KeptExplanation, language: Language) -> Explained:
    """The explanation as it was logged and in the reader's language; the kept profile is screened at most once."""
    as_kept = Explained(kept.document, kept.document if language == "en" else None)
    if kept.profile is None or as_kept.spoken is not None:
        return as_kept
    try:
        found = replayed(entry, parse_json(kept.profile), is_posted=False)
    except EligibilityError:  # a profile this version cannot read: to replay it tells why
        return as_kept
    if found.answer["outcome"] != "confirmed" or not found.explanation or not found.screening:
        return as_kept
    logged = kept.document or json.loads(found.explanation)
    in_language = logged if language == "en" else spoken(found.screening, language)
    return Explained(logged, in_language, is_made_again=kept.document is None)


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
