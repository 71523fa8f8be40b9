"""Rows come out by key, whether they waited in memory or on disk."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.reports.sorted_rows import SortedRows


@given(st.lists(st.integers(0, 5), max_size=40), st.integers(1, 9))
def test_equal_keys_keep_their_order_however_little_is_held(keys: list[int], held: int) -> None:
    rows = SortedRows(most_held=held)
    for number, key in enumerate(keys):
        rows.add((key,), (str(key), str(number)))

    found = [(int(key), int(number)) for key, number in rows]

    assert len(rows) == len(keys)
    assert found == sorted((key, number) for number, key in enumerate(keys))
    assert found == [(int(key), int(number)) for key, number in rows]
    rows.close()


def test_what_waits_on_disk_leaves_no_file_behind(tmp_path: Path) -> None:
    rows = SortedRows(tmp_path, most_held=1)
    rows.add((1,), ('P"1\n', "\u2028"))

    assert list(tmp_path.iterdir()) == []
    assert list(rows) == [('P"1\n', "\u2028")]
    rows.close()


def test_a_folder_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    rows = SortedRows(tmp_path / "absent", most_held=1)

    with pytest.raises(FileNotFoundError):
        rows.add((1,), ("P1",))
