"""Adding entries to the chain: everything that one transaction reads, decides and writes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, insert, select

from api.log import tables
from api.log.drafts import (
    BatchDraft,
    ConfigurationDraft,
    CorrectionDraft,
    DecisionDraft,
    Draft,
    ReviewDraft,
    WithdrawalDraft,
)
from api.log.entry import ACTOR_NAME, Entry, Kind, between_spaces, hash_of, sha256
from api.log.errors import EntryRefused, IdempotencyConflict, LogError, entry_not_found
from api.log.head import Head, write_head
from api.log.keys import LogKey
from api.log.settings import LogSettings
from eligibility.protocol.verdict import Decision
from eligibility.version import ENGINE_VERSION

# Built once: building a statement takes as long as asking it.
_NUMBERS: BindParameter[int] = bindparam("numbers", expanding=True)
_BY_KEY = select(tables.entries).where(
    tables.entries.c.key_hash.in_(bindparam("keys", expanding=True))
)
_BY_SEQUENCE = select(tables.entries).where(tables.entries.c.sequence.in_(_NUMBERS))
_BY_REFERENCE = select(tables.entries).where(tables.entries.c.refers_to.in_(_NUMBERS))
_INSERT_ENTRIES = insert(tables.entries)
_INSERT_DOCUMENTS = insert(tables.documents)


@dataclass(frozen=True, slots=True)
class Appended:
    """The entry, and whether it is new; a repeated idempotency key gives the first one again."""

    entry: Entry
    is_new: bool


Outcome = Appended | LogError


@dataclass(slots=True)
class Append:
    """One transaction's additions; drafts that are refused leave the others alone."""

    connection: Connection
    key: LogKey
    settings: LogSettings
    head: Head
    now: str
    _new: list[Entry] = field(default_factory=list)
    _documents: list[dict[str, Any]] = field(default_factory=list)
    _by_key: dict[str, Entry] = field(default_factory=dict)
    _by_sequence: dict[int, Entry] = field(default_factory=dict)
    _replaced: set[int] = field(default_factory=set)
    _newest_about: dict[int, int] = field(default_factory=dict)

    def all(self, drafts: Sequence[Draft]) -> tuple[Head, list[Outcome]]:
        """Write every draft that may be written; the new head, and what became of each draft."""
        self._look_up(drafts)
        began_at = self.head
        outcomes = [self._outcome(draft) for draft in drafts]
        if self._new:
            self.connection.execute(_INSERT_ENTRIES, [entry._asdict() for entry in self._new])
            if self._documents:
                self.connection.execute(_INSERT_DOCUMENTS, self._documents)
            write_head(self.connection, self.key, self.head, is_first=began_at.sequence == 0)
        return self.head, outcomes

    def _look_up(self, drafts: Sequence[Draft]) -> None:
        """Everything that is already there and matters, in at most three queries."""
        keys = [self._key_hash(draft) for draft in drafts if draft.idempotency_key]
        numbers = {draft.refers_to for draft in drafts if isinstance(draft, _Pointing)}
        if keys:
            for entry in self._found(_BY_KEY, keys=keys):
                self._by_key[str(entry.key_hash)] = entry
        if numbers:
            for entry in self._found(_BY_SEQUENCE, numbers=list(numbers)):
                self._by_sequence[entry.sequence] = entry
            for entry in self._found(_BY_REFERENCE, numbers=list(numbers)):
                self._note_reference(entry)

    def _found(self, asked: Select[Any], **wanted: Sequence[str | int | None]) -> list[Entry]:
        return [Entry(*row) for row in self.connection.execute(asked, wanted)]

    def _key_hash(self, draft: Draft) -> str | None:
        if draft.idempotency_key is None:
            return None
        return self.key.idempotency(draft.site, draft.actor, draft.idempotency_key)

    def _outcome(self, draft: Draft) -> Outcome:
        key_hash = self._key_hash(draft)
        request = request_hash(draft) if key_hash else None
        first = self._by_key.get(key_hash) if key_hash else None
        if first is not None:
            return _repeated(first, request)
        try:
            fields = self._fields(draft)
        except LogError as error:
            return error
        entry = self._entry(draft, {**fields, "key_hash": key_hash, "request_hash": request})
        self._add(draft, entry)
        return Appended(entry, is_new=True)

    def _entry(self, draft: Draft, fields: dict[str, Any]) -> Entry:
        unhashed = Entry(
            **{
                **_NOTHING,
                **fields,
                "detail": _with_name(fields.get("detail"), draft.actor_name),
                "sequence": self.head.sequence + 1,
                "entry_id": secrets.token_hex(16),
                "recorded_at": self.now,
                "actor": draft.actor,
                "site": draft.site,
                "previous_hash": self.head.entry_hash,
            }
        )
        return unhashed._replace(entry_hash=hash_of(unhashed))

    def _add(self, draft: Draft, entry: Entry) -> None:
        self._new.append(entry)
        self._by_sequence[entry.sequence] = entry
        if entry.key_hash:
            self._by_key[entry.key_hash] = entry
        self._note_reference(entry)
        if isinstance(draft, DecisionDraft):
            self._documents.extend(
                {"sequence": entry.sequence, "part": part, "content": content}
                for part, content in self._kept(draft).items()
            )
        self.head = Head(self.head.log_id, entry.sequence, entry.entry_hash)

    def _note_reference(self, entry: Entry) -> None:
        if entry.refers_to is None:
            return
        if entry.kind == Kind.CORRECTION:
            self._replaced.add(entry.refers_to)
        newest = self._newest_about.get(entry.refers_to, 0)
        self._newest_about[entry.refers_to] = max(newest, entry.sequence)

    def _kept(self, draft: DecisionDraft) -> dict[str, bytes]:
        """The documents that the settings keep, by their part."""
        kept = {
            "profile": draft.profile_document if self.settings.keep_profiles else None,
            "explanation": draft.explanation_document if self.settings.keep_explanations else None,
        }
        return {part: content for part, content in kept.items() if content is not None}

    def _fields(self, draft: Draft) -> dict[str, Any]:
        """What the draft itself says, once what it points to is found fit."""
        match draft:
            case CorrectionDraft():
                old = self._referred(draft)
                if old.trial != draft.trial:
                    raise EntryRefused(
                        "a correction must be of the same trial", code="correction_of_other_trial"
                    )
                return {**self._decision(draft), **_pointing(draft, Kind.CORRECTION)}
            case DecisionDraft():
                return {**self._decision(draft), "kind": Kind.DECISION.value}
            case WithdrawalDraft():
                old = self._referred(draft)
                return {**_subject_of(old), **_pointing(draft, Kind.CORRECTION)}
            case ReviewDraft():
                old = self._reviewable(draft)
                answered = {
                    "criterion": draft.criterion,
                    "answer": draft.answer.value,
                    "signed_by": draft.signed_by,
                    "detail": _source(draft.source),
                }
                return {**_subject_of(old), **answered, **_pointing(draft, Kind.REVIEW)}
            case BatchDraft():
                return _batch(draft)
            case ConfigurationDraft():
                changed = {"event": draft.event, **draft.changed}
                detail = json.dumps(changed, ensure_ascii=False, sort_keys=True)
                return {"kind": Kind.CONFIGURATION.value, "detail": detail}
            case _:
                raise TypeError(f"no entry is made of a {type(draft).__name__}")

    def _decision(self, draft: DecisionDraft) -> dict[str, Any]:
        _check_documents(draft)
        subject, form = None, None
        if draft.screening_id is not None:
            is_plain = self.settings.keep_screening_ids
            hidden = self.key.subject(draft.site, draft.screening_id)
            subject = draft.screening_id if is_plain else hidden
            form = "plain" if is_plain else "keyed"
        return {
            "trial": draft.trial,
            "profile": draft.profile,
            "rules_hash": draft.rules_hash,
            "engine_version": draft.engine_version,
            "input_hash": draft.input_hash,
            "decision": draft.decision.value,
            "deciding": between_spaces(draft.deciding),
            "judgement": between_spaces(draft.judgement),
            "explanation_hash": draft.explanation_hash,
            "as_of": draft.as_of,
            "planned_start": draft.planned_start,
            "subject": subject,
            "subject_form": form,
            "kept": between_spaces(tuple(self._kept(draft))),
        }

    def _referred(self, draft: _PointingDraft) -> Entry:
        found = self._by_sequence.get(draft.refers_to)
        if found is None or found.site != draft.site:
            raise entry_not_found()
        if found.decision is None:  # a withdrawal, too, is no decision that could be withdrawn
            raise EntryRefused(
                "only a decision can be corrected or reviewed",
                code="not_a_decision",
                hint="name the number of the decision; where it was withdrawn, screen anew",
            )
        if found.sequence in self._replaced:
            raise EntryRefused(
                "this entry was corrected or withdrawn already",
                code="entry_superseded",
                hint="look at its `superseded_by`: name that number, or screen anew if it withdraws the decision",
            )
        if draft.seen_until is not None and self._newest_about.get(found.sequence, 0) > max(
            draft.seen_until, found.sequence
        ):
            raise EntryRefused(
                "somebody added to this entry meanwhile",
                code="answered_meanwhile",
                hint="look at what was added, then send it again if it still holds",
            )
        return found

    def _reviewable(self, draft: ReviewDraft) -> Entry:
        found = self._referred(draft)
        if draft.criterion not in found.judgement_criteria:
            raise EntryRefused(
                f"{draft.criterion} does not wait for a judgement in this entry",
                code="not_for_judgement",
                hint="what is computed, or unknown for want of facts, is changed by new facts only",
            )
        return found


