"""Whatever an intruder does to the database, `verify` finds it; and the service writes nothing on top."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, update
from sqlalchemy.pool import StaticPool

from api.log import tables
from api.log.append import Append
from api.log.checkpoints import Checkpoints
from api.log.drafts import DecisionDraft, Draft, WithdrawalDraft
from api.log.entry import Entry, hash_of, sha256
from api.log.errors import EntryRefused, LogDamaged, LogError
from api.log.head import Head, write_head
from api.log.keys import LogKey
from api.log.reading import Search
from api.log.screening_log import ScreeningLog, open_log
from api.log.settings import LogSettings
from api.log.upkeep import forget_documents
from api.log.verify import verify

from . import tampering, tampering_guards
from .conftest import Opener, sqlite_url
from .drafts import (
    SITE,
    configuration,
    correction,
    decision,
    random_decision,
    review,
    six_entries,
)

_TAMPERINGS_OF_EACH_KIND = 560  # times 24 kinds: more than ten thousand
_ENTRIES = 12


class InMemory:
    """A copy of a log that is changed and checked without a file."""

    is_sqlite = True

    def __init__(self, source: sqlite3.Connection) -> None:
        self.raw = sqlite3.connect(":memory:", isolation_level=None)
        source.backup(self.raw)
        triggers = self.raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        self.triggers = triggers.fetchall()
        for name, _ in self.triggers:
            self.raw.execute(f"DROP TRIGGER {name}")
        self.raw.execute("PRAGMA ignore_check_constraints = ON")
        engine = create_engine("sqlite://", creator=lambda: self.raw, poolclass=StaticPool)
        self._connection = engine.connect()  # never given back, which would end our savepoint

    @contextmanager
    def studying(self) -> Iterator[Connection]:
        yield self._connection

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever happens inside is as if it had not."""
        self.raw.execute("SAVEPOINT before")
        try:
            yield
        finally:
            self.raw.execute("ROLLBACK TO before")
            self.raw.execute("RELEASE before")


def with_documents() -> DecisionDraft:
    kept = {"profile_document": b"{}", "explanation_document": b"[]"}
    hashes = {"input_hash": sha256(b"{}"), "explanation_hash": sha256(b"[]")}
    return decision(**kept, **hashes)


def _withdrawal(refers_to: int) -> WithdrawalDraft:
    return WithdrawalDraft(actor="anna", site=SITE, refers_to=refers_to, reason="an error")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[InMemory, str, Path]]:
    """A small log of every kind of entry, with checkpoints on the way, as an unlocked copy."""
    folder = tmp_path_factory.mktemp("log")
    marks = folder / "checkpoints"
    key = LogKey(b"a key of the tests, 32 bytes long")
    keeping = LogSettings(keep_profiles=True, keep_explanations=True)
    log = open_log(sqlite_url(folder), key, checkpoints=marks, settings=keeping)
    chance = random.Random(4)
    drafts: list[Draft] = [with_documents(), review(1), configuration(), correction(1)]
    drafts += [random_decision(chance, number) for number in range(_ENTRIES - len(drafts) - 4)]
    drafts += [with_documents(), with_documents()]
    for number, draft in enumerate(drafts):
        log.append(draft)
        if number == 0:  # told of by two entries: no fault
            forget_documents(log, before=date.max, actor="retention", site=SITE)
        if number % 3 == 0:
            log.checkpoint()
    log_id = log.head.log_id
    log.close()
    with closing(sqlite3.connect(folder / "log.db")) as source:
        copy = InMemory(source)
    for _, statement in copy.triggers:  # so that only what a tampering does is reported
        copy.raw.execute(statement)
    with closing(copy.raw):
        yield copy, log_id, marks


def test_the_log_that_is_tampered_with_is_intact_before(
    written: tuple[InMemory, str, Path], key: LogKey
) -> None:
    copy, _, marks = written

    found = verify(copy, key, checkpoints=Checkpoints(marks, key))  # type: ignore[arg-type]

    assert (found.faults, found.entries) == ([], _ENTRIES)
    assert found.checkpoints >= 4


@pytest.mark.parametrize("tamper", tampering.KINDS, ids=lambda kind: kind.__name__)
def test_every_tampering_is_detected(
    written: tuple[InMemory, str, Path], key: LogKey, tamper: tampering.Tamper, record_property: Any
) -> None:
    copy, log_id, marks = written
    checkpoints = Checkpoints(marks, key)
    chance = random.Random(tamper.__name__)
    before, tampered = tampering.content(copy.raw), 0

    while tampered < _TAMPERINGS_OF_EACH_KIND:
        with copy.undone():
            for name, _ in copy.triggers:
                copy.raw.execute(f"DROP TRIGGER {name}")
            tamper(copy.raw, chance, log_id)
            for _, statement in copy.triggers:
                copy.raw.execute(statement)
            if tampering.content(copy.raw) == before:
                continue
            tampered += 1
            found = verify(copy, key, checkpoints=checkpoints)  # type: ignore[arg-type]
            # The chain itself tells, not only the rules of the tables.
            codes = {fault.code for fault in found.faults} - {"log_corrupt"}
            assert codes, f"{tamper.__name__}, number {tampered}"

    record_property("tamperings of the log, all detected", tampered)


