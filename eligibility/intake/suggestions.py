"""What the columns of a foreign table may mean: fields to choose from, and suggestions with their reason."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from eligibility.intake.column_names import known_names, names_other_measure, plain
from eligibility.intake.columns import AS_OF, PLANNED_START, SCREENING_ID
from eligibility.intake.fields import ANY_NUMBER, UnknownPathError, all_fields, resolve
from eligibility.intake.template import describe, template_columns
from eligibility.patient.identifiers import is_identifying
from eligibility.patient.vocabulary import LabTest

_ITEMS = {"treatments": 6, "lesions": 3}
_OTHER_ITEMS = 2
_LAB_FIELDS = ("value", "unit", "upper_limit_of_normal", "date")
_AS_WORDS = {
    "specimens.1.er_percent": "specimens.1.er_status",
    "specimens.1.pr_percent": "specimens.1.pr_status",
    "specimens.1.her2_ihc": "specimens.1.her2_status",
}
"""Fields for a number, and those for the same thing in words."""
_NUMBER = re.compile(r"\.\d+(?=\.)")


class Reason(StrEnum):
    """Why a field is suggested for a column, the surest first."""

    EXACT = "exact"
    """The column is named like the field."""
    SPELLING = "spelling"
    """It is, but for case, spaces and signs."""
    KNOWN = "known"
    """Sites call the field so."""
    CLOSE = "close"
    """A name is close to it: no more than a guess."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A field that a column may mean, and why."""

    path: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """A field to choose: its path, the part of the record it is in, and what it means."""

    path: str
    group: str
    meaning: str


@cache
def field_choices() -> tuple[FieldChoice, ...]:
    """The fields that a column may be given to, with as many items of lists as tables usually have."""
    paths = dict.fromkeys([SCREENING_ID, AS_OF, PLANNED_START])
    for field in all_fields():
        if not field.path.endswith(".source"):
            paths.update(dict.fromkeys(_numbered(field.path)))
    paths.update(dict.fromkeys(template_columns()))
    groups = dict.fromkeys(path.split(".")[0] for path in paths)
    ordered = sorted(paths, key=lambda path: list(groups).index(path.split(".")[0]))
    return tuple(FieldChoice(path, path.split(".")[0], meaning_of(path)) for path in ordered)


def _numbered(path: str) -> Iterator[str]:
    """A field of an item with the numbers it may have; laboratory values are named by their test."""
    group, *rest = path.split(".")
    if group == "labs":
        if rest[-1] in _LAB_FIELDS:
            yield from (f"labs.{test.value}.{rest[-1]}" for test in LabTest)
        return
    if ANY_NUMBER not in rest:
        yield path
        return
    for number in range(1, _ITEMS.get(group, _OTHER_ITEMS) + 1):
        yield path.replace(f".{ANY_NUMBER}.", f".{number}.")


@cache
def _meanings() -> dict[str, str]:
    return {note.column: note.meaning for note in describe()}


def meaning_of(path: str) -> str:
    """What a field means, in the words of the record."""
    meanings = _meanings()
    found = meanings.get(generic(path))
    if found is None:
        field, _, part = path.rpartition(".")
        found = meanings.get(f"FIELD.{part}") if generic(field) in meanings else None
    return found or ""


def generic(path: str) -> str:
    """A path with the sign for any number where it has one, or the name of a test."""
    words = path.split(".")
    if words[0] == "labs" and len(words) == 3:
        return f"labs.{ANY_NUMBER}.{words[2]}"
    return _NUMBER.sub(f".{ANY_NUMBER}", path)


def is_field(path: str) -> bool:
    """Whether a column can be given to this field."""
    if path in (AS_OF, PLANNED_START):
        return True
    try:
        resolve(path)
    except UnknownPathError:
        return False
    return True


def suggest(header: Sequence[str], samples: Sequence[Iterable[str]]) -> list[Suggestion | None]:
    """For each column what it may mean; no field twice, and the surer reason has it."""
    found = [_best(name, sample) for name, sample in zip(header, samples, strict=True)]
    taken: set[str] = set()
    for reason in Reason:
        for index, suggestion in enumerate(found):
            if suggestion is None or suggestion.reason is not reason:
                continue
            if suggestion.path in taken:
                found[index] = None
            taken.add(suggestion.path)
    return found


def _best(name: str, sample: Iterable[str]) -> Suggestion | None:
    """None where the name promises an identifier, or numbers that are not on the field's measure."""
    found = None if is_identifying(name) else _meant(name, sample)
    return None if found and names_other_measure(name, found.path) else found


def _meant(name: str, sample: Iterable[str]) -> Suggestion | None:
    path = "_".join(name.strip().lower().split())
    if is_field(path):
        return Suggestion(path, Reason.EXACT if path == name else Reason.SPELLING)
    key = plain(name)
    if meant := _spellings().get(key):
        return Suggestion(meant, Reason.SPELLING)
    if meant := known_names().get(key):
        return Suggestion(_as_written(meant, sample), Reason.KNOWN)
    # A slip of the pen seldom changes the first letter; "er_score" is not a "her2_score".
    names = {k: path for k, path in {**_spellings(), **known_names()}.items() if k[0] == key[:1]}
    close = difflib.get_close_matches(key[:60], names, n=1, cutoff=0.8) if len(key) > 3 else []
    return Suggestion(_as_written(names[close[0]], sample), Reason.CLOSE) if close else None


@cache
def _spellings() -> dict[str, str]:
    """Every field by its path made plain."""
    return {plain(choice.path): choice.path for choice in field_choices()}


def _as_written(path: str, sample: Iterable[str]) -> str:
    """The field for words, where the column that would be for numbers holds no number."""
    texts = [text for text in sample if text.strip()]
    if path in _AS_WORDS and texts and not any(sign.isdigit() for text in texts for sign in text):
        return _AS_WORDS[path]
    return path
