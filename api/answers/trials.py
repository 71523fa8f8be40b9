"""Trials and criteria as the service shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from eligibility.protocol.model import Remedy
from eligibility.protocol.verdict import Verdict
from eligibility.reports.answer import Described, ReadingAnswer


class TrialAnswer(Described):
    """A trial in short."""

    id: str
    title: str
    source: str
    """Where the text of its criteria comes from."""
    profiles: Sequence[str]
    """The site profiles that it may be screened with."""
    profile: str | None
    """The one that this answer is made with."""
    rules_hash: str


class CriterionText(Described):
    """A criterion as people read it."""

    id: str
    kind: Literal["inclusion", "exclusion"]
    title: str
    text: str
    """The protocol's words."""
    notes: str | None
    """What its author says of it."""
    interpretations: Sequence[str]
    """Names of the readings it rests on."""


class TrialInFull(TrialAnswer):
    """A trial with its criteria."""

    interpretations: Sequence[ReadingAnswer]
    """Every reading of the protocol in force."""
    criteria: Sequence[CriterionText]


class CaseAnswer(Described):
    """A worked example of a criterion."""

    case: str
    verdict: Verdict


class CriterionInFull(CriterionText):
    """A criterion with its condition, readings and cases."""

    trial: str
    rules_hash: str
    if_failed: Remedy
    condition: Sequence[str]
    """The tree of the condition in words, line by line."""
    readings: Sequence[ReadingAnswer]
    cases: Sequence[CaseAnswer]
