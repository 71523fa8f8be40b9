"""What the disk or the screening log does not give back ends one batch, and nothing else."""

from __future__ import annotations

import errno
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from api.batches import kept as keeping
from api.batches import runner
from api.batches.errors import BatchRequestError
from api.batches.files import read_json, write_json
from api.batches.kept import KeptBatch
from api.batches.model import Batch, Choices, End, Outcome, State, new_id, now
from api.batches.store import Store
from api.log.errors import IdempotencyConflict, LogDamaged, LogError
from api.settings import Settings
from tests.api.batches.keeping import OUTCOME, accepted, at_work, entries, wait_for
from tests.api.batches.sending import AS_OF, send, service, table, until


@pytest.mark.parametrize(
    "refused", [IdempotencyConflict("used before"), LogDamaged("the head does not fit")], ids=str
)
def test_what_the_log_refuses_has_failed_until_somebody_resumes_it(
    store: Store, monkeypatch: pytest.MonkeyPatch, refused: LogError
) -> None:
    kept, calls = accepted(store), []
    kept.come_out(OUTCOME)

    def note(batch: Batch, _: Outcome) -> dict[str, object]:
        calls.append(batch.id)
        if len(calls) == 1:
            raise refused
        return {"sequence": 1}

    monkeypatch.setattr(runner, "_ROUND_SECONDS", 0.02)
    with at_work(store, note):
        wait_for(lambda: kept.state() is State.FAILED)
        kept.claim_for_removal().release()
        time.sleep(0.1)
        assert len(calls) == 1
        kept.ask_to_resume()
        store.reopen(kept)
        wait_for(lambda: kept.state() is State.DONE)
        with pytest.raises(BatchRequestError, match="done"):
            kept.ask_to_resume()

    assert len(calls) == 2
    assert store.open_batches() == []


def sent_by(store: Store) -> tuple[Path, Batch]:
    """An upload that has come in, and the batch it is to be."""
    folder, lock = store.upload()
    (folder / "table").write_bytes(table(1))
    lock.release()
    made = Batch(new_id(), "berlin", "key:1", now(), "t.csv", Choices("NCT06731140"), "2026-11-21", 1,
                 "0" * 64, None, "1" * 64, "2" * 64)  # fmt: skip
    return folder, made


