"""Who is let through: host, caller, permission, site, rate. Settled from the headers, before any body is read."""

from __future__ import annotations

import asyncio
import math
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access import AccessTable, Route
from api.places import Places
from api.problems import AS_PAGE, Problem
from api.rates import Rates
from api.security.authenticator import Authenticator
from api.security.principal import Principal
from api.security.sessions import Session, Sessions
from api.settings import Settings, is_loopback
from eligibility.errors import EligibilityError

SITE_PARAMETER = "site"
_FORWARDED = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"})


class Refusal(Exception):
    """Ends a request with a problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.code)


class Elsewhere(Exception):
    """Ends a request for a page with the way to another, which leads back."""

    def __init__(self, path: str, back: str) -> None:
        self.path = f"{path}?{urlencode({'next': back})}"
        super().__init__(path)


class Guard:
    """Lets through what the table allows, and nothing that it does not name."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        settings: Settings,
        table: AccessTable,
        authenticator: Authenticator,
        sessions: Sessions,
    ) -> None:
        self._app = app
        self._settings = settings
        self._hosts = settings.hosts()
        self._table = table
        self._authenticator = authenticator
        self._sessions = sessions
        self._rates = Rates(settings.requests_per_second, settings.request_burst)
        self._refused = Rates(settings.refusals_per_second, 20)
        most = settings.max_concurrent
        # Where there is only one who asks, all places are hers.
        share = most if authenticator.is_open else max(1, most // 4)
        self._places = Places(most, share=share)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or pass it on with `principal` and `site` in its state."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # a WebSocket is closed: there is no route for one
        try:
            await self._admit(scope)
        except Refusal as refusal:
            await refusal.problem.response()(scope, receive, send)
            return
        except Elsewhere as elsewhere:
            await RedirectResponse(elsewhere.path, 303)(scope, receive, send)
            return
        if "principal" not in scope["state"]:  # a public route: it answers however busy we are
            await self._app(scope, receive, send)
            return
        name = scope["state"]["principal"].id
        self._places.take(name)
        try:
            await self._app(scope, receive, self._sessions.renewing(scope, send))
        finally:
            self._places.leave(name)

    async def _admit(self, scope: Scope) -> None:
        _check_length(scope, self._settings)
        self._check_caller(scope)
        route = self._table.row(scope["method"], scope["path"])
        is_page = AS_PAGE in scope["state"]
        scope["state"]["session"] = self._sessions.of(scope) if is_page else None
        _check_same_origin(scope)
        if route is not None and route.is_public:
            return
        scope["state"]["is_upload"] = route is not None and route.is_upload
        principal = await self._known(scope)
        scope["state"]["principal"] = principal
        if wait := self._rates.wait(principal.id):
            raise Refusal(_too_many(wait))
        if route is None:
            raise Refusal(self._no_route(scope))
        if route.roles.isdisjoint(principal.roles):
            raise Refusal(_not_allowed(route))
        site = _page_site(scope, principal, route) if is_page else _site(scope, principal, route)
        if site is not None:
            scope["state"]["site"] = site
        self._check_places(principal)

    def _check_places(self, principal: Principal) -> None:
        """There is room for one more, and for one more of hers."""
        if self._places.are_taken:
            raise Refusal(_busy())
        if self._places.has_share(principal.id):
            raise Refusal(_too_many(1.0))

    def _check_caller(self, scope: Scope) -> None:
        """The names it uses for us are ours; with no identity configured, it is on this machine."""
        headers = scope["headers"]
        hosts = [value for name, value in headers if name == b"host"]
        if len(hosts) != 1 or _host_name(hosts[0]) not in self._hosts:
            hint = "the operator lists the names of the service in ELIGIBILITY_TRUSTED_HOSTS"
            raise Refusal(
                Problem(400, "host_unknown", "the service is not called by this name", hint)
            )
        for name, value in headers:
            if name == b"origin" and _origin_name(value) not in self._hosts:
                raise Refusal(_foreign())
        if self._authenticator.is_open:
            peer = scope["client"][0] if scope.get("client") else ""
            # Nothing stands between, so a page of ours names the very place that was asked: name and port.
            if any(
                name == b"origin" and _place_named(value) != hosts[0].lower()
                for name, value in headers
            ):
                raise Refusal(_foreign())
            if not is_loopback(peer) or any(name in _FORWARDED for name, _ in headers):
                hint = "configure ELIGIBILITY_IDENTITY"
                message = "without an identity configured only this machine is served"
                raise Refusal(Problem(403, "not_local", message, hint))

    async def _known(self, scope: Scope) -> Principal:
        peer = scope["client"][0] if scope.get("client") else ""
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        guesses = bool(given) and self._refused.is_empty(peer)
        try:
            async with asyncio.timeout(self._settings.identity_seconds):
                principal = await self._identified(scope, given, may_look_up=not guesses)
        except (EligibilityError, TimeoutError) as error:
            scope["state"]["fault"] = getattr(error, "code", "identity_timed_out")
            raise Refusal(
                Problem(503, "identity_unavailable", "nobody can be identified just now",
                        "try again", headers={"retry-after": "5"})
            ) from None  # fmt: skip
        if principal is not None:
            return principal
        wait = self._refused.wait(peer) if given else 0.0
        if wait or guesses:  # it may have been a new key, which was not looked up
            raise Refusal(_too_many(wait))
        if _is_looked_at(scope):
            raise Elsewhere("/sign-in", scope["path"])
        # One answer for a credential that is missing, wrong, expired or revoked: it tells nothing.
        raise Refusal(
            Problem(401, "not_authenticated", "no valid API key or token came with the request",
                    "send it as: Authorization: Bearer ...", headers={"www-authenticate": "Bearer"})
        )  # fmt: skip

    async def _identified(
        self, scope: Scope, given: list[bytes], *, may_look_up: bool
    ) -> Principal | None:
        """Who a session says it is, where there is no other word; it counts for pages only."""
        session: Session | None = scope["state"].get("session")
        if session is not None and not given and not self._authenticator.is_open:
            return await self._authenticator.signed_in(session.principal)
        return await self._authenticator.principal(given, may_look_up=may_look_up)

    def _no_route(self, scope: Scope) -> Problem:
        methods = self._table.methods(scope["path"])
        if methods:
            headers = {"allow": ", ".join(methods)}
            return Problem(405, "http", "Method Not Allowed", headers=headers)
        return Problem(404, "http", "Not Found")


def not_visible() -> Problem:
    """The answer for what is another site's: the very same as for what is not there."""
    return Problem(404, "http", "Not Found")


def _is_looked_at(scope: Scope) -> bool:
    """Whether a page is opened, and not sent to or asked for by a script."""
    if AS_PAGE not in scope["state"] or scope["method"] != "GET":
        return False
    return (b"sec-fetch-dest", b"empty") not in scope["headers"]


def _check_same_origin(scope: Scope) -> None:
    """What changes something comes from our own pages: not even from another port of this machine."""
    if scope["method"] == "GET":
        return
    for name, value in scope["headers"]:
        if name == b"sec-fetch-site" and value not in (b"same-origin", b"none"):
            raise Refusal(_foreign())


def _page_site(scope: Scope, principal: Principal, route: Route) -> str | None:
    """The site chosen after signing in, or the only one there is."""
    session: Session | None = scope["state"]["session"]
    chosen = session.site if session and session.principal == principal.id else None
    # A site that was taken from her since counts as none.
    site = principal.site_for(chosen) or principal.site_for(None)
    if site is None and route.sited:
        if _is_looked_at(scope):
            raise Elsewhere("/site", scope["path"])
        raise Refusal(Problem(422, "site_missing", "it is not clear for which site this is"))
    return site


def _site(scope: Scope, principal: Principal, route: Route) -> str | None:
    """The site named in the address, or the only one there is; None where none is asked for."""
    if not route.sited:
        return None
    query = scope["query_string"]
    # Most requests name no site; a name may also be written with percent signs.
    pairs = _parameters(scope) if b"site" in query or b"%" in query else []
    asked = [value for name, value in pairs if name == SITE_PARAMETER]
    if len(asked) > 1:
        raise Refusal(Problem(422, "site_twice", "the site is named more than once"))
    site = principal.site_for(asked[0] if asked else None)
    hint = "name one of your sites: ?site=..."
    if site is None and asked:
        # Of a site that is not hers the very same is said as of one that is not there.
        raise Refusal(Problem(404, "unknown_site", "you have no site of this name", hint))
    if site is None and not principal.sites:
        message = "your key or token names no site, so nothing can be done for one"
        hint = "the operator gives the key a site, or looks at ELIGIBILITY_OIDC_SITES_CLAIM"
        raise Refusal(Problem(403, "no_site", message, hint))
    if site is None:
        raise Refusal(Problem(422, "site_missing", "it is not clear for which site this is", hint))
    return site


def _check_length(scope: Scope, settings: Settings) -> None:
    target = len(scope.get("raw_path") or b"") + len(scope["query_string"])
    if target > settings.max_target_bytes:
        message = f"path and query are longer than {settings.max_target_bytes} bytes"
        raise Refusal(Problem(414, "target_too_long", message))
    if scope["query_string"].count(b"&") >= settings.max_parameters:
        message = f"there are more than {settings.max_parameters} parameters"
        raise Refusal(Problem(400, "too_many_parameters", message))


def _parameters(scope: Scope) -> list[tuple[str, str]]:
    query = scope["query_string"].decode("latin-1")
    return parse_qsl(query, keep_blank_values=True) if query else []


def _not_allowed(route: Route) -> Problem:
    hint = f"it needs a role that you do not have: {' or '.join(sorted(route.roles))}"
    return Problem(403, "not_allowed", "your role does not allow this", hint)


def _foreign() -> Problem:
    return Problem(403, "foreign_origin", "pages of other sites may not ask this")


def _too_many(wait: float) -> Problem:
    message = "more requests came than are allowed"
    headers = {"retry-after": str(max(1, math.ceil(wait)))}
    return Problem(429, "too_many_requests", message, "wait and try again", headers=headers)


def _busy() -> Problem:
    message = "the service works on as many requests as it can"
    return Problem(503, "busy", message, "try again", headers={"retry-after": "1"})


def _host_name(value: bytes) -> str:
    """The name in a `Host` header, without its port."""
    host = value.decode("latin-1").lower()
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


def _origin_name(value: bytes) -> str:
    return _host_name(_place_named(value))


def _place_named(origin: bytes) -> bytes:
    """Name and port in an `Origin` header; nothing where it names none."""
    try:
        return urlsplit(origin.decode("latin-1")).netloc.lower().encode("latin-1")
    except ValueError:
        return b""
