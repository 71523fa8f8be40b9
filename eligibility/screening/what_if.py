"""Would an answer settle a criterion? Tries every answer a code or a small score can have, on a copy of the record."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Any

from eligibility.findings.findings import Findings
from eligibility.patient.record import PatientRecord
from eligibility.patient.recorded import Listing, Model, Recorded
from eligibility.patient.spelling import Spelled
from eligibility.patient.values import Bounds, Measured
from eligibility.protocol.model import Criterion
from eligibility.screening.leaves import evaluate
from eligibility.screening.model import Screening
from eligibility.truth import Truth

_MOST_ANSWERS = 6  # a longer vocabulary is no yes-or-no question, and trying it all takes too long
_MOST_ITEMS = (
    6  # of a longer list one item seldom settles anything, and trying them all takes too long
)


def some_answer_settles(screening: Screening, field: str, criterion: Criterion) -> bool:
    """Whether one of the answers to a coded or yes-or-no field decides a criterion by itself."""
    scope = screening.findings.scope
    for record in _answered(scope.record, field):
        findings = Findings(record, scope.as_of, scope.clock, screening.compiled.trial.assumptions)
        truth = evaluate(criterion.condition, findings, screening.anchors)
        if truth is not Truth.UNKNOWN:
            return True
    return False


def _answered(record: PatientRecord, field: str) -> Iterator[PatientRecord]:
    steps = field.split(".")
    owner, value = _find(record, steps)
    if "items" in steps and len(_find(record, steps[: steps.index("items") + 1])[1]) > _MOST_ITEMS:
        return
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
    generic = getattr(owner.model_fields[name].annotation, "__pydantic_generic_metadata__", {})
    for argument in generic.get("args", ()):
        for spelled in getattr(argument, "__metadata__", ()):
            if isinstance(spelled, Spelled) and len(spelled.codes) <= _MOST_ANSWERS:
                return tuple(spelled.codes)
            if isinstance(spelled, Bounds) and spelled.whole and spelled.high < _MOST_ANSWERS:
                return tuple(map(spelled.read, range(int(spelled.low), int(spelled.high) + 1)))
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
