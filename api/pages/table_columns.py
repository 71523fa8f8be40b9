"""The columns of a table as its page shows them: samples, suggestion, choice, and words to be told the meaning of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from api.pages.language import Language
from eligibility.intake.code_words import CodeWords, code_words
from eligibility.intake.column_names import chinese_names, names_other_measure
from eligibility.intake.columns import AS_OF, PLANNED_START, SCREENING_ID
from eligibility.intake.mapping_draft import LEAVE_OUT, TOGETHER, MappingDraft
from eligibility.intake.preview import Preview, Words
from eligibility.intake.suggestions import (
    Reason,
    Suggestion,
    field_choices,
    meaning_of,
    suggest,
)
from eligibility.patient.identifiers import is_identifying
from eligibility.patient.recorded import absent_reason

_SAMPLES, _SAMPLE_CHARACTERS = 3, 40
_MOST_WORDS = 300
_LABEL_CHARACTERS = 70
_ANCHORS = (SCREENING_ID, AS_OF, PLANNED_START)


@dataclass(frozen=True, slots=True)
class WordView:
    """A word that a field does not understand by itself."""

    word: str
    count: int
    meaning: str


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column."""

    index: int
    name: str
    is_identifying: bool
    samples: tuple[str, ...]
    choice: str
    suggestion: Suggestion | None
    words: tuple[WordView, ...] = ()
    codes: tuple[str, ...] = ()
    absences: tuple[str, ...] = ()
    is_of_other_measure: bool = False
    """Whether its name says that its numbers are of another measure than those of its field; nothing converts them."""

    @property
    def is_left_out(self) -> bool:
        """Whether it was decided not to use it."""
        return self.choice == LEAVE_OUT

    @property
    def is_odd(self) -> bool:
        """Whether its choice is none of those that are offered, such as two fields at once."""
        known = {choice.path for choice in field_choices()}
        return bool(self.choice) and not self.is_left_out and self.choice not in known

    @property
    def fits_exactly(self) -> bool:
        """Whether it is named like a field, and nothing else is said or left to say of it."""
        exact = self.suggestion is not None and self.suggestion.reason is Reason.EXACT
        is_its_own = exact and self.choice in ("", self.name.strip())
        return is_its_own and not self.words and not self.is_identifying

    @property
    def unsettled(self) -> int:
        """Words whose meaning nobody has said."""
        return sum(1 for word in self.words if not word.meaning)


def column_views(preview: Preview, mapping: MappingDraft) -> list[ColumnView]:
    """Every column; of those that tell who somebody is no value is given."""
    samples = [_samples(preview, index) for index in range(len(preview.header))]
    suggestions = suggest(preview.header, samples)
    left = _MOST_WORDS
    found = []
    for index, name in enumerate(preview.header):
        words = _words(preview, mapping, index)[:left]
        left -= len(words)
        codes = _code_words(mapping.choice(name))
        found.append(
            ColumnView(
                index,
                name,
                index in preview.identifying,
                samples[index],
                mapping.choice(name),
                suggestions[index],
                tuple(words),
                tuple(codes.codes) if codes else (),
                tuple(codes.absences) if codes else (),
                _is_of_other_measure(name, mapping),
            )
        )
    return found


def _is_of_other_measure(name: str, mapping: MappingDraft) -> bool:
    """A name may say so and be right, where the mapping tells what its numbers mean; why there is none is no number."""
    paths = mapping.columns.get(name, [])
    meanings = (m for key in (name, *paths) for m in mapping.values.get(key, {}).values())
    if any(absent_reason(meaning) is None for meaning in meanings):
        return False
    return any(names_other_measure(name, path) for path in paths)


def _samples(preview: Preview, index: int) -> tuple[str, ...]:
    if index in preview.identifying:
        return ()
    cells = (look.cells[index].strip() for look in preview.first if len(look.cells) > index)
    distinct = list(dict.fromkeys(filter(None, cells)))[:_SAMPLES]
    return tuple(_shortened(each) for each in distinct)


def _shortened(text: str) -> str:
    return text if len(text) <= _SAMPLE_CHARACTERS else f"{text[:_SAMPLE_CHARACTERS]}…"


def words_of(header: Sequence[str], mapping: MappingDraft) -> dict[int, Words]:
    """For each column that fills a field of codes, what to count in its cells."""
    found: dict[int, Words] = {}
    for index, name in enumerate(header):
        if is_identifying(name):
            continue
        codes = _code_words(mapping.choice(name))
        if codes is not None and name not in mapping.kept.get("day_offsets", ()):
            found[index] = codes.unknown
    return found


def _words(preview: Preview, mapping: MappingDraft, index: int) -> list[WordView]:
    name = preview.header[index]
    missing = {" ".join(word.split()).casefold() for word in mapping.kept.get("missing", {})}
    return [
        WordView(word, count, mapping.meaning(name, word) or "")
        for word, count in preview.words.get(index, {}).items()
        if " ".join(word.split()).casefold() not in missing
    ]


def _code_words(choice: str) -> CodeWords | None:
    first = choice.split(TOGETHER, maxsplit=1)[0]
    if not first or first == LEAVE_OUT or first in _ANCHORS:
        return None
    return code_words(first)


@cache
def labelled_choices(language: Language) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The fields to choose from, by the part of the record, each with its label."""
    groups = groupby(field_choices(), lambda choice: choice.group)
    return tuple(
        (group, tuple((each.path, label_of(each.path, language)) for each in fields))
        for group, fields in groups
    )


def label_of(path: str, language: Language) -> str:
    """What a field means in a few words: in Chinese where it has a name, else in the record's own words."""
    if language == "zh" and (name := chinese_names().get(path)):
        return name
    meaning = meaning_of(path)
    return meaning if len(meaning) <= _LABEL_CHARACTERS else f"{meaning[: _LABEL_CHARACTERS - 1]}…"
