"""The three things that a worker is asked to do with a table; each can be done twice with the same outcome."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from eligibility.distributed.kernel import Order, Tally, screen_section, screener_for
from eligibility.distributed.parts import Parts
from eligibility.distributed.sections import Found, Section, Stretch, look_through
from eligibility.errors import EligibilityError
from eligibility.intake.patients import open_patients
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
