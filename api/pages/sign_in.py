"""Signing in and out, the site one works for, and the language one reads."""

from __future__ import annotations

import math
from dataclasses import replace

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from api.guard import Refusal
from api.pages.forms import form_of, text_of
from api.pages.language import LANGUAGE, known_language
from api.pages.site import render, site_of
from api.problems import Problem
from api.rates import Rates
from api.security.authenticator import Authenticator
from api.security.cookies import cookie_header
from api.security.principal import EVERY_SITE, Principal
from api.security.sessions import Session
from api.words import Identity

_LANGUAGE_SECONDS = 365 * 24 * 3600
_BURST = 5
_LONGEST_KEY = 200
_CLEARED = '"cache", "storage"'


def add_sign_in(service: FastAPI) -> None:
    """Add the routes."""
    site = service.state.site
    service.state.sign_in_rates = Rates(site.settings.refusals_per_second, _BURST)
    service.get("/sign-in", include_in_schema=False)(ask_who)
    service.post("/sign-in", include_in_schema=False)(sign_in)
    service.post("/sign-out", include_in_schema=False)(sign_out)
    service.get("/site", include_in_schema=False)(ask_site)
    service.post("/site", include_in_schema=False)(choose_site)
    service.post("/language", include_in_schema=False)(choose_language)


async def ask_who(request: Request, next: str | None = None) -> Response:  # noqa: A002 - as the address has it
    """The form for the access key, or what the operator has set up in its place."""
    if site_of(request).authenticator.is_open:
        return RedirectResponse("/", 303)
    return _sign_in_page(request, next)


async def sign_in(request: Request) -> Response:
    """Begin a session for who holds the key; a wrong one is told like one that ended."""
    site, form = site_of(request), await form_of(request)
    shown = text_of(form, "key")[:_LONGEST_KEY]
    keys, rates, peer = site.authenticator.keys, request.app.state.sign_in_rates, _peer(request)
    # Who guesses is not looked up any more: a wrong key costs the database nothing.
    may_look_up = not rates.is_empty(peer)
    principal = await keys.principal(shown, may_look_up=may_look_up) if keys else None
    if principal is None:
        if wait := rates.wait(peer):
            headers = {"retry-after": str(max(1, math.ceil(wait)))}
            raise Refusal(Problem(429, "too_many_requests", "too many wrong keys", headers=headers))
        return _sign_in_page(request, text_of(form, "next"), status=401)
    target = site.next_path(text_of(form, "next"))
    site.sessions.end(request.state.session)
    site.sessions.renew_visit(request.scope)
    answer = RedirectResponse(target, 303)
    _keep(request, answer, site.sessions.begun(principal.id))
    answer.headers.append("set-cookie", site.sessions.visit_header(request.scope))
    return answer


async def sign_out(request: Request) -> Response:
    """End the session, and leave nothing of it in the browser."""
    sessions = site_of(request).sessions
    sessions.end(request.state.session)
    answer = RedirectResponse("/sign-in", 303, {"clear-site-data": _CLEARED})
    _keep(request, answer, None)
    sessions.renew_visit(request.scope)
    answer.headers.append("set-cookie", sessions.visit_header(request.scope))
    return answer


async def ask_site(request: Request, next: str | None = None) -> Response:  # noqa: A002 - as the address has it
    """The form for the site to work for."""
    return _site_page(request, next)


async def choose_site(request: Request) -> Response:
    """Keep the site in the session."""
    site, form = site_of(request), await form_of(request)
    principal: Principal = request.state.principal
    chosen = principal.site_for(text_of(form, "site").lower())
    if chosen is None:
        return _site_page(request, text_of(form, "next"), status=422)
    session: Session | None = request.state.session
    if session is None or session.principal != principal.id:
        session = site.sessions.begun(principal.id)
    answer = RedirectResponse(site.next_path(text_of(form, "next")), 303)
    _keep(request, answer, replace(session, site=chosen))
    return answer


async def choose_language(request: Request) -> Response:
    """Keep the language, and go back to the page."""
    site, form = site_of(request), await form_of(request)
    language = known_language(text_of(form, "language"))
    if language is None:
        raise Refusal(Problem(422, "unknown_language", "there is no such language"))
    given = text_of(form, "next")
    target = "/sign-in" if given == "/sign-in" else site.next_path(given)
    answer = RedirectResponse(target, 303)
    kept = cookie_header(
        request.scope, LANGUAGE, language, seconds=_LANGUAGE_SECONDS, same_site="Lax"
    )
    answer.headers.append("set-cookie", kept)
    return answer


def _sign_in_page(request: Request, given: str | None, *, status: int = 200) -> Response:
    site = site_of(request)
    return render(
        request,
        "sign_in/sign_in.html",
        status=status,
        next_path=site.next_path(given),
        by_key=Identity.KEYS in _ways(site.authenticator),
        by_token=Identity.OIDC in _ways(site.authenticator),
        is_wrong=status != 200,
        # A browser keeps the session to itself when a link of another site leads here.
        is_from_elsewhere=request.headers.get("sec-fetch-site") == "cross-site",
    )


def _site_page(request: Request, given: str | None, *, status: int = 200) -> Response:
    principal: Principal = request.state.principal
    return render(
        request,
        "sign_in/site.html",
        status=status,
        next_path=site_of(request).next_path(given),
        sites=sorted(principal.sites - {EVERY_SITE}),
        is_every=EVERY_SITE in principal.sites,
        is_wrong=status != 200,
    )


def _ways(authenticator: Authenticator) -> set[Identity]:
    ways = {Identity.KEYS: authenticator.keys, Identity.OIDC: authenticator.tokens}
    return {name for name, way in ways.items() if way is not None}


def _keep(request: Request, answer: Response, session: Session | None) -> None:
    header = site_of(request).sessions.header(request.scope, session)
    answer.headers.append("set-cookie", header)


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""
