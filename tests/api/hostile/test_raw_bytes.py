"""What no JSON schema can say: bytes that are no JSON, numbers that are none, bodies that end anywhere, bombs."""

from __future__ import annotations

import bz2
import gzip
import http.client
import json
import lzma
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from api.access import Route
from tests.api.batches.sending import HEADER, send, table, until
from tests.api.door.server import Server, parsed, read_all, running
from tests.api.hostile.routes import (
    JSON_ROUTES,
    UPLOADS,
    WITHOUT_BODY,
    example,
    leaves,
    path_of,
    replaced,
    statuses,
)

MARK = "@@"
LITERALS = {
    "NaN": "NaN", "Infinity": "Infinity", "-Infinity": "-Infinity", "1e999": "1e999", "-1e999": "-1e999",
    "5,000 digits": "9" * 5000, "a long fraction": "0." + "1" * 5000, "1e-9999": "1e-9999", "-0": "-0",
    "1e400000000": "1e400000000", "a leading zero": "007", "hexadecimal": "0x10", "plus": "+1", "no digits": "1.",
    "lone surrogate": '"\\ud800"', "half a pair": '"\\udc00a"', "NUL": '"\\u0000"', "a raw control": '"\x01"',
    "a text of a million": '"' + "a" * 900_000 + '"', "a bad escape": '"\\x41"', "undefined": "undefined",
    "single quotes": "'a'", "a list in a list": "[" * 500 + "]" * 500, "an object": '{"__class__": "x"}',
    "twice": '{"a": 1, "a": 2}', "many keys": json.dumps(dict.fromkeys(map(str, range(20_000)))),
    "right-to-left": '"\\u202e\\u2066"', "nothing": "", "true": "true", "a large list": json.dumps([1] * 100_000),
}  # fmt: skip
NEVER = {"NaN", "Infinity", "-Infinity", "a leading zero", "hexadecimal", "plus", "no digits", "a raw control",
         "a bad escape", "undefined", "single quotes", "twice"}  # fmt: skip
"""What is in no place of any JSON document of ours."""


