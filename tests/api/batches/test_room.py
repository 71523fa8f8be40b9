"""No site, table or upload takes the room that others need."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.batches.errors import BatchRequestError
from api.batches.room import Room
from api.batches.store import Store
from tests.api.batches.keeping import wait_for
from tests.api.batches.sending import AS_OF, GOOD, multipart, send, service, table, until
from tests.api.conftest import client_of
from tests.api.door import identities as who


def test_more_than_may_wait_or_come_is_told_so(tmp_path: Path) -> None:
    limits = {"batch_max_waiting": 1, "batch_max_bytes": 30_000, "batch_processes": 1}
    with service(tmp_path, **limits) as client:
        large = send(client, b"x" * 40_000)
        first = send(client, table(800, slow=True))
        second = send(client, table(1))
        client.post(f"/v1/batches/{first.json()['id']}/cancel")

    assert (large.status_code, large.json()["code"]) == (413, "body_too_large")
    assert first.status_code == 202
    assert (second.status_code, second.json()["code"]) == (503, "too_many_batches")
    assert int(second.headers["retry-after"]) > 0


def test_one_site_takes_no_more_than_half_of_the_room(tmp_path: Path) -> None:
    settings = who.settings_with_both(tmp_path, batch_max_waiting=2, batch_processes=1)
    store = who.store_of(settings)
    mine, theirs = (
        who.bearer(who.key(store, sites=(site,))) for site in (who.SITE, who.OTHER_SITE)
    )
    with client_of(create_app(settings)) as client:

        def sent(headers: dict[str, str]) -> tuple[int, str]:
            files = {"table": ("t.csv", table(800, slow=True))}
            answer = client.post("/v1/batches", params=AS_OF, files=files, headers=headers)
            return answer.status_code, answer.json().get("code", "")

        found = [sent(each) for each in (mine, mine, theirs, theirs)]

    assert found == [(202, ""), (503, "too_many_batches")] * 2


def test_who_resumes_waits_like_who_sends(tmp_path: Path) -> None:
    settings = who.settings_with_both(tmp_path, batch_max_waiting=2, batch_processes=1)
    headers = who.bearer(who.key(who.store_of(settings)))
    service = create_app(settings)
    with (
        client_of(service) as client,
        service.state.batches.store.slot(1),
    ):  # so that all of them wait

        def sent() -> Any:
            files = {"table": ("t.csv", table(1))}
            answer = client.post("/v1/batches", params=AS_OF, files=files, headers=headers)
            return answer.json().get("id")

        def asked(batch: str, step: str) -> tuple[int, str]:
            answer = client.post(f"/v1/batches/{batch}/{step}", headers=headers)
            return answer.status_code, answer.json().get("code", "")

        first = sent()
        assert asked(first, "cancel") == (200, "")
        second = wait_for(sent)  # the first leaves its place a moment later
        assert asked(first, "resume") == (503, "too_many_batches")
        assert client.get(f"/v1/batches/{first}", headers=headers).json()["state"] == "cancelled"
        assert asked(second, "cancel") == (200, "")
        wait_for(lambda: asked(first, "resume") == (202, ""))


def chunks(content: bytes) -> Iterator[bytes]:
    """A body whose length is not announced."""
    for at in range(0, len(content), 1 << 16):
        yield content[at : at + (1 << 16)]


def test_the_last_room_on_the_disk_is_not_for_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=X"}
    body = multipart((b'"table"', b"x" * (9 << 20)))
    free = shutil.disk_usage(tmp_path)
    with service(tmp_path, disk_reserve_bytes=1000) as client:

        def sent(bytes_free: list[int], content: Any) -> tuple[int, str]:
            found = iter(bytes_free)
            monkeypatch.setattr(
                shutil, "disk_usage", lambda _: free._replace(free=next(found, bytes_free[-1]))
            )
            answer = client.post("/v1/batches", content=content, headers=kind, params=AS_OF)
            return answer.status_code, answer.json().get("code", "")

        refused = [
            sent([999], multipart(GOOD)),
            sent([len(body) + 999], body),
            sent([1000, 999], chunks(body)),
        ]
        assert list((tmp_path / "batches" / "uploads").iterdir()) == []
        assert client.get("/v1/batches").json()["batches"] == []
        taken = sent([len(body) + 1000, 1000], body)

    assert refused == [(507, "disk_reserve")] * 3
    assert taken == (202, "")


def test_a_site_keeps_no_more_than_it_may(tmp_path: Path) -> None:
    content = table(200)
    with service(tmp_path, batch_site_bytes=len(content) + 3_000) as client:
        first = done_or_failed(client, content)
        kind = {"Content-Type": "multipart/form-data; boundary=X"}
        second = [
            send(client, content),
            client.post("/v1/batches", content=chunks(multipart((b'"table"', content))),
                        headers=kind, params=AS_OF),
        ]  # fmt: skip
        client.delete(f"/v1/batches/{first}")
        third = send(client, content)

    assert [(each.status_code, each.json()["code"]) for each in second] == [(507, "site_quota")] * 2
    assert third.status_code == 202


def done_or_failed(client: TestClient, content: bytes) -> str:
    batch = str(send(client, content).json()["id"])
    until(client, batch, "done", "failed")
    return batch


def test_who_uploads_leaves_places_to_other_sites(tmp_path: Path) -> None:
    async def asked() -> list[bool]:
        settings = who.settings_with_both(tmp_path, batch_uploads=4)
        store = Store(tmp_path)
        store.prepare()
        room = Room(settings, store, asyncio.Semaphore(4))
        async with AsyncExitStack() as held:
            found = []
            for site in ("berlin", "berlin", "berlin", "basel", "basel", "lyon"):
                try:
                    await held.enter_async_context(room.for_upload(site))
                except BatchRequestError:
                    found.append(False)
                else:
                    found.append(True)
        async with room.for_upload("lyon"):
            return found

    assert asyncio.run(asked()) == [True, True, False, True, True, False]
