"""What a form sends, and how it is known to be ours: no page's POST reaches its route without the token."""

from __future__ import annotations

import re

from fastapi import Request
from starlette.datastructures import FormData
from starlette.types import Message

from api.guard import Refusal
from api.pages.site import TOKEN, site_of
from api.problems import Problem

_MOST_FIELDS = 5000
_HEADER = "x-csrf-token"
_START_BYTES = 1024
_FOR_ANY_SITE = frozenset({"/site"})
"""What may be sent from a page of a site that is no longer the one chosen: it chooses one."""
# In a form that uploads a table the token stands first: the table itself is not read for it.
_FIRST_FIELD = re.compile(
    rb'--[^\r\n]{1,200}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n([0-9a-f]{1,200})\r\n'
)


async def form_of(request: Request) -> FormData:
    """The fields of a form; its body is read once, however often it is asked for."""
    return await request.form(max_fields=_MOST_FIELDS, max_files=10)


def text_of(form: FormData, name: str) -> str:
    """What stands in a field; nothing where the form has none of this name."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


async def check_token(request: Request) -> None:
    """Raise Refusal for what is sent to a page from anywhere but a page that this browser was given."""
    row = request.scope["state"].get("row")
    if row is None or not row.is_page or request.method == "GET":
        return
    given = request.headers.get(_HEADER)
    if given is None:
        given = await (_first_field(request) if row.is_upload else _field(request))
    made_for = site_of(request).sessions.site_of_token(request.scope, given)
    if made_for is None:
        raise Refusal(Problem(403, "form_expired", "the form is not of a page that is still valid"))
    if not row.is_public and row.path not in _FOR_ANY_SITE:
        _check_site(made_for, request.scope["state"].get("site") or "", is_sited=row.sited)


def _check_site(made_for: str, chosen: str, *, is_sited: bool) -> None:
    """Raise Refusal for a form that was filled in for one site while another was chosen since, in another window."""
    if made_for == chosen or (not made_for and not is_sited):
        return
    message = "the form was made for another site than the one that is chosen now"
    parts = {"made_for": made_for or "–", "chosen": chosen or "–"}
    raise Refusal(Problem(409, "site_changed", message, parts=parts))


async def _field(request: Request) -> str:
    value = (await form_of(request)).get(TOKEN)
    return value if isinstance(value, str) else ""


async def _first_field(request: Request) -> str:
    """The token at the start of a stream, which is then as if nobody had read of it."""
    receive = request.receive
    read: list[Message] = []
    start = b""
    while len(start) < _START_BYTES:
        message = await receive()
        read.append(message)
        start += message.get("body", b"")
        if not message.get("more_body"):
            break

    async def again() -> Message:
        return read.pop(0) if read else await receive()

    request._receive = again
    found = _FIRST_FIELD.match(start)
    return found[1].decode() if found else ""
