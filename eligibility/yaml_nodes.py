"""YAML with places: every value knows its file, line and column, and every fault is collected."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from eligibility.errors import CriteriaError, Location, did_you_mean

MAX_FILE_BYTES = 1_000_000
MAX_DEPTH = 60
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SHAPES = ("mapping_needed", "list_needed", "value_needed")
_LEADING_ZERO = re.compile(r"[+-]?0\d+(\.\d*)?")


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
        self._misshapen: set[Location] = set()

    def add(
        self, at: Location, message: str, hint: str | None = None, code: str = "criteria_invalid"
    ) -> None:
        """Remember one fault; what follows only from a value of the wrong shape is left out."""
        if at in self._misshapen:
            return
        if code in _SHAPES:
            self._misshapen.add(at)
        self.found.append(CriteriaFault(at, message, hint, code))

    def raise_if_any(self) -> None:
        """Raise one error that lists every fault found."""
        if self.found:
            raise CriteriaFilesError(sorted(self.found, key=in_fault_order))


def in_fault_order(fault: CriteriaFault) -> tuple[str, int, int]:
    """What faults are sorted by: file, line, column."""
    return fault.at.source or "", fault.at.line or 0, fault.at.column or 0


class CriteriaFilesError(CriteriaError):
    """Criteria that cannot be loaded; `faults` lists every reason, in file order."""

    def __init__(self, faults: Iterable[CriteriaFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def within(self, folder: Path) -> CriteriaFilesError:
        """The same faults with the trial's folder in their places, for who looks at several trials."""
        name = folder.resolve().name
        places = (replace(each.at, source=f"{name}/{each.at.source}") for each in self.faults)
        return CriteriaFilesError(
            replace(fault, at=at) for fault, at in zip(self.faults, places, strict=True)
        )


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
            self.fault(
                "keys with values are needed here", "write them as `key: value`", "mapping_needed"
            )
            return {}
        found: dict[str, Node] = {}
        accepted = None if known is None else set(known)
        for key_node, value_node in self._node.value:
            key = Node(key_node, self.file, self.faults)
            name = key.text()
            if name in found:
                key.fault(f'the key "{name}" stands here twice', "delete one", "duplicate_key")
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
            self.fault(
                "a list is needed here",
                "write it as `[a, b]`, or one `- a` per line",
                "list_needed",
            )
            return []
        return [Node(item, self.file, self.faults) for item in self._node.value]

    def text(self) -> str:
        """The text it holds, as written."""
        if not isinstance(self._node, yaml.ScalarNode):
            self.fault("one value is needed here, not several", code="value_needed")
            return ""
        return str(self._node.value)

    def sentence(self) -> str:
        """The text it holds on one line; nothing at all is a fault."""
        text = " ".join(self.text().split())
        if not text:
            self.fault("a text is needed here", "write one", "empty_text")
        return text

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
        if _LEADING_ZERO.fullmatch(text):
            hint = "put it in quotes if it is a name, else leave the zero out"
            self.fault("a number does not start with 0", hint, "leading_zero")
            return text
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
    text = _read_text(path, Location(file), faults)
    if text is None:
        return None
    try:
        if not _is_plain(text, file, faults):
            return None
        documents = list(yaml.compose_all(text, Loader=_Loader))
    except yaml.YAMLError as error:
        _add_yaml_error(error, text, file, faults)
        return None
    if len(documents) != 1 or documents[0] is None:
        message = "the file must hold exactly one YAML document"
        faults.add(Location(file, 1, 1), message, f"it holds {len(documents)}", "documents")
        return None
    return Node(documents[0], file, faults)


def _read_text(path: Path, at: Location, faults: Faults) -> str | None:
    try:
        raw = path.read_bytes()
    except OSError as error:
        faults.add(at, f"the file cannot be read: {error.strerror}", code="unreadable")
        return None
    if len(raw) > MAX_FILE_BYTES:
        message = f"the file is larger than {MAX_FILE_BYTES} bytes"
        faults.add(at, message, "split it, or check that it is the right file", "too_large")
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        at = Location(at.source, line, column)
        faults.add(at, "the file is not UTF-8 text", "save it as UTF-8", "encoding")
        return None


def _add_yaml_error(error: yaml.YAMLError, text: str, file: str, faults: Faults) -> None:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
    hint = "check indentation, quotes and colons"
    if mark is None:
        faults.add(Location(file), f"this is not YAML: {problem}", hint, "yaml")
        return
    lines = text.split("\n")
    if mark.line < len(lines) and "\t" in lines[mark.line][: mark.column + 1]:
        problem, hint = "a tab stands where spaces belong", "indent with spaces"
    at = Location(file, mark.line + 1, mark.column + 1)
    faults.add(at, f"this is not YAML: {problem}", hint, "yaml")


def _is_plain(text: str, file: str, faults: Faults) -> bool:
    """Refuse aliases, tags and deep nesting: criteria are plain data, written where they count.

    The events are read before anything is built: building a deeply nested file exhausts the stack.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        fault = _refusal(event, depth)
        if fault is not None:
            mark = event.start_mark
            assert mark is not None  # the parser marks every event
            at = Location(file, mark.line + 1, mark.column + 1)
            faults.add(at, fault.message, fault.hint, fault.code)
            return False
    return True


class _Refusal(NamedTuple):
    message: str
    hint: str
    code: str


def _refusal(event: yaml.Event, depth: int) -> _Refusal | None:
    if depth > MAX_DEPTH:
        hint = "give the inner conditions names under definitions"
        return _Refusal("the file is nested too deeply", hint, "nested_too_deeply")
    if isinstance(event, yaml.AliasEvent):
        hint = "write the value out, or use a definition"
        return _Refusal("YAML aliases are not used in criteria", hint, "alias")
    if getattr(event, "tag", None) is not None:
        return _Refusal("YAML tags are not used in criteria", "leave the tag out", "tag")
    return None
