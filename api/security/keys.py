"""API keys: made at random, shown once, kept as a hash, with role, sites and an end."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from api.security.principal import Principal, display_name
from api.words import Role

PREFIX = "elig_"
PRINCIPAL = "key:"
_ID_BYTES, _SECRET_BYTES = 6, 32
_WRITTEN = re.compile(r"elig_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of a key: never the key itself."""

    id: str
    name: str
    role: Role
    sites: frozenset[str]
    digest: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    def is_of(self, digest: str) -> bool:
        """Whether a key with this hash is the one; what is written under an id never changes."""
        # The hash of 256 random bits cannot be guessed from how long a comparison takes; this costs nothing.
        return hmac.compare_digest(self.digest, digest)

    def admits(self, digest: str, now: datetime) -> bool:
        """Whether a key with this hash is the one, and is good at that time."""
        return self.is_of(digest) and self.stands(now)

    def stands(self, now: datetime) -> bool:
        """Whether the key is good at that time."""
        return self.revoked_at is None and self.created_at <= now < self.expires_at

    @property
    def principal(self) -> Principal:
        """Whoever holds the key."""
        name = display_name(self.name)
        return Principal(f"{PRINCIPAL}{self.id}", frozenset({self.role}), self.sites, name)


class KeyStore(Protocol):
    """Where keys are kept; none is ever deleted, so that the logs can be read years later."""

    def find(self, key_id: str) -> ApiKey | None:
        """The key with this id."""

    def add(self, key: ApiKey) -> None:
        """Keep a new key."""

    def revoke(self, key_id: str, at: datetime) -> bool:
        """End a key; False if there is none with this id, or it was ended before."""

    def list(self) -> list[ApiKey]:
        """All keys, oldest first."""


def new_key(
    name: str, *, role: Role, sites: Iterable[str], created_at: datetime, expires_at: datetime
) -> tuple[str, ApiKey]:
    """A new key as it is shown, once, and as it is kept."""
    key_id, secret = secrets.token_hex(_ID_BYTES), secrets.token_urlsafe(_SECRET_BYTES)
    shown = f"{PREFIX}{key_id}_{secret}"
    kept = ApiKey(key_id, name, role, frozenset(sites), digest_of(shown), created_at, expires_at)
    return shown, kept


def key_id_of(shown: str) -> str | None:
    """The id inside a key; None if it is not written like one."""
    match = _WRITTEN.fullmatch(shown)
    return match[1] if match else None


def digest_of(shown: str) -> str:
    """The hash a key is kept as. It is random, so a slow hash as for passwords would add nothing."""
    return hashlib.sha256(shown.encode()).hexdigest()
