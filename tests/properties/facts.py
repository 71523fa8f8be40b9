"""Facts of a patient's document: those that could still be added, and those that could be taken away."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from eligibility.dates import Anchors, PartialDate, format_day
from eligibility.intervals import Interval
from eligibility.patient.record import PatientRecord
from eligibility.patient.recorded import Listing, Model, Recorded
from eligibility.patient.values import Measured
from eligibility.testing.charts import SECTIONS, Section
from eligibility.testing.chooser import Chooser, pick
from eligibility.testing.days import days_around
from eligibility.testing.documents import Document, Writer

Step = str | int
Path = tuple[Step, ...]
SECTION_OF: dict[str, Section] = {section.path: section for section in SECTIONS}
# What a specimen or a sample shows stands beside the other ones, so that one more widens what is known.
WITHOUT_COMPLETENESS = ("specimens", "labs")
_WHOLE = ("ecog", "karnofsky", "her2_ihc", "nyha_class", "line")
# What names an item of a list; an item is known under it as soon as anything else of it is known.
_NAMES = ("code", "test", "site")
_RECORDED = {"value", "absent", "date", "source"}


@dataclass(frozen=True, slots=True)
class Change:
    """A fact added to a document or taken away, and the document with it."""

    what: str
    path: Path
    document: Document

    def __str__(self) -> str:
        return f"{self.what} {'.'.join(map(str, self.path))}"


def document_of(record: PatientRecord) -> Document:
    """The plain JSON of a record."""
    document: Document = record.model_dump(mode="json", exclude_unset=True)
    return document


def fields(part: Model, path: Path = ()) -> Iterator[tuple[Path, Recorded[Any]]]:
    """Every field that holds a value or the reason for its absence."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        if isinstance(value, Recorded):
            yield (*path, name), value
        elif isinstance(value, Model):
            yield from fields(value, (*path, name))
        elif isinstance(value, tuple):
            for number, item in enumerate(value):
                if isinstance(item, Model):
                    yield from fields(item, (*path, name, number))


