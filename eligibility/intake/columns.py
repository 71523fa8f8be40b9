"""A header as a plan: which column goes where in the record, made once and applied to each row."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol, assert_never

from pydantic import ValidationError

from eligibility.errors import Fault
from eligibility.intake.decimal_commas import is_number, with_point
from eligibility.intake.documents import NOTHING, WHOLE, Placed, document_of, put, settled
from eligibility.intake.faults import TableError
from eligibility.intake.fields import Item, Shape, Target, UnknownPathError, resolve
from eligibility.patient.identifiers import is_identifying
from eligibility.patient.recorded import Listing, absent_reason
from eligibility.patient.spelling import Spelled, normalise
from eligibility.patient.vocabulary import YesNo

AS_OF, PLANNED_START, SCREENING_ID = "as_of", "planned_start", "screening_id"
IGNORED_PREFIX = "x_"
LIST_SEPARATORS = re.compile(r"[;|]")

_YES_NO = Spelled(YesNo).accepted
_LIKE_A_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_ .\-]{0,119}")


def is_ignored(name: str) -> bool:
    """Whether a column's name says that it is not to be read."""
    return _as_path(name).startswith(IGNORED_PREFIX)


def printable_name(name: str, position: int) -> str:
    """A name where it looks like one; else its position, for it may be a patient's value."""
    return name if _LIKE_A_NAME.fullmatch(name) else f"column {position + 1}"


class Cells(Protocol):
    """A row: its cells by their place, all of them or those that are needed."""

    def __getitem__(self, place: int, /) -> str:
        """One cell."""
        ...


class _Name(NamedTuple):
    """A column's name in the place of its value."""

    name: str


@dataclass(frozen=True, slots=True)
class PlannedColumn:
    """One column and the field it fills."""

    index: int
    name: str
    target: Target


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """Turns a row's cells into a record's document, and names the column behind a fault."""

    columns: tuple[PlannedColumn, ...]
    screening_id: int
    as_of: int | None = None
    planned_start: int | None = None

    @classmethod
    def from_header(
        cls,
        header: Sequence[str],
        *,
        names: Sequence[str] | None = None,
        ignored: Collection[str] = (),
        decimal_commas: Collection[int] = (),
        source: str | None = None,
        line: int | None = None,
    ) -> ColumnPlan:
        """The plan of a header; raises TableError with every column that is wrong.

        `names` are what messages call the columns, where the header was translated from another;
        `decimal_commas` are the places of columns that may write numbers with a decimal comma.
        """
        reader = _HeaderReader(header, names, frozenset(ignored), decimal_commas)
        columns = reader.columns()
        if faults := reader.faults_of(columns):
            raise TableError(faults, source=source, line=line)
        return cls(
            tuple(column for column in columns if column.target.steps),
            reader.anchors[SCREENING_ID],
            reader.anchors.get(AS_OF),
            reader.anchors.get(PLANNED_START),
        )

    def document(self, cells: Cells) -> dict[str, Any]:
        """The document of one row; an empty cell leaves nothing, as does an item without cells."""
        return document_of(
            each
            for column in self.columns
            if (text := cells[column.index].strip())
            for each in placed(column.target, text)
        )

    def column_of(self, path: str, cells: Sequence[str]) -> str | None:
        """The name of the column behind a fault's path in a row's document."""
        tree: dict[Any, Any] = {}
        for column in self.columns:
            if text := cells[column.index].strip():
                for steps, _ in placed(column.target, text):
                    put(tree, steps, _Name(column.name))
        root = node = settled(tree, strict=False)
        for step in path.split("."):
            inner = _child(node, step)
            if inner is None:
                break
            node = inner
        return None if node is root else _first_name(node)


class _HeaderReader:
    """Reads a header's names one by one, keeping every fault."""

    def __init__(
        self,
        header: Sequence[str],
        names: Sequence[str] | None,
        ignored: frozenset[str],
        decimal_commas: Collection[int],
    ) -> None:
        self.decimal_commas = frozenset(decimal_commas)
        self.header = header
        # Without an id the first line may be no header but a patient, of whom nothing may be repeated.
        has_id = SCREENING_ID in map(_as_path, header)
        own = header if has_id else [""] * len(header)
        # A mapping says its names itself: they are no patient's value, whatever letters they are written in.
        self.names = names or [printable_name(each.strip(), i) for i, each in enumerate(own)]
        self.ignored = ignored
        self.faults: list[Fault] = []
        self.anchors: dict[str, int] = {}

    def columns(self) -> list[PlannedColumn]:
        found = (self._column(index) for index in range(len(self.header)))
        return [column for column in found if column is not None]

    def _column(self, index: int) -> PlannedColumn | None:
        name = self.names[index]
        path = _as_path(self.header[index])
        if self.header[index].strip() in self.ignored:
            return None
        if is_identifying(self.header[index]):
            self.faults.append(_identifying(name))
            return None
        if is_ignored(path):
            return None
        if path in (AS_OF, PLANNED_START):
            target = Target(path, (), Shape.TEXT)
        else:
            try:
                target = resolve(path)
            except UnknownPathError as error:
                self.faults.append(_renamed(error.fault, name))
                return None
        if index in self.decimal_commas and is_number(target):
            target = replace(target, decimal_comma=True)
        return PlannedColumn(index, name, target)

    def faults_of(self, columns: list[PlannedColumn]) -> list[Fault]:
        unknown = [fault for fault in self.faults if fault.code != "identifying_column"]
        if not columns and len(unknown) == len(self.faults):
            return [_no_header()]
        seen: dict[object, PlannedColumn] = {}
        for column in columns:
            target = column.target
            place = (target.steps, target.shape) if target.steps else target.path
            if place in seen:
                self.faults.append(_duplicate(column.name, seen[place].name))
            seen[place] = column
            if target.path in (AS_OF, PLANNED_START, SCREENING_ID):
                self.anchors[target.path] = column.index
        return self.faults if SCREENING_ID in self.anchors else [_no_screening_id(), *self.faults]


