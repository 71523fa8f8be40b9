"""What is deleted by hand or in time is gone; what cannot be deleted is said, and hides nothing else."""

from __future__ import annotations

import errno
import json
import logging
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from api.batches import drafts as drafting
from api.batches import files, runner
from api.batches import store as store_module
from api.batches.drafts import Drafts, KeptDraft, Preparation
from api.batches.errors import BatchRequestError, StorageError, is_running, not_there
from api.batches.files import Lock, make_folder
from api.batches.kept import KeptBatch
from api.batches.mappings import SavedMappings
from api.batches.model import Batch, Choices, End, Outcome, State, new_id
from api.batches.runner import Runner
from api.batches.store import Store
from api.log.errors import LogDamaged, LogUnavailable
from eligibility.errors import EligibilityError
from tests.api.batches.keeping import accepted, wait_for
from tests.api.batches.sending import done, service, table

LONG_AGO = "2025-01-01T00:00:00+00:00"
SITE = "berlin"


def no_note(_: Batch, __: Outcome) -> dict[str, object]:
    raise AssertionError("nothing is done")


def told(caplog: pytest.LogCaptureFixture, event: str) -> list[dict[str, object]]:
    """The fields of every line of an event."""
    lines = [each for each in caplog.records if each.getMessage() == event]
    return [vars(each)["fields"] for each in lines]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "eligibility.service")
    return caplog


# Batches by hand -------------------------------------------------------------------------------


def refusing(store: Path) -> Path:
    """A store that takes nothing away: the place for what is deleted is no folder."""
    deleted = store / "deleted"
    shutil.rmtree(deleted)
    deleted.touch()
    return deleted


def test_a_deletion_that_the_disk_refuses_is_said_so_and_logged_once(tmp_path: Path) -> None:
    with service(tmp_path) as client:
        batch = done(client, table(3))["id"]
        place = f"/v1/batches/{batch}"
        deleted = refusing(tmp_path / "batches")
        refused = [client.delete(place) for _ in range(3)]
        still = client.get(f"{place}/results")
        deleted.unlink()
        deleted.mkdir()
        gone = client.delete(place)
        logged = client.get("/v1/log", params={"kind": "configuration"}).json()["entries"]

    assert [each.status_code for each in refused] == [503] * 3
    assert {each.json()["title"] for each in refused} == {"the batch cannot be removed"}
    assert still.status_code == 200
    assert gone.status_code == 204
    assert [each["detail"] for each in logged] == [
        {"event": "batch_deleted", "batch": batch, "rows": 3, "entry": 1}
    ]


def test_a_batch_that_the_disk_does_not_let_go_of_still_waits_for_its_turn(store: Store) -> None:
    kept = accepted(store)
    refusing(store.folder)

    with kept.claim_for_removal(), pytest.raises(NotADirectoryError):
        store.remove(kept)

    assert [each.path for each in store.open_batches()] == [kept.path]


def test_a_batch_that_is_gone_is_not_said_to_stay_and_leaves_its_key_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with service(tmp_path) as client:
        batch = done(client, table(3), key="k")["id"]
        with monkeypatch.context() as broken:
            broken.setattr(store_module, "sync_folder", failing)
            broken.setattr(Store, "close", failing)
            gone = client.delete(f"/v1/batches/{batch}")
        keys = list((tmp_path / "batches" / "sites" / "local" / ".keys").iterdir())
        shown = client.get(f"/v1/batches/{batch}")

    assert (gone.status_code, shown.status_code, keys) == (204, 404, [])


def failing(*_: object) -> None:
    """A disk that does not do what it is asked."""
    raise OSError(errno.EIO, "the disk does not answer")


