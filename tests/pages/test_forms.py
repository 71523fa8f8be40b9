"""A form that did not come from a page of ours, given to this browser, changes nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.requests import Request

from api.access import ROUTES, Route
from api.guard import Refusal
from api.pages.forms import check_token
from api.settings import Settings
from api.words import Role
from tests.api.door import identities as who
from tests.pages.visitor import Visitor

POSTS = [row for row in ROUTES if row.is_page and row.method != "GET"]


@pytest.mark.parametrize("row", POSTS, ids=lambda row: row.path)
def test_every_form_asks_for_the_token(visitor: Visitor, row: Route) -> None:
    path = row.path.format(batch="none", sequence="1", name="none", criterion="EXCL05", trial="x")
    visitor.open("/")

    answer = visitor.client.post(path, data={"language": "zh", "site": "local"})

    assert answer.status_code == 403
    assert 'data-code="form_expired"' in answer.text


def test_the_token_may_come_as_a_header(visitor: Visitor) -> None:
    token = visitor.token("/")

    answer = visitor.client.post(
        "/language", data={"language": "zh"}, headers={"x-csrf-token": token}
    )

    assert answer.status_code == 303


def test_the_token_of_another_browser_is_worth_nothing(service: FastAPI, visitor: Visitor) -> None:
    theirs = Visitor(service).token("/")
    visitor.open("/")

    assert visitor.client.post("/language", data={"csrf": theirs}).status_code == 403


@pytest.mark.parametrize("given", ["", "0" * 64, "\u96ea"], ids=["empty", "guessed", "not ASCII"])
def test_a_wrong_token_is_none(visitor: Visitor, given: str) -> None:
    visitor.open("/")

    answer = visitor.client.post("/language", data={"csrf": given, "language": "zh"})

    assert answer.status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_pages_of_others_send_nothing_even_with_the_token(visitor: Visitor, site: str) -> None:
    answer = visitor.send("/language", {"language": "zh"}, **{"sec-fetch-site": site})

    assert (answer.status_code, 'data-code="foreign_origin"' in answer.text) == (403, True)


def test_another_origin_sends_nothing(visitor: Visitor) -> None:
    answer = visitor.send("/language", {"language": "zh"}, origin="https://evil.example")

    assert answer.status_code == 403


def upload(service: FastAPI, visitor: Visitor, *chunks: bytes) -> Request:
    """An upload to a page, as it comes in pieces."""
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Any:
        return messages.pop(0)

    cookies = "; ".join(f"{name}={value}" for name, value in visitor.client.cookies.items())
    row = Route("POST", "/tables", frozenset(), is_page=True, is_upload=True)
    scope = {
        "type": "http", "method": "POST", "path": "/tables", "app": service,
        "headers": [(b"host", b"127.0.0.1"), (b"cookie", cookies.encode())], "state": {"row": row},
    }  # fmt: skip
    return Request(scope, receive)


def test_an_upload_shows_its_token_first_and_is_not_read_for_it(
    service: FastAPI, visitor: Visitor
) -> None:
    token = visitor.token("/").encode()
    body = b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + token + b"\r\n--x\r\n"
    pieces = (body[:40], body[40:], b"t" * 5000, b"u" * 5000)
    request = upload(service, visitor, *pieces)

    async def read() -> bytes:
        await check_token(request)
        return b"".join([chunk async for chunk in request.stream()])

    assert asyncio.run(read()) == b"".join(pieces)


@pytest.mark.parametrize("before", [b"preamble\r\n", b"--x\r\n\r\n", b"t" * 3000])
def test_an_upload_whose_token_is_not_first_is_refused(
    service: FastAPI, visitor: Visitor, before: bytes
) -> None:
    token = visitor.token("/").encode()
    body = b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + token + b"\r\n--x\r\n"

    with pytest.raises(Refusal):
        asyncio.run(check_token(upload(service, visitor, before + body)))


@pytest.fixture
def sited(stranger: Visitor, settings: Settings) -> Visitor:
    """Somebody of two sites, who works for the first."""
    sites = (who.SITE, who.OTHER_SITE)
    stranger.sign_in(who.key(who.store_of(settings), Role.INVESTIGATOR, sites=sites))
    stranger.send("/site", {"site": who.SITE})
    return stranger


BOUND = [row for row in POSTS if not row.is_public and row.path != "/site"]


@pytest.mark.parametrize("row", BOUND, ids=lambda row: row.path)
def test_a_form_of_another_site_than_the_one_chosen_since_is_refused(
    sited: Visitor, row: Route
) -> None:
    path = row.path.format(batch="a" * 44, sequence="1", name="none", criterion="X", trial="x")
    made = sited.token("/patient")
    sited.send("/site", {"site": who.OTHER_SITE})

    if row.is_upload:
        answer = sited.client.post(path, files=[("csrf", (None, made)), ("table", b"id")])
    else:
        answer = sited.client.post(path, data={"csrf": made})

    assert (answer.status_code, 'data-code="site_changed"' in answer.text) == (409, True)
    assert f"made for site {who.SITE}" in answer.text
    assert f"{who.OTHER_SITE} is the site chosen now" in answer.text


def test_a_script_of_a_page_of_another_site_is_refused_too(sited: Visitor) -> None:
    made = sited.token("/patient")
    sited.send("/site", {"site": who.OTHER_SITE})

    answer = sited.client.post("/patient/answer", headers={"x-csrf-token": made})

    assert answer.status_code == 409


def test_a_token_for_one_site_is_not_made_one_for_another(sited: Visitor) -> None:
    made = sited.token("/patient")
    forged = made[:64] + who.OTHER_SITE.encode().hex()
    sited.send("/site", {"site": who.OTHER_SITE})

    assert sited.client.post("/patient", data={"csrf": forged}).status_code == 403


def test_language_and_site_are_chosen_from_a_page_of_any_site(sited: Visitor) -> None:
    made = sited.token("/patient")
    sited.send("/site", {"site": who.OTHER_SITE})

    chosen = sited.client.post("/site", data={"csrf": made, "site": who.SITE})
    language = sited.client.post("/language", data={"csrf": made, "language": "en"})

    assert (chosen.status_code, language.status_code) == (303, 303)
