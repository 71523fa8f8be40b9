"""Work done ahead in a thread of its own, so that the next block is read while this one is judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from queue import Empty, Queue
from threading import Event, Thread
from typing import TypeVar

T = TypeVar("T")

_BLOCKS_AHEAD = 2
_PATIENCE = 0.1  # seconds between looks at whether anybody still waits


def ahead(items: Iterable[T], *, most: int = _BLOCKS_AHEAD) -> Iterator[T]:
    """The same items in the same order, made in a thread that is at most so many items ahead.

    What goes wrong there is raised here; when nobody asks any more, the thread ends.
    """
    made: Queue[tuple[T] | BaseException | None] = Queue(maxsize=most)
    is_over = Event()
    thread = Thread(target=_make, args=(items, made, is_over), daemon=True)
    thread.start()
    try:
        while (item := made.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item[0]
    except GeneratorExit:
        is_over.set()
        while thread.is_alive():
            # Room for what is still made, so that the thread can end.
            with suppress(Empty):
                made.get(timeout=_PATIENCE)
        raise
    thread.join()


def _make(items: Iterable[T], made: Queue[tuple[T] | BaseException | None], is_over: Event) -> None:
    try:
        for item in items:
            made.put((item,))
            if is_over.is_set():
                return
        made.put(None)
    except BaseException as error:
        made.put(error)
