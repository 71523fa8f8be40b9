"""What the truth of a leaf condition may depend on, said in the columns of a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from eligibility.dates import AnchorName, Duration
from eligibility.findings.catalogue import COLLECTIONS
from eligibility.findings.reads import BEYOND_THE_ITEM, BEYOND_THE_LIST, ITEM_READS, READS, Reads
from eligibility.patient.sections import OBSERVED_WITH
from eligibility.protocol.conditions import (
    Compare,
    Condition,
    Constant,
    Elapsed,
    Gap,
    Includes,
    Leaf,
    OneOf,
    Some,
    walk,
)


class FieldColumn(NamedTuple):
    """One column of a table: which field it fills, and of which item where the field is in a list."""

    place: int
    path: str
    """The field without numbers: `treatments.kind`; of a whole list in one cell, the list."""
    item: str = ""
    """Names the item, such as `treatments.1`; empty outside lists."""
    about: str = ""
    """The code its item is about, where the header says it."""
    is_date: bool = False

    @property
    def unit(self) -> str:
        """Columns of one unit are read together: an item, a list, or a single field."""
        return self.item or self.path


Limit = tuple[Duration, AnchorName]


@dataclass(frozen=True, slots=True)
class Asks:
    """Everything a truth may depend on: rows alike in all of it have the same truth."""

    texts: tuple[int, ...]
    whether: tuple[int, ...]
    dates: tuple[int, ...]
    observed: tuple[int, ...]
    """Days that values were observed on, of which only how they lie to the day of judgement matters."""
    births: tuple[int, ...]
    items: tuple[str, ...]
    limits: tuple[Limit, ...]
    is_observed: bool
    """Whether any column says when a value was observed: what comes after the day of judgement is not believed."""
    columns: tuple[int, ...]
    """Every column of the units asked about: what the record of a representative is read from."""

    @property
    def is_dated(self) -> bool:
        """Whether the dates a row is judged at matter."""
        return bool(self.dates or self.observed or self.births or self.limits)


class Part(NamedTuple):
    """A leaf, or what some items of its list or the list's completeness say; parts of a leaf join by "or"."""

    leaf: int
    asks: Asks
    of: Literal["leaf", "items", "completeness"] = "leaf"


