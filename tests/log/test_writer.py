"""One writer for many callers: order, durability before the answer, a bounded queue, an end that drains."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from itertools import chain
from pathlib import Path

import pytest

from api.log.append import Appended, Outcome
from api.log.checkpoints import Checkpoints
from api.log.drafts import Draft
from api.log.errors import EntryRefused, LogBusy, LogUnavailable
from api.log.keys import LogKey
from api.log.screening_log import ScreeningLog
from api.log.settings import LogSettings
from api.log.verify import verify
from api.log.writer import GroupWriter

from .conftest import Opener
from .drafts import configuration, decision, review


class Commits:
    """Stands for the database: says what was committed together, and can be held up or fail."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self.fault: Exception | None = None

    def __call__(self, drafts: Sequence[Draft]) -> list[Outcome]:
        self.gate.wait()
        if self.fault:
            raise self.fault
        self.batches.append(len(drafts))
        return [Appended(None, is_new=True) for _ in drafts]  # type: ignore[arg-type]


def _writer(commits: Commits, **more: int) -> GroupWriter:
    sizes = {"queue_size": 10, "batch_size": 4, **more}
    return GroupWriter(commits, lambda: None, idle_seconds=0.05, **sizes)


def test_what_waits_is_committed_together() -> None:
    commits = Commits()
    commits.gate.clear()
    writer = _writer(commits)

    futures = [writer.submit(configuration())]
    while writer.waiting:
        time.sleep(0.001)
    futures += [writer.submit(configuration()) for _ in range(6)]
    commits.gate.set()
    wait(futures)

    assert commits.batches == [1, 4, 2]
    writer.close()


def test_nobody_is_told_before_the_commit() -> None:
    commits = Commits()
    commits.gate.clear()
    writer = _writer(commits)

    future = writer.submit(configuration())

    with pytest.raises(TimeoutError):
        future.result(timeout=0.1)
    commits.gate.set()
    assert future.result(timeout=5).is_new
    writer.close()


@pytest.mark.parametrize("fault", [LogUnavailable("full"), ValueError("a surprise")])
def test_a_commit_that_fails_fails_every_waiter_and_not_the_next(fault: Exception) -> None:
    commits = Commits()
    commits.gate.clear()
    commits.fault = fault
    writer = _writer(commits)
    futures = [writer.submit(configuration()) for _ in range(3)]
    commits.gate.set()

    for future in futures:
        with pytest.raises(LogUnavailable):
            future.result(timeout=5)
    commits.fault = None
    assert writer.submit(configuration()).result(timeout=5).is_new
    writer.close()


def test_a_full_queue_refuses_at_once_and_recovers() -> None:
    commits = Commits()
    commits.gate.clear()
    writer = _writer(commits, queue_size=2)
    writer.submit(configuration())
    while writer.waiting:
        time.sleep(0.001)
    taken = [writer.submit(configuration()) for _ in range(2)]

    with pytest.raises(LogBusy, match="2 entries wait"):
        writer.submit(configuration())

    commits.gate.set()
    wait(taken)
    assert writer.submit(configuration()).result(timeout=5).is_new
    writer.close()


def test_closing_writes_what_waits_and_takes_nothing_new() -> None:
    commits = Commits()
    commits.gate.clear()
    writer = _writer(commits)
    futures = [writer.submit(configuration()) for _ in range(7)]
    closing = threading.Thread(target=writer.close)
    closing.start()
    while not writer._is_closing:
        time.sleep(0.001)
    with pytest.raises(LogUnavailable, match="closed"):
        writer.submit(configuration())
    commits.gate.set()
    closing.join()

    assert all(future.result(timeout=0).is_new for future in futures)


def test_who_gave_up_before_the_commit_is_left_out() -> None:
    commits = Commits()
    commits.gate.clear()
    writer = _writer(commits)
    writer.submit(configuration())
    while writer.waiting:
        time.sleep(0.001)
    gone, there = writer.submit(configuration()), writer.submit(configuration())

    assert gone.cancel()
    commits.gate.set()

    assert there.result(timeout=5).is_new
    with pytest.raises(CancelledError):
        gone.result()
    assert commits.batches == [1, 1]
    writer.close()


