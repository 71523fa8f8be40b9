"""Whether one more batch may come in, be kept and wait: for each site no more than its share, and never the last room
on the disk, which the screening log may need."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from api.batches.errors import StorageError, too_many
from api.batches.store import Store
from api.places import Places
from api.settings import Settings

_CHECKED_BYTES = 4 << 20


class Room:
    """The places of a worker for uploads, and those of the queue."""

    def __init__(self, settings: Settings, store: Store, uploads: asyncio.Semaphore) -> None:
        self._settings, self._store, self._uploads = settings, store, uploads
        self._most = settings.batch_max_waiting
        self._share = _share(settings, settings.batch_max_waiting)
        uploading = settings.batch_uploads
        self._places = Places(uploading, share=_share(settings, uploading))

    @asynccontextmanager
    async def for_upload(self, site: str, *, coming: int = 0) -> AsyncIterator[Place]:
        """A place to send a table of so many bytes; raises EligibilityError if there is none for this site."""
        if self._uploads.locked() or self._places.has_share(site):
            raise too_many()
        self._places.take(site)
        try:
            async with self._uploads:
                yield await asyncio.to_thread(self._checked, site, coming)
        finally:
            self._places.leave(site)

    def _checked(self, site: str, coming: int) -> Place:
        self.check_waiting(site)
        place = Place(
            self._store.folder,
            reserve=self._settings.disk_reserve_bytes,
            left=self._settings.batch_site_bytes - self._store.bytes_of(site),
        )
        place.check(coming)
        return place

    def check_waiting(self, site: str) -> None:
        """Raises BatchRequestError if no more batches of this site may wait."""
        sites = [kept.site for kept in self._store.open_batches()]
        if len(sites) >= self._most or sites.count(site) >= self._share:
            raise too_many()


class Place:
    """What may still come in with one upload."""

    def __init__(self, folder: Path, *, reserve: int, left: int) -> None:
        self._folder, self._reserve, self._left = folder, reserve, left

    def check(self, coming: int) -> None:
        """Raises StorageError if there is no room for so many bytes more."""
        if coming > self._left:
            raise StorageError(
                "the site keeps as many tables and results as it may",
                code="site_quota",
                hint="delete batches that are not needed any more",
            )
        if shutil.disk_usage(self._folder).free - coming < self._reserve:
            raise StorageError(
                "the disk of the service has no room for more tables",
                code="disk_reserve",
                hint="the operator looks for room; then send it again",
            )

    async def admitted(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """A body as it comes, as long as there is room for it, whatever length it was announced with."""
        unchecked = 0
        async for piece in body:
            self._left -= len(piece)
            unchecked += len(piece)
            if self._left < 0 or unchecked >= _CHECKED_BYTES:
                await asyncio.to_thread(self.check, 0)
                unchecked = 0
            yield piece


def _share(settings: Settings, count: int) -> int:
    """Half, so that no site keeps all others out; all where there is only one."""
    return max(1, count // 2) if settings.identity else count