def _as_path(name: str) -> str:
    return "_".join(name.strip().lower().split())


def _renamed(fault: Fault, name: str) -> Fault:
    return Fault(name, fault.code, fault.message, fault.hint or _OWN_COLUMNS)


_OWN_COLUMNS = (
    "the template names all columns (/v1/template.csv, `eligibility template --describe`);"
    ' start the name with "x_" to have the column ignored'
)


def _identifying(name: str) -> Fault:
    return Fault(
        name,
        "identifying_column",
        "this column looks as if it told who the patient is",
        "remove it from the table; a screening_id of your own is all that is needed",
    )


def _no_header() -> Fault:
    return Fault(
        "",
        "no_header",
        "the first line names no field of the record",
        "start the table with a line of column names, as `eligibility template` prints, "
        "or give a mapping for a table with other names",
    )


def _duplicate(name: str, other: str) -> Fault:
    return Fault(
        name,
        "duplicate_column",
        f'this column and "{other}" name the same field',
        "keep one of them; number the items of a list: treatments.1, treatments.2",
    )


def _no_screening_id() -> Fault:
    return Fault(
        SCREENING_ID,
        "no_screening_id",
        "no column gives the screening id",
        "start the table with a line of column names, of which one is screening_id: a study identifier, "
        "never a name or a hospital number",
    )


def placed(target: Target, text: str) -> Iterator[Placed]:
    """What one filled cell puts where; the text itself is read by the record's own parsers."""
    match target.shape:
        case Shape.RECORDED:
            reason = absent_reason(text)
            written = with_point(text) if target.decimal_comma else text
            part = ("absent", reason.value) if reason else ("value", written)
            yield (*target.steps, part[0]), part[1]
        case Shape.TEXTS:
            yield from _unless_unknown(target, text, _parts(text), nothing=[])
        case Shape.FLAG:
            word = _YES_NO.get(normalise(text))
            yield target.steps, text if word is None else word is YesNo.YES
        case Shape.LISTING:
            yield from _whole_list(target, text)
        case Shape.TEXT:
            written = with_point(text) if target.decimal_comma else text
            if target.optional:
                yield from _unless_unknown(target, text, written, nothing=None)
            else:
                yield target.steps, written
        case _:
            assert_never(target.shape)


def _unless_unknown(
    target: Target, text: str, written: object, *, nothing: object
) -> Iterator[Placed]:
    """A text, unless it says that it is unknown.

    An allergy to something unknown is an allergy: of an item, such a cell leaves that it is there.
    """
    if absent_reason(text) is None:
        yield target.steps, written
    elif target.in_item:
        yield target.steps, nothing


def _parts(text: str) -> list[str]:
    return [part.strip() for part in LIST_SEPARATORS.split(text) if part.strip()]


def _whole_list(target: Target, text: str) -> Iterator[Placed]:
    """A whole list in one cell: a word such as "none", or codes of what it holds."""
    try:
        if Listing.model_validate(text).complete:
            yield (*target.steps, WHOLE), NOTHING
    except ValidationError:
        if not target.item_key:
            yield (*target.steps, WHOLE), text
            return
        for number, code in enumerate(_parts(text)):
            # Numbers in column names start at 1, so that these never meet them.
            item = Item(-number)
            yield (*target.steps, "items", item, target.item_key), code


def _child(node: Any, step: str) -> Any:
    if isinstance(node, dict):
        return node.get(step)
    if isinstance(node, list) and step.isdecimal() and int(step) < len(node):
        return node[int(step)]
    return None


def _first_name(node: Any) -> str | None:
    """The first column's name below a node of a tree that holds names for values."""
    if isinstance(node, _Name):
        return node.name
    if isinstance(node, str):
        return None  # the code an item was made with
    inner = node.values() if isinstance(node, dict) else node
    return next((name for name in map(_first_name, inner) if name), None)
