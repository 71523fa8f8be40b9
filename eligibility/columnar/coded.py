"""Rows of a table as columns of codes, and which of them must be read whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from eligibility.columnar.anchor_days import AnchorDays
from eligibility.columnar.birth_years import BirthYears
from eligibility.columnar.structure import Structure
from eligibility.dates import Anchors
from eligibility.intake.columns import ColumnPlan, PlannedColumn
from eligibility.intake.dictionaries import (
    CALENDAR,
    OFFSET,
    CellReader,
    ColumnDictionary,
    item_of,
    path_of,
)
from eligibility.intake.documents import Placed, document_of
from eligibility.intake.fields import Item
from eligibility.interned_texts import NumberedTexts
from eligibility.interning import Coded, Combinations, Numbers
from eligibility.patient.record import PatientRecord, read_record
from eligibility.screening.asks import FieldColumn, Limit

Mask = npt.NDArray[np.bool_]
"""A mask over rows."""


class CodedTable:
    """What is known of a table's texts; batches of rows are coded one after the other."""

    def __init__(self, plan: ColumnPlan, as_of: str | None, planned_start: str | None) -> None:
        self.plan = replace(plan, columns=tuple(c for c in plan.columns if not _is_id(c)))
        self.dictionaries = {
            column.index: ColumnDictionary(CellReader(column, self.plan))
            for column in self.plan.columns
        }
        self.anchor_days = AnchorDays(as_of, planned_start)
        self._generation = self.anchor_days.generation
        self.combinations = Combinations()
        self.fields = [_field_column(column, self.dictionaries) for column in self.plan.columns]
        self.structure = Structure(self.fields, self.plan)
        self.births: dict[int, BirthYears] = {}
        self.tables: dict[object, tuple[tuple[object, ...], Coded]] = {}

    @property
    def all_columns(self) -> tuple[int, ...]:
        """Places of the columns that fill the record, without the id."""
        return tuple(self.dictionaries)

    @property
    def columns(self) -> list[int]:
        """Places of the columns whose texts matter."""
        dates = (each for each in (self.plan.as_of, self.plan.planned_start) if each is not None)
        return [*self.dictionaries, *dates]

    def coded(self, cells: Mapping[int, NumberedTexts], rows: int) -> tuple[CodedRows, Numbers]:
        """The rows that can be judged by columns, and their places; the others must be read whole."""
        numbers = {}
        for index, dictionary in self.dictionaries.items():
            dictionary.learn(cells[index].fresh)
            numbers[index] = cells[index].numbers
        plan = self.plan
        judged = cells[plan.as_of] if plan.as_of is not None else None
        planned = cells[plan.planned_start] if plan.planned_start is not None else None
        pairs = self.anchor_days.number(judged, planned, rows)
        if self._generation != self.anchor_days.generation:
            self._generation = self.anchor_days.generation
            self.tables.clear()
        sound = self._is_sound(numbers, pairs)
        coded = CodedRows(self, numbers, pairs).only(sound)
        well_formed = self.structure.learn(coded)
        return coded.only(well_formed), np.flatnonzero(sound)[well_formed]

    def _is_sound(self, numbers: dict[int, Numbers], pairs: Numbers) -> Mask:
        sound = self.anchor_days.is_usable[pairs]
        on_offset = self.anchor_days.on_offset
        for index, dictionary in self.dictionaries.items():
            if not dictionary.is_sound.all():
                sound &= dictionary.is_sound[numbers[index]]
            if dictionary.reader.is_date:
                sound &= _on_one_clock(dictionary, numbers[index], on_offset, pairs)
        return sound


def _on_one_clock(
    dictionary: ColumnDictionary, numbers: Numbers, on_offset: Mask, pairs: Numbers
) -> Mask | np.bool_:
    """Dates on the clock that the row is judged by."""
    fits = np.True_
    for clock, wrong in ((OFFSET, ~on_offset), (CALENDAR, on_offset)):
        is_on_it = dictionary.clocks == clock
        if wrong.any() and is_on_it.any():
            fits = fits & ~(is_on_it[numbers] & wrong[pairs])
    return fits


