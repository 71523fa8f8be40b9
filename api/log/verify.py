"""Checking the whole log: every hash, the order, the signed head, the checkpoints, what was kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, select, text

from api.log import tables
from api.log.checkpoints import Checkpoint, Checkpoints
from api.log.database import Database
from api.log.entry import Entry, Kind, first_previous_hash, hash_of, sha256
from api.log.errors import LogError
from api.log.head import Head, log_id_of, read_head
from api.log.keys import LogKey
from api.log.reading import stream

_MOST_FAULTS = 100
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
TRIGGERS = {
    "entries_no_update",
    "entries_no_delete",
    "documents_no_update",
    "log_no_update",
    "log_no_delete",
}


@dataclass(frozen=True, slots=True)
class LogFault:
    """One thing that is not as it was written."""

    code: str
    message: str
    sequence: int | None = None

    def __str__(self) -> str:
        where = f"entry {self.sequence}: " if self.sequence else ""
        return f"{where}{self.message} [{self.code}]"


@dataclass(slots=True)
class Verification:
    """What a check of the whole log found."""

    entries: int = 0
    checkpoints: int = 0
    faults: list[LogFault] = field(default_factory=list)
    more_faults: int = 0
    notes: list[str] = field(default_factory=list)
    """What is not wrong but should be known."""

    @property
    def is_intact(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.faults

    def tell(self, code: str, message: str, sequence: int | None = None) -> None:
        """One more fault; of very many only the number is kept."""
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(LogFault(code, message, sequence))
        else:
            self.more_faults += 1


def verify(database: Database, key: LogKey, *, checkpoints: Checkpoints | None) -> Verification:
    """Check everything there is, as of one moment. Faults are collected; only an unusable database raises."""
    found = Verification()
    marks = _marks(checkpoints, found)
    with database.reading() as connection:
        _check_database(connection, found, is_sqlite=database.is_sqlite)
        log_id = log_id_of(connection)
        known = {mark.head.sequence: mark.head for mark in marks}
        end = check_chain(_entries(connection), log_id, known, found)
        _check_head(connection, key, end, found)
        _check_documents(connection, found)
    _check_reach(marks, end, found)
    return found


def check_chain(
    entries: Iterable[Entry], log_id: str, known: dict[int, Head], found: Verification
) -> Head:
    """Walk the chain from its beginning; the end that it really has."""
    previous = first_previous_hash(log_id)
    sequence = 0
    kinds: dict[int, tuple[str, str, str]] = {}
    for entry in entries:
        if entry.sequence != sequence + 1:
            found.tell("entry_missing", f"{sequence + 1} should stand here", entry.sequence)
        if entry.previous_hash != previous:
            found.tell("chain_broken", "it does not follow the entry before it", entry.sequence)
        if _hash(entry) != entry.entry_hash:
            found.tell("entry_changed", "it is not what was hashed", entry.sequence)
        if not _TIME.fullmatch(entry.recorded_at):
            found.tell("time_unreadable", "its time is not a time", entry.sequence)
        _check_pointer(entry, kinds, found)
        _check_mark(entry, known, log_id, found)
        sequence, previous = entry.sequence, entry.entry_hash
        found.entries += 1
    return Head(log_id, sequence, previous)


def _hash(entry: Entry) -> str | None:
    try:
        return hash_of(entry)
    except (TypeError, ValueError):  # a value of a kind that the log never writes
        return None


def _check_pointer(
    entry: Entry, kinds: dict[int, tuple[str, str, str]], found: Verification
) -> None:
    """What points must point to an earlier decision of the same site; a review to what it may answer."""
    if entry.decision is not None and entry.kind not in (Kind.DECISION, Kind.CORRECTION):
        found.tell("decision_out_of_place", "only a screening decides", entry.sequence)
    if entry.kind == Kind.BATCH and entry.refers_to is not None:
        found.tell("batch_out_of_place", "a batch points to no other entry", entry.sequence)
    # Only what can be pointed to is remembered, and of it only what is needed.
    if entry.kind == Kind.CORRECTION or entry.judgement:
        kinds[entry.sequence] = (entry.kind, entry.site, entry.judgement)
    if entry.kind == Kind.REVIEW and entry.refers_to is not None:
        _, site, judgement = kinds.get(entry.refers_to, ("", "", ""))
        if site != entry.site or f" {entry.criterion} " not in judgement:
            found.tell("review_out_of_place", "it answers nothing that was open", entry.sequence)


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


def _check_documents(connection: Connection, found: Verification) -> None:
    entries, documents = tables.entries.c, tables.documents.c
    query = select(
        documents.sequence,
        documents.part,
        documents.content,
        entries.input_hash,
        entries.explanation_hash,
    ).outerjoin_from(tables.documents, tables.entries, documents.sequence == entries.sequence)
    for row in connection.execution_options(yield_per=100).execute(query):
        expected = row.input_hash if row.part == "profile" else row.explanation_hash
        if sha256(bytes(row.content)) != expected:
            found.tell("document_changed", f"its {row.part} is not what was hashed", row.sequence)


def _check_database(connection: Connection, found: Verification, *, is_sqlite: bool) -> None:
    """The file itself, and the triggers that keep the log append-only."""
    if is_sqlite:
        for (said,) in connection.execute(text("PRAGMA integrity_check(20)")):
            if said != "ok":
                found.tell("log_corrupt", "the database file is damaged")
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    present = {name for (name,) in connection.execute(text(query))}
    for missing in sorted(TRIGGERS - present):
        found.tell("trigger_missing", f"the trigger {missing} is gone: entries could be changed")


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
    if not marks and not faults:
        found.notes.append("there is no checkpoint yet")
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
    for mark in marks:
        if mark.head.log_id != end.log_id:
            found.tell("checkpoints_of_other_log", "the checkpoints belong to another log")
            return
    last = max((mark.head.sequence for mark in marks), default=0)
    if last > end.sequence:
        found.tell("log_cut_short", f"it ends at {end.sequence}, a checkpoint knows entry {last}")
