"""A criterion's file into a Criterion."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from eligibility.errors import did_you_mean
from eligibility.protocol.conditions import Condition
from eligibility.protocol.dictionary import Dictionary
from eligibility.protocol.model import Case, Criterion, Kind, Remedy
from eligibility.protocol.parser import ConditionParser
from eligibility.protocol.registry_text import RegistryText
from eligibility.protocol.worked_cases import CaseDates, read_cases
from eligibility.yaml_nodes import Faults, Node

KINDS: dict[str, Kind] = {"inclusion": "inclusion", "exclusion": "exclusion"}
"""The folders that criteria stand in, each with the kind of its criteria."""
_CRITERION_ID = re.compile(r"(INCL|EXCL)\d{2,4}")
_CRITERION_KEYS = (
    "id",
    "title",
    "text",
    "definitions",
    "condition",
    "if_failed",
    "notes",
    "cases",
)


@dataclass(frozen=True, slots=True)
class CriterionReader:
    """Reads the criteria of one trial; what is wrong is noted, and nothing raised."""

    dictionary: Dictionary
    registry: RegistryText
    faults: Faults
    case_dates: CaseDates
    profile_names: tuple[str, ...]
    with_cases: bool

    def read(self, root: Node, path: Path) -> Criterion | None:
        """The criterion of a file; None where too much of it is missing."""
        required = ["id", "title", "text", "condition", "if_failed"]
        parts = root.mapping(_CRITERION_KEYS, required)
        if any(key not in parts for key in required):
            return None
        self._check_id(parts["id"], path)
        dictionary = self.dictionary
        dictionary.used_interpretations, dictionary.used_definitions = [], []
        faults_before = len(self.faults.found)
        definitions = read_definitions(parts.get("definitions"), dictionary)
        dictionary.definitions = definitions
        condition = ConditionParser(dictionary).condition(parts["condition"])
        if len(self.faults.found) == faults_before:
            self._unused_definitions(parts.get("definitions"), definitions)
        dictionary.definitions = {}
        return Criterion(
            id=parts["id"].text(),
            kind=KINDS.get(path.parent.name, "inclusion"),
            title=parts["title"].sentence(),
            text=self.registry.verbatim(parts["text"]),
            condition=condition,
            if_failed=self._remedy(parts["if_failed"]),
            notes=parts["notes"].text() if "notes" in parts else None,
            interpretations=tuple(dict.fromkeys(dictionary.used_interpretations)),
            definitions=tuple(definitions),
            cases=self._cases(parts.get("cases")),
            at=root.at,
        )

    def _unused_definitions(self, node: Node | None, names: Iterable[str]) -> None:
        for name in names:
            if node and name not in self.dictionary.used_definitions:
                at = node.key_location(name)
                message = f'the definition "{name}" is not used'
                self.faults.add(at, message, "use it, or delete it", "unused_definition")

    def _cases(self, node: Node | None) -> tuple[Case, ...]:
        if not self.with_cases:
            return ()
        return read_cases(node, self.case_dates, self.profile_names)

    @staticmethod
    def _check_id(node: Node, path: Path) -> None:
        text = node.text()
        if not _CRITERION_ID.fullmatch(text):
            hint = "such as INCL01 or EXCL05"
            node.fault("an id is INCL or EXCL and two to four digits", hint, "criterion_id")
            return
        if not path.name.startswith(f"{text}_"):
            hint = f'such as "{text}_short_title.yaml"'
            node.fault("the file name must start with the id", hint, "file_name")
        wanted = "inclusion" if text.startswith("INCL") else "exclusion"
        if path.parent.name != wanted:
            hint = "move the file, or correct the id"
            node.fault(f"a criterion with this id belongs in the folder {wanted}", hint, "folder")

    @staticmethod
    def _remedy(node: Node) -> Remedy:
        accepted = {remedy.value: remedy for remedy in Remedy}
        if node.text() not in accepted:
            hint = did_you_mean(node.text(), accepted)
            node.fault(f'unknown remedy "{node.text()}"', hint, "unknown_remedy")
        return accepted.get(node.text(), Remedy.DECIDE)


def read_definitions(node: Node | None, dictionary: Dictionary) -> dict[str, Condition]:
    """Named conditions; each may use those before it."""
    found: dict[str, Condition] = {}
    for name, child in (node.mapping() if node else {}).items():
        dictionary.definitions = found
        found[name] = ConditionParser(dictionary).condition(child)
    return found
