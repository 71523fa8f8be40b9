"""Starts a process for each batch that waits, in order and no more than allowed, and finishes what they bring.

Every worker of the service has one. Whoever holds the lock of a batch works on it; who holds the lock of a place may
have a process. Both locks are handed to the process, so that they last exactly as long as it does.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from api.batches.errors import RecordDamaged, is_running, not_there, problem_of
from api.batches.files import Lock
from api.batches.kept import MOST_DEATHS, KeptBatch
from api.batches.model import Batch, BatchEntry, BatchProblem, End, Outcome, State, now
from api.batches.store import Store
from api.log.errors import LogBusy, LogUnavailable
from api.logs import log, log_fault
from api.screeners import screener_of
from eligibility.errors import EligibilityError

_ROUND_SECONDS = 0.5
_RETRY_SECONDS = 5.0
_RETENTION_SECONDS = 3600.0
_ENDING_SECONDS = 5.0
_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TZ")
_NOT_NOW = frozenset({is_running().code, not_there().code})
"""Why a batch whose time has come may stay for now: somebody works on it, or has just removed it."""
_DIED: BatchProblem = {
    "code": "process_died",
    "title": f"the process that screened the table ended {MOST_DEATHS} times without a word",
    "hint": "the operator looks at memory and at the service's log; then resume the batch",
    "faults": [],
}

Note = Callable[[Batch, Outcome], BatchEntry]
"""Writes the entry of a batch into the screening log, once, and gives its number and hash."""
Remove = Callable[[KeptBatch, str], None]
"""Deletes a batch for somebody, and logs it."""


@dataclass(slots=True)
class _Child:
    kept: KeptBatch
    process: subprocess.Popen[bytes]


class Runner:
    """A thread that looks after the batches for as long as the worker lives."""

    def __init__(
        self,
        store: Store,
        note: Note,
        remove: Remove,
        *,
        processes: int,
        retention_days: int | None,
        tidy: Callable[[], None] = lambda: None,
    ) -> None:
        self._store, self._note, self._remove = store, note, remove
        self._tidy = tidy
        self._processes, self._days = processes, retention_days
        self._children: list[_Child] = []
        self._woken, self._is_stopping = threading.Event(), False
        self._not_before: dict[Path, float] = {}
        self._next_retention = 0.0
        self._thread = threading.Thread(target=self._run, name="batches", daemon=True)

    def start(self) -> None:
        """Begin to look after them."""
        self._thread.start()

    def wake(self) -> None:
        """There is something new."""
        self._woken.set()

    def stop(self) -> None:
        """Let go of every process: each ends, and what it has kept is where it goes on from."""
        self._is_stopping = True
        self.wake()
        self._thread.join()
        for child in self._children:
            _let_go(child)
        for child in self._children:
            try:
                child.process.wait(_ENDING_SECONDS)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()

    def _run(self) -> None:
        while not self._is_stopping:
            try:
                self._round()
            except Exception as error:  # whatever it is, the next round must come
                log_fault("batches_failed", error)
            self._woken.wait(_ROUND_SECONDS)
            self._woken.clear()

    def _round(self) -> None:
        self._collect()
        for kept in self._store.open_batches():
            if self._is_stopping:
                return
            if time.monotonic() >= self._not_before.get(kept.path, 0.0):
                self._each(kept, self._attend)
        if time.monotonic() >= self._next_retention:
            self._next_retention = time.monotonic() + _RETENTION_SECONDS
            self._store.clean_up()
            self._tidy()
            self._forget_in_time()

    def _each(self, kept: KeptBatch, step: Callable[[KeptBatch], None]) -> None:
        """One step for one batch: whatever is wrong with it holds up no other."""
        try:
            try:
                step(kept)
            except RecordDamaged as error:
                self._end_damaged(kept, error)
        except Exception as error:  # the other batches wait for their turn
            self._not_before[kept.path] = time.monotonic() + _RETRY_SECONDS
            log_fault("batch_failed", error, batch=kept.path.name)

    def _end_damaged(self, kept: KeptBatch, error: RecordDamaged) -> None:
        lock = kept.lock()
        if lock is None:
            return
        with lock:
            log("batch_damaged", logging.ERROR, batch=kept.path.name, code=error.code)
            if kept.end() is None:
                kept.finish(End(State.FAILED, now(), problem_of(error)))
            self._store.close(kept)

    def _attend(self, kept: KeptBatch) -> None:
        """One step for a batch that nobody works on."""
        if kept.is_to_be_settled:
            self._settle(kept)
        elif not kept.is_held and (slot := self._store.slot(self._processes)):
            with slot:
                self._start(kept, slot)

    def _settle(self, kept: KeptBatch) -> None:
        """It came to its end, or is to be stopped."""
        lock = kept.lock()
        if lock is None:
            if not kept.exists:
                self._store.close(kept)
            return
        with lock:
            kept.settle_cancelled()
            if kept.end() is not None:
                self._store.close(kept)
            elif outcome := kept.outcome():
                self._finish(kept, outcome)

    def _start(self, kept: KeptBatch, slot: Lock) -> None:
        lock = kept.lock()
        if lock is None:
            if not kept.exists:
                self._store.close(kept)
            return
        with lock:  # let go of here; the process that is started holds on to it
            if not kept.is_to_be_settled:
                kept.check()  # what is damaged is found here, and not by a process that dies of it
                kept.begin()
                self._children.append(_Child(kept, _started(kept, lock, slot)))
                log("batch_started", batch=kept.path.name)

    def _finish(self, kept: KeptBatch, outcome: Outcome) -> None:
        """The screening log has its entry first; only then is the batch done."""
        try:
            entry = self._note(kept.batch, outcome)
        except EligibilityError as error:
            log("batch_not_logged", logging.ERROR, batch=kept.path.name, code=error.code)
            if isinstance(error, LogBusy | LogUnavailable):
                self._not_before[kept.path] = time.monotonic() + _RETRY_SECONDS
                return
            end = End(State.FAILED, now(), _not_logged(error.code))
        else:
            log("batch_done", batch=kept.path.name, count=outcome.rows)
            end = End(State.DONE, now(), entry=entry)
        kept.finish(end)
        self._store.close(kept)
        self._not_before.pop(kept.path, None)

    def _collect(self) -> None:
        """What became of the processes that ended."""
        for child in [each for each in self._children if each.process.poll() is not None]:
            self._children.remove(child)
            _let_go(child)
            self._each(child.kept, partial(self._note_end, status=child.process.returncode))

    def _note_end(self, kept: KeptBatch, *, status: int) -> None:
        if not kept.exists or kept.has_come_out:
            return
        if end := kept.end():
            fault = end.problem["code"] if end.problem else None
            log("batch_ended", batch=kept.path.name, code=fault)
        else:
            log("batch_process_died", logging.ERROR, batch=kept.path.name, status=status)
            self._count_death(kept)

    def _count_death(self, kept: KeptBatch) -> None:
        lock = kept.lock()
        if lock is None:
            return
        with lock:
            if kept.died() >= MOST_DEATHS and kept.end() is None and not kept.has_come_out:
                kept.finish(End(State.FAILED, now(), _DIED))

    def _forget_in_time(self) -> None:
        if self._days is None:
            return
        before = (datetime.now(UTC) - timedelta(days=self._days)).isoformat(timespec="seconds")
        for kept in self._store.every():
            self._each(kept, partial(self._forget, before=before))

    def _forget(self, kept: KeptBatch, *, before: str) -> None:
        end = kept.end()
        if end is None or end.at >= before:
            return
        try:
            self._remove(kept, "retention")
        except EligibilityError as error:  # the next round tries again
            if error.code not in _NOT_NOW:
                log("retention_failed", logging.ERROR, batch=kept.path.name, code=error.code)
        else:
            log("batch_forgotten", batch=kept.path.name)


def _rules_served(batch: Batch) -> str:
    """The hash of the rules that this service answers by; nothing for a trial that it does not know any more."""
    try:
        return screener_of(batch.choices.trial, batch.choices.profile).trial.rules_hash
    except EligibilityError:
        return ""


def _started(kept: KeptBatch, lock: Lock, slot: Lock) -> subprocess.Popen[bytes]:
    """A process for a batch; it gets no secret of the service, and no name but a random one."""
    given = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    return subprocess.Popen(  # noqa: S603 - our own program, with an id that we made
        [
            sys.executable,
            *("-I", "-m", "api.batches.child"),
            *(str(kept.path.absolute()), _rules_served(kept.batch)),
        ],
        env={**given, "TMPDIR": str(kept.work.absolute()), "POLARS_MAX_THREADS": "2"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(lock.handle, slot.handle),
        start_new_session=True,  # an interrupt from the keyboard is for the service
    )


def _not_logged(code: str) -> BatchProblem:
    return {
        "code": "batch_not_logged",
        "title": f"the screening log refused the entry of this batch ({code})",
        "hint": "the operator runs `eligibility log verify`; then resume the batch",
        "faults": [],
    }


def _let_go(child: _Child) -> None:
    if child.process.stdin is not None:
        with suppress(OSError):
            child.process.stdin.close()
