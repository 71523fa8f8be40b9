"""Reads generated documents quickly: each distinct value of a field is validated once and then shared.

The result is the record `read_record` gives; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache, partial
from typing import Any

from eligibility.patient.record import PatientRecord
from eligibility.patient.recorded import Listing, Model, Recorded
from eligibility.patient.sections import LabResult

_Read = Callable[[Any], Any]


def quick_record(document: dict[str, Any]) -> PatientRecord:
    """The record of a document that is known to be sound."""
    record = _part(PatientRecord, document)
    assert isinstance(record, PatientRecord)
    return record


def _part(model: type[Model], document: dict[str, Any]) -> Model:
    readers = _readers(model)
    read = {name: readers.get(name, _as_is)(raw) for name, raw in document.items()}
    return model.model_validate(read)


def _as_is(raw: Any) -> Any:
    return raw


@lru_cache(maxsize=64)
def _readers(model: type[Model]) -> dict[str, _Read]:
    """How each field of a model is read; plain fields are left to the model."""
    readers = {name: _reader(field.annotation) for name, field in model.model_fields.items()}
    return {name: reader for name, reader in readers.items() if reader is not None}


def _reader(annotation: Any) -> _Read | None:
    if isinstance(annotation, type) and issubclass(annotation, Recorded):
        return partial(_recorded, annotation)
    if isinstance(annotation, type) and issubclass(annotation, Listing):
        return partial(_listing, _item_of(annotation.model_fields["items"].annotation))
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return partial(_part, annotation)
    item = _item_of(annotation)
    return partial(_items, item) if item else None


def _item_of(annotation: Any) -> Any:
    """The model that a tuple of models holds."""
    parts = getattr(annotation, "__args__", ())
    return next((p for p in parts if isinstance(p, type) and issubclass(p, Model)), None)


def _recorded(kind: type[Model], raw: Any) -> Any:
    return raw if isinstance(raw, dict) else _shared(kind, type(raw).__name__, raw)


@lru_cache(maxsize=20_000)
def _shared(kind: type[Model], written_as: str, raw: Hashable) -> Model:
    # `written_as` keeps 1, True and "1" apart.
    return kind.model_validate(raw)


def _items(item: type[Model], raw: list[dict[str, Any]]) -> list[Model]:
    if item is LabResult:
        return [_lab(tuple(document.items())) for document in raw]
    return [_part(item, document) for document in raw]


@lru_cache(maxsize=20_000)
def _lab(fields: tuple[tuple[str, Any], ...]) -> Model:
    """A laboratory result; whole panels recur from patient to patient."""
    return _part(LabResult, dict(fields))


def _listing(item: type[Model], raw: Any) -> Any:
    if isinstance(raw, list):
        return _items(item, raw)
    return {**raw, "items": _items(item, raw["items"])} if isinstance(raw, dict) else raw
