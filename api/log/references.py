"""Checking what entries say of one another, and of the documents kept beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from api.log import tables
from api.log.entry import Kind, sha256
from api.log.verification import Verification

FORGOTTEN = "documents_deleted"
"""The event of the entry that tells of documents deleted in time; it is written before they are."""
GONE = "documents_gone"
"""The event of the entry that tells that their deletion has come to its end."""
_DECIDES = (Kind.DECISION, Kind.CORRECTION)
_TOGETHER = 500


def check_pointers(connection: Connection, found: Verification) -> None:
    """What points must point to a decision of the same site that nothing had replaced; a review to what was open."""
    here, there = tables.entries, tables.entries.alias("there")
    told = [
        there.c[name].label(f"old_{name}")
        for name in ("kind", "site", "trial", "subject", "judgement")
    ]
    query = (
        select(here, *told)
        .outerjoin_from(here, there, there.c.sequence == here.c.refers_to)
        .where(here.c.refers_to.is_not(None) | here.c.kind.in_((Kind.CORRECTION, Kind.REVIEW)))
        .order_by(here.c.sequence)
    )
    replaced: set[int] = set()
    for row in _rows(connection, query):
        code = {Kind.CORRECTION: "correction_out_of_place", Kind.REVIEW: "review_out_of_place"}.get(
            row.kind
        )
        if code is None:
            found.tell(
                f"{_known(row.kind)}_out_of_place", "it points to another entry", row.sequence
            )
            continue
        if wrong := _wrong_pointer(row, replaced):
            found.tell(code, wrong, row.sequence)
        if row.kind == Kind.CORRECTION and row.refers_to is not None:
            replaced.add(row.refers_to)


def _known(kind: str) -> str:
    return kind if kind in (Kind.DECISION, Kind.BATCH, Kind.CONFIGURATION) else "entry"


def _wrong_pointer(row: Row[Any], replaced: set[int]) -> str | None:
    # A withdrawal is let pass: earlier versions of the log took corrections of it. No review: nothing is open there.
    if row.refers_to is None or row.refers_to >= row.sequence or row.old_kind not in _DECIDES:
        return "it points to no earlier decision"
    if (row.site, row.trial) != (row.old_site, row.old_trial):
        return "it points to a decision of another site or trial"
    if row.refers_to in replaced:
        return "it points to a decision that was replaced before"
    if row.kind == Kind.REVIEW and f" {row.criterion} " not in row.old_judgement:
        return "it answers nothing that was open"
    is_of_same_person = row.decision is not None or row.subject == row.old_subject
    return None if is_of_same_person else "it points to a decision about somebody else"


def check_documents(connection: Connection, found: Verification) -> None:
    """What is kept has its hash, was said to be kept, and was not deleted; what is gone was, and told of."""
    entries, documents = tables.entries.c, tables.documents.c
    query = (
        select(
            tables.documents,
            entries.kept,
            entries.input_hash,
            entries.explanation_hash,
            entries.site,
            entries.recorded_at,
        )
        .outerjoin_from(tables.documents, tables.entries, documents.sequence == entries.sequence)
        .order_by(documents.sequence)
    )
    gone = _gone(connection)
    for row in _rows(connection, query, together=50):
        expected = row.input_hash if row.part == "profile" else row.explanation_hash
        if sha256(bytes(row.content)) != expected:
            found.tell("document_changed", f"its {row.part} is not what was hashed", row.sequence)
        elif f" {row.part} " not in row.kept:
            found.tell("document_not_kept", f"it was written without its {row.part}", row.sequence)
        elif _is_gone(row, gone.get(row.site, ())):
            found.tell(
                "document_put_back",
                f"its {row.part} is there again, though the log tells that it was deleted",
                row.sequence,
            )
    _check_gone(connection, found)


def _is_gone(row: Row[Any], ended: Iterable[tuple[str, int]]) -> bool:
    return any(row.sequence <= last and row.recorded_at < before for before, last in ended)


def _check_gone(connection: Connection, found: Verification) -> None:
    deletions = _deletions(connection)
    entries, documents = tables.entries.c, tables.documents.c
    for part in ("profile", "explanation"):
        query = (
            select(entries.sequence, entries.site, entries.recorded_at)
            .outerjoin_from(
                tables.entries,
                tables.documents,
                (documents.sequence == entries.sequence) & (documents.part == part),
            )
            .where(entries.kept.contains(f" {part} "), documents.sequence.is_(None))
            .order_by(entries.sequence)
        )
        for row in _rows(connection, query):
            told = deletions.get(row.site, ())
            if not any(at > row.sequence and row.recorded_at < before for at, before in told):
                found.tell(
                    "document_missing",
                    f"its {part} is gone, and no entry tells of that",
                    row.sequence,
                )


def _deletions(connection: Connection) -> dict[str, list[tuple[int, str]]]:
    """For each site the entries that tell of a deletion, newest first: number, and what was deleted is before."""
    told: dict[str, list[tuple[int, str]]] = {}
    for sequence, site, detail in _told(connection, FORGOTTEN):
        told.setdefault(site, []).append((sequence, detail["before"]))
    return {site: found[::-1] for site, found in told.items()}


def _gone(connection: Connection) -> dict[str, list[tuple[str, int]]]:
    """For each site what no document may be there of: of entries recorded before, up to a number.

    What a later deletion includes is left out: a site that forgets every day for years has one pair, or few.
    """
    ended: dict[str, list[tuple[str, int]]] = {}
    for _, site, detail in _told(connection, GONE):
        before, last = detail["before"], detail.get("up_to")
        if isinstance(last, int):
            others = [each for each in ended.get(site, ()) if each[0] > before or each[1] > last]
            ended[site] = [*others, (before, last)]
    return ended


def _told(connection: Connection, event: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Number, site and detail of the entries of an event, oldest first."""
    entries = tables.entries.c
    query = (
        select(entries.sequence, entries.site, entries.detail)
        .where(entries.kind == Kind.CONFIGURATION, entries.detail.contains(event))
        .order_by(entries.sequence)
    )
    for row in _rows(connection, query):
        detail = _detail(row.detail)
        if detail.get("event") == event and isinstance(detail.get("before"), str):
            yield row.sequence, row.site, detail


def _detail(text: str) -> dict[str, Any]:
    try:
        detail = json.loads(text)
    except ValueError:  # it is not what was hashed, which is told elsewhere
        return {}
    return detail if isinstance(detail, dict) else {}


def _rows(connection: Connection, query: Any, *, together: int = _TOGETHER) -> Iterator[Row[Any]]:
    yield from connection.execution_options(yield_per=together).execute(query)
