"""A validator for the few words of JSON Schema that the record's schema uses; any other is an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
    """Whether a value is valid; raises KeyError on a reference that leads nowhere."""
    return all(_holds(word, schema, value, root) for word in schema if word not in ANNOTATIONS)


def _holds(word: str, schema: Schema, value: Any, root: Schema) -> bool:
    limit = schema[word]
    match word:
        case "$ref":
            return accepts(resolved(limit, root), value, root)
        case "anyOf":
            return any(accepts(part, value, root) for part in limit)
        case "type":
            return type(value) in TYPES[limit]
        case "enum":
            return value in limit
        case "pattern":
            return not isinstance(value, str) or re.search(limit, value) is not None
        case "minimum":
            return not isinstance(value, (int, float)) or value >= limit
        case "maximum":
            return not isinstance(value, (int, float)) or value <= limit
        case "minLength":
            return not isinstance(value, str) or len(value) >= limit
        case "maxLength":
            return not isinstance(value, str) or len(value) <= limit
        case "maxItems":
            return not isinstance(value, list) or len(value) <= limit
        case "items":
            return not isinstance(value, list) or all(accepts(limit, each, root) for each in value)
        case "properties":
            return not isinstance(value, dict) or all(
                accepts(part, value[name], root) for name, part in limit.items() if name in value
            )
        case "required":
            return not isinstance(value, dict) or set(limit) <= set(value)
        case "additionalProperties":
            assert limit is False
            return not isinstance(value, dict) or set(value) <= set(schema["properties"])
        case _:
            raise AssertionError(f"the schema uses {word}, which this validator does not know")


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
