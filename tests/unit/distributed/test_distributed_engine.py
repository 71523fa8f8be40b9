"""A table in sections, each screened by itself: the same bytes as the whole table at once."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from eligibility.batch import REJECTED
from eligibility.distributed.engine import DistributedEngine
from eligibility.distributed.parts import Parts
from eligibility.errors import EligibilityError
from eligibility.intake.mapping import read_mapping
from tests.differential.batch_tables import EXAMPLES, TableWriter
from tests.unit.distributed.tables import files, mess


class InProcess:
    """A cluster of this process; every task goes over the wire, and is carried out twice."""

    def every(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        wired = pickle.loads(pickle.dumps(function))  # noqa: S301 - made here
        first = [wired(item) for item in items]
        assert [wired(item) for item in items] == first
        return first

    def sections_with_earlier_ids(self, parts: Parts, count: int) -> set[int]:
        ids = pl.concat([parts.ids(number) for number in range(count)])
        where = [
            pl.col(name).min().over("id").alias(f"first_{name}") for name in ("line", "section")
        ]
        repeated = ids.with_columns(where).filter(pl.col("section") > pl.col("first_section"))
        for (number,), some in repeated.group_by("section"):
            parts.write_earlier(number, some)
        return set(repeated["section"].to_list())


def in_sections(size: int) -> DistributedEngine:
    return DistributedEngine(InProcess(), section_bytes=size)


@pytest.mark.parametrize("seed", range(4))
def test_a_messy_table_in_sections_of_any_size_gives_the_same_bytes(
    seed: int, tmp_path: Path
) -> None:
    table = tmp_path / "patients.csv"
    writer = TableWriter(seed, mess=0.01 * (seed % 2), columns=(3, 12)[seed % 2])
    table.write_bytes(mess(writer.table(60), seed))

    whole = files(table, tmp_path / "whole", "columns")

    assert files(table, tmp_path / "rows", "rows") == whole
    for size in (1, 997, 1 << 30):
        assert files(table, tmp_path / f"{size}", in_sections(size)) == whole


def test_questions_and_dates_are_the_same(tmp_path: Path) -> None:
    table = EXAMPLES / "patients.csv"

    whole = files(table, tmp_path / "whole", "columns", verdicts_only=False)
    shared = files(table, tmp_path / "shared", in_sections(1000), verdicts_only=False)

    assert shared == whole


def test_a_duplicate_in_a_later_section_names_the_first_line(tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    table.write_text("screening_id,ecog\nP1,1\nP2,1\nP1,1\nP3,1\nP2,1\nP1,1\n")

    shared = files(table, tmp_path / "shared", in_sections(1))

    told = shared[REJECTED].decode()
    assert [line.split(",")[0] for line in told.splitlines()[1:]] == ["4", "6", "7"]
    assert told.count("stands on line 2") == 2
    assert told.count("stands on line 3") == 1
    assert shared == files(table, tmp_path / "whole", "columns")


def test_a_mapped_table_gives_the_same_bytes(tmp_path: Path) -> None:
    table = tmp_path / "patients.tsv"
    table.write_text("who\tstate\n" + "".join(f"P{n % 40}\t{n % 4}\n" for n in range(60)))
    path = tmp_path / "mapping.yaml"
    path.write_text("id: who\ncolumns:\n  state: ecog\n")
    mapping = read_mapping(path)

    whole = files(table, tmp_path / "whole", "columns", mapping=mapping)

    assert files(table, tmp_path / "shared", in_sections(50), mapping=mapping) == whole


def test_a_table_without_rows_gives_the_same_bytes(tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    table.write_text("screening_id,ecog\n")

    assert files(table, tmp_path / "s", in_sections(50)) == files(table, tmp_path / "w", "columns")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("screening_id,ecog\nP1,1\n".encode("utf-16"), "its encoding is not UTF-8"),
        (b"screening_id,ecog\rP1,1\r", "its lines end in bare carriage returns"),
        (b"screening_id,ecog\r\nP1," + b"1" * 70_000 + b"\r\n", "a line is too long to be counted"),
    ],
    ids=["utf-16", "carriage returns", "a very long line"],
)
def test_a_table_that_cannot_be_cut_is_refused(content: bytes, why: str, tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    table.write_bytes(content)

    with pytest.raises(EligibilityError, match=why) as caught:
        files(table, tmp_path / "shared", in_sections(50))

    assert caught.value.code == "cannot_be_cut"
    assert not (tmp_path / "shared").exists()


def test_a_table_with_joins_is_refused(tmp_path: Path) -> None:
    folder = EXAMPLES / "tcga_brca"

    with pytest.raises(EligibilityError, match="other tables are joined"):
        files(
            folder / "patients.tsv",
            tmp_path / "shared",
            in_sections(50),
            mapping=read_mapping(folder / "mapping.yaml"),
        )
