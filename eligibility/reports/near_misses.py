"""Near misses, and what each criterion costs: who fails exactly one, and who would gain without it.

A count for talks about the protocol. It is never a reason to waive a criterion for a patient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

from eligibility.protocol.verdict import Verdict
from eligibility.reports.bucketed_lines import BucketedLines
from eligibility.reports.results import ResultRow, safe_cell
from eligibility.reports.sorted_rows import Cells, Key

NEAR_MISSES = "near_misses.csv"
NEAR_MISS_COLUMNS = (
    "screening_id",
    "failed_criterion",
    "open_criteria",
    "possible_from",
    "next_question",
)


@dataclass(slots=True)
class Gain:
    """Patients whose decision would change if one criterion were dropped."""

    failed_to_eligible: int = 0
    """Near misses: they fail this criterion and pass all others."""
    open_to_eligible: int = 0
    """Only this criterion is open; they pass all others."""
    failed_to_undetermined: int = 0
    """They fail only this one, and others are open."""

    @property
    def to_eligible(self) -> int:
        """Patients who would be eligible and now are not."""
        return self.failed_to_eligible + self.open_to_eligible

    @property
    def changed(self) -> int:
        """Patients whose decision would change in any way."""
        return self.to_eligible + self.failed_to_undetermined


class Gains:
    """The gain of dropping each criterion by itself, the others kept."""

    def __init__(self, criteria: int) -> None:
        self.by_place = [Gain() for _ in range(criteria)]

    def add(self, verdicts: Sequence[Verdict], *, patients: int = 1) -> None:
        """Count patients by their verdicts."""
        failed, unknown = verdicts.count(Verdict.FAIL), verdicts.count(Verdict.UNKNOWN)
        if failed == 1:
            gain = self.by_place[verdicts.index(Verdict.FAIL)]
            if unknown:
                gain.failed_to_undetermined += patients
            else:
                gain.failed_to_eligible += patients
        elif not failed and unknown == 1:
            self.by_place[verdicts.index(Verdict.UNKNOWN)].open_to_eligible += patients


def near_miss_cells(row: ResultRow, criteria: Sequence[str]) -> tuple[Key, Cells]:
    """Key and cells of a patient who fails exactly one: fewest open criteria first, then protocol order."""
    place = row.verdicts.index(Verdict.FAIL)
    pairs = zip(criteria, row.verdicts, strict=True)
    still_open = [criterion for criterion, verdict in pairs if verdict is Verdict.UNKNOWN]
    cells = (
        row.screening_id,
        criteria[place],
        " ".join(still_open),
        row.possible_from,
        row.next_question,
    )
    return (len(still_open), place), tuple(map(safe_cell, cells))


def write_near_misses(stream: TextIO, lines: BucketedLines) -> None:
    """One line per patient who fails exactly one criterion; near misses, with none open, come first."""
    stream.write(f"{','.join(NEAR_MISS_COLUMNS)}\n")
    stream.writelines(lines.texts())
