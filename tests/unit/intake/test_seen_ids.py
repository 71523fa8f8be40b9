"""Ids seen so far: what a dictionary would say, in bounded memory, and again after a crash."""

from pathlib import Path
from random import Random

import numpy as np
import pytest

from eligibility.intake.seen_ids import JOURNAL, SeenIds, keys_of

LETTERS = "ABab01._-"


def ids(seed: int, count: int) -> list[str]:
    """Short ids that often come again, ids that begin alike, and ids too long to be their own key."""
    random = Random(seed)
    kinds = (
        lambda: "P" + str(random.randrange(count)),
        lambda: "TCGA-AR-A0TP-01A-11D-A092-" + str(random.randrange(count)),
        lambda: "A" * random.randrange(1, 65),
        lambda: random.choice(("é", "P 1", "患者", "-", "P1\0", "\udc80")),
        lambda: "".join(random.choice(LETTERS) for _ in range(random.randrange(1, 4))),
    )
    return [random.choice(kinds)() for _ in range(count)]


def first_lines(given: list[str]) -> dict[str, int]:
    known: dict[str, int] = {}
    for line, each in enumerate(given, start=2):
        known.setdefault(each, line)
    return known


def taken(seen: SeenIds, given: list[str], block: int, start: int = 0) -> list[int]:
    told: list[int] = []
    for begin in range(start, len(given), block):
        part = given[begin : begin + block]
        lines = np.arange(begin + 2, begin + 2 + len(part), dtype=np.int64)
        told += seen.take(part, lines).tolist()
    return told


@pytest.mark.parametrize("block", [1, 7, 100, 10_000])
@pytest.mark.parametrize("most_held", [1, 50, 1_000_000])
def test_blocks_are_told_what_a_dictionary_tells(
    tmp_path: Path, block: int, most_held: int
) -> None:
    given = ids(block, 700)
    seen = SeenIds(tmp_path, most_held=most_held)

    told = taken(seen, given, block)

    first = first_lines(given)
    expected = [0 if first[each] == line else first[each] for line, each in enumerate(given, 2)]
    assert told == expected
    assert seen.first_lines(list(first)).tolist() == list(first.values())
    assert seen.first_lines(["P-unknown"]).tolist() == [0]


@pytest.mark.parametrize("most_held", [40, 1_000_000])
def test_one_by_one_and_blocks_may_be_mixed(tmp_path: Path, most_held: int) -> None:
    given = ids(3, 900)
    seen = SeenIds(tmp_path, most_held=most_held)
    first = first_lines(given)

    for line, each in enumerate(given[:450], start=2):
        known = seen.first_line(each)
        assert known == (None if first[each] == line else first[each])
        if known is None:
            seen.add(each, line)
        if line % 100 == 0:
            seen.first_lines(["P1"])
    rest = taken(seen, given, 64, start=450)

    assert rest == [
        0 if first[each] == line else first[each] for line, each in enumerate(given[450:], 452)
    ]


@pytest.mark.parametrize("kept_after", [0, 1, 333, 699])
def test_what_was_kept_is_known_again_and_nothing_later(tmp_path: Path, kept_after: int) -> None:
    given = ids(5, 700)
    seen = SeenIds(tmp_path, most_held=64)
    taken(seen, given[:kept_after], 50)
    kept = seen.keep()
    taken(seen, given, 50, start=kept_after)
    seen.keep()
    with (tmp_path / JOURNAL).open("ab") as torn:
        torn.write(b"half an entr")

    again = SeenIds.resume(tmp_path, kept, most_held=64)

    before = first_lines(given[:kept_after])
    assert again.first_lines(list(before)).tolist() == list(before.values())
    later = [each for each in given if each not in before]
    assert not again.first_lines(later).any()
    taken(again, given, 50, start=kept_after)
    first = first_lines(given)
    assert again.first_lines(list(first)).tolist() == list(first.values())
    assert again.keep() == len(first)


def test_only_the_journal_has_a_name(tmp_path: Path) -> None:
    seen = SeenIds(tmp_path, most_held=10)
    taken(seen, ids(1, 200), 10)
    seen.keep()

    assert [path.name for path in tmp_path.iterdir()] == [JOURNAL]


def test_ids_of_sixteen_bytes_are_their_own_keys() -> None:
    given = list({each[:16] for each in ids(9, 5_000)})

    keys = keys_of(given)

    assert len(set(zip(keys.high.tolist(), keys.low.tolist(), strict=True))) == len(given)


def test_keys_that_share_their_upper_half_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    real = keys_of

    def crowded(given: list[str]) -> object:
        keys = real(given)
        return keys._replace(high=keys.high % np.uint64(3), low=keys.high ^ keys.low)

    monkeypatch.setattr("eligibility.intake.seen_ids.keys_of", crowded)
    given = ids(11, 400)
    seen = SeenIds(most_held=1_000)

    told = taken(seen, given, 30)

    first = first_lines(given)
    assert told == [0 if first[e] == line else first[e] for line, e in enumerate(given, 2)]
