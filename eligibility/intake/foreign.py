"""A foreign table seen through its mapping: its rows become rows of the record's own columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from eligibility.dates import parse_day
from eligibility.intake.columns import AS_OF, PLANNED_START, SCREENING_ID, ColumnPlan
from eligibility.intake.faults import MappingError, TableError
from eligibility.intake.mapping import Join, Mapping
from eligibility.intake.translation import FieldReader
from eligibility.patient.vocabulary import AbsentReason


class JoinedTable(NamedTuple):
    """A joined table with its rows; the mapping says how to read them."""

    join: Join
    name: str
    header: tuple[str, ...]
    rows: Iterable[tuple[int, list[str]]]
    decimal_comma: bool = False


class ForeignColumns:
    """A header of the record's own columns for a mapped table, and how to fill its cells."""

    def __init__(
        self,
        mapping: Mapping,
        header: Sequence[str],
        joined: Sequence[JoinedTable],
        *,
        source: str,
        decimal_comma: bool = False,
    ) -> None:
        self._decimal_comma = decimal_comma
        own = FieldReader(mapping, header, mapping.missing, identity=mapping.id)
        starts = [mapping.planned_start] if mapping.planned_start else []
        self._fields = own.fields()
        self._as_of = own.sources(mapping.as_of)
        self._start = own.sources(starts)
        own.check_the_rest([mapping.id, *starts])
        identity = own.source(mapping.id)
        if own.faults or identity is None:
            raise MappingError(dict.fromkeys(own.faults), source=source)
        self._id = identity.index
        self._joined = [_JoinedItems(table, mapping) for table in joined]
        self.plan = self._plan(mapping, source)

    def _plan(self, mapping: Mapping, source: str) -> ColumnPlan:
        paths = [SCREENING_ID, AS_OF, PLANNED_START, *(field.path for field in self._fields)]
        as_of = " / ".join(mapping.as_of) or AS_OF
        names = [mapping.id, as_of, mapping.planned_start or PLANNED_START]
        names += [field.name for field in self._fields]
        commas = set(range(3, len(paths))) if self._decimal_comma else set()
        first = _first_free(paths)
        for items in self._joined:
            more_paths, more_names = items.header(first.get(items.path, 1))
            first[items.path] = first.get(items.path, 1) + items.longest
            if items.decimal_comma:
                commas.update(range(len(paths), len(paths) + len(more_paths)))
            paths += more_paths
            names += more_names
        try:
            return ColumnPlan.from_header(paths, names=names, decimal_commas=commas)
        except TableError as error:
            raise MappingError(error.faults, source=source) from None

    def cells(self, cells: Sequence[str]) -> list[str]:
        """The record's own cells for one row of the source."""
        patient = cells[self._id].strip()
        days = [_plain(source.text(cells)) for source in self._as_of]
        days += [day for items in self._joined for day in items.days(patient)]
        start = "".join(_plain(source.text(cells)) for source in self._start)
        translated = [patient, _latest(days), start, *(field.text(cells) for field in self._fields)]
        for items in self._joined:
            translated += items.cells(patient)
        return translated

    def unmatched(self, known: Callable[[Collection[str]], set[str]]) -> dict[str, int]:
        """Per joined table, how many of its rows are about no known patient."""
        return {items.name: items.rows_without(known) for items in self._joined}


class _JoinedItems:
    """The rows of a joined table by patient, each already in the record's own spelling."""

    def __init__(self, table: JoinedTable, mapping: Mapping) -> None:
        join = table.join
        self.name = table.name
        self.path = join.items or ""
        self.decimal_comma = table.decimal_comma
        reader = FieldReader(
            join,
            table.header,
            mapping.missing,
            identity=join.key,
            items=self.path or "treatments",
        )
        self._fields = [
            replace(field, path=field.path.split(".1.", 1)[1]) for field in reader.fields()
        ]
        days = reader.sources(join.as_of)
        key = reader.source(join.key)
        reader.check_the_rest([join.key])
        if reader.faults or key is None:
            raise MappingError(dict.fromkeys(reader.faults), source=table.name)
        self._items: dict[str, list[list[str]]] = {}
        self._days: dict[str, list[str]] = {}
        for _, cells in table.rows:
            patient = cells[key.index].strip()
            self._items.setdefault(patient, []).append([f.text(cells) for f in self._fields])
            self._days.setdefault(patient, []).extend(_plain(day.text(cells)) for day in days)
        self.longest = max(map(len, self._items.values()), default=0) if self.path else 0

    def header(self, first: int) -> tuple[list[str], list[str]]:
        paths = [
            f"{self.path}.{first + number}.{field.path}"
            for number in range(self.longest)
            for field in self._fields
        ]
        return paths, [f"{self.name}: {field.name}" for field in self._fields] * self.longest

    def cells(self, patient: str) -> list[str]:
        if not self.path:
            return []
        items = self._items.get(patient, [])
        filled = [text for item in items for text in item]
        return filled + [""] * (self.longest * len(self._fields) - len(filled))

    def days(self, patient: str) -> list[str]:
        return self._days.get(patient, [])

    def rows_without(self, known: Callable[[Collection[str]], set[str]]) -> int:
        patients = known(self._items)
        return sum(len(items) for patient, items in self._items.items() if patient not in patients)


def _first_free(paths: Iterable[str]) -> dict[str, int]:
    """Per list, the first number that the table's own columns leave free."""
    free: dict[str, int] = {}
    for path in paths:
        words = path.split(".")
        for position, word in enumerate(words):
            if word.isdecimal():
                name = ".".join(words[:position])
                free[name] = max(free.get(name, 1), int(word) + 1)
    return free


def _plain(text: str | AbsentReason) -> str:
    return "" if isinstance(text, AbsentReason) else text


def _latest(days: Iterable[str]) -> str:
    """The latest of several days; one that cannot be read is handed on and refused later."""
    known: list[tuple[int, str]] = []
    for day in filter(None, days):
        try:
            known.append((parse_day(day)[0], day))
        except ValueError:
            return day
    return max(known)[1] if known else ""
