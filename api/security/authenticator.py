"""From the `Authorization` header to a principal, or to nobody."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime

from api.security.jwks import PublicKeys
from api.security.key_store import SqlKeyStore
from api.security.keys import PREFIX, PRINCIPAL, ApiKey, KeyStore, digest_of, key_id_of
from api.security.principal import LOCAL, Principal
from api.security.tokens import TokenReader
from api.settings import Settings
from api.words import Identity

_MOST_CACHED = 10_000


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
        self._read: OrderedDict[str, tuple[float, ApiKey | None]] = OrderedDict()

    async def principal(self, shown: str) -> Principal | None:
        """Who holds a key; None if it is wrong, expired or revoked. Raises KeyStoreError."""
        key_id = key_id_of(shown)
        if key_id is None:
            return None
        key = await self._find(key_id)
        if key is None or not key.admits(digest_of(shown), self._now()):
            return None
        return key.principal

    async def holder(self, principal_id: str) -> Principal | None:
        """Who signed in with a key, while it stands; None for anybody else. Raises KeyStoreError."""
        key_id = principal_id.removeprefix(PRINCIPAL)
        key = await self._find(key_id) if key_id != principal_id else None
        return key.principal if key is not None and key.stands(self._now()) else None

    async def _find(self, key_id: str) -> ApiKey | None:
        read = self._read.get(key_id)
        if read is not None and time.monotonic() - read[0] < self._seconds:
            return read[1]
        key = await asyncio.to_thread(self.store.find, key_id)
        self._read[key_id] = (time.monotonic(), key)
        self._read.move_to_end(key_id)
        if len(self._read) > _MOST_CACHED:
            self._read.popitem(last=False)
        return key


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

    async def principal(self, authorizations: list[bytes]) -> Principal | None:
        """Who asks, by the `Authorization` headers of the request; None for nobody."""
        if self.is_open:
            return LOCAL
        credential = _bearer(authorizations)
        if credential is None:
            return None
        if credential.startswith(PREFIX):
            return await self.keys.principal(credential) if self.keys else None
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
