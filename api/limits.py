"""How much a request may send and how long it may take, whatever it says of itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logs import log
from api.problems import Problem


class BodyTooLargeError(Exception):
    """Raised inside the application when its body grows beyond the limit; never seen outside."""


class Limits:
    """Counts bytes as they come in, and seconds in which nothing happens."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_body_bytes: int,
        max_upload_bytes: int,
        seconds: float,
        send_seconds: float,
        send_bytes_per_second: float,
    ) -> None:
        self._app = app
        self._max_bytes = {False: max_body_bytes, True: max_upload_bytes}
        self._seconds = seconds
        self._send_seconds, self._send_pace = send_seconds, send_bytes_per_second

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on within its limits."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._max_bytes[scope.get("state", {}).get("is_upload", False)]
        if declared(scope) > most:
            await _too_large(most).response()(scope, receive, send)
            return
        deadline = asyncio.timeout(self._seconds)
        flow = _Flow(receive, send, most, lambda at: self._set_deadline(deadline, at))
        try:
            async with deadline:
                await self._app(scope, flow.receive, flow.send)
        except BodyTooLargeError:
            pass
        except TimeoutError:
            if deadline.expired() and flow.is_sending:
                log("connection_closed", code="not_read")
                raise ClientDisconnect from None
            if not deadline.expired() or flow.started:
                raise
            await self._too_slow().response()(scope, receive, send)
            return
        if flow.is_too_large and not flow.started:
            await _too_large(most).response()(scope, receive, send)

    def _set_deadline(self, deadline: asyncio.Timeout, flow: _Flow) -> None:
        """So long for the next step; who reads the answer gets no more waiting than its length is worth."""
        left = self._seconds
        if flow.is_sending:
            patience = self._send_seconds + flow.sent / self._send_pace
            left = min(left, max(0.0, patience - flow.waited))
        deadline.reschedule(asyncio.get_running_loop().time() + left)

    def _too_slow(self) -> Problem:
        message = "the answer took too long and was given up"
        return Problem(503, "timed_out", message, "try again", headers={"retry-after": "5"})


class _Flow:
    """What goes in and out of the application for one request."""

    def __init__(
        self,
        receive: Receive,
        send: Send,
        max_bytes: int,
        on_progress: Callable[[_Flow], None],
    ) -> None:
        self._receive = receive
        self._send = send
        self._left = max_bytes
        self._on_progress = on_progress
        self.is_too_large = False
        self.started = self.is_sending = False
        self.sent, self.waited = 0, 0.0
        """Bytes of the answer, and the seconds that the client let it wait with them."""

    async def receive(self) -> Message:
        message = await self._receive()
        if message.get("more_body"):
            self._on_progress(self)
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self.is_too_large = True
            raise BodyTooLargeError
        return message

    async def send(self, message: Message) -> None:
        if self.is_too_large and not self.started:
            return  # the framework's word for the error raised above; ours follows
        self.started = True
        if not message.get("more_body"):
            await self._send(message)
            return
        clock = asyncio.get_running_loop().time
        began, self.is_sending = clock(), True
        self._on_progress(self)
        await self._send(message)
        self.is_sending = False  # not in case of an error: it tells that this is where it was
        self.sent += len(message.get("body", b""))
        self.waited += clock() - began
        self._on_progress(self)


def _too_large(most: int) -> Problem:
    return Problem(413, "body_too_large", f"the body is larger than {most} bytes")


def declared(scope: Scope) -> int:
    """The length that the headers announce; what is not a number is the server's to refuse."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0
