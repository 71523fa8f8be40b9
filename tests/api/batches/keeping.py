"""Batches in a folder without any service, and what became of them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from api.batches.kept import KeptBatch
from api.batches.model import Batch, Choices, Outcome, new_id, now
from api.batches.runner import Note, Runner
from api.batches.store import Store
from api.log.entry import Kind
from api.log.reading import Search
from api.log.verify import verify
from api.log_place import open_screening_log, place_of
from api.settings import Settings
from tests.api.batches.sending import table

_ZEROS = "0" * 64
OUTCOME = Outcome(1, 0, {"eligible": 0, "ineligible": 0, "undetermined": 1}, {}, "NCT06731140", None,
                  "0" * 64, "0.1.0", None, None, "results.csv", "0" * 64, {})  # fmt: skip


def wait_for(what: Any, seconds: float = 30) -> Any:
    """Ask again and again until there is something."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def entries(settings: Settings) -> Counter[str]:
    """How many entries every batch has in the log, which must be whole."""
    log = open_screening_log(settings)
    try:
        assert verify(log.database, place_of(settings).key(), checkpoints=None).is_intact
        found = log.reader.search(Search(("local",), kind=Kind.BATCH), limit=500).entries
        return Counter(str(each.detail).partition('"batch": "')[2][:44] for each in found)
    finally:
        log.close()


def accepted(store: Store, site: str = "berlin") -> KeptBatch:
    """A batch that waits."""
    folder, lock = store.upload()
    (folder / "table").write_bytes(table(1))
    choices = Choices("NCT06731140")
    batch = Batch(new_id(), site, "key:1", now(), "t.csv", choices, "2026-11-21", 1, _ZEROS, None, _ZEROS)  # fmt: skip
    store.accept(folder, batch)
    lock.release()
    return store.find(site, batch.id)


def not_asked_for(_: KeptBatch, __: str) -> None:
    """What deletes nothing."""
    raise AssertionError("nothing is deleted")


@contextmanager
def at_work(store: Store, note: Note) -> Iterator[None]:
    """A runner that looks after the batches of a folder."""
    working = Runner(store, note, not_asked_for, processes=1, retention_days=None)
    working.start()
    try:
        yield
    finally:
        working.stop()
