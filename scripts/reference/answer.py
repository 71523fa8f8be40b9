"""The page about the JSON document: every key of an answer, from the shape that the code gives it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter

from api.answers.decisions import LoggedAnswer
from reference.markdown import code, table

_REFERENCE = "#/$defs/"


def meanings() -> dict[str, str]:
    """What every key means, by its path, in the order of the document."""
    schema = TypeAdapter(LoggedAnswer).json_schema()
    return dict(_keys(schema, schema["$defs"], ""))


def _keys(shape: dict[str, Any], shapes: dict[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, field in shape["properties"].items():
        path = f"{prefix}{name}"
        yield path, field["description"]
        for part, inner in _inside(field, path):
            named = shapes[part["$ref"].removeprefix(_REFERENCE)] if "$ref" in part else {}
            if "properties" in named:
                yield from _keys(named, shapes, f"{inner}.")


def _inside(field: dict[str, Any], path: str) -> Iterator[tuple[dict[str, Any], str]]:
    """What a field may hold, with the path of it: itself, one of several kinds, or the items of a list."""
    yield field, path
    for kind in field.get("anyOf", ()):
        yield kind, path
    if "items" in field:
        yield field["items"], f"{path}[]"


def page() -> str:
    """The keys with their meanings; a key without a meaning is an error here."""
    rows = [(code(path), meaning) for path, meaning in meanings().items()]
    parts = [
        "# The answer as JSON",
        "What `eligibility screen --json` prints (a list of these for several files) and `POST /v1/screenings`\n"
        "returns. Keys are stable; the wording of texts is not. Dates are ISO dates, or `day N` where the record\n"
        "counts days. `entry` stands only in answers of the service. `/openapi.json` has all shapes as schemas; in\n"
        "Python this one is `eligibility.reports.answer.Answer`.",
        table(("key", "meaning"), rows),
    ]
    return "\n\n".join(parts)
