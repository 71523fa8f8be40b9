"""Making and ending a key stands in the screening log of each site that it opens, whatever fails between the two."""

from __future__ import annotations

import io
import os
import pwd
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from api.app import create_app
from api.commands_keys import app
from api.log.checkpoints import Checkpoints
from api.log.database import Database
from api.log.entry import Entry, Kind
from api.log.exports import write_log
from api.log.reading import LogReader, Search
from api.log.verify import verify
from api.log_place import place_of
from api.pages.wording import has_words
from api.security.key_store import KeyStoreError, SqlKeyStore
from api.security.keys import digest_of, key_id_of
from api.settings import Settings
from eligibility.errors import EligibilityError
from tests.api.callers import PATIENT, Caller
from tests.api.conftest import client_of
from tests.api.door import identities as who
from tests.cli.running import run_program

Keys = Callable[..., Result]
ACCOUNT = f"account:{pwd.getpwuid(os.getuid()).pw_name}"


def environment_of(settings: Settings) -> dict[str, str]:
    """What the commands are told, so that they mean the database and the log of these settings."""
    return {
        "ELIGIBILITY_DATABASE_URL": str(settings.database()),
        "ELIGIBILITY_DATA_FOLDER": str(settings.data_folder),
        "ELIGIBILITY_LOG_WAIT_SECONDS": "0.1",
    }


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return who.settings_with_both(tmp_path)


