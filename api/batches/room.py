"""Whether one more batch may come in and wait: room for all sites together, and for each no more than its share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.batches.store import Store
from api.guard import Refusal
from api.places import Places
from api.problems import Problem
from api.settings import Settings


class Room:
    """The places of a worker for uploads, and those of the queue."""

    def __init__(self, settings: Settings, store: Store, uploads: asyncio.Semaphore) -> None:
        self._store, self._uploads = store, uploads
        self._most = settings.batch_max_waiting
        self._share = _share(settings, settings.batch_max_waiting)
        uploading = settings.batch_uploads
        self._places = Places(uploading, share=_share(settings, uploading))

    @asynccontextmanager
    async def for_upload(self, site: str) -> AsyncIterator[None]:
        """A place to send a table; raises Refusal if there is none for this site."""
        if self._uploads.locked() or self._places.has_share(site):
            raise Refusal(_too_many())
        self._places.take(site)
        try:
            async with self._uploads:
                await asyncio.to_thread(self._check_waiting, site)
                yield
        finally:
            self._places.leave(site)

    def _check_waiting(self, site: str) -> None:
        sites = [kept.site for kept in self._store.open_batches()]
        if len(sites) >= self._most or sites.count(site) >= self._share:
            raise Refusal(_too_many())


def _share(settings: Settings, count: int) -> int:
    """Half, so that no site keeps all others out; all where there is only one."""
    return max(1, count // 2) if settings.identity else count


def _too_many() -> Problem:
    title = "as many batches come in or wait as the service takes, from this site or from all"
    return Problem(503, "too_many_batches", title, "try again later", headers={"retry-after": "30"})
