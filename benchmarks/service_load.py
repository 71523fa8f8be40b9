"""A load generator: connections that post one prepared request after the other and time each answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Load:
    """What a run of posts found."""

    waits: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    seconds: float = 0.0
    size: int = 0


class Connection(asyncio.Protocol):
    """One kept-alive connection; the next request goes out when the answer is complete."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._buffer = bytearray()
        self._expected = -1
        self._began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.ask()

    def ask(self) -> None:
        request = self._run.next_request()
        if request is None:
            self._transport.close()
            return
        self._began = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._expected < 0:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self._buffer[:end]).lower()
            start = head.index(b"content-length:") + 15
            length = int(head[start : (head + b"\r\n").index(b"\r\n", start)])
            self._expected = end + 4 + length
        if len(self._buffer) >= self._expected:
            self._run.answered(time.perf_counter() - self._began, self._buffer)
            self._buffer.clear()
            self._expected = -1
            self._run.go_on(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._run.closed()


class _Run:
    def __init__(
        self, request: Callable[[int], bytes], *, count: int, callers: int, rate: float | None
    ) -> None:
        self.load = Load()
        self._request, self._count, self._callers = request, count, callers
        self._sent = 0
        self._rate = rate
        self._slots = 0
        self._began = time.perf_counter()
        self._open = callers
        self.done = asyncio.get_running_loop().create_future()

    def next_request(self) -> bytes | None:
        if self._sent >= self._count:
            return None
        self._sent += 1
        return self._request(self._sent)

    def answered(self, wait: float, answer: bytearray) -> None:
        self.load.waits.append(wait)
        status = int(answer[9:12])
        self.load.statuses[status] = self.load.statuses.get(status, 0) + 1
        self.load.size = len(answer)

    def go_on(self, connection: Connection) -> None:
        """At once, or when its turn has come where a rate is kept."""
        if self._rate is None:
            connection.ask()
            return
        self._slots += 1
        due = self._began + self._slots / self._rate
        loop = asyncio.get_running_loop()
        loop.call_later(max(0.0, due - time.perf_counter()), connection.ask)

    def closed(self) -> None:
        self._open -= 1
        if not self._open and not self.done.done():
            self.done.set_result(None)


async def posted(
    port: int,
    request: Callable[[int], bytes],
    *,
    count: int,
    callers: int,
    rate: float | None = None,
) -> Load:
    """Post `count` requests over `callers` connections; with a rate, no more than so many a second."""
    run = _Run(request, count=count, callers=callers, rate=rate)
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    for _ in range(callers):
        await loop.create_connection(lambda: Connection(run), "127.0.0.1", port)
    await run.done
    run.load.seconds = time.perf_counter() - began
    return run.load