@pytest.fixture
def keys(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Keys:
    """The command `eligibility keys`."""
    for name, value in environment_of(settings).items():
        monkeypatch.setenv(name, value)
    return lambda *words: CliRunner().invoke(app, [*words])


def made(keys: Keys, *sites: str) -> tuple[str, str]:
    """A new key, and its id."""
    options = [word for site in sites for word in ("--site", site)]
    result = keys("create", "a team", "--role", "coordinator", *options)
    assert result.exit_code == 0, result.exception
    shown = result.stdout.strip()
    return shown, str(key_id_of(shown))


def told(settings: Settings, *sites: str) -> list[Entry]:
    """What the log tells of keys at some sites, oldest first; it is as it was written."""
    place = place_of(settings)
    key, database = place.key(), Database(place.database)
    assert place.checkpoints is not None
    try:
        database.open(upgrade=False)
        assert verify(database, key, checkpoints=Checkpoints(place.checkpoints, key)).is_intact
        search = Search(sites=sites, kind=Kind.CONFIGURATION, oldest_first=True)
        return list(LogReader(database, key).every(search))
    finally:
        database.close()


def test_each_site_is_told_of_a_key_that_opens_it(keys: Keys, settings: Settings) -> None:
    _, key_id = made(keys, who.SITE, who.OTHER_SITE)
    ended = keys("revoke", key_id, "--actor", "Wei Chen")

    assert ended.exit_code == 0
    for site in (who.SITE, who.OTHER_SITE):
        created, revoked = told(settings, site)
        assert (created.actor, created.actor_name) == (ACCOUNT, None)
        assert (revoked.actor, revoked.actor_name) == (ACCOUNT, "Wei Chen")
        (key,) = who.store_of(settings).list()
        assert created.told == {
            "event": "key_created", "key": key_id, "role": "coordinator",
            "until": f"{key.expires_at:%Y-%m-%dT%H:%M:%SZ}",
        }  # fmt: skip
        assert revoked.told == {
            "event": "key_revoked", "key": key_id, "role": "coordinator",
            "until": f"{key.revoked_at:%Y-%m-%dT%H:%M:%SZ}",
        }  # fmt: skip
    assert told(settings, "lyon") == []


def test_the_log_holds_nothing_by_which_the_key_could_be_used(
    keys: Keys, settings: Settings
) -> None:
    shown, _ = made(keys, who.SITE)

    written = b"".join(file.read_bytes() for file in settings.data_folder.iterdir())
    assert shown[-43:].encode() not in written
    assert digest_of(shown).encode() not in written


def test_keys_and_log_may_share_a_file(
    tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'data' / 'screening-log.db'}"
    monkeypatch.setenv("ELIGIBILITY_DATABASE_URL", url)
    (tmp_path / "data").mkdir()

    _, key_id = made(keys, who.SITE)
    assert keys("revoke", key_id).exit_code == 0

    shared = Settings(data_folder=tmp_path / "data", database_url=url)
    assert len(told(shared, who.SITE)) == 2


def test_a_running_service_goes_on_behind_the_entry_and_shows_it(settings: Settings) -> None:
    """Another process writes it; who reads the log of the site sees it, and nobody of another site does."""
    store = who.store_of(settings)
    environment = {**os.environ, **environment_of(settings)}
    words = ("keys", "create", "a team", "--role", "coordinator")
    with client_of(create_app(settings)) as client:
        here, abroad = (
            Caller(client, who.key(store, sites=(site,))) for site in (who.SITE, who.OTHER_SITE)
        )
        first = here.screens(PATIENT)
        one = run_program(*words, "--site", who.SITE, env=environment)
        every = run_program(*words, "--site", "*", "--site", who.SITE, env=environment)
        second = Caller(client, one.stdout.strip()).screens(PATIENT)

        def numbers(caller: Caller) -> list[int]:
            entries = caller.get("/v1/log", kind="configuration").json()["entries"]
            return [each["sequence"] for each in entries]

        assert (one.returncode, every.returncode) == (0, 0)
        assert (first, second) == (1, 4)
        assert (numbers(here), numbers(abroad)) == ([3, 2], [3])
        statuses = [abroad.get(f"/v1/log/{number}").status_code for number in (2, 3)]
        assert statuses == [404, 200]
        assert here.post("/v1/log/3/withdrawals", {"reason": "not mine"}).status_code == 404
    assert len(told(settings, who.SITE, "*")) == 2


def test_no_export_takes_a_key_for_a_screening(keys: Keys, settings: Settings) -> None:
    made(keys, "*")
    made(keys, who.SITE)
    place, lines = place_of(settings), io.StringIO()
    database = Database(place.database)

    write_log(lines, LogReader(database, place.key()), place.key(), Search(sites=(who.SITE, "*")))
    database.close()

    assert len(told(settings, who.SITE, "*")) == 2
    assert len(lines.getvalue().splitlines()) == 1


def test_a_key_that_cannot_be_logged_is_not_made(keys: Keys, settings: Settings) -> None:
    made(keys, who.SITE)
    with locked(settings):
        result = keys("create", "another", "--role", "reader", "--site", who.SITE)

    assert code_of(result) == "log_locked"
    assert [key.name for key in who.store_of(settings).list()] == ["a team"]


def test_a_logged_key_that_was_not_made_opens_nothing(
    keys: Keys, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SqlKeyStore, "add", _failing)

    result = keys("create", "a team", "--role", "reader", "--site", who.SITE)

    assert code_of(result) == "key_store_unavailable"
    assert result.stdout == ""
    (created,) = told(settings, who.SITE)
    assert who.store_of(settings).find(created.told["key"]) is None


def test_a_key_ends_also_while_the_log_cannot_tell_and_is_told_of_later(
    keys: Keys, settings: Settings
) -> None:
    _, key_id = made(keys, who.SITE, who.OTHER_SITE)
    with locked(settings):
        unlogged = keys("revoke", key_id)
    (key,) = who.store_of(settings).list()
    assert key.revoked_at is not None
    assert code_of(unlogged) == "revocation_not_logged"

    again, once_more = keys("revoke", key_id), keys("revoke", key_id)

    assert (again.exit_code, code_of(once_more)) == (0, "unknown_key")
    for site in (who.SITE, who.OTHER_SITE):
        events = [each.told["event"] for each in told(settings, site)]
        assert events == ["key_created", "key_revoked"]


def test_a_key_that_never_was_is_told_of_nowhere(keys: Keys, settings: Settings) -> None:
    assert code_of(keys("revoke", "0" * 12)) == "unknown_key"
    assert not settings.data_folder.exists()


@pytest.mark.parametrize("word", ["key_created", "key_revoked", "key", "role", "until"])
def test_pages_have_words_for_it(word: str) -> None:
    assert has_words(f"log.detail.{word}")


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """While it lasts, nobody can write the embedded log."""
    database = settings.data_folder / "screening-log.db"
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def code_of(result: Result) -> str:
    """Why a command has ended without doing all that it was told."""
    assert isinstance(result.exception, EligibilityError), result.exception
    return result.exception.code


def _failing(*_: Any) -> None:
    raise KeyStoreError("a test")
