"""Clients that go away at a random byte: what was sent whole may be decided, nothing else; others notice nothing."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from pathlib import Path

import pytest

from api.log.database import Database
from api.log.reading import LogReader, Search
from api.log.verify import verify
from api.log_place import place_of
from api.settings import Settings
from tests.api.door.server import running

from .posting import answer_to, connected, patient, request_of


@pytest.mark.parametrize("count", [60, pytest.param(2000, marks=pytest.mark.long)])
def test_a_client_gone_at_any_byte_decides_nothing_it_did_not_send(
    tmp_path: Path, count: int
) -> None:
    chance = random.Random(5)
    sent_whole: set[str] = set()
    limits = {"REQUESTS_PER_SECOND": 1_000_000, "REQUEST_BURST": 1_000_000}
    with running(tmp_path, **limits) as server:
        for number in range(count):
            key = f"gone-{number}"
            if _leave(server.port, key, chance):
                sent_whole.add(key)
        answers = asyncio.run(_posted(server.port, sorted(sent_whole)))
        assert server.stops()

    logged = _logged(tmp_path / "data")
    assert set(answers) == {200}
    assert len(logged) == len(sent_whole)
    assert server.lines()
    assert not [line for line in server.lines() if line["event"] == "fault"]


def _leave(port: int, key: str, chance: random.Random) -> bool:
    """Send a request up to some byte, or all of it, and go: politely, or by a reset. Whether all was sent."""
    request = request_of(patient(key), key)
    cut = chance.choice([len(request), chance.randrange(len(request))])
    connection = socket.create_connection(("127.0.0.1", port), 10)
    connection.sendall(request[:cut])
    if cut == len(request) and chance.random() < 0.5:
        connection.recv(chance.randrange(1, 20_000))
    if chance.random() < 0.5:
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    connection.close()
    return cut == len(request)


async def _posted(port: int, keys: list[str]) -> list[int]:
    """The same requests once more, now read to the end."""
    statuses = []
    async with connected(port) as (reader, writer):
        for key in keys:
            writer.write(request_of(patient(key), key))
            statuses.append((await answer_to(reader))[0])
    return statuses


def _logged(folder: Path) -> list[str | None]:
    place = place_of(Settings(data_folder=folder))
    database, key = Database(place.database), place.key()
    assert verify(database, key, checkpoints=None).is_intact
    found = [e.key_hash for e in LogReader(database, key).every(Search(sites=("local",)))]
    database.close()
    assert len(set(found)) == len(found)
    return found
