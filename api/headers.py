"""The headers that every answer carries, whoever writes it, and the request's id."""

from __future__ import annotations

import re
import secrets

SECURITY_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'self'; frame-ancestors 'none'; base-uri 'none'"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
POLICY = b"content-security-policy"
REPORT_POLICY = (
    b"default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'none'"
)
"""For pages and figures that a batch made: they show what is in them, fetch nothing and run nothing."""
REQUEST_ID = b"x-request-id"
PAGE_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    b"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""For our own pages: what they load and where they send is ours, and no script stands in them."""
CACHING = b"cache-control"
UNCHANGING = b"public, max-age=31536000, immutable"
"""For what is named by its content and holds nobody's data."""
ASKED_AGAIN = b"public, no-cache"
"""For the same under its plain name."""
_OWN = frozenset({name for name, _ in SECURITY_HEADERS} | {REQUEST_ID, b"server"})
# A UUID or a trace id: an id goes into the logs, so it must have no room for a name or a number of a patient.
_WELL_FORMED = re.compile(rb"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

_REFERRER = b"referrer-policy"
# With no referrer at all a browser says of a form of ours that it comes from nowhere ("Origin: null").
_ALLOWED = {
    (POLICY, REPORT_POLICY): {POLICY: REPORT_POLICY},
    (POLICY, PAGE_POLICY): {POLICY: PAGE_POLICY, _REFERRER: b"same-origin"},
    (CACHING, UNCHANGING): {CACHING: UNCHANGING},
    (CACHING, ASKED_AGAIN): {CACHING: ASKED_AGAIN},
}
"""The few values that an answer may choose itself, with what they bring."""

Headers = list[tuple[bytes, bytes]]


def request_id_of(headers: Headers) -> str:
    """The id that a client gave the request, if it is well formed and the only one; else a new one."""
    given = [value for name, value in headers if name == REQUEST_ID]
    if len(given) == 1 and _WELL_FORMED.fullmatch(given[0]):
        return given[0].decode()
    return secrets.token_hex(16)


def answered_with(headers: Headers, request_id: str) -> Headers:
    """The headers of an answer with those that every answer carries in the place of its own."""
    kept = [(name, value) for name, value in headers if name.lower() not in _OWN]
    chosen: dict[bytes, bytes] = {}
    for header in headers:
        chosen |= _ALLOWED.get(header, {})
    own = [(name, chosen.get(name, value)) for name, value in SECURITY_HEADERS]
    return [*kept, *own, (REQUEST_ID, request_id.encode())]
