"""One batch on disk: its files, where it stands, and the steps from one state to the next."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from api.batches.answers import BatchAnswer, BatchResult
from api.batches.errors import (
    RecordDamaged,
    file_not_there,
    has_ended,
    is_running,
    not_done,
    not_there,
    problem_of,
)
from api.batches.files import Lock, is_held, read_json, sync_folder, write_json
from api.batches.model import ENDED, Batch, End, Outcome, Progress, State, now

BATCH, LOCK = "batch.json", "lock"
TABLE, MAPPING = "table", "mapping.yaml"
_END, _OUTCOME, _PROGRESS = "end.json", "outcome.json", "progress.json"
_BEGUN, _CANCEL, _DEATHS = "begun", "cancel", "deaths.json"
MOST_DEATHS = 3
_LEAVING_SECONDS = 5.0
_GLANCE_SECONDS = 0.2
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class KeptBatch:
    """A batch by the folder it is kept in."""

    path: Path

    @property
    def exists(self) -> bool:
        """Whether there is such a batch."""
        return (self.path / BATCH).is_file()

    @property
    def batch(self) -> Batch:
        """What was sent and asked for."""
        try:
            return _read(self.path)
        except FileNotFoundError:
            raise not_there() from None

    def check(self) -> None:
        """Raises RecordDamaged if what was sent and asked for cannot be read."""
        _ = self.batch

    @property
    def site(self) -> str:
        """The site it belongs to."""
        return self.path.parent.name

    @property
    def out(self) -> Path:
        """The folder that the run gives its results out into."""
        return self.path / "out"

    @property
    def work(self) -> Path:
        """For whatever is unpacked or sorted on the way."""
        return self.path / "work"

    def lock(self) -> Lock | None:
        """The right to work on it; None if another has it."""
        return Lock.take(self.path / LOCK)

    # Where it stands -------------------------------------------------------------------------

    def end(self) -> End | None:
        """How it ended, if it did."""
        try:
            return _made(End.of, read_json(self.path / _END))
        except RecordDamaged as error:
            return _damaged_end(self.path / _END, error)

    def outcome(self) -> Outcome | None:
        """What the run computed, if it came to its end. Raises RecordDamaged."""
        return _made(lambda document: Outcome(**document), read_json(self.path / _OUTCOME))

    @property
    def has_come_out(self) -> bool:
        """Whether the run said what it computed; what it said may be damaged."""
        return (self.path / _OUTCOME).exists()

    def progress(self) -> Progress:
        """How far it has come; nothing where that cannot be read."""
        try:
            told = read_json(self.path / _PROGRESS)
            return _made(lambda document: Progress(**document), told) or Progress()
        except RecordDamaged:
            return Progress()

    def state(self) -> State:
        """Where it stands."""
        if end := self.end():
            return end.state
        if self.has_come_out or self.is_held:
            return State.RUNNING
        return State.INTERRUPTED if (self.path / _BEGUN).exists() else State.WAITING

    @property
    def is_to_be_cancelled(self) -> bool:
        """Whether somebody asked to stop it."""
        return (self.path / _CANCEL).exists()

    @property
    def is_held(self) -> bool:
        """Whether somebody works on it at this moment."""
        return is_held(self.path / LOCK)

    @property
    def is_to_be_settled(self) -> bool:
        """Whether it needs no process any more: it ended, came out or is to be stopped."""
        return any((self.path / name).exists() for name in (_END, _OUTCOME, _CANCEL))

    # What its process tells ------------------------------------------------------------------

    def begin(self) -> None:
        """A process works on it."""
        (self.path / _BEGUN).touch(mode=0o600)

    def tell(self, progress: Progress) -> None:
        """How far it has come; it need not outlive a failure of power."""
        write_json(self.path / _PROGRESS, asdict(progress), durable=False)

    def come_out(self, outcome: Outcome) -> None:
        """The results are there; what is left is their entry in the log."""
        write_json(self.path / _OUTCOME, asdict(outcome))

    def finish(self, end: End) -> None:
        """It has ended so; whoever writes this holds its lock."""
        write_json(self.path / _END, asdict(end))

    def died(self) -> int:
        """One more process ended without a word; how many have."""
        try:
            before = _made(lambda document: int(document["deaths"]), read_json(self.path / _DEATHS))
        except RecordDamaged:
            before = None
        deaths = (before or 0) + 1
        write_json(self.path / _DEATHS, {"deaths": deaths})
        return deaths

    # What is asked ---------------------------------------------------------------------------

    def ask_to_cancel(self) -> None:
        """Stop it: at once where nobody works on it, else its process sees the mark."""
        end = self.end()
        if end is not None and end.state is State.CANCELLED:
            return
        if end is not None or self.has_come_out:
            raise has_ended()
        (self.path / _CANCEL).touch(mode=0o600)
        sync_folder(self.path)
        if lock := self.lock():
            with lock:
                self.settle_cancelled()

    def settle_cancelled(self) -> None:
        """Ends it as cancelled if that was asked for and it has not ended; its lock must be held."""
        if self.is_to_be_cancelled and self.end() is None and not self.has_come_out:
            self.finish(End(State.CANCELLED, now()))

    def ask_to_resume(self) -> None:
        """Go on with it, if it had ended or is about to be stopped; else it goes on anyway."""
        if self.end() is None and not self.has_come_out and not self.is_to_be_cancelled:
            return
        with self._lock_in_time():
            self.settle_cancelled()
            end, has_results = self.end(), self._has_results
            if has_results and (end is None or end.state is State.DONE):
                raise has_ended()
            damaged = () if has_results else (_OUTCOME,)
            # The end last: until then it has ended.
            for name in (*damaged, _CANCEL, _DEATHS, _BEGUN, _END):
                (self.path / name).unlink(missing_ok=True)
            sync_folder(self.path)

    @property
    def _has_results(self) -> bool:
        try:
            return self.outcome() is not None
        except RecordDamaged:
            return False

    def claim_for_removal(self) -> Lock:
        """The lock of a batch that nobody works on."""
        lock = self._lock_in_time()
        if self.has_come_out and self.end() is None:
            lock.release()
            raise is_running()
        return lock

    def _lock_in_time(self) -> Lock:
        """The lock; a process that has said its last word is waited for, and so is a glance at the state."""
        is_leaving = self.end() is not None or self.is_to_be_cancelled
        until = time.monotonic() + (_LEAVING_SECONDS if is_leaving else _GLANCE_SECONDS)
        while (lock := self.lock()) is None:
            if time.monotonic() > until:
                raise is_running()
            time.sleep(0.02)
        return lock

    # What it shows ---------------------------------------------------------------------------

    def file(self, name: str) -> Path:
        """A file of the run by the name it wrote it under."""
        end, outcome = self.end(), self.outcome()
        if end is None or end.state is not State.DONE or outcome is None:
            raise not_done(self.state())
        paths = {path.rpartition("/")[2]: path for path in outcome.files}
        if name not in paths:
            raise file_not_there()
        return self.out / paths[name]

    def results_name(self) -> str:
        """The name of the file of results."""
        outcome = self.outcome()
        return outcome.results if outcome else ""

    def shown(self) -> BatchAnswer:
        """Everything a client is told."""
        batch, state, end = self.batch, self.state(), self.end()
        choices = batch.choices
        is_done = state is State.DONE
        ran = state in ENDED or state in (State.RUNNING, State.INTERRUPTED)
        return {
            "id": batch.id,
            "state": state,
            "site": batch.site,
            "created_at": batch.created_at,
            "created_by": batch.actor,
            "name": batch.name,
            "trial": choices.trial,
            "profile": choices.profile,
            "as_of": choices.as_of,
            "planned_start": choices.planned_start,
            "encoding": choices.encoding,
            "sheet": choices.sheet,
            "format": choices.format,
            "verdicts_only": choices.verdicts_only,
            "table": {"bytes": batch.table_bytes, "sha256": batch.table_sha256},
            "mapping_sha256": batch.mapping_sha256,
            "progress": self.progress().shown(batch.table_bytes) if ran else None,
            "ended_at": end.at if end else None,
            "problem": end.problem if end else None,
            "result": self._result(end) if is_done and end else None,
        }

    def _result(self, end: End) -> BatchResult | None:
        outcome = self.outcome()
        if outcome is None:
            return None
        return {
            "rows": outcome.rows,
            "rejected": outcome.rejected,
            "decisions": outcome.decisions,
            "rejected_by_code": outcome.rejected_by_code,
            "rules_hash": outcome.rules_hash,
            "engine_version": outcome.engine_version,
            "as_of": outcome.as_of,
            "results": outcome.results,
            "results_sha256": outcome.results_sha256,
            "files": [
                {"name": path.rpartition("/")[2], "bytes": size}
                for path, size in outcome.files.items()
            ],
            "began_anew": outcome.began_anew,
            "entry": end.entry,
        }


def files_of(folder: Path) -> dict[str, int]:
    """Every file below a folder by its name there, with its size."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place) / name
            with suppress(FileNotFoundError):  # it was removed just now
                found[path.relative_to(folder).as_posix()] = path.stat().st_size
    return dict(sorted(found.items()))


@lru_cache(maxsize=4096)
def _read(path: Path) -> Batch:
    """A batch never changes once it is there."""
    batch = _made(Batch.of, read_json(path / BATCH))
    if batch is None:
        raise FileNotFoundError
    return batch


def forget_what_was_read() -> None:
    """For a batch that was there for a moment, and was taken back."""
    _read.cache_clear()


def _made(of: Callable[[dict[str, Any]], _Made], document: dict[str, Any] | None) -> _Made | None:
    """What a document was written of; raises RecordDamaged if it is of something else."""
    try:
        return None if document is None else of(document)
    except (TypeError, KeyError, ValueError):
        raise RecordDamaged from None


def _damaged_end(path: Path, error: RecordDamaged) -> End:
    """A batch whose end cannot be read has ended without success, whatever stood there."""
    with suppress(FileNotFoundError):
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return End(State.FAILED, at.isoformat(timespec="seconds"), problem_of(error))
    return End(State.FAILED, now(), problem_of(error))
