"""What a what-if is answered with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NotRequired

from eligibility.protocol.verdict import Decision, Verdict
from eligibility.reports.answer import AlarmAnswer, Described, QuestionAnswer


class VerdictInShort(Described):
    """One criterion of a what-if."""

    id: str
    title: str
    verdict: Verdict
    label: str
    """The verdict in a coordinator's word."""
    reason: str
    """Why, in a sentence."""


class AnswerInShort(Described):
    """What a what-if shows of one side; every key as in the answer of a screening."""

    as_of: str
    planned_start: str | None
    decision: Decision
    deciding: Sequence[str]
    headline: str
    alarm: AlarmAnswer | None
    criteria: Sequence[VerdictInShort]
    questions: Sequence[QuestionAnswer]
    possible_from: str | None
    held_back_by: Sequence[str]
    to_repeat: Sequence[str]
    still_open: Sequence[str]
    valid_until: str | None
    ended_by: Sequence[str]


class ChangedText(Described):
    """A text or day before and after."""

    before: str | None
    after: str | None


class ChangedDecision(Described):
    """The decision before and after."""

    before: Decision
    after: Decision


class ChangedList(Described):
    """Ids of criteria before and after."""

    before: Sequence[str]
    after: Sequence[str]


class ChangedAlarm(Described):
    """The alarm before and after."""

    before: AlarmAnswer | None
    after: AlarmAnswer | None


class VerdictAndReason(Described):
    """What a criterion said."""

    verdict: Verdict
    reason: str


class ChangedCriterion(Described):
    """A criterion that says something else."""

    id: str
    before: VerdictAndReason
    after: VerdictAndReason


class Changes(Described):
    """Everything that differs, and nothing that does not."""

    as_of: NotRequired[ChangedText]
    planned_start: NotRequired[ChangedText]
    decision: NotRequired[ChangedDecision]
    deciding: NotRequired[ChangedList]
    headline: NotRequired[ChangedText]
    alarm: NotRequired[ChangedAlarm]
    possible_from: NotRequired[ChangedText]
    held_back_by: NotRequired[ChangedList]
    to_repeat: NotRequired[ChangedList]
    still_open: NotRequired[ChangedList]
    valid_until: NotRequired[ChangedText]
    ended_by: NotRequired[ChangedList]
    criteria: Sequence[ChangedCriterion]
    questions_settled: Sequence[QuestionAnswer]
    """Questions of before that are none any more."""
    questions_raised: Sequence[QuestionAnswer]
    """Questions that there were not before."""


class Edited(Described):
    """Which fields were otherwise."""

    set: Sequence[str]
    removed: Sequence[str]


class WhatIfAnswer(Described):
    """One patient before and after; no decision."""

    is_decision: Literal[False]
    note: str
    """What a what-if is not."""
    trial: str
    profile: str | None
    rules_hash: str
    engine_version: str
    edited: Edited
    before: AnswerInShort
    after: AnswerInShort
    changed: Changes
