"""The issuer's public keys: from a file, or fetched where the operator says so, and kept for a while."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from typing import Any, NoReturn

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from eligibility.errors import EligibilityError

MAX_BYTES = 262_144
FETCH_SECONDS = 5
SOONEST_AGAIN = 30.0
"""Seconds between two attempts, however many tokens name a key that is not known."""
_PUBLIC = ("RSA", "EC")
_UNUSABLE = (
    OSError, HTTPException, ValueError, KeyError, TypeError, AttributeError, RecursionError, JoseError,
)  # fmt: skip
"""What reading a file, an answer or a document that is no key set ends in."""


class JwksError(EligibilityError):
    """The issuer's keys cannot be had; no token is believed meanwhile."""

    code = "jwks_unavailable"


class PublicKeys:
    """The keys at a place, read again when they are old or a token names one that is not there."""

    def __init__(
        self, place: str, *, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = _fetch if "://" in place else _read_file
        self._place = place
        self._seconds = seconds
        self._clock = clock
        self._keys: KeySet | None = None
        self._read_at = self._tried_at = float("-inf")
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, "public-keys")
        self._refreshing: asyncio.Future[None] | None = None

    async def keys(self, kid: str | None) -> KeySet:
        """The keys to check a token with; raises JwksError if there are none."""
        if self._is_due(kid):
            async with self._turn:
                if self._is_due(kid):
                    # Who gives up waiting does not stop what others wait for too.
                    self._refreshing = asyncio.ensure_future(self._refresh())
                    await asyncio.shield(self._refreshing)
        if self._keys is None:
            raise JwksError(
                "the issuer's public keys cannot be read", hint="see ELIGIBILITY_OIDC_JWKS"
            )
        return self._keys

    def _is_due(self, kid: str | None) -> bool:
        now = self._clock()
        if now - self._tried_at < SOONEST_AGAIN:
            return False
        if self._keys is None or now - self._read_at >= self._seconds:
            return True
        return kid is not None and kid not in {key.kid for key in self._keys}

    async def _refresh(self) -> None:
        self._tried_at = self._clock()
        try:
            loop = asyncio.get_running_loop()
            content = await loop.run_in_executor(self._thread, self._read, self._place)
            self._keys = key_set(content)
        except _UNUSABLE:
            # Keys that were good stay so for a day: an issuer's short absence locks nobody out.
            if self._clock() - self._read_at > max(86_400.0, self._seconds):
                self._keys = None
        else:
            self._read_at = self._clock()


def key_set(content: bytes) -> KeySet:
    """The public keys of a JWKS; keys of other kinds, secrets above all, are left out."""
    document = json.loads(content)
    usable: list[Any] = [
        {name: value for name, value in key.items() if name != "d"}
        for key in document["keys"]
        if key.get("kty") in _PUBLIC and key.get("use", "sig") == "sig"
    ]
    return KeySet.import_key_set({"keys": usable})


def _read_file(place: str) -> bytes:
    with Path(place).open("rb") as file:
        return file.read(MAX_BYTES)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> NoReturn:
        raise urllib.error.URLError("redirected")


def _fetch(place: str) -> bytes:
    """The one outbound call of the service. Proxies of the environment and redirects are not followed."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
    with opener.open(place, timeout=FETCH_SECONDS) as answer:
        content: bytes = answer.read(MAX_BYTES)
    return content
