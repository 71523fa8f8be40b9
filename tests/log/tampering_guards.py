"""An intruder who turns to what guards a log: the triggers of its tables, and the file of checkpoints."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path


def drop_a_trigger(log: sqlite3.Connection, chance: random.Random) -> None:
    log.execute(f"DROP TRIGGER {_trigger(log, chance)}")


def silence_a_trigger(log: sqlite3.Connection, chance: random.Random) -> None:
    """One of the same name that forbids nothing."""
    name = _trigger(log, chance)
    log.execute(f"DROP TRIGGER {name}")
    table, _, action = name.split("_")
    log.execute(f"CREATE TRIGGER {name} BEFORE {action} ON {table} BEGIN SELECT 1; END")


def weaken_a_trigger(log: sqlite3.Connection, chance: random.Random) -> None:
    """The same words, for fewer entries."""
    name = _trigger(log, chance)
    found = log.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
    log.execute(f"DROP TRIGGER {name}")
    log.execute(found.replace(" BEGIN ", " WHEN 1 = 2 BEGIN "))


def add_a_trigger(log: sqlite3.Connection, _: random.Random) -> None:
    log.execute("CREATE TRIGGER more AFTER INSERT ON entries BEGIN DELETE FROM documents; END")


TRIGGER_KINDS = (drop_a_trigger, silence_a_trigger, weaken_a_trigger, add_a_trigger)


def delete_the_file(marks: Path, _: random.Random) -> None:
    marks.unlink()


def empty_the_file(marks: Path, _: random.Random) -> None:
    marks.write_bytes(b"")


def garbage_at_the_end(marks: Path, chance: random.Random) -> None:
    with marks.open("ab") as stream:
        stream.write(b"\n".join(chance.randbytes(20).hex().encode() for _ in range(3)) + b"\n")


def garbage_longer_than_is_read(marks: Path, _: random.Random) -> None:
    with marks.open("ab") as stream:
        stream.write(b"x" * 200_000 + b"\n")


def garbage_in_the_place_of_the_last_lines(marks: Path, _: random.Random) -> None:
    lines = marks.read_bytes().splitlines(keepends=True)
    marks.write_bytes(b"".join(lines[:-2]) + b"cut\nshort\n")


def blank_lines(marks: Path, _: random.Random) -> None:
    with marks.open("ab") as stream:
        stream.write(b"\n\n\n")


FILE_KINDS = (
    delete_the_file,
    empty_the_file,
    garbage_at_the_end,
    garbage_longer_than_is_read,
    garbage_in_the_place_of_the_last_lines,
    blank_lines,
)


def _trigger(log: sqlite3.Connection, chance: random.Random) -> str:
    names = log.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY 1")
    return str(chance.choice([name for (name,) in names]))
