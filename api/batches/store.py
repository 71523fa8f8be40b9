"""The folder of the batches: accepts, lists, finds and removes them; several workers share it by locks.

`sites/SITE/ID` is a batch, `open/ID~SITE` says that it has not ended, `uploads` is what still comes in, `deleted`
what is being removed, `slots` are the places for processes. A batch appears by one rename.
"""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from api.batches.errors import BatchRequestError, RecordDamaged, key_reused, not_there
from api.batches.files import Lock, make_folder, read_json, sync_folder, write_json
from api.batches.kept import BATCH, LOCK, KeptBatch, files_of, forget_what_was_read
from api.batches.model import BATCH_ID, Batch, new_id
from api.logs import log
from api.security.principal import SITE

_OPEN_NAME = re.compile(rf"({BATCH_ID.pattern})~({SITE.pattern})")
_KEYS, _ACCEPTING = ".keys", ".accepting"


class Store:
    """Everything under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sites = folder / "sites"
        self._open = folder / "open"
        self._uploads = folder / "uploads"
        self._deleted = folder / "deleted"
        self._slots = folder / "slots"
        self._told: set[Path] = set()

    def prepare(self) -> None:
        """Makes the folders, and cleans up after whoever was stopped half-way."""
        for each in (self.sites, self._open, self._uploads, self._deleted, self._slots):
            make_folder(each)
        self.clean_up()
        for site, batch_id in self._every():
            if self.batch(site, batch_id).end() is None:
                self._mark_open(site, batch_id)

    def clean_up(self) -> None:
        """Removes uploads that nobody sends any more, and what was to be deleted."""
        with self._alone():
            for folder in self._uploads.iterdir():
                lock = Lock.take(folder / LOCK)
                if lock is not None:
                    with lock:
                        shutil.rmtree(folder, ignore_errors=True)
        for folder in self._deleted.iterdir():
            shutil.rmtree(folder, ignore_errors=True)

    # Accepting -------------------------------------------------------------------------------

    def upload(self) -> tuple[Path, Lock]:
        """A new folder for what comes in, and the lock that says it is still coming."""
        folder = self._uploads / new_id()
        with self._alone():  # else it could be taken for one that nobody sends any more
            folder.mkdir(mode=0o700)
            lock = Lock.take(folder / LOCK)
        assert lock is not None  # nobody else knows the name
        return folder, lock

    def _alone(self) -> Lock:
        lock = Lock.take(self.folder / "uploading", wait=True)
        assert lock is not None  # its file is never removed
        return lock

    def accept(self, folder: Path, batch: Batch) -> Batch:
        """Makes a batch of an upload; the earlier one where the same request came before.

        What this returns is on disk, and will be screened whatever happens.
        """
        site = make_folder(self.sites / batch.site)
        accepting = Lock.take(site / _ACCEPTING, wait=True)
        assert accepting is not None  # its file is never removed
        with accepting:
            if earlier := self._earlier(batch):
                kept = self.batch(batch.site, earlier.id)
                if kept.end() is None:
                    self.reopen(kept)  # whoever sent it first may have been stopped short of this
                return earlier
            write_json(folder / BATCH, batch.document())
            if batch.key_hash:
                keys = make_folder(site / _KEYS)
                write_json(keys / batch.key_hash, {"id": batch.id})
            folder.rename(site / batch.id)
            try:
                sync_folder(site)
                sync_folder(self.sites)
                self._mark_open(batch.site, batch.id)
            except OSError:
                (site / batch.id).rename(folder)  # its sender is told that nothing was accepted
                forget_what_was_read()
                raise
        return batch

    def _earlier(self, batch: Batch) -> Batch | None:
        """The batch that the same idempotency key made, if it is still there."""
        if batch.key_hash is None:
            return None
        found = read_json(self.sites / batch.site / _KEYS / batch.key_hash)
        if found is None:
            return None
        earlier = self.batch(batch.site, str(found["id"]))
        if not earlier.exists:
            return None
        if earlier.batch.request_hash != batch.request_hash:
            raise key_reused()
        return earlier.batch

    # Finding ---------------------------------------------------------------------------------

    def batch(self, site: str, batch_id: str) -> KeptBatch:
        """The batch of this name, which may not be there."""
        return KeptBatch(self.sites / site / batch_id)

    def find(self, site: str, batch_id: str) -> KeptBatch:
        """A batch of a site; raises for whatever is no batch of this site."""
        if BATCH_ID.fullmatch(batch_id) and SITE.fullmatch(site):
            found = self.batch(site, batch_id)
            if found.exists:
                return found
        raise not_there()

    def page(
        self, site: str, *, limit: int, before: str | None
    ) -> tuple[list[KeptBatch], str | None]:
        """A site's batches, newest first, and the last of them if there are more."""
        ids = sorted(self._ids(site), reverse=True)
        rest = [each for each in ids if before is None or each < before]
        shown = [self.batch(site, each) for each in rest[:limit]]
        return list(filter(self._can_be_shown, shown)), rest[limit - 1] if len(
            rest
        ) > limit else None

    def _can_be_shown(self, kept: KeptBatch) -> bool:
        """Whether nothing of it is damaged; what is would hide all others."""
        try:
            kept.shown()
        except BatchRequestError:
            return False  # it was removed just now
        except (RecordDamaged, OSError):
            if kept.path not in self._told:
                self._told.add(kept.path)
                log("batch_damaged", logging.ERROR, batch=kept.path.name)
            return False
        return True

    def _ids(self, site: str) -> list[str]:
        try:
            return list(filter(BATCH_ID.fullmatch, _names(self.sites / site)))
        except FileNotFoundError:
            return []

    def _every(self) -> Iterator[tuple[str, str]]:
        for site in _names(self.sites):
            for batch_id in self._ids(site):
                yield site, batch_id

    def every(self) -> Iterator[KeptBatch]:
        """All batches of all sites."""
        return (self.batch(*each) for each in self._every())

    def bytes_of(self, site: str) -> int:
        """How much a site takes up on the disk: batches with their results, and tables being prepared."""
        folders = (self.sites / site, self.folder / "drafts" / site)
        return sum(sum(files_of(each).values()) for each in folders)

    # Waiting ---------------------------------------------------------------------------------

    def open_batches(self) -> list[KeptBatch]:
        """Batches that have not ended, the oldest first."""
        found = filter(None, map(_OPEN_NAME.fullmatch, sorted(_names(self._open))))
        return [self.batch(match[2], match[1]) for match in found]

    def _mark_open(self, site: str, batch_id: str) -> None:
        path = self._open / f"{batch_id}~{site}"
        if not path.exists():
            path.touch(mode=0o600)
            sync_folder(self._open)

    def reopen(self, kept: KeptBatch) -> None:
        """Puts a batch that had ended among those that wait."""
        self._mark_open(kept.site, kept.path.name)

    def close(self, kept: KeptBatch) -> None:
        """Takes a batch from among those that wait."""
        name = f"{kept.path.name}~{kept.site}"
        (self._open / name).unlink(missing_ok=True)

    def slot(self, count: int) -> Lock | None:
        """A place for one more process; None if so many run already."""
        for number in range(count):
            if lock := Lock.take(self._slots / str(number)):
                return lock
        return None

    # Removing --------------------------------------------------------------------------------

    def remove(self, kept: KeptBatch) -> None:
        """Takes a batch away with all its files; its lock must be held. Raises OSError, and it stays."""
        key_hash = _key_hash(kept)
        gone = self._set_aside(kept.path)
        with suppress(OSError):  # a runner closes what is not there
            self.close(kept)  # only now: one that stays still waits for its turn
        if key_hash:
            with suppress(OSError):  # it leads to no batch
                (kept.path.parent / _KEYS / key_hash).unlink(missing_ok=True)
        shutil.rmtree(gone, ignore_errors=True)

    def discard(self, folder: Path) -> None:
        """Takes a folder of tables away with all its files; its lock must be held. Raises OSError, and it stays."""
        shutil.rmtree(self._set_aside(folder), ignore_errors=True)

    def _set_aside(self, folder: Path) -> Path:
        """From here on it is gone: what cannot be removed now is cleaned up later."""
        gone = self._deleted / folder.name
        folder.rename(gone)
        with suppress(OSError):  # nobody finds it any more, whatever the disk says of it
            sync_folder(folder.parent)
        return gone


def _key_hash(kept: KeptBatch) -> str | None:
    """The key it was sent under; where that cannot be read, its name leads to no batch once this is gone."""
    try:
        return kept.batch.key_hash
    except RecordDamaged:
        return None


def _names(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]
