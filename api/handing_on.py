"""Work of a thread that ends with handing something on: who waits is woken once, when all of it is done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, InvalidStateError
from contextlib import suppress
from typing import TypeVar
from weakref import ref

_Made = TypeVar("_Made")
_Answer = TypeVar("_Answer")


def submit_handing_on(
    threads: Executor, work: Callable[[], tuple[_Made, Future[_Answer]]]
) -> Future[tuple[_Made, _Answer]]:
    """What the work makes, with the answer to what it hands on. Cancelled, it cancels whatever has not begun.

    The event loop is not woken in between: that would cost a good part of all that it does for a request.
    """
    whole: Future[tuple[_Made, _Answer]] = Future()

    def run() -> None:
        if whole.cancelled():
            return
        made, handed_on = work()
        # Weak, for a future never lets go of its callbacks: what is made would wait for the collector in a circle.
        weak = ref(handed_on)
        whole.add_done_callback(lambda _: _cancel(weak()))
        handed_on.add_done_callback(lambda answer: _pass_on(answer, whole, made))

    threads.submit(run).add_done_callback(lambda begun: _failed(begun, whole))
    return whole


def _cancel(future: Future[_Answer] | None) -> None:
    if future is not None:
        future.cancel()


def _pass_on(answer: Future[_Answer], whole: Future[tuple[_Made, _Answer]], made: _Made) -> None:
    if not _failed(answer, whole):
        with suppress(InvalidStateError):  # nobody waits any more
            whole.set_result((made, answer.result()))


def _failed(part: Future[_Answer], whole: Future[_Made]) -> bool:
    """Whether a part was cancelled or raised, which then holds for the whole."""
    if part.cancelled():
        whole.cancel()
        return True
    error = part.exception()
    if error is not None:
        with suppress(InvalidStateError):  # nobody waits any more
            whole.set_exception(error)
    return error is not None
