"""What a language must be able to say: sentences with typed parts, never fragments glued together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal

from eligibility.dates import Duration

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


class Voice(ABC):
    """One language: its sentences, and how it writes lists, codes, dates, units and lengths of time."""

    language: ClassVar[Language]

    def __init__(self, sentences: Mapping[str, str]) -> None:
        self.sentences = sentences
        self.comma = sentences["list.comma"]
        self.semicolon = sentences["list.semicolon"]

    def say(self, key: str, /, **parts: object) -> str:
        """The sentence for a key with its parts filled in; an unknown key or part is an error in our own code."""
        return self.sentences[key].format(**parts)

    def listed(self, items: Iterable[str], *, joined_by: str = "list.and") -> str:
        """Items as a list in running text."""
        texts = list(items)
        if len(texts) < 2:
            return "".join(texts)
        return self.comma.join(texts[:-1]) + self.sentences[joined_by] + texts[-1]

    @abstractmethod
    def words_of(self, code: str) -> str:
        """A code of a vocabulary as words."""

    @abstractmethod
    def text(self, fixed: str) -> str:
        """A fixed text of the catalogue: a title, a question, or the note of a finding."""

    @abstractmethod
    def date(self, written: str) -> str:
        """A day, a partial date or a range, as `PartialDate` is written."""

    @abstractmethod
    def with_unit(self, value: str, unit: str) -> str:
        """A number with its unit; a unit that a laboratory wrote stays as it is."""

    @abstractmethod
    def limit(self, written: str) -> str:
        """A limit as the criteria write it: a number, and a unit or none."""

    @abstractmethod
    def duration(self, length: Duration) -> str:
        """A length of time."""

    @abstractmethod
    def sentence(self, text: str) -> str:
        """A text as a whole sentence."""

    @abstractmethod
    def opening(self, item: str) -> str:
        """The name of an item where it opens a line."""

    @abstractmethod
    def result_of(self, title: str) -> str:
        """The result whose sample date a title speaks of; any other title as it stands."""
