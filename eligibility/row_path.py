"""One row of a table screened in full, and a whole table screened row by row or by columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from eligibility.columnar.outcome import Screened, Verdicts
from eligibility.dates import anchors
from eligibility.errors import AnchorError
from eligibility.explanation import Explanation, explain
from eligibility.intake.faults import RejectedRow, Rejection
from eligibility.intake.patients import PatientRow, PatientTable
from eligibility.reports.results import ResultRow, line_of
from eligibility.screening.screen import Screener


@dataclass(frozen=True, slots=True)
class RowScreen:
    """Screens rows by the rule engine, checked by the reference; a row's own dates win over these."""

    screener: Screener
    as_of: str | None
    planned_start: str | None
    verdicts_only: bool = False

    def results(self, patients: PatientTable) -> Iterator[Screened]:
        """Every row by itself."""
        for row in patients:
            outcome = self.result(row) if isinstance(row, PatientRow) else row
            if isinstance(outcome, Rejection):
                yield Screened(rejections=(outcome,))
            else:
                yield Screened(f"{line_of(outcome.cells)}\n", 1, counts=Counter([outcome.verdicts]))

    def result(self, row: PatientRow) -> ResultRow | Rejection:
        """A row as a line of the results."""
        as_of = row.as_of or self.as_of
        if as_of is None:
            return _rejection(row, "as_of_missing", *_AS_OF_MISSING)
        try:
            dates = anchors(as_of, row.planned_start or self.planned_start)
            screening = self.screener.screen(row.record, dates)
        except AnchorError as error:
            return _rejection(row, error.code, error.message, error.hint or _CLOCKS)
        verdicts = tuple(result.verdict for result in screening.results)
        told = (row.screening_id, screening.decision, screening.deciding, verdicts)
        planned = row.planned_start or self.planned_start or ""
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


def screened_by_columns(
    screen: RowScreen, patients: PatientTable, table: Path, block_rows: int
) -> Iterator[Screened]:
    """Blocks of rows; those that are not plain go by the path of rows."""
    # Only here, and late: the column library takes a third of a second to import.
    from eligibility.columnar.run import ColumnarRun  # noqa: PLC0415

    counted: Counter[Verdicts] = Counter()

    def by_row(row: PatientRow) -> ResultRow | Rejection:
        outcome = screen.result(row)
        if isinstance(outcome, ResultRow):
            counted[outcome.verdicts] += 1
        return outcome

    run = ColumnarRun(
        patients,
        screen.screener.compiled,
        as_of=screen.as_of,
        planned_start=screen.planned_start,
        by_row=by_row,
        verdicts_only=screen.verdicts_only,
    )
    for outcome in run.screened(table, rows=block_rows):
        outcome.counts.update(counted)
        counted.clear()
        yield outcome


def _possible_from(explanation: Explanation) -> str:
    """The first possible start; nothing where facts are missing, for then no date is a promise."""
    dates = explanation.dates
    return dates.possible_from or "" if dates and not dates.still_open else ""


_AS_OF_MISSING = (
    "there is no date to judge this row on",
    "fill the row's as_of, or give the run one with --as-of",
)
_CLOCKS = "write all dates of the row, as_of and planned_start on one clock"


def _rejection(row: PatientRow, code: str, message: str, hint: str) -> Rejection:
    fault = RejectedRow(row.line, row.screening_id, "as_of", code, message, hint)
    return Rejection(row.line, (fault,))
