"""From the `Authorization` header to a principal, or to nobody."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from threading import BoundedSemaphore
from typing import Any, TypeVar

from api.security.jwks import PublicKeys
from api.security.key_store import KeyStoreError, SqlKeyStore
from api.security.keys import PREFIX, PRINCIPAL, ApiKey, KeyStore, digest_of, key_id_of
from api.security.principal import LOCAL, Principal
from api.security.tokens import TokenReader
from api.settings import Settings
from api.words import Identity

_MOST_KNOWN, _MOST_ABSENT = 10_000, 1_000
_LOOKUPS, _MOST_WAITING = 4, 64
_LIST_SECONDS = 5.0
_Kept = TypeVar("_Kept")
_Answer = TypeVar("_Answer")


def utc_now() -> datetime:
    """The time, for what expires."""
    return datetime.now(UTC)


class KeyReader:
    """Checks API keys against their store, and remembers each for a few seconds."""

    def __init__(
        self, store: KeyStore, *, seconds: float, now: Callable[[], datetime] = utc_now
    ) -> None:
        self.store = store
        self._seconds = seconds
        self._now = now
        # Apart, so that no stranger's guesses push out a key that there is.
        self._known: OrderedDict[str, tuple[float, ApiKey]] = OrderedDict()
        self._absent: OrderedDict[str, float] = OrderedDict()
        self._all_read_at = float("-inf")
        self._reading: asyncio.Task[None] | None = None
        self._threads = ThreadPoolExecutor(_LOOKUPS, "api-keys")
        self._places = BoundedSemaphore(_MOST_WAITING)

    async def principal(self, shown: str, *, may_look_up: bool = True) -> Principal | None:
        """Who holds a key; None if it is wrong, expired or revoked. Raises KeyStoreError.

        Where nothing may be looked up for a stranger, the list of all keys, read now and then, tells who is one.
        """
        key_id = key_id_of(shown)
        if key_id is None:
            return None
        digest = digest_of(shown)
        known = self._known.get(key_id)
        if known is not None and not known[1].is_of(digest):
            return None
        if not may_look_up and known is None:
            await self._read_all()
            may_look_up = key_id in self._known
        key = await self._find(key_id) if may_look_up or known is not None else None
        if key is None or not key.admits(digest, self._now()):
            return None
        return key.principal

    async def holder(self, principal_id: str) -> Principal | None:
        """Who signed in with a key, while it stands; None for anybody else. Raises KeyStoreError."""
        key_id = principal_id.removeprefix(PRINCIPAL)
        key = await self._find(key_id) if key_id != principal_id else None
        return key.principal if key is not None and key.stands(self._now()) else None

    async def check(self) -> None:
        """Raises KeyStoreError unless keys can be read."""
        await self._asked(partial(self.store.find, "0" * 12))

    async def _find(self, key_id: str) -> ApiKey | None:
        at, key = self._known.get(key_id, (self._absent.get(key_id, float("-inf")), None))
        if time.monotonic() - at < self._seconds:
            return key
        key = await self._asked(partial(self.store.find, key_id))
        if key is None:
            self._known.pop(key_id, None)
            _keep(self._absent, key_id, time.monotonic(), most=_MOST_ABSENT)
        else:
            _keep(self._known, key_id, (time.monotonic(), key), most=_MOST_KNOWN)
        return key

    async def _read_all(self) -> None:
        """Read the list of all keys, if that is due; whoever comes meanwhile waits for the same reading."""
        if time.monotonic() - self._all_read_at < _LIST_SECONDS:
            return
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_list())
            self._reading.add_done_callback(self._has_read)
        # Who gives up, be it the one who began it, ends it for nobody else.
        await asyncio.shield(self._reading)

    async def _read_list(self) -> None:
        at = time.monotonic()
        for key in await self._asked(self.store.list):
            _keep(self._known, key.id, (at, key), most=_MOST_KNOWN)
        self._all_read_at = at  # not before: what could not be read is read again

    def _has_read(self, reading: asyncio.Future[None]) -> None:
        self._reading = None
        _notice(reading)

    async def _asked(self, question: Callable[[], _Answer]) -> _Answer:
        """What the store says, by threads of its own: a database that is stuck keeps nothing else waiting."""
        if not self._places.acquire(blocking=False):
            raise KeyStoreError(
                "the database of the API keys is asked more than it answers",
                hint="check ELIGIBILITY_DATABASE_URL",
            )
        # Who gives up waiting leaves its question in its place: so no more than those are ever open.
        return await asyncio.shield(self._begun(question))

    def _begun(self, question: Callable[[], _Answer]) -> asyncio.Future[_Answer]:
        asked = self._threads.submit(question)
        asked.add_done_callback(lambda _: self._places.release())
        answer = asyncio.wrap_future(asked)
        answer.add_done_callback(_notice)
        return answer


def _notice(ended: asyncio.Future[Any]) -> None:
    """Its error counts as seen, also if everybody who waited has given up."""
    if not ended.cancelled():
        ended.exception()


def _keep(cache: OrderedDict[str, _Kept], name: str, value: _Kept, *, most: int) -> None:
    cache[name] = value
    cache.move_to_end(name)
    if len(cache) > most:
        cache.popitem(last=False)


class Authenticator:
    """All ways to say who one is that are configured."""

    def __init__(self, *, keys: KeyReader | None = None, tokens: TokenReader | None = None) -> None:
        self.keys = keys
        self.tokens = tokens

    @classmethod
    def from_settings(cls, settings: Settings) -> Authenticator:
        """The ways that the settings name."""
        keys = tokens = None
        if Identity.KEYS in settings.identity:
            store = SqlKeyStore.at(settings.database() or "")
            keys = KeyReader(store, seconds=settings.key_cache_seconds)
        if Identity.OIDC in settings.identity:
            place = PublicKeys(settings.oidc_jwks or "", seconds=settings.oidc_jwks_seconds)
            tokens = TokenReader(settings, place)
        return cls(keys=keys, tokens=tokens)

    @property
    def is_open(self) -> bool:
        """Whether no identity is configured, so that only this machine is served."""
        return self.keys is None and self.tokens is None

    async def principal(
        self, authorizations: list[bytes], *, may_look_up: bool = True
    ) -> Principal | None:
        """Who asks, by the `Authorization` headers of the request; None for nobody."""
        if self.is_open:
            return LOCAL
        credential = _bearer(authorizations)
        if credential is None:
            return None
        if credential.startswith(PREFIX):
            if self.keys is None:
                return None
            return await self.keys.principal(credential, may_look_up=may_look_up)
        return await self.tokens.principal(credential) if self.tokens else None

    async def signed_in(self, principal_id: str) -> Principal | None:
        """Who signed in on a page with a key, while it stands; a token comes with each request instead."""
        return await self.keys.holder(principal_id) if self.keys else None


def _bearer(authorizations: list[bytes]) -> str | None:
    """The one credential of a request; two are none, for it is not clear whose request it is."""
    if len(authorizations) != 1:
        return None
    scheme, _, credential = authorizations[0].decode("latin-1").partition(" ")
    credential = credential.strip()
    if scheme.lower() != "bearer" or not credential.isascii():
        return None
    return credential or None
