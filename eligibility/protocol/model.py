"""A trial as data: criteria, interpretations, the site profile in force, and the hash of it all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from eligibility.errors import Location
from eligibility.findings.findings import Assumption
from eligibility.intervals import Operator
from eligibility.protocol.conditions import Condition
from eligibility.protocol.trial_words import TrialWords
from eligibility.protocol.verdict import Verdict, verdict_of
from eligibility.truth import Truth

Kind = Literal["inclusion", "exclusion"]


class Remedy(StrEnum):
    """What a person can do about a criterion that fails."""

    NEVER = "never"
    """Nothing: it will not change."""
    WAIT = "wait"
    """It passes by itself with time."""
    RETEST = "retest"
    """A new test or assessment may pass."""
    FETCH = "fetch"
    """A record has to be found."""
    DECIDE = "decide"
    """The investigator has to judge."""


@dataclass(frozen=True, slots=True)
class Case:
    """One worked example of a criterion, with the verdict it must get."""

    name: str
    patient: Mapping[str, Any]
    verdict: Verdict
    because: str | None
    as_of: str
    planned_start: str | None
    profile: str | None
    at: Location = field(compare=False)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One numbered statement of the protocol, in its own words and as a condition."""

    id: str
    kind: Kind
    title: str
    text: str
    condition: Condition
    if_failed: Remedy
    notes: str | None
    interpretations: tuple[str, ...]
    definitions: tuple[str, ...]
    cases: tuple[Case, ...]
    at: Location = field(compare=False)

    @property
    def is_exclusion(self) -> bool:
        """True for a statement that keeps patients out."""
        return self.kind == "exclusion"

    def verdict(self, truth: Truth) -> Verdict:
        """What this truth of the wording does to eligibility."""
        return verdict_of(truth, is_exclusion=self.is_exclusion)


@dataclass(frozen=True, slots=True)
class Interpretation:
    """A named reading of a sentence that can be read in several ways."""

    name: str
    question: str
    reading: str
    readings: Mapping[str, str]
    source: str
    at: Location = field(compare=False)


@dataclass(frozen=True, slots=True)
class Band:
    """One line of the advisory laboratory flags: never a verdict, only a colour."""

    finding: str
    green: tuple[Operator, Decimal]
    red: tuple[Operator, Decimal]
    green_written: str
    red_written: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A named file of site choices: definitions the protocol leaves to the site, declared assumptions."""

    name: str
    title: str
    source: str
    definitions: Mapping[str, Condition]
    assumptions: Mapping[str, Assumption]


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial ready to screen with."""

    id: str
    title: str
    source: str
    criteria: tuple[Criterion, ...]
    interpretations: Mapping[str, Interpretation]
    assumptions: Mapping[str, Assumption]
    bands: tuple[Band, ...]
    profile: Profile | None
    profiles: tuple[str, ...]
    rules_hash: str
    overridden: tuple[str, ...] = ()
    """Interpretations read otherwise than the trial's file says, as `name=reading`."""
    words: TrialWords = field(default_factory=TrialWords, compare=False, repr=False)
    no_criteria: Mapping[str, str] = field(default_factory=dict)
    """What the registry's eligibility section says that asks nothing of a patient, and why it does not."""

    def criterion(self, criterion_id: str) -> Criterion:
        """The criterion with this id; KeyError if there is none."""
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion
        raise KeyError(criterion_id)
