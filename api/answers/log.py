"""Entries of the screening log as the service shows them, and what a replay found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from api.log.entry import Kind
from eligibility.protocol.verdict import Decision
from eligibility.reports.answer import Described

KindName = Annotated[str, Field(json_schema_extra={"enum": [kind.value for kind in Kind]})]
DecisionName = Annotated[
    str, Field(json_schema_extra={"enum": [decision.value for decision in Decision]})
]
"""By their names, as they are stored: an entry that somebody changed is shown as it is, too."""


class EntryAnswer(Described):
    """An entry of the screening log with every field that is under its hash, and what became of it."""

    sequence: int
    """Its number: the order of the log."""
    entry_id: str
    recorded_at: str
    """UTC, with microseconds."""
    actor: str
    """Who, by id."""
    site: str
    kind: KindName
    engine_version: str
    trial: str | None
    profile: str | None
    rules_hash: str | None
    input_hash: str | None
    """SHA-256 of the profile, or of the table of a batch."""
    decision: DecisionName | None
    deciding: Sequence[str]
    """Ids of the criteria that decided."""
    judgement: Sequence[str]
    """Criteria that only an investigator's judgement keeps open."""
    explanation_hash: str | None
    as_of: str | None
    planned_start: str | None
    subject: str | None
    """The screening id: under a keyed hash, or as it is where the setting says so."""
    subject_form: str | None
    """Which of the two."""
    kept: Sequence[str]
    """Documents that were kept beside the entry: `profile`, `explanation`."""
    refers_to: int | None
    """The entry that this one is about."""
    criterion: str | None
    """The criterion that a review answers."""
    answer: str | None
    """What the review answers: `pass`, `fail`."""
    signed_by: str | None
    reason: str | None
    """As whoever reviewed, corrected or withdrew wrote it."""
    detail: Mapping[str, Any] | None
    """What a batch came to, what was deleted, what a key may do, what a review rests on."""
    previous_hash: str
    entry_hash: str
    withdraws: bool
    """Whether it takes a decision back without another in its place."""
    superseded_by: int | None
    """The number of the entry that took its place."""


class EntryWithOthers(EntryAnswer):
    """An entry, and those that correct or review it."""

    about: Sequence[EntryAnswer]
    """Entries that refer to it, in the order of the log."""


class EntryPage(Described):
    """A page of a search."""

    entries: Sequence[EntryAnswer]
    next: str | None
    """The cursor of the next page; null at the end."""


ReplayCode = Literal[
    "criteria_gone",
    "criteria_version_differs",
    "engine_version_differs",
    "explanation_differs",
    "profile_differs",
    "profile_not_kept",
]


class ReplayReason(Described):
    """Why a decision is not confirmed."""

    code: ReplayCode
    text: str


Outcome = Literal["confirmed", "differs", "cannot_be_confirmed"]


class ReplayAnswer(Described):
    """What screening once more found."""

    sequence: int
    outcome: Outcome
    says: str
    """The same in a sentence."""
    reasons: Sequence[ReplayReason]
    profile: Literal["posted", "stored"]
    """Where the profile came from."""
    decision: DecisionName | None
    """As it was logged, and so are the hashes and the version."""
    input_hash: str | None
    explanation_hash: str | None
    rules_hash: str | None
    engine_version: str
