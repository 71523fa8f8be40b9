"""Checking the whole log: every hash, the order, the signed head, the checkpoints, what was kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, select, text

from api.log import tables, triggers
from api.log.checkpoints import Checkpoint, Checkpoints
from api.log.database import Database
from api.log.entry import Entry, Kind, first_previous_hash, hash_of
from api.log.errors import LogDamaged, LogError
from api.log.head import Head, log_id_of, read_head
from api.log.keys import LogKey
from api.log.reading import stream
from api.log.references import check_documents, check_pointers
from api.log.verification import Verification

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


def verify(database: Database, key: LogKey, *, checkpoints: Checkpoints | None) -> Verification:
    """Check everything there is, as of one moment. Faults are collected; only an unusable database raises."""
    found = Verification()
    marks = _marks(checkpoints, found)
    with database.studying() as connection:
        _check_database(connection, found, is_sqlite=database.is_sqlite)
        log_id = _log_id(connection, marks, found)
        known = {mark.head.sequence: mark.head for mark in marks}
        end = check_chain(_entries(connection), log_id, known, found)
        _check_head(connection, key, end, found)
        check_pointers(connection, found)
        check_documents(connection, found)
    if checkpoints is not None:
        _check_reach(marks, end, found)
    return found


def _log_id(connection: Connection, marks: list[Checkpoint], found: Verification) -> str:
    """The name of the log; where it is gone, the one that the checkpoints know."""
    try:
        return log_id_of(connection)
    except LogDamaged as error:
        found.tell(error.code, error.message)
    return marks[-1].head.log_id if marks else ""


def check_chain(
    entries: Iterable[Entry], log_id: str, known: dict[int, Head], found: Verification
) -> Head:
    """Walk the chain from its beginning; the end that it really has."""
    previous = first_previous_hash(log_id)
    sequence = 0
    for entry in entries:
        if entry.sequence != sequence + 1:
            found.tell("entry_missing", f"{sequence + 1} should stand here", entry.sequence)
        if entry.previous_hash != previous:
            found.tell("chain_broken", "it does not follow the entry before it", entry.sequence)
        if _hash(entry) != entry.entry_hash:
            found.tell("entry_changed", "it is not what was hashed", entry.sequence)
        if not _TIME.fullmatch(entry.recorded_at):
            found.tell("time_unreadable", "its time is not a time", entry.sequence)
        if entry.decision is not None and entry.kind not in (Kind.DECISION, Kind.CORRECTION):
            found.tell("decision_out_of_place", "only a screening decides", entry.sequence)
        _check_mark(entry, known, log_id, found)
        sequence, previous = entry.sequence, entry.entry_hash
        found.entries += 1
    return Head(log_id, sequence, previous)


def _hash(entry: Entry) -> str | None:
    try:
        return hash_of(entry)
    except (TypeError, ValueError):  # a value of a kind that the log never writes
        return None


def _check_mark(entry: Entry, known: dict[int, Head], log_id: str, found: Verification) -> None:
    mark = known.get(entry.sequence)
    if mark is not None and mark != Head(log_id, entry.sequence, entry.entry_hash):
        found.tell("checkpoint_differs", "the checkpoints hold another hash for it", entry.sequence)


def _entries(connection: Connection) -> Iterator[Entry]:
    return stream(connection, select(tables.entries).order_by(tables.entries.c.sequence))


def _check_head(connection: Connection, key: LogKey, end: Head, found: Verification) -> None:
    try:
        head = read_head(connection, key, end.log_id)
    except LogError as error:
        found.tell(error.code, error.message)
        return
    if head != end:
        found.tell("log_head_differs", "the log does not end where its signed head says")


def _check_database(connection: Connection, found: Verification, *, is_sqlite: bool) -> None:
    """The file itself, and the triggers that keep the log append-only."""
    if is_sqlite:
        for (said,) in connection.execute(text("PRAGMA integrity_check(20)")):
            if said != "ok":
                found.tell("log_corrupt", "the database file is damaged")
    for code, message in triggers.faults_of(connection, is_sqlite=is_sqlite):
        found.tell(code, message)


def _marks(checkpoints: Checkpoints | None, found: Verification) -> list[Checkpoint]:
    """The checkpoints that hold; those a restore left behind are told of, not held against the log."""
    if checkpoints is None:
        found.notes.append(
            "no checkpoints were given: a log cut short with its head is not noticed"
        )
        return []
    marks, faults = checkpoints.read()
    for fault in faults:
        found.tell("checkpoints_damaged", f"line {fault.line} of the checkpoints: {fault.message}")
    holding: list[Checkpoint] = []
    for mark in marks:
        if mark.restored is not None:
            lost = [
                each.head.sequence for each in holding if each.head.sequence > mark.head.sequence
            ]
            holding = [each for each in holding if each.head.sequence <= mark.head.sequence]
            upto = f", entries up to {max(lost)} were lost" if lost else ""
            found.notes.append(
                f"restored at {mark.at} to entry {mark.head.sequence}{upto}: {mark.restored}"
            )
        holding.append(mark)
    found.checkpoints = len(marks)
    return holding


def _check_reach(marks: list[Checkpoint], end: Head, found: Verification) -> None:
    if not marks and end.sequence:
        found.tell("checkpoints_missing", "the log has entries, and no checkpoint is there")
    for mark in marks:
        if mark.head.log_id != end.log_id:
            found.tell("checkpoints_of_other_log", "the checkpoints belong to another log")
            return
    last = max((mark.head.sequence for mark in marks), default=0)
    if last > end.sequence:
        found.tell("log_cut_short", f"it ends at {end.sequence}, a checkpoint knows entry {last}")
