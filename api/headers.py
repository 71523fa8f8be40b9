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
_OWN = frozenset({name for name, _ in SECURITY_HEADERS} | {REQUEST_ID, b"server"})
# A UUID or a trace id: an id goes into the logs, so it must have no room for a name or a number of a patient.
_WELL_FORMED = re.compile(rb"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

_OF_REPORTS = tuple(
    (name, REPORT_POLICY if name == POLICY else value) for name, value in SECURITY_HEADERS
)

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
    own = SECURITY_HEADERS if (POLICY, REPORT_POLICY) not in headers else _OF_REPORTS
    return [*kept, *own, (REQUEST_ID, request_id.encode())]
