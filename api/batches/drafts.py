"""Tables that were sent to be looked at first: kept for a day, and then screened as they were prepared or forgotten.

`drafts/SITE/ID` is one. Screening it makes a batch of the same id by one rename, so that it happens once.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from api.batches.errors import (
    BatchRequestError,
    RecordDamaged,
    StorageError,
    UploadError,
    is_running,
    not_there,
)
from api.batches.files import FILE, Lock, make_folder, read_json, sync_folder, write_json
from api.batches.kept import LOCK, MAPPING, TABLE
from api.batches.model import BATCH_ID, Batch, Choices, new_id, now
from api.batches.receive import Sender, coming_in, taken_in, to_its_end
from api.batches.store import Store
from api.batches.upload import Upload, no_room
from api.log.entry import sha256
from api.logs import log
from api.security.principal import SITE
from eligibility.intake.mapping import MAX_MAPPING_BYTES

KEPT_HOURS = 24
MOST_PER_SITE = 50
_DRAFT = "draft.json"
_WAIT_SECONDS = 10.0
_FIELDS = frozenset({"csrf", "trial", "as_of", "planned_start"})


@dataclass(frozen=True, slots=True)
class Preparation:
    """A table with what was chosen for it so far, as it was typed."""

    id: str
    site: str
    actor: str
    created_at: str
    name: str
    table_bytes: int
    table_sha256: str
    trial: str = ""
    profile: str = ""
    as_of: str = ""
    planned_start: str = ""
    encoding: str = ""
    """What was chosen; empty to take what was found."""
    guessed: str = ""
    """What the text is most likely written in, where it is not UTF-8."""
    delimiter: str = ""
    sheet: str = ""
    mapping: dict[str, Any] = field(default_factory=dict)
    """What is chosen for the columns: the fields of a draft of a mapping."""

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """The preparation that a document was made of. Raises RecordDamaged."""
        try:
            return cls(**document)
        except TypeError:
            raise RecordDamaged from None


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A draft by the folder it is kept in."""

    path: Path

    @property
    def table(self) -> Path:
        """The table as it was sent."""
        return self.path / TABLE

    @property
    def given_mapping(self) -> Path | None:
        """The mapping that was sent with it."""
        path = self.path / MAPPING
        return path if path.is_file() else None

    def preparation(self) -> Preparation:
        """What was chosen so far."""
        document = read_json(self.path / _DRAFT)
        if document is None:
            raise not_there()
        return Preparation.of(document)

    def save(self, preparation: Preparation) -> None:
        """Keep what was chosen."""
        try:
            write_json(self.path / _DRAFT, asdict(preparation))
        except FileNotFoundError:
            raise not_there() from None
        except OSError:
            raise no_room() from None


