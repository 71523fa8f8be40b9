"""Words that stand in columns of codes: which a field understands, and which it must be told the meaning of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from eligibility.intake.columns import LIST_SEPARATORS
from eligibility.intake.fields import FieldNote, Shape, UnknownPathError, all_fields, resolve
from eligibility.intake.suggestions import generic
from eligibility.patient.recorded import COMPLETE_WORDS, absent_reason
from eligibility.patient.spelling import Spelled, normalise
from eligibility.patient.values import Bounds
from eligibility.patient.vocabulary import AbsentReason, YesNo


@dataclass(frozen=True, slots=True)
class CodeWords:
    """The codes of one field."""

    spelled: Spelled | None
    """None for a number: its words can only be reasons for its absence."""
    shape: Shape

    @property
    def codes(self) -> list[str]:
        """What a word may be told to mean."""
        return [code.value for code in self.spelled.codes] if self.spelled else []

    @property
    def absences(self) -> list[str]:
        """The reasons for having no value that the field takes."""
        return [each.value for each in AbsentReason] if self.shape is Shape.RECORDED else []

    @property
    def is_list(self) -> bool:
        """Whether a cell may hold several words."""
        return self.shape is Shape.LISTING

    def unknown(self, cell: str) -> Iterator[str]:
        """The words of a cell that the field does not understand."""
        text = cell.strip()
        if not text or absent_reason(text):
            return
        if self.spelled is None:
            if not any(sign.isdigit() for sign in text):
                yield text
            return
        if self.is_list and text.lower() in COMPLETE_WORDS:
            return
        for part in LIST_SEPARATORS.split(text) if self.is_list else [text]:
            word = part.strip()
            if word and normalise(word) not in self.spelled.accepted:
                yield word


def code_words(path: str) -> CodeWords | None:
    """The codes of a field; None for one that takes dates or text."""
    note = _notes().get(generic(path))
    if note is None:
        return None
    try:
        shape = resolve(path).shape
    except UnknownPathError:
        return None
    if shape is Shape.FLAG:
        return CodeWords(Spelled(YesNo), shape)
    found = next((each for each in note.markers if isinstance(each, Spelled)), None)
    if found is None and not any(isinstance(each, Bounds) for each in note.markers):
        return None
    return CodeWords(found, shape) if found or shape is Shape.RECORDED else None


@cache
def _notes() -> dict[str, FieldNote]:
    return {note.path: note for note in all_fields()}
