"""Runs the examples that criteria and trials carry: the users of the language test their own definitions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from eligibility.dates import anchors
from eligibility.errors import EligibilityError, Location
from eligibility.patient.record import read_record
from eligibility.protocol.loader import load_trial_folder
from eligibility.protocol.vignettes import Vignette, read_vignettes
from eligibility.screening.model import Engine, Screening
from eligibility.screening.proof import reasons
from eligibility.screening.screen import Screener


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """What one example gave: nothing in `complaint` means that it is right."""

    subject: str
    name: str
    at: Location
    complaint: str | None


class CaseRunner:
    """Runs the cases and vignettes of one trial folder on one engine."""

    def __init__(self, folder: Path, *, engine: Engine = "durable-rules") -> None:
        self.folder = folder
        self.trial = load_trial_folder(folder)
        self._screener = lru_cache(maxsize=8)(
            lambda profile: Screener(load_trial_folder(folder, profile=profile), engine=engine)
        )

    def run(self) -> Iterator[CaseOutcome]:
        """Every case of every criterion, then every vignette."""
        yield from self.run_cases()
        yield from self.run_vignettes()

    def run_cases(self) -> Iterator[CaseOutcome]:
        """The cases inside the criterion files."""
        for criterion in self.trial.criteria:
            for case in criterion.cases:
                try:
                    screening = self._screen(
                        case.patient, case.profile, case.as_of, case.planned_start
                    )
                except EligibilityError as error:
                    yield CaseOutcome(criterion.id, case.name, case.at, str(error))
                    continue
                complaint = _verdict_complaint(screening, criterion.id, case.verdict.value)
                if complaint is None and case.because is not None:
                    complaint = _reason_complaint(screening, criterion.id, case.because)
                yield CaseOutcome(criterion.id, case.name, case.at, complaint)

    def vignettes(self) -> list[Vignette]:
        """The whole-patient examples, if the trial has any."""
        if not (self.folder / "patients.yaml").is_file():
            return []
        return read_vignettes(self.folder, tuple(c.id for c in self.trial.criteria))

    def run_vignettes(self) -> Iterator[CaseOutcome]:
        """The whole-patient examples."""
        for vignette in self.vignettes():
            complaint = self._vignette_complaint(vignette)
            yield CaseOutcome("patient", vignette.name, vignette.at, complaint)

    def _vignette_complaint(self, vignette: Vignette) -> str | None:
        try:
            screening = self._screen(
                vignette.patient, vignette.profile, vignette.as_of, vignette.planned_start
            )
        except EligibilityError as error:
            return str(error)
        complaints = [
            _verdict_complaint(screening, name, verdict.value)
            for name, verdict in vignette.verdicts.items()
        ]
        if screening.deciding != vignette.deciding:
            complaints.append(
                f"deciding criteria: expected {', '.join(vignette.deciding)}; "
                f"found {', '.join(screening.deciding)}"
            )
        return "; ".join(c for c in complaints if c) or None

    def _screen(
        self, patient: object, profile: str | None, as_of: str, planned_start: str | None
    ) -> Screening:
        record = read_record(patient)
        return self._screener(profile).screen(record, anchors(as_of, planned_start))


def _verdict_complaint(screening: Screening, criterion_id: str, expected: str) -> str | None:
    if screening.alarm is not None:
        return screening.alarm.message
    found = screening.result(criterion_id).verdict.value
    return None if found == expected else f"{criterion_id}: expected {expected}, found {found}"


def _reason_complaint(screening: Screening, criterion_id: str, expected: str) -> str | None:
    found = sorted({reason.value for reason in reasons(screening, criterion_id)})
    if expected in found:
        return None
    return f"{criterion_id}: expected the reason {expected}, found {', '.join(found) or 'none'}"
