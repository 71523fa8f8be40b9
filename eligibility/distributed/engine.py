"""A table shared out among the machines of a cluster, and what they found put together in its order."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

from eligibility.batch import BatchError, Task
from eligibility.columnar.outcome import Screened
from eligibility.distributed.kernel import Order
from eligibility.distributed.on_workers import Counted, Refusal, Worker
from eligibility.distributed.parts import Parts
from eligibility.distributed.sections import Section, head_of, sections
from eligibility.errors import EligibilityError
from eligibility.intake.patients import PatientTable

SECTION_BYTES = 128 << 20
"""About 300,000 rows of sixty columns."""

_Item = TypeVar("_Item")
_Outcome = TypeVar("_Outcome")


class ClusterError(EligibilityError):
    """A cluster that cannot be used, or that gave up."""

    code = "cluster_failed"


class Cluster(Protocol):
    """Machines that see the table and the folder of the results."""

    def every(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        """What the function gives for every item, in order; it may be called twice for one."""

    def sections_with_earlier_ids(self, parts: Parts, count: int) -> set[int]:
        """The sections, of so many, with ids of earlier ones; those are written with `write_earlier`."""


class DistributedEngine:
    """Screens a table on a cluster, with the same bytes as on one machine."""

    def __init__(self, cluster: Cluster, *, section_bytes: int = SECTION_BYTES) -> None:
        self._cluster = cluster
        self._section_bytes = section_bytes

    def __call__(self, task: Task) -> Iterator[Screened]:
        """What becomes of all rows, in the order of the table.

        Ids of earlier sections are known only when all were screened as if each were the first; those
        that have some are screened again, knowing them.
        """
        assert isinstance(task.patients, PatientTable)  # others have no head
        table = task.patients.table
        parts = Parts(task.folder.absolute() / "sections")
        parts.folder.mkdir()
        order = _order(task)
        worker = Worker(pickle.dumps(order), parts.folder)
        look = partial(self._every, worker.look)
        cut = sections(order.table, order.head, size=self._section_bytes, look=look)
        counted = self._every(worker.screen, cut)
        again: set[int] = set()
        if len(cut) > 1:
            again = self._cluster.sections_with_earlier_ids(parts, len(cut))
        self._every(worker.screen_again, [each for each in cut if each.number in again])
        for section, counts in zip(cut, counted, strict=True):
            yield from _checked(section, counts, parts, again=section.number in again)
            task.patients.rows_read += counts.rows
            table.blank_lines += counts.blank_lines
        shutil.rmtree(parts.folder)

    def _every(
        self, function: Callable[[_Item], _Outcome | Refusal], items: Sequence[_Item]
    ) -> list[_Outcome]:
        outcomes = self._cluster.every(function, items) if items else []
        for outcome in outcomes:
            if isinstance(outcome, Refusal):
                raise ClusterError(outcome.message, code=outcome.code, hint=outcome.hint)
        return outcomes


def _order(task: Task) -> Order:
    screen = task.screen
    return Order(
        task.table.absolute(),
        head_of(task.table, task.patients, task.mapping),
        task.mapping,
        screen.screener.trial,
        screen.as_of,
        screen.planned_start,
        screen.verdicts_only,
        task.block_rows,
    )


def _checked(section: Section, counts: Counted, parts: Parts, *, again: bool) -> Iterator[Screened]:
    """The outcomes of a section; every row of it must be among them."""
    rows = 0
    for outcome in parts.read(section.number, again=again):
        rows += outcome.results + len(outcome.rejections)
        yield outcome
    if rows != counts.rows:
        raise BatchError(
            f"{counts.rows} rows of a section were read, but {rows} came out",
            code="rows_lost",
            hint="nothing was written; this is a fault of the program, please report it",
        )
