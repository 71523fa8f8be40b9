"""A real server on a loopback port, and raw bytes to send to it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ENDS = ("Finished server process", "Stopping parent process")
EXCHANGE = tuple[int, dict[str, str], bytes]


@dataclass
class Server:
    """A running server, its port and its log."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def connect(self, timeout: float = 10) -> socket.socket:
        """A new connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def send(self, *parts: bytes, pause: float = 0, timeout: float = 10) -> bytes:
        """Send bytes, with pauses between, and read until the server closes or is silent."""
        with self.connect(timeout) as connection:
            for part in parts:
                try:
                    connection.sendall(part)
                except OSError:
                    break
                time.sleep(pause)
            return read_all(connection)

    def lines(self) -> list[dict[str, Any]]:
        """The lines of the log."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def stops(self) -> bool:
        """Ask it to end, wait until it has, and say whether it ended in good order."""
        self.process.send_signal(signal.SIGTERM)
        # One worker ends by the signal itself once it has finished, as uvicorn has it.
        ended = self.process.wait(30) in (0, -signal.SIGTERM)
        return ended and self.lines()[-1]["event"].startswith(_ENDS)


def read_all(connection: socket.socket) -> bytes:
    """What comes until the other side closes; a reset is an end too."""
    received = b""
    try:
        while part := connection.recv(65_536):
            received += part
    except ConnectionError:
        pass
    return received


def parsed(answer: bytes) -> EXCHANGE:
    """Status, headers and body of the first answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    line, *rest = head.decode("latin-1").split("\r\n")
    headers = dict(each.split(": ", 1) for each in rest)
    return int(line.split(" ")[1]), headers, body[: int(headers["content-length"])]


@contextmanager
def running(
    folder: Path,
    *,
    python: str | Path = sys.executable,
    program: str = "from api.serve import main; main()",
    **settings: object,
) -> Iterator[Server]:
    """`eligibility-serve` as an operator starts it; or by another Python, or after something else."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"DATA_FOLDER": folder / "data", **settings}
    given = {f"ELIGIBILITY_{name}": str(value) for name, value in settings.items()}
    log = folder / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [python, "-c", program],
            env={**os.environ, "TMPDIR": str(folder), "ELIGIBILITY_PORT": str(port), **given},
            stderr=stream,
            stdout=stream,
            start_new_session=True,
        )
    server = Server(process, port, log)
    try:
        _wait(server)
        yield server
    except BaseException:
        sys.stderr.write(log.read_text(encoding="utf-8")[-4000:])  # shown where the test fails
        raise
    finally:
        with suppress(ProcessLookupError):  # it may have ended in good order
            os.killpg(process.pid, signal.SIGKILL)  # its workers too: they would outlive it
        process.wait(10)


def _wait(server: Server) -> None:
    for _ in range(2400):  # two minutes: the machines that run this are shared
        assert server.process.poll() is None, server.log.read_text(encoding="utf-8")
        try:
            server.connect().close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server does not listen")
