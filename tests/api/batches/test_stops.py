"""Whatever is stopped, killed or asked to stop: nothing acknowledged is lost, nothing comes out twice or otherwise."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.batches import runner
from api.batches.files import Lock, write_json
from api.batches.kept import KeptBatch
from api.batches.model import Batch, End, Outcome, State, now
from api.batches.runner import Runner
from api.batches.store import Store
from api.log.errors import LogUnavailable
from api.settings import Settings
from tests.api.batches.keeping import OUTCOME, accepted, at_work, entries, not_asked_for, wait_for
from tests.api.batches.sending import by_the_library, fetched, send, service, table, until
from tests.api.door.server import Server, running

SLOW = table(1500, slow=True)


def processes(folder: Path) -> list[int]:
    """The processes of batches under a folder."""
    found = []
    for place in Path("/proc").iterdir():
        try:
            line = (place / "cmdline").read_bytes() if place.name.isdigit() else b""
        except OSError:
            continue
        if b"api.batches.child" in line and str(folder).encode() in line:
            found.append(int(place.name))
    return found


@contextmanager
def calling(server: Server) -> Iterator[Any]:
    with httpx2.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=30) as client:
        yield client


def test_a_killed_process_is_followed_by_another_and_the_bytes_are_the_same(tmp_path: Path) -> None:
    with service(tmp_path / "data") as client:
        batch = send(client, SLOW).json()["id"]
        [process] = wait_for(lambda: processes(tmp_path))
        kept = tmp_path / "data" / "batches" / "sites" / "local" / batch
        wait_for((kept / ".out.run/state/checkpoint.json").exists)
        os.kill(process, signal.SIGKILL)
        shown = until(client, batch, "done", "failed")
        files = fetched(client, shown)

    assert files == by_the_library(tmp_path / "own", SLOW)
    assert entries(Settings(data_folder=tmp_path / "data")) == {batch: 1}


def test_a_killed_service_takes_its_processes_along_and_goes_on_after_its_start(
    tmp_path: Path,
) -> None:
    tables = [SLOW, table(50), table(700, slow=True, seed=3)]
    with running(tmp_path, WORKERS=2) as server, calling(server) as client:
        ids = [send(client, each).json()["id"] for each in tables]
        wait_for(lambda: processes(tmp_path))
        os.killpg(server.process.pid, signal.SIGKILL)
    wait_for(lambda: not processes(tmp_path))

    with running(tmp_path, WORKERS=2) as server, calling(server) as client:
        shown = [until(client, each, "done", "failed") for each in ids]
        files = [fetched(client, each) for each in shown]
        assert server.stops()

    own = [by_the_library(tmp_path / f"own{n}", each) for n, each in enumerate(tables)]
    assert files == own
    assert entries(Settings(data_folder=tmp_path / "data")) == dict.fromkeys(ids, 1)


def test_a_service_that_stops_in_good_order_leaves_no_process(tmp_path: Path) -> None:
    with service(tmp_path / "data") as client:
        batch = send(client, SLOW).json()["id"]
        wait_for(lambda: processes(tmp_path))
    assert processes(tmp_path) == []

    kept = Store(tmp_path / "data" / "batches").find("local", batch)
    assert kept.state() is State.INTERRUPTED


def test_a_batch_can_be_stopped_and_gone_on_with(tmp_path: Path) -> None:
    with service(tmp_path / "data", batch_processes=1) as client:
        first, second = (send(client, SLOW).json()["id"] for _ in range(2))
        wait_for(lambda: processes(tmp_path))
        assert client.delete(f"/v1/batches/{first}").json()["code"] == "batch_running"
        assert client.get(f"/v1/batches/{second}").json()["state"] == "waiting"
        counted = client.get("/metrics").text
        stopped = [client.post(f"/v1/batches/{each}/cancel") for each in (second, first)]
        assert [each.status_code for each in stopped] == [200] * 2
        assert stopped[0].json()["state"] == "cancelled"
        until(client, first, "cancelled")  # its process sees the mark in its own time
        wait_for(lambda: not processes(tmp_path))
        again = client.post(f"/v1/batches/{first}/cancel")
        gone_on = client.post(f"/v1/batches/{first}/resume")
        shown = until(client, first, "done", "failed")
        files = fetched(client, shown)
        late = [client.post(f"/v1/batches/{first}/{step}") for step in ("cancel", "resume")]
        assert client.get(f"/v1/batches/{second}").json()["state"] == "cancelled"

    assert 'eligibility_batches_open{state="waiting"} 1.0' in counted
    assert 'eligibility_batches_open{state="running"} 1.0' in counted
    assert (again.status_code, gone_on.status_code) == (200, 202)
    assert {each.json()["code"] for each in late} == {"batch_ended"}
    assert files == by_the_library(tmp_path / "own", SLOW)
    assert entries(Settings(data_folder=tmp_path / "data")) == {first: 1}


def test_what_is_deleted_is_gone_from_the_disk(tmp_path: Path) -> None:
    content = table(5) + b"Zaphodia-1,female,50,1,\n"
    with service(tmp_path) as client:
        batch = send(client, content, key="k").json()["id"]
        until(client, batch, "done")
        assert client.delete(f"/v1/batches/{batch}").status_code == 204
        assert client.get(f"/v1/batches/{batch}").status_code == 404
        assert client.delete(f"/v1/batches/{batch}").status_code == 404
        left = [p for p in tmp_path.rglob("*") if p.is_file() and b"Zaphodia" in p.read_bytes()]
        assert left == []
        last = client.get("/v1/log", params={"kind": "configuration"}).json()["entries"]
        assert [(each["actor"], each["detail"]) for each in last] == [
            ("local", {"event": "batch_deleted", "batch": batch, "rows": 6, "entry": 1})
        ]
        assert not [p for p in tmp_path.rglob("*") if batch in p.name]
        new = send(client, content, key="k")

    assert new.status_code == 202
    assert new.json()["id"] != batch


def test_tables_are_kept_as_long_as_the_setting_says(tmp_path: Path) -> None:
    with service(tmp_path) as client:
        old, young = (send(client, table(2)).json()["id"] for _ in range(2))
        for each in (old, young):
            until(client, each, "done")
    kept = Store(tmp_path / "batches").find("local", old)
    end = kept.end()
    assert end is not None
    kept.finish(replace(end, at="2025-01-01T00:00:00+00:00"))

    with service(tmp_path, batch_retention_days=30) as client:
        wait_for(lambda: client.get(f"/v1/batches/{old}").status_code == 404)
        assert client.get(f"/v1/batches/{young}").json()["state"] == "done"


# Without any service ---------------------------------------------------------------------------


def no_note(_: Batch, __: Outcome) -> dict[str, object]:
    raise AssertionError("nothing is done")


def test_a_process_that_keeps_dying_ends_the_batch_until_somebody_resumes_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = accepted(store)
    started = []

    def dies(_: KeptBatch, *locks: Lock) -> subprocess.Popen[bytes]:
        started.append(1)
        handles = [each.handle for each in locks]
        return subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE, pass_fds=handles)

    monkeypatch.setattr(runner, "_started", dies)
    monkeypatch.setattr(runner, "_ROUND_SECONDS", 0.02)
    working = Runner(store, no_note, not_asked_for, processes=1, retention_days=None)
    working.start()
    wait_for(lambda: kept.state() is State.FAILED)
    time.sleep(0.2)
    working.stop()

    assert len(started) == 3
    end = kept.end()
    assert end is not None
    assert end.problem is not None
    assert end.problem["code"] == "process_died"
    assert store.open_batches() == []
    kept.ask_to_resume()
    assert kept.state() is State.WAITING


def test_rules_that_changed_under_the_service_screen_nothing_until_it_has_read_them(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = accepted(store)
    with monkeypatch.context() as earlier:
        earlier.setattr(runner, "_rules_served", lambda _: "0" * 64)
        with at_work(store, no_note):
            wait_for(lambda: kept.state() is State.FAILED)

    end = kept.end()
    assert end is not None
    assert end.problem is not None
    assert end.problem["code"] == "rules_changed"
    assert not kept.has_come_out
    kept.ask_to_resume()
    with at_work(store, lambda _, outcome: {"sequence": outcome.rows}):
        wait_for(lambda: kept.state() is State.DONE)


def test_results_are_given_out_once_the_log_has_their_entry(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, calls = accepted(store), []
    kept.come_out(OUTCOME)

    def note(batch: Batch, _: Outcome) -> dict[str, object]:
        calls.append(batch.id)
        if len(calls) < 3:
            raise LogUnavailable("it is locked")
        assert kept.state() is State.RUNNING
        return {"sequence": 1}

    monkeypatch.setattr(runner, "_ROUND_SECONDS", 0.02)
    monkeypatch.setattr(runner, "_RETRY_SECONDS", 0.05)
    working = Runner(store, note, not_asked_for, processes=1, retention_days=None)
    working.start()
    wait_for(lambda: kept.state() is State.DONE)
    working.stop()

    assert calls == [kept.path.name] * 3


def test_batches_wait_in_their_order_and_places_are_shared(store: Store) -> None:
    ids = [accepted(store, site).path.name for site in ("berlin", "basel", "berlin")]
    other = Store(store.folder)

    assert [each.path.name for each in other.open_batches()] == ids
    held = [store.slot(2), other.slot(2)]
    assert all(held)
    assert store.slot(2) is None
    for each in held:
        assert isinstance(each, Lock)
        each.release()
    assert store.slot(2) is not None


def test_one_lock_is_one_workers(store: Store) -> None:
    kept = accepted(store)
    lock = kept.lock()

    assert lock is not None
    assert kept.lock() is None
    assert kept.state() is State.RUNNING
    lock.release()
    assert kept.state() is State.WAITING


def test_a_start_takes_up_what_was_accepted_and_removes_what_was_not(store: Store) -> None:
    kept, ended = accepted(store), accepted(store)
    ended.finish(End(State.CANCELLED, now()))
    for each in (kept, ended):
        store.close(each)
    coming, lock = store.upload()
    left, gone = store.upload()
    (left / "table").write_bytes(b"x")
    gone.release()

    Store(store.folder).prepare()

    assert [each.path for each in store.open_batches()] == [kept.path]
    assert coming.exists()
    assert not left.exists()
    lock.release()


def refuses(*_: object) -> None:
    """What a disk says that is full."""
    raise OSError("no room")


@pytest.mark.parametrize(("owner", "step"), [(os, "fsync"), (Path, "replace")])
def test_a_file_is_replaced_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, step: str
) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"a": 1})

    monkeypatch.setattr(owner, step, refuses)
    with pytest.raises(OSError, match="no room"):
        write_json(path, {"a": 2})

    assert path.read_text() == '{"a": 1}'
    assert [each.name for each in tmp_path.iterdir()] == ["a.json"]


def test_what_is_no_json_replaces_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"a": 1})

    with pytest.raises(ValueError, match="Out of range"):
        write_json(path, {"a": float("nan")})

    assert path.read_text() == '{"a": 1}'
    assert [each.name for each in tmp_path.iterdir()] == ["a.json"]


# On the wire -----------------------------------------------------------------------------------


def upload_head(size: int) -> bytes:
    return (
        b"POST /v1/batches?as_of=2026-11-21 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        b"Content-Type: multipart/form-data; boundary=X\r\nContent-Length: %d\r\n\r\n" % size
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("wire"), RECEIVE_SECONDS=1, HANDLE_SECONDS=2) as server:
        yield server


def body(content: bytes) -> bytes:
    head = b'--X\r\nContent-Disposition: form-data; name="table"\r\n\r\n'
    return head + content + b"\r\n--X--\r\n"


def test_a_long_upload_may_be_slow_but_not_still(server: Server) -> None:
    """At a tenth of the pace that other requests must have, and four times as long as they may take."""
    content = body(table(900))
    pieces = [content[at : at + 1200] for at in range(0, len(content), 1200)]

    slow = server.send(upload_head(len(content)), *pieces, pause=0.2, timeout=30)
    began = time.monotonic()
    still = server.send(upload_head(len(content)), content[:3000], timeout=30)

    assert slow.startswith(b"HTTP/1.1 202"), slow
    assert still.startswith((b"HTTP/1.1 503", b"HTTP/1.1 408"))
    assert 1 < time.monotonic() - began < 10


def test_a_client_that_goes_leaves_nothing(server: Server) -> None:
    content = body(table(200))
    uploads = server.log.parent / "data" / "batches" / "uploads"
    for size in (0, 10, 60, 500, len(content) - 1):
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(upload_head(len(content)) + content[:size])
            time.sleep(0.1)
    wait_for(lambda: not list(uploads.iterdir()))

    assert not [line for line in server.lines() if line["event"] == "fault"]
