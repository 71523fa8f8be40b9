"""The ways to screen a table: row by row, or block by block with the rows that need it by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from eligibility.batch.options import Options
from eligibility.columnar.outcome import Position, Screened
from eligibility.dates import anchors, usual_text
from eligibility.errors import AnchorError
from eligibility.explanation import Explanation, explain
from eligibility.intake.columns import AS_OF
from eligibility.intake.faults import RejectedRow, Rejection
from eligibility.intake.mapping import Mapping
from eligibility.intake.patients import PatientRow, Patients, PatientTable
from eligibility.reports.results import ResultRow, line_of
from eligibility.screening.model import Screening
from eligibility.screening.screen import Screener

_AS_OF_MISSING = (
    "there is no date to judge this row on",
    "fill the row's as_of, or give the run one (as_of, --as-of)",
)
_HINTS = {
    "anchor_clocks_differ": "write all dates of the row, as_of and planned_start on one clock",
    "anchor_unreadable": 'write a whole date with year, month and day, or "day N" for de-identified records',
}


@dataclass(frozen=True, slots=True)
class RowScreen:
    """Screens one row by the rule engine, checked by the reference."""

    screener: Screener
    as_of: str | None
    planned_start: str | None
    verdicts_only: bool = False

    def screening(self, row: PatientRow) -> Screening | Rejection:
        """The screening of a row, on its own dates where it has them."""
        as_of = row.as_of or self.as_of
        if as_of is None:
            return _rejection(row, "as_of_missing", *_AS_OF_MISSING)
        try:
            dates = anchors(as_of, row.planned_start or self.planned_start)
            return self.screener.screen(row.record, dates)
        except AnchorError as error:
            column = (error.location and error.location.path) or AS_OF
            hint = error.hint or _HINTS.get(error.code)
            return _rejection(row, error.code, error.message, hint, column)

    def result(self, row: PatientRow) -> ResultRow | Rejection:
        """A row as a line of the results."""
        screening = self.screening(row)
        if isinstance(screening, Rejection):
            return screening
        verdicts = tuple(result.verdict for result in screening.results)
        told = (row.screening_id, screening.decision, screening.deciding, verdicts)
        as_of = usual_text(row.as_of or self.as_of or "")
        planned = usual_text(row.planned_start or self.planned_start or "")
        if self.verdicts_only:
            return ResultRow(*told, as_of=as_of, planned_start=planned, verdicts_only=True)
        explanation = explain(screening)
        return ResultRow(
            *told,
            explanation.questions[0].text if explanation.questions else "",
            _possible_from(explanation),
            explanation.valid_until or "",
            as_of,
            planned,
        )


@dataclass(frozen=True, slots=True)
class Task:
    """A table to be screened, and how."""

    table: Path
    patients: Patients
    mapping: Mapping | None
    screen: RowScreen
    folder: Path
    """Where an engine may lay down files that are no longer there after the run."""
    block_rows: int


def screened(task: Task, options: Options, after: Position | None = None) -> Iterator[Screened]:
    """What becomes of all rows of a table that were not read yet, in its order; of those after a position."""
    if callable(options.engine):
        return options.engine(task)
    patients = task.patients
    if not isinstance(patients, PatientTable) or not goes_by_columns(patients, options):
        return _by_rows(patients, task.screen)
    return screened_by_columns(task.screen, patients, task.table, task.block_rows, after=after)


def screened_by_columns(
    screen: RowScreen,
    patients: PatientTable,
    table: Path,
    block_rows: int,
    *,
    after: Position | None = None,
) -> Iterator[Screened]:
    """Blocks of rows; those that are not plain go by the path of rows."""
    # Only here, and late: the column library takes a third of a second to import.
    from eligibility.columnar.run import ColumnarRun  # noqa: PLC0415

    run = ColumnarRun(
        patients,
        screen.screener.compiled,
        as_of=screen.as_of,
        planned_start=screen.planned_start,
        by_row=screen.result,
        verdicts_only=screen.verdicts_only,
    )
    return run.screened(table, rows=block_rows, after=after)


def goes_by_columns(patients: Patients, options: Options) -> bool:
    """Whether blocks of columns are screened; profiles have none."""
    return options.engine == "columns" and isinstance(patients, PatientTable)


def _by_rows(patients: Patients, screen: RowScreen) -> Iterator[Screened]:
    for row in patients:
        outcome = screen.result(row) if isinstance(row, PatientRow) else row
        if isinstance(outcome, Rejection):
            yield Screened(rejections=(outcome,), rows=1, bytes_read=patients.bytes_read)
        else:
            line = f"{line_of(outcome.cells)}\n"
            yield Screened(line, 1, rows=1, bytes_read=patients.bytes_read)


def _possible_from(explanation: Explanation) -> str:
    """The first possible start; nothing where facts are missing, for then no date is a promise."""
    dates = explanation.dates
    return dates.possible_from or "" if dates and not dates.still_open else ""


def _rejection(
    row: PatientRow, code: str, message: str, hint: str | None, column: str = AS_OF
) -> Rejection:
    fault = RejectedRow(row.line, row.screening_id, column, code, message, hint)
    return Rejection(row.line, (fault,))