_Pointing = (CorrectionDraft, WithdrawalDraft, ReviewDraft)
_PointingDraft = CorrectionDraft | WithdrawalDraft | ReviewDraft
_NOTHING: dict[str, Any] = {
    **dict.fromkeys(Entry._fields),
    "engine_version": ENGINE_VERSION,
    "deciding": "",
    "judgement": "",
    "kept": "",
    "entry_hash": "",
}


def request_hash(draft: Draft) -> str:
    """What an idempotency key stands for: the caller's hash of the request, else that of the draft."""
    if draft.request_hash is not None:
        return draft.request_hash
    left_out = {"idempotency_key", "actor_name", "profile_document", "explanation_document"}
    return sha256(draft.model_dump_json(exclude=left_out).encode())


def _repeated(first: Entry, request: str | None) -> Outcome:
    if first.request_hash == request:
        return Appended(first, is_new=False)
    return IdempotencyConflict(
        "this idempotency key was used for another request",
        hint="send a new key with a new request",
    )


def _pointing(draft: _PointingDraft, kind: Kind) -> dict[str, Any]:
    return {"refers_to": draft.refers_to, "reason": draft.reason, "kind": kind.value}


def _subject_of(old: Entry) -> dict[str, Any]:
    """Whom the older entry is about, so that both are found together."""
    return {name: getattr(old, name) for name in ("trial", "subject", "subject_form")}


