"""A patient's values go into every route that takes any; then whatever could have kept them is searched."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.api.batches.sending import HEADER, table, until
from tests.api.door import identities as who
from tests.api.door.server import Server, running
from tests.api.hostile.routes import (
    JSON_ROUTES,
    UPLOADS,
    WITHOUT_BODY,
    example,
    leaves,
    path_of,
    replaced,
)

CANARY = "Zaphodia"
NUMBER = "73197319"
LEFT = re.compile(f"{CANARY}|{NUMBER}|" + CANARY.encode("utf-16-le").hex(), re.IGNORECASE)
WRITTEN_FOR_THE_LOG = {"reason", "name"}
"""What a person writes to be kept: no place for a patient's value, and none is put there."""
MAPPING = f"id: patient\ncolumns:\n  gender: sex\nvalues:\n  gender: {{{CANARY}: female}}\n"
"""Columns are named in messages, so that somebody can mend them; what stands in them never is."""


@dataclass
class Visited:
    """A server that has met the values everywhere, and what it answered when it refused."""

    server: Server
    folder: Path
    key: str
    refusals: list[str] = field(default_factory=list)
    accepted: int = 0
    failed: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visited]:
    folder = tmp_path_factory.mktemp("canary")
    settings = who.settings_with_both(folder)
    given = {
        "IDENTITY": "keys", "DATABASE_URL": settings.database(), "LOG_LEVEL": "debug", "WORKERS": 2,
        "REQUESTS_PER_SECOND": 10_000, "REQUEST_BURST": 10_000, "BATCH_UPLOADS": 32,
    }  # fmt: skip
    with running(folder, **given) as server:
        found = Visited(server, folder, who.key(who.store_of(settings)))
        visit_bodies(found)
        visit_addresses(found)
        visit_batches(found)
        yield found


def bodies(good: Any) -> Iterator[bytes]:
    """The good body with the values in each of its places, as values and as names; and broken ones."""
    for at in leaves(good):
        if at and at[-1] not in WRITTEN_FOR_THE_LOG:
            for value in (CANARY, f"{CANARY}1", [CANARY], {CANARY: CANARY}, int(NUMBER)):
                yield json.dumps(replaced(good, at, value)).encode()
    if isinstance(good, dict):
        yield json.dumps({**good, CANARY: CANARY, "phone": NUMBER}).encode()
    yield from (
        each.encode()
        for each in (
            f'{{"{CANARY}": NaN}}',
            f'{{"a": "{CANARY}',
            CANARY,
            f'{{"{CANARY}":1,"{CANARY}":2}}',
        )
    )


def visit_bodies(found: Visited) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", found.server.port, timeout=60)
    headers = {
        "Authorization": f"Bearer {found.key}", "Content-Type": "application/json",
        "User-Agent": CANARY, "X-Request-ID": CANARY,
    }  # fmt: skip
    for route in JSON_ROUTES:
        for number, body in enumerate(bodies(example(route))):
            keyed = {**headers, "Idempotency-Key": f"{CANARY}-{number}"}
            connection.request(route.method, path_of(route), body, keyed)
            take(found, connection.getresponse())
    connection.close()


def visit_addresses(found: Visited) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", found.server.port, timeout=60)
    headers = {"Authorization": f"Bearer {found.key}"}
    for route in [*JSON_ROUTES, *UPLOADS, *WITHOUT_BODY]:
        names = re.sub(r"\{\w+\}", CANARY, route.path)
        for target in (
            names,
            f"{path_of(route)}?{CANARY}={NUMBER}",
            f"{path_of(route)}?as_of={CANARY}",
        ):
            connection.request(route.method, target, headers=headers)
            take(found, connection.getresponse())
    connection.close()


def take(found: Visited, answer: Any) -> None:
    content = answer.read().decode("utf-8", "replace")
    assert answer.status < 500, content
    if answer.status >= 400:
        found.refusals.append(f"{answer.headers}{content}")
    else:
        found.accepted += 1
        found.refusals.append(str(answer.headers))


