"""A mapping: how the columns and codes of a table with other names become those of the record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from eligibility.errors import Fault, did_you_mean
from eligibility.intake.faults import MappingError
from eligibility.intake.tables import DELIMITERS, Layout
from eligibility.patient.recorded import absent_reason
from eligibility.patient.vocabulary import AbsentReason

MAX_MAPPING_BYTES = 1_000_000

Name = Annotated[str, Field(min_length=1, max_length=200)]


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _word_of_absence(word: object) -> AbsentReason:
    reason = absent_reason(word) if isinstance(word, str) else None
    if reason is None:
        hint = did_you_mean(str(word)[:60], AbsentReason) or ""
        raise PydanticCustomError(
            "unknown_code", "not a reason for absence: {hint}", {"hint": hint}
        )
    return reason


def _beside_the_table(name: str) -> str:
    path = Path(name)
    if path.is_absolute() or ".." in path.parts:
        raise PydanticCustomError(
            "join_path", "joined tables lie beside the table or below its folder"
        )
    return name


OneOrMore = Annotated[tuple[Name, ...], BeforeValidator(_one_or_many), Field(min_length=1)]
Reason = Annotated[AbsentReason, BeforeValidator(_word_of_absence)]
_FileName = Annotated[Name, AfterValidator(_beside_the_table)]
FileNames = Annotated[tuple[_FileName, ...], BeforeValidator(_one_or_many), Field(min_length=1)]


class Translation(BaseModel):
    """What a mapping says of one table, be it the table of patients or one joined to it."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True
    )

    columns: dict[Name, OneOrMore] = {}
    """Source column -> field or fields; of several columns for a field the first filled counts."""
    values: dict[Name, dict[str, str]] = {}
    """Source column or field -> codes and their meanings; `"*"` is any other, "" says nothing."""
    day_offsets: list[Name] = []
    """Source columns whose whole numbers are days from the record's day zero."""
    separators: dict[Name, Annotated[str, Field(min_length=1, max_length=10)]] = {}
    """Source column -> the signs that separate several entries in one cell, besides `;` and `|`."""
    constants: dict[Name, Name] = {}
    """Field -> the value it has in every row."""
    ignore: Literal["*"] | list[Name] = []
    """Source columns that are not used; `"*"` stands for all that are not named elsewhere."""
    skip_lines: Annotated[int, Field(ge=0, le=100)] = 0
    """How many lines after the header hold no rows."""
    delimiter: Literal["comma", "semicolon", "tab"] | None = None
    """Detected from the header where it is not given."""
    encoding: Literal["utf-8", "utf-16", "cp1252", "gb18030"] | None = None
    """UTF-8 where it is not given; UTF-16 is recognised by its first bytes."""
    as_of: Annotated[tuple[Name, ...], BeforeValidator(_one_or_many)] = ()
    """Source columns of days on which she was known; the latest is the row's `as_of`."""

    def layout(self, encoding: str | None = None) -> Layout:
        """The form of the table; an encoding asked for at the call wins."""
        delimiter = DELIMITERS[self.delimiter] if self.delimiter else None
        return Layout(delimiter, encoding or self.encoding, self.skip_lines)


class Join(Translation):
    """Another table with rows about the same patients; each row becomes an item of a list."""

    table: FileNames
    """File name beside the table of patients; of several names the first that exists."""
    key: Name
    """Source column with the patient's id."""
    items: Name | None = None
    """The list its rows are items of, such as `treatments`; without it only `as_of` is read."""


class Mapping(Translation):
    """The whole mapping file."""

    id: Name
    """Source column of the screening id."""
    planned_start: Name | None = None
    """Source column of the planned first dose, where rows have their own."""
    missing: dict[str, Reason] = {}
    """Codes for missing values -> why there is none: not_recorded, not_done, pending ..."""
    joins: list[Join] = []
    """Other tables with rows about the same patients."""
    _sha256: str | None = PrivateAttr(default=None)

    @property
    def sha256(self) -> str | None:
        """The hash of the file it was read from; None for one that never was a file."""
        return self._sha256


def read_mapping(path: Path) -> Mapping:
    """The mapping in a YAML file; raises MappingError with every fault, named by file and path."""
    try:
        content = path.read_bytes()[: MAX_MAPPING_BYTES + 1]
    except OSError as error:
        fault = Fault("", "not_found", "the mapping cannot be opened", error.strerror)
        raise MappingError([fault], source=path.name) from None
    if len(content) > MAX_MAPPING_BYTES:
        fault = Fault("", "too_large", f"a mapping has at most {MAX_MAPPING_BYTES} bytes")
        raise MappingError([fault], source=path.name)
    mapping = mapping_from(_parsed(content, path.name), source=path.name)
    mapping._sha256 = hashlib.sha256(content).hexdigest()
    return mapping


def mapping_from(document: object, *, source: str | None = None) -> Mapping:
    """A mapping from parsed YAML whose scalars are all texts."""
    try:
        return Mapping.model_validate(document)
    except ValidationError as error:
        faults = [_fault(detail) for detail in error.errors(include_url=False, include_input=False)]
        raise MappingError(_distinct(faults), source=source) from None


class _TextLoader(yaml.BaseLoader):
    """YAML in which every scalar stays text, so that `no`, `010` and `1:30` mean what they say."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call] # PyYAML's stubs leave it out
            raise yaml.MarkedYAMLError(
                problem="aliases (*name) are not used here", problem_mark=event.start_mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            raise yaml.MarkedYAMLError(
                problem="a key is given twice in this block", problem_mark=node.start_mark
            )
        return mapping


def _parsed(content: bytes, name: str) -> object:
    try:
        # A subclass of BaseLoader: it builds texts, lists and dicts, and nothing else.
        return yaml.load(content, Loader=_TextLoader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1} column {mark.column + 1}" if mark else ""
        fault = Fault(place, "yaml_unreadable", f"this is not YAML: {error.problem}")
    except (yaml.YAMLError, UnicodeDecodeError):
        fault = Fault("", "yaml_unreadable", "this is not YAML text in UTF-8")
    except (RecursionError, TypeError):
        fault = Fault("", "yaml_unreadable", "the mapping is nested too deeply or has odd keys")
    raise MappingError([fault], source=name)


_MESSAGES = {
    "extra_forbidden": "unknown key",
    "missing": "this key is required",
    "string_type": "a text is needed here",
    "dict_type": "source and target in pairs are needed here",
    "list_type": "a list is needed here",
    "model_type": "keys and values are needed here",
    "int_parsing": "a whole number is needed here",
    "string_too_short": "a text is needed here",
}


def _fault(detail: ErrorDetails) -> Fault:
    steps = [str(step) for step in detail["loc"] if not str(step).startswith(("list[", "literal["))]
    kind = detail["type"]
    keys = Join.model_fields if steps[:1] == ["joins"] else Mapping.model_fields
    hint = did_you_mean(steps[-1][:60], keys) if kind == "extra_forbidden" and steps else None
    return Fault(".".join(steps), kind, _MESSAGES.get(kind, detail["msg"]), hint)


def _distinct(faults: list[Fault]) -> Iterator[Fault]:
    """One fault per place: a union reports each of its branches."""
    seen: set[str] = set()
    for fault in faults:
        if fault.path not in seen:
            seen.add(fault.path)
            yield fault
