"""Clients of a served process whose database fails for a while, and what they were answered."""

from __future__ import annotations

import http.client
import json
import time
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from api.log.checkpoints import Checkpoints
from api.log.database import Database
from api.log.reading import LogReader, Search
from api.log.verify import verify
from api.log_place import LogPlace
from tests.api.door.server import Server

from .posting import PATH, patient

SETTINGS = {"LOG_WAIT_SECONDS": 0.2, "REQUESTS_PER_SECOND": 1e6, "REQUEST_BURST": 1_000_000}
FEW = 5


@dataclass(frozen=True)
class Answer:
    """What came back, read whole."""

    status: int
    headers: Message
    body: bytes

    @property
    def document(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Clients:
    """Who posts to a server: each key with a patient of its own, as often as it takes."""

    port: int
    acknowledged: dict[str, int] = field(default_factory=dict)
    refused: dict[str, Answer] = field(default_factory=dict)

    def post(self, key: str) -> bool:
        """Post the patient of a key, note what became of it, and say whether it was acknowledged."""
        headers = {"content-type": "application/json", "idempotency-key": key}
        answer = self._ask("POST", PATH, json.dumps(patient(key)), headers)
        if answer.status != 200:
            self.refused[key] = answer
            return False
        number = answer.document["entry"]["sequence"]
        assert self.acknowledged.setdefault(key, number) == number
        self.refused.pop(key, None)
        return True

    def post_some(self, name: str) -> None:
        """Post a few patients one after the other."""
        for number in range(FEW):
            self.post(f"{name}-{number}")

    def post_until_refused(self, name: str) -> None:
        """A full database still takes what fits into the pages that it has."""
        numbers = iter(range(200))
        while self.post(f"{name}-{next(numbers)}"):
            pass

    def post_all_again(self) -> None:
        """Everything that was ever posted, with the same keys; now it is all acknowledged."""
        for key in [*self.refused, *self.acknowledged]:
            self.post(key)
        assert self.refused == {}

    def status(self, path: str) -> int:
        """How a path is answered."""
        return self._ask("GET", path).status

    def wait_until_acknowledged(self, key: str) -> None:
        """Post until it is taken, a minute at most; then readiness says so too."""
        until = time.monotonic() + 60
        while not self.post(key) or self.status("/ready") != 200:
            assert time.monotonic() < until
            time.sleep(0.1)

    def told(self) -> set[tuple[int, str, bool]]:
        """Status and code of the refusals, and whether they say when to come back."""
        return {
            (each.status, each.document["code"], "retry-after" in each.headers)
            for each in self.refused.values()
        }

    def _ask(self, method: str, path: str, *sent: Any) -> Answer:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)) as connection:
            connection.request(method, path, *sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())


def while_failing(clients: Clients, *, reads: int) -> None:
    """Post while the database fails: it is refused, and readiness says so; the process itself is well."""
    clients.post_some("meanwhile")
    clients.post_until_refused("more")
    assert clients.status("/ready") == 503
    assert [clients.status(path) for path in ("/v1/log", "/log-book")] == [reads, reads]
    assert clients.status("/health") == 200


def through(
    server: Server, place: LogPlace, fault: AbstractContextManager[None], code: str, *, reads: int
) -> Clients:
    """Post before, while and after the database fails; those who were refused, and what they were told."""
    clients = Clients(server.port)
    clients.post_some("before")
    assert clients.refused == {}
    with fault:
        while_failing(clients, reads=reads)
    assert clients.told() == {(503, code, True)}
    refused = dict(clients.refused)
    clients.wait_until_acknowledged("afterwards")
    clients.post_all_again()
    assert server.stops()
    check(server, place, clients)
    return Clients(server.port, clients.acknowledged, refused)


def check(server: Server, place: LogPlace, clients: Clients) -> None:
    """The log is whole, everything acknowledged stands in it once, and the server met nothing unforeseen."""
    database, key = Database(place.database), place.key()
    try:
        checkpoints = Checkpoints(place.checkpoints, key) if place.checkpoints else None
        assert verify(database, key, checkpoints=checkpoints).faults == []
        every = LogReader(database, key).every(Search(sites=("local",)))
        logged = [(entry.key_hash, entry.sequence) for entry in every]
    finally:
        database.close()
    told = clients.acknowledged.items()
    assert sorted(logged) == sorted((key.idempotency("local", "local", k), n) for k, n in told)
    lines = server.lines()
    assert [each for each in lines if each["event"] == "fault" or each.get("status") == 500] == []
