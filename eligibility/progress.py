"""How far a long run has come: a bar with rows, rate and time left, or a plain line now and then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Show = Callable[[int, int], None]
"""Takes the rows so far, and the bytes of the file that were read for them."""

SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def bar(console: Console, size: int) -> Iterator[Show]:
    """A bar that goes away at the end."""
    columns = (
        TextColumn("screening"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %  {task.fields[told]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("rows", total=size or None, told="")
        rate = Rate(time.monotonic)
        yield lambda rows, read: progress.update(task, completed=read, told=rate.told(rows))


def plain_lines(stream: TextIO, size: int, clock: Callable[[], float] = time.monotonic) -> Show:
    """Lines for a log: none from a run that is done at once."""
    rate, began = Rate(clock), clock()
    last = began

    def show(rows: int, read: int) -> None:
        nonlocal last
        told, now = rate.told(rows), clock()
        if now - last < SECONDS_BETWEEN_LINES:
            return
        last = now
        share = read / size if size else 0
        left = f", about {(now - began) * (1 - share) / share:.0f} s left" if share else ""
        print(f"screening: {told}, {share:.0%} of the file{left}", file=stream, flush=True)

    return show


class Rate:
    """Rows, and rows a second since the first ones came; those of an earlier run do not count."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._first: tuple[int, float] | None = None

    def told(self, rows: int) -> str:
        """Both in words."""
        now = self._clock()
        if self._first is None:
            self._first = rows, now
        begun, at = self._first
        a_second = f" ({(rows - begun) / (now - at):,.0f}/s)" if now > at else ""
        return f"{rows:,} rows{a_second}"