# Batches in time -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "codes"),
    [(LogDamaged("the head does not fit"), ["log_damaged"]),
     (LogUnavailable("it is read-only", code="log_read_only"), ["log_read_only"]),
     (is_running(), []), (not_there(), [])],
    ids=lambda value: getattr(value, "code", ""),
)  # fmt: skip
def test_a_deletion_in_time_that_the_log_refuses_is_told_of(
    store: Store,
    lines: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    error: EligibilityError,
    codes: list[str],
) -> None:
    kept, asked = accepted(store), []
    kept.finish(End(State.CANCELLED, LONG_AGO))
    store.close(kept)

    def remove(which: KeptBatch, actor: str) -> None:
        asked.append((which.path, actor))
        raise error

    monkeypatch.setattr(runner, "_ROUND_SECONDS", 0.02)
    working = Runner(store, no_note, remove, processes=1, retention_days=30)
    working.start()
    wait_for(lambda: asked)
    working.stop()

    assert asked == [(kept.path, "retention")]
    failed = told(lines, "retention_failed")
    assert failed == [{"batch": kept.path.name, "code": each} for each in codes]
    assert told(lines, "batch_forgotten") == []


# Drafts ----------------------------------------------------------------------------------------


def draft_of(store: Store, draft_id: str = "") -> KeptDraft:
    """A table that was sent to be looked at."""
    preparation = Preparation(draft_id or new_id(), SITE, "key:1", LONG_AGO, "t.csv", 1, "0" * 64)
    kept = KeptDraft(make_folder(store.folder / "drafts" / SITE / preparation.id))
    kept.table.write_bytes(table(1))
    kept.save(preparation)
    return kept


def test_a_draft_that_somebody_works_on_is_removed_once_they_are_done(store: Store) -> None:
    kept, drafts = draft_of(store), Drafts(store)
    lock = Lock.take(kept.path / "lock")
    assert lock is not None
    removing = threading.Thread(target=drafts.remove, args=(kept,))
    removing.start()
    time.sleep(0.2)
    assert removing.is_alive()
    lock.release()
    removing.join(20)

    assert drafts.find(SITE, kept.path.name) is None
    assert list(store.folder.rglob("table")) == []
    drafts.remove(kept)  # and once more is nothing


def test_a_draft_that_is_worked_on_for_long_is_not_said_to_be_gone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafting, "_WAIT_SECONDS", 0.05)
    kept, drafts = draft_of(store), Drafts(store)

    with drafts.alone(kept), pytest.raises(BatchRequestError) as refused:
        drafts.remove(kept)

    assert refused.value.code == "batch_running"
    assert kept.table.exists()
    drafts.remove(kept)
    assert not kept.path.exists()


def test_a_draft_that_two_screen_at_once_becomes_one_batch_for_both(store: Store) -> None:
    kept, drafts = draft_of(store), Drafts(store)

    def screened(_: int) -> str:
        choices = Choices("NCT06731140")
        return drafts.screen(
            kept, choices, actor="key:1", today=date(2026, 11, 21), mapping=None
        ).id

    with ThreadPoolExecutor(2) as pool:
        with drafts.alone(kept):
            found = pool.map(screened, range(2))
            time.sleep(0.2)  # both wait for the lock, which moves away with the batch
        assert list(found) == [kept.path.name] * 2

    assert [each.path.name for each in store.every()] == [kept.path.name]


def test_a_draft_that_was_screened_while_one_waits_for_it_is_no_draft(store: Store) -> None:
    kept, drafts = draft_of(store), Drafts(store)

    def changed() -> str:
        with pytest.raises(BatchRequestError) as refused, drafts.alone(kept):
            raise AssertionError("what it has is the lock of the batch")
        return refused.value.code

    with ThreadPoolExecutor(1) as pool:
        with drafts.alone(kept):
            waiting = pool.submit(changed)
            time.sleep(0.2)
            kept.path.rename(make_folder(store.sites / SITE) / kept.path.name)
        assert waiting.result(20) == "batch_not_found"


def test_what_the_disk_does_not_remove_stays_and_is_told_of(
    store: Store, lines: pytest.LogCaptureFixture
) -> None:
    kept, old, drafts = draft_of(store), draft_of(store, "0" * 12 + new_id()[12:]), Drafts(store)
    refusing(store.folder)

    with pytest.raises(StorageError) as refused:
        drafts.remove(kept)
    listed = drafts.listed(SITE)
    drafts.forget_in_time()

    assert kept.path.name not in str(refused.value)
    assert [each.id for each in listed] == [kept.path.name, old.path.name]
    assert (
        told(lines, "retention_failed")
        == [{"batch": old.path.name, "code": "storage_unavailable"}] * 2
    )


