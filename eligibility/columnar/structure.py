"""Which cells stand beside which: the items that rows have, and cells that cannot stand together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from eligibility.errors import RecordError
from eligibility.intake.columns import ColumnPlan
from eligibility.intake.dictionaries import path_of
from eligibility.intake.fields import Shape
from eligibility.interning import Coded, Combinations, first_rows
from eligibility.patient.record import read_record
from eligibility.screening.asks import FieldColumn

Mask = npt.NDArray[np.bool_]

_NOT_JUDGED, _CLASH, _NOTHING, _AN_ITEM = -2, -1, 0, 1
_MOST_ITEMS = 100
"""Items in a header beyond which every row is read whole: lists have a greatest length."""


class Rows(Protocol):
    """Rows whose every cell can be read by itself."""

    rows: int
    present: dict[str, Coded]

    def whether(self, column: int) -> Coded:
        """Whether the cells of a column say something."""
        ...

    def document(self, row: int, columns: tuple[int, ...]) -> dict[str, Any]:
        """What a row says in these columns, as a document; raises RecordError where cells contradict."""
        ...


class Structure:
    """Judges combinations of filled and empty cells, each once."""

    def __init__(self, fields: Sequence[FieldColumn], plan: ColumnPlan) -> None:
        self._combinations = Combinations()
        self._known: dict[str, npt.NDArray[np.int8]] = {}
        self._items: dict[str, list[int]] = {}
        self._fields: dict[str, list[int]] = {}
        self._lists: dict[str, list[FieldColumn]] = {}
        for field in fields:
            units = self._items if field.item else self._fields
            units.setdefault(field.unit, []).append(field.place)
        self._is_too_long = len(self._items) > _MOST_ITEMS
        whole = [path_of(c.target) for c in plan.columns if c.target.shape is Shape.LISTING]
        for path in whole:
            own = (path, f"{path}.complete", f"{path}.source")
            self._lists[path] = [
                f for f in fields if f.path in own or (f.item and f.path.startswith(f"{path}."))
            ]

    def learn(self, rows: Rows) -> Mask:
        """Which rows are well formed; which items they have is made known to them."""
        well_formed = np.full(rows.rows, not self._is_too_long)
        for item, columns in self._items.items():
            found = self._judged(rows, item, columns, [(c, rows.whether(c)) for c in columns])
            well_formed &= found >= _NOTHING
            rows.present[item] = Coded(np.maximum(found, _NOTHING).astype(np.int64), 2)
        for path, columns in self._fields.items():
            if len(columns) > 1:
                codes = [(c, rows.whether(c)) for c in columns]
                well_formed &= self._judged(rows, path, columns, codes) >= _NOTHING
        for path, fields in self._lists.items():
            well_formed &= self._judged_list(rows, path, fields, well_formed) >= _NOTHING
        return well_formed

    def _judged_list(
        self, rows: Rows, path: str, fields: list[FieldColumn], among: Mask
    ) -> npt.NDArray[np.int8]:
        """A list said to be empty in one cell must not hold items in others."""
        own = [f.place for f in fields if not f.item]
        items = list(dict.fromkeys(f.item for f in fields if f.item))
        codes: list[tuple[object, Coded]] = [(column, rows.whether(column)) for column in own]
        codes += [(item, rows.present[item]) for item in items]
        return self._judged(rows, f"list {path}", [f.place for f in fields], codes, among)

    def _judged(
        self,
        rows: Rows,
        name: str,
        columns: list[int],
        codes: Sequence[tuple[object, Coded]],
        among: Mask | None = None,
    ) -> npt.NDArray[np.int8]:
        """Per row whether its cells clash, say nothing, or hold an item."""
        named = [((name, part), coded) for part, coded in codes]
        numbers = self._combinations.number(named, {}, rows.rows)
        known = self._known.setdefault(name, np.zeros(0, dtype=np.int8))
        if numbers.size > len(known):
            wider = np.full(2 * numbers.size, _NOT_JUDGED, dtype=np.int8)
            wider[: len(known)] = known
            known = self._known[name] = wider
        is_fresh = known[numbers.codes] == _NOT_JUDGED
        fresh = np.flatnonzero(is_fresh if among is None else is_fresh & among)
        for number, row in zip(*first_rows(numbers.codes, fresh), strict=True):
            known[number] = _judgement(rows, row, tuple(columns))
        return known[numbers.codes]


def _judgement(rows: Rows, row: int, columns: tuple[int, ...]) -> int:
    try:
        document = rows.document(row, columns)
        read_record(document)
    except RecordError:
        return _CLASH
    return _AN_ITEM if _holds_an_item(document) else _NOTHING


def _holds_an_item(part: object) -> bool:
    if isinstance(part, list):
        return bool(part)
    return isinstance(part, dict) and any(map(_holds_an_item, part.values()))