def bodies(good: bytes) -> dict[str, bytes]:
    """Bodies that are wrong as a whole."""
    text = good.decode()
    first = next(iter(json.loads(good)), "a")
    return {
        "empty": b"", "a blank": b" ", "null": b"null", "a text": b'"a"', "a number": b"1", "a list": b"[]",
        "half": good[: len(good) // 2], "all but the end": good[:-1], "trailing comma": good[:-1] + b",}",
        "garbage after": good + b"x", "two documents": good + good, "a comment": b"/* */" + good,
        "UTF-16": text.encode("utf-16"), "UTF-16 without mark": text.encode("utf-16-le"),
        "UTF-32": text.encode("utf-32"), "Latin-1": '{"screening_id": "é"}'.encode("latin-1"),
        "overlong": b'{"screening_id": "\xc0\xaf"}', "surrogate bytes": b'{"screening_id": "\xed\xa0\x80"}',
        "two marks": b"\xef\xbb\xbf\xef\xbb\xbf" + good, "zeros": b"\x00" * 1000, "0xff": b"\xff" * 1000,
        "deep lists": b"[" * 100_000, "deep objects": b'{"a":' * 50_000,
        "deep and closed": b"[" * 50_000 + b"]" * 50_000,
        "a key twice": f'{{"{first}": null, {text[1:]}'.encode(), "a form": b"a=1&b=2",
        "gzip": gzip.compress(good), "a gzip bomb": gzip.compress(b" " * 50_000_000),
    }  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    limits = {"REQUESTS_PER_SECOND": 100_000, "REQUEST_BURST": 100_000, "BATCH_UPLOADS": 32}
    with running(tmp_path_factory.mktemp("raw"), **limits) as server:
        yield server
        assert [
            line for line in server.lines() if line["event"] in ("fault", "batches_failed")
        ] == []


@pytest.fixture(scope="module")
def connection(server: Server) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    yield connection
    connection.close()


def ask(
    connection: http.client.HTTPConnection, route: Route, body: bytes, **headers: str
) -> tuple[int, bytes]:
    """The answer, which must be one that is described and, where it is a problem, of our one shape."""
    headers = {
        "Content-Type": "application/json",
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    connection.request(route.method, path_of(route), body, headers)
    answer = connection.getresponse()
    content = answer.read()
    assert answer.status in statuses(route), (answer.status, content[:300])
    assert answer.status < 500, content
    if answer.status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert {"type", "title", "status", "code", "hint", "faults"} == set(json.loads(content))
    return answer.status, content


def named(routes: list[Route]) -> Any:
    return pytest.mark.parametrize(
        "route", routes, ids=lambda route: f"{route.method} {route.path}"
    )


@named(JSON_ROUTES)
def test_a_body_that_is_wrong_as_a_whole(
    connection: http.client.HTTPConnection, route: Route
) -> None:
    good = json.dumps(example(route)).encode()
    accepted = {
        name for name, body in bodies(good).items() if ask(connection, route, body)[0] < 400
    }

    if "empty" in accepted:  # a replay without a body takes the stored profile; null is none
        accepted -= {"empty", "null"}
    # JSON in UTF-16 and UTF-32 is told by its first
    # bytes and says the same; all else is a fault of the body.
    assert accepted <= {"UTF-16", "UTF-16 without mark", "UTF-32"}


@named(JSON_ROUTES)
def test_a_value_that_is_wrong_in_any_place(
    connection: http.client.HTTPConnection, route: Route
) -> None:
    good = example(route)
    places = list(leaves(good))
    for at in places[:: max(1, len(places) // 12)]:
        with_mark = json.dumps(replaced(good, at, MARK))
        for name, literal in LITERALS.items():
            body = with_mark.replace(f'"{MARK}"', literal, 1).encode()
            status, _ = ask(connection, route, body)
            assert status >= 400 or name not in NEVER, (at, name)


@named(JSON_ROUTES)
def test_a_body_of_another_kind_or_coding(
    connection: http.client.HTTPConnection, route: Route
) -> None:
    good = json.dumps(example(route)).encode()
    for kind in (
        "",
        "text/plain",
        "application/json; charset=utf-16",
        "multipart/form-data",
        "x" * 500,
    ):
        ask(connection, route, good, Content_Type=kind)
    for coding in ("gzip", "deflate", "br", "identity, gzip", "?"):
        ask(connection, route, gzip.compress(good), Content_Encoding=coding)


@named(WITHOUT_BODY)
def test_a_body_where_none_is_taken(connection: http.client.HTTPConnection, route: Route) -> None:
    for body in (b"{}", b"[" * 10_000, b"\xff"):
        ask(connection, route, body)


def head(route: Route, *more: bytes) -> bytes:
    lines = [
        f"{route.method} {path_of(route)} HTTP/1.1".encode(),
        b"Host: localhost",
        b"Connection: close",
        *more,
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def in_chunks(content: bytes, size: int) -> bytes:
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in pieces) + b"0\r\n\r\n"


@named(JSON_ROUTES + UPLOADS)
def test_a_body_in_chunks_that_ends_at_any_byte(server: Server, route: Route) -> None:
    if route in UPLOADS:
        kind = b"multipart/form-data; boundary=X"
        inner = (
            b'--X\r\nContent-Disposition: form-data; name="table"\r\n\r\n'
            + table(2)
            + b"\r\n--X--\r\n"
        )
    else:
        kind, inner = b"application/json", json.dumps(example(route)).encode()
    whole = head(route, b"Content-Type: " + kind, b"Transfer-Encoding: chunked") + in_chunks(
        inner, 97
    )

    def cut(size: int) -> bytes:
        with server.connect() as connection:
            connection.sendall(whole[:size])
            connection.shutdown(socket.SHUT_WR)
            return read_all(connection)

    step = max(1, len(whole) // 120)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(cut, [*range(0, len(whole), step), len(whole) - 1]))
    full = server.send(whole, timeout=60)

    good = [each for each in answers if each.startswith(b"HTTP/1.1 2")]
    assert good == [], "a body that was cut off must never count"
    assert {parsed(each)[0] for each in answers if each} <= statuses(route) | {400}
    assert parsed(full)[0] in statuses(route)
    assert parsed(full)[0] < 500


HOSTILE_TABLES = {
    "a gzip bomb": gzip.compress(b"\0" * 60_000_000),
    "a bzip2 bomb of text": bz2.compress(table(1) + b"a" * 30_000_000),
    "an xz bomb of rows": lzma.compress((HEADER + "\n").encode() + b",,,,\n" * 400_000),
    "gzip cut off": gzip.compress(table(500))[:-20],
    "Parquet by its name only": b"PAR1" + b"\x00" * 100 + b"PAR1",
    "a workbook by its name only": b"PK\x03\x04" + b"\x00" * 200,
    "NUL": table(3).replace(b"female", b"fem\0ale") + b"\0",
    "Latin-1": (HEADER + "\nS\u00e9,female,1,1,\n").encode("latin-1"),
    "a quote that never closes": (HEADER + '\n"S-1,female\n').encode() + b"a\n" * 20_000,
    "10,000 columns": (
        "screening_id," + ",".join(f"c{n}" for n in range(10_000)) + "\n1\n"
    ).encode(),
    "deep JSON lines": b'{"screening_id": "1", "a": ' + b"[" * 50_000 + b"\n",
    "JSON lines with what is no number": b'{"screening_id": "1", "age_years": NaN}\n{"age_years": 1e999}\n',
    "lone surrogates": b'{"screening_id": "\\ud800"}\n{"screening_id": "1", "screening_id": "2"}\n',
    "formulas": (HEADER + "\n=cmd|' /C calc'!A0,female,=1+1,@x,\n").encode(),
}


def test_no_table_brings_a_process_down(server: Server) -> None:
    with httpx2.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=60) as client:
        sent = {name: send(client, content) for name, content in HOSTILE_TABLES.items()}
        assert {name: each.status_code for name, each in sent.items()} == dict.fromkeys(sent, 202)
        ended = {
            name: until(client, each.json()["id"], "done", "failed") for name, each in sent.items()
        }

    codes = {name: (each["problem"] or {}).get("code") for name, each in ended.items()}
    assert "process_died" not in codes.values()
    assert not [line for line in server.lines() if line["event"] == "batch_process_died"]
    for name in ("a gzip bomb", "gzip cut off", "Parquet by its name only", "10,000 columns"):
        assert (
            ended[name]["state"] == "failed" or ended[name]["result"]["decisions"]["eligible"] == 0
        )
