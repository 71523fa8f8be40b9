"""Nobody is let through unseen, nothing is read before that, and every answer looks alike."""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import ClientDisconnect

import api.decisions
from api.app import create_app
from api.headers import SECURITY_HEADERS
from api.limits import Limits
from api.rates import Rates
from api.settings import Settings
from api.words import Role
from eligibility.intake.template import example_profile
from tests.api.conftest import client_of
from tests.api.door import identities as who

DATES = {"as_of": "2026-11-21", "planned_start": "2026-12-01"}


async def _never_read() -> dict[str, Any]:
    raise AssertionError("the body was read")


def asked(
    service: FastAPI, path: str, *headers: tuple[bytes, bytes], method: str = "POST"
) -> tuple[int, str]:
    """Status and code of the answer to a request whose body must not be touched."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [(b"host", b"localhost"), *headers], "client": ("127.0.0.1", 1), "root_path": "",
        "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 8000),
    }  # fmt: skip
    asyncio.run(service(scope, _never_read, send))
    return sent[0]["status"], json.loads(sent[1]["body"])["code"]


def test_no_body_is_read_of_who_may_not_send_one(tmp_path: Path) -> None:
    settings = who.settings_with_both(tmp_path)
    service = create_app(settings)
    store = who.store_of(settings)

    def holding(role: Role, site: str = who.SITE) -> tuple[bytes, bytes]:
        return b"authorization", f"Bearer {who.key(store, role, sites=(site,))}".encode()

    assert asked(service, "/v1/screenings") == (401, "not_authenticated")
    assert asked(service, "/v1/screenings", holding(Role.READER)) == (403, "not_allowed")
    assert asked(service, "/v1/absent", holding(Role.ADMIN)) == (404, "http")
    assert asked(service, "/health") == (401, "not_authenticated")
    too_long = (b"content-length", b"1000001")
    assert asked(service, "/v1/screenings", holding(Role.COORDINATOR), too_long)[0] == 413


@pytest.mark.parametrize("peer", ["192.0.2.7", "10.0.0.1", "::ffff:192.0.2.7", "testclient", ""])
def test_without_identity_only_this_machine_is_served(peer: str, tmp_path: Path) -> None:
    with client_of(create_app(Settings(data_folder=tmp_path)), peer=peer) as client:
        answers = [client.get(path) for path in ("/v1/trials", "/health", "/nowhere")]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {
        (403, "not_local")
    }


def test_every_answer_carries_the_headers(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("Canary")

    answers = [
        client.get("/health"), client.get("/v1/trials"), client.get("/nowhere"), client.put("/health"),
        client.post("/v1/screenings", content=b"{"), client.post("/v1/screenings?as_of=x" * 90),
        client.post("/v1/screenings", content=b" " * 1_000_001), client.get("/openapi.json"),
        client.get("/health", headers={"host": "evil"}), client.get("/metrics"), client.head("/health"),
    ]  # fmt: skip
    monkeypatch.setattr(api.decisions, "prepare_decision", fails)
    answers.append(client.post("/v1/screenings", params=DATES, json={}))

    assert {answer.status_code for answer in answers} == {200, 400, 404, 405, 413, 422, 500}
    for answer in answers:
        found = {(name.encode(), value.encode()) for name, value in answer.headers.items()}
        assert set(SECURITY_HEADERS) <= found
        assert len(answer.headers.get_list("x-request-id")) == 1
        assert "server" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers


def test_who_has_no_site_is_told_to_whom_to_turn(tmp_path: Path) -> None:
    with client_of(create_app(who.settings_with_both(tmp_path))) as client:
        nowhere = who.bearer(who.token(eligibility_sites=[]))
        answer = client.post("/v1/screenings", params=DATES, json={}, headers=nowhere)

    assert (answer.status_code, answer.json()["code"]) == (403, "no_site")
    assert "operator" in answer.json()["hint"]


def test_who_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    settings = who.settings_with_both(tmp_path, requests_per_second=0.01, request_burst=3)
    store = who.store_of(settings)
    often, other = who.key(store), who.key(store)

    with client_of(create_app(settings)) as client:
        found = [client.get("/v1/trials", headers=who.bearer(often)) for _ in range(4)]
        assert client.get("/v1/trials", headers=who.bearer(other)).status_code == 200
        assert client.get("/health").status_code == 200

    assert [answer.status_code for answer in found] == [200, 200, 200, 429]
    assert found[-1].json()["code"] == "too_many_requests"
    assert 90 <= int(found[-1].headers["retry-after"]) <= 100


def test_who_guesses_too_often_is_slowed_down(tmp_path: Path) -> None:
    settings = who.settings_with_both(tmp_path, refusals_per_second=0.01)
    good = who.key(who.store_of(settings))

    with client_of(create_app(settings)) as client:
        found = [
            client.get("/v1/trials", headers=who.bearer(f"elig_{n:012x}_{'A' * 43}")).status_code
            for n in range(25)
        ]
        assert client.get("/v1/trials", headers=who.bearer(good)).status_code == 200

    assert found == [401] * 20 + [429] * 5


def test_a_bucket_fills_again_with_time() -> None:
    now = [0.0]
    rates = Rates(2, 4, clock=lambda: now[0])

    assert [rates.wait("a") for _ in range(5)] == [0, 0, 0, 0, 0.5]
    now[0] = 0.25
    assert rates.wait("a") == 0.25
    now[0] = 0.5
    assert rates.wait("a") == 0
    now[0] = 100
    assert [rates.wait("a") for _ in range(5)][3:] == [0, 0.5]


def test_as_many_buckets_as_there_may_be_and_no_more() -> None:
    rates = Rates(1, 1)

    for number in range(10_100):
        rates.wait(str(number))

    assert len(rates._buckets) == 10_000


def test_more_work_than_places_is_refused_and_the_pulse_still_beats(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    go, begun = threading.Event(), threading.Semaphore(0)

    async def waits(*_: object) -> bytes:
        begun.release()
        assert await asyncio.to_thread(go.wait, 20)
        return b"{}"

    monkeypatch.setattr(api.decisions.Desk, "decide", waits)
    with client_of(create_app(Settings(max_concurrent=2, data_folder=tmp_path))) as client:
        threads = [
            threading.Thread(target=client.post, args=("/v1/screenings",), kwargs={"json": {}})
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        assert begun.acquire(timeout=20)
        assert begun.acquire(timeout=20)
        refused, pulse = client.get("/v1/trials"), client.get("/health")
        go.set()
        for thread in threads:
            thread.join()
        after = client.get("/v1/trials")

    assert (refused.status_code, refused.json()["code"]) == (503, "busy")
    assert refused.headers["retry-after"] == "1"
    assert (pulse.status_code, after.status_code) == (200, 200)


def test_one_key_has_a_quarter_of_the_places_and_leaves_the_rest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    go, begun = threading.Event(), threading.Semaphore(0)

    async def waits(*_: object) -> bytes:
        begun.release()
        assert await asyncio.to_thread(go.wait, 20)
        return b"{}"

    monkeypatch.setattr(api.decisions.Desk, "decide", waits)
    settings = who.settings_with_both(tmp_path, max_concurrent=8)
    greedy, other = (who.bearer(who.key(who.store_of(settings))) for _ in range(2))
    with client_of(create_app(settings)) as client, ThreadPoolExecutor(2) as pool:

        def screens() -> int:
            return client.post("/v1/screenings", json={}, headers=greedy).status_code

        held = [pool.submit(screens) for _ in range(2)]
        assert all(begun.acquire(timeout=20) for _ in held)
        refused = client.get("/v1/trials", headers=greedy)
        let_in = client.get("/v1/trials", headers=other)
        go.set()
        assert [each.result() for each in held] == [200, 200]
        after = client.get("/v1/trials", headers=greedy)

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert refused.headers["retry-after"] == "1"
    assert (let_in.status_code, after.status_code) == (200, 200)


@pytest.mark.parametrize(("pace", "is_cut_off"), [(1_000_000, True), (10_000, False)])
def test_who_reads_too_slowly_is_cut_off_however_steadily(pace: int, is_cut_off: bool) -> None:
    """Five hundred bytes every hundredth of a second, with patience for a tenth of one."""
    sent: list[int] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in range(50):
            await send({"type": "http.response.body", "body": b"x" * 500, "more_body": True})
            sent.append(number)
        await send({"type": "http.response.body", "body": b""})

    async def send(message: dict[str, Any]) -> None:
        await asyncio.sleep(0.01)

    limits = Limits(application, max_body_bytes=1, max_upload_bytes=1, seconds=5,
                    send_seconds=0.1, send_bytes_per_second=pace)  # fmt: skip
    exchange = limits({"type": "http", "headers": []}, _never_read, send)  # type: ignore[arg-type]
    if is_cut_off:
        with pytest.raises(ClientDisconnect):
            asyncio.run(exchange)
        assert 2 < len(sent) < 20
    else:
        asyncio.run(exchange)
        assert len(sent) == 50


def test_an_answer_that_takes_too_long_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    go = threading.Event()
    monkeypatch.setattr(api.decisions, "prepare_decision", lambda *_: go.wait(20))

    with client_of(create_app(Settings(handle_seconds=0.2, data_folder=tmp_path))) as client:
        answer = client.post("/v1/screenings", json=example_profile())
        go.set()

    assert (answer.status_code, answer.json()["code"]) == (503, "timed_out")


@pytest.mark.parametrize("swallows", [False, True])
def test_a_framework_that_swallows_our_error_does_not_hide_it(swallows: bool) -> None:
    """FastAPI turns whatever goes wrong with a body into its own 400."""
    sent: list[dict[str, Any]] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        try:
            while (await receive()).get("more_body"):
                pass
        except Exception:
            if not swallows:
                raise
            await send({"type": "http.response.start", "status": 400, "headers": []})
            await send({"type": "http.response.body", "body": b"no"})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x" * 600, "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    limits = Limits(application, max_body_bytes=1000, max_upload_bytes=1, seconds=5, send_seconds=5,
                    send_bytes_per_second=1)  # fmt: skip
    asyncio.run(limits({"type": "http", "headers": []}, receive, send))

    assert [message.get("status") for message in sent] == [413, None]


def test_metrics_count_by_route_and_never_by_path(client: TestClient) -> None:
    client.get("/v1/trials/Canary-Jane")
    client.request("CANARY", "/canary")

    text = client.get("/metrics").text

    assert (
        'eligibility_requests_total{method="GET",route="/v1/trials/{trial}",status="404"}' in text
    )
    assert 'method="other",route="none"' in text
    assert 'eligibility_problems_total{code="unknown_trial"}' in text
    assert "canary" not in text.lower()
