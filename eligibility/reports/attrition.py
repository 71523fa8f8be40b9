"""Attrition: how many patients each criterion costs, by itself and in the protocol's order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from eligibility.protocol.verdict import Decision, Verdict, decide

INDEPENDENT = "independent: each criterion by itself, over all patients screened"
SEQUENTIAL = (
    "sequential: in the order of the protocol, over the patients no earlier criterion failed"
)


class IndependentRow(TypedDict):
    """One criterion over all patients screened."""

    criterion: str
    failed: int
    undetermined: int
    passed: int


class SequentialRow(TypedDict):
    """One criterion over the patients who failed none before it."""

    criterion: str
    entering: int
    failed: int
    remaining: int
    remaining_undetermined: int


class AttritionSummary(TypedDict):
    """All counts; the labels say how they were made."""

    screened: int
    decisions: dict[str, int]
    independent_label: str
    independent: list[IndependentRow]
    sequential_label: str
    sequential: list[SequentialRow]


@dataclass(slots=True)
class _Counts:
    failed: int = 0
    undetermined: int = 0


class Attrition:
    """Counts that grow by one patient at a time."""

    def __init__(self, criteria: Sequence[str]) -> None:
        self.criteria = tuple(criteria)
        self.decisions: Counter[Decision] = Counter()
        self._counts = {criterion: _Counts() for criterion in self.criteria}
        # First failure and first open question tell where a patient leaves the sequence.
        self._firsts: Counter[tuple[int, int]] = Counter()

    @property
    def screened(self) -> int:
        """How many patients were counted."""
        return self.decisions.total()

    def add(
        self,
        verdicts: Sequence[Verdict],
        *,
        decision: Decision | None = None,
        patients: int = 1,
    ) -> None:
        """Count a patient, or several alike, by the verdicts in the order of the criteria."""
        self.decisions[decision or decide(verdicts)] += patients
        for criterion, verdict in zip(self.criteria, verdicts, strict=True):
            if verdict is Verdict.PASS:
                continue
            if verdict is Verdict.FAIL:
                self._counts[criterion].failed += patients
            else:
                self._counts[criterion].undetermined += patients
        firsts = _first(verdicts, Verdict.FAIL), _first(verdicts, Verdict.UNKNOWN)
        self._firsts[firsts] += patients

    def independent(self) -> list[IndependentRow]:
        """Each criterion by itself."""
        return [
            {
                "criterion": criterion,
                "failed": counts.failed,
                "undetermined": counts.undetermined,
                "passed": self.screened - counts.failed - counts.undetermined,
            }
            for criterion, counts in self._counts.items()
        ]

    def sequential(self) -> list[SequentialRow]:
        """Each criterion over those whom none before it failed; who is undetermined stays in."""
        return [self._step(place, criterion) for place, criterion in enumerate(self.criteria)]

    def _step(self, place: int, criterion: str) -> SequentialRow:
        entering = failed = still_open = 0
        for (first_fail, first_unknown), patients in self._firsts.items():
            entering += patients * (first_fail >= place)
            failed += patients * (first_fail == place)
            still_open += patients * (first_fail > place >= first_unknown)
        return {
            "criterion": criterion,
            "entering": entering,
            "failed": failed,
            "remaining": entering - failed,
            "remaining_undetermined": still_open,
        }

    def summary(self) -> AttritionSummary:
        """All counts as plain data."""
        return {
            "screened": self.screened,
            "decisions": {str(decision): self.decisions[decision] for decision in Decision},
            "independent_label": INDEPENDENT,
            "independent": self.independent(),
            "sequential_label": SEQUENTIAL,
            "sequential": self.sequential(),
        }

    def independent_rows(self) -> list[tuple[str, ...]]:
        """The independent counts as text, names of the columns first."""
        rows = self.independent()
        head = ("criterion", "failed", "undetermined", "passed")
        return [head, *(tuple(str(value) for value in row.values()) for row in rows)]

    def sequential_rows(self) -> list[tuple[str, ...]]:
        """The sequential counts as text, names of the columns first."""
        rows = self.sequential()
        head = ("criterion", "entering", "failed", "remaining", "of these undetermined")
        return [head, *(tuple(str(value) for value in row.values()) for row in rows)]


def _first(verdicts: Sequence[Verdict], wanted: Verdict) -> int:
    """The place of the first such verdict; past the end when there is none."""
    return next((p for p, verdict in enumerate(verdicts) if verdict is wanted), len(verdicts))