@pytest.mark.parametrize("step", ["sync_folder", "mark_open"])
def test_a_table_that_was_not_accepted_is_not_there(
    store: Store, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    folder, made = sent_by(store)

    def fails(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as full:
        if step == "sync_folder":
            full.setattr("api.batches.store.sync_folder", fails)
        else:
            full.setattr(store, "_mark_open", fails)
        with pytest.raises(OSError, match="full"):
            store.accept(folder, made)

    assert list(store.every()) == store.open_batches() == []
    assert store.accept(folder, made).id == made.id
    assert [kept.path.name for kept in store.open_batches()] == [made.id]


def test_a_table_sent_again_is_screened_though_the_first_sender_was_stopped(store: Store) -> None:
    folder, made = sent_by(store)
    store.accept(folder, made)
    [kept] = store.open_batches()
    store.close(kept)  # as if the process had ended before it could say that the batch waits

    again, same = sent_by(store)
    assert store.accept(again, same).id == made.id

    assert [kept.path.name for kept in store.open_batches()] == [made.id]


def test_a_table_that_has_ended_is_not_screened_again_for_being_sent_again(store: Store) -> None:
    folder, made = sent_by(store)
    store.accept(folder, made)
    [kept] = store.open_batches()
    kept.finish(End(State.CANCELLED, now()))
    store.close(kept)

    store.accept(*sent_by(store))

    assert store.open_batches() == []


def test_nobody_is_sent_to_wait_for_results_that_do_not_come(store: Store) -> None:
    def hint(kept: KeptBatch) -> str:
        with pytest.raises(BatchRequestError) as refused:
            kept.file("results.csv")
        assert refused.value.code == "batch_not_done"
        return str(refused.value.hint)

    waiting, stopped = accepted(store), accepted(store)
    stopped.finish(End(State.CANCELLED, now()))

    assert "until its state is done" in hint(waiting)
    assert "resume" in hint(stopped)


def test_many_write_one_document_at_once(tmp_path: Path) -> None:
    def write(number: int) -> None:
        write_json(tmp_path / "one.json", {"number": number, "more": "x" * 5000}, durable=False)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(400)))

    found = read_json(tmp_path / "one.json")
    assert found is not None
    assert found["number"] in range(400)
    assert [each.name for each in tmp_path.iterdir()] == ["one.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"a": 1}', b"\xff"])
@pytest.mark.parametrize("name", ["batch.json", "outcome.json", "end.json"])
def test_one_damaged_file_ends_its_batch_and_holds_up_no_other(
    store: Store, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes
) -> None:
    bad, good = accepted(store), accepted(store)
    keeping._read.cache_clear()
    (bad.path / name).write_bytes(content)
    good.come_out(OUTCOME)
    Store(store.folder).prepare()

    monkeypatch.setattr(runner, "_ROUND_SECONDS", 0.02)
    with at_work(store, lambda *_: {"sequence": 1}):
        wait_for(lambda: good.state() is State.DONE)
        wait_for(lambda: not store.open_batches())

    end = bad.end()
    assert end is not None
    assert end.problem is not None
    assert (end.state, end.problem["code"]) == (State.FAILED, "record_damaged")
    listed = [each.path for each in store.page("berlin", limit=9, before=None)[0]]
    assert listed == ([good.path] if name == "batch.json" else [good.path, bad.path])
    if name != "batch.json":
        bad.ask_to_resume()
        assert bad.state() is State.WAITING
    with bad.claim_for_removal():
        store.remove(bad)
    assert not bad.exists


@pytest.mark.parametrize("name", ["progress.json", "deaths.json"])
def test_what_only_counts_may_be_damaged(store: Store, name: str) -> None:
    bad = accepted(store)
    bad.begin()
    (bad.path / name).write_bytes(b"")

    assert bad.shown()["progress"]["rows"] == 0
    assert bad.died() == 1
    assert bad.died() == 2


def test_a_damaged_batch_stops_neither_the_list_nor_the_metrics_nor_the_start(
    tmp_path: Path,
) -> None:
    with service(tmp_path) as client:
        *ids, unwanted = [send(client, table(2)).json()["id"] for _ in range(4)]
        for each in (*ids, unwanted):
            until(client, each, "done")
    sites = tmp_path / "batches" / "sites" / "local"
    for each in (ids[0], unwanted):
        (sites / each / "outcome.json").write_bytes(b"")
    (sites / ids[1] / "batch.json").write_bytes(b"")
    keeping._read.cache_clear()

    with service(tmp_path) as client:
        listed = client.get("/v1/batches").json()["batches"]
        assert [each["id"] for each in listed] == [ids[2]]
        assert client.get("/metrics").status_code == 200
        for each in ids[:2]:
            answer = client.get(f"/v1/batches/{each}")
            assert (answer.status_code, answer.json()["code"]) == (500, "record_damaged")
        assert client.post(f"/v1/batches/{ids[0]}/resume").status_code == 202
        assert until(client, ids[0], "done", "failed")["state"] == "done"
        for each in (ids[1], unwanted):
            assert client.delete(f"/v1/batches/{each}").status_code == 204

    assert entries(Settings(data_folder=tmp_path)) == dict.fromkeys([*ids, unwanted], 1)


def test_a_callers_key_is_never_the_key_of_a_batch(tmp_path: Path) -> None:
    with service(tmp_path / "data", batch_processes=1) as client:
        batch = send(client, table(1500, slow=True)).json()["id"]
        answers = [
            client.post(
                "/v1/screenings",
                json={},
                params=AS_OF,
                headers={"Idempotency-Key": f"batch{sign}{batch}"},
            ).status_code
            for sign in (":", " ", "%20")
        ]
        assert until(client, batch, "done", "failed")["state"] == "done"

    assert answers == [200, 422, 200]
    assert entries(Settings(data_folder=tmp_path / "data")) == {batch: 1}
