"""One thread that writes: whatever waits is committed together, and each waiter hears after its commit."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from api.log.append import Appended, Outcome
from api.log.drafts import Draft
from api.log.errors import LogBusy, LogError, LogUnavailable

_Waiting = tuple[Draft, "Future[Appended]"]


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
        self._changed = threading.Condition()
        self._is_closing = False
        self._thread = threading.Thread(target=self._run, name="screening-log", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many drafts wait for a commit."""
        return len(self._queue)

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
            self._queue.append((draft, future))
            self._changed.notify()
        return future

    def close(self) -> None:
        """Take nothing new, write what waits, then end."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            batch = self._next_batch()
            if batch is None:
                return
            if batch:
                self._write(batch)
            self._after()

    def _next_batch(self) -> list[_Waiting] | None:
        """What waits, at most a batch; nothing after a time of quiet; None at the end."""
        with self._changed:
            if not self._queue and not self._is_closing:
                self._changed.wait(self._idle_seconds)
            if not self._queue:
                return None if self._is_closing else []
            taken = [self._queue.popleft() for _ in range(min(len(self._queue), self._batch_size))]
        return [each for each in taken if each[1].set_running_or_notify_cancel()]

    def _write(self, batch: list[_Waiting]) -> None:
        try:
            outcomes = self._commit([draft for draft, _ in batch])
        except LogError as error:
            _fail(batch, error)
            return
        except Exception as error:
            _fail(batch, LogUnavailable(f"the screening log failed: {type(error).__name__}"))
            return
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, Appended):
                future.set_result(outcome)
            else:
                future.set_exception(outcome)


def _fail(batch: list[_Waiting], error: LogError) -> None:
    for _, future in batch:
        future.set_exception(error)
