"""YAML with places: every value knows its file, line and column, and every fault is collected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from eligibility.errors import CriteriaError, Location, did_you_mean

MAX_FILE_BYTES = 1_000_000
MAX_DEPTH = 60
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN_TAGS = {
    "tag:yaml.org,2002:" + name
    for name in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "value")
}


@dataclass(frozen=True, slots=True)
class CriteriaFault:
    """One fault of a criteria file."""

    at: Location
    message: str
    hint: str | None = None
    code: str = "criteria_invalid"

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.at}: {self.message}{hint}"


class Faults:
    """Collects faults so that a file's are reported together, in file order."""

    def __init__(self) -> None:
        self.found: list[CriteriaFault] = []

    def add(self, at: Location, message: str, hint: str | None = None, code: str = "criteria_invalid") -> None:
        """Remember one fault."""
        self.found.append(CriteriaFault(at, message, hint, code))

    def raise_if_any(self) -> None:
        """Raise one error that lists every fault found."""
        if self.found:
            raise CriteriaFilesError(self.found)


class CriteriaFilesError(CriteriaError):
    """Criteria that cannot be loaded; `faults` lists every reason, in file order."""

    def __init__(self, faults: Iterable[CriteriaFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Node:
    """One value of a YAML file and where it stands."""

    __slots__ = ("_node", "faults", "file")

    def __init__(self, node: yaml.Node, file: str, faults: Faults) -> None:
        self._node = node
        self.file = file
        self.faults = faults

    @property
    def at(self) -> Location:
        """Where the value starts."""
        mark = self._node.start_mark
        return Location(self.file, mark.line + 1, mark.column + 1)

    def fault(self, message: str, hint: str | None = None, code: str = "criteria_invalid") -> None:
        """Report a fault here."""
        self.faults.add(self.at, message, hint, code)

    @property
    def is_mapping(self) -> bool:
        """Whether it holds keys and values."""
        return isinstance(self._node, yaml.MappingNode)

    @property
    def is_sequence(self) -> bool:
        """Whether it is a list."""
        return isinstance(self._node, yaml.SequenceNode)

    def mapping(
        self, known: Iterable[str] | None = None, required: Iterable[str] = ()
    ) -> dict[str, Node]:
        """Its keys and values; unknown and missing keys are faults."""
        if not isinstance(self._node, yaml.MappingNode):
            self.fault("a mapping of keys to values is needed here")
            return {}
        found: dict[str, Node] = {}
        accepted = None if known is None else set(known)
        for key_node, value_node in self._node.value:
            key = Node(key_node, self.file, self.faults)
            name = key.text()
            if name in found:
                key.fault(f'the key "{name}" stands here twice', code="duplicate_key")
            elif accepted is not None and name not in accepted:
                key.fault(f'unknown key "{name}"', did_you_mean(name, accepted), "unknown_key")
            else:
                found[name] = Node(value_node, self.file, self.faults)
        for name in required:
            if name not in found:
                self.fault(f'the key "{name}" is missing', code="missing_key")
        return found

    def key_location(self, name: str) -> Location:
        """Where a key of this mapping stands; the mapping's own place if it has no such key."""
        if isinstance(self._node, yaml.MappingNode):
            for key_node, _ in self._node.value:
                if getattr(key_node, "value", None) == name:
                    return Node(key_node, self.file, self.faults).at
        return self.at

    def sequence(self) -> list[Node]:
        """Its items."""
        if not isinstance(self._node, yaml.SequenceNode):
            self.fault("a list is needed here")
            return []
        return [Node(item, self.file, self.faults) for item in self._node.value]

    def text(self) -> str:
        """The text it holds, as written."""
        if not isinstance(self._node, yaml.ScalarNode):
            self.fault("a single value is needed here")
            return ""
        return str(self._node.value)

    def truth_value(self) -> bool | None:
        """True or false where the file says `true` or `false`, otherwise None."""
        if isinstance(self._node, yaml.ScalarNode) and not self._node.style:
            return {"true": True, "false": False}.get(self._node.value)
        return None

    def plain(self) -> Any:
        """Plain data: mappings, lists, texts, numbers, true, false and null; dates stay text."""
        if isinstance(self._node, yaml.MappingNode):
            return {name: value.plain() for name, value in self.mapping().items()}
        if isinstance(self._node, yaml.SequenceNode):
            return [item.plain() for item in self.sequence()]
        return self._scalar()

    def _scalar(self) -> Any:
        text = self.text()
        if isinstance(self._node, yaml.ScalarNode) and self._node.style:
            return text
        if text in ("true", "false"):
            return text == "true"
        if text in ("null", "~", ""):
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            return text
        if not number.is_finite():
            return text
        return int(number) if number == number.to_integral_value() and "." not in text else number


def read_yaml(path: Path, faults: Faults, *, shown: str | None = None) -> Node | None:
    """The one document of a YAML file, or None with the fault collected."""
    file = shown or path.name
    try:
        raw = path.read_bytes()
    except OSError as error:
        faults.add(Location(file), f"the file cannot be read: {error.strerror}", code="unreadable")
        return None
    if len(raw) > MAX_FILE_BYTES:
        faults.add(Location(file), f"the file is larger than {MAX_FILE_BYTES} bytes", code="too_large")
        return None
    try:
        text = raw.decode("utf-8-sig")
        documents = list(yaml.compose_all(text, Loader=_Loader))
    except UnicodeDecodeError:
        faults.add(Location(file), "the file is not UTF-8 text", "save it as UTF-8", "encoding")
        return None
    except RecursionError:
        faults.add(Location(file), "the file is nested too deeply", code="nested_too_deeply")
        return None
    except yaml.YAMLError as error:
        _add_yaml_error(error, file, faults)
        return None
    if len(documents) != 1 or documents[0] is None:
        faults.add(Location(file, 1, 1), "the file must hold exactly one YAML document", code="documents")
        return None
    if not _is_plain(documents[0], file, faults):
        return None
    return Node(documents[0], file, faults)


def _add_yaml_error(error: yaml.YAMLError, file: str, faults: Faults) -> None:
    mark = getattr(error, "problem_mark", None)
    place = Location(file, mark.line + 1, mark.column + 1) if mark else Location(file)
    problem = getattr(error, "problem", None) or "unreadable"
    faults.add(place, f"this is not YAML: {problem}", "check indentation, quotes and colons", "yaml")


def _is_plain(root: yaml.Node, file: str, faults: Faults) -> bool:
    """Refuse aliases, tags and deep nesting: criteria are plain data, each value written where it counts."""
    seen: set[int] = set()
    pending: list[tuple[yaml.Node, int]] = [(root, 0)]
    while pending:
        node, depth = pending.pop()
        place = Node(node, file, faults)
        if id(node) in seen:
            place.fault("YAML aliases are not used in criteria", "write the value out, or use a definition", "alias")
            return False
        seen.add(id(node))
        if depth > MAX_DEPTH:
            place.fault("the file is nested too deeply", code="nested_too_deeply")
            return False
        if node.tag not in _PLAIN_TAGS:
            place.fault("YAML tags are not used in criteria", "leave the tag out", "tag")
            return False
        pending.extend((child, depth + 1) for child in _inside(node))
    return True


def _inside(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
