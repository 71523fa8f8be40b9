"""The screening log as the service uses it: append, read, checkpoint, close."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

from sqlalchemy import URL, Connection

from api.log.append import Append, Appended, Outcome
from api.log.checkpoints import Checkpoints
from api.log.database import Database
from api.log.drafts import Draft
from api.log.errors import LogDamaged, LogError, LogUnavailable
from api.log.head import Head, log_id_of, read_head, still_holds, write_head
from api.log.keys import LogKey
from api.log.reading import LogReader, utc_now
from api.log.settings import LogSettings
from api.log.writer import GroupWriter

_TRUSTED_SECONDS = 5.0
_SLOW_SECONDS = 5.0


class ScreeningLog:
    """One process's door to the log. Safe to share between threads; close it to drain the queue."""

    def __init__(
        self,
        database: Database,
        key: LogKey,
        *,
        settings: LogSettings | None = None,
        checkpoints: Path | None = None,
        begin_checkpoints: bool = False,
        now: Callable[[], str] = utc_now,
    ) -> None:
        self.settings = settings or LogSettings()
        self.database, self.reader = database, LogReader(database, key)
        self._key, self._now = key, now
        self._checkpoints = Checkpoints(checkpoints, key) if checkpoints else None
        self._may_begin = begin_checkpoints
        self.checkpoint_error: LogError | None = None
        """Why the last checkpoint could not be written; None when all is well."""
        self.on_checkpoint_error: Callable[[LogError], object] = lambda _: None
        """Told of every checkpoint that could not be written, when that happens."""
        self._seen = self._checked_head()
        self._marked, self._marked_at = self._seen.sequence, time.monotonic()
        self._checking = threading.Lock()
        self._last_commit: tuple[LogError | None, float] = (None, float("-inf"))
        self._writer = GroupWriter(
            self._commit,
            self._checkpoint_if_due,
            queue_size=self.settings.queue_size,
            batch_size=self.settings.batch_size,
            idle_seconds=min(1.0, self.settings.checkpoint_seconds),
        )

    @property
    def head(self) -> Head:
        """The last entry that this process has written, or found when it began."""
        return self._seen

    @property
    def key(self) -> LogKey:
        """The key of this log: it gives subjects their codes."""
        return self._key

    @property
    def waiting(self) -> int:
        """How many entries wait to be written."""
        return self._writer.waiting

    @property
    def checkpoint_age_seconds(self) -> float | None:
        """How long ago the last checkpoint was written; None where there are none."""
        return self._checkpoints.age_seconds() if self._checkpoints else None

    def submit(self, draft: Draft) -> Future[Appended]:
        """Hand over an entry; the future is done once it is durable. LogBusy when too many wait.

        In a coroutine: `await asyncio.wrap_future(log.submit(draft))`.
        """
        return self._writer.submit(draft)

    def append(self, draft: Draft) -> Appended:
        """Write an entry and wait until it is durable."""
        return self._writer.submit(draft).result()

    def check_writable(self) -> None:
        """Raises LogError unless entries can be written; adds none.

        What the last commit met a moment ago is proof enough, and so is one that does not come to an end. Else the
        head is written once more as it is, and committed: only that reaches the disk.
        """
        if self._writer.oldest_seconds > _SLOW_SECONDS:
            raise LogUnavailable(
                "entries wait to be written, and the database does not answer",
                code="log_not_answering",
            )
        error, at = self._last_commit
        if time.monotonic() - at < _TRUSTED_SECONDS:
            if error is not None:
                raise error.with_traceback(None)
            return
        # One at a time: whoever asks again and again must not fill the service with waiting threads.
        if not self._checking.acquire(timeout=self.settings.wait_seconds):
            raise LogUnavailable("the last check is not answered yet", code="log_not_answering")
        try:
            with self.database.writing() as connection:
                write_head(connection, self._key, self._current_head(connection), is_first=False)
        finally:
            self._checking.release()

    def checkpoint(self) -> None:
        """Write the head to the second place now."""
        if self._checkpoints and self._seen.sequence:
            self._checkpoints.write(self._seen, self._now())
            self._marked, self._marked_at = self._seen.sequence, time.monotonic()

    def close(self) -> None:
        """Write what waits, checkpoint, and let the database go; the log cannot be used afterwards."""
        try:
            self._writer.close()
            self.checkpoint()
        finally:
            self.database.close()

    def _checked_head(self) -> Head:
        """The end of the chain, which must hold what the last checkpoint saw."""
        with self.database.reading() as connection:
            head = read_head(connection, self._key, log_id_of(connection))
            last = self._checkpoints.last() if self._checkpoints else None
            if last is None:
                if self._checkpoints:
                    self._begin_checkpoints(head)
                return head
            if last.head.log_id != head.log_id:
                raise LogDamaged(
                    "the checkpoints belong to another screening log",
                    code="checkpoints_of_other_log",
                    hint="name the file that was written beside this database",
                )
            if last.head.sequence > head.sequence or not still_holds(connection, last.head):
                raise _went_back()
            return head

    def _begin_checkpoints(self, head: Head) -> None:
        """Before the first entry, so that a log with entries and without checkpoints is never as it should be."""
        assert self._checkpoints
        if head.sequence and not self._may_begin:
            raise LogDamaged(
                f"the log has {head.sequence} entries, and there is no checkpoint of it",
                code="checkpoints_missing",
                hint="if checkpoints are new to this log: `eligibility log checkpoint`; else find out who removed them",
            )
        self._checkpoints.write(head, self._now())

    def _commit(self, drafts: Sequence[Draft]) -> list[Outcome]:
        try:
            outcomes = self._committed(drafts)
        except LogError as error:
            self._last_commit = (error, time.monotonic())
            raise
        self._last_commit = (None, time.monotonic())
        return outcomes

    def _committed(self, drafts: Sequence[Draft]) -> list[Outcome]:
        with self.database.writing() as connection:
            head = self._current_head(connection)
            append = Append(connection, self._key, self.settings, head, self._now())
            head, outcomes = append.all(drafts)
        self._seen = head
        return outcomes

    def _current_head(self, connection: Connection) -> Head:
        """The end of the chain within a writing transaction; it still holds what this process wrote."""
        head = read_head(connection, self._key, self._seen.log_id)
        if head == self._seen:  # the table ends with just this entry
            return head
        if head.sequence < self._seen.sequence or not still_holds(connection, self._seen):
            raise _went_back()
        return head

    def _checkpoint_if_due(self) -> None:
        """After the waiters have been told: a full second disk must not undo a durable decision."""
        if self._seen.sequence == self._marked:
            return
        enough = self._seen.sequence - self._marked >= self.settings.checkpoint_entries
        long_ago = time.monotonic() - self._marked_at >= self.settings.checkpoint_seconds
        if enough or long_ago:
            try:
                self.checkpoint()
                self.checkpoint_error = None
            except Exception as error:  # the writer's thread must outlive whatever this is
                unforeseen = LogUnavailable(f"no checkpoint: {type(error).__name__}")
                self.checkpoint_error = error if isinstance(error, LogError) else unforeseen
                self._marked_at = time.monotonic()
                self.on_checkpoint_error(self.checkpoint_error)


def _went_back() -> LogDamaged:
    return LogDamaged(
        "entries that were there before are gone or changed; nothing more is written",
        code="log_went_back",
        hint="run `eligibility log verify`; after restoring a backup: `eligibility log restored`",
    )


def open_log(
    url: str | URL,
    key: LogKey,
    *,
    settings: LogSettings | None = None,
    checkpoints: Path | None = None,
    begin_checkpoints: bool = False,
    upgrade: bool | None = None,
    now: Callable[[], str] = utc_now,
) -> ScreeningLog:
    """Open a log for reading and writing. An embedded one is made or upgraded where it must be.

    Checkpoints of a log that has entries already are begun only where that is asked for.
    """
    settings = settings or LogSettings()
    database = Database(url, wait_seconds=settings.wait_seconds)
    try:
        database.open(upgrade=database.is_sqlite if upgrade is None else upgrade)
        return ScreeningLog(
            database,
            key,
            settings=settings,
            checkpoints=checkpoints,
            begin_checkpoints=begin_checkpoints,
            now=now,
        )
    except BaseException:
        database.close()
        raise
