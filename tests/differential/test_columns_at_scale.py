"""A sample of the comparison that the gate makes over 100,000 rows, and `make proof` over a million."""

from __future__ import annotations

import pytest

from tests.differential.columns_at_scale import compare


@pytest.mark.parametrize("seed", range(1000, 1010))
def test_columns_and_reference_say_the_same_of_every_row(seed: int) -> None:
    seen = compare(seed, 1000)

    assert seen.rows > 900
    assert seen.results + seen.rejected == seen.rows
    assert seen.differing == []
