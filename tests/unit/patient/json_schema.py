"""A validator for the few words of JSON Schema that the record's schema uses; any other is an error."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

Schema = dict[str, Any]

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
ANNOTATIONS = {"title", "description", "default", "$defs", "example"}


def accepts(schema: Schema, value: object, root: Schema) -> bool:
    """Whether a value is valid; raises KeyError on a reference or a word that leads nowhere."""
    words = [word for word in schema if word not in ANNOTATIONS]
    return all(CHECKS[word](schema, value, root) for word in words)


def _sized(value: Any, kind: type[str] | type[list[Any]], low: float, high: float) -> bool:
    return not isinstance(value, kind) or low <= len(value) <= high


def _within(value: Any, low: float, high: float) -> bool:
    return not isinstance(value, (int, float)) or low <= value <= high


def _properties(schema: Schema, value: Any, root: Schema) -> bool:
    if not isinstance(value, dict):
        return True
    parts: Schema = schema["properties"]
    return all(accepts(parts[name], value[name], root) for name in parts if name in value)


def _no_others(schema: Schema, value: Any, root: Schema) -> bool:
    assert schema["additionalProperties"] is False
    return not isinstance(value, dict) or set(value) <= set(schema["properties"])


def _items(schema: Schema, value: Any, root: Schema) -> bool:
    return not isinstance(value, list) or all(accepts(schema["items"], v, root) for v in value)


def _pattern(schema: Schema, value: Any, root: Schema) -> bool:
    return not isinstance(value, str) or re.search(schema["pattern"], value) is not None


INFINITE = float("inf")
CHECKS: dict[str, Callable[[Schema, Any, Schema], bool]] = {
    "$ref": lambda schema, value, root: accepts(resolved(schema["$ref"], root), value, root),
    "anyOf": lambda schema, value, root: any(accepts(s, value, root) for s in schema["anyOf"]),
    "type": lambda schema, value, root: type(value) in TYPES[schema["type"]],
    "enum": lambda schema, value, root: value in schema["enum"],
    "minimum": lambda schema, value, root: _within(value, schema["minimum"], INFINITE),
    "maximum": lambda schema, value, root: _within(value, -INFINITE, schema["maximum"]),
    "minLength": lambda schema, value, root: _sized(value, str, schema["minLength"], INFINITE),
    "maxLength": lambda schema, value, root: _sized(value, str, 0, schema["maxLength"]),
    "maxItems": lambda schema, value, root: _sized(value, list, 0, schema["maxItems"]),
    "required": lambda schema, value, root: (
        not isinstance(value, dict) or set(schema["required"]) <= set(value)
    ),
    "pattern": _pattern,
    "items": _items,
    "properties": _properties,
    "additionalProperties": _no_others,
}


def resolved(reference: str, root: Schema) -> Schema:
    """What a reference leads to."""
    part: Any = root
    for step in reference.removeprefix("#/").split("/"):
        part = part[step]
    found: Schema = part
    return found


def references(part: object) -> Iterator[str]:
    """Every reference in a document."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)
