"""OIDC bearer tokens: signed by the issuer, meant for this service, within their time."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import logging
import time
from collections.abc import Callable
from typing import Any

from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ClaimError,
    ExpiredTokenError,
    InvalidKeyIdError,
    JoseError,
)

from api.logs import log
from api.security.jwks import PublicKeys
from api.security.principal import EVERY_SITE, SITE, Principal, display_name
from api.settings import Settings
from api.words import Role

MAX_TOKEN = 8192
_CLAIMS = frozenset({"iss", "aud", "exp", "nbf", "iat", "sub"})
_PERSON = "oidc:"
_LONGEST_PERSON = 200
"""Letters of an actor in the log; OIDC Core 2 lets a `sub` have 255."""


class _Refused(Exception):
    """A token that names nobody; its text is why, in a word of ours."""


class TokenReader:
    """Turns a token into whom it names, or into nothing."""

    def __init__(
        self, settings: Settings, keys: PublicKeys, *, now: Callable[[], float] = time.time
    ) -> None:
        self._algorithms = list(settings.oidc_algorithms)
        self._keys = keys
        self._roles, self._sites = settings.oidc_roles_claim, settings.oidc_sites_claim
        assert settings.oidc_issuer is not None  # Settings sees to it
        assert settings.oidc_audience is not None
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(now()),
            leeway=int(settings.oidc_leeway_seconds),
            iss={"essential": True, "value": settings.oidc_issuer},
            aud={"essential": True, "value": settings.oidc_audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    async def principal(self, token: str) -> Principal | None:
        """Whom a token names; None if anything about it is wrong, and only the service's log is told what.

        Raises JwksError without keys.
        """
        try:
            return self._named(await self._claims_of(token))
        except _Refused as refused:
            # For the operator: an issuer or audience that is set up wrong refuses everybody.
            log("token_refused", logging.WARNING, code=str(refused))
            return None

    async def _claims_of(self, token: str) -> dict[str, Any]:
        header = _header(token)
        if header is None:
            raise _Refused("malformed")
        if header.get("alg") not in self._algorithms or "crit" in header:
            raise _Refused("algorithm")
        kid = header.get("kid")
        if kid is not None and not isinstance(kid, str):
            raise _Refused("malformed")
        keys = await self._keys.keys(kid)
        try:
            claims = jwt.decode(token, keys, algorithms=self._algorithms).claims
            self._claims.validate(claims)
        except (JoseError, ValueError, TypeError, RecursionError) as error:
            raise _Refused(_why(error)) from None
        return claims

    def _named(self, claims: dict[str, Any]) -> Principal:
        known = {role.value for role in Role}
        roles = frozenset(Role(word) for word in _words(claims.get(self._roles)) if word in known)
        sites = frozenset(
            word
            for word in _words(claims.get(self._sites))
            if word == EVERY_SITE or SITE.fullmatch(word)
        )
        name = display_name(claims.get("name"))
        return Principal(_person(claims["sub"]), roles, sites, name)


def _why(error: Exception) -> str:
    """In a word of ours: what the token says is nobody's to write down."""
    if isinstance(error, ExpiredTokenError):
        return "expired"
    if isinstance(error, ClaimError):
        return error.claim if error.claim in _CLAIMS else "claims"
    if isinstance(error, BadSignatureError):
        return "signature"
    return "unknown_key" if isinstance(error, InvalidKeyIdError) else "malformed"


def _person(sub: str) -> str:
    """Whom a token names, in what an entry of the log holds; never the same for two.

    A longer name is told by its hash, behind a word of its own: no short name can be spelled like it.
    """
    if len(_PERSON + sub) <= _LONGEST_PERSON:
        return _PERSON + sub
    return f"oidc-sha256:{hashlib.sha256(sub.encode(errors='surrogatepass')).hexdigest()}"


def _header(token: str) -> dict[str, Any] | None:
    """A token's header, which is read before its signature: it only chooses the key."""
    if len(token) > MAX_TOKEN or token.count(".") != 2:
        return None
    part = token.split(".", 1)[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return header if isinstance(header, dict) else None


def _words(claim: object) -> list[str]:
    """A claim's words, whether it is a list or one text with spaces."""
    if isinstance(claim, str):
        return claim.split()
    return [word for word in claim if isinstance(word, str)] if isinstance(claim, list) else []