class CodedRows:
    """Some rows of a batch, for the columnar evaluator."""

    def __init__(self, table: CodedTable, numbers: dict[int, Numbers], pairs: Numbers) -> None:
        self.table = table
        self.numbers = numbers
        self.pairs = pairs
        self.rows = len(pairs)
        self.present: dict[str, Coded] = {}
        self._order: dict[tuple[int, int], Coded] = {}
        self._places: dict[tuple[int, tuple[Limit, ...]], Coded] = {}

    def only(self, wanted: Mask) -> CodedRows:
        """Some of these rows."""
        if wanted.all():
            return self
        places = np.flatnonzero(wanted)
        numbers = {index: column[places] for index, column in self.numbers.items()}
        fewer = CodedRows(self.table, numbers, self.pairs[places])
        fewer.present = {k: Coded(v.codes[places], v.size) for k, v in self.present.items()}
        return fewer

    def text(self, column: int) -> Coded:
        """What the cells of a column say."""
        return _along(self.table.dictionaries[column].says, self.numbers[column])

    def whether(self, column: int) -> Coded:
        """Whether the cells of a column say something."""
        return _along(self.table.dictionaries[column].kinds, self.numbers[column])

    def presence(self, item: str) -> Coded:
        """Whether the rows have an item."""
        return self.present[item]

    def anchors(self, row: int) -> Anchors:
        """The dates a row is judged at."""
        return self.table.anchor_days.pair(int(self.pairs[row]))

    def anchor_places(self, limits: Sequence[Limit]) -> Coded:
        """How the day of judgement lies to the limits."""
        return _along(self.table.anchor_days.places(tuple(limits)), self.pairs)

    def birth(self, column: int) -> Coded:
        """Completed years since the dates of a column."""
        known = self.table.births.setdefault(column, BirthYears())
        dictionary = self.table.dictionaries[column]
        days = self.table.anchor_days
        judged, on_offset = days.judged[self.pairs], days.on_offset[self.pairs]
        return known.number(dictionary, self.numbers[column], judged, on_offset)

    def order(self, one: int, other: int) -> Coded:
        """How the dates of two columns lie to each other."""
        if (one, other) not in self._order:
            ends = [self._ends(column) for column in (one, other)]
            (first_low, first_high, is_date), (second_low, second_high, is_too) = ends
            codes = np.zeros(self.rows, dtype=np.int64)
            for a in (first_low, first_high):
                for b in (second_low, second_high):
                    codes *= 3
                    codes += np.sign(a - b) + 1
            codes = np.where(is_date & is_too, codes + 1, 0)
            self._order[one, other] = Coded(codes, 82)
        return self._order[one, other]

    def _ends(self, column: int) -> tuple[Numbers, Numbers, Mask]:
        dictionary, numbers = self.table.dictionaries[column], self.numbers[column]
        low, high = dictionary.days
        return low[numbers], high[numbers], (dictionary.clocks > 0)[numbers]

    def places(self, column: int, limits: Sequence[Limit]) -> Coded:
        """Where the dates of a column lie to the day of judgement and to each limit's day."""
        key = (column, tuple(limits))
        if key not in self._places:
            self._places[key] = self._placed(column, tuple(limits))
        return self._places[key]

    def _placed(self, column: int, limits: tuple[Limit, ...]) -> Coded:
        dictionary, numbers = self.table.dictionaries[column], self.numbers[column]
        distinct, local = _distinct(self.pairs)
        size = len(dictionary)
        if size * len(distinct) > max(self.rows, 1 << 16):
            return self._related(dictionary, numbers, self.pairs, column, limits)
        # Dates and pairs of dates are few: each is compared with each once, not row by row.
        state = (size, *distinct.tolist())
        known = self.table.tables.get((column, limits))
        if known is None or known[0] != state:
            every = np.tile(np.arange(size, dtype=np.int64), len(distinct))
            pairs = np.repeat(distinct, size)
            known = (state, self._related(dictionary, every, pairs, column, limits))
            self.table.tables[column, limits] = known
        places = numbers if local is None else local * size + numbers
        return _along(known[1], places)

    def _related(
        self,
        dictionary: ColumnDictionary,
        numbers: Numbers,
        pairs: Numbers,
        column: int,
        limits: tuple[Limit, ...],
    ) -> Coded:
        low, high = (days[numbers] for days in dictionary.days)
        is_date = (dictionary.clocks > 0)[numbers]
        parts: list[tuple[object, Coded]] = [
            ((column, limits), _along(dictionary.says, numbers)),
            *(
                (name, Coded(_sides(low, high, days[pairs], is_date), 9))
                for name, days in self.table.anchor_days.references(limits)
            ),
        ]
        return self.table.combinations.number(parts, {}, len(numbers))

    def record(self, row: int, columns: tuple[int, ...]) -> PatientRecord:
        """What a row says in these columns."""
        return read_record(self.document(row, columns))

    def document(self, row: int, columns: tuple[int, ...]) -> dict[str, Any]:
        """The same as a document."""
        return document_of(chain.from_iterable(self._placed_by(row, each) for each in columns))

    def _placed_by(self, row: int, column: int) -> Sequence[Placed]:
        number = int(self.numbers[column][row])
        return self.table.dictionaries[column].readings[number].placed


def _sides(low: Numbers, high: Numbers, days: Numbers, is_date: Mask) -> Numbers:
    return np.where(is_date, 3 * np.sign(low - days) + np.sign(high - days) + 4, 0)


def _along(table: Coded, numbers: Numbers) -> Coded:
    return Coded(table.codes[numbers], table.size)


def _distinct(pairs: Numbers) -> tuple[Numbers, Numbers | None]:
    """The distinct numbers, and where each row's stands among them; None where there is but one."""
    if pairs.size and (pairs == pairs[0]).all():
        return pairs[:1], None
    distinct, local = np.unique(pairs, return_inverse=True)
    return distinct, local.astype(np.int64)


def _is_id(column: PlannedColumn) -> bool:
    return column.target.path == "screening_id"


def _field_column(column: PlannedColumn, dictionaries: dict[int, ColumnDictionary]) -> FieldColumn:
    item = item_of(column.target.steps)
    is_date = dictionaries[column.index].reader.is_date
    if item is None:
        return FieldColumn(column.index, path_of(column.target), is_date=is_date)
    last = item[-1]
    assert isinstance(last, Item)  # it is the last step of the way to an item
    name = ".".join([*(s for s in item if isinstance(s, str)), last.code, str(last.number)])
    return FieldColumn(column.index, path_of(column.target), name, last.code, is_date)
