"""Kept documents are deleted in time, which the log tells; one that is put back is found."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select

from api.log import database, tables, upkeep
from api.log.drafts import ConfigurationDraft
from api.log.entry import Kind, sha256
from api.log.errors import LogUnavailable
from api.log.keys import LogKey, create_key
from api.log.reading import Search, spelled
from api.log.screening_log import ScreeningLog, open_log
from api.log.settings import LogSettings
from api.log.upkeep import forget_documents, forget_everywhere
from api.log.verify import verify
from tests.cli.running import run

from .conftest import Opener
from .drafts import SITE, decision

_BOTH = ["documents_gone", "documents_deleted"]
_KEEPING = LogSettings(keep_profiles=True)


def _kept(log: ScreeningLog, number: int) -> bytes:
    """A decision with its profile."""
    content = str(number).encode()
    log.append(decision(number, profile_document=content, input_hash=sha256(content)))
    return content


def test_kept_documents_are_forgotten_in_time_and_the_chain_holds(
    open_it: Opener, key: LogKey
) -> None:
    days = iter(["2026-01-01", "2026-06-01"])
    settings = LogSettings(keep_profiles=True)
    for day in days:
        log = open_it(settings=settings, now=lambda day=day: f"{day}T00:00:00.000000Z")
        content = day.encode()
        log.append(decision(profile_document=content, input_hash=sha256(content)))

    assert forget_documents(log, before=date(2026, 3, 1), actor="admin", site="site-2") == 0
    assert forget_documents(log, before=date(2026, 3, 1), actor="admin", site=SITE) == 1
    assert forget_documents(log, before=date(2026, 3, 1), actor="admin", site=SITE) == 0

    assert log.reader.document(1, "profile", sites=[SITE]) is None
    assert log.reader.document(2, "profile", sites=[SITE]) == b"2026-06-01"
    said = log.reader.entry(3, sites=[SITE])
    assert said.told == {"event": "documents_deleted", "before": "2026-03-01"}
    ended = log.reader.entry(4, sites=[SITE])
    assert ended.told == {"event": "documents_gone", "before": "2026-03-01", "up_to": 1}
    assert verify(log.database, key, checkpoints=None).is_intact


def test_much_is_forgotten_in_small_pieces_and_logged_once(
    open_it: Opener, key: LogKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By two workers at once, while a third one screens."""
    monkeypatch.setattr(upkeep, "_FORGOTTEN_AT_ONCE", 3)
    logs = [open_it(settings=LogSettings(keep_profiles=True)) for _ in range(3)]
    for number in range(20):
        content = str(number).encode()
        logs[0].append(decision(number, profile_document=content, input_hash=sha256(content)))
    forget = partial(forget_documents, before=date.max, actor="retention", site=SITE)

    with ThreadPoolExecutor(2) as workers:
        counts = [workers.submit(forget, log) for log in logs[:2]]
        screened = logs[2].append(decision(99)).entry.sequence
        pieces = [each.result() for each in counts]

    told = list(logs[0].reader.every(Search(sites=(SITE,), kind=Kind.CONFIGURATION)))
    assert (sum(pieces), [each.told["event"] for each in told]) == (20, _BOTH)
    assert logs[0].reader.entry(screened, sites=[SITE]).decision
    assert verify(logs[0].database, key, checkpoints=None).is_intact


def test_what_is_kept_after_a_deletion_is_told_of_again(open_it: Opener, key: LogKey) -> None:
    log = open_it(settings=LogSettings(keep_profiles=True))
    for number in (1, 2):
        log.append(decision(number, profile_document=b"{}", input_hash=sha256(b"{}")))
        assert forget_documents(log, before=date.max, actor="retention", site=SITE) == 1

    assert verify(log.database, key, checkpoints=None).faults == []


@pytest.mark.parametrize("deletions", [1, 3])
def test_a_forgotten_document_that_is_put_back_unchanged_is_found(
    open_it: Opener, key: LogKey, deletions: int
) -> None:
    log = open_it(settings=_KEEPING)
    content = _kept(log, 1)
    for number in range(deletions):
        _forget(log)
        _kept(log, 2 + number)
    assert verify(log.database, key, checkpoints=None).is_intact

    with log.database.writing() as connection:
        row = {"sequence": 1, "part": "profile", "content": content}
        connection.execute(insert(tables.documents), row)
    found = verify(log.database, key, checkpoints=None)

    assert [(fault.code, fault.sequence) for fault in found.faults] == [("document_put_back", 1)]


