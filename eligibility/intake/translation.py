"""How a mapping turns the cells of one table into the record's spelling, checked on its header."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eligibility.errors import Fault, did_you_mean
from eligibility.intake.columns import LIST_SEPARATORS, printable_name
from eligibility.intake.fields import Shape, UnknownPathError, resolve
from eligibility.intake.mapping import Translation
from eligibility.patient.identifiers import is_identifying
from eligibility.patient.vocabulary import AbsentReason

_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,6}", re.ASCII)
ANY_OTHER = "*"
_SEVERAL = (Shape.TEXTS, Shape.LISTING)


def _key(text: str) -> str:
    """Codes are compared without regard to case and spacing."""
    return " ".join(text.split()).casefold()


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """One source column on its way to one field."""

    index: int
    meanings: Mapping[str, str]
    missing: Mapping[str, AbsentReason]
    is_day: bool
    separators: re.Pattern[str] | None

    def text(self, cells: Sequence[str]) -> str | AbsentReason:
        """What the cell says in the record's own spelling; empty when it says nothing."""
        text = cells[self.index].strip()
        if not text:
            return ""
        meaning = self._meaning(text)
        if meaning is None and self.separators is not None:
            parts = (part.strip() for part in self.separators.split(text))
            meanings = (self._part(part) for part in parts)
            return ";".join(part for part in meanings if part)
        return text if meaning is None else meaning

    def _meaning(self, text: str) -> str | AbsentReason | None:
        known = self.meanings.get(_key(text))
        if known is None:
            known = self.missing.get(_key(text))
        if known is None and self.is_day and _WHOLE_NUMBER.fullmatch(text):
            return f"day {int(text)}"
        return self.meanings.get(ANY_OTHER) if known is None else known

    def _part(self, part: str) -> str:
        meaning = self._meaning(part)
        return part if meaning is None else "" if isinstance(meaning, AbsentReason) else meaning


@dataclass(frozen=True, slots=True)
class MappedField:
    """One field of the record with the source columns that may fill it, or its constant."""

    path: str
    name: str
    sources: tuple[SourceColumn, ...] = ()
    constant: str = ""
    takes_reasons: bool = False
    is_joined: bool = False

    def text(self, cells: Sequence[str]) -> str:
        """The first source's value; failing that, the first reason why there is none."""
        if self.constant:
            return self.constant
        reason: AbsentReason | None = None
        for source in self.sources:
            text = source.text(cells)
            if isinstance(text, AbsentReason):
                reason = reason or text
            elif text:
                return text
        return self._word(reason)

    def _word(self, reason: AbsentReason | None) -> str:
        """ "Not recorded" leaves the cell empty; but a joined row is an item, whatever it says."""
        if not self.takes_reasons:
            return ""
        if self.is_joined:
            return (reason or AbsentReason.NOT_RECORDED).value
        return "" if reason in (None, AbsentReason.NOT_RECORDED) else str(reason)