def _source(source: str | None) -> str | None:
    """What a review rests on has no column of its own."""
    return None if source is None else json.dumps({"source": source}, ensure_ascii=False)


def _with_name(detail: str | None, name: str | None) -> str | None:
    """The detail with what people call the actor, which has no column of its own."""
    if name is None:
        return detail
    told = {**(json.loads(detail) if detail else {}), ACTOR_NAME: name}
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def _batch(draft: BatchDraft) -> dict[str, Any]:
    """The fields of its entry; what has no column of its own stands in the detail."""
    told = {
        "batch": draft.batch,
        "mapping_hash": draft.mapping_hash,
        "results_hash": draft.results_hash,
        "rows": draft.rows,
        "rejected": draft.rejected,
        **{str(decision): draft.decisions.get(decision, 0) for decision in Decision},
    }
    return {
        "kind": Kind.BATCH.value,
        "trial": draft.trial,
        "profile": draft.profile,
        "rules_hash": draft.rules_hash,
        "engine_version": draft.engine_version,
        "input_hash": draft.table_hash,
        "as_of": draft.as_of,
        "planned_start": draft.planned_start,
        "detail": json.dumps(told, ensure_ascii=False, sort_keys=True),
    }


def _check_documents(draft: DecisionDraft) -> None:
    """What is kept must be what was hashed; else nobody could replay it."""
    pairs = (
        (draft.profile_document, draft.input_hash),
        (draft.explanation_document, draft.explanation_hash),
    )
    if any(content is not None and sha256(content) != hashed for content, hashed in pairs):
        raise EntryRefused(
            "a document does not have the hash that is given for it", code="document_hash_differs"
        )
