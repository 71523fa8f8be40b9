"""What a form sends, and how it is known to be ours: no page's POST reaches its route without the token."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
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


@dataclass(frozen=True, slots=True)
class Brought:
    """A profile that a form brings: a file that was chosen stands in the place of the text in the field."""

    content: str | bytes
    """What is to be read: of a file its bytes, so that one that is no UTF-8 text is refused and never guessed."""
    text: str
    """The same as the field shows it again; empty for a file that is no text."""


async def profile_brought(form: FormData, field: str) -> Brought:
    """The profile in a form with a field for its text, and one for its file, which is closed."""
    chosen = form.get("profile_file")
    content = b""
    if isinstance(chosen, UploadFile):
        content = await chosen.read()
        await chosen.close()
    if content:
        try:
            text = content.decode("utf-8-sig").replace("\r\n", "\n").strip()
        except UnicodeDecodeError:
            text = ""
        return Brought(content, text)
    text = text_of(form, field).replace("\r\n", "\n")
    return Brought(text, text)


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