class Header:
    """The columns of a table, found by the fields that findings read."""

    def __init__(self, columns: Sequence[FieldColumn]) -> None:
        self.columns = tuple(columns)
        self._units: dict[str, list[FieldColumn]] = {}
        for column in self.columns:
            self._units.setdefault(column.unit, []).append(column)

    def parts(self, leaves: Sequence[Leaf]) -> list[Part]:
        """Every part of every leaf."""
        return [part for number, leaf in enumerate(leaves) for part in self._parts(number, leaf)]

    def _parts(self, number: int, leaf: Leaf) -> Iterator[Part]:
        match leaf:
            case Compare() | Elapsed() | OneOf() | Includes():
                yield Part(number, self._asks([self._found(READS[leaf.finding])], leaf))
            case Some():
                own = self._found_list(leaf)
                besides = self._found(BEYOND_THE_LIST.get(leaf.collection, Reads()))
                yield Part(number, self._asks([own, besides], leaf), "completeness")
                beyond = [self._found(reads) for reads in _reads_beyond(leaf)]
                listed = [own, *(self._found_in_item(leaf, i) for i in self._items(_path_of(leaf)))]
                for found in listed:
                    yield Part(number, self._asks([found, *beyond], leaf), "items")
            case Gap() | Constant():
                yield Part(number, self._asks([], leaf))

    def _items(self, path: str) -> list[str]:
        found = (c.item for c in self.columns if c.item and c.path.startswith(f"{path}."))
        return list(dict.fromkeys(found))

    def _found(self, reads: Reads) -> _Found:
        """The columns behind what a finding of the record reads."""
        fields = [c for name in reads.fields for c in self._matching(name)]
        apart = [c for name in reads.apart for c in self._matching(name)]
        several = len({c.item for c in apart}) > 1
        return _Found(
            [*fields, *(apart if several else ())],
            [c for name in reads.whether for c in self._matching(name)],
            [c for name in reads.age_from for c in self._matching(name)],
            [item for path in reads.items for item in self._items(path)],
            reads.ages,
        )

    def _matching(self, name: str) -> Iterator[FieldColumn]:
        path, about = _plain(name)
        for column in self.columns:
            is_it = column.path == path and column.about in ("", about or column.about)
            is_whole_list = not column.item and path.startswith(f"{column.path}.")
            if is_it or is_whole_list:
                yield column
            if is_it and about and not column.about:
                yield from self._test_of(column)

    def _test_of(self, column: FieldColumn) -> Iterator[FieldColumn]:
        """A numbered result says in a cell of its own which test it is of."""
        yield from (c for c in self._units[column.unit] if c.path.endswith(".test"))

    def _found_list(self, leaf: Some) -> _Found:
        path = _path_of(leaf)
        whole = (path, f"{path}.complete")
        return _Found([c for c in self.columns if not c.item and c.path in whole])

    def _found_in_item(self, leaf: Some, item: str) -> _Found:
        path = _path_of(leaf)
        reads = [ITEM_READS[leaf.collection][name] for name in _findings_in(leaf.where)]
        fields = {f"{path}.{name}" for each in reads for name in each.fields}
        whether = {f"{path}.{name}" for each in reads for name in each.whether}
        columns = self._units[item]
        return _Found(
            [c for c in columns if c.path in fields],
            [c for c in columns if c.path in whether - fields],
            items=[item],
            ages=tuple(age for each in reads for age in each.ages),
        )

    def _observed(self, used: Sequence[FieldColumn]) -> list[FieldColumn]:
        """The columns that say when values of other columns were observed."""
        wanted = {(f"{column.path}.date", column.item) for column in used}
        wanted |= {(OBSERVED_WITH.get(column.path, ""), column.item) for column in used}
        return [c for c in self.columns if (c.path, c.item) in wanted]

    def _asks(self, found: Sequence[_Found], leaf: Leaf) -> Asks:
        fields = _distinct(c for each in found for c in each.fields)
        whether = _distinct(c for each in found for c in each.whether)
        births = _distinct(c for each in found for c in each.births)
        used = [*fields, *whether, *births]
        observing = self._observed(used)
        observed = [c for c in observing if c not in used]
        used += observed
        items = dict.fromkeys([*(i for f in found for i in f.items), *(c.item for c in used)])
        units = dict.fromkeys([*(c.unit for c in used), *items])
        asked = ((c.duration, c.before) for c in walk(leaf) if isinstance(c, Elapsed))
        ages: Iterator[Limit] = (
            (Duration(age, "days"), "screening") for each in found for age in each.ages
        )
        limits: list[Limit] = [*asked, *ages]
        return Asks(
            texts=tuple(c.place for c in fields if not c.is_date),
            whether=tuple(c.place for c in whether if c not in fields),
            dates=tuple(c.place for c in fields if c.is_date),
            observed=tuple(c.place for c in observed),
            is_observed=bool(observing),
            births=tuple(c.place for c in births),
            items=tuple(item for item in items if item),
            limits=tuple(dict.fromkeys(limits)),
            columns=tuple(c.place for unit in units for c in self._units.get(unit, ())),
        )


class _Found(NamedTuple):
    fields: Sequence[FieldColumn] = ()
    whether: Sequence[FieldColumn] = ()
    births: Sequence[FieldColumn] = ()
    items: Sequence[str] = ()
    ages: Sequence[int] = ()


def _path_of(leaf: Some) -> str:
    return COLLECTIONS[leaf.collection].path


def _distinct(columns: Iterable[FieldColumn]) -> list[FieldColumn]:
    return list(dict.fromkeys(columns))


def _plain(name: str) -> tuple[str, str]:
    """A field's path and, of `labs[anc].value`, the test it is about."""
    before, bracket, after = name.partition("[")
    if not bracket:
        return name, ""
    about, _, rest = after.partition("]")
    return f"{before}{rest}", about


def _findings_in(condition: Condition) -> list[str]:
    kinds = (Compare, Elapsed, OneOf, Includes)
    found = (leaf.finding for leaf in walk(condition) if isinstance(leaf, kinds))
    return list(dict.fromkeys(found))


def _reads_beyond(leaf: Some) -> list[Reads]:
    asked = ((leaf.collection, name) for name in _findings_in(leaf.where))
    return [BEYOND_THE_ITEM[key] for key in asked if key in BEYOND_THE_ITEM]