def test_many_threads_write_one_chain(open_it: Opener, key: LogKey) -> None:
    log = open_it(settings=LogSettings(batch_size=16))

    def write(thread: int) -> list[int]:
        drafts = (decision(thread * 100 + each) for each in range(25))
        return [log.append(draft).entry.sequence for draft in drafts]

    with ThreadPoolExecutor(8) as threads:
        numbers = list(threads.map(write, range(8)))

    assert sorted(chain.from_iterable(numbers)) == list(range(1, 201))
    assert all(own == sorted(own) for own in numbers)
    assert verify(log.database, key, checkpoints=None).is_intact


def test_two_processes_share_one_chain(open_it: Opener, key: LogKey) -> None:
    """Two logs open the same database, as two workers do."""
    logs = [open_it(), open_it()]

    futures: list[Future[Appended]] = [
        logs[number % 2].submit(decision(number)) for number in range(100)
    ]

    assert sorted(future.result().entry.sequence for future in futures) == list(range(1, 101))
    assert verify(logs[0].database, key, checkpoints=None).entries == 100


def test_two_posts_of_one_key_to_two_processes_give_one_entry(open_it: Opener) -> None:
    logs = [open_it(), open_it()]
    for number in range(20):
        draft = decision(number, idempotency_key=f"k{number}")

        outcomes = [log.submit(draft) for log in logs]

        found = [future.result() for future in outcomes]
        assert sorted(each.is_new for each in found) == [False, True]
        assert found[0].entry == found[1].entry


def test_a_refused_entry_leaves_those_beside_it_alone(log: ScreeningLog) -> None:
    outcomes = log._commit([decision(1), review(77), decision(2), review(1)])

    assert [type(each) for each in outcomes[:1]] == [Appended]
    assert isinstance(outcomes[1], Exception)
    assert [each.entry.sequence for each in outcomes if isinstance(each, Appended)] == [1, 2, 3]


def test_a_review_of_an_entry_in_the_same_commit_is_judged_by_it(log: ScreeningLog) -> None:
    outcomes = log._commit([decision(1), review(1), review(1, "INCL01")])

    assert isinstance(outcomes[1], Appended)
    assert isinstance(outcomes[2], EntryRefused)


def test_checkpoints_come_by_number_by_time_and_at_the_end(
    open_sqlite: Opener, key: LogKey, tmp_path: Path
) -> None:
    path = tmp_path / "marks"
    log = open_sqlite(
        checkpoints=path, settings=LogSettings(checkpoint_entries=3, checkpoint_seconds=0.2)
    )

    def marked() -> list[int]:
        return [mark.head.sequence for mark in Checkpoints(path, key).read()[0]]

    for number in range(3):
        log.append(decision(number))
    _until(lambda: marked() == [0, 3])
    log.append(decision(4))
    _until(lambda: marked() == [0, 3, 4])
    log.append(decision(5))
    log.close()
    assert marked() == [0, 3, 4, 5]


def test_a_checkpoint_that_cannot_be_written_undoes_no_decision(
    open_sqlite: Opener, tmp_path: Path
) -> None:
    marks, folder = tmp_path / "away", tmp_path / "marks"
    log = open_sqlite(
        checkpoints=folder, settings=LogSettings(checkpoint_entries=1, checkpoint_seconds=0.05)
    )
    folder.rename(marks)
    folder.mkdir()

    assert log.append(decision()).is_new
    _until(lambda: log.checkpoint_error is not None)
    assert "Is a directory" in str(log.checkpoint_error)

    folder.rmdir()
    marks.rename(folder)
    _until(lambda: log.checkpoint_error is None)


def test_the_writer_outlives_an_unforeseen_fault_of_the_checkpoints(
    open_sqlite: Opener, tmp_path: Path
) -> None:
    log = open_sqlite(checkpoints=tmp_path / "marks", settings=LogSettings(checkpoint_entries=1))
    log._now = lambda: 1 / 0  # type: ignore[assignment, return-value]
    log._commit = lambda drafts: _moved_on(log, drafts)  # type: ignore[method-assign]
    log._writer._commit = log._commit

    assert log.append(configuration()).is_new
    _until(lambda: log.checkpoint_error is not None)
    assert "ZeroDivisionError" in str(log.checkpoint_error)
    assert log.append(configuration()).is_new
    del log._now
    log._checkpoints = None


def _moved_on(log: ScreeningLog, drafts: Sequence[Draft]) -> list[Outcome]:
    log._seen = log._seen._replace(sequence=log._seen.sequence + len(drafts))
    return [Appended(None, is_new=True) for _ in drafts]  # type: ignore[arg-type]


def _until(holds: object) -> None:
    assert callable(holds)
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)
