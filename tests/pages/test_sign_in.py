"""Signing in with a key: what the cookie holds, when it ends, where it leads, and who is let in by it."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.security.ended_sessions import FOLDER
from api.security.keys import key_id_of
from api.security.principal import EVERY_SITE
from api.security.session_key import NAME, read_session_key
from api.security.sessions import Session, Sessions
from api.settings import Settings, SettingsError
from api.words import Role
from tests.api.conftest import client_of
from tests.api.door import identities as who
from tests.pages.visitor import Visitor

ELSEWHERE = ("https://evil.example", "//evil.example", "/\\evil.example", "/sign-in", "/v1/trials",
             "/static/base.css", "/nothing", "javascript:alert(1)", "/%2f%2fevil.example", "/\n/", "")  # fmt: skip


@pytest.fixture
def key(settings: Settings) -> str:
    return who.key(who.store_of(settings))


def cookie_of(visitor: Visitor) -> str:
    return str(visitor.client.cookies["session"])


def test_a_page_leads_a_stranger_to_the_sign_in_and_back(stranger: Visitor, key: str) -> None:
    sent = stranger.open("/")

    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?next=%2F")
    assert 'name="next" value="/site"' in stranger.open("/sign-in?next=%2Fsite").text
    assert stranger.sign_in(key, "/site").headers["location"] == "/site"
    assert stranger.open("/").status_code == 200


def test_the_cookie_names_the_key_and_never_holds_it(
    stranger: Visitor, key: str, settings: Settings
) -> None:
    header = stranger.sign_in(key).headers["set-cookie"]

    content = base64.urlsafe_b64decode(cookie_of(stranger).partition(".")[0]).decode()
    assert json.loads(content)[0] == f"key:{key_id_of(key)}"
    assert key not in content
    assert key not in header
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(header.split(", ")[0].split("; "))


def test_by_any_name_but_this_machines_the_cookie_keeps_to_tls(tmp_path: Path) -> None:
    sessions = Sessions(Settings(data_folder=tmp_path))

    def header(host: bytes) -> str:
        return sessions.header({"headers": [(b"host", host)]}, sessions.begun("key:0"))

    assert header(b"screening.example.org").startswith("__Host-session=")
    assert header(b"screening.example.org:8443").endswith("; Secure")
    for host in (b"localhost:8000", b"127.0.0.1", b"[::1]:8000"):
        assert "Secure" not in header(host)


@pytest.mark.parametrize("given", ELSEWHERE)
def test_signing_in_leads_to_our_own_pages_only(stranger: Visitor, key: str, given: str) -> None:
    assert stranger.sign_in(key, given).headers["location"] == "/"


def test_a_wrong_key_is_told_as_little_as_an_ended_one(
    stranger: Visitor, settings: Settings
) -> None:
    ended = who.key(who.store_of(settings), revoked=True)
    answers = [stranger.sign_in(given) for given in (ended, "elig_x", "", "x" * 5000)]

    assert [answer.status_code for answer in answers] == [401] * 4
    assert len({answer.text for answer in answers}) == 1
    assert "session" not in stranger.client.cookies


def test_wrong_keys_come_at_a_limited_rate_and_do_not_shut_out_a_good_one(
    tmp_path: Path,
) -> None:
    settings = who.settings_with_both(tmp_path, refusals_per_second=0.01)
    service = create_app(settings)
    with client_of(service):
        visitor = Visitor(service)
        statuses = [visitor.sign_in("elig_x").status_code for _ in range(7)]
        good = visitor.sign_in(who.key(who.store_of(settings)))

    assert statuses == [401] * 5 + [429] * 2
    assert good.status_code == 303


def test_a_revoked_key_ends_its_sessions(stranger: Visitor, key: str, settings: Settings) -> None:
    stranger.sign_in(key)
    assert stranger.open("/").status_code == 200

    who.store_of(settings).revoke(key_id_of(key) or "", datetime.now(UTC))

    assert stranger.open("/").headers["location"] == "/sign-in?next=%2F"


def test_a_session_opens_pages_and_no_interface(stranger: Visitor, key: str) -> None:
    stranger.sign_in(key)

    assert stranger.open("/v1/trials").status_code == 401


def test_a_key_or_token_that_a_proxy_sends_opens_pages_too(stranger: Visitor) -> None:
    assert stranger.open("/", **who.bearer(who.token())).status_code == 200


def test_what_a_proxy_says_goes_before_a_session(
    stranger: Visitor, key: str, settings: Settings
) -> None:
    stranger.sign_in(key)
    other = who.key(who.store_of(settings), Role.READER)

    assert f"key:{key_id_of(other)}" in stranger.open("/", **who.bearer(other)).text
    assert stranger.open("/", **who.bearer("elig_wrong")).status_code == 303


def test_signing_out_ends_the_session_and_clears_the_browser(stranger: Visitor, key: str) -> None:
    stranger.sign_in(key)
    before = stranger.token("/")

    answer = stranger.client.post("/sign-out", data={"csrf": before})

    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert "session" not in stranger.client.cookies
    assert stranger.open("/").status_code == 303
    assert stranger.client.post("/language", data={"csrf": before}).status_code == 403


def test_a_cookie_kept_or_renewed_after_signing_out_brings_nothing_back(
    guarded: FastAPI, stranger: Visitor, key: str, settings: Settings
) -> None:
    stranger.sign_in(key)
    kept = cookie_of(stranger)
    stranger.send("/sign-out")
    sessions = Sessions(settings)
    content = json.loads(base64.urlsafe_b64decode(kept.partition(".")[0]))
    renewed = sessions.written(Session(*content[:2], content[2], content[3] + 1, content[4]))

    for cookie in (kept, renewed):
        assert stranger.open("/", cookie=f"session={cookie}").status_code == 303
    assert Sessions(settings).read(kept) is None  # as another worker reads it


def test_signing_in_anew_ends_the_session_before(stranger: Visitor, key: str) -> None:
    stranger.sign_in(key)
    kept = cookie_of(stranger)
    stranger.sign_in(key)

    assert stranger.open("/").status_code == 200
    assert stranger.open("/", cookie=f"session={kept}").status_code == 303


def test_a_session_that_cannot_be_ended_is_not_said_to_be(tmp_path: Path) -> None:
    settings = who.settings_with_both(tmp_path)
    service = create_app(settings)
    with client_of(service):
        visitor = Visitor(service)
        visitor.sign_in(who.key(who.store_of(settings)))
        (settings.data_folder / FOLDER).write_text("no folder", encoding="utf-8")
        answer = visitor.send("/sign-out")

    assert answer.status_code == 503


def test_ended_sessions_are_forgotten_once_nothing_could_bring_them_back(tmp_path: Path) -> None:
    now = 1_000_000.0
    settings = Settings(data_folder=tmp_path, session_idle_seconds=60, session_seconds=100)
    sessions = Sessions(settings, clock=lambda: now)
    first, second = sessions.begun("key:0"), sessions.begun("key:0")
    sessions.end(first)
    now += 101
    sessions.end(second)

    assert [each.name for each in (tmp_path / FOLDER).iterdir()] == [second.id]


def test_a_session_as_an_older_version_wrote_it_is_none(tmp_path: Path) -> None:
    sessions = Sessions(Settings(data_folder=tmp_path))
    now = sessions.begun("key:0")
    content = base64.urlsafe_b64encode(json.dumps(["key:0", None, now.began, now.seen]).encode())
    signature = sessions._sign("session", content.decode()).decode()

    assert sessions.read(f"{content.decode()}.{signature}") is None


FORGED: list[tuple[str, Any]] = [
    ("no signature", lambda good: good.partition(".")[0]),
    ("another's content", lambda good: "WyJrZXk6MSIsbnVsbCwwLDBd." + good.partition(".")[2]),
    ("another's signature", lambda good: good[:-4] + ("0000" if good[-4:] != "0000" else "1111")),
    ("nothing", lambda good: ""),
    ("no text", lambda good: "\x00.\x00"),
    ("too long", lambda good: "A" * 5000),
]


@pytest.mark.parametrize(("name", "forged"), FORGED, ids=[name for name, _ in FORGED])
def test_a_forged_session_is_none(stranger: Visitor, key: str, name: str, forged: Any) -> None:
    stranger.sign_in(key)
    good = cookie_of(stranger)
    stranger.client.cookies.clear()

    answer = stranger.open("/", cookie=f"session={forged(good)}")

    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("later", "stands"),
    [(59, True), (61, False)],
    ids=["before the idle time is over", "after"],
)
def test_a_session_ends_when_nobody_is_there(tmp_path: Path, later: int, stands: bool) -> None:
    now = 1_000_000.0
    settings = Settings(data_folder=tmp_path, session_idle_seconds=60, session_seconds=100)
    sessions = Sessions(settings, clock=lambda: now)
    written = sessions.written(sessions.begun("key:0"))
    now += later

    assert (sessions.read(written) is not None) is stands


def test_a_session_ends_however_busy_its_user_is(tmp_path: Path) -> None:
    now = 1_000_000.0
    settings = Settings(data_folder=tmp_path, session_idle_seconds=60, session_seconds=100)
    sessions = Sessions(settings, clock=lambda: now)
    busy = Session("key:0", None, int(now) - 100, int(now), "0" * 32)

    assert sessions.read(sessions.written(busy)) is None


def test_a_page_keeps_a_session_alive_and_what_a_script_does_by_itself_does_not(
    guarded: FastAPI, stranger: Visitor, key: str, settings: Settings
) -> None:
    sessions = Sessions(settings)
    now = sessions.begun(f"key:{key_id_of(key)}")
    earlier = Session(now.principal, None, now.began - 900, now.seen - 900, now.id)
    old = f"session={sessions.written(earlier)}"

    alone = stranger.open("/", cookie=old, **{"x-unattended": "1"})
    assert "session=" not in alone.headers.get("set-cookie", "")
    renewed = sessions.read(stranger.open("/", cookie=old).cookies["session"])
    assert renewed is not None
    assert (renewed.began, renewed.seen - earlier.seen >= 900) == (earlier.began, True)


def test_workers_share_one_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path / "new")

    assert read_session_key(settings) == read_session_key(settings)
    assert (tmp_path / "new" / NAME).stat().st_mode & 0o777 == 0o600
    assert [each.name for each in (tmp_path / "new").iterdir()] == [NAME]


def test_who_has_several_sites_chooses_one(stranger: Visitor, settings: Settings) -> None:
    both = who.key(who.store_of(settings), sites=(who.SITE, who.OTHER_SITE))
    stranger.sign_in(both)

    assert stranger.send("/site", {"site": "lyon"}).status_code == 422
    assert stranger.send("/site", {"site": who.OTHER_SITE, "next": "/"}).status_code == 303
    assert f"Site: {who.OTHER_SITE}" in stranger.open("/").text


def test_who_has_every_site_names_one(stranger: Visitor, settings: Settings) -> None:
    stranger.sign_in(who.key(who.store_of(settings), sites=(EVERY_SITE,)))

    assert stranger.send("/site", {"site": "*"}).status_code == 422
    assert stranger.send("/site", {"site": "Shanghai "}).status_code == 303
    assert "Site: shanghai" in stranger.open("/").text


def test_a_site_is_anothers_no_more_once_somebody_else_signs_in(
    stranger: Visitor, settings: Settings
) -> None:
    store = who.store_of(settings)
    stranger.sign_in(who.key(store, sites=(who.SITE, who.OTHER_SITE)))
    stranger.send("/site", {"site": who.OTHER_SITE})

    page = stranger.open("/", **who.bearer(who.key(store, sites=(who.SITE, who.OTHER_SITE)))).text

    assert "Site:" not in page


def test_a_link_of_another_site_does_not_ask_for_the_key_again(stranger: Visitor, key: str) -> None:
    stranger.sign_in(key)
    strict = {"cookie": "", "sec-fetch-site": "cross-site"}

    page = stranger.open("/sign-in?next=%2F", **strict).text

    assert '<a href="/">Signed in already' in page
    assert "Signed in already" not in stranger.open("/sign-in").text


def test_without_identity_there_is_nothing_to_sign_in_to(visitor: Visitor) -> None:
    assert visitor.open("/").status_code == 200
    assert visitor.open("/sign-in").headers["location"] == "/"
    assert "Sign out" not in visitor.open("/").text


def test_workers_that_start_at_once_agree_on_the_key(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path)
    with ThreadPoolExecutor(8) as workers:
        keys = set(workers.map(lambda _: read_session_key(settings), range(32)))

    assert len(keys) == 1
    assert [each.name for each in tmp_path.iterdir()] == [NAME]


@pytest.mark.parametrize("content", ["", "no hex", "ab" * 31], ids=["empty", "no hex", "short"])
def test_a_key_file_that_cannot_be_used_ends_the_start(tmp_path: Path, content: str) -> None:
    named = tmp_path / "key"
    named.write_text(content, encoding="utf-8")

    with pytest.raises(SettingsError) as raised:
        Sessions(Settings(data_folder=tmp_path, session_key_file=named)).load()

    assert raised.value.faults[0].path == "ELIGIBILITY_SESSION_KEY_FILE"
    assert content == "" or content not in str(raised.value)
