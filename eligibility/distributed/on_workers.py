"""What a worker is asked to do with a table or a frame; each can be done twice with the same outcome."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl

from eligibility.columnar.outcome import DEFAULT_ROWS
from eligibility.distributed.frames import FrameOrder, screen_rows
from eligibility.distributed.kernel import Order, Tally, screen_section, screener_for
from eligibility.distributed.parts import Parts
from eligibility.distributed.sections import Found, Section, Stretch, look_through
from eligibility.errors import EligibilityError
from eligibility.intake.patients import PatientTable, open_patients
from eligibility.intake.tables import Table
from eligibility.screening.screen import Screener


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error of this library, on its way from a worker to the driver."""

    code: str
    message: str
    hint: str | None

    @classmethod
    def of(cls, error: EligibilityError) -> Refusal:
        """An error as it is sent; errors never hold a patient's value."""
        return cls(error.code, error.message, error.hint)


@dataclass(frozen=True, slots=True)
class Counted:
    """The rows of a section that was screened."""

    rows: int
    blank_lines: int


@dataclass(frozen=True, slots=True)
class Worker:
    """Carries out an order; `folder` is seen by all machines, `order` is pickled once by the driver."""

    order: bytes
    folder: Path

    def look(self, stretch: Stretch) -> Found | Refusal:
        """Where the rows of a stretch end."""
        order = _order(self.order)
        try:
            with open_patients(order.table, mapping=order.mapping) as patients:
                assert isinstance(patients, PatientTable)  # only text tables are cut
                assert isinstance(patients.table, Table)
                return look_through(order.table, patients.table, stretch)
        except EligibilityError as error:
            return Refusal.of(error)

    def screen(self, section: Section) -> Counted | Refusal:
        """Screens a section as if it were the first."""
        return self._screened(section, again=False)

    def screen_again(self, section: Section) -> Counted | Refusal:
        """Screens a section that has ids of earlier ones."""
        return self._screened(section, again=True)

    def _screened(self, section: Section, *, again: bool) -> Counted | Refusal:
        order, parts, tally = _order(self.order), Parts(self.folder), Tally()
        try:
            earlier = parts.earlier(section.number) if again else {}
            outcomes = screen_section(order, _screener(self.order), section, earlier, tally)
            parts.write(section.number, outcomes, again=again)
        except EligibilityError as error:
            return Refusal.of(error)
        if not again:
            parts.write_ids(section.number, tally)
        return Counted(tally.rows, tally.blank_lines)


@lru_cache(maxsize=1)
def _order(pickled: bytes) -> Order:
    order = pickle.loads(pickled)  # noqa: S301 - Spark ships what a driver sends as pickles itself
    assert isinstance(order, Order)  # the driver of the same version has sent it
    return order


@lru_cache(maxsize=1)
def _screener(pickled: bytes) -> Screener:
    return screener_for(_order(pickled))


def screen_frames(pickled: bytes, frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The outcomes of the rows of a frame, block by block."""
    order, screener = _frame_order(pickled)
    for rows in _gathered(frames):
        yield screen_rows(order, screener, rows)


def _gathered(frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Small frames together: what is alike in a block is judged once."""
    waiting: list[pl.DataFrame] = []
    for frame in frames:
        waiting.append(frame)
        if sum(each.height for each in waiting) >= DEFAULT_ROWS:
            yield pl.concat(waiting)
            waiting = []
    if waiting:
        yield pl.concat(waiting)


@lru_cache(maxsize=1)
def _frame_order(pickled: bytes) -> tuple[FrameOrder, Screener]:
    order = pickle.loads(pickled)  # noqa: S301 - as above
    assert isinstance(order, FrameOrder)  # the driver of the same version has sent it
    return order, screener_for(order)