def visit_batches(found: Visited) -> None:
    rows = (
        f"{CANARY}-1,female,40,1,breast\nS-2,{CANARY},{NUMBER},x,{CANARY}\n{CANARY}-1,male,1,1,\n"
    )
    good = table(3) + rows.encode()
    lines = json.dumps({"screening_id": f"{CANARY}-2", "sex": CANARY, CANARY: NUMBER}).encode()
    sent: list[dict[str, Any]] = [
        {"table": (f"{CANARY}.csv", good)},
        {"table": (f"{CANARY}.jsonl", lines)},
        {"table": ("a.csv", HEADER.encode() + f'\n"{CANARY},1'.encode())},
        {"table": ("a.csv", good), "mapping": (f"{CANARY}.yaml", MAPPING)},
        {"table": ("a.csv", good), "mapping": ("m", f"{CANARY}: [")},
        {"table": ("a.csv", good), "sheet": (None, CANARY)},
        {"table": ("a.csv", good), CANARY: (None, CANARY)},
        {"mapping": ("m", CANARY)},
    ]
    address = f"http://127.0.0.1:{found.server.port}"
    headers = {"Authorization": f"Bearer {found.key}", "Idempotency-Key": CANARY}
    batches = []
    with httpx2.Client(base_url=address, headers=headers, timeout=60) as client:
        for number, files in enumerate(sent):
            more = {"Idempotency-Key": f"{CANARY}{number}"}
            answer = client.post(
                "/v1/batches", params={"as_of": "2026-11-21"}, files=files, headers=more
            )
            assert answer.status_code < 500
            if answer.status_code >= 400:
                found.refusals.append(f"{answer.headers}{answer.text}")
            else:
                found.refusals.append(str(answer.headers))
                batches.append(answer.json()["id"])
        ended = [until(client, each, "done", "failed") for each in batches]
        done = next(each for each in ended if each["state"] == "done")
        answer = client.get(f"/v1/batches/{done['id']}/results")
        found.refusals.append(str(answer.headers))
        assert LEFT.search(answer.text), "the site's own results name its own patients"
    found.failed = [each for each in ended if each["state"] == "failed"]


def test_no_refusal_and_no_header_repeats_it(visited: Visited) -> None:
    assert len(visited.refusals) > 100
    assert visited.accepted > 10, "it was in accepted requests too"
    assert [each for each in visited.refusals if LEFT.search(each)] == []


def test_no_problem_of_a_batch_repeats_a_value(visited: Visited) -> None:
    assert visited.failed
    assert [each for each in visited.failed if LEFT.search(json.dumps(each["problem"]))] == []


def test_no_log_line_and_no_metric_holds_it(visited: Visited) -> None:
    text = visited.server.log.read_text(encoding="utf-8")
    connection = http.client.HTTPConnection("127.0.0.1", visited.server.port, timeout=20)
    connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {visited.key}"})
    page = connection.getresponse().read().decode()
    connection.close()

    assert text.count('"event":"request"') > 100
    assert 'route="/v1/batches"' in page
    assert LEFT.search(text) is None
    assert LEFT.search(page) is None


def test_no_file_but_those_of_the_batches_holds_it(visited: Visited) -> None:
    """Not the screening log either: its entries name nobody."""
    kept = visited.folder / "data" / "batches"
    everything = [each for each in visited.folder.rglob("*") if each.is_file()]
    others = [each for each in everything if not each.is_relative_to(kept)]
    forms = [CANARY.encode(), CANARY.lower().encode(), NUMBER.encode(), CANARY.encode("utf-16-le")]

    assert any(CANARY.encode() in each.read_bytes() for each in everything), "the search finds it"
    assert {"log", "screening-log.db", "keys.db"} <= {each.name for each in others}
    assert [e for e in others if any(form in e.read_bytes() for form in forms)] == []


def test_no_file_has_a_name_with_it(visited: Visited) -> None:
    assert [each for each in visited.folder.rglob("*") if LEFT.search(str(each))] == []