class Drafts:
    """The drafts of all sites, beside the batches that they become."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._folder = store.folder / "drafts"
        self._told: set[Path] = set()

    async def receive(
        self, body: AsyncIterator[bytes], boundary: bytes, sender: Sender
    ) -> KeptDraft:
        """Takes a table in; what this returns is on disk."""
        async with coming_in(self._store, boundary, texts=_FIELDS) as upload:
            await taken_in(upload, body)
            return await to_its_end(self._accepted, upload, sender)

    def _accepted(self, upload: Upload, sender: Sender) -> KeptDraft:
        upload.finish()
        if len(self.of_site(sender.site)) >= MOST_PER_SITE:
            raise UploadError(
                "the site has as many prepared tables as are kept",
                code="too_many_drafts",
                hint="discard those that are not needed",
            )
        if not upload.has_mapping:
            (upload.folder / MAPPING).unlink(missing_ok=True)
        trial, _, profile = upload.text("trial").partition("/")
        preparation = Preparation(
            new_id(),
            sender.site,
            sender.actor,
            now(),
            upload.name,
            upload.table_bytes,
            upload.table_sha256,
            trial,
            profile,
            upload.text("as_of"),
            upload.text("planned_start"),
        )
        try:
            write_json(upload.folder / _DRAFT, asdict(preparation))
            site = make_folder(self._folder / sender.site)
            upload.folder.rename(site / preparation.id)
            sync_folder(site)
        except OSError:
            raise no_room() from None
        return KeptDraft(site / preparation.id)

    def find(self, site: str, draft_id: str) -> KeptDraft | None:
        """A draft of a site; None for whatever is none of this site."""
        if not BATCH_ID.fullmatch(draft_id) or not SITE.fullmatch(site):
            return None
        kept = KeptDraft(self._folder / site / draft_id)
        return kept if (kept.path / _DRAFT).is_file() else None

    def of_site(self, site: str) -> list[KeptDraft]:
        """A site's drafts, newest first; those that are too old are forgotten."""
        self._forget_in_time(site)
        names = sorted(filter(BATCH_ID.fullmatch, self._names(site)), reverse=True)
        return [kept for name in names if (kept := self.find(site, name))]

    def listed(self, site: str) -> list[Preparation]:
        """What a site prepares, newest first, but what is damaged, or was screened or removed just now."""
        found = []
        for kept in self.of_site(site):
            try:
                found.append(kept.preparation())
            except BatchRequestError:
                continue
            except RecordDamaged as error:
                if kept.path not in self._told:
                    self._told.add(kept.path)
                    log("draft_damaged", logging.ERROR, batch=kept.path.name, code=error.code)
        return found

    def remove(self, kept: KeptDraft) -> None:
        """Forget a draft with its table: once this returns it is gone; raises EligibilityError if it stays."""
        until = time.monotonic() + _WAIT_SECONDS
        while (lock := Lock.take(kept.path / LOCK)) is None:
            if not kept.path.exists():
                return
            if time.monotonic() > until:
                raise is_running()
            time.sleep(0.02)
        self._remove(kept, lock)

    def _remove(self, kept: KeptDraft, lock: Lock) -> None:
        with lock:
            try:
                self._store.discard(kept.path)
            except FileNotFoundError:
                return  # it has become a batch just now
            except OSError:
                raise StorageError(
                    "the table cannot be removed", hint="try again; the operator looks at the disk"
                ) from None

    @contextmanager
    def alone(self, kept: KeptDraft) -> Iterator[None]:
        """While this lasts nobody else changes the draft."""
        lock = Lock.take(kept.path / LOCK, wait=True)
        if lock is None:
            raise not_there()
        with lock:
            yield

    def screen(
        self, kept: KeptDraft, choices: Choices, *, actor: str, today: date, mapping: str | None
    ) -> Batch:
        """Makes a batch of a draft; the one that it has become already where somebody was quicker."""
        draft_id, site = kept.path.name, kept.path.parent.name
        lock = Lock.take(kept.path / LOCK, wait=True)
        if lock is None:
            return self._store.find(site, draft_id).batch
        with lock:
            preparation = kept.preparation()
            try:
                mapping_hash = _written(kept.path / MAPPING, mapping)
                sync_folder(kept.path)
                return self._store.accept(
                    kept.path,
                    _batch(
                        preparation, choices, actor=actor, today=today, mapping_hash=mapping_hash
                    ),
                )
            except OSError:
                raise no_room() from None

    def forget_in_time(self) -> None:
        """Removes the drafts of all sites that are too old: they are patients' data that nobody came back to."""
        if self._folder.is_dir():
            for site in self._folder.iterdir():
                self._forget_in_time(site.name)

    def _names(self, site: str) -> list[str]:
        if not SITE.fullmatch(site):
            return []
        try:
            return [each.name for each in (self._folder / site).iterdir()]
        except FileNotFoundError:
            return []

    def _forget_in_time(self, site: str) -> None:
        oldest = datetime.now(UTC) - timedelta(hours=KEPT_HOURS)
        before = f"{int(oldest.timestamp() * 1000):012x}"  # how ids begin
        for name in self._names(site):
            kept = KeptDraft(self._folder / site / name)
            is_old = BATCH_ID.fullmatch(name) and name < before
            if not is_old or (lock := Lock.take(kept.path / LOCK)) is None:
                continue  # whoever works on it is done before the next round
            try:
                self._remove(kept, lock)
            except StorageError as error:
                log("retention_failed", logging.ERROR, batch=name, code=error.code)


def _batch(
    preparation: Preparation, choices: Choices, *, actor: str, today: date, mapping_hash: str | None
) -> Batch:
    return Batch(
        id=preparation.id,
        site=preparation.site,
        actor=actor,
        created_at=now(),
        name=preparation.name,
        choices=choices,
        today=today.isoformat(),
        table_bytes=preparation.table_bytes,
        table_sha256=preparation.table_sha256,
        mapping_sha256=mapping_hash,
        request_hash=sha256(preparation.id.encode()),
    )


def _written(path: Path, mapping: str | None) -> str | None:
    path.unlink(missing_ok=True)
    if mapping is None:
        return None
    content = mapping.encode()
    if len(content) > MAX_MAPPING_BYTES:
        raise UploadError(
            f"the mapping is larger than {MAX_MAPPING_BYTES} bytes", code="mapping_too_large"
        )
    path.touch(FILE)
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    return sha256(content)
