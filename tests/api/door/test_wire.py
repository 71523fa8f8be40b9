"""What no framework sees: slow, idle, oversized and broken connections, sent byte by byte to a real server."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.headers import SECURITY_HEADERS
from eligibility.intake.template import example_profile
from tests.api.door.server import EXCHANGE, Server, parsed, read_all, running

DEADLINE = 1.0
BODY = json.dumps(example_profile()).encode()
PATH = b"/v1/screenings?as_of=2026-11-21&planned_start=2026-12-01"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    limits = {
        "RECEIVE_SECONDS": DEADLINE, "SEND_SECONDS": DEADLINE, "MIN_BYTES_PER_SECOND": 1_000_000,
        "MAX_CONNECTIONS": 60, "REQUESTS_PER_SECOND": 10_000, "REQUEST_BURST": 100_000,
    }  # fmt: skip
    with running(tmp_path_factory.mktemp("server"), **limits) as server:
        yield server


def head(
    method: bytes = b"GET", path: bytes = b"/health", *lines: bytes, close: bool = True
) -> bytes:
    ends = [b"Connection: close"] if close else []
    return b"\r\n".join(
        [method + b" " + path + b" HTTP/1.1", b"Host: localhost", *ends, *lines, b"", b""]
    )


def problem(answer: bytes) -> tuple[int, str]:
    """Status and code, once shape and headers are checked."""
    status, headers, body = parsed(answer)
    complete(headers)
    assert headers["content-type"] == "application/problem+json"
    document = json.loads(body)
    assert set(document) == {"type", "title", "status", "code", "hint", "faults"}
    assert document["status"] == status
    return status, document["code"]


def complete(headers: dict[str, str]) -> None:
    assert {(k.decode(), v.decode()) for k, v in SECURITY_HEADERS} <= set(headers.items())
    assert re.fullmatch(r"[0-9a-f]{32}", headers["x-request-id"])
    assert "server" not in headers


def alive(server: Server) -> None:
    status, headers, _ = parsed(server.send(head()))
    complete(headers)
    assert status == 200


def test_a_good_request_is_answered(server: Server) -> None:
    sent = head(b"POST", PATH, b"Content-Length: %d" % len(BODY)) + BODY

    status, headers, body = parsed(server.send(sent))

    complete(headers)
    assert (status, json.loads(body)["trial"]) == (200, "NCT06731140")


SLOW: dict[str, tuple[list[bytes], float]] = {
    "nothing at all": ([], 0),
    "line ends only": ([b"\r\n"] * 5, 0.25),
    "half a request line": ([b"GET /hea"], 0),
    "half a header": ([b"GET /health HTTP/1.1\r\nHost: loc"], 0),
    "a header letter by letter": ([b"GET /health HTTP/1.1\r\nX: ", *[b"a"] * 12], 0.2),
    "header by header": ([b"GET /health HTTP/1.1\r\n", *[b"A: b\r\n"] * 12], 0.2),
    "a body that does not come": ([head(b"POST", PATH, b"Content-Length: 9999")], 0),
    "a body letter by letter": ([head(b"POST", PATH, b"Content-Length: 9999"), *[b" "] * 12], 0.2),
    "half a chunk": ([head(b"POST", PATH, b"Transfer-Encoding: chunked") + b"5\r\n{"], 0),
    "chunk by chunk": ([head(b"POST", PATH, b"Transfer-Encoding: chunked"), *[b"1\r\n \r\n"] * 12], 0.2),
    "expects to be told to go on": ([head(b"POST", PATH, b"Content-Length: 9", b"Expect: 100-continue")], 0),
}  # fmt: skip


def test_slow_and_idle_connections_are_closed_in_time(server: Server) -> None:
    def closed_after(case: tuple[list[bytes], float]) -> tuple[float, bytes]:
        began = time.monotonic()
        answer = server.send(*case[0], pause=case[1])
        return time.monotonic() - began, answer

    with ThreadPoolExecutor(len(SLOW)) as pool:
        found = dict(zip(SLOW, pool.map(closed_after, SLOW.values()), strict=True))

    for name, (seconds, answer) in found.items():
        assert DEADLINE * 0.8 < seconds < DEADLINE * 3.5, name
        if name in ("nothing at all", "line ends only"):
            assert answer == b"", name
        else:
            final = answer.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
            assert problem(final) == (408, "too_slow"), name
    alive(server)


def test_idle_connections_do_not_keep_others_out(server: Server) -> None:
    idle = [server.connect() for _ in range(50)]
    try:
        alive(server)
        time.sleep(DEADLINE * 2)
        assert [read_all(each) for each in idle] == [b""] * 50
    finally:
        for each in idle:
            each.close()


def test_one_connection_too_many_is_told_so(server: Server) -> None:
    time.sleep(0.2)
    held = [server.connect() for _ in range(60)]
    try:
        time.sleep(0.2)
        extra = server.send(head())
        assert problem(extra) == (503, "busy")
        assert parsed(extra)[1]["retry-after"] == "1"
    finally:
        for each in held:
            each.close()
    time.sleep(0.3)
    alive(server)


def test_a_client_that_does_not_read_is_cut_off(server: Server) -> None:
    """Requests are sent on and on, their answers left lying."""
    with server.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(DEADLINE * 6)
        asked = head(b"GET", b"/v1/patient-schema", close=False)
        assert is_cut_off(connection, [asked] * 300, pause=0.03)
        time.sleep(DEADLINE)
    alive(server)
    assert any(line.get("code") == "not_read" for line in server.lines())


def is_cut_off(connection: socket.socket, parts: list[bytes], *, pause: float) -> bool:
    """Whether the other side ends the connection while there is still something to send."""
    for part in parts:
        try:
            connection.sendall(part)
        except ConnectionError:
            return True
        time.sleep(pause)
    return False


def test_more_requests_at_once_than_anybody_needs_are_refused(server: Server) -> None:
    answers = server.send(head(close=False) * 1000)

    assert 0 < answers.count(b"HTTP/1.1 ") < 100
    assert b'"code":"busy"' in answers
    alive(server)


LARGE: dict[str, tuple[bytes, tuple[int, str]]] = {
    "a length that says so": (head(b"POST", PATH, b"Content-Length: 1000001"), (413, "body_too_large")),
    "a length of 30 digits": (head(b"POST", PATH, b"Content-Length: " + b"9" * 19), (413, "body_too_large")),
    "chunks": (head(b"POST", PATH, b"Transfer-Encoding: chunked")
               + (b"10000\r\n" + b" " * 65_536 + b"\r\n") * 16, (413, "body_too_large")),
    "a long header": (head(b"GET", b"/health", b"X: " + b"a" * 20_000), (431, "headers_too_large")),
    "a header without end": (b"GET /health HTTP/1.1\r\nX: " + b"a" * 300_000, (431, "headers_too_large")),
    "a request line without end": (b"GET /" + b"a" * 300_000, (431, "headers_too_large")),
    "many headers": (head(b"GET", b"/health", *[b"X: 1"] * 101), (431, "headers_too_large")),
    "10,000 headers": (head(b"GET", b"/health", *[b"X: 1"] * 10_000), (431, "headers_too_large")),
    "a long path": (head(b"GET", b"/" + b"a" * 9000), (414, "target_too_long")),
    "a long query": (head(b"GET", b"/v1/trials?a=" + b"a" * 9000), (414, "target_too_long")),
    "many parameters": (head(b"GET", b"/v1/trials?" + b"a&" * 40), (400, "too_many_parameters")),
}  # fmt: skip


@pytest.mark.parametrize(("sent", "wanted"), LARGE.values(), ids=LARGE)
def test_what_is_too_large(server: Server, sent: bytes, wanted: tuple[int, str]) -> None:
    assert problem(server.send(sent)) == wanted
    alive(server)


def test_a_flood_after_the_answer_is_cut_off(server: Server) -> None:
    """Ten times what is read to let an answer arrive."""
    with server.connect() as connection:
        connection.sendall(head(b"POST", PATH, b"Content-Length: 99999999", close=False))
        assert is_cut_off(connection, [b"x" * 1_000_000] * 20, pause=0.02)
    alive(server)


NO_HTTP = (400, "http_unreadable")
BROKEN: dict[str, tuple[bytes, set[tuple[int, str]]]] = {
    "garbage": (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", {NO_HTTP}),
    "a bad method": (b"FO<O / HTTP/1.1\r\nHost: localhost\r\n\r\n", {NO_HTTP}),
    "a negative length": (head(b"POST", PATH, b"Content-Length: -1"), {NO_HTTP}),
    "two lengths": (head(b"POST", PATH, b"Content-Length: 2", b"Content-Length: 3") + b"{}", {NO_HTTP}),
    "length and chunks": (head(b"POST", PATH, b"Content-Length: 2", b"Transfer-Encoding: chunked") + b"{}",
                          {NO_HTTP}),
    "a bad chunk": (head(b"POST", PATH, b"Transfer-Encoding: chunked") + b"zz\r\n", {NO_HTTP}),
    "NUL in a header": (head(b"GET", b"/health", b"X: a\x00b"), {NO_HTTP}),
    "a folded header": (head(b"GET", b"/health", b"X: a", b" b"), {NO_HTTP, (200, "")}),
    "no host": (b"GET /health HTTP/1.1\r\nConnection: close\r\n\r\n", {(400, "host_unknown")}),
    "two hosts": (head(b"GET", b"/health", b"Host: localhost"), {(400, "host_unknown")}),
    "a foreign host": (b"GET /health HTTP/1.1\r\nHost: evil.example.org\r\nConnection: close\r\n\r\n",
                       {(400, "host_unknown")}),
    "a proxy's words": (head(b"GET", b"/health", b"X-Forwarded-For: 192.0.2.1"), {(403, "not_local")}),
    "a page elsewhere": (head(b"POST", PATH, b"Origin: https://evil.example.org"), {(403, "foreign_origin")}),
    "a page at another port": (head(b"POST", PATH, b"Origin: http://localhost:3000"), {(403, "foreign_origin")}),
    "a form at another port": (head(b"POST", PATH, b"Sec-Fetch-Site: same-site"), {(403, "foreign_origin")}),
    "a page of ours": (head(b"POST", PATH, b"Origin: http://LOCALHOST", b"Sec-Fetch-Site: same-origin"),
                       {(400, "record_invalid")}),
    "a sandboxed page": (head(b"POST", PATH, b"Origin: null"), {(403, "foreign_origin")}),
    "a web socket": (head(b"GET", b"/v1/trials/x", b"Upgrade: websocket", b"Connection: Upgrade",
                          b"Sec-WebSocket-Key: x", b"Sec-WebSocket-Version: 13", close=False),
                     {(404, "unknown_trial")}),
    "HTTP/2 by force": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {NO_HTTP}),
    "a whole address": (head(b"GET", b"http://evil.example.org/nowhere"), {(404, "http"), NO_HTTP}),
}  # fmt: skip


@pytest.mark.parametrize(("sent", "wanted"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_proper_request(
    server: Server, sent: bytes, wanted: set[tuple[int, str]]
) -> None:
    answer = server.send(sent)

    found = (200, "") if answer.startswith(b"HTTP/1.1 200") else problem(answer)
    assert found in wanted
    alive(server)


def test_a_length_that_is_too_short_is_cut_there(server: Server) -> None:
    """The rest is read as the next request, which it is not."""
    sent = head(b"POST", PATH, b"Content-Length: %d" % (len(BODY) - 5), close=False) + BODY

    first = server.send(sent)

    assert problem(first) in {(400, "record_invalid"), NO_HTTP}
    alive(server)


def test_two_requests_at_once_are_answered_in_order(server: Server) -> None:
    answers = server.send(head(b"GET", b"/v1/nothing", close=False) + head())

    assert re.findall(rb"HTTP/1\.1 (\d+)", answers) == [b"404", b"200"]


def test_a_given_request_id_comes_back_if_it_is_one(server: Server) -> None:
    def back(given: bytes) -> str:
        exchange: EXCHANGE = parsed(
            server.send(head(b"GET", b"/health", b"X-Request-ID: " + given))
        )
        return exchange[1]["x-request-id"]

    good = b"0af7651916cd43dd8448eb211c80319c"
    assert back(good) == good.decode()
    assert back(b"0af76519-16cd-43dd-8448-eb211c80319c") == "0af76519-16cd-43dd-8448-eb211c80319c"
    for bad in (
        b"Jane-Doe-1961",
        b"110101196101011234",
        b"a" * 32 + b"x",
        b"",
        b"../../etc/passwd",
    ):
        assert re.fullmatch("[0-9a-f]{32}", back(bad))


def test_a_thousand_cut_offs_leave_it_standing(server: Server) -> None:
    """The client goes at every byte of a request."""
    whole = head(b"POST", PATH, b"Content-Length: %d" % len(BODY)) + BODY
    for size in range(0, len(whole), max(1, len(whole) // 250)):
        with server.connect() as connection:
            connection.sendall(whole[:size])
        time.sleep(0.005)
    time.sleep(0.5)
    alive(server)
    assert not [line for line in server.lines() if line["event"] == "fault"]
