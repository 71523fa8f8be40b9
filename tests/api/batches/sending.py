"""Tables to send, and waiting for what becomes of them."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from eligibility.batch import run_batch
from eligibility.protocol.library import load_trial
from eligibility.screening.screen import Screener
from tests.api.conftest import client_of

AS_OF = {"as_of": "2026-11-21"}
HEADER = "screening_id,sex,age_years,ecog,diagnosis.cancer"
SECONDS = 60


def table(rows: int = 20, *, seed: int = 1, slow: bool = False) -> bytes:
    """A table; a slow one has words in it that only the way of single rows can tell from codes."""
    source = random.Random(seed)
    cancers = ["lung"] if slow else ["breast", ""]
    lines = [
        f"S-{n},{source.choice(['female', 'male'])},{source.randint(15, 90)},"
        f"{source.randint(0, 4)},{source.choice(cancers)}"
        for n in range(rows)
    ]
    return "\n".join([HEADER, *lines, ""]).encode()


@contextmanager
def service(folder: Path, **settings: Any) -> Iterator[TestClient]:
    """The service in this process; its batches run in others."""
    with client_of(create_app(Settings(data_folder=folder, **settings))) as client:
        yield client


def send(
    client: TestClient,
    content: bytes,
    *,
    name: str = "table.csv",
    key: str | None = None,
    **asked: Any,
) -> Any:
    """Post a table; the answer."""
    parts: dict[str, Any] = {"table": (name, content)}
    for part in ("mapping", "sheet"):
        if part in asked:
            parts[part] = (None, asked.pop(part))
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/v1/batches", params={**AS_OF, **asked}, files=parts, headers=headers)


def multipart(*parts: tuple[bytes, bytes], end: bytes = b"--X--\r\n") -> bytes:
    """A body with these parts, each named as its header has it."""
    written = [
        b"--X\r\nContent-Disposition: form-data; name=" + name + b"\r\n\r\n" + content + b"\r\n"
        for name, content in parts
    ]
    return b"".join(written) + end


GOOD = (b'"table"; filename="t.csv"', table(1))


def until(client: TestClient, batch: str, *states: str) -> dict[str, Any]:
    """Wait until a batch is in one of these states."""
    end = time.monotonic() + SECONDS
    while True:
        shown: dict[str, Any] = client.get(f"/v1/batches/{batch}").json()
        if shown["state"] in states:
            return shown
        assert time.monotonic() < end, shown
        time.sleep(0.1)


def done(client: TestClient, content: bytes, **asked: Any) -> dict[str, Any]:
    """Send a table and wait for its results."""
    sent = send(client, content, **asked)
    assert sent.status_code == 202, sent.text
    shown = until(client, sent.json()["id"], "done", "failed")
    assert shown["state"] == "done", shown
    return shown


def fetched(client: TestClient, shown: dict[str, Any]) -> dict[str, bytes]:
    """Every file of a batch."""
    names = [each["name"] for each in shown["result"]["files"]]
    return {name: client.get(f"/v1/batches/{shown['id']}/files/{name}").content for name in names}


def by_the_library(folder: Path, content: bytes, **asked: Any) -> dict[str, bytes]:
    """What the library makes of the same table, by file name."""
    folder.mkdir()
    path = folder / "table"
    path.write_bytes(content)
    out = folder / "out"
    screener = Screener(load_trial(profile=asked.pop("profile", None)))
    run_batch(path, out, screener=screener, as_of=AS_OF["as_of"],
              planned_start=asked.pop("planned_start", None), **asked)  # fmt: skip
    return {each.name: each.read_bytes() for each in out.rglob("*") if each.is_file()}
