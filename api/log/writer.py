"""One thread that writes: whatever waits is committed together, and each waiter hears after its commit."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import NamedTuple

from api.log.append import Appended, Outcome
from api.log.drafts import Draft
from api.log.errors import LogBusy, LogError, LogUnavailable

_STUCK_SECONDS = 15.0  # more than an answer is waited for: what the database does answer is heard


class _Waiting(NamedTuple):
    """What is to be written, who is told of it, and since when it waits."""

    draft: Draft
    future: Future[Appended]
    since: float


class GroupWriter:
    """Owns the writing of one process. While one commit syncs, the next ones gather behind it."""

    def __init__(
        self,
        commit: Callable[[Sequence[Draft]], list[Outcome]],
        after: Callable[[], None],
        *,
        queue_size: int,
        batch_size: int,
        idle_seconds: float,
    ) -> None:
        self._commit, self._after = commit, after
        self._queue_size, self._batch_size = queue_size, batch_size
        self._idle_seconds = idle_seconds
        self._queue: deque[_Waiting] = deque()
        self._commits = 0
        self._running_since: float | None = None
        """Since when the oldest entry of the running commit waits."""
        self._changed = threading.Condition()
        self._is_closing = False
        self._thread = threading.Thread(target=self._run, name="screening-log", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many drafts wait for a commit."""
        return len(self._queue)

    @property
    def oldest_seconds(self) -> float:
        """For how long the oldest entry waits that is not committed yet; 0 if there is none."""
        with self._changed:
            since = self._running_since
            if since is None and self._queue:
                since = self._queue[0].since
        return 0.0 if since is None else time.monotonic() - since

    def submit(self, draft: Draft) -> Future[Appended]:
        """A place in the queue; the future is done when the entry is durable, or was refused."""
        future: Future[Appended] = Future()
        with self._changed:
            if self._is_closing:
                raise LogUnavailable(
                    "the screening log is closed; nothing was written", code="log_closed"
                )
            if len(self._queue) >= self._queue_size:
                raise LogBusy(
                    f"{self._queue_size} entries wait to be written; this one was not taken",
                    hint="send it again in a moment, with the same idempotency key",
                )
            self._queue.append(_Waiting(draft, future, time.monotonic()))
            self._changed.notify()
        return future

    def close(self) -> None:
        """Take nothing new, write what waits, then end; LogUnavailable if a commit takes longer than it may."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        done, since = self._commits, time.monotonic()
        while self._thread.is_alive():
            self._thread.join(0.2)
            if self._commits != done:
                done, since = self._commits, time.monotonic()
            elif self._thread.is_alive() and time.monotonic() - since > _STUCK_SECONDS:
                raise self._left_behind()

    def _left_behind(self) -> LogUnavailable:
        """The database does not answer: nobody waits for it any longer."""
        error = LogUnavailable(
            "the screening log was closed while the database did not answer; what waited is not acknowledged",
            code="log_not_answering",
            hint="send it again with the same idempotency key",
        )
        with self._changed:
            left = list(self._queue)
            self._queue.clear()
        _fail([each for each in left if each.future.set_running_or_notify_cancel()], error)
        return error

    def _run(self) -> None:
        while True:
            batch = self._next_batch()
            if batch is None:
                return
            if batch:
                self._write(batch)
            self._running_since = None
            self._commits += 1
            self._after()

    def _next_batch(self) -> list[_Waiting] | None:
        """What waits, at most a batch; nothing after a time of quiet; None at the end."""
        with self._changed:
            if not self._queue and not self._is_closing:
                self._changed.wait(self._idle_seconds)
            if not self._queue:
                return None if self._is_closing else []
            self._running_since = self._queue[0].since
            taken = [self._queue.popleft() for _ in range(min(len(self._queue), self._batch_size))]
        return [each for each in taken if each.future.set_running_or_notify_cancel()]

    def _write(self, batch: list[_Waiting]) -> None:
        try:
            outcomes = self._commit([each.draft for each in batch])
        except LogError as error:
            _fail(batch, error)
            return
        except Exception as error:
            _fail(batch, LogUnavailable(f"the screening log failed: {type(error).__name__}"))
            return
        for each, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, Appended):
                each.future.set_result(outcome)
            else:
                each.future.set_exception(outcome)


def _fail(batch: list[_Waiting], error: LogError) -> None:
    for each in batch:
        each.future.set_exception(error)
