"""What the reports of a batch are made of: counts and short lists that grow by one patient at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from eligibility.dates import parse_day
from eligibility.errors import CriteriaError
from eligibility.protocol.model import Trial
from eligibility.protocol.verdict import Decision, Verdict
from eligibility.reports.attrition import Attrition
from eligibility.reports.bucketed_lines import BucketedLines
from eligibility.reports.near_misses import Gains, near_miss_cells
from eligibility.reports.results import ResultRow, safe_cell
from eligibility.reports.sorted_rows import SortedRows

MOST_QUESTIONS = 1_000


@dataclass(frozen=True, slots=True)
class Run:
    """What was screened, with which rules, judged on which day."""

    table: str
    trial: str
    trial_title: str
    titles: Mapping[str, str]
    """Title of every criterion by its id, in the order of the protocol."""
    readings: Mapping[str, str]
    """Reading in force of every ambiguous sentence, by its name."""
    profile: str | None
    rules_hash: str
    as_of: str | None
    planned_start: str | None
    verdicts_only: bool = False
    """Questions and dates were not asked for: that there are none says nothing about any patient."""
    translations: Mapping[str, str] = field(default_factory=dict)
    """The trial's own words in Chinese, by their original."""


def run_of(
    trial: Trial,
    *,
    table: str,
    as_of: str | None,
    planned_start: str | None,
    verdicts_only: bool = False,
) -> Run:
    """The run of a trial's criteria over a table."""
    return Run(
        table=table,
        trial=trial.id,
        trial_title=trial.title,
        titles={criterion.id: criterion.title for criterion in trial.criteria},
        readings={
            name: each.readings[each.reading] for name, each in trial.interpretations.items()
        },
        profile=trial.profile.name if trial.profile else None,
        rules_hash=trial.rules_hash,
        as_of=as_of,
        planned_start=planned_start,
        verdicts_only=verdicts_only,
        translations=_translations(trial),
    )


def _translations(trial: Trial) -> Mapping[str, str]:
    """None where their file has a fault: it costs the figures some Chinese, and no run its results."""
    try:
        return trial.words.of("zh")
    except CriteriaError:
        return {}


class BatchFacts:
    """Everything the reports need of a batch, in memory that does not grow with the table.

    `add` takes one row. Who has whole columns calls `count` once per group of equal rows, adds the lines
    of near misses and calls `queue_up` for rows with a possible start. Close it, or use it in a `with`.
    """

    def __init__(self, run: Run, *, folder: Path | None = None) -> None:
        self.run = run
        self.attrition = Attrition(tuple(run.titles))
        self.gains = Gains(len(run.titles))
        self.questions: Counter[str] = Counter()
        self.further_questions = 0
        self.near_misses = BucketedLines(folder)
        self.queue = SortedRows(folder)
        self.rejected = 0
        self.rejected_by_code: Mapping[str, int] = {}
        start = run.planned_start or run.as_of
        self._start = parse_day(start) if start else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the rows that wait on disk."""
        self.near_misses.close()
        self.queue.close()

    @property
    def criteria(self) -> tuple[str, ...]:
        """Ids of the criteria, in the order of the protocol."""
        return self.attrition.criteria

    def add(self, row: ResultRow) -> None:
        """One screened patient."""
        self.count(row.verdicts, row.decision, row.next_question)
        self.keep(row)

    def count(
        self,
        verdicts: Sequence[Verdict],
        decision: Decision,
        next_question: str = "",
        *,
        patients: int = 1,
    ) -> None:
        """Counts patients who share verdicts, decision and next question."""
        self.attrition.add(verdicts, decision=decision, patients=patients)
        self.gains.add(verdicts, patients=patients)
        question = safe_cell(next_question)
        if not question:
            return
        if question in self.questions or len(self.questions) < MOST_QUESTIONS:
            self.questions[question] += patients
        else:
            self.further_questions += patients

    def keep(self, row: ResultRow) -> None:
        """Puts a patient on the lists of near misses and of the re-screen queue, if she belongs there."""
        if row.verdicts.count(Verdict.FAIL) == 1:
            self.near_misses.add(*near_miss_cells(row, self.criteria))
        self.queue_up(row)

    def queue_up(self, row: ResultRow) -> None:
        """Puts a patient on the re-screen queue, if she belongs there."""
        if row.decision is Decision.ELIGIBLE or not row.possible_from:
            return
        day, clock = parse_day(row.possible_from)
        if row.decision is Decision.INELIGIBLE or self._is_later(day, clock):
            cells = (
                row.possible_from,
                row.screening_id,
                row.decision.value,
                " ".join(row.deciding),
                row.next_question,
                row.valid_until,
            )
            # Day offsets have no place among dates: they come behind them.
            self.queue.add((int(clock == "offset"), day), tuple(map(safe_cell, cells)))

    def _is_later(self, day: int, clock: str) -> bool:
        """Whether someone undetermined waits for time to pass, and not only for an answer."""
        return self._start is not None and self._start[1] == clock and day > self._start[0]
