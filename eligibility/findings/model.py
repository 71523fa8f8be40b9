"""What a finding is: a typed clinical fact, known or not, and the record fields it was read from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple

from eligibility.dates import Clock
from eligibility.intervals import Interval
from eligibility.patient.record import PatientRecord
from eligibility.patient.recorded import Model
from eligibility.patient.vocabulary import AbsentReason


class UnknownReason(StrEnum):
    """Why something cannot be decided."""

    NOT_RECORDED = "not_recorded"
    PENDING = "pending"
    UNREADABLE = "unreadable"
    STRADDLES = "straddles"
    CONFLICTING = "conflicting"
    PROTOCOL_GAP = "protocol_gap"
    NEEDS_JUDGEMENT = "needs_judgement"


REASON_OF_ABSENCE = {
    AbsentReason.NOT_RECORDED: UnknownReason.NOT_RECORDED,
    AbsentReason.PENDING: UnknownReason.PENDING,
    AbsentReason.NOT_DONE: UnknownReason.NOT_RECORDED,
    AbsentReason.UNREADABLE: UnknownReason.UNREADABLE,
    AbsentReason.CONFLICTING: UnknownReason.CONFLICTING,
}

Codes = frozenset[str]


class Members(NamedTuple):
    """Which codes something surely has, and which it may have besides."""

    present: Codes
    possible: Codes | None
    """Codes it may have; None means that any code is possible."""


Value = Interval | Codes | Members


class Finding(NamedTuple):
    """A clinical fact: a range of possible values, or the reason why there is none.

    `fields` are the record paths it was read from; for an unknown, the paths that would settle it.
    """

    value: Value | None
    fields: tuple[str, ...]
    reason: UnknownReason | None = None
    note: str | None = None
    assumed: str | None = None


def unknown(
    fields: tuple[str, ...],
    reason: UnknownReason = UnknownReason.NOT_RECORDED,
    note: str | None = None,
) -> Finding:
    """A finding nothing is known about, and why."""
    return Finding(None, fields, reason, note)


Kind = Literal["quantity", "codes", "members", "date"]


class Scope(NamedTuple):
    """What a finding is read from: the record, one item of a list in it, and the day it is judged on."""

    record: PatientRecord
    part: Model
    prefix: str
    as_of: int
    clock: Clock


Reader = Callable[[Scope], Finding]


@dataclass(frozen=True, slots=True)
class FindingSpec:
    """One entry of the catalogue: what criteria may ask about, and how it is read."""

    name: str
    kind: Kind
    title: str
    question: str
    read: Reader
    unit: str | None = None
    codes: frozenset[str] = frozenset()
    dates_a_test: bool = False
    """Whether it is the date of a test that can be done again, not of something that happened."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A list in the record that criteria may ask about item by item."""

    name: str
    path: str
    title: str
    question: str
    findings: Mapping[str, FindingSpec]
    gap: Callable[[PatientRecord], tuple[str, ...]] | None = None
    """Finds what stands elsewhere in the record and belongs in this list: fields that contradict it."""
