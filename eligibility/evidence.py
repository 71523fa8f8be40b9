"""The values behind a finding as the chart has them: field, text, unit, date, source."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from eligibility.dates import PartialDate
from eligibility.patient.record import PatientRecord
from eligibility.patient.recorded import Listing, Model, Recorded
from eligibility.patient.schema import declared
from eligibility.patient.sections import LabResult
from eligibility.patient.values import Bounds


class Evidence(NamedTuple):
    """One recorded value: where it stands in the record and what was written there."""

    field: str
    value: str
    unit: str | None
    date: str | None
    source: str | None


class Writer(Protocol):
    """How codes, dates and the words of lists are written; what people wrote stays as it is."""

    def words_of(self, code: str) -> str:
        """A code of a vocabulary as words."""

    def text(self, fixed: str) -> str:
        """A fixed text."""

    def date(self, written: str) -> str:
        """A date as `PartialDate` is written."""


def evidence_of(record: PatientRecord, field: str, writer: Writer) -> Evidence | None:
    """What the record holds at a path; None where it holds nothing. Only `date` is ISO in every language."""
    part: Any = record
    owners: list[Any] = []
    for step in _steps(field):
        owners.append(part)
        if isinstance(step, int):
            part = part[step] if isinstance(part, tuple) and step < len(part) else None
        else:
            part = getattr(part, step, None)
        if part is None:
            return None
    return _evidence(field, part, owners, writer)


@lru_cache(maxsize=4096)
def _steps(field: str) -> tuple[int | str, ...]:
    return tuple(int(step) if step.isdigit() else step for step in field.split("."))


def _evidence(field: str, part: Any, owners: list[Any], writer: Writer) -> Evidence | None:
    owner = owners[-1]
    if isinstance(part, Recorded):
        value = part.value
        if value is None:
            return None
        source = part.source or _source_of(owners)
        if isinstance(value, PartialDate):
            return Evidence(field, writer.date(str(value)), _unit(owner, field), None, source)
        date = str(part.date) if part.date else _date_of(owner)
        return Evidence(field, _text(value, writer), _unit(owner, field), date, source)
    source = _source_of(owners)
    if isinstance(part, Listing):
        said = writer.text("complete" if part.complete else "not complete")
        return Evidence(field, said, None, None, source)
    if isinstance(part, bool):
        # False is what a silent chart has too, so that it is no evidence of anything.
        return Evidence(field, writer.words_of("yes"), None, None, source) if part else None
    if isinstance(part, tuple):
        return Evidence(field, ", ".join(part), None, _date_of(owner), source) if part else None
    return Evidence(field, _text(part, writer), None, _date_of(owner), source)


def _text(value: object, writer: Writer) -> str:
    return writer.words_of(value.value) if isinstance(value, StrEnum) else str(value)


def _source_of(owners: list[Any]) -> str | None:
    """The document named nearest to a value: by its item, else by its list."""
    for owner in reversed(owners):
        source: str | None = owner.source if _has_field(_kind(owner), "source") else None
        if source is not None:
            return source
    return None


def _date_of(owner: Any) -> str | None:
    """The date of the item a value belongs to: a laboratory result's, a specimen's."""
    date = owner.date if _has_field(_kind(owner), "date") else None
    if isinstance(date, Recorded) and date.value is not None:
        return str(date.value)
    return None


def _unit(owner: Any, field: str) -> str | None:
    if isinstance(owner, LabResult) and not field.endswith(".date"):
        return owner.unit
    return _unit_of_field(_kind(owner), field.rsplit(".", 1)[-1])


def _kind(owner: Any) -> type[Model]:
    kind: type[Model] = type(owner)
    return kind


@lru_cache(maxsize=512)
def _has_field(kind: type[Model], name: str) -> bool:
    """Whether a part of the record has a field of this name; a tuple has none. Asking pydantic is slow."""
    fields = getattr(kind, "model_fields", ())
    return name in fields


@lru_cache(maxsize=512)
def _unit_of_field(model: type[Model], name: str) -> str | None:
    """The unit that a field's type declares."""
    return next((each.unit for each in declared(model, name) if isinstance(each, Bounds)), None)
