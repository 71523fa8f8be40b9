"""A profile as the texts of the form: the way back from a record, checked by reading the texts again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from api.pages.patient_fields import LABS, LISTS, TOPICS
from eligibility.errors import RecordError
from eligibility.intake.columns import SCREENING_ID, ColumnPlan
from eligibility.intake.faults import TableError
from eligibility.patient.record import PatientRecord, read_record
from eligibility.patient.recorded import Listing, Model, Recorded
from eligibility.patient.vocabulary import Certainty, LabTest

UNITS = frozenset(
    {
        *(name.partition(".")[0] for topic in TOPICS for name in topic.fields if "." in name),
        *(name for topic in TOPICS for name in topic.fields if "." not in name),
        *LISTS,
        SCREENING_ID,
        *(name for topic in TOPICS for name in topic.fields if name.startswith("history.")),
    }
) - {"history"}
"""The parts of a profile, by their path, of which each stands in the form or is kept as it is."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The texts of the form, and what it has no fields for."""

    texts: dict[str, str]
    kept: dict[str, Any]


def from_profile(document: object) -> Filled:
    """A profile as texts; a part that the texts would not say exactly is kept. RecordError."""
    record = read_record(document)
    assert isinstance(document, dict)  # a record was read from it
    texts = dict(_texts(record, ""))
    kept: dict[str, Any] = {}
    for unit in sorted(UNITS):
        own = {name: text for name, text in texts.items() if _is_in(name, unit)}
        if not _says(own, record, unit):
            texts = {name: text for name, text in texts.items() if name not in own}
            kept[unit] = part_at(document, unit)
    return Filled(texts, kept)


def part_at(document: Any, path: str) -> Any:
    """The part of a document at a path; None where there is none."""
    for step in path.split("."):
        document = document.get(step) if isinstance(document, dict) else None
    return document


def put_at(document: dict[str, Any], path: str, content: Any) -> None:
    """Lay a part into a document."""
    *parents, last = path.split(".")
    for step in parents:
        document = document.setdefault(step, {})
    document[last] = content


def _is_in(name: str, unit: str) -> bool:
    return name == unit or name.startswith(f"{unit}.")


def _says(texts: dict[str, str], record: PatientRecord, unit: str) -> bool:
    """Whether the texts, read as a row of a table, are that part of the record again."""
    try:
        plan = ColumnPlan.from_header([*texts, *({SCREENING_ID} - texts.keys())])
        read = read_record(plan.document([*texts.values(), ""]))
    except (RecordError, TableError):
        return False
    return bool(_plain(read, unit) == _plain(record, unit))


def _plain(record: PatientRecord, unit: str) -> Any:
    part: Any = record
    for step in unit.split("."):
        part = getattr(part, step)
    return [_dumped(each) for each in part] if isinstance(part, tuple) else _dumped(part)


def _dumped(part: Any) -> Any:
    return part.model_dump() if isinstance(part, Model) else part


def _texts(model: Model, prefix: str) -> Iterator[tuple[str, str]]:
    for name in type(model).model_fields:
        path = f"{prefix}{name}"
        if path == LABS:
            yield from _labs(model)
        else:
            yield from _of_field(path, getattr(model, name))


def _of_field(path: str, value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case Recorded():
            yield from _recorded(path, value)
        case Listing():
            yield from _listing(path, value)
        case Model():
            yield from _texts(value, f"{path}.")
        case (Model(), *_):
            yield from _items(path, value)
        case _:
            text = _plain_text(value)
            if text:
                yield path, text


def _plain_text(value: Any) -> str:
    """What is neither said nor the default leaves its field empty."""
    if isinstance(value, tuple):
        return "; ".join(value)
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value in (None, Certainty.CONFIRMED) else _written(value)


def _listing(path: str, value: Listing[Any]) -> Iterator[tuple[str, str]]:
    if value.complete:
        yield f"{path}.complete", "yes"
    if value.source:
        yield f"{path}.source", value.source
    yield from _items(path, value.items)


def _recorded(path: str, value: Recorded[Any]) -> Iterator[tuple[str, str]]:
    if value.value is not None:
        yield path, _written(value.value)
    elif value.absent is not None:
        yield path, value.absent.value.replace("_", " ")
    if value.date is not None:
        yield f"{path}.date", str(value.date)
    if value.source is not None:
        yield f"{path}.source", value.source


def _items(path: str, items: tuple[Any, ...]) -> Iterator[tuple[str, str]]:
    for number, item in enumerate(items, start=1):
        yield from _texts(item, f"{path}.{number}.")


def _labs(record: Any) -> Iterator[tuple[str, str]]:
    seen: Counter[LabTest] = Counter()
    for result in record.labs:
        seen[result.test] += 1
        number = f".{seen[result.test]}" if seen[result.test] > 1 else ""
        texts = _texts(result, f"{LABS}.{result.test.value}{number}.")
        yield from ((path, text) for path, text in texts if not path.endswith(".test"))


def _written(value: object) -> str:
    return value.value if isinstance(value, StrEnum) else str(value)
