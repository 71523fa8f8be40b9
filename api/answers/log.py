"""Entries of the screening log as the service shows them, and what a replay found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from eligibility.reports.answer import Described


class EntryAnswer(Described):
    """An entry of the screening log, and what became of it.

    It is shown as it is stored, whatever it says: also where somebody changed it. What only serves repeated requests is
    left out, and lists are lists: `entry_hash` cannot be computed from this.
    """

    sequence: int
    """Number of the entry, which is the order of the log."""
    entry_id: str
    """Id of the entry, the same in every copy of the log."""
    recorded_at: str
    """When the entry was written: UTC, with microseconds."""
    actor: str
    """Who wrote it, by id."""
    site: str
    """The site that it belongs to."""
    kind: str
    """What it records: `decision`, `correction`, `review`, `batch` or `configuration`."""
    engine_version: str
    """Version of the software that wrote it."""
    trial: str | None
    """Registry number of the trial."""
    profile: str | None
    """The site profile in force, if one was."""
    rules_hash: str | None
    """SHA-256 over the criteria files used and the readings chosen."""
    input_hash: str | None
    """SHA-256 of the profile as canonical JSON; of a batch, of its table."""
    decision: str | None
    """What was decided: `eligible`, `ineligible` or `undetermined`."""
    deciding: Sequence[str]
    """Ids of the criteria that decided."""
    judgement: Sequence[str]
    """Ids of the criteria that only an investigator's judgement keeps open."""
    explanation_hash: str | None
    """SHA-256 of the explanation as canonical JSON."""
    as_of: str | None
    """The day on which the record was judged."""
    planned_start: str | None
    """The planned first dose, if one was given."""
    subject: str | None
    """The screening id, under a keyed hash or as it was sent."""
    subject_form: str | None
    """How `subject` is written: `keyed`, or `plain` where the setting says so."""
    kept: Sequence[str]
    """Documents that were kept beside the entry: `profile`, `explanation`."""
    refers_to: int | None
    """Number of the entry that this one is about."""
    criterion: str | None
    """Id of the criterion that a review answers."""
    answer: str | None
    """What a review answers: `pass` or `fail`."""
    signed_by: str | None
    """Name of the investigator who answered."""
    reason: str | None
    """Why, as whoever reviewed, corrected or withdrew wrote it."""
    detail: Mapping[str, Any] | None
    """What a batch came to, what was deleted, what a key may do, what a review rests on; the actor's name."""
    previous_hash: str
    """`entry_hash` of the entry before, or of the log where it is the first."""
    entry_hash: str
    """SHA-256 of the entry."""
    withdraws: bool
    """Whether it takes a decision back without another in its place."""
    superseded_by: int | None
    """Number of the entry that took its place, if one did."""


class EntryWithOthers(EntryAnswer):
    """An entry, and those that correct or review it."""

    about: Sequence[EntryAnswer]
    """Entries that refer to it, in the order of the log."""


class EntryPage(Described):
    """A page of a search."""

    entries: Sequence[EntryAnswer]
    """The entries of the page."""
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
    """What stands in the way, as a code."""
    text: str
    """What stands in the way, in a sentence."""


ReplayOutcome = Literal["confirmed", "differs", "cannot_be_confirmed"]


class ReplayAnswer(Described):
    """What screening once more found."""

    sequence: int
    """Number of the entry that was replayed."""
    outcome: ReplayOutcome
    """Whether the explanation comes out byte for byte."""
    says: str
    """The outcome in a sentence."""
    reasons: Sequence[ReplayReason]
    """Why the decision is not confirmed; empty if it is."""
    profile: Literal["posted", "stored"]
    """`posted` if the profile came in the request; `stored` if it was looked for beside the entry."""
    decision: str
    """The decision as it was logged."""
    input_hash: str | None
    """SHA-256 of the profile as it was logged."""
    explanation_hash: str | None
    """SHA-256 of the explanation as it was logged."""
    rules_hash: str | None
    """SHA-256 over the rules as it was logged."""
    engine_version: str
    """Version of the software that decided."""
