"""Lines come out by key, whether they waited in memory or on disk."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.reports.bucketed_lines import BucketedLines


@given(st.lists(st.integers(0, 5), max_size=40), st.integers(1, 60))
def test_equal_keys_keep_their_order_however_little_is_held(keys: list[int], held: int) -> None:
    lines = BucketedLines(most_held=held)
    for number, key in enumerate(keys):
        lines.add((key,), (str(key), str(number)))

    found = [(int(key), int(number)) for key, number in lines]

    assert len(lines) == len(keys)
    assert found == sorted((key, number) for number, key in enumerate(keys))
    assert "".join(lines.texts()) == "".join(f"{key},{number}\n" for key, number in found)
    lines.close()


def test_what_waits_on_disk_leaves_no_file_behind(tmp_path: Path) -> None:
    lines = BucketedLines(tmp_path, most_held=1)
    lines.add((1,), ('P"1\n', "\u2028"))
    lines.add_lines((0,), "a,b\nc,d\n", rows=2)

    assert list(tmp_path.iterdir()) == []
    assert list(lines) == [("a", "b"), ("c", "d"), ('P"1\n', "\u2028")]
    assert len(lines) == 3
    lines.close()


def test_a_folder_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    lines = BucketedLines(tmp_path / "absent", most_held=1)

    with pytest.raises(FileNotFoundError):
        lines.add((1,), ("P1",))
