"""The kept copy of the registry's text, in which every criterion's own text must stand word for word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from eligibility.errors import Location
from eligibility.protocol.lint_finding import LintFinding
from eligibility.protocol.model import Trial
from eligibility.yaml_nodes import Node

REGISTRY_TEXT = "registry.txt"


@dataclass(frozen=True, slots=True)
class RegistryText:
    """The copy on one line; empty where none is kept, and then nothing is checked."""

    words: str = ""
    hashed: bytes = b""
    """What the hash of the rules takes in."""
    lines: tuple[tuple[int, str], ...] = ()
    """Its lines that hold words, with their numbers."""

    def untold(self, texts: Iterable[str]) -> Iterator[int]:
        """The lines of which words stand in none of the texts."""
        told = bytearray(len(self.words))
        for text in texts:
            for spelling in _spellings(text):
                start = self.words.find(spelling)
                while start >= 0:
                    told[start : start + len(spelling)] = b"1" * len(spelling)
                    start = self.words.find(spelling, start + 1)
        end = 0
        for number, line in self.lines:
            start = self.words.index(line, end)
            end = start + len(line)
            if any(c.isalnum() and not told[start + i] for i, c in enumerate(line)):
                yield number

    def verbatim(self, node: Node) -> str:
        """The protocol's words, which must stand in the copy."""
        text = node.sentence()
        stands_there = any(words in self.words for words in _spellings(text))
        if text and self.words and not stands_there:
            hint = "copy the sentence as it stands there, or correct the copy"
            node.fault(f"the text does not stand in {REGISTRY_TEXT}", hint, "text_differs")
        return text


def read_registry_text(folder: Path, node: Node | None) -> RegistryText:
    """The copy beside trial.yaml; where `node` names it, it must be there."""
    path = folder / REGISTRY_TEXT
    if node and node.text() != REGISTRY_TEXT:
        hint = f"keep it as {REGISTRY_TEXT} beside trial.yaml"
        node.fault("the copy of the registry's text has another name", hint, "registry_text")
    if not path.is_file():
        if node and node.text() == REGISTRY_TEXT:
            hint = "add it, or no text can be checked against the registry"
            node.fault("there is no such file beside trial.yaml", hint, "registry_text")
        return RegistryText()
    content = path.read_bytes()
    every = enumerate(content.decode("utf-8", "replace").splitlines(), start=1)
    numbered = [(number, " ".join(line.split())) for number, line in every if line[:1] != "#"]
    lines = tuple((number, line) for number, line in numbered if line)
    words = " ".join(line for _, line in lines)
    return RegistryText(words, REGISTRY_TEXT.encode() + b"\0" + content + b"\0", lines)


def lint_registry_text(folder: Path, trial: Trial) -> Iterator[LintFinding]:
    """Each line of the copy that no criterion tells: a patient would be eligible who was never asked about it."""
    registry = read_registry_text(folder, None)
    texts = [*(criterion.text for criterion in trial.criteria), *trial.no_criteria]
    for number in registry.untold(texts):
        hint = "add the criterion, or name the words with a reason under no_criteria in trial.yaml"
        at = Location(REGISTRY_TEXT, number)
        message = "words of this line stand in no criterion's text"
        yield LintFinding("error", "text_left_out", at, message, hint)


def _spellings(text: str) -> tuple[str, str]:
    """A text as it stands in the copy; a field of the record, "Sex: Female", stands there as two lines."""
    return text, text.replace(": ", " - ")
