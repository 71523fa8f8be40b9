"""Connections to PostgreSQL that give up: a server or network that falls silent is an error, not a wait for ever."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any, TypeVar

import psycopg

_Value = TypeVar("_Value")
STATEMENT_SECONDS = 10.0
"""How long the server works on one statement; then it cancels it and says so."""
SLACK_SECONDS = 2.0
"""How much longer than the server we wait, to hear what it says."""
ANSWER_SECONDS = STATEMENT_SECONDS + SLACK_SECONDS
"""How long one answer is waited for here, should the server say nothing at all."""

STUDY_SECONDS = 3600.0
"""How long a statement may take that looks through the whole log."""

IDLE_SECONDS = 10.0
"""How long the server keeps the transaction, and so the lock, of a writer that has fallen silent."""


def connect_arguments(*, wait_seconds: float) -> dict[str, Any]:
    """What the driver is told, so that the system notices a dead connection by itself."""
    return {
        "connect_timeout": max(2, int(wait_seconds)),
        "keepalives": 1,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": int(ANSWER_SECONDS * 1000),
    }


class AnsweringConnection(psycopg.Connection[Any]):
    """A connection that is closed when an answer does not come in time.

    Keepalives are answered by the system of the other side, or by whatever stands between, also when the server
    itself never answers again.
    """

    answer_seconds: float | None = None
    """Where it is not the usual time."""

    def wait(self, gen: Generator[Any, Any, _Value], *args: Any, **more: Any) -> _Value:
        """Wait for an answer; OperationalError, and the connection is of no more use, if it does not come."""
        return super().wait(self._in_time(gen), *args, **more)

    def _in_time(self, gen: Generator[Any, Any, _Value]) -> Generator[Any, Any, _Value]:
        until = time.monotonic() + (self.answer_seconds or ANSWER_SECONDS)
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted  # nothing is ready: some tenths of a second have gone by
                if not ready and time.monotonic() > until:
                    self.pgconn.finish()
                    raise psycopg.OperationalError("the server does not answer")
                wanted = gen.send(ready)
        except StopIteration as end:
            value: _Value = end.value
            return value
