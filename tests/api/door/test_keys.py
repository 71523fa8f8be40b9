"""API keys: shown once, kept as a hash, listed, ended."""

from __future__ import annotations

import asyncio
import gc
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from api.app import create_app
from api.commands_keys import app
from api.security.authenticator import Authenticator, KeyReader
from api.security.key_store import KeyStoreError, SqlKeyStore
from api.security.keys import ApiKey, digest_of, key_id_of, new_key
from api.security.principal import Principal
from api.settings import Settings
from api.words import Identity, Role
from eligibility.errors import EligibilityError
from tests.api.conftest import client_of
from tests.api.door import identities as who

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> SqlKeyStore:
    store = SqlKeyStore.at(f"sqlite:///{tmp_path / 'keys.db'}")
    store.prepare()
    return store


def test_a_key_is_kept_as_a_hash_only(store: SqlKeyStore, tmp_path: Path) -> None:
    shown = who.key(store)

    secret = shown.split("_", 2)[2][:20].encode()
    assert secret not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert digest_of(shown).encode() in (tmp_path / "keys.db").read_bytes()


def test_keys_are_long_and_never_the_same() -> None:
    keys = {
        new_key("x", role=Role.READER, sites=["a"], created_at=NOW, expires_at=NOW)[0]
        for _ in range(500)
    }

    assert len(keys) == 500
    assert all(key_id_of(key) and len(key) == len("elig_") + 12 + 1 + 43 for key in keys)


def test_what_is_kept_comes_back(store: SqlKeyStore) -> None:
    _, kept = new_key(
        "Team Ä, 北京",
        role=Role.ADMIN,
        sites=["a", "b"],
        created_at=NOW,
        expires_at=NOW + timedelta(1),
    )
    store.add(kept)

    assert store.find(kept.id) == kept
    assert store.list() == [kept]
    assert store.revoke(kept.id, NOW)
    assert not store.revoke(kept.id, NOW + timedelta(1)), "the first end stands"
    assert store.find(kept.id) is not None
    assert store.list()[0].revoked_at == NOW


@pytest.mark.parametrize(
    ("after", "is_good"),
    [(-1, False), (0, True), (3599, True), (3600, False)],
    ids=["before it begins", "as it begins", "in its last second", "at its end"],
)
def test_a_key_is_good_from_its_first_to_its_last_second(
    store: SqlKeyStore, after: int, is_good: bool
) -> None:
    shown, kept = new_key(
        "x", role=Role.READER, sites=["a"], created_at=NOW, expires_at=NOW + timedelta(hours=1)
    )
    store.add(kept)
    reader = KeyReader(store, seconds=0, now=lambda: NOW + timedelta(seconds=after))

    assert (asyncio.run(reader.principal(shown)) is not None) == is_good


def test_a_revoked_key_works_no_longer_than_it_is_remembered(store: SqlKeyStore) -> None:
    shown = who.key(store)
    remembering, fresh = KeyReader(store, seconds=60), KeyReader(store, seconds=0)
    assert asyncio.run(remembering.principal(shown)) is not None

    store.revoke(str(key_id_of(shown)), datetime.now(UTC))

    assert asyncio.run(fresh.principal(shown)) is None
    assert asyncio.run(remembering.principal(shown)) is not None


def test_a_database_that_fails_lets_nobody_in(tmp_path: Path) -> None:
    settings = who.settings_with_both(tmp_path)
    shown = who.key(who.store_of(settings))

    with client_of(create_app(settings)) as client:
        assert client.get("/v1/trials", headers=who.bearer(shown)).status_code == 200
        assert client.get("/ready").json() == {"status": "ready"}
        with sqlite3.connect(tmp_path / "keys.db") as connection:
            connection.execute("drop table api_keys")
        connection.close()
        answer = client.get("/v1/trials", headers=who.bearer(shown))
        assert (answer.status_code, answer.json()["code"]) == (503, "identity_unavailable")
        assert answer.headers["retry-after"]
        assert client.get("/health").status_code == 200


