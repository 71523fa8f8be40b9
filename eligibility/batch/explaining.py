"""Full explanations of chosen rows: each is read and screened once more, and must come out as it did."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eligibility.batch.engines import RowScreen
from eligibility.errors import EngineFault
from eligibility.explanation import Explanation, explain
from eligibility.intake.faults import Rejection
from eligibility.intake.patients import PatientRow, Patients
from eligibility.reports.document import to_document
from eligibility.reports.results_file import ResultsFile

Opened = Callable[[], AbstractContextManager[Patients]]


@dataclass(slots=True)
class Explained:
    """Which of the patients asked for were explained."""

    asked: tuple[str, ...]
    explained: list[str] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    last: Explanation | None = None

    @property
    def not_in_the_table(self) -> list[str]:
        """Those that no row is about."""
        found = {*self.explained, *self.rejected}
        return [each for each in dict.fromkeys(self.asked) if each not in found]

    def document(self) -> dict[str, Any]:
        """What the summary says of it."""
        return {
            "explained": len(self.explained),
            "rejected": self.rejected,
            "not_in_the_table": self.not_in_the_table,
        }


def write_explanations(
    path: Path, ids: tuple[str, ...], *, opened: Opened, screen: RowScreen, results: Path
) -> Explained:
    """Writes one document per patient, in the order of the table."""
    told = Explained(ids)
    file = ResultsFile(results, [criterion.id for criterion in screen.screener.trial.criteria])
    decided = {row.screening_id: row.verdicts for row in file.rows(frozenset(ids))}
    with opened() as patients, path.open("w", encoding="utf-8", newline="") as stream:
        for identity, explanation in _explanations(patients, frozenset(ids), screen):
            if explanation is None:
                told.rejected.append(identity)
                continue
            verdicts = tuple(each.verdict for each in explanation.screening.results)
            if decided.get(identity) != verdicts:
                raise EngineFault(
                    "a row that is to be explained comes out otherwise than in the results",
                    hint="please report this; nothing was given out",
                )
            told.explained.append(identity)
            told.last = explanation
            document = json.dumps(to_document(explanation), ensure_ascii=False, default=str)
            stream.write(f"{document}\n")
    return told


def _explanations(
    patients: Patients, ids: frozenset[str], screen: RowScreen
) -> Iterator[tuple[str, Explanation | None]]:
    for identity, row in patients.find(ids):
        screening = screen.screening(row) if isinstance(row, PatientRow) else row
        yield identity, None if isinstance(screening, Rejection) else explain(screening)
