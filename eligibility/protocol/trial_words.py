"""A trial's words in other languages than its own: files beside its criteria, which decide nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from eligibility.yaml_nodes import CriteriaFilesError, Faults, Node, read_yaml


class TrialWords:
    """The translations that stand in a trial's folder as `words.<language>.yaml`, read when first asked for.

    They are found by the original text: where that has changed, the old translation is not shown.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._read: dict[str, Mapping[str, str]] = {}

    def of(self, language: str) -> Mapping[str, str]:
        """Translations by original text; none where there is no such file; raises CriteriaFilesError."""
        if language not in self._read:
            faults = Faults()
            found = self._load(language, faults)
            if faults.found and self._folder:
                raise CriteriaFilesError(faults.found).within(self._folder)
            self._read[language] = found
        return self._read[language]

    def read_all(self) -> None:
        """Read every language now, and look at no file later; raises CriteriaFilesError."""
        for path in sorted(self._folder.glob(words_file("*"))) if self._folder else ():
            self.of(path.name.split(".")[1])
        self._folder = None

    def _load(self, language: str, faults: Faults) -> Mapping[str, str]:
        path = None if self._folder is None else self._folder / words_file(language)
        if path is None or not path.is_file():
            return {}
        node = read_yaml(path, faults)
        read = read_words(node, language) if node else []
        return {original.sentence(): translated for original, translated in read}


def words_file(language: str) -> str:
    """The name of the file that holds a trial's words in a language."""
    return f"words.{language}.yaml"


def read_words(node: Node, language: str) -> list[tuple[Node, str]]:
    """Each original text, where it stands, and its translation; faults are collected."""
    found: dict[str, tuple[Node, str]] = {}
    for entry in node.sequence():
        parts = entry.mapping(("en", language), ("en", language))
        if len(parts) < 2:
            continue
        original, translated = parts["en"].sentence(), parts[language].sentence()
        if original in found:
            parts["en"].fault("this text is translated twice", "keep one", "duplicate_words")
        found[original] = (parts["en"], translated)
    return list(found.values())