def lists(part: Model, path: Path = ()) -> Iterator[tuple[Path, Listing[Any]]]:
    """Every list that may be declared complete."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        if isinstance(value, Listing):
            yield (*path, name), value
        elif isinstance(value, Model) and not isinstance(value, Recorded):
            yield from lists(value, (*path, name))


def section_of(path: Path) -> Section:
    """The part of the chart a path lies in."""
    words = [step for step in path if isinstance(step, str) and step != "items"]
    for length in (2, 1, 0):
        section = SECTION_OF.get(".".join(words[:length]))
        if section is not None and len(words) >= length:
            return section
    raise KeyError(path)


def is_among_several(record: PatientRecord, path: Path) -> bool:
    """Whether a field belongs to one of several specimens or results, which are taken together."""
    return path[0] == "labs" or (path[0] == "specimens" and len(record.specimens) > 1)


def put(document: Document, path: Path, value: Any) -> Document:
    """A copy of the document with a value at a path."""
    changed = deepcopy(document)
    part: Any = changed
    for step in path[:-1]:
        part = part.setdefault(step, {}) if isinstance(part, dict) else part[step]
    part[path[-1]] = value
    return changed


def remove(document: Document, path: Path) -> Document:
    """A copy of the document without what stands at a path."""
    changed = deepcopy(document)
    part: Any = changed
    for step in path[:-1]:
        part = part[step]
    del part[path[-1]]
    return changed


def added_fact(record: PatientRecord, at: Anchors, chooser: Chooser) -> Change | None:
    """The document with one more fact; None where nothing can be added."""
    possible = list(_possible_additions(record))
    if not possible:
        return None
    what, path = pick(chooser, possible)
    document = document_of(record)
    if what == "complete":
        return Change(what, path, put(document, (*path, "complete"), True))
    if what == "add an item to":
        return _one_more(document, path, at, chooser)
    return _sharper(record, path, what, at, chooser)


def _possible_additions(record: PatientRecord) -> Iterator[tuple[str, Path]]:
    for path, recorded in fields(record):
        if recorded.value is None and not is_among_several(record, path):
            yield "fill", path
        elif _is_imprecise(recorded.value):
            yield "narrow", path
    for path, listing in lists(record):
        if not listing.complete:
            yield "complete", path
            yield "add an item to", path


def _is_imprecise(value: object) -> bool:
    if isinstance(value, Measured):
        return value.interval.low != value.interval.high
    return isinstance(value, PartialDate) and value.earliest != value.latest


def _one_more(document: Document, path: Path, at: Anchors, chooser: Chooser) -> Change:
    section = section_of(path)
    assert section.item is not None
    listing: Any = document
    for step in path:
        listing = listing.get(step, {})
    item = section.item(Writer(chooser, "boundary", days_around(at)))
    items = [*listing.get("items", []), item]
    return Change("add an item to", path, put(document, path, {"complete": False, "items": items}))


def _sharper(
    record: PatientRecord, path: Path, what: str, at: Anchors, chooser: Chooser
) -> Change | None:
    recorded = dict(fields(record))[path]
    value = recorded.value
    if value is None:
        values = section_of(path).table[str(path[-1])]
        known = days_around(at).families[values] if isinstance(values, str) else values
        chosen = pick(chooser, (*known.usual, *known.edge, *known.odd))
    elif isinstance(value, PartialDate):
        days = range(value.earliest, min(value.latest, at.as_of) + 1)
        if not days:
            return None  # wholly in the future: an error, to which no day is a better answer
        chosen = format_day(pick(chooser, days), at.clock)
    else:
        chosen = pick(chooser, _within(value.interval, whole=path[-1] in _WHOLE))
    return Change(what, path, put(document_of(record), path, chosen))


def _within(interval: Interval, *, whole: bool) -> list[str]:
    """Numbers inside an interval: its ends where they belong to it, and some between them."""
    low = Decimal(interval.low or 0)
    high = low + 2 if interval.high is None else Decimal(interval.high)
    ends = [] if interval.low_open else [low]
    ends += [] if interval.high_open or interval.high is None else [high]
    middle = ((low + high) / 2).quantize(Decimal("0.0001"))
    between = [Decimal(n) for n in range(int(low) + 1, int(high)) if n < 10]
    inside = [number for number in ([] if whole else [middle]) + between if low < number < high]
    return [format(number.normalize() + 0, "f") for number in (*ends, *inside)]


def less_one_fact(record: PatientRecord, chooser: Chooser) -> Change | None:
    """The document with one fact fewer; None where it holds none.

    An item leaves a list together with the claim that the list is complete.
    """
    possible = list(_possible_removals(record))
    if not possible:
        return None
    what, path = pick(chooser, possible)
    document = document_of(record)
    if what == "remove an item from":
        listed = path[:-2]
        document = put(document, (*listed, "complete"), False)
    return Change(what, path, remove(document, path))


def _possible_removals(record: PatientRecord) -> Iterator[tuple[str, Path]]:
    for path, recorded in fields(record):
        if recorded.value is not None and not is_among_several(record, path):
            yield "remove", path
    for path, listing in lists(record):
        if listing.complete:
            yield "remove", (*path, "complete")
        for number in range(len(listing.items)):
            yield "remove an item from", (*path, "items", number)


def only_facts(part: Any, facts: frozenset[str], prefix: str = "") -> Document:
    """A document with nothing but the facts at these paths.

    Written apart from the product's own restriction of a record, and judging it: an item of which
    nothing is kept is gone, unless it has no name and its list is kept as complete.
    """
    kept: Document = {}
    for name, value in part.items():
        path = f"{prefix}{name}"
        if path in facts:
            kept[name] = value
        elif name == "items" or path in WITHOUT_COMPLETENESS:
            complete = f"{prefix}complete" in facts
            kept[name] = _only_items(value, facts, f"{path}.", complete=complete)
        elif isinstance(value, dict) and not _is_recorded(value):
            kept[name] = only_facts(value, facts, f"{path}.")
    return kept


def _only_items(
    items: list[Document], facts: frozenset[str], prefix: str, *, complete: bool
) -> list[Document]:
    found = []
    for number, item in enumerate(items):
        kept = only_facts(item, facts, f"{prefix}{number}.")
        names = {name: item[name] for name in _NAMES if isinstance(item.get(name), str)}
        if kept or (complete and not names):
            found.append({**names, **kept})
    return found


def _is_recorded(value: Document) -> bool:
    return bool(value) and value.keys() <= _RECORDED and not isinstance(value.get("value"), dict)


def facts_of(part: Any, prefix: str = "") -> Iterator[str]:
    """The paths of all facts of a document."""
    for name, value in part.items():
        path = f"{prefix}{name}"
        if name == "items" or path in WITHOUT_COMPLETENESS:
            for number, item in enumerate(value):
                yield from facts_of(item, f"{path}.{number}.")
        elif isinstance(value, dict) and not _is_recorded(value):
            yield from facts_of(value, f"{path}.")
        else:
            yield path
