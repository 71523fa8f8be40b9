"""A network that fails silently: connections stay open, and nothing passes them any more."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Proxy:
    """Carries bytes between a port and the server's socket, until it swallows what the open connections carry."""

    def __init__(self, server: str) -> None:
        self._server = f"{server}/.s.PGSQL.5432"
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._round = 0
        self._at: bytes | None = None
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def swallow(self) -> None:
        """From now on nothing passes the connections that are open; new ones work."""
        self._round += 1

    def swallow_at(self, words: bytes) -> None:
        """The same, as soon as a client says these words; they are swallowed too."""
        self._at = words

    def close(self) -> None:
        """Let go of everything."""
        self._listening.close()
        for each in self._open:
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
                self._open += [client, server]
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        began = self._round
        with suppress(OSError):
            while content := source.recv(65_536):
                if self._at is not None and self._at in content:
                    self._at = None
                    self.swallow()
                if self._round == began:
                    target.sendall(content)
            if self._round == began:
                target.shutdown(socket.SHUT_WR)


@contextmanager
def proxied(server: str, url: str) -> Iterator[tuple[Proxy, str]]:
    """A proxy before a server of the tests, and the address of a database behind it."""
    proxy = Proxy(server)
    try:
        name = url.removeprefix("postgresql://log@/").split("?")[0]
        yield proxy, f"postgresql://log@127.0.0.1:{proxy.port}/{name}"
    finally:
        proxy.close()
