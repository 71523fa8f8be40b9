"""An entry of the screening log, and the hash that chains it to the one before."""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from typing import Any, NamedTuple

ACTOR_NAME = "actor_name"
"""In the detail of an entry: what people call the actor."""
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


class Kind(StrEnum):
    """What an entry records."""

    DECISION = "decision"
    """What a screening computed."""
    CORRECTION = "correction"
    """What replaces an earlier entry: a new screening, or its withdrawal."""
    REVIEW = "review"
    """An investigator's answer to a criterion that needs judgement."""
    BATCH = "batch"
    """A table that was screened as a whole: rules, hashes and counts, and no patient."""
    CONFIGURATION = "configuration"
    """An API key that was made or revoked, or what was deleted: kept documents, a batch. Settings are not logged."""


class Entry(NamedTuple):
    """One line of the log, as it is stored; every field but the last is under the last."""

    sequence: int
    entry_id: str
    recorded_at: str
    """UTC, with microseconds; the order of the log is that of `sequence`."""
    actor: str
    site: str
    kind: str
    engine_version: str
    trial: str | None
    profile: str | None
    rules_hash: str | None
    input_hash: str | None
    decision: str | None
    deciding: str
    """Ids between spaces, " INCL01 EXCL05 ", so that one can be searched for; empty if there are none."""
    judgement: str
    """Criteria that only an investigator's judgement keeps open, in the form of `deciding`."""
    explanation_hash: str | None
    as_of: str | None
    planned_start: str | None
    subject: str | None
    """The screening id: under a keyed hash, or as it is where the setting says so."""
    subject_form: str | None
    kept: str
    """Documents that were kept beside the entry, in the form of `deciding`: " profile explanation "."""
    key_hash: str | None
    request_hash: str | None
    refers_to: int | None
    criterion: str | None
    answer: str | None
    signed_by: str | None
    reason: str | None
    detail: str | None
    """As JSON: what a configuration entry changed, what a batch came to, what a review rests on, the actor's name."""
    previous_hash: str
    entry_hash: str

    @property
    def deciding_criteria(self) -> tuple[str, ...]:
        """Ids of the criteria that decided."""
        return tuple(self.deciding.split())

    @property
    def judgement_criteria(self) -> tuple[str, ...]:
        """Ids of the criteria an investigator may answer."""
        return tuple(self.judgement.split())

    @property
    def told(self) -> dict[str, Any]:
        """What stands in the detail, but for the actor's name."""
        return {name: value for name, value in self._detail.items() if name != ACTOR_NAME}

    @property
    def actor_name(self) -> str | None:
        """What people called the actor when the entry was written, if that was known."""
        name = self._detail.get(ACTOR_NAME)
        return name if isinstance(name, str) else None

    @property
    def signer(self) -> str:
        """Who answered or recorded, by name and id, in one line."""
        name = self.signed_by or self.actor_name
        return self.actor if name in (None, self.actor) else f"{name} ({self.actor})"

    @property
    def _detail(self) -> dict[str, Any]:
        return json.loads(self.detail) if self.detail else {}

    @property
    def kept_parts(self) -> tuple[str, ...]:
        """Documents that were kept beside the entry; deleted in time, unless the site keeps them."""
        return tuple(self.kept.split())

    def hashed(self) -> Entry:
        """The entry with the hash that its other fields have."""
        return self._replace(entry_hash=hash_of(self))


def between_spaces(ids: tuple[str, ...]) -> str:
    """Ids as one text in which each can be found.

    >>> between_spaces(("INCL01", "EXCL05")), between_spaces(())
    (' INCL01 EXCL05 ', '')
    """
    return f" {' '.join(ids)} " if ids else ""


def hash_of(entry: Entry) -> str:
    """SHA-256 of the entry's canonical JSON, without the field that holds it."""
    fields = entry._asdict()
    del fields["entry_hash"]
    return sha256(canonical(fields))


def first_previous_hash(log_id: str) -> str:
    """What stands before the first entry: it belongs to one log and no other."""
    return sha256(canonical({"screening_log": log_id}))


def canonical(fields: dict[str, str | int | None]) -> bytes:
    """The one spelling of these fields, as RFC 8785 has it.

    For flat objects of texts, whole numbers and nothing, with ASCII keys, the standard encoder writes
    what the RFC asks for and is five times as fast as a library; a test compares the two.
    """
    return _ENCODER.encode(fields).encode()


def sha256(content: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def is_storable(text: str) -> bool:
    """Whether every database takes the text: PostgreSQL stores no NUL, and none a lone surrogate."""
    if "\x00" in text:
        return False
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)
