"""Every word a user reads in an explanation, by language: sentences take typed parts."""

from __future__ import annotations

from typing import NamedTuple

from eligibility.wording.chinese import CHINESE
from eligibility.wording.english import ENGLISH
from eligibility.wording.voice import LANGUAGES, Language, Voice

__all__ = ["ENGLISH", "LANGUAGES", "VOICES", "Language", "Told", "Voice", "words_of"]

VOICES: dict[Language, Voice] = {"en": ENGLISH, "zh": CHINESE}

words_of = ENGLISH.words_of


class Told(NamedTuple):
    """A text of a trial and the language it is in: the reader's where it was translated, else its own."""

    text: str
    language: Language
