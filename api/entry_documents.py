"""Entries of the screening log as the service shows them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from api.log.entry import Entry, Kind

_UNSEEN = {"key_hash", "request_hash"}
"""Machinery of repeated requests: nothing about the patient or the decision."""


def receipt(entry: Entry) -> dict[str, Any]:
    """What a decision is answered with: where it stands in the log, and the hashes that prove it."""
    return {
        "sequence": entry.sequence,
        "id": entry.entry_id,
        "recorded_at": entry.recorded_at,
        "input_hash": entry.input_hash,
        "explanation_hash": entry.explanation_hash,
        "entry_hash": entry.entry_hash,
    }


def entry_document(entry: Entry, *, superseded_by: int | None = None) -> dict[str, Any]:
    """An entry with every field that is under its hash, lists as lists, and what became of it.

    A withdrawal is stored as a correction without a decision, and hashed so; that it is one is said beside.
    """
    fields = {name: value for name, value in entry._asdict().items() if name not in _UNSEEN}
    return {
        **fields,
        "deciding": list(entry.deciding_criteria),
        "judgement": list(entry.judgement_criteria),
        "kept": list(entry.kept_parts),
        "detail": json.loads(entry.detail) if entry.detail else None,
        "withdraws": entry.kind == Kind.CORRECTION and entry.decision is None,
        "superseded_by": superseded_by,
    }


def entry_documents(
    entries: Iterable[Entry], successors: Mapping[int, int]
) -> list[dict[str, Any]]:
    """Entries, each with the number of what took its place."""
    return [entry_document(each, superseded_by=successors.get(each.sequence)) for each in entries]
