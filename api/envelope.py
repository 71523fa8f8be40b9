"""The outermost layer: every request gets an id, every answer its headers, every fault one shape, all a log line."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import AccessTable, Route
from api.headers import answered_with, request_id_of
from api.logs import log, log_fault
from api.metrics import Metrics
from api.problems import AS_PAGE, Problem

NOT_A_ROUTE = "none"
CLIENT_GONE = 499
AsPage = Callable[[Scope, Problem], Response]


class Envelope:
    """Wraps the whole application; knows nothing of who asks for what."""

    def __init__(
        self, app: ASGIApp, *, table: AccessTable, metrics: Metrics, as_page: AsPage
    ) -> None:
        self._app = app
        self._table = table
        self._metrics = metrics
        self._as_page = as_page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        row = self._table.row(scope["method"], scope["path"])
        exchange = _Exchange(scope, send, row)
        scope["state"]["row"] = row
        if is_for_a_person(scope, row):
            scope["state"][AS_PAGE] = self._as_page
        self._metrics.began()
        try:
            await self._app(scope, receive, exchange.send)
        except asyncio.CancelledError:
            exchange.status = exchange.status or CLIENT_GONE
            raise
        except ClientDisconnect:
            exchange.status = exchange.status or CLIENT_GONE
        except Exception as error:  # whatever it is, its message must go nowhere
            await self._failed(exchange, error, receive)
        finally:
            self._note(exchange)

    async def _failed(self, exchange: _Exchange, error: Exception, receive: Receive) -> None:
        """A fault of the service itself: its kind is for the log, nothing of it for the client."""
        log_fault("fault", error, request_id=exchange.request_id)
        if exchange.status:
            return
        try:
            await internal_problem().response()(exchange.scope, receive, exchange.send)
        except (
            Exception
        ) as again:  # the page that tells of it failed as well: then no page tells of it
            if AS_PAGE not in exchange.scope["state"] or exchange.status:
                raise
            log_fault("fault", again, request_id=exchange.request_id)
            del exchange.scope["state"][AS_PAGE]
            await internal_problem().response()(exchange.scope, receive, exchange.send)

    def _note(self, exchange: _Exchange) -> None:
        scope, state = exchange.scope, exchange.scope["state"]
        seconds = time.perf_counter() - exchange.began_at
        route, code = exchange.route, state.get("problem")
        status = exchange.status or CLIENT_GONE
        self._metrics.ended(
            method=scope["method"], route=route, status=status, code=code, seconds=seconds
        )
        principal = state.get("principal")
        log(
            "request",
            logging.WARNING if status >= 500 else logging.INFO,
            request_id=exchange.request_id,
            method=scope["method"],
            route=route,
            status=status,
            code=code,
            milliseconds=round(seconds * 1000, 1),
            principal=principal.id if principal else None,
            site=state.get("site"),
        )


def is_for_a_person(scope: Scope, row: Route | None) -> bool:
    """Whether a page is answered: of a path that is not there, what the browser says decides."""
    if row is not None:
        return row.is_page
    if scope["path"].startswith("/v1/"):
        return False
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


def internal_problem() -> Problem:
    """What a client is told of a fault of the service."""
    return Problem(500, "internal", "the service failed; nothing was decided")


class _Exchange:
    """One request with what has been answered so far."""

    def __init__(self, scope: Scope, send: Send, row: Route | None) -> None:
        self.scope = scope
        self.request_id = request_id_of(scope["headers"])
        self.route = row.path if row else NOT_A_ROUTE
        self.status = 0
        self.began_at = time.perf_counter()
        self._send = send
        scope.setdefault("state", {})["request_id"] = self.request_id

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = answered_with(list(message.get("headers", ())), self.request_id)
            message = {**message, "headers": headers}
        await self._send(message)
