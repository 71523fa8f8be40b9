"""How much of a large comparison every run of the tests makes, and how much only `make proof` does."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet  # pytest has no public name for it


def first_of(seeds: Iterable[int], every_run: int) -> list[ParameterSet]:
    """Seeds of a comparison: the first for every run of the tests, the others for `make proof`."""
    return [
        pytest.param(seed, marks=() if number < every_run else pytest.mark.deep)
        for number, seed in enumerate(seeds)
    ]
