"""HTTP/1.1 with deadlines: a connection that sends or reads too slowly, or too much of a head, is closed."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from api.access import AccessTable
from api.headers import answered_with, request_id_of
from api.logs import log
from api.problems import MEDIA_TYPE, Problem
from api.settings import Settings

MOST_DISCARDED = 1_048_576
_TABLE = AccessTable()
MOST_WAITING = 16
"""Requests sent on one connection before the one under way is answered."""


def send_at_once(transport: asyncio.Transport) -> None:
    """Let no part of an answer wait for the client's word on the part before: that takes 40 ms.

    asyncio sees to it by itself, but not for the connections of a socket that several workers share.
    """
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The limits of a connection."""

    receive_seconds: float = 5
    bytes_per_second: float = 65_536
    send_seconds: float = 30
    header_bytes: int = 16_384
    headers: int = 100
    connections: int = 1000
    upload_bytes_per_second: float = 1024

    @classmethod
    def from_settings(cls, settings: Settings) -> Deadlines:
        """The limits that the settings name."""
        return cls(
            settings.receive_seconds,
            settings.min_bytes_per_second,
            settings.send_seconds,
            settings.max_header_bytes,
            settings.max_headers,
            settings.max_connections,
            settings.batch_bytes_per_second,
        )


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which itself would wait for ever."""

    deadlines: ClassVar[Deadlines] = Deadlines()
    """Set once per process, before the first connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None
        self._began = 0.0
        self._received = 0
        self._raw_head = self._head = 0
        self._in_head = True
        self._pace = self.deadlines.bytes_per_second
        self._has_begun = False
        self._discarded = 0
        self._closing_with: Problem | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Give the connection its time to send a request, or refuse it."""
        super().connection_made(transport)
        send_at_once(transport)
        if len(self.connections) > self.deadlines.connections:
            self._refuse(_busy())
            return
        self._await_message()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget every timer."""
        self._disarm()
        self._allow_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes in before it is read."""
        if self._closing_with is not None:
            return
        self._received += len(data)
        if self._in_head:
            self._raw_head += len(data)
        elif self._is_answered:
            self._discard(len(data))
        super().data_received(data)
        self._check_what_came()

    def _check_what_came(self) -> None:
        """Refuse a head that has grown too long, or what the parser's findings were refused for."""
        if self._closing_with is None and self._in_head:
            if self._raw_head > self.deadlines.header_bytes:
                self._closing_with = _head_too_large()
            elif self._timer is None and self._is_idle:
                self._await_message()  # line ends before a request, which the parser skips
        if self._closing_with is not None:
            self._close_refused()

    @property
    def _exchange(self) -> RequestResponseCycle | None:
        """The latest request that reached the application; uvicorn's type leaves out that there is none at first."""
        return cast("RequestResponseCycle | None", self.cycle)

    @property
    def _is_idle(self) -> bool:
        """Whether the application works on no request of this connection."""
        return self._exchange is None or self._exchange.response_complete

    @property
    def _is_answered(self) -> bool:
        """Whether the request that is coming in has its answer already."""
        return not self._in_head and self._exchange is not None and self._is_idle

    def _discard(self, size: int) -> None:
        """A body that is already answered is read to its end, so that the answer arrives, but not for ever."""
        self._discarded += size
        if self._discarded > MOST_DISCARDED:
            self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins: its time counts from here."""
        super().on_message_begin()
        self._has_begun, self._in_head = True, True
        self._head = self._discarded = 0
        self._await_message()

    def on_url(self, url: bytes) -> None:
        """Measure the request line."""
        super().on_url(url)
        self._head += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Measure a header, and keep no more of them than are allowed."""
        self._head += len(name) + len(value) + 4
        if len(self.headers) < self.deadlines.headers:
            super().on_header(name, value)
        else:
            self._closing_with = _head_too_large()

    def on_headers_complete(self) -> None:
        """Start the request, unless its head is refused."""
        self._in_head = False
        if self._head > self.deadlines.header_bytes:
            self._closing_with = _head_too_large()
        elif len(self.pipeline) >= MOST_WAITING:
            self._closing_with = _busy()
        if self._closing_with is None:
            super().on_headers_complete()
            self._pace = self._allowed_pace()

    def _allowed_pace(self) -> float:
        """A whole table may come slowly; who may not send one is answered, and so cut off, at once."""
        row = _TABLE.row(self.scope["method"], self.scope["path"])
        is_upload = row is not None and row.is_upload
        deadlines = self.deadlines
        return deadlines.upload_bytes_per_second if is_upload else deadlines.bytes_per_second

    def on_body(self, body: bytes) -> None:
        """Pass the body on."""
        if self._closing_with is None:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request has arrived: no deadline any more."""
        self._disarm()
        if self._closing_with is None:
            super().on_message_complete()
        self._has_begun, self._in_head, self._raw_head = False, True, 0

    def _await_message(self) -> None:
        self._disarm()
        self._began, self._received = self.loop.time(), 0
        self._timer = self.loop.call_later(self.deadlines.receive_seconds, self._time_is_up)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _time_is_up(self) -> None:
        """Close, unless the body comes fast enough or it is we who do not read it."""
        now, earned = self.loop.time(), self._received / self._pace
        if self.flow.read_paused:
            self._began = now - earned
        left = self._began + self.deadlines.receive_seconds + earned - now
        if left > 0 and (self.flow.read_paused or not self._in_head):
            self._timer = self.loop.call_later(left, self._time_is_up)
            return
        self._timer = None
        if self._has_begun and not self._is_answered:
            self._refuse(_too_slow())
        else:
            self.transport.close()

    def pause_writing(self) -> None:
        """The client does not read: it gets so long, and no longer."""
        super().pause_writing()
        self._allow_writing()
        self._write_timer = self.loop.call_later(self.deadlines.send_seconds, self._cut_off)

    def resume_writing(self) -> None:
        """The client reads again."""
        super().resume_writing()
        self._allow_writing()

    def _allow_writing(self) -> None:
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None

    def _cut_off(self) -> None:
        log("connection_closed", code="not_read")
        self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        """uvicorn's answer to what is no HTTP, in our shape."""
        self._refuse(self._closing_with or Problem(400, "http_unreadable", "this is not HTTP/1.1"))

    def _refuse(self, problem: Problem) -> None:
        """Answer with a problem and close; a request that the application works on is given up."""
        self._closing_with = problem
        self._close_refused()

    def _close_refused(self) -> None:
        self._disarm()
        problem = self._closing_with
        assert problem is not None  # set by whoever refuses
        if self.transport.is_closing():
            return
        started = self._is_answered
        if not self._is_idle:
            started = self.cycle.response_started
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        request_id = request_id_of(self.headers or [])
        if not started:
            self.transport.write(_raw(problem, request_id))
        log("connection_closed", code=problem.code, status=problem.status, request_id=request_id)
        self.transport.close()


def _raw(problem: Problem, request_id: str) -> bytes:
    """A whole HTTP answer, headers and all."""
    body = problem.body()
    own = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        *((name.encode(), value.encode()) for name, value in problem.headers.items()),
    ]
    status = HTTPStatus(problem.status)
    lines = [b"HTTP/1.1 %d %s" % (status, status.phrase.encode())]
    lines += [b"%s: %s" % header for header in answered_with(own, request_id)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _too_slow() -> Problem:
    return Problem(408, "too_slow", "the request did not arrive in time")


def _head_too_large() -> Problem:
    return Problem(431, "headers_too_large", "the request line and headers are too large")


def _busy() -> Problem:
    message = "more connections or requests are open than the service can hold"
    return Problem(503, "busy", message, "try again", headers={"retry-after": "1"})
