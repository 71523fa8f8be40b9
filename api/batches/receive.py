"""Takes in a batch: the body goes to the disk as it comes, is checked, and is accepted or leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from api.batches.errors import UploadError
from api.batches.files import sync_folder
from api.batches.kept import MAPPING
from api.batches.model import Batch, Choices, new_id, now
from api.batches.store import Store
from api.batches.upload import TEXTS, Upload, no_room
from api.log.entry import sha256
from eligibility.intake.mapping import read_mapping

_AT_ONCE = 1 << 20
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a batch, for which site, and under which key if any."""

    actor: str
    site: str
    idempotency_key: str | None = None

    def key_hash(self) -> str | None:
        """The key as a name that says nothing of it."""
        if self.idempotency_key is None:
            return None
        return sha256(json.dumps([self.site, self.actor, self.idempotency_key]).encode())


async def receive(
    store: Store,
    body: AsyncIterator[bytes],
    boundary: bytes,
    *,
    choices: Choices,
    sender: Sender,
    today: date,
) -> Batch:
    """The batch that was accepted, safe on disk; rows that name no day are judged as of today."""
    async with coming_in(store, boundary) as upload:
        await taken_in(upload, body)
        return await to_its_end(_accepted, store, upload, choices, sender, today)


@asynccontextmanager
async def coming_in(
    store: Store, boundary: bytes, *, texts: frozenset[str] = TEXTS
) -> AsyncIterator[Upload]:
    """An upload; what was accepted has moved away by its end, and what was not is removed, whenever it is given up."""
    held = ExitStack()
    try:
        yield await to_its_end(_begun, store, boundary, texts, held)
    finally:
        await to_its_end(held.close)


def _begun(store: Store, boundary: bytes, texts: frozenset[str], held: ExitStack) -> Upload:
    """An upload; what it takes is held by another, for a request that is given up meanwhile never sees it."""
    try:
        folder, lock = store.upload()
    except OSError:
        raise no_room() from None
    held.enter_context(lock)
    held.callback(shutil.rmtree, folder, ignore_errors=True)
    upload = Upload(folder, boundary, texts=texts)
    held.callback(upload.close)
    return upload


async def taken_in(upload: Upload, body: AsyncIterator[bytes]) -> None:
    """In pieces that are worth a thread; what arrives meanwhile waits with the sender."""
    waiting = bytearray()
    async for piece in body:
        waiting += piece
        if len(waiting) >= _AT_ONCE:
            await to_its_end(upload.feed, bytes(waiting))
            waiting.clear()
    await to_its_end(upload.feed, bytes(waiting))


async def to_its_end(step: Callable[..., Result], *given: object) -> Result:
    """A step in a thread; a request that is given up waits for it, so that nothing is removed under its hands."""
    task = asyncio.ensure_future(asyncio.to_thread(step, *given))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):  # it may be given up more than once
                await asyncio.wait([task])
        raise


def _accepted(store: Store, upload: Upload, choices: Choices, sender: Sender, today: date) -> Batch:
    try:
        upload.finish()
        choices = replace(choices, sheet=upload.sheet)
        if upload.mapping_sha256:
            _check_mapping(upload.folder / MAPPING)
        batch = _batch(upload, choices, sender, today)
        sync_folder(upload.folder)
        return store.accept(upload.folder, batch)
    except OSError:
        raise no_room() from None


def _batch(upload: Upload, choices: Choices, sender: Sender, today: date) -> Batch:
    # The day counts only where the request names none; the same request on the next day is still the same.
    request = [asdict(choices), upload.name, upload.table_sha256, upload.mapping_sha256]
    return Batch(
        id=new_id(),
        site=sender.site,
        actor=sender.actor,
        created_at=now(),
        name=upload.name,
        choices=choices,
        today=today.isoformat(),
        table_bytes=upload.table_bytes,
        table_sha256=upload.table_sha256,
        mapping_sha256=upload.mapping_sha256,
        request_hash=sha256(json.dumps(request).encode()),
        key_hash=sender.key_hash(),
    )


def _check_mapping(path: Path) -> None:
    """The library finds every fault of a mapping; only what needs other files is refused here."""
    if read_mapping(path).joins:
        raise UploadError(
            "a mapping that joins other tables cannot be used here",
            code="joins_not_possible",
            hint="join the tables first, or screen them with `eligibility batch`",
        )