def test_what_cannot_be_emptied_at_once_is_gone_and_emptied_later(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, drafts = draft_of(store), Drafts(store)
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", lambda *_, **__: None)
        drafts.remove(kept)
    assert drafts.find(SITE, kept.path.name) is None
    assert len(list(store.folder.rglob("table"))) == 1

    store.clean_up()

    assert list(store.folder.rglob("table")) == []


@pytest.mark.parametrize("content", [None, b"", b"[]", b'{"a": 1}'])
def test_a_draft_that_is_gone_or_damaged_hides_no_other(
    store: Store,
    lines: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes | None,
) -> None:
    good, bad, drafts = draft_of(store), draft_of(store), Drafts(store)
    found = drafts.of_site(SITE)
    if content is None:
        drafts.remove(bad)  # by a colleague, since they were counted
        monkeypatch.setattr(drafts, "of_site", lambda _: found)
    else:
        (bad.path / "draft.json").write_bytes(content)

    assert len(found) == 2
    assert [each.id for each in drafts.listed(SITE)] == [good.path.name]
    assert [each.id for each in drafts.listed(SITE)] == [good.path.name]
    damaged = [{"batch": bad.path.name, "code": "record_damaged"}] if content is not None else []
    assert told(lines, "draft_damaged") == damaged, "once, and not at every look"


def test_a_draft_that_is_gone_is_not_said_to_stay(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, drafts = draft_of(store), Drafts(store)
    monkeypatch.setattr(store_module, "sync_folder", failing)

    drafts.remove(kept)

    assert not kept.path.exists()


def test_a_lock_that_the_disk_does_not_tell_of_is_let_go_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(files, "_is_at", failing)
        with pytest.raises(OSError, match="does not answer"):
            Lock.take(tmp_path / "lock")

    assert not files.is_held(tmp_path / "lock")


# Saved mappings --------------------------------------------------------------------------------

MAPPING = {"id": "No", "columns": {"ECOG": ["ecog"]}}
SAVED = {"name": "bad", "actor": "key:1", "saved_at": LONG_AGO, "document": MAPPING}
DAMAGED = {
    "empty": b"",
    "cut": b"{",
    "a list": b"[]",
    "nothing in it": b"{}",
    "another field": json.dumps({**SAVED, "more": 1}).encode(),
    "no name": json.dumps({**SAVED, "name": 1}).encode(),
    "no time": json.dumps({**SAVED, "saved_at": "soon"}).encode(),
    "no mapping": json.dumps({**SAVED, "document": [1]}).encode(),
    "columns of numbers": json.dumps({**SAVED, "document": {"as_of": [1]}}).encode(),
    "columns that are none": json.dumps({**SAVED, "document": {"columns": 1}}).encode(),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_mapping_hides_no_other_and_can_be_replaced_or_removed(
    tmp_path: Path, lines: pytest.LogCaptureFixture, content: bytes
) -> None:
    mappings = SavedMappings(tmp_path)
    bad = mappings.save(SITE, "bad", MAPPING, actor="key:1")
    good = mappings.save(SITE, "good", MAPPING, actor="key:1")
    path = tmp_path / SITE / f"{bad.key}.json"
    assert {**asdict(bad), "saved_at": LONG_AGO} == SAVED

    path.write_bytes(content)
    assert [mappings.of_site(SITE), mappings.of_site(SITE)] == [[good], [good]]
    assert told(lines, "mapping_damaged") == [{"site": SITE, "code": "record_damaged"}]
    again = mappings.save(SITE, "bad", MAPPING, actor="key:1")
    assert mappings.of_site(SITE) == [again, good]
    path.write_bytes(content)
    mappings.remove(SITE, bad.key)
    assert not path.exists()


@pytest.mark.parametrize("key", ["", "../good", "²" * 32, "A" * 32])
def test_what_is_no_key_removes_nothing(tmp_path: Path, key: str) -> None:
    mappings = SavedMappings(tmp_path)
    saved = mappings.save(SITE, "good", MAPPING, actor="key:1")

    mappings.remove(SITE, key)

    assert mappings.find(SITE, key) is None
    assert mappings.of_site(SITE) == [saved]
