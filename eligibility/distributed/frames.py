"""Rows of a table that lies in a lake already: text columns come in, decisions and verdicts go out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from eligibility.batch import RowScreen, screened_by_columns
from eligibility.columnar.outcome import DEFAULT_ROWS
from eligibility.errors import EligibilityError
from eligibility.intake.patients import PatientTable, open_patients
from eligibility.protocol.model import Trial
from eligibility.reports.results import ResultsWriter
from eligibility.screening.screen import Screener
from eligibility.version import ENGINE_VERSION

REPEATED = "repeated_screening_id"
REJECTED = "rejected"
"""The column of a result that says by codes why a row was not screened."""

_MOST_CHARACTERS = 60_000
_ODD_SIGNS = r"[\x00\n\r]"


class ColumnsNotText(EligibilityError):
    """A frame with columns that are not text."""

    code = "columns_not_text"


@dataclass(frozen=True, slots=True)
class FrameOrder:
    """How the rows of a frame are to be screened."""

    trial: Trial
    id_column: str
    as_of: str | None
    planned_start: str | None
    verdicts_only: bool
    engine_version: str = ENGINE_VERSION

    def names(self) -> list[str]:
        """The columns of the outcome: those of results.csv, and why a row was rejected."""
        head = io.StringIO()
        criteria = [criterion.id for criterion in self.trial.criteria]
        ResultsWriter(head, criteria, verdicts_only=self.verdicts_only)
        return [*next(csv.reader([head.getvalue()])), REJECTED]


def screen_rows(order: FrameOrder, screener: Screener, rows: pl.DataFrame) -> pl.DataFrame:
    """The outcome of each row, in order; `rows` has the columns of a table, and one more, REPEATED.

    Rows are written as lines of a table and read by the one reader. A table in a lake has no first
    row: every row of an id that stands in several is rejected.
    """
    rows = rows.with_columns(pl.col(pl.String).fill_null(""))
    texts = rows.drop(REPEATED)
    odd = pl.any_horizontal(pl.all().str.contains(_ODD_SIGNS)) | (
        pl.sum_horizontal(pl.all().str.len_chars()) > _MOST_CHARACTERS
    )
    ids = texts[order.id_column].str.strip_chars()
    faults = texts.select(
        pl.when(ids == "")
        .then(pl.lit("missing_id"))
        .when(rows[REPEATED])
        .then(pl.lit("duplicate_id"))
        .when(odd)
        .then(pl.lit("odd_signs"))
    ).to_series()
    told: dict[int, Sequence[str | None]] = {}
    places = faults.is_null().arg_true().to_list()
    for row, cells in _screened(order, screener, texts[places]):
        told[places[row]] = cells
    names = order.names()
    for place in faults.is_not_null().arg_true().to_list():
        told[place] = [ids[place] or None, *[None] * (len(names) - 2), faults[place]]
    if len(told) != rows.height:
        raise EligibilityError("rows were lost", code="rows_lost", hint="please report this fault")
    ordered = [told[place] for place in range(rows.height)]
    return pl.DataFrame(ordered, schema=dict.fromkeys(names, pl.String), orient="row")


def id_column(columns: Sequence[tuple[str, str]]) -> str:
    """The column of ids among columns given with their types, once all of them are usable."""
    if other := [name for name, kind in columns if kind != "string"]:
        raise ColumnsNotText(
            f"{len(other)} columns are not text",
            hint="cast every column to string, in the spellings of `eligibility template`",
        )
    names = [name for name, _ in columns]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "columns"
        pl.DataFrame(schema=dict.fromkeys(names, pl.String)).write_csv(path)
        with open_patients(path) as patients:
            assert isinstance(patients, PatientTable)  # it was written as one
            return names[patients.plan.screening_id]


def _screened(
    order: FrameOrder, screener: Screener, texts: pl.DataFrame
) -> Iterator[tuple[int, Sequence[str | None]]]:
    """The cells of each row's outcome, and the row's place."""
    if not texts.height:
        return
    width = len(order.names())
    screen = RowScreen(screener, order.as_of, order.planned_start, order.verdicts_only)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows"
        texts.write_csv(path, quote_style="necessary", null_value="")
        with open_patients(path) as patients:
            assert isinstance(patients, PatientTable)  # it was written as one
            first = (patients.table.header_line or 0) + 1
            left = iter(range(texts.height))
            for outcome in screened_by_columns(screen, patients, path, DEFAULT_ROWS):
                rejected = {each.line - first: each for each in outcome.rejections}
                lines = csv.reader(io.StringIO(outcome.lines, newline=""), strict=True)
                for _ in range(outcome.results + len(rejected)):
                    place = next(left)
                    if place in rejected:
                        faults = rejected[place].faults
                        codes = " ".join(dict.fromkeys(fault.code for fault in faults))
                        yield place, [faults[0].screening_id, *[None] * (width - 2), codes]
                    else:
                        yield place, [cell or None for cell in next(lines)] + [None]
