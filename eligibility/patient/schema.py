"""The JSON schema of a record as it is published: with every short form that a record accepts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from eligibility.patient.record import PatientRecord
from eligibility.patient.recorded import ABSENT_WORDS, COMPLETE_WORDS, Model

Schema = dict[str, Any]


def record_schema() -> Schema:
    """The schema of a whole record, with its parts under `$defs`."""
    parts = definitions("#/$defs/{model}")
    return {**parts.pop(PatientRecord.__name__), "$defs": parts}


def definitions(ref_template: str) -> dict[str, Schema]:
    """The schema of every part of a record, and of the record itself, by name."""
    whole = PatientRecord.model_json_schema(ref_template=ref_template)
    parts: dict[str, Schema] = whole.pop("$defs")
    # Pydantic numbers what it cannot tell apart; the titles are names of our own, and stay when fields are added.
    refs = {
        ref_template.format(model=name): ref_template.format(model=part["title"])
        for name, part in parts.items()
    }
    named = {part["title"]: _with_short_forms(part) for part in parts.values()}
    named[PatientRecord.__name__] = whole
    return {name: _referring(part, refs) for name, part in named.items()}


@lru_cache(maxsize=512)
def declared(model: type[Model], name: str) -> tuple[object, ...]:
    """What a field's type says of its values: the codes they are spelled in, their bounds and unit.

    The only place that reads how pydantic keeps the arguments of `Recorded[...]`.
    """
    annotation = model.model_fields[name].annotation
    generic = getattr(annotation, "__pydantic_generic_metadata__", {})
    return tuple(
        said
        for argument in generic.get("args", ())
        for said in getattr(argument, "__metadata__", ())
    )


def _referring(part: Any, refs: Mapping[str, str]) -> Any:
    """The same with every reference as it is called now."""
    if isinstance(part, dict):
        return {
            key: refs[value] if key == "$ref" else _referring(value, refs)
            for key, value in part.items()
        }
    return [_referring(each, refs) for each in part] if isinstance(part, list) else part


def _with_short_forms(part: Schema) -> Schema:
    """The bare value or list, and the words for absence, beside the whole object."""
    if part["title"].startswith("Recorded"):
        value: list[Schema] = part["properties"]["value"]["anyOf"]
        return _any_of(part, *value, {"type": "string", "enum": sorted(ABSENT_WORDS)})
    if part["title"].startswith("ListOf"):
        words = sorted({*ABSENT_WORDS, *COMPLETE_WORDS})
        items = {key: part["properties"]["items"][key] for key in ("type", "items", "maxItems")}
        return _any_of(part, items, {"type": "string", "enum": words}, {"type": "null"})
    return part


def _any_of(part: Schema, *short_forms: Schema) -> Schema:
    return {"description": part.get("description", ""), "anyOf": [*short_forms, part]}
