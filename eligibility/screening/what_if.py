"""Would an answer settle a criterion? Tries the answers a code or a small score can have, on a copy of the record."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Any

from eligibility.findings.findings import Findings
from eligibility.patient.record import PatientRecord
from eligibility.patient.recorded import Listing, Model, Recorded
from eligibility.patient.schema import declared
from eligibility.patient.spelling import Spelled
from eligibility.patient.values import Bounds, Measured
from eligibility.protocol.model import Criterion
from eligibility.screening.leaves import evaluate
from eligibility.screening.model import Screening
from eligibility.truth import Truth

_MOST_ANSWERS = 6  # a longer vocabulary is no yes-or-no question, and trying it all takes too long
MOST_TRIED = 100
"""Answers tried per explanation; a trial like NCT06731140 needs some fifty, a hostile record more."""


class WhatIf:
    """Tries answers for one explanation; when its budget is spent, no answer is said to settle anything.

    Only fields of the record itself and the completeness of lists are tried: each trial costs as much as
    the record is long, so that trying every field of every item would cost the square of that.
    """

    def __init__(self, screening: Screening) -> None:
        self._screening = screening
        self._left = MOST_TRIED

    def some_answer_settles(self, field: str, criterion: Criterion) -> bool:
        """Whether one of the answers to a coded or yes-or-no field decides a criterion by itself."""
        for record in _answered(self._screening.findings.scope.record, field):
            if not self._left:
                return False
            self._left -= 1
            if self._truth(record, criterion) is not Truth.UNKNOWN:
                return True
        return False

    def _truth(self, record: PatientRecord, criterion: Criterion) -> Truth:
        scope, assumptions = (
            self._screening.findings.scope,
            self._screening.compiled.trial.assumptions,
        )
        findings = Findings(record, scope.as_of, scope.clock, assumptions)
        return evaluate(criterion.condition, findings, self._screening.anchors)


def _answered(record: PatientRecord, field: str) -> Iterator[PatientRecord]:
    steps = field.split(".")
    if "items" in steps:
        return
    owner, value = _find(record, steps)
    if isinstance(owner, Listing) and steps[-1] == "complete":
        yield _replaced(record, steps, new=True)
    elif isinstance(value, Recorded):
        kind: type[Model] = type(owner)
        for answer in _answers(kind, steps[-1]):
            yield _replaced(record, steps, new=Recorded(value=answer))


def _find(record: PatientRecord, steps: list[str]) -> tuple[Any, Any]:
    owner, part = None, record
    for step in steps:
        owner = part
        part = _inside(part, step)
    return owner, part


def _inside(part: Any, step: str) -> Any:
    if isinstance(part, tuple):
        return part[int(step)] if step.isdigit() and int(step) < len(part) else None
    return getattr(part, step, None) if isinstance(part, Model) else None


@lru_cache(maxsize=512)
def _answers(owner: type[Model], name: str) -> tuple[StrEnum | Measured, ...]:
    """The codes or whole numbers a field accepts, where they are few."""
    for said in declared(owner, name):
        if isinstance(said, Spelled) and len(said.codes) <= _MOST_ANSWERS:
            return tuple(said.codes)
        if isinstance(said, Bounds) and said.whole and said.high < _MOST_ANSWERS:
            return tuple(map(said.read, range(int(said.low), int(said.high) + 1)))
    return ()


def _replaced(part: Any, steps: list[str], *, new: object) -> Any:
    """A copy of a part of the record with one value replaced."""
    if not steps:
        return new
    first, *rest = steps
    if isinstance(part, tuple):
        place = int(first)
        return (*part[:place], _replaced(part[place], rest, new=new), *part[place + 1 :])
    return part.model_copy(update={first: _replaced(getattr(part, first), rest, new=new)})
