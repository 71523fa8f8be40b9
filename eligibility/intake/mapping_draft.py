"""A mapping in the making: what somebody has chosen for each column, written in the mapping's own format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import yaml

from eligibility.intake.columns import AS_OF, PLANNED_START, SCREENING_ID, is_ignored
from eligibility.intake.mapping import Mapping
from eligibility.intake.tables import DELIMITERS
from eligibility.patient.identifiers import is_identifying

LEAVE_OUT = "-"
TOGETHER = " + "
"""Between several fields that one column fills."""
_KEPT = ("day_offsets", "separators", "constants", "missing", "skip_lines")


@dataclass(slots=True)
class MappingDraft:
    """What is chosen so far; a column about which nothing is chosen is neither used nor ignored."""

    id: str | None = None
    columns: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    ignore: list[str] = field(default_factory=list)
    as_of: list[str] = field(default_factory=list)
    planned_start: str | None = None
    kept: dict[str, Any] = field(default_factory=dict)
    """What else a mapping said that was given; it stays as it is."""

    @classmethod
    def of(cls, mapping: Mapping, header: Iterable[str]) -> Self:
        """What a whole mapping says about a table; `"*"` becomes the columns it stands for.

        A column that would tell who somebody is must be left out by name, and so is not among them.
        """
        document = mapping.model_dump(mode="json", exclude_defaults=True)
        named = {mapping.id, mapping.planned_start, *mapping.columns, *mapping.as_of}
        rest = [each for each in header if each not in named and not is_identifying(each)]
        return cls(
            mapping.id,
            {column: list(paths) for column, paths in mapping.columns.items()},
            {key: dict(meanings) for key, meanings in mapping.values.items()},
            rest if mapping.ignore == "*" else list(mapping.ignore),
            list(mapping.as_of),
            mapping.planned_start,
            {key: document[key] for key in _KEPT if key in document},
        )

    def choice(self, column: str) -> str:
        """What is chosen for a column: paths, LEAVE_OUT, or nothing."""
        if column in self.ignore:
            return LEAVE_OUT
        anchors = (
            (SCREENING_ID, self.id == column),
            (AS_OF, column in self.as_of),
            (PLANNED_START, self.planned_start == column),
        )
        return TOGETHER.join(
            [*(name for name, is_it in anchors if is_it), *self.columns.get(column, [])]
        )

    def choose(self, column: str, choice: str) -> None:
        """Choose for a column what it fills; what was chosen already keeps its details."""
        if choice == self.choice(column):
            return
        self._clear(column)
        if choice == LEAVE_OUT:
            self.ignore.append(column)
            return
        for path in filter(None, choice.split(TOGETHER)):
            if path == SCREENING_ID:
                self.id = column
            elif path == AS_OF:
                self.as_of.append(column)
            elif path == PLANNED_START:
                self.planned_start = column
            else:
                self.columns.setdefault(column, []).append(path)

    def _clear(self, column: str) -> None:
        self.id = None if self.id == column else self.id
        self.planned_start = None if self.planned_start == column else self.planned_start
        self.columns.pop(column, None)
        self.values.pop(column, None)
        for names in (self.ignore, self.as_of):
            if column in names:
                names.remove(column)

    def meaning(self, column: str, word: str) -> str | None:
        """What a word of a column is said to mean."""
        told = self.values.get(self._place(column), {})
        return next((told[each] for each in told if _key(each) == _key(word)), None)

    def mean(self, column: str, word: str, meaning: str) -> None:
        """Say what a word of a column means; nothing takes back what was said."""
        told = self.values.setdefault(self._place(column), {})
        for each in [each for each in told if _key(each) == _key(word)]:
            del told[each]
        if meaning:
            told[word] = meaning
        if not told:
            del self.values[self._place(column)]

    def _place(self, column: str) -> str:
        """Meanings that stand under the field hide those under the column."""
        paths = self.columns.get(column, [])
        return next((path for path in paths if path in self.values), column)

    def undecided(self, header: Iterable[str]) -> list[str]:
        """The columns about which nothing is chosen."""
        return [column for column in header if not self.choice(column)]

    def twice(self) -> dict[str, list[str]]:
        """Fields that several columns fill: of these the first that is filled counts."""
        found: dict[str, list[str]] = {}
        for column, paths in self.columns.items():
            for path in paths:
                found.setdefault(path, []).append(column)
        return {path: columns for path, columns in found.items() if len(columns) > 1}

    def is_needless(self, header: Sequence[str]) -> bool:
        """Whether the table says by its own column names all that this mapping does."""
        if self.values or self.kept or self.twice():
            return False
        return all(
            is_ignored(column) if (chosen := self.choice(column)) == LEAVE_OUT else chosen == column
            for column in header
        )

    def document(
        self, *, encoding: str | None = None, delimiter: str | None = None
    ) -> dict[str, Any]:
        """The mapping as it is written; without an id it is none yet."""
        said = {
            "id": self.id,
            "columns": {c: p[0] if len(p) == 1 else p for c, p in self.columns.items()},
            "as_of": self.as_of,
            "planned_start": self.planned_start,
            "ignore": self.ignore,
            "values": self.values,
            **self.kept,
            "delimiter": delimiter if delimiter in DELIMITERS else None,
            "encoding": encoding,
        }
        return {key: each for key, each in said.items() if each}


def mapping_text(document: dict[str, Any]) -> str:
    """A mapping as the text of its file."""
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100)


def _key(text: str) -> str:
    """Words are compared as the mapping compares them."""
    return " ".join(text.split()).casefold()
