"""Downloads that are cut in the middle: nothing of them stays open, and others go on reading."""

from __future__ import annotations

import http.client
import socket
from pathlib import Path

from api.log_place import open_screening_log
from api.settings import Settings
from tests.api.door.server import Server, running
from tests.log.drafts import decision

_DOWNLOADS = 20  # the pool has sixteen connections
_ENTRIES = 40_000  # more than a socket's buffers take


def test_after_many_cut_downloads_the_log_is_still_read(tmp_path: Path) -> None:
    _fill(tmp_path / "data")
    with running(tmp_path, REQUESTS_PER_SECOND=1000, REQUEST_BURST=1000) as server:
        begun = [_cut(server) for _ in range(_DOWNLOADS)]
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=15)
        connection.request("GET", "/v1/log?limit=1")
        status = connection.getresponse().status
        connection.close()
        assert server.stops()

    assert (set(begun), status) == ({True}, 200)
    assert not [line for line in server.lines() if line["event"] == "fault"]


def _cut(server: Server) -> bool:
    """Ask for the whole log, take its first bytes, and go. Whether it had begun to come."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(15)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(b"GET /v1/log/export.csv HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        return connection.recv(1000).startswith(b"HTTP/1.1 200")


def _fill(folder: Path) -> None:
    log = open_screening_log(
        Settings(data_folder=folder, log_queue_size=_ENTRIES, log_batch_size=2000)
    )
    futures = [log.submit(decision(number, site="local")) for number in range(_ENTRIES)]
    futures[-1].result()
    log.close()
