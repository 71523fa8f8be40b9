"""The batches of a running service: a runner that begins and ends with it, and their entries in the screening log."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from api.batches.drafts import Drafts
from api.batches.errors import RecordDamaged, StorageError
from api.batches.kept import KeptBatch
from api.batches.mappings import SavedMappings
from api.batches.model import ENDED, Batch, BatchEntry, Outcome, State
from api.batches.room import Room
from api.batches.runner import Runner
from api.batches.store import Store
from api.log.drafts import BatchDraft, ConfigurationDraft
from api.log.entry import sha256
from api.log_keeper import LogKeeper
from api.logs import log
from api.settings import Settings
from eligibility.protocol.verdict import Decision

Lifespan = Callable[[object], AbstractAsyncContextManager[None]]


class BatchKeeper:
    """Holds store and runner for as long as the application runs; the log is open all that time."""

    def __init__(self, settings: Settings, log_keeper: LogKeeper, *, within: Lifespan) -> None:
        self.settings = settings
        self._logs, self._within = log_keeper, within
        self.store = Store(settings.data_folder.absolute() / "batches")
        self.drafts = Drafts(self.store)
        self.mappings = SavedMappings(settings.data_folder.absolute() / "mappings")
        self.uploads = asyncio.Semaphore(settings.batch_uploads)
        self.room = Room(settings, self.store, self.uploads)
        self._runner: Runner | None = None

    def wake(self) -> None:
        """Something waits."""
        if self._runner is not None:
            self._runner.wake()

    def resume(self, kept: KeptBatch) -> None:
        """Go on with a batch that ended without results; it waits like one that was sent now."""
        end = kept.end()
        if end is not None and end.state is not State.DONE:  # what is done is refused for that
            self.room.check_waiting(kept.site)
        kept.ask_to_resume()
        self.store.reopen(kept)
        self.wake()

    @asynccontextmanager
    async def lifespan(self, app: object) -> AsyncIterator[None]:
        """Batches run only while the log can take their entries."""
        settings = self.settings
        async with self._within(app):
            await self._prepare()
            self._runner = Runner(
                self.store,
                self._noted,
                self.remove,
                processes=settings.batch_processes,
                retention_days=settings.batch_retention_days,
                tidy=self.drafts.forget_in_time,
            )
            self._runner.start()
            try:
                yield
            finally:
                await asyncio.to_thread(self._runner.stop)
                self._runner = None

    async def _prepare(self) -> None:
        try:
            await asyncio.to_thread(self.store.prepare)
        except OSError as error:
            log("batches_not_opened", logging.ERROR, error=type(error).__name__)
            raise StorageError(
                "the folder of the batches cannot be made",
                code="data_folder_unusable",
                hint="set ELIGIBILITY_DATA_FOLDER to a folder that the service may write to",
            ) from None

    def remove(self, kept: KeptBatch, actor: str) -> None:
        """Delete a batch; the log tells first who did, and of which. Raises EligibilityError, and the batch stays."""
        try:
            with kept.claim_for_removal():
                if kept.exists:
                    self._log_removal(kept, actor)
                    self.store.remove(kept)
        except OSError:
            raise StorageError(
                "the batch cannot be removed", hint="try again; the operator looks at the disk"
            ) from None

    def _log_removal(self, kept: KeptBatch, actor: str) -> None:
        """One entry for each who deletes a batch, however often the disk refuses it."""
        name = kept.path.name
        self._logs.log.append(
            ConfigurationDraft(
                actor=actor,
                site=kept.site,
                # No caller can send a key with a space in it: this one is ours alone.
                idempotency_key=f"batch_deleted {name}",
                # Of its name only: what the entry tells may have changed since the disk refused.
                request_hash=sha256(name.encode()),
                event="batch_deleted",
                changed={"batch": name, **_what_it_was(kept)},
            )
        )

    def counted(self) -> dict[State, int]:
        """How many batches have not ended, by where they stand."""
        counts = Counter(map(_state, self.store.open_batches()))
        return {state: counts[state] for state in State if state not in ENDED}

    def _noted(self, batch: Batch, outcome: Outcome) -> BatchEntry:
        """One entry for a batch, however often this is called and by whichever worker."""
        draft = BatchDraft(
            actor=batch.actor,
            site=batch.site,
            # No caller can send a key with a space in it: this one is ours alone.
            idempotency_key=f"batch {batch.id}",
            # Of what stays the same under a later version of the software, which may have more to say of a batch.
            request_hash=sha256(f"{batch.id} {outcome.results_sha256}".encode()),
            batch=batch.id,
            trial=outcome.trial,
            profile=outcome.profile,
            rules_hash=outcome.rules_hash,
            engine_version=outcome.engine_version,
            table_hash=batch.table_sha256,
            mapping_hash=batch.mapping_sha256,
            results_hash=outcome.results_sha256,
            as_of=outcome.as_of,
            planned_start=outcome.planned_start,
            rows=outcome.rows,
            rejected=outcome.rejected,
            decisions={Decision(name): count for name, count in outcome.decisions.items()},
        )
        entry = self._logs.log.append(draft).entry
        return {
            "sequence": entry.sequence,
            "recorded_at": entry.recorded_at,
            "entry_hash": entry.entry_hash,
        }


def _what_it_was(kept: KeptBatch) -> dict[str, int]:
    """How people know a run again once it is gone. Not by its name: a file's name may be a patient's."""
    try:
        outcome, end = kept.outcome(), kept.end()
    except RecordDamaged:
        return {}
    if outcome is None or end is None or end.entry is None:
        return {}
    return {"rows": outcome.rows, "entry": int(end.entry["sequence"])}


def _state(kept: KeptBatch) -> State | None:
    """Where a batch stands; nothing where the disk does not say."""
    try:
        return kept.state()
    except OSError:
        return None
