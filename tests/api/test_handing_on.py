"""Work that hands something on: one future for all of it, whichever part ends it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from threading import Event
from weakref import ref

import pytest

from api.handing_on import submit_handing_on


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as one:
        yield one


def test_the_whole_is_done_once_the_answer_is_there(thread: ThreadPoolExecutor) -> None:
    answer: Future[str] = Future()
    whole = submit_handing_on(thread, lambda: ("made", answer))
    thread.submit(int).result()
    assert not whole.done()

    answer.set_result("durable")

    assert whole.result() == ("made", "durable")


def test_a_fault_of_the_work_or_of_the_answer_is_the_fault_of_the_whole(
    thread: ThreadPoolExecutor,
) -> None:
    answer: Future[str] = Future()
    answer.set_exception(KeyError("log"))

    def failing() -> tuple[str, Future[str]]:
        raise ValueError("work")

    assert isinstance(submit_handing_on(thread, failing).exception(), ValueError)
    assert isinstance(submit_handing_on(thread, lambda: ("", answer)).exception(), KeyError)


def test_what_is_given_up_before_it_begins_is_never_done(thread: ThreadPoolExecutor) -> None:
    may_go_on, done = Event(), []
    thread.submit(may_go_on.wait)
    answer: Future[str] = Future()
    whole = submit_handing_on(thread, lambda: (done.append("done"), answer))

    assert whole.cancel()
    may_go_on.set()
    thread.submit(int).result()

    assert done == []


def test_what_is_given_up_while_it_is_worked_on_is_not_written(thread: ThreadPoolExecutor) -> None:
    has_begun, may_go_on = Event(), Event()
    answer: Future[str] = Future()

    def work() -> tuple[str, Future[str]]:
        has_begun.set()
        may_go_on.wait()
        return "made", answer

    whole = submit_handing_on(thread, work)
    has_begun.wait()
    whole.cancel()
    may_go_on.set()
    thread.submit(int).result()

    assert answer.cancelled()


def test_what_is_given_up_while_it_waits_is_not_written(thread: ThreadPoolExecutor) -> None:
    answer: Future[str] = Future()
    whole = submit_handing_on(thread, lambda: ("made", answer))
    thread.submit(int).result()

    whole.cancel()

    assert answer.cancelled()


def test_what_is_written_already_when_it_is_given_up_stays_written(
    thread: ThreadPoolExecutor,
) -> None:
    answer: Future[str] = Future()
    whole = submit_handing_on(thread, lambda: ("made", answer))
    thread.submit(int).result()
    answer.set_running_or_notify_cancel()

    whole.cancel()
    answer.set_result("durable")

    assert answer.result() == "durable"


def test_nothing_that_was_made_waits_for_the_collector(thread: ThreadPoolExecutor) -> None:
    gc.disable()
    answers: list[Future[str]] = [Future()]
    whole = submit_handing_on(thread, lambda: (Event(), answers[0]))
    thread.submit(int).result()
    answers.pop().set_result("durable")
    made = ref(whole.result()[0])

    del whole
    thread.submit(int).result()

    assert made() is None
    gc.enable()


def test_who_waits_hears_that_the_threads_were_ended() -> None:
    may_go_on = Event()
    thread = ThreadPoolExecutor(1)
    thread.submit(may_go_on.wait)
    answer: Future[str] = Future()
    whole = submit_handing_on(thread, lambda: ("made", answer))

    thread.shutdown(wait=False, cancel_futures=True)
    may_go_on.set()

    with pytest.raises(CancelledError):
        whole.result()
