"""How one description of patients is driven twice: by Hypothesis, which shrinks, and by a random source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")


class RandomSource(Protocol):
    """What a `random.Random` offers; the caller makes and seeds it, this library draws no luck of its own."""

    def random(self) -> float:
        """A number from 0 up to, not including, 1."""
        ...


class Chooser(Protocol):
    """Takes every decision in the making of a patient; choice 0 is always the simplest."""

    def index(self, count: int) -> int:
        """A number from 0 to count - 1."""
        ...


class RandomChooser:
    """Chooses by a random source: fast, without shrinking."""

    __slots__ = ("_random",)

    def __init__(self, source: RandomSource) -> None:
        self._random = source.random

    def index(self, count: int) -> int:
        """A number from 0 to count - 1."""
        return int(self._random() * count)


def pick(chooser: Chooser, options: Sequence[T]) -> T:
    """One of the options, of which the first is the simplest."""
    return options[chooser.index(len(options))]
