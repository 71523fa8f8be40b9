"""A look at a table that is not screened yet: what is chosen for it, what is left to decide, what trying it brings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from api.batches.drafts import KeptDraft, Preparation
from api.pages.table_columns import ColumnView, column_views, words_of
from api.screeners import screener_of, trial_ids
from eligibility.dates import anchors
from eligibility.errors import EligibilityError, Fault
from eligibility.intake.faults import MappingError, Rejection, TableError
from eligibility.intake.mapping import Mapping, mapping_from
from eligibility.intake.mapping_draft import MappingDraft
from eligibility.intake.patients import open_patients
from eligibility.intake.preview import Preview, look
from eligibility.intake.tables import DELIMITERS, ENCODINGS, Layout

_TRIED_ROWS = 200
_GLANCE = 0.0


@cache
def trial_choices() -> tuple[tuple[str, str], ...]:
    """Every trial, by itself and with each site profile: what a form sends, and what a person reads."""
    found = []
    for name in trial_ids():
        trial = screener_of(name).trial
        found.append((name, f"{name} – {trial.title}"))
        found += [(f"{name}/{profile}", f"{name} – {profile}") for profile in trial.profiles]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class TriedRows:
    """What came of reading the first rows as the mapping says, without screening them."""

    rows: int = 0
    rejected: int = 0
    faults: tuple[tuple[str, str, str, str, int], ...] = ()
    """Column, code, message, hint, and how many rows have it."""
    wrong: tuple[Fault, ...] = ()
    """What is wrong with the mapping itself."""


@dataclass(frozen=True, slots=True)
class View:
    """All that the page of a draft shows."""

    preparation: Preparation
    mapping: MappingDraft
    preview: Preview | None
    faults: tuple[Fault, ...]
    """Why there is nothing to see."""
    columns: list[ColumnView]
    tried: TriedRows
    problems: list[str]
    """What must be decided before it can be screened: keys of words."""

    @property
    def exact(self) -> list[ColumnView]:
        """Columns named like a field, of which there is nothing to say."""
        return [column for column in self.columns if column.fits_exactly]

    @property
    def others(self) -> list[ColumnView]:
        """The other columns, first those about which something is left to say."""
        found = [column for column in self.columns if not column.fits_exactly]
        return sorted(found, key=lambda column: bool(column.choice) and not column.unsettled)

    @property
    def undecided(self) -> int:
        """How many columns are neither given to a field nor left out."""
        return sum(1 for column in self.columns if not column.choice)

    @property
    def may_screen(self) -> bool:
        """Whether nothing is left to decide."""
        return not (self.problems or self.faults or self.tried.wrong)


def header_of(kept: KeptDraft, preparation: Preparation) -> tuple[str, ...]:
    """The names of the columns; none where the table cannot be opened."""
    try:
        return look(
            kept.table,
            layout=layout_of(preparation),
            sheet=preparation.sheet or None,
            seconds=_GLANCE,
        ).header
    except TableError:
        return ()


def layout_of(preparation: Preparation) -> Layout:
    """How the table is to be read."""
    return Layout(
        DELIMITERS.get(preparation.delimiter),
        encoding_of(preparation),
        int(preparation.mapping.get("kept", {}).get("skip_lines", 0)),
    )


def encoding_of(preparation: Preparation) -> str | None:
    """The encoding that was chosen, else the one that was found."""
    chosen = preparation.encoding or preparation.guessed
    return chosen if chosen in ENCODINGS else None


def view_of(kept: KeptDraft) -> View:
    """A look at a draft with all that is chosen, and what came of trying it."""
    preparation = kept.preparation()
    mapping = MappingDraft(**preparation.mapping)
    try:
        first = look(
            kept.table,
            layout=layout_of(preparation),
            sheet=preparation.sheet or None,
            seconds=_GLANCE,
        )
        words = words_of(first.header, mapping)
        preview = look(
            kept.table, layout=layout_of(preparation), sheet=preparation.sheet or None, words=words
        )
    except TableError as error:
        return View(
            preparation,
            mapping,
            None,
            error.faults,
            [],
            TriedRows(),
            _day_problems(preparation, mapping),
        )
    columns = column_views(preview, mapping)
    tried = (
        TriedRows() if preview.is_profiles else _tried(kept, preparation, mapping, preview.header)
    )
    problems = [*_problems(preview, mapping), *_day_problems(preparation, mapping)]
    return View(preparation, mapping, preview, (), columns, tried, problems)


def _problems(preview: Preview, mapping: MappingDraft) -> list[str]:
    if preview.is_profiles:
        return []
    found = []
    if mapping.id is None:
        found.append("tables.problem.id")
    if mapping.undecided(preview.header):
        found.append("tables.problem.undecided")
    return found


def _day_problems(preparation: Preparation, mapping: MappingDraft) -> list[str]:
    found = []
    try:
        screener_of(preparation.trial, preparation.profile or None)
    except EligibilityError:
        found.append("tables.problem.trial")
    if not preparation.as_of and not mapping.as_of:
        found.append("tables.problem.as_of_missing")
    any_day = "day 0" if preparation.planned_start.startswith("day") else "2000-01-01"
    try:
        anchors(preparation.as_of or any_day, preparation.planned_start or None)
    except EligibilityError:
        found.append("tables.problem.days")
    return found


def _tried(
    kept: KeptDraft, preparation: Preparation, mapping: MappingDraft, header: tuple[str, ...]
) -> TriedRows:
    """The first rows read as the mapping says; nobody is screened."""
    if mapping.id is None or mapping.undecided(header):
        return TriedRows()
    faults: Counter[tuple[str, str, str, str]] = Counter()
    rows = rejected = 0
    try:
        whole = mapping_of(preparation, mapping, header)
        with open_patients(
            kept.table,
            mapping=whole,
            encoding=encoding_of(preparation),
            sheet=preparation.sheet or None,
        ) as patients:
            for row in islice(patients, _TRIED_ROWS):
                rows += 1
                if isinstance(row, Rejection):
                    rejected += 1
                    faults.update(
                        {(f.column or "", f.code, f.message, f.hint or "") for f in row.faults}
                    )
    except (MappingError, TableError) as error:
        return TriedRows(wrong=error.faults)
    most = tuple((*fault, count) for fault, count in faults.most_common(20))
    return TriedRows(rows, rejected, most)


def mapping_of(
    preparation: Preparation, mapping: MappingDraft, header: tuple[str, ...]
) -> Mapping | None:
    """The mapping to screen with; none where the table speaks for itself."""
    if mapping.is_needless(header) and not preparation.delimiter:
        return None
    return mapping_from(document_of(preparation, mapping))


def document_of(preparation: Preparation, mapping: MappingDraft) -> dict[str, Any]:
    """The mapping as it is written."""
    encoding = encoding_of(preparation)
    return mapping.document(
        encoding=None if encoding == "utf-8" else encoding, delimiter=preparation.delimiter or None
    )