def test_a_deletion_that_did_not_come_to_its_end_is_no_fault_and_is_gone_on_with(
    open_it: Opener, key: LogKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = open_it(settings=_KEEPING)
    contents = [_kept(log, number) for number in range(1, 5)]
    with monkeypatch.context() as broken:
        broken.setattr(upkeep, "_deleted", _one_piece_of(upkeep._deleted))
        broken.setattr(upkeep, "_FORGOTTEN_AT_ONCE", 2)
        with pytest.raises(LogUnavailable):
            _forget(log)
    assert verify(log.database, key, checkpoints=None).is_intact

    assert _forget(log) == 2
    with log.database.writing() as connection:
        row = {"sequence": 1, "part": "profile", "content": contents[0]}
        connection.execute(insert(tables.documents), row)

    codes = [fault.code for fault in verify(log.database, key, checkpoints=None).faults]
    assert codes == ["document_put_back"]


def _one_piece_of(deleted: Any) -> Any:
    """The deletion, whose database is gone after the first piece."""

    def broken(*given: Any) -> Iterator[int]:
        yield next(deleted(*given))
        raise LogUnavailable("the database does not answer")

    return broken


def _forget(log: ScreeningLog) -> int:
    return forget_documents(log, before=date.max, actor="retention", site=SITE)


def test_nothing_of_what_is_forgotten_is_left_in_a_file(
    open_sqlite: Opener, tmp_path: Path
) -> None:
    content = b"a profile that stands nowhere else " * 50
    for end_of_process in range(2):
        log = open_sqlite(settings=_KEEPING)
        log.append(decision(end_of_process, profile_document=content, input_hash=sha256(content)))
        if not end_of_process:
            log.close()  # the first profile is in the database, the second in the log beside it
    assert _files_with(content, tmp_path)

    with log.database.reading() as connection:
        connection.execute(select(tables.documents)).all()
        with pytest.raises(LogUnavailable, match="another program"), _short_of_time():
            _forget(log)  # what a reader still sees cannot be overwritten
        assert _files_with(content, tmp_path)
    assert _forget(log) == 0

    assert not _files_with(content, tmp_path)


def test_a_reader_who_stays_keeps_no_site_from_being_forgotten(
    open_sqlite: Opener, tmp_path: Path
) -> None:
    log, contents = _of_two_sites(open_sqlite)

    with log.database.reading() as connection:
        connection.execute(select(tables.documents)).all()
        with pytest.raises(LogUnavailable, match="another program"), _short_of_time():
            forget_everywhere(log, before=date.max, actor="retention")

    sites = ["site-1", "site-2"]
    assert [log.reader.document(n, "profile", sites=sites) for n in (1, 2)] == [None, None]
    assert forget_everywhere(log, before=date.max, actor="retention") == 0
    assert [_files_with(each, tmp_path) for each in contents] == [[], []]


def test_what_was_forgotten_before_a_fault_is_left_in_no_file(
    open_sqlite: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, contents = _of_two_sites(open_sqlite)
    append = log.append

    def of_the_first(draft: ConfigurationDraft) -> Any:
        if draft.site == "site-1":
            return append(draft)
        raise LogUnavailable("the database does not answer")

    monkeypatch.setattr(log, "append", of_the_first)

    with pytest.raises(LogUnavailable, match="does not answer"):
        forget_everywhere(log, before=date.max, actor="retention")

    assert [bool(_files_with(each, tmp_path)) for each in contents] == [False, True]


def _of_two_sites(open_sqlite: Opener) -> tuple[ScreeningLog, list[bytes]]:
    """A log, and the profile that each site keeps in it."""
    log = open_sqlite(settings=_KEEPING)
    contents = [f"a profile that {site} keeps ".encode() * 50 for site in ("site-1", "site-2")]
    for number, content in enumerate(contents, start=1):
        kept = {"profile_document": content, "input_hash": sha256(content)}
        log.append(decision(number, site=f"site-{number}", **kept))
    return log, contents


def _short_of_time() -> AbstractContextManager[Any]:
    return patch.object(database, "_OVERWRITE_SECONDS", 0.2)


def _files_with(content: bytes, folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if content[:200] in file.read_bytes()]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_the_command_counts_days_by_the_clock_of_the_service(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    """These two are never on the same day, so that the machine's own clock cannot be right for both."""
    monkeypatch.setenv("ELIGIBILITY_TIME_ZONE", zone)
    key, key_file = create_key(tmp_path / "key"), tmp_path / "key"
    begins = datetime.now(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    for number, moment in enumerate([begins - timedelta(seconds=1), begins]):
        log = open_log(url, key, settings=_KEEPING, upgrade=True, now=partial(spelled, moment))
        _kept(log, number)
        log.close()

    where = ("--database", url, "--key-file", key_file, "--site", SITE, "--actor", "admin")
    ended = run("log", "forget", *where, "--older-than", 0)

    log = open_log(url, key)
    left = [log.reader.document(number, "profile", sites=[SITE]) for number in (1, 2)]
    log.close()
    assert (ended.status, left) == (0, [None, b"1"])
