"""What guards the log against an intruder is guarded itself: triggers of a server, and the file of checkpoints."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest

from api.log.checkpoints import Checkpoints
from api.log.errors import LogDamaged, LogError
from api.log.head import Head
from api.log.keys import LogKey
from api.log.screening_log import open_log
from api.log.verify import verify

from . import tampering_guards
from .conftest import Opener, new_postgresql
from .drafts import decision, six_entries


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("ALTER TABLE entries DISABLE TRIGGER entries_no_delete", "trigger_changed"),
        ("ALTER TABLE entries ENABLE REPLICA TRIGGER entries_no_delete", "trigger_changed"),
        ("DROP TRIGGER documents_no_truncate ON documents", "trigger_missing"),
        (
            "CREATE OR REPLACE FUNCTION screening_log_is_append_only() RETURNS trigger"
            " LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
            "trigger_changed",
        ),
        (
            "CREATE OR REPLACE TRIGGER entries_no_update BEFORE UPDATE OF actor ON entries"
            " FOR EACH STATEMENT EXECUTE FUNCTION screening_log_is_append_only()",
            "trigger_changed",
        ),
        (
            "CREATE TRIGGER more BEFORE INSERT ON entries"
            " FOR EACH STATEMENT EXECUTE FUNCTION screening_log_is_append_only()",
            "trigger_unknown",
        ),
    ],
)
def test_triggers_of_a_server_are_compared_too(
    postgresql_socket: str, key: LogKey, statement: str, code: str
) -> None:
    log = open_log(new_postgresql(postgresql_socket), key, upgrade=True)
    assert verify(log.database, key, checkpoints=None).is_intact
    with log.database._writing.begin() as connection:
        connection.exec_driver_sql(statement)

    found = verify(log.database, key, checkpoints=None)
    log.close()

    assert {fault.code for fault in found.faults} == {code}


@pytest.mark.parametrize("tamper", tampering_guards.FILE_KINDS, ids=lambda kind: kind.__name__)
def test_a_file_of_checkpoints_that_was_changed_is_told_of_and_not_written_to(
    open_sqlite: Opener, key: LogKey, tmp_path: Path, tamper: Any
) -> None:
    marks = tmp_path / "marks"
    log = six_entries(open_sqlite, marks)
    assert verify(log.database, key, checkpoints=Checkpoints(marks, key)).is_intact
    tamper(marks, random.Random(1))
    log.append(decision(7))

    with pytest.raises(LogError):
        log.checkpoint()
    with pytest.raises(LogError):
        open_sqlite(checkpoints=marks)
    found = verify(log.database, key, checkpoints=Checkpoints(marks, key))
    log._checkpoints = None

    codes = {fault.code for fault in found.faults}
    assert codes
    assert codes <= {"checkpoints_damaged", "checkpoints_missing"}


def test_garbage_between_the_checkpoints_is_told_of(
    open_sqlite: Opener, key: LogKey, tmp_path: Path
) -> None:
    marks = tmp_path / "marks"
    log = six_entries(open_sqlite, marks)
    log._checkpoints = None
    first, *others = marks.read_bytes().splitlines(keepends=True)
    marks.write_bytes(first + b"one\n" + b"".join(others))
    assert Checkpoints(marks, key).read()[1] == []  # a crash leaves as much

    marks.write_bytes(first + b"one\ntwo\n" + b"".join(others))

    assert [fault.line for fault in Checkpoints(marks, key).read()[1]] == [3]


def test_checkpoints_of_a_log_that_has_entries_are_begun_only_on_demand(
    open_sqlite: Opener, tmp_path: Path
) -> None:
    open_sqlite().append(decision())
    marks = tmp_path / "marks"

    with pytest.raises(LogDamaged) as refused:
        open_sqlite(checkpoints=marks)

    assert refused.value.code == "checkpoints_missing"
    open_sqlite(checkpoints=marks, begin_checkpoints=True).close()
    assert open_sqlite(checkpoints=marks).append(decision(2)).entry.sequence == 2


def test_the_checkpoints_cannot_be_rewritten_either(
    open_sqlite: Opener, key: LogKey, tmp_path: Path
) -> None:
    path = tmp_path / "marks"
    log = open_sqlite(checkpoints=path)
    for number in range(5):
        log.append(decision(number))
        log.checkpoint()
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    chance = random.Random(5)

    assert Checkpoints(path, key).read()[1] == []
    for _ in range(300):
        place = chance.randrange(len(whole) - len(lines[-1]))  # a last line may be cut by a crash
        other = bytes([whole[place] ^ (1 << chance.randrange(7))])
        path.write_bytes(whole[:place] + other + whole[place + 1 :])
        assert Checkpoints(path, key).read()[1], place
    for gone in range(len(lines) - 1):
        path.write_bytes(b"".join(lines[:gone] + lines[gone + 1 :]))
        assert Checkpoints(path, key).read()[1]
    path.write_bytes(whole)


def test_a_line_cut_short_by_a_crash_does_no_harm(
    open_sqlite: Opener, key: LogKey, tmp_path: Path
) -> None:
    path = tmp_path / "marks"
    log = open_sqlite(checkpoints=path)
    log.append(decision(1))
    log.checkpoint()
    with path.open("ab") as stream:
        stream.write(path.read_bytes()[:100])

    log.append(decision(2))
    log.checkpoint()

    marks, faults = Checkpoints(path, key).read()
    assert ([mark.head.sequence for mark in marks], faults) == ([0, 1, 2], [])


def test_a_look_during_which_another_process_writes_is_no_damage(
    key: LogKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = (Checkpoints(tmp_path / "marks", key) for _ in range(2))
    heads = [Head("a log", number, "0" * 64) for number in range(3)]
    ours.write(heads[0], "2026-11-21")
    size_of = os.fstat

    def overtaken(descriptor: int) -> os.stat_result:
        found = size_of(descriptor)
        monkeypatch.undo()
        theirs.write(heads[1], "2026-11-21")
        return found

    monkeypatch.setattr(os, "fstat", overtaken)
    ours.last()

    assert ours.write(heads[2], "2026-11-21")
    assert ours.read()[1] == []
