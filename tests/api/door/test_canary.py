"""Values of a patient are looked for wherever they could have been left: logs, metrics, files, errors, addresses."""

from __future__ import annotations

import http.client
import json
import logging
import re
import sqlite3
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from api.logs import KEYS, JsonFormatter, log, log_fault
from eligibility.intake.template import example_profile
from eligibility.patient.record import PatientRecord
from tests.api.door import identities as who
from tests.api.door.server import Server, running

CANARY = "Zaphodia"
LEFT = re.compile(CANARY, re.IGNORECASE)
DATES = "as_of=2026-11-21&planned_start=2026-12-01"


def profiles() -> list[bytes]:
    """A canary in the place of every value and of every name, one at a time, and whole profiles of them."""
    good = example_profile()
    found: list[Any] = [
        {field: f"{CANARY}{n}"} for n, field in enumerate(PatientRecord.model_fields)
    ]
    found += [{field: {f"{CANARY}": 1}} for field in PatientRecord.model_fields]
    found += [{**good, field: [f"{CANARY}"]} for field in good]
    found += [{CANARY: 1}, {f"{CANARY}_name": CANARY}, {"phone": CANARY}, [CANARY], CANARY]
    good_with = {**good, "screening_id": f"{CANARY}-1"}
    allergy = {**good, "allergies": [{"substance": CANARY}]}
    broken = [
        f'{{"sex": "{CANARY}',
        f"{CANARY}",
        f'{{"{CANARY}": NaN}}',
        f'{{"a":"{CANARY}","a":1}}',
    ]
    return [json.dumps(each).encode() for each in (*found, good_with, allergy)] + [
        each.encode() for each in broken
    ]


@pytest.fixture(scope="module")
def visited(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Server, Path, str, list[str]]]:
    """A server that has met the canary everywhere, with its folder and its refusals."""
    folder = tmp_path_factory.mktemp("canary")
    settings = who.settings_with_both(folder)
    key = who.key(who.store_of(settings))
    given = {
        "IDENTITY": "keys", "DATABASE_URL": settings.database(), "LOG_LEVEL": "debug",
        "REQUESTS_PER_SECOND": 10_000, "REQUEST_BURST": 10_000, "WORKERS": 2,
    }  # fmt: skip
    with running(folder, **given) as server:
        yield server, folder, key, list(refusals(server, key))


def refusals(server: Server, key: str) -> Iterator[str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    headers = {"Authorization": f"Bearer {key}", "X-Request-ID": CANARY, "User-Agent": CANARY}

    def ask(method: str, path: str, body: bytes | None = None, **more: str) -> str:
        connection.request(method, path, body, {**headers, **more})
        answer = connection.getresponse()
        text = answer.read().decode()
        assert answer.status < 500
        return f"{answer.headers}{text}" if answer.status >= 400 else str(answer.headers)

    for body in profiles():
        yield ask("POST", f"/v1/screenings?{DATES}", body)
    for path in (
        f"/v1/trials/{CANARY}",
        f"/{CANARY}",
        f"/v1/trials?{CANARY}={CANARY}",
        f"/v1/screenings/{CANARY}",
    ):
        yield ask("GET", path)
    for query in (
        f"as_of={CANARY}",
        f"trial={CANARY}",
        f"profile={CANARY}",
        f"site={CANARY}",
        f"{CANARY}=1",
    ):
        yield ask("POST", f"/v1/screenings?{query}", b"{}")
    yield ask("GET", "/v1/trials", Authorization=f"Bearer {CANARY}")
    yield ask("GET", "/v1/trials", Authorization=f"Bearer elig_{'0' * 12}_{CANARY:A<43}")
    yield ask("GET", "/v1/trials", Host=CANARY)
    yield ask("GET", "/v1/trials", Origin=f"https://{CANARY}.org")
    connection.close()
    for raw in (f"{CANARY} / HTTP/1.1\r\n\r\n", f"GET /health HTTP/1.1\r\n{CANARY}\r\n\r\n"):
        yield server.send(raw.encode()).decode("latin-1")


def test_no_refusal_repeats_it(visited: tuple[Server, Path, str, list[str]]) -> None:
    answers = visited[3]

    assert len(answers) > 70
    assert [answer for answer in answers if LEFT.search(answer)] == []


def test_no_log_line_holds_it(visited: tuple[Server, Path, str, list[str]]) -> None:
    server, _, key, answers = visited
    text = server.log.read_text(encoding="utf-8")

    assert text.count('"event":"request"') >= len(answers) - 3
    assert LEFT.search(text) is None
    assert key not in text
    assert all(set(line) <= KEYS for line in server.lines())


def test_no_metric_holds_it(visited: tuple[Server, Path, str, list[str]]) -> None:
    server, _, key, _ = visited
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {key}"})
    text = connection.getresponse().read().decode()
    connection.close()

    assert 'route="/v1/screenings"' in text
    assert LEFT.search(text) is None


def test_no_file_of_the_server_holds_it(visited: tuple[Server, Path, str, list[str]]) -> None:
    _, folder, key, _ = visited
    files = [file for file in folder.rglob("*") if file.is_file()]

    assert len(files) >= 4, "log, keys and the counts of two workers"
    assert [file for file in files if CANARY.encode() in file.read_bytes()] == []
    assert [file for file in files if LEFT.search(str(file))] == []
    assert [file for file in files if key.encode() in file.read_bytes()] == []


def test_the_line_of_another_library_is_cut_to_its_fixed_part() -> None:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    foreign, server = logging.getLogger("some.library"), logging.getLogger("uvicorn.error")
    for logger in (foreign, server):
        logger.addHandler(handler)
    try:
        foreign.error(f"value {CANARY}")
        foreign.error("value %s", CANARY)
        server.error("got %s", CANARY)
        server.error("failed", exc_info=ValueError(CANARY))
    finally:
        for logger in (foreign, server):
            logger.removeHandler(handler)

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["message_of_a_library"] * 2 + ["got *", "failed"]
    assert lines[-1]["error"] == "ValueError"
    assert LEFT.search(stream.getvalue()) is None


def test_a_line_of_ours_holds_the_listed_keys_and_harmless_texts_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO, "eligibility.service"):
        log("tried", code="ok", patient=CANARY, route="a\nb", principal="key:1", status=7)
        log_fault("failed", sqlite3.OperationalError(CANARY), request_id="1")

    first, second = (json.loads(JsonFormatter().format(record)) for record in caplog.records)
    assert set(first) == {"time", "level", "event", "code", "route", "principal", "status"}
    assert (first["route"], first["status"]) == ("?", 7)
    assert second["error"] == "OperationalError"
    assert CANARY not in str(second)