@contextmanager
def silent_database() -> Iterator[str]:
    """The address of a database that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listening:
        yield f"postgresql://nobody@127.0.0.1:{listening.getsockname()[1]}/keys"


def test_a_database_that_is_silent_keeps_nobody_waiting(tmp_path: Path) -> None:
    shown = [f"elig_{number:012x}_{'A' * 43}" for number in range(100)]
    with silent_database() as url:
        settings = Settings(
            identity=(Identity.KEYS,),
            database_url=SecretStr(url),
            identity_seconds=0.5,
            data_folder=tmp_path,
        )
        with client_of(create_app(settings)) as client:
            began = time.monotonic()

            def ask(key: str) -> tuple[int, str]:
                answer = client.get("/v1/trials", headers=who.bearer(key))
                return answer.status_code, answer.json()["code"]

            with ThreadPoolExecutor(100) as pool:
                answers = pool.map(ask, shown)
                assert client.get("/health").status_code == 200
                assert client.get("/ready").status_code == 503
            assert set(answers) == {(503, "identity_unavailable")}
            assert time.monotonic() - began < 10


def test_no_lookup_waits_without_end(tmp_path: Path) -> None:
    with silent_database() as url:
        began = time.monotonic()
        with pytest.raises(KeyStoreError):
            SqlKeyStore.at(url).find("x")
    assert time.monotonic() - began < 10

    store = who.store_of(who.settings_with_both(tmp_path))
    locking = sqlite3.connect(tmp_path / "keys.db", isolation_level=None)
    locking.execute("begin exclusive")
    began = time.monotonic()
    with pytest.raises(KeyStoreError):
        store.find("x")
    locking.close()
    assert time.monotonic() - began < 4.5


class Counting:
    """A store that counts what it is asked for, and lists its keys only when it may."""

    def __init__(self, store: SqlKeyStore) -> None:
        self._store = store
        self.asked: list[str] = []
        self.lists = 0
        self.is_listing, self.may_list = threading.Event(), threading.Event()
        self.may_list.set()
        self.fails = False

    def find(self, key_id: str) -> ApiKey | None:
        self.asked.append(key_id)
        return self._store.find(key_id)

    def list(self) -> Any:
        self.lists += 1
        self.is_listing.set()
        assert self.may_list.wait(20)
        if self.fails:
            raise KeyStoreError("a test")
        return self._store.list()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_wrong_keys_cost_no_more_lookups_than_wrong_answers(tmp_path: Path) -> None:
    settings = who.settings_with_both(tmp_path, refusals_per_second=0.01)
    good, other, revoked = (
        who.key(who.store_of(settings), revoked=gone) for gone in (False, False, True)
    )
    counting = Counting(who.store_of(settings))
    authenticator = Authenticator(keys=KeyReader(counting, seconds=0))
    with client_of(create_app(settings, authenticator=authenticator)) as client:

        def status(key: str) -> int:
            return client.get("/v1/trials", headers=who.bearer(key)).status_code

        assert status(good) == 200
        for number in range(100):
            status(f"elig_{number:012x}_{'A' * 43}")
        assert len(counting.asked) == 21
        # Whoever has a key is let in all the same, be it for the first time.
        assert [status(key) for key in (good, other, revoked)] == [200, 200, 429]
        assert set(counting.asked[21:]) <= {key_id_of(key) for key in (good, other, revoked)}
        assert counting.lists == 1


@pytest.fixture
def counting(store: SqlKeyStore) -> Iterator[Counting]:
    counting = Counting(store)
    yield counting
    counting.may_list.set()  # a thread that waits would keep the tests from ending


def test_who_comes_while_the_list_is_read_waits_for_the_same_list(counting: Counting) -> None:
    """Also when whoever began to read it gives up."""
    shown = [who.key(counting._store) for _ in range(3)]
    reader = KeyReader(counting, seconds=60)
    counting.may_list.clear()

    async def ask() -> list[bool]:
        asking = [asyncio.create_task(reader.principal(key, may_look_up=False)) for key in shown]
        await asyncio.to_thread(counting.is_listing.wait, 20)
        asking[0].cancel()
        await asyncio.sleep(0)
        asking.append(asyncio.create_task(reader.principal(shown[0], may_look_up=False)))
        await asyncio.sleep(0.05)
        counting.may_list.set()
        answers = await asyncio.gather(*asking, return_exceptions=True)
        assert isinstance(answers[0], asyncio.CancelledError)
        return [isinstance(each, Principal) for each in answers[1:]]

    assert asyncio.run(ask()) == [True, True, True]
    assert counting.lists == 1


def test_a_list_that_could_not_be_read_is_read_again(counting: Counting) -> None:
    shown = who.key(counting._store)
    reader = KeyReader(counting, seconds=60)

    async def ask() -> Principal | None:
        counting.fails = True
        with pytest.raises(KeyStoreError):
            await reader.principal(shown, may_look_up=False)
        counting.fails = False
        return await reader.principal(shown, may_look_up=False)

    assert asyncio.run(ask()) is not None
    assert counting.lists == 2


def test_a_list_that_fails_when_nobody_waits_any_more_is_no_unhandled_error(
    counting: Counting,
) -> None:
    reader = KeyReader(counting, seconds=60)
    counting.fails = True
    counting.may_list.clear()
    unhandled: list[object] = []

    async def give_up() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, said: unhandled.append(said))
        asking = asyncio.create_task(
            reader.principal(f"elig_{'0' * 12}_{'A' * 43}", may_look_up=False)
        )
        await asyncio.to_thread(counting.is_listing.wait, 20)
        asking.cancel()
        await asyncio.sleep(0)
        counting.may_list.set()
        await asyncio.sleep(0.1)
        gc.collect()

    asyncio.run(give_up())

    assert unhandled == []


def test_guesses_push_out_no_key_that_there_is(counting: Counting) -> None:
    shown = who.key(counting._store)
    reader = KeyReader(counting, seconds=60)

    async def ask() -> None:
        assert await reader.principal(shown) is not None
        for number in range(1_100):
            assert await reader.principal(f"elig_{number:012x}_{'A' * 43}") is None
        assert await reader.principal(shown[:-43] + "A" * 43) is None
        assert await reader.principal(shown) is not None

    asyncio.run(ask())

    assert counting.asked.count(str(key_id_of(shown))) == 1
    assert len(reader._absent) == 1_000


def test_readiness_names_what_does_not_answer(tmp_path: Path) -> None:

    settings = who.settings_with_both(tmp_path)
    (tmp_path / "keys.db").unlink()
    with client_of(create_app(settings)) as client:
        answer = client.get("/ready")

    assert answer.status_code == 503
    assert [fault["path"] for fault in answer.json()["faults"]] == ["keys"]


def test_readiness_names_a_log_that_cannot_be_written(tmp_path: Path) -> None:
    settings = who.settings_with_both(tmp_path, log_wait_seconds=0.1)
    with client_of(create_app(settings)) as client:
        log = sqlite3.connect(tmp_path / "data" / "screening-log.db", isolation_level=None)
        log.execute("begin immediate")
        answer = client.get("/ready")
        log.close()

    assert answer.status_code == 503
    assert [fault["path"] for fault in answer.json()["faults"]] == ["screening_log"]


@pytest.mark.parametrize("url", ["nonsense", "mysql://x", "sqlite:////nowhere/at/all.db"])
def test_an_address_that_leads_nowhere_is_said_without_repeating_it(url: str) -> None:
    with pytest.raises(KeyStoreError) as caught:
        SqlKeyStore.at(url).find("x")

    assert url not in str(caught.value)


def test_keys_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELIGIBILITY_DATABASE_URL", f"sqlite:///{tmp_path / 'keys.db'}")
    monkeypatch.setenv("ELIGIBILITY_DATA_FOLDER", str(tmp_path / "data"))
    run = CliRunner().invoke

    made = run(
        app, ["create", "a team", "--role", "investigator", "--site", "basel", "--days", "2"]
    )
    shown = made.stdout.strip()
    key_id = str(key_id_of(shown))
    listed = run(app, ["list"]).stdout
    revoked = run(app, ["revoke", key_id])

    assert key_id in listed
    assert "valid" in listed
    assert shown not in listed
    assert revoked.exit_code == 0
    assert "revoked" in run(app, ["list"]).stdout
    again = run(app, ["revoke", key_id])
    assert isinstance(again.exception, EligibilityError)


@pytest.mark.parametrize(
    "options",
    [["x", "--role", "owner", "--site", "a"], ["x", "--role", "reader"],
     ["x", "--role", "reader", "--site", "A B"], ["x\ny", "--role", "reader", "--site", "a"],
     ["x", "--role", "reader", "--site", "a", "--days", "0"]],
    ids=str,
)  # fmt: skip
def test_a_key_that_cannot_be_meant_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    monkeypatch.setenv("ELIGIBILITY_DATABASE_URL", f"sqlite:///{tmp_path / 'keys.db'}")

    assert CliRunner().invoke(app, ["create", *options]).exit_code != 0
    assert not (tmp_path / "keys.db").exists()
