"""The log of a running service: where it is, opened and closed with it, asked whether it can be written."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import pytest
from sqlalchemy import text

from api.log import screening_log
from api.log.append import Appended
from api.log.database import Database
from api.log.entry import sha256
from api.log.errors import LogError, LogSettingsError, LogUnavailable
from api.log.keys import LogKey, create_key, read_key
from api.log.screening_log import ScreeningLog, open_log
from api.log.settings import LogSettings
from api.log.verify import verify
from api.log_keeper import LogKeeper
from api.log_place import log_settings, open_screening_log, place_of
from api.metrics import Metrics
from api.settings import Settings
from tests.cli.running import run

from .conftest import Opener, sqlite_url
from .drafts import SITE, decision

Kept = Callable[[ScreeningLog], object]


def settings_for(url: str, folder: Path, **more: object) -> Settings:
    """A log that is named, with its tables."""
    file = folder / "a.key"
    key = read_key(file) if file.exists() else create_key(file)
    open_log(url, key, upgrade=True).close()
    return Settings(**{"log_database": url, "log_key_file": file, "data_folder": folder, **more})


def kept(settings: Settings, use: Kept) -> None:
    """Run a service with nothing but its log."""

    async def run_it() -> None:
        keeper = LogKeeper(settings)
        async with keeper.lifespan(None):
            await asyncio.to_thread(use, keeper.log)

    asyncio.run(run_it())


def test_every_setting_of_the_log_is_a_setting_of_the_service() -> None:
    assert log_settings(Settings()) == LogSettings()
    assert {f"log_{field.name}" for field in fields(LogSettings)} <= set(Settings.model_fields)


def test_with_nothing_named_the_log_is_embedded_in_the_data_folder(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path / "new" / "data")
    kept(settings, lambda log: log.append(decision()))
    key = (tmp_path / "new" / "data" / "log.key").read_bytes()
    kept(settings, lambda log: log.append(decision(2)))

    files = {file.name: file for file in settings.data_folder.iterdir()}
    assert set(files) == {"screening-log.db", "log.key", "checkpoints.txt"}
    assert {file.stat().st_mode & 0o777 for file in files.values()} == {0o600}
    assert settings.data_folder.stat().st_mode & 0o777 == 0o700
    assert files["log.key"].read_bytes() == key
    place = place_of(settings)
    database = Database(place.database)
    assert verify(database, place.key(), checkpoints=None).entries == 2
    database.close()


@pytest.mark.parametrize("lost", ["log.key", "screening-log.db"])
def test_what_was_lost_of_an_embedded_log_is_not_made_anew(tmp_path: Path, lost: str) -> None:
    settings = Settings(data_folder=tmp_path)
    kept(settings, lambda log: log.append(decision()))
    (tmp_path / lost).unlink()

    with pytest.raises(LogError) as refused:
        open_screening_log(settings)

    codes = {"log.key": "log_key_unreadable", "screening-log.db": "checkpoints_of_other_log"}
    assert refused.value.code == codes[lost]
    assert (tmp_path / "log.key").exists() == (lost != "log.key")


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(LogSettingsError) as refused:
        open_screening_log(Settings(data_folder=tmp_path / "file" / "data"))

    assert refused.value.code == "data_folder_unusable"


def test_a_named_database_never_gets_the_key_of_the_embedded_one(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path)
    open_screening_log(settings).close()

    place = place_of(settings, database=sqlite_url(tmp_path))

    assert (place.key_file, place.checkpoints) == (None, None)
    with pytest.raises(LogSettingsError, match="no key of the screening log is named"):
        place.key()


def test_commands_find_the_log_of_the_service_by_its_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELIGIBILITY_DATA_FOLDER", str(tmp_path / "data"))
    assert run("log", "upgrade").status == 0
    kept(Settings(data_folder=tmp_path / "data"), lambda log: log.append(decision()))

    ended = run("log", "verify")

    assert ended.out == "1 entries, 2 checkpoints: the log is intact\n"


def test_the_end_of_the_service_writes_what_waits(url: str, tmp_path: Path) -> None:
    settings = settings_for(url, tmp_path, log_checkpoints=tmp_path / "marks")
    futures: list[Future[Appended]] = []

    kept(settings, lambda log: futures.extend(log.submit(decision(n)) for n in range(500)))

    assert [future.result(0).entry.sequence for future in futures] == list(range(1, 501))
    database = Database(url)
    key = place_of(settings).key()
    assert verify(database, key, checkpoints=None).entries == 500
    database.close()
    assert '"sequence":500' in (tmp_path / "marks").read_text()


def test_a_checkpoint_that_fails_is_logged_when_it_fails(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(data_folder=tmp_path, log_checkpoint_entries=1)
    marks = tmp_path / "checkpoints.txt"

    def use(log: ScreeningLog) -> None:
        whole = marks.read_bytes()
        marks.unlink()
        log.append(decision())
        for _ in range(200):
            if log.checkpoint_error:
                break
            time.sleep(0.05)
        marks.write_bytes(whole)

    with caplog.at_level("WARNING", "eligibility.service"):
        kept(settings, use)

    failed = [each for each in caplog.records if each.getMessage() == "checkpoint_failed"]
    assert [each.fields for each in failed] == [{"code": "checkpoints_damaged"}]  # type: ignore[attr-defined]


def test_the_metrics_tell_of_waiting_entries_and_of_the_last_checkpoint(tmp_path: Path) -> None:
    keeper = LogKeeper(Settings(data_folder=tmp_path))
    assert keeper.counted() == {}

    async def run_it() -> dict[str, float]:
        async with keeper.lifespan(None):
            an_hour_ago = time.time() - 3600
            os.utime(tmp_path / "checkpoints.txt", (an_hour_ago, an_hour_ago))
            return keeper.counted()

    counted = asyncio.run(run_it())
    assert counted["entries_waiting"] == 0
    assert 3600 <= counted["checkpoint_age_seconds"] < 3700
    page = Metrics(dict, lambda: counted).page().decode()
    assert "eligibility_log_entries_waiting 0.0" in page
    assert "eligibility_log_checkpoint_age_seconds 36" in page


def test_no_log_can_be_had_before_the_start_and_after_the_end(tmp_path: Path) -> None:
    keeper = LogKeeper(Settings(data_folder=tmp_path))

    async def run_it() -> None:
        with pytest.raises(LogUnavailable):
            await keeper.check()
        async with keeper.lifespan(None):
            await keeper.check()
        with pytest.raises(LogUnavailable):
            await keeper.check()

    asyncio.run(run_it())


def test_a_log_that_cannot_be_opened_ends_the_start(tmp_path: Path) -> None:
    settings = settings_for(sqlite_url(tmp_path), tmp_path)
    (tmp_path / "log.db").write_bytes(b"no database" * 1000)

    with pytest.raises(LogError):
        kept(settings, lambda log: None)


def test_asking_whether_the_log_can_be_written_changes_nothing(
    open_it: Opener, key: LogKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screening_log, "_TRUSTED_SECONDS", 0)
    log = open_it()
    log.check_writable()
    log.append(decision())
    before = log.head
    log.check_writable()

    assert log.head == before
    assert log.append(decision(2)).entry.sequence == 2
    assert verify(log.database, key, checkpoints=None).is_intact


def test_a_log_that_cannot_be_written_says_so_before_anybody_tries(
    open_sqlite: Opener, tmp_path: Path
) -> None:
    log = open_sqlite(settings=LogSettings(wait_seconds=0.1))
    with closing(sqlite3.connect(tmp_path / "log.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LogUnavailable) as locked:
            log.check_writable()
        other.execute("ROLLBACK")
    log.check_writable()
    with log.database._writing.begin() as connection:
        connection.execute(text("PRAGMA query_only = ON"))
    with pytest.raises(LogUnavailable) as read_only:
        log.check_writable()

    assert (locked.value.code, read_only.value.code) == ("log_locked", "log_read_only")


def test_what_the_last_commit_met_is_believed_for_a_while(
    open_sqlite: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = open_sqlite()
    log.append(decision())
    with log.database._writing.begin() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    faults = [log.submit(decision(n)).exception() for n in range(2, 200)]
    assert faults[-1] is not None

    with pytest.raises(LogUnavailable) as full:
        log.check_writable()
    assert full.value.code == "log_full"
    monkeypatch.setattr(screening_log, "_TRUSTED_SECONDS", 0)
    log.check_writable()  # rewriting the head needs no room; a new try is allowed


def test_kept_profiles_are_forgotten_in_time_at_every_site(url: str, tmp_path: Path) -> None:
    settings = settings_for(url, tmp_path, log_keep_profiles=True, log_retention_days=30)
    key = place_of(settings).key()
    old = open_log(
        url, key, settings=log_settings(settings), now=lambda: "2020-01-01T00:00:00.000000Z"
    )
    for site in (SITE, "site-2"):
        content = site.encode()
        old.append(decision(site=site, profile_document=content, input_hash=sha256(content)))
    old.close()
    new = open_log(url, key, settings=log_settings(settings))
    new.append(decision(3, profile_document=b"new", input_hash=sha256(b"new")))
    new.close()

    async def run_it() -> list[bytes | None]:
        keeper = LogKeeper(settings)
        async with keeper.lifespan(None):
            for _ in range(200):
                if keeper.log.head.sequence >= 7:
                    break
                await asyncio.sleep(0.05)
        log = open_log(url, key)
        try:
            sites = [SITE, "site-2"]
            return [log.reader.document(n, "profile", sites=sites) for n in (1, 2, 3)]
        finally:
            log.close()

    assert asyncio.run(run_it()) == [None, None, b"new"]
