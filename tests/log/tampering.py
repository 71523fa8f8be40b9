"""An intruder who can write to the database, and to nothing else: every way of changing a log."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from typing import Any

from api.log.entry import Entry, first_previous_hash, hash_of

Tamper = Callable[[sqlite3.Connection, random.Random, str], None]

_TEXT_COLUMNS = [
    name for name in Entry._fields if name not in ("sequence", "refers_to", "previous_hash")
]
_SYMBOLS = "abcdef0123456789ABCXYZ .-_"


def edit(log: sqlite3.Connection, chance: random.Random, _: str) -> None:
    """One value of one entry: a letter, all of it, or nothing left."""
    sequence, name = _any(log, chance), chance.choice(_TEXT_COLUMNS)
    old = _value(log, sequence, name)
    new = _changed(chance, old)
    _set(log, sequence, {name: new})


def change_the_decision(log: sqlite3.Connection, chance: random.Random, _: str) -> None:
    sequence = _any(log, chance)
    others = {"eligible", "ineligible", "undetermined"} - {_value(log, sequence, "decision")}
    _set(log, sequence, {"decision": chance.choice(sorted(others))})


def change_and_restamp(log: sqlite3.Connection, chance: random.Random, _: str) -> None:
    """An entry gets the right hash for its new content."""
    sequence = _any(log, chance)
    _set(log, sequence, {"actor": "somebody else"})
    _restamp(log, sequence, sequence)


def restamp_everything_after(log: sqlite3.Connection, chance: random.Random, log_id: str) -> None:
    """A change, and the whole chain from there on made to fit."""
    sequence = _any(log, chance)
    _set(log, sequence, {"actor": "somebody else"})
    _restamp(log, sequence, _last(log), log_id)
    _point_head_at_the_end(log)


def restamp_the_times(log: sqlite3.Connection, chance: random.Random, log_id: str) -> None:
    """Every entry an hour or a year later, all hashes made to fit."""
    years = chance.randint(1, 5)
    start = _any(log, chance)
    log.execute(
        "UPDATE entries SET recorded_at = (substr(recorded_at, 1, 4) + ?) || substr(recorded_at, 5)"
        " WHERE sequence >= ?",
        (years, start),
    )
    _restamp(log, start, _last(log), log_id)
    _point_head_at_the_end(log)


def delete(log: sqlite3.Connection, chance: random.Random, _: str) -> None:
    log.execute("DELETE FROM entries WHERE sequence = ?", (_any(log, chance),))


def delete_and_close_the_gap(log: sqlite3.Connection, chance: random.Random, log_id: str) -> None:
    sequence, last = _any(log, chance), _last(log)
    log.execute("DELETE FROM entries WHERE sequence = ?", (sequence,))
    for later in range(sequence + 1, last + 1):
        log.execute("UPDATE entries SET sequence = ? WHERE sequence = ?", (later - 1, later))
    if chance.random() < 0.5:
        _restamp(log, sequence, last - 1, log_id)
        _point_head_at_the_end(log)


def insert(log: sqlite3.Connection, chance: random.Random, log_id: str) -> None:
    """A copy of an entry in between, the later ones moved on, with or without new hashes."""
    sequence, last = _any(log, chance), _last(log)
    for later in range(last, sequence, -1):
        log.execute("UPDATE entries SET sequence = ? WHERE sequence = ?", (later + 1, later))
    _copy(log, sequence, sequence + 1)
    if chance.random() < 0.5:
        _restamp(log, sequence + 1, last + 1, log_id)
        _point_head_at_the_end(log)


def append(log: sqlite3.Connection, chance: random.Random, log_id: str) -> None:
    """One more at the end, properly chained; the head as it was, or pointed at it."""
    last = _last(log)
    _copy(log, _any(log, chance), last + 1)
    _restamp(log, last + 1, last + 1, log_id)
    if chance.random() < 0.5:
        _point_head_at_the_end(log)


def swap(log: sqlite3.Connection, chance: random.Random, log_id: str) -> None:
    one, other = chance.sample(range(1, _last(log) + 1), 2)
    for old, new in ((one, 10**6), (other, one), (10**6, other)):
        log.execute("UPDATE entries SET sequence = ? WHERE sequence = ?", (new, old))
    if chance.random() < 0.5:
        _restamp(log, min(one, other), _last(log), log_id)
        _point_head_at_the_end(log)


def swap_two_values(log: sqlite3.Connection, chance: random.Random, _: str) -> None:
    """The answers of two entries exchanged."""
    one, other = chance.sample(range(1, _last(log) + 1), 2)
    name = chance.choice(["input_hash", "explanation_hash", "entry_hash", "previous_hash"])
    first, second = _value(log, one, name), _value(log, other, name)
    _set(log, one, {name: second})
    _set(log, other, {name: first})


def cut_short(log: sqlite3.Connection, chance: random.Random, _: str) -> None:
    log.execute("DELETE FROM entries WHERE sequence > ?", (chance.randint(0, _last(log) - 1),))
    if chance.random() < 0.5:
        _point_head_at_the_end(log)


def cut_short_and_append(log: sqlite3.Connection, chance: random.Random, log_id: str) -> None:
    """As many entries as before, another past."""
    last = _last(log)
    keep = chance.randint(1, last - 1)
    log.execute("DELETE FROM entries WHERE sequence > ?", (keep,))
    for sequence in range(keep + 1, last + 1):
        _copy(log, chance.randint(1, keep), sequence)
    _restamp(log, keep + 1, last, log_id)
    if chance.random() < 0.7:
        _point_head_at_the_end(log)


def empty(log: sqlite3.Connection, chance: random.Random, _: str) -> None:
    """As if it had never begun."""
    log.execute("DELETE FROM entries")
    if chance.random() < 0.7:
        log.execute("DELETE FROM head")


def forge_the_head(log: sqlite3.Connection, chance: random.Random, _: str) -> None:
    name = chance.choice(["entry_hash", "key_id", "signature"])
    value = log.execute(f"SELECT {name} FROM head").fetchone()[0]  # noqa: S608 - our own names
    log.execute(f"UPDATE head SET {name} = ?", (_other_digit(chance, value),))  # noqa: S608


def behead(log: sqlite3.Connection, _: random.Random, __: str) -> None:
    log.execute("DELETE FROM head")


def rename_the_log(log: sqlite3.Connection, chance: random.Random, _: str) -> None:
    log.execute("UPDATE log SET log_id = ?", (f"{chance.getrandbits(128):032x}",))


def point_elsewhere(log: sqlite3.Connection, chance: random.Random, _: str) -> None:
    """An entry refers to another one than it did."""
    sequence = chance.randint(2, _last(log))
    old = _value(log, sequence, "refers_to")
    others = [number for number in (*range(1, sequence), None) if number != old]
    _set(log, sequence, {"refers_to": chance.choice(others)})


def unname_the_log(log: sqlite3.Connection, _: random.Random, __: str) -> None:
    log.execute("DELETE FROM log")


def delete_a_document(log: sqlite3.Connection, chance: random.Random, _: str) -> None:
    """A kept profile or explanation, without the entry that tells of it."""
    sequence, part = chance.choice(
        log.execute("SELECT sequence, part FROM documents ORDER BY 1, 2").fetchall()
    )
    log.execute("DELETE FROM documents WHERE sequence = ? AND part = ?", (sequence, part))


def delete_the_documents(log: sqlite3.Connection, _: random.Random, __: str) -> None:
    log.execute("DELETE FROM documents")


def add_a_document(log: sqlite3.Connection, chance: random.Random, _: str) -> None:
    """Something is put beside an entry that was written without it."""
    without = log.execute("SELECT sequence FROM entries WHERE kept = '' ORDER BY 1").fetchall()
    (sequence,) = chance.choice(without)
    part = chance.choice(["profile", "explanation"])
    log.execute("INSERT INTO documents VALUES (?, ?, ?)", (sequence, part, b"{}"))


def put_a_document_back(log: sqlite3.Connection, chance: random.Random, _: str) -> None:
    """One that was deleted in time, as it was."""
    parts = {"profile": b"{}", "explanation": b"[]"}
    for part in chance.sample(sorted(parts), chance.randint(1, 2)):
        log.execute("INSERT INTO documents VALUES (1, ?, ?)", (part, parts[part]))


def change_a_document(log: sqlite3.Connection, chance: random.Random, _: str) -> None:
    having = sorted({number for (number,) in log.execute("SELECT sequence FROM documents")})
    log.execute(
        "UPDATE documents SET content = ? WHERE sequence = ?",
        (chance.randbytes(5), chance.choice(having)),
    )


KINDS: tuple[Tamper, ...] = (
    edit,
    change_the_decision,
    change_and_restamp,
    restamp_everything_after,
    restamp_the_times,
    delete,
    delete_and_close_the_gap,
    insert,
    append,
    swap,
    swap_two_values,
    cut_short,
    cut_short_and_append,
    empty,
    forge_the_head,
    behead,
    rename_the_log,
    point_elsewhere,
    unname_the_log,
    delete_a_document,
    delete_the_documents,
    add_a_document,
    put_a_document_back,
    change_a_document,
)


def content(log: sqlite3.Connection) -> list[Any]:
    """Everything that a log says."""
    return [
        log.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()  # noqa: S608 - our own names
        for table in ("log", "head", "entries", "documents")
    ]


def _any(log: sqlite3.Connection, chance: random.Random) -> int:
    return chance.randint(1, _last(log))


def _last(log: sqlite3.Connection) -> int:
    return int(log.execute("SELECT max(sequence) FROM entries").fetchone()[0])


def _value(log: sqlite3.Connection, sequence: int, name: str) -> Any:
    query = f"SELECT {name} FROM entries WHERE sequence = ?"  # noqa: S608 - our own names
    return log.execute(query, (sequence,)).fetchone()[0]


def _set(log: sqlite3.Connection, sequence: int, values: dict[str, Any]) -> None:
    for name, value in values.items():
        query = f"UPDATE entries SET {name} = ? WHERE sequence = ?"  # noqa: S608 - our own names
        log.execute(query, (value, sequence))


def _changed(chance: random.Random, old: str | None) -> str | None:
    """Another value: one letter of it, a space more, a new text, or none."""
    if not old:
        return "x"
    if chance.random() < 0.7:
        return _other_digit(chance, old)
    return chance.choice([old + " ", old[:-1], "x", old.upper() + "Z"])


def _other_digit(chance: random.Random, old: str) -> str:
    place = chance.randrange(len(old))
    new = chance.choice([symbol for symbol in _SYMBOLS if symbol != old[place]])
    return old[:place] + new + old[place + 1 :]


def _copy(log: sqlite3.Connection, source: int, target: int) -> None:
    row = log.execute("SELECT * FROM entries WHERE sequence = ?", (source,)).fetchone()
    entry = Entry(*row)._replace(sequence=target, entry_id=f"copy {target}", key_hash=None)
    marks = ", ".join("?" * len(entry))
    log.execute(f"INSERT INTO entries VALUES ({marks})", entry)  # noqa: S608 - question marks


def _restamp(log: sqlite3.Connection, first: int, last: int, log_id: str | None = None) -> None:
    """The hashes of some entries made to fit; with a log's id also what chains them."""
    for sequence in range(first, last + 1):
        row = log.execute("SELECT * FROM entries WHERE sequence = ?", (sequence,)).fetchone()
        entry = Entry(*row)
        if log_id is not None:
            before = (
                _value(log, sequence - 1, "entry_hash")
                if sequence > 1
                else first_previous_hash(log_id)
            )
            entry = entry._replace(previous_hash=before)
        fresh = hash_of(entry)
        _set(log, sequence, {"previous_hash": entry.previous_hash, "entry_hash": fresh})


def _point_head_at_the_end(log: sqlite3.Connection) -> None:
    """All that can be done to the head without the key."""
    last = log.execute(
        "SELECT sequence, entry_hash FROM entries ORDER BY sequence DESC LIMIT 1"
    ).fetchone()
    if last:
        log.execute("UPDATE head SET sequence = ?, entry_hash = ?", last)
