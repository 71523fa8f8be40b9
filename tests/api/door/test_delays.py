"""Answers leave at once, also on a socket that several workers share."""

from __future__ import annotations

import asyncio
import socket

from api.protocol import send_at_once


class Noting(asyncio.Protocol):
    """Notes whether small parts wait, before and after."""

    def __init__(self, noted: asyncio.Future[tuple[bool, bool]]) -> None:
        self._noted = noted

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        before = _is_at_once(transport)
        send_at_once(transport)
        self._noted.set_result((before, _is_at_once(transport)))
        transport.close()


def _is_at_once(transport: asyncio.Transport) -> bool:
    connection = transport.get_extra_info("socket")
    return bool(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


def test_no_part_of_an_answer_waits_where_a_socket_is_shared() -> None:
    async def asked() -> tuple[bool, bool]:
        loop = asyncio.get_running_loop()
        noted: asyncio.Future[tuple[bool, bool]] = loop.create_future()
        # As uvicorn makes it for several workers: without a protocol, which is what asyncio looks at.
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
            listening.bind(("127.0.0.1", 0))
            server = await loop.create_server(lambda: Noting(noted), sock=listening)
            _, writer = await asyncio.open_connection(*listening.getsockname())
            found = await noted
            writer.close()
            server.close()
        return found

    assert asyncio.run(asked()) == (False, True)
