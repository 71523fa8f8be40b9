"""Entries of the screening log as the service shows them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import cast

from api.answers.decisions import DecisionReceipt
from api.answers.log import EntryAnswer
from api.log.entry import Entry, Kind


def receipt(entry: Entry) -> DecisionReceipt:
    """What a decision is answered with: where it stands in the log, and the hashes that prove it."""
    return cast("DecisionReceipt", proof_of(entry))  # a decision has every hash


def proof_of(entry: Entry) -> dict[str, int | str | None]:
    """Where an entry of any kind stands in the log, and the hashes that it has."""
    return {
        "sequence": entry.sequence,
        "id": entry.entry_id,
        "recorded_at": entry.recorded_at,
        "input_hash": entry.input_hash,
        "explanation_hash": entry.explanation_hash,
        "entry_hash": entry.entry_hash,
    }


def entry_document(entry: Entry, *, superseded_by: int | None = None) -> EntryAnswer:
    """An entry with every field that is under its hash, lists as lists, and what became of it.

    Left out is the machinery of repeated requests, which is nothing about the patient or the decision. A withdrawal is
    stored as a correction without a decision, and hashed so; that it is one is said beside.
    """
    return {
        "sequence": entry.sequence,
        "entry_id": entry.entry_id,
        "recorded_at": entry.recorded_at,
        "actor": entry.actor,
        "site": entry.site,
        "kind": entry.kind,
        "engine_version": entry.engine_version,
        "trial": entry.trial,
        "profile": entry.profile,
        "rules_hash": entry.rules_hash,
        "input_hash": entry.input_hash,
        "decision": entry.decision,
        "deciding": entry.deciding_criteria,
        "judgement": entry.judgement_criteria,
        "explanation_hash": entry.explanation_hash,
        "as_of": entry.as_of,
        "planned_start": entry.planned_start,
        "subject": entry.subject,
        "subject_form": entry.subject_form,
        "kept": entry.kept_parts,
        "refers_to": entry.refers_to,
        "criterion": entry.criterion,
        "answer": entry.answer,
        "signed_by": entry.signed_by,
        "reason": entry.reason,
        "detail": json.loads(entry.detail) if entry.detail else None,
        "previous_hash": entry.previous_hash,
        "entry_hash": entry.entry_hash,
        "withdraws": entry.kind == Kind.CORRECTION and entry.decision is None,
        "superseded_by": superseded_by,
    }


def entry_documents(entries: Iterable[Entry], successors: Mapping[int, int]) -> list[EntryAnswer]:
    """Entries, each with the number of what took its place."""
    return [entry_document(each, superseded_by=successors.get(each.sequence)) for each in entries]