@pytest.mark.parametrize("tamper", tampering_guards.TRIGGER_KINDS, ids=lambda kind: kind.__name__)
def test_triggers_that_are_not_what_they_were_are_told_of(
    written: tuple[InMemory, str, Path], key: LogKey, tamper: Any
) -> None:
    copy, _, marks = written

    for number in range(20):
        with copy.undone():
            tamper(copy.raw, random.Random(number))
            found = verify(copy, key, checkpoints=Checkpoints(marks, key))  # type: ignore[arg-type]
        codes = {fault.code for fault in found.faults}
        assert codes
        assert codes <= {"trigger_missing", "trigger_changed", "trigger_unknown"}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"refers_to": 2}, "correction_out_of_place"),  # a configuration
        ({"refers_to": 1}, "correction_out_of_place"),  # replaced before
        ({"site": "site-2"}, "correction_out_of_place"),
        ({"trial": "NCT00000001"}, "correction_out_of_place"),
        ({"decision": None, "subject": "somebody else"}, "correction_out_of_place"),
        ({"kind": "review", "criterion": "EXCL01"}, "review_out_of_place"),
        ({"kind": "review", "criterion": "EXCL09", "refers_to": 1}, "review_out_of_place"),
        ({"kind": "batch", "decision": None}, "batch_out_of_place"),
    ],
)
def test_an_entry_that_the_log_would_refuse_is_found_also_if_all_hashes_fit(
    open_sqlite: Opener, key: LogKey, tmp_path: Path, changed: dict[str, Any], code: str
) -> None:
    """Made by who has the key and the database: the last entry is another one, and everything is signed anew."""
    log = open_sqlite()
    for draft in (decision(), configuration(), correction(1), correction(3)):
        last = log.append(draft).entry
    assert verify(log.database, key, checkpoints=None).is_intact
    answered = (
        {"answer": "pass", "signed_by": "x", "decision": None}
        if changed.get("kind") == "review"
        else {}
    )
    forged = last._replace(**{**changed, **answered}).hashed()
    with closing(sqlite3.connect(tmp_path / "log.db", isolation_level=None)) as raw:
        raw.execute("PRAGMA ignore_check_constraints = ON")
        found_trigger = raw.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'entries_no_update'"
        ).fetchone()[0]
        raw.execute("DROP TRIGGER entries_no_update")
        names = ", ".join(f"{name} = ?" for name in forged._fields)
        raw.execute(f"UPDATE entries SET {names} WHERE sequence = 4", forged)  # noqa: S608
        raw.execute(found_trigger)
    with log.database._writing.begin() as connection:
        head = Head(log.head.log_id, 4, forged.entry_hash)
        write_head(connection, key, head, is_first=False)

    codes = [fault.code for fault in verify(log.database, key, checkpoints=None).faults]

    assert [each for each in codes if each != "log_corrupt"] == [code]


@pytest.mark.parametrize(
    ("pointing", "codes"),
    [(correction(2), []), (_withdrawal(2), []), (review(2), ["review_out_of_place"])],
    ids=["correction", "withdrawal", "review"],
)
def test_what_an_earlier_version_added_to_a_withdrawal_is_no_damage_unless_it_answers(
    open_it: Opener,
    key: LogKey,
    monkeypatch: pytest.MonkeyPatch,
    pointing: Draft,
    codes: list[str],
) -> None:
    log = open_it()
    log.append(decision())
    log.append(_withdrawal(1))
    with pytest.raises(EntryRefused, match="only a decision"):
        log.append(pointing)
    for check in ("_referred", "_reviewable"):
        monkeypatch.setattr(Append, check, lambda self, draft: self._by_sequence[draft.refers_to])

    log.append(pointing)

    found = verify(log.database, key, checkpoints=None)
    assert [fault.code for fault in found.faults] == codes


