"""Cookies of the pages: for this host alone, out of reach of scripts and of other sites."""

from __future__ import annotations

from typing import Literal

from starlette.requests import cookie_parser
from starlette.types import Scope

from api.settings import is_loopback

_PREFIX = "__Host-"
_MOST_BYTES = 4096


def is_secure(scope: Scope) -> bool:
    """Whether the browser must keep to TLS: everywhere but at this machine itself, by its own names."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    name, colon, port = host.decode("latin-1").rpartition(":")
    return not is_loopback(name if colon and port.isdigit() else host.decode("latin-1"))


def cookie(scope: Scope, name: str) -> str | None:
    """What the browser keeps under a name."""
    given = [value for header, value in scope["headers"] if header == b"cookie"]
    text = b"; ".join(given)
    if len(text) > _MOST_BYTES:
        return None
    found = cookie_parser(text.decode("latin-1")).get(_named(scope, name))
    return found if found and found.isascii() else None


def cookie_header(
    scope: Scope,
    name: str,
    value: str,
    *,
    seconds: int,
    same_site: Literal["Strict", "Lax"] = "Strict",
) -> str:
    """A `Set-Cookie`; with no seconds it ends the cookie. The value is one of ours, without signs to escape."""
    secure = "; Secure" if is_secure(scope) else ""
    kept = f"{_named(scope, name)}={value}; Path=/; Max-Age={seconds}"
    return f"{kept}; HttpOnly; SameSite={same_site}{secure}"


def _named(scope: Scope, name: str) -> str:
    return _PREFIX + name if is_secure(scope) else name
