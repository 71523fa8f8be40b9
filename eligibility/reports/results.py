"""Results and rejected rows as CSV that a spreadsheet shows and never runs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from eligibility.protocol.verdict import Decision, Verdict

REJECTED_COLUMNS = ("line", "screening_id", "column", "code", "message", "hint")

_RUNS = ("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - spreadsheets take full-width signs too
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)


class Written(Protocol):
    """What lines are written to: a file, or one that grows and remembers."""

    def write(self, text: str, /) -> object:
        """Takes some text."""


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
    verdicts_only: bool = False
    """Questions and the dates that follow from the record were not asked for."""

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of the line."""
        told = (self.next_question, self.possible_from, self.valid_until)
        return (
            self.screening_id,
            self.decision,
            " ".join(self.deciding),
            *self.verdicts,
            *(() if self.verdicts_only else told),
            self.as_of,
            self.planned_start,
        )


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


def line_of(cells: Iterable[object]) -> str:
    """Cells as a line of the results, without its end."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([safe_cell(cell) for cell in cells])
    return text.getvalue().removesuffix("\n")


class ResultsWriter:
    """Writes results.csv line by line: the decision, then one verdict per criterion."""

    def __init__(
        self,
        stream: Written,
        criteria: Sequence[str],
        *,
        verdicts_only: bool = False,
        with_header: bool = True,
    ) -> None:
        self._stream = stream
        self.rows = 0
        if not with_header:
            return
        told = () if verdicts_only else ("next_question", "possible_from", "valid_until")
        judged_at = ("as_of", "planned_start")
        names = ("screening_id", "decision", "deciding_criteria", *criteria, *told, *judged_at)
        self._stream.write(f"{line_of(names)}\n")

    def write(self, row: ResultRow) -> None:
        """One patient."""
        self.write_lines(f"{line_of(row.cells)}\n", rows=1)

    def write_lines(self, lines: str, *, rows: int) -> None:
        """Lines that are written already, each for one patient."""
        self.rows += rows
        self._stream.write(lines)


class RejectedWriter:
    """Writes rejected.csv: one line per fault, so that a row with several faults has several."""

    def __init__(self, stream: Written, *, with_header: bool = True) -> None:
        self._writer = csv.writer(stream, lineterminator="\n")
        if with_header:
            self._writer.writerow(REJECTED_COLUMNS)

    def write(self, fault: RejectedLine) -> None:
        """One fault."""
        cells = (getattr(fault, name) for name in REJECTED_COLUMNS)
        self._writer.writerow([safe_cell(cell) for cell in cells])
