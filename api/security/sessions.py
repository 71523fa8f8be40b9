"""Who has signed in on a page: a signed cookie that names the holder of a key, never the key, and her site."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass, fields, replace
from functools import cached_property

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Scope, Send

from api.security.cookies import cookie, cookie_header
from api.security.ended_sessions import EndedSessions
from api.security.session_key import read_session_key
from api.settings import Settings

SESSION, VISIT = "session", "visit"
"""The cookies: who signed in; which browser this is, whoever uses it."""
UNATTENDED = b"x-unattended"
"""A script says so of what it asks for by itself: it does not keep a session alive."""
_RENEWED_PER_IDLE = 10
_VISIT_SECONDS = 30 * 24 * 3600
_VISIT_BYTES = 16
_ID_BYTES = 16
_SIGNATURE = 64
"""Hexadecimal digits of a signature."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a browser may say of its user; whether that still holds is asked with every request."""

    principal: str
    site: str | None
    began: int
    seen: int
    id: str
    """Drawn by lot when it begins, so that it can be ended for good."""


class Sessions:
    """Writes and reads sessions, and the tokens by which a form of ours is known."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._clock = clock
        self._ended = EndedSessions(
            settings.data_folder, seconds=settings.session_seconds, clock=clock
        )

    @cached_property
    def _secret(self) -> bytes:
        return read_session_key(self._settings)

    def load(self) -> None:
        """Read the key, or make it. Raises SettingsError."""
        _ = self._secret  # to ask for it is to read it; an `assert` would not, under `python -O`

    def begun(self, principal: str, site: str | None = None) -> Session:
        """A session that starts now."""
        now = int(self._clock())
        return Session(principal, site, now, now, secrets.token_hex(_ID_BYTES))

    def of(self, scope: Scope) -> Session | None:
        """The session of a request; None if there is none, or it is not ours or too old."""
        given = cookie(scope, SESSION)
        return self.read(given) if given else None

    def read(self, written: str) -> Session | None:
        """The session in a cookie's value."""
        content, _, signature = written.partition(".")
        if not hmac.compare_digest(self._sign("session", content), signature.encode()):
            return None
        parts = json.loads(base64.urlsafe_b64decode(content))
        if len(parts) != len(fields(Session)):  # as an older version wrote it
            return None
        session = Session(*parts)
        now = self._clock()
        is_old = now - session.began >= self._settings.session_seconds
        is_idle = now - session.seen >= self._settings.session_idle_seconds
        return None if is_old or is_idle or self._ended.holds(session.id) else session

    def end(self, session: Session | None) -> None:
        """From now on no cookie brings it back, not even one that is on its way. Raises SessionNotEnded."""
        if session is not None:
            self._ended.add(session.id)

    def written(self, session: Session) -> str:
        """The value of its cookie."""
        content = base64.urlsafe_b64encode(json.dumps(astuple(session)).encode()).decode()
        return f"{content}.{self._sign('session', content).decode()}"

    def header(self, scope: Scope, session: Session | None) -> str:
        """The `Set-Cookie` that keeps a session in the browser, or ends it."""
        if session is None:
            return cookie_header(scope, SESSION, "", seconds=0)
        left = session.began + self._settings.session_seconds - self._clock()
        return cookie_header(scope, SESSION, self.written(session), seconds=max(0, int(left)))

    def renewing(self, scope: Scope, send: Send) -> Send:
        """Passes an answer on, and says in it that the person was here."""
        session: Session | None = scope["state"].get("session")
        if session is None or not self._is_to_renew(scope, session):
            return send
        header = self.header(scope, replace(session, seen=int(self._clock())))

        async def renewed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": list(message.get("headers", ()))}
                headers = MutableHeaders(scope=message)
                # A route that ends the session or chooses a site has the last word.
                if not any(_is_session(each) for each in headers.getlist("set-cookie")):
                    headers.append("set-cookie", header)
            await send(message)

        return renewed

    def visit(self, scope: Scope) -> str:
        """Which browser this is; a new one is given a name, to be set by `visit_header`."""
        state = scope["state"]
        if "visit" not in state:
            given = cookie(scope, VISIT)
            state["visit"] = given or secrets.token_hex(_VISIT_BYTES)
            state["visit_is_new"] = not given
        return str(state["visit"])

    def visit_header(self, scope: Scope) -> str:
        """The `Set-Cookie` that names a browser."""
        return cookie_header(scope, VISIT, self.visit(scope), seconds=_VISIT_SECONDS)

    def renew_visit(self, scope: Scope) -> None:
        """Another name for a browser whose user has changed: forms from before are void."""
        scope["state"] |= {"visit": secrets.token_hex(_VISIT_BYTES), "visit_is_new": True}

    def token(self, scope: Scope) -> str:
        """What every form of this browser carries, so that nobody else's passes for ours; it names the page's site."""
        site = scope["state"].get("site") or ""
        return self._form_signature(self.visit(scope), site) + site.encode().hex()

    def site_of_token(self, scope: Scope, given: str) -> str | None:
        """The site that a form's page was made for, "" for none; None unless this browser was given the page."""
        visit = cookie(scope, VISIT)
        signature, written = given[:_SIGNATURE], given[_SIGNATURE:]
        try:
            site = bytes.fromhex(written).decode("ascii")
        except ValueError:
            return None
        good = self._form_signature(visit or "", site)
        is_ours = bool(visit) and hmac.compare_digest(good.encode(), signature.encode())
        return site if is_ours else None

    def key_for(self, purpose: str) -> bytes:
        """A key of 32 bytes for something else that only this service reads, the same for every worker."""
        return hmac.digest(self._secret, b"pages: " + purpose.encode(), "sha256")

    def _is_to_renew(self, scope: Scope, session: Session) -> bool:
        pause = self._settings.session_idle_seconds / _RENEWED_PER_IDLE
        is_attended = all(name != UNATTENDED for name, _ in scope["headers"])
        return is_attended and self._clock() - session.seen >= pause

    def _form_signature(self, visit: str, site: str) -> str:
        return self._sign("form", f"{visit} {site}").decode()

    def _sign(self, purpose: str, content: str) -> bytes:
        return hmac.digest(self.key_for(purpose), content.encode(), "sha256").hex().encode()


def _is_session(header: str) -> bool:
    return header.partition("=")[0].removeprefix("__Host-") == SESSION
