"""The codes of every coded field of the record, with labels for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from eligibility.patient.record import PatientRecord
from eligibility.patient.recorded import ABSENT_WORDS, COMPLETE_WORDS, Model
from eligibility.patient.schema import declared
from eligibility.patient.spelling import Spelled
from eligibility.wording import words_of


def vocabulary() -> dict[str, Any]:
    """Fields by path, and the words that stand in the place of a value or a list."""
    return {
        "fields": {path: _codes(spelled) for path, spelled in sorted(_coded(PatientRecord, ""))},
        "in_place_of_a_value": sorted(ABSENT_WORDS),
        "in_place_of_a_list": sorted({*ABSENT_WORDS, *COMPLETE_WORDS}),
    }


def _codes(spelled: Spelled) -> list[dict[str, Any]]:
    return [
        {
            "code": code.value,
            "label": words_of(code.value),
            "spellings": sorted(
                text
                for text, meant in spelled.accepted.items()
                if meant is code and text != code.value
            ),
        }
        for code in spelled.codes
    ]


def _coded(kind: type[Model], prefix: str) -> Iterator[tuple[str, Spelled]]:
    """Every field of a part of the record that holds a code; items of lists stand under `[]`."""
    for name, field in kind.model_fields.items():
        path = f"{prefix}{name}"
        for said in declared(kind, name):
            if isinstance(said, Spelled):
                yield path, said
        yield from _inside(field.annotation, field.metadata, path)


def _inside(annotation: Any, metadata: list[Any], path: str) -> Iterator[tuple[str, Spelled]]:
    for said in metadata:
        if isinstance(said, Spelled):
            yield path, said
    generic = getattr(annotation, "__pydantic_generic_metadata__", {}).get("args") or ()
    if isinstance(annotation, type) and issubclass(annotation, Model) and not generic:
        yield from _coded(annotation, f"{path}.")
        return
    for part in (*generic, *get_args(annotation)):
        if isinstance(part, type) and issubclass(part, Model):
            yield from _coded(part, f"{path}[].")
    for part in get_args(annotation):
        for said in getattr(part, "__metadata__", ()):
            if isinstance(said, Spelled):
                yield f"{path}[]", said
