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
    """Registry number of the trial."""
    title: str
    """Title of the trial."""
    source: str
    """Where the text of its criteria comes from."""
    profiles: Sequence[str]
    """The site profiles that it may be screened with."""
    profile: str | None
    """The site profile that this answer is made with, if one is."""
    rules_hash: str
    """SHA-256 over the criteria files used and the readings chosen."""


class CriterionText(Described):
    """A criterion as people read it."""

    id: str
    """Id of the criterion, INCLnn or EXCLnn; it stays the same."""
    kind: Literal["inclusion", "exclusion"]
    """Whether the criterion includes or excludes."""
    title: str
    """Short name of the criterion."""
    text: str
    """The protocol's words."""
    notes: str | None
    """What the author of its rule says of it."""
    interpretations: Sequence[str]
    """Names of the readings that it rests on."""


class TrialInFull(TrialAnswer):
    """A trial with its criteria."""

    interpretations: Sequence[ReadingAnswer]
    """Every reading of the protocol in force."""
    criteria: Sequence[CriterionText]
    """Every criterion, in protocol order."""


class CaseAnswer(Described):
    """A worked example of a criterion."""

    case: str
    """The patient, in words."""
    verdict: Verdict
    """What the criterion must say of such a patient."""


class CriterionInFull(CriterionText):
    """A criterion with its condition, readings and cases."""

    trial: str
    """Registry number of its trial."""
    rules_hash: str
    """SHA-256 over the criteria files used and the readings chosen."""
    if_failed: Remedy
    """What can be done when it fails."""
    condition: Sequence[str]
    """The tree of the condition in words, line by line."""
    readings: Sequence[ReadingAnswer]
    """The readings that it rests on."""
    cases: Sequence[CaseAnswer]
    """Its worked examples."""
