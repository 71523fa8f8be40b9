"""Tells of every connection, datagram and name look-up of a Python that leaves this machine, and forbids it.

It is put into an environment as its `sitecustomize`: then every Python of that environment begins with it, also one
that is started isolated (`-I`) and without any variable. What libraries in C do by themselves it does not see: libpq
opens the connection to the configured database so.
"""

from __future__ import annotations

import ipaddress
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

_RECORD = Path(__file__).with_name("outbound.jsonl")
_SENDS = ("socket.connect", "socket.sendto", "socket.sendmsg")
_LOOKS_UP = (
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.gethostbyaddr",
    "socket.getnameinfo",
)
_STARTS = ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system")


def _is_here(host: Any) -> bool:
    """Whether it is this machine, said so that nobody has to be asked where that is."""
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        text = host.decode() if isinstance(host, bytes) else host
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False


def _tell(what: str, to: object) -> None:
    line = json.dumps({"pid": os.getpid(), "what": what, "to": str(to)}) + "\n"
    handle = os.open(_RECORD, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


def _watch(event: str, given: tuple[Any, ...]) -> None:
    if event in _STARTS:
        _tell("starts", os.fsdecode(given[0]))
        return
    if event in _SENDS:
        host = given[1][0] if isinstance(given[1], tuple) and given[1] else None
    elif event in _LOOKS_UP:
        host = given[0][0] if isinstance(given[0], tuple) else given[0]
    else:
        return
    if not _is_here(host):
        _tell(event, host)
        raise PermissionError("no outbound calls")


def _ask_first(name: str, event: str) -> None:
    """A socket looks a name up before it tells of the connection, and tells nothing if there is no such name."""
    inner: Any = getattr(socket.socket, name)

    def asking(self: socket.socket, *given: Any) -> Any:
        _watch(event, (self, given[-1]))
        return inner(self, *given)

    setattr(socket.socket, name, asking)


_tell("began", " ".join(sys.orig_argv))
sys.addaudithook(_watch)
for _name in ("connect", "connect_ex"):
    _ask_first(_name, "socket.connect")
_ask_first("sendto", "socket.sendto")
