"""Keys and tokens of every kind, for a service in this process."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from api.security.key_store import SqlKeyStore
from api.security.keys import new_key
from api.settings import Settings
from api.words import Role

ISSUER, AUDIENCE = "https://identity.example.org", "eligibility"
NOW = int(time.time())
SITE, OTHER_SITE = "berlin", "basel"
SIGNER = ECKey.generate_key("P-256", {"kid": "now", "use": "sig"})
STRANGER = ECKey.generate_key("P-256", {"kid": "now"})
RSA_SIGNER = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})


def settings_with_both(folder: Path, **more: Any) -> Settings:
    """Keys in a new SQLite file, tokens by keys in a JWKS file."""
    jwks = folder / "jwks.json"
    keys = KeySet([SIGNER, RSA_SIGNER]).as_dict(private=False)
    jwks.write_text(json.dumps(keys), encoding="utf-8")
    given: dict[str, Any] = {
        "data_folder": folder / "data",
        "identity": ("keys", "oidc"),
        "database_url": f"sqlite:///{folder / 'keys.db'}",
        "key_cache_seconds": 0,
        "oidc_issuer": ISSUER,
        "oidc_audience": AUDIENCE,
        "oidc_jwks": str(jwks),
        "refusals_per_second": 1e6,
        "requests_per_second": 1e6,
    }
    settings = Settings(**{**given, **more})
    store_of(settings).prepare()
    return settings


def store_of(settings: Settings) -> SqlKeyStore:
    """The store the settings name."""
    return SqlKeyStore.at(settings.database() or "")


def key(
    store: SqlKeyStore,
    role: Role = Role.COORDINATOR,
    *,
    sites: Iterable[str] = (SITE,),
    begins: timedelta = timedelta(0),
    lasts: timedelta = timedelta(days=1),
    revoked: bool = False,
) -> str:
    """A key that stands in the store."""
    now = datetime.now(UTC)
    shown, kept = new_key(
        "a test", role=role, sites=sites, created_at=now + begins, expires_at=now + begins + lasts
    )
    store.add(kept)
    if revoked:
        assert store.revoke(kept.id, now)
    return shown


def claims(**changed: Any) -> dict[str, Any]:
    """The claims of a good token, with changes; None takes one away."""
    good = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "person-1",
        "iat": NOW,
        "exp": NOW + 3600,
        "eligibility_roles": ["coordinator"],
        "eligibility_sites": [SITE],
    }
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def token(
    key: ECKey | RSAKey | OctKey = SIGNER,
    alg: str = "ES256",
    kid: str | None = "now",
    **changed: Any,
) -> str:
    """A signed token."""
    header = {"alg": alg} | ({"kid": kid} if kid else {})
    return jwt.encode(header, claims(**changed), key, algorithms=[alg])


def bearer(credential: str) -> dict[str, str]:
    """The header that carries a credential."""
    return {"authorization": f"Bearer {credential}"}
