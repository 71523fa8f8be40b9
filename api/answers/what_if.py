"""What a what-if is answered with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NotRequired

from eligibility.protocol.verdict import Decision, Verdict
from eligibility.reports.answer import AlarmAnswer, DecisionAnswer, Described, QuestionAnswer


class VerdictInShort(Described):
    """One criterion of a what-if."""

    id: str
    """Id of the criterion."""
    title: str
    """Short name of the criterion."""
    verdict: Verdict
    """What the criterion does to eligibility."""
    label: str
    """The verdict in a coordinator's word."""
    reason: str
    """Why, in a sentence."""


class AnswerInShort(DecisionAnswer):
    """One side of a what-if."""

    criteria: Sequence[VerdictInShort]
    """Every criterion, in protocol order."""


class ChangedText(Described):
    """A text or day before and after."""

    before: str | None
    """As it was."""
    after: str | None
    """As it would be."""


class ChangedDecision(Described):
    """The decision before and after."""

    before: Decision
    """As it was."""
    after: Decision
    """As it would be."""


class ChangedList(Described):
    """Ids of criteria before and after."""

    before: Sequence[str]
    """As they were."""
    after: Sequence[str]
    """As they would be."""


class ChangedAlarm(Described):
    """The alarm before and after."""

    before: AlarmAnswer | None
    """As it was."""
    after: AlarmAnswer | None
    """As it would be."""


class VerdictAndReason(Described):
    """What a criterion says."""

    verdict: Verdict
    """What the criterion does to eligibility."""
    reason: str
    """Why, in a sentence."""


class ChangedCriterion(Described):
    """A criterion that says something else."""

    id: str
    """Id of the criterion."""
    before: VerdictAndReason
    """What it said."""
    after: VerdictAndReason
    """What it would say."""


class WhatIfChanges(Described):
    """Everything that differs, and nothing that does not: a key that is not here is the same on both sides."""

    as_of: NotRequired[ChangedText]
    """The day of judgement."""
    planned_start: NotRequired[ChangedText]
    """The planned first dose."""
    decision: NotRequired[ChangedDecision]
    """The decision."""
    deciding: NotRequired[ChangedList]
    """The criteria that decide."""
    headline: NotRequired[ChangedText]
    """The decision in a sentence."""
    alarm: NotRequired[ChangedAlarm]
    """Why nothing is decided."""
    possible_from: NotRequired[ChangedText]
    """First start on which waiting has cured all that it can."""
    held_back_by: NotRequired[ChangedList]
    """Criteria that are the last to clear before it."""
    to_repeat: NotRequired[ChangedList]
    """Criteria that need a fresh test for it."""
    still_open: NotRequired[ChangedList]
    """Criteria that are open even then."""
    valid_until: NotRequired[ChangedText]
    """Last start for which the decision stands."""
    ended_by: NotRequired[ChangedList]
    """Criteria that change after it."""
    criteria: Sequence[ChangedCriterion]
    """Criteria that say something else."""
    questions_settled: Sequence[QuestionAnswer]
    """Questions of before that are none any more."""
    questions_raised: Sequence[QuestionAnswer]
    """Questions that there were not before."""


class WhatIfEdits(Described):
    """Which fields were otherwise."""

    set: Sequence[str]
    """Paths that were given a value."""
    removed: Sequence[str]
    """Paths that were taken away."""


class WhatIfAnswer(Described):
    """One patient before and after; no decision."""

    is_decision: Literal[False]
    """A what-if is never one."""
    note: str
    """What a what-if is not, in a sentence."""
    trial: str
    """Registry number of the trial."""
    profile: str | None
    """The site profile in force, if one is."""
    rules_hash: str
    """SHA-256 over the criteria files used and the readings chosen."""
    engine_version: str
    """Version of this software."""
    edited: WhatIfEdits
    """What the request named to be otherwise."""
    before: AnswerInShort
    """The patient as sent."""
    after: AnswerInShort
    """The patient with the edits."""
    changed: WhatIfChanges
    """What differs."""
