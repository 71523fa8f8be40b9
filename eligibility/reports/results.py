"""Results and rejected rows as CSV that a spreadsheet shows and never runs."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO

from eligibility.protocol.verdict import Decision, Verdict

REJECTED_COLUMNS = ("line", "screening_id", "column", "code", "message", "hint")

_RUNS = ("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - spreadsheets take full-width signs too
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One screened patient as a line of the results."""

    screening_id: str
    decision: Decision
    deciding: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    next_question: str = ""
    possible_from: str = ""
    valid_until: str = ""
    as_of: str = ""
    planned_start: str = ""


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """One fault of one row that was not screened."""

    line: int
    screening_id: str | None
    column: str | None
    code: str
    message: str
    hint: str | None


def safe_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers.

    >>> safe_cell("=HYPERLINK(A1)"), safe_cell("-1.5"), safe_cell("day -3")
    ("'=HYPERLINK(A1)", '-1.5', 'day -3')
    """
    # The csv module leaves a lone carriage return unquoted, and readers take it for a line end.
    text = "" if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n")
    if text.startswith(_RUNS) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


class ResultsWriter:
    """Writes results.csv line by line: the decision, then one verdict per criterion."""

    def __init__(self, stream: TextIO, criteria: Sequence[str]) -> None:
        self._writer = csv.writer(stream, lineterminator="\n")
        self.rows = 0
        self._write(
            (
                "screening_id",
                "decision",
                "deciding_criteria",
                *criteria,
                "next_question",
                "possible_from",
                "valid_until",
                "as_of",
                "planned_start",
            )
        )

    def write(self, row: ResultRow) -> None:
        """One patient."""
        self.rows += 1
        self._write(
            (
                row.screening_id,
                row.decision,
                " ".join(row.deciding),
                *row.verdicts,
                row.next_question,
                row.possible_from,
                row.valid_until,
                row.as_of,
                row.planned_start,
            )
        )

    def _write(self, cells: Iterable[object]) -> None:
        self._writer.writerow([safe_cell(cell) for cell in cells])


class RejectedWriter:
    """Writes rejected.csv: one line per fault, so that a row with several faults has several."""

    def __init__(self, stream: TextIO) -> None:
        self._writer = csv.writer(stream, lineterminator="\n")
        self._writer.writerow(REJECTED_COLUMNS)

    def write(self, fault: RejectedLine) -> None:
        """One fault."""
        cells = (getattr(fault, name) for name in REJECTED_COLUMNS)
        self._writer.writerow([safe_cell(cell) for cell in cells])
