"""Kleene's three-valued logic: the only logic in this library."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NoReturn


class Truth(Enum):
    """Whether a wording holds for a patient: for all she may be, for none, or that cannot be said."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    __hash__ = object.__hash__  # Enum's own goes through Python, at every lookup of a truth

    def __bool__(self) -> NoReturn:
        raise TypeError("a Truth has three values: compare it with `is Truth.TRUE`")

    def __repr__(self) -> str:
        return f"Truth.{self.name}"


_NEGATION = {
    Truth.TRUE: Truth.FALSE,
    Truth.UNKNOWN: Truth.UNKNOWN,
    Truth.FALSE: Truth.TRUE,
}


def negate(truth: Truth) -> Truth:
    """Not: unknown stays unknown."""
    return _NEGATION[truth]


def all_of(truths: Iterable[Truth]) -> Truth:
    """And: one FALSE decides; otherwise one UNKNOWN leaves it open. Of nothing: TRUE."""
    result = Truth.TRUE
    for truth in truths:
        if truth is Truth.FALSE:
            return Truth.FALSE
        if truth is Truth.UNKNOWN:
            result = Truth.UNKNOWN
    return result


def any_of(truths: Iterable[Truth]) -> Truth:
    """Or: one TRUE decides; otherwise one UNKNOWN leaves it open. Of nothing: FALSE."""
    result = Truth.FALSE
    for truth in truths:
        if truth is Truth.TRUE:
            return Truth.TRUE
        if truth is Truth.UNKNOWN:
            result = Truth.UNKNOWN
    return result


def truth_of(value: bool) -> Truth:  # noqa: FBT001 - the argument is the whole meaning
    """The Truth of something known."""
    return Truth.TRUE if value else Truth.FALSE
