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
from eligibility.distributed.frames import REJECTED as REJECTED_WHY
from eligibility.distributed.frames import REPEATED, FrameOrder, screen_rows
from eligibility.distributed.parts import Parts
from eligibility.errors import EligibilityError
from eligibility.intake.mapping import read_mapping
from eligibility.protocol.library import load_trial
from eligibility.screening.screen import Screener
from tests.differential.batch_tables import AS_OF, EXAMPLES, PLANNED_START, TableWriter
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


class Forgetful(InProcess):
    """A cluster that loses what became of a section."""

    def sections_with_earlier_ids(self, parts: Parts, count: int) -> set[int]:
        parts.write(0, iter(()), again=False)
        return super().sections_with_earlier_ids(parts, count)


def test_a_section_whose_rows_are_lost_stops_the_run(tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    table.write_text("screening_id,ecog\nP1,1\nP2,1\n")

    with pytest.raises(EligibilityError) as caught:
        files(table, tmp_path / "shared", DistributedEngine(Forgetful(), section_bytes=1))

    assert caught.value.code == "rows_lost"
    assert not (tmp_path / "shared").exists()


def test_a_worker_of_another_version_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "patients.csv"
    table.write_text("screening_id,ecog\nP1,1\n")
    monkeypatch.setattr("eligibility.distributed.kernel.ENGINE_VERSION", "0.0.0")

    with pytest.raises(EligibilityError) as caught:
        files(table, tmp_path / "shared", in_sections(50))

    assert caught.value.code == "worker_version"


@pytest.mark.parametrize("rows", [["P1", "P2"], ["P1", " ", "P 2"], []], ids=str)
def test_every_row_of_a_frame_comes_out_once(rows: list[str]) -> None:
    trial = load_trial(profile="atezolizumab_p1")
    order = FrameOrder(trial, "screening_id", AS_OF, PLANNED_START, verdicts_only=True)
    ecog = ["1\n", "1", "\0"][: len(rows)]
    columns = {"screening_id": rows, "ecog": ecog, REPEATED: [False] * len(rows)}
    kinds = {"screening_id": pl.String, "ecog": pl.String, REPEATED: pl.Boolean}

    told = screen_rows(order, Screener(trial), pl.DataFrame(columns, schema=kinds))

    expected = {"P1": "odd_signs", "P2": None, " ": "missing_id", "P 2": "odd_signs"}
    assert told[REJECTED_WHY].to_list() == [expected[row] for row in rows]
    assert told.columns == order.names()