class FieldReader:
    """Builds the mapped fields of one table and checks the mapping against its header."""

    def __init__(
        self,
        mapping: Translation,
        header: Sequence[str],
        missing: Mapping[str, AbsentReason],
        *,
        identity: str,
        items: str = "",
    ) -> None:
        self.mapping = mapping
        self.header = {name: index for index, name in enumerate(header)}
        # Without the id the first line may be no header but a patient, of whom nothing may be repeated.
        self.has_id = identity in self.header
        self.missing = {_key(code): reason for code, reason in missing.items()}
        self.items = items
        self.faults: list[Fault] = []

    def fields(self) -> list[MappedField]:
        """The mapped fields, in the mapping's order."""
        by_path: dict[str, list[str]] = {}
        for column, paths in self.mapping.columns.items():
            for path in paths:
                by_path.setdefault(path, []).append(column)
        found = [self._field(path, columns) for path, columns in by_path.items()]
        for path, value in self.mapping.constants.items():
            if self._shape(path, f"constants.{path}"):
                found.append(MappedField(self._full(path), f"constant {path}", constant=value))
        return [field for field in found if field is not None]

    def _field(self, path: str, columns: list[str]) -> MappedField | None:
        shape = self._shape(path, f"columns.{columns[0]}")
        sources = [self.source(column, path, shape) for column in columns]
        if shape is None:
            return None
        return MappedField(
            self._full(path),
            " / ".join(columns),
            tuple(source for source in sources if source is not None),
            takes_reasons=shape is Shape.RECORDED,
            is_joined=bool(self.items),
        )

    def source(
        self, column: str, path: str = "", shape: Shape | None = None
    ) -> SourceColumn | None:
        """A source column; None, and a fault, when the table has no such column."""
        index = self.header.get(column)
        if index is None:
            self.faults.append(_no_such_column(column, self._meant(column)))
            return None
        if is_identifying(column):
            self.faults.append(_identifying(column))
        meanings = self.mapping.values.get(path) or self.mapping.values.get(column) or {}
        return SourceColumn(
            index,
            {_key(code): meaning for code, meaning in meanings.items()},
            self.missing,
            column in self.mapping.day_offsets,
            self._separators(column) if shape in _SEVERAL else None,
        )

    def sources(self, columns: Iterable[str]) -> list[SourceColumn]:
        """Those of the columns that the table has; a fault for each of the others."""
        found = (self.source(column) for column in columns)
        return [source for source in found if source is not None]

    def _printable(self, column: str, index: int) -> str:
        return printable_name(column if self.has_id else "", index)

    def _meant(self, column: str) -> str | None:
        """The column of the table that a name comes close to."""
        if self.has_id:
            places = self.header.items()
            return did_you_mean(column, [n for n, i in places if printable_name(n, i) == n])
        close = difflib.get_close_matches(column, self.header, n=1)
        return f"did you mean column {self.header[close[0]] + 1}?" if close else None

    def _separators(self, column: str) -> re.Pattern[str]:
        extra = self.mapping.separators.get(column)
        return re.compile(f"[;|{re.escape(extra)}]") if extra else LIST_SEPARATORS

    def _full(self, path: str) -> str:
        return f"{self.items}.1.{path}" if self.items else path

    def _shape(self, path: str, place: str) -> Shape | None:
        try:
            return resolve(self._full(path)).shape
        except UnknownPathError as error:
            fault = error.fault
            self.faults.append(Fault(place, fault.code, fault.message, fault.hint))
            return None

    def check_the_rest(self, used: Iterable[str]) -> None:
        """Every column is used or ignored; every key of the mapping means a column of the table."""
        mapping = self.mapping
        named = {*used, *mapping.columns, *mapping.as_of}
        ignored = set() if mapping.ignore == "*" else set(mapping.ignore)
        for column, index in self.header.items():
            if column in named or column in ignored:
                continue
            if is_identifying(column):
                self.faults.append(_identifying(self._printable(column, index)))
            elif mapping.ignore != "*":
                self.faults.append(_unmapped(self._printable(column, index)))
        fields = {path for paths in mapping.columns.values() for path in paths}
        for key, known in (
            ("values", fields | named),
            ("day_offsets", named),
            ("separators", set(mapping.columns)),
        ):
            for column in getattr(mapping, key):
                if column not in known:
                    self.faults.append(_unused(f"{key}.{column}", column, known))


def _no_such_column(column: str, meant: str | None) -> Fault:
    hint = meant or "see the first line of the table"
    return Fault(column, "no_such_column", "the table has no column of this name", hint)


def _identifying(column: str) -> Fault:
    return Fault(
        column,
        "identifying_column",
        "this column looks as if it told who the patient is",
        "remove it from the table, or name it under `ignore`",
    )


def _unmapped(column: str) -> Fault:
    return Fault(
        column,
        "unmapped_column",
        "the mapping does not say what becomes of this column",
        'map it, or name it under `ignore`; `ignore: "*"` stands for all the rest',
    )


def _unused(path: str, column: str, known: Iterable[str]) -> Fault:
    hint = did_you_mean(column, known)
    return Fault(path, "unused_entry", "this names no mapped column or field", hint)
