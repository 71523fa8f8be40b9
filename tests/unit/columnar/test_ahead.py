"""Reading ahead changes neither what comes nor its order, and leaves no thread behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from eligibility.columnar.ahead import ahead


def test_the_same_items_come_in_the_same_order() -> None:
    assert list(ahead(range(100))) == list(range(100))


def test_no_more_is_made_than_was_allowed() -> None:
    made = []

    def items() -> Iterator[int]:
        for number in range(50):
            made.append(number)
            yield number

    reader = ahead(items(), most=2)
    assert next(reader) == 0
    reader.close()

    assert len(made) < 10
    assert threading.active_count() == 1 or not any(
        each.name.endswith("(_make)") for each in threading.enumerate()
    )


def test_what_goes_wrong_is_raised_after_what_went_well() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("the disk is gone")

    reader = ahead(items())

    assert next(reader) == 1
    with pytest.raises(ValueError, match="the disk is gone"):
        next(reader)
