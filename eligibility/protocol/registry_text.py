"""The kept copy of the registry's text, in which every criterion's own text must stand word for word."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from eligibility.yaml_nodes import Node

REGISTRY_TEXT = "registry.txt"


@dataclass(frozen=True, slots=True)
class RegistryText:
    """The copy on one line; empty where none is kept, and then nothing is checked."""

    words: str = ""
    hashed: bytes = b""
    """What the hash of the rules takes in."""

    def verbatim(self, node: Node) -> str:
        """The protocol's words, which must stand in the copy."""
        text = node.sentence()
        # A field of the record, "Sex: Female", stands there as two lines.
        stands_there = any(words in self.words for words in (text, text.replace(": ", " - ")))
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
    lines = content.decode("utf-8", "replace").splitlines()
    words = " ".join(" ".join(line for line in lines if line[:1] != "#").split())
    return RegistryText(words, REGISTRY_TEXT.encode() + b"\0" + content + b"\0")
