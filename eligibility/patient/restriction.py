"""A record reduced to some of its fields: what would be known if only these had been recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from eligibility.patient.record import PatientRecord
from eligibility.patient.recorded import Model, NotYetObserved, Recorded
from eligibility.patient.sections import OBSERVATIONS

Path = str
_Keep = Callable[[Path], bool]


def recorded_fields(record: PatientRecord) -> list[Path]:
    """Paths of every field that holds something, such as `ecog` or `treatments.items.0.last_dose`."""
    return list(_fields(record, ""))


def only(record: PatientRecord, fields: frozenset[Path]) -> PatientRecord:
    """The record with nothing recorded but these fields (and what names the items of a list these are in)."""
    reduced: PatientRecord = _reduced(record, "", fields.__contains__)
    return reduced


def without(record: PatientRecord, field: Path) -> PatientRecord:
    """The record without one field."""
    reduced: PatientRecord = _reduced(record, "", lambda path: path != field)
    return reduced


def observed_by(record: PatientRecord, day: int) -> PatientRecord:
    """The record without values observed only after a day: such a date is impossible, so they are disputed."""
    return (
        _observed(record, day) if any(date > day for date in _observation_days(record)) else record
    )


def _observation_days(part: Any) -> Iterator[int]:
    yield from _own_days(part)
    for name in part.model_fields_set:
        value = getattr(part, name)
        if isinstance(value, Recorded):
            if value.date is not None and value.value is not None:
                yield value.date.earliest
        elif isinstance(value, Model):
            yield from _observation_days(value)
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Model):
                    yield from _observation_days(item)


def _own_days(part: Any) -> tuple[int, ...]:
    """The first day on which what a part of the record says may have been observed, where it says so."""
    observation = OBSERVATIONS.get(type(part))
    if observation is None:
        return ()
    stated = getattr(part, observation.day).value
    return () if stated is None else (stated.earliest,)


def _observed(part: Any, day: int) -> Any:
    changed: dict[str, Any] = {}
    is_to_come = any(own > day for own in _own_days(part))
    ahead = OBSERVATIONS[type(part)].fields if is_to_come else frozenset()
    for name in part.model_fields_set:
        value = getattr(part, name)
        if isinstance(value, Recorded):
            is_ahead = name in ahead or (value.date is not None and value.date.earliest > day)
            if is_ahead and value.value is not None:
                changed[name] = NotYetObserved()
        elif isinstance(value, Model):
            changed[name] = _observed(value, day)
        elif _is_nested(value):
            changed[name] = tuple(_observed(item, day) for item in value)
    return part.model_copy(update=changed)


def _is_nested(value: object) -> bool:
    """Whether a field holds other fields; a tuple of texts is one value."""
    if isinstance(value, Recorded):
        return False
    if isinstance(value, tuple):
        return bool(value) and isinstance(value[0], Model)
    return isinstance(value, Model)


def _fields(part: Model, prefix: str) -> Iterator[Path]:
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        path = f"{prefix}{name}"
        if isinstance(value, tuple) and _is_nested(value):
            for number, item in enumerate(value):
                yield from _fields(item, f"{path}.{number}.")
        elif _is_nested(value):
            yield from _fields(value, f"{path}.")
        elif field.is_required() or value != field.get_default(call_default_factory=True):
            yield path


def _reduced(part: Any, prefix: str, keep: _Keep) -> Any:
    kept: dict[str, Any] = {}
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        path = f"{prefix}{name}"
        if isinstance(value, tuple) and _is_nested(value):
            items = [(f"{path}.{number}.", item) for number, item in enumerate(value)]
            # A complete list keeps its items: without them it would say that there is nothing.
            if not keep(f"{prefix}complete"):
                items = [(at, item) for at, item in items if any(map(keep, _fields(item, at)))]
            kept[name] = tuple(_reduced(item, at, keep) for at, item in items)
        elif _is_nested(value):
            kept[name] = _reduced(value, f"{path}.", keep)
        elif field.is_required() or keep(path):
            kept[name] = value
        else:
            kept[name] = field.get_default(call_default_factory=True)
    return type(part).model_construct(**kept)