def test_who_has_the_key_but_not_the_checkpoints_is_found_out(
    open_sqlite: Opener, key: LogKey, tmp_path: Path
) -> None:
    """The whole chain restamped at another time and signed with the true key."""
    log = six_entries(open_sqlite, tmp_path / "marks")
    with closing(sqlite3.connect(tmp_path / "log.db", isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER entries_no_update")
        tampering.restamp_the_times(raw, random.Random(1), log.head.log_id)
        last = raw.execute("SELECT entry_hash FROM entries WHERE sequence = 6").fetchone()[0]
        raw.execute(
            "CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries"
            " BEGIN SELECT RAISE(ABORT, 'the screening log is append-only'); END"
        )
    with log.database._writing.begin() as connection:
        write_head(connection, key, Head(log.head.log_id, 6, last), is_first=False)

    without = verify(log.database, key, checkpoints=None)
    found = verify(log.database, key, checkpoints=Checkpoints(tmp_path / "marks", key))

    assert without.is_intact  # nobody could tell ...
    assert any("no checkpoints" in note for note in without.notes)
    assert {fault.code for fault in found.faults} == {"checkpoint_differs"}  # ... but for these


def test_an_old_state_put_back_is_found_out(
    open_sqlite: Opener, key: LogKey, tmp_path: Path
) -> None:
    log = six_entries(open_sqlite, tmp_path / "marks")
    with closing(sqlite3.connect(tmp_path / "log.db", isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER entries_no_delete")
        raw.execute("DELETE FROM entries WHERE sequence > 3")
        last = raw.execute("SELECT entry_hash FROM entries WHERE sequence = 3").fetchone()[0]
    with log.database._writing.begin() as connection:
        write_head(connection, key, Head(log.head.log_id, 3, last), is_first=False)

    codes = {
        fault.code
        for fault in verify(
            log.database, key, checkpoints=Checkpoints(tmp_path / "marks", key)
        ).faults
    }

    assert codes == {"log_cut_short", "trigger_missing"}
    with pytest.raises(LogDamaged, match="gone or changed"):  # the running service notices as well
        log.append(decision(7))
    with pytest.raises(LogDamaged, match="gone or changed"):  # and one that starts now
        open_sqlite(checkpoints=tmp_path / "marks")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM entries WHERE sequence = 6",
        "DELETE FROM head",
        "UPDATE head SET signature = 'x'",
        "UPDATE entries SET entry_hash = 'x' WHERE sequence = 6",
    ],
)
def test_nothing_is_written_on_top_of_a_log_that_was_changed(
    open_it: Opener, tmp_path: Path, statement: str
) -> None:
    log = six_entries(open_it, tmp_path / "marks")
    with log.database._writing.begin() as connection:
        for action in ("update", "delete"):
            table = "" if log.database.is_sqlite else " ON entries"
            connection.exec_driver_sql(f"DROP TRIGGER entries_no_{action}{table}")
        connection.exec_driver_sql(statement)

    with pytest.raises(LogDamaged):
        log.append(decision(7))


def test_verify_works_the_same_on_either_database(
    open_it: Opener, key: LogKey, tmp_path: Path
) -> None:
    log = six_entries(open_it, tmp_path / "marks")
    marks = Checkpoints(tmp_path / "marks", key)
    assert verify(log.database, key, checkpoints=marks).is_intact

    with log.database._writing.begin() as connection:
        table = "" if log.database.is_sqlite else " ON entries"
        connection.exec_driver_sql(f"DROP TRIGGER entries_no_update{table}")
        connection.exec_driver_sql("UPDATE entries SET decision = 'eligible' WHERE sequence = 4")

    found = verify(log.database, key, checkpoints=marks)
    assert [(f.code, f.sequence) for f in found.faults] == [
        ("trigger_missing", None),
        ("entry_changed", 4),
    ]


def test_a_document_that_was_changed_is_found(open_it: Opener, key: LogKey) -> None:
    log = open_it(settings=LogSettings(keep_profiles=True))
    log.append(decision(profile_document=b"{}", input_hash=sha256(b"{}")))
    with log.database.writing() as connection:
        table = "" if log.database.is_sqlite else " ON documents"
        connection.exec_driver_sql(f"DROP TRIGGER documents_no_update{table}")
        connection.execute(update(tables.documents).values(content=b"0"))

    codes = [fault.code for fault in verify(log.database, key, checkpoints=None).faults]

    assert codes == ["trigger_missing", "document_changed"]


def test_another_key_neither_writes_nor_verifies(open_it: Opener) -> None:
    log = open_it()
    log.append(decision())
    other = LogKey(b"another key, as long as the first")

    assert not verify(log.database, other, checkpoints=None).is_intact
    with pytest.raises(LogError, match="another key"):
        open_it().__class__(log.database, other)


def test_the_hash_of_an_entry_that_is_read_is_that_of_its_content(log: ScreeningLog) -> None:
    for number in range(20):
        log.append(random_decision(random.Random(number), number))

    for entry in log.reader.every(Search(sites=(SITE, "site-2", "Ünlü"))):
        assert isinstance(entry, Entry)
        assert hash_of(entry) == entry.entry_hash
