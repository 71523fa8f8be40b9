"""The screening log of a running service: opened with it, asked whether it can be written, closed at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from api.days import days_ago
from api.log.errors import LogError, LogUnavailable
from api.log.screening_log import ScreeningLog
from api.log.upkeep import forget_everywhere
from api.log_place import open_screening_log, place_of
from api.logs import log
from api.settings import Settings
from eligibility.errors import EligibilityError

_RETENTION_ROUND = 24 * 3600.0


class LogKeeper:
    """Holds the log for as long as the application runs."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._log: ScreeningLog | None = None

    @property
    def log(self) -> ScreeningLog:
        """The open log."""
        if self._log is None:
            raise LogUnavailable("the screening log is not open", code="log_closed")
        return self._log

    @asynccontextmanager
    async def lifespan(self, _: object) -> AsyncIterator[None]:
        """Open the log before the first request; after the last, write what waits and close it."""
        self._log = await self._opened()
        retention = asyncio.create_task(self._forget_in_time())
        try:
            yield
        finally:
            retention.cancel()
            with suppress(asyncio.CancelledError):
                await retention
            await self._close()

    async def check(self) -> None:
        """Raises LogError unless entries can be written."""
        await asyncio.to_thread(self.log.check_writable)

    def counted(self) -> dict[str, float]:
        """What the metrics tell of the log; nothing while it is not open."""
        if self._log is None:
            return {}
        counted: dict[str, float] = {"entries_waiting": self._log.waiting}
        age = self._log.checkpoint_age_seconds
        return counted if age is None else {**counted, "checkpoint_age_seconds": age}

    async def _opened(self) -> ScreeningLog:
        try:
            opened = await asyncio.to_thread(open_screening_log, self._settings)
        except EligibilityError as error:
            log("screening_log_not_opened", logging.ERROR, code=error.code)
            raise
        if place_of(self._settings).checkpoints is None:
            log("no_checkpoints", logging.WARNING)
        opened.on_checkpoint_error = _tell
        return opened

    async def _close(self) -> None:
        closing, self._log = self.log, None
        try:
            await asyncio.to_thread(closing.close)
        except EligibilityError as error:
            log("screening_log_not_closed", logging.ERROR, code=error.code)

    async def _forget_in_time(self) -> None:
        days = self._settings.log_retention_days
        while days is not None:
            before = days_ago(self._settings, days)
            try:
                count = await asyncio.to_thread(
                    forget_everywhere, self.log, before=before, actor="retention"
                )
                log("documents_deleted", count=count)
            except EligibilityError as error:
                log("retention_failed", logging.ERROR, code=error.code)
            await asyncio.sleep(_RETENTION_ROUND)


def _tell(error: LogError) -> None:
    log("checkpoint_failed", logging.WARNING, code=error.code)
