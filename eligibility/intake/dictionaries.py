"""The distinct texts of a table's columns: each is read once by the record's own parsers and remembered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, get_args

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from eligibility.dates import PartialDate, parse_partial_date
from eligibility.errors import RecordError
from eligibility.intake.columns import ColumnPlan, PlannedColumn, placed
from eligibility.intake.documents import Placed
from eligibility.intake.fields import Item, Shape, Step, Target, code_field, item_model
from eligibility.interning import Coded, Numbers
from eligibility.patient.record import PatientRecord, read_record
from eligibility.patient.recorded import Listing, Model, Recorded

Days = npt.NDArray[np.int64]

NO_CLOCK, CALENDAR, OFFSET = 0, 1, 2
_CLOCKS = {"calendar": CALENDAR, "offset": OFFSET}
_MOST_IN_A_CELL = 50
"""Codes in one cell beyond which a row is read whole: lists have a greatest length."""
_UNSOUND = "unsound"
_SAYS_NOTHING = ("", ())
_IS_A_DATE = ("a date", ("a date",))


class Reading(NamedTuple):
    """What one text of a column is: whether it can be read, what it says, and the days of a date."""

    text: str
    kind: str
    """Whether it says something: empty when it leaves nothing in the record."""
    says: tuple[object, ...]
    placed: Sequence[Placed] = ()
    """What it puts where in a record: read already, where no other column has a part in it."""
    low: int = 0
    high: int = 0
    clock: int = NO_CLOCK


class CellReader:
    """Reads a text of one column as the record would, on its own."""

    def __init__(self, column: PlannedColumn, plan: ColumnPlan) -> None:
        self.column = column
        self.is_date = _is_date(column.target.steps)
        self._fillers = dict(_fillers(column, plan))
        self._plan = replace(plan, columns=(column, *self._fillers))
        is_recorded = column.target.shape is Shape.RECORDED
        self._recorded = _model_at(column.target.steps) if is_recorded else None
        # A field that several columns fill is put together from their texts.
        steps = (c.target.steps[: len(column.target.steps)] for c in plan.columns)
        self._is_alone = sum(each == column.target.steps for each in steps) == 1

    def read(self, raw: str) -> Reading:
        """The reading of a cell."""
        text = raw.strip()
        found = list(placed(self.column.target, text)) if text else []
        if not found:
            return Reading(text, *_SAYS_NOTHING)
        value = self._value(text, found)
        if value is None or len(found) > _MOST_IN_A_CELL:
            return Reading(text, _UNSOUND, (text,), found)
        kind = _kind(found[0][0], found[0][1])
        says = (kind, *(each if each is None else str(each) for _, each in found))
        is_absent = found[0][0][-1] == "absent" or found[0][1] is None
        if self._is_alone and isinstance(value, Recorded):
            found = [(self.column.target.steps, value)]
        if self.is_date and not is_absent:
            when = parse_partial_date(text)
            days = (when.earliest, when.latest, _CLOCKS[when.clock])
            return Reading(text, *_IS_A_DATE, found, *days)
        return Reading(text, kind, says, found)

    def _value(self, text: str, found: Sequence[Placed]) -> Model | None:
        """What the record makes of a cell, or None if it refuses it."""
        try:
            if self._recorded is not None:
                # The record's own model of the field, alone: nothing else could refuse the text.
                [(steps, value)] = found
                read: Model = self._recorded.model_validate({steps[-1]: value})
                return read
            cells = {other.index: filler for other, filler in self._fillers.items()}
            return read_record(self._plan.document({**cells, self.column.index: text}))
        except (RecordError, ValidationError):
            return None


class ColumnDictionary:
    """Every text a column has held so far, by a number of its own, and what it is."""

    def __init__(self, reader: CellReader) -> None:
        self.reader = reader
        self.readings: list[Reading] = []
        self._kinds: dict[str, int] = {}
        self._sayings: dict[tuple[object, ...], int] = {}
        self._arrays = _Arrays.of((), self._kinds, self._sayings)
        self.learn([""])

    def learn(self, texts: Sequence[str]) -> None:
        """Reads the next new texts of the column."""
        if not texts:
            return
        more = [self.reader.read(text) for text in texts]
        self.readings += more
        self._arrays = self._arrays.joined(_Arrays.of(more, self._kinds, self._sayings))

    def __len__(self) -> int:
        return len(self.readings)

    @property
    def is_sound(self) -> npt.NDArray[np.bool_]:
        """By number: whether the record accepts the text."""
        return self._arrays.is_sound

    @property
    def kinds(self) -> Coded:
        """By number: whether the text says something."""
        return Coded(self._arrays.kinds, max(len(self._kinds), 1))

    @property
    def says(self) -> Coded:
        """By number: what the text says; texts that say the same share a code."""
        return Coded(self._arrays.says, max(len(self._sayings), 1))

    @property
    def days(self) -> tuple[Days, Days]:
        """By number: first and last day of a date."""
        return self._arrays.low, self._arrays.high

    @property
    def clocks(self) -> Days:
        """By number: which clock a date is on."""
        return self._arrays.clock


class _Arrays(NamedTuple):
    is_sound: npt.NDArray[np.bool_]
    kinds: Numbers
    says: Numbers
    low: Days
    high: Days
    clock: Days

    @classmethod
    def of(
        cls,
        readings: Sequence[Reading],
        kinds: dict[str, int],
        sayings: dict[tuple[object, ...], int],
    ) -> _Arrays:
        def whole(values: Iterable[int]) -> Numbers:
            return np.fromiter(values, dtype=np.int64, count=len(readings))

        return cls(
            np.array([each.kind != _UNSOUND for each in readings], dtype=np.bool_),
            whole(kinds.setdefault(each.kind, len(kinds)) for each in readings),
            whole(sayings.setdefault(each.says, len(sayings)) for each in readings),
            whole(each.low for each in readings),
            whole(each.high for each in readings),
            whole(each.clock for each in readings),
        )

    def joined(self, more: _Arrays) -> _Arrays:
        pairs = zip(self, more, strict=True)
        return _Arrays(*(np.concatenate(pair) for pair in pairs))


def _kind(steps: tuple[Step, ...], value: object) -> str:
    """How a text is placed: combinations of kinds, not of texts, make an item or a list unsound."""
    last = steps[-1]
    # Why a value is absent matters as much as that it is: a test that is pending was done.
    return f"{last}:{value}" if isinstance(value, bool) or last == "absent" else str(last)


def _fillers(column: PlannedColumn, plan: ColumnPlan) -> Iterable[tuple[PlannedColumn, str]]:
    """Cells beside this one without which its item would be left out, or would lack its code."""
    item = item_of(column.target.steps)
    if item is None:
        return
    others = [c for c in plan.columns if item_of(c.target.steps) == item and c != column]
    recorded = next((c for c in others if c.target.shape is Shape.RECORDED), None)
    if recorded is not None:
        yield recorded, "pending"
    code = next((c for c in others if _names_its_item(c)), None)
    if code is not None:
        yield code, _any_code(code)


def item_of(steps: tuple[Step, ...]) -> tuple[Step, ...] | None:
    """The steps to the item a field is in; None outside lists."""
    for place, step in enumerate(steps):
        if isinstance(step, Item):
            return steps[: place + 1]
    return None


def path_of(target: Target) -> str:
    """The field a column fills, without numbers: `treatments.kind`."""
    names = (step for step in target.steps if isinstance(step, str))
    return ".".join(name for name in names if name not in ("items", "absent"))


def _model_at(steps: Sequence[Step]) -> Any:
    """The model or type that steps lead to."""
    found: Any = PatientRecord
    for step in steps:
        inner = None if isinstance(step, Item) else found.model_fields[step].annotation
        found = inner or item_model(found)
    return found


def _names_its_item(column: PlannedColumn) -> bool:
    steps = column.target.steps
    return code_field(_model_at(steps[:-1])) == steps[-1]


def _any_code(column: PlannedColumn) -> str:
    return str(next(iter(_model_at(column.target.steps))))


def _is_date(steps: tuple[Step, ...]) -> bool:
    found = _model_at(steps)
    if isinstance(found, type) and issubclass(found, Recorded):
        found = found.model_fields["value"].annotation
    elif isinstance(found, type) and issubclass(found, (Listing, Model)):
        return False
    return _mentions_dates(found)


def _mentions_dates(annotation: object) -> bool:
    return annotation is PartialDate or any(map(_mentions_dates, get_args(annotation)))
