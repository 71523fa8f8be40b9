"""The codes of every coded field of the record, with labels for people, and the units of laboratory tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from api.answers.operation import CodeAnswer, Vocabulary
from eligibility.findings.units import spellings_of
from eligibility.patient.record import PatientRecord
from eligibility.patient.recorded import ABSENT_WORDS, COMPLETE_WORDS, Model
from eligibility.patient.schema import declared
from eligibility.patient.spelling import Spelled
from eligibility.patient.vocabulary import LabTest
from eligibility.wording import words_of


def vocabulary() -> Vocabulary:
    """Fields by path, units by test, and the words that stand in the place of a value or a list."""
    return {
        "fields": {path: _codes(spelled) for path, spelled in sorted(_coded(PatientRecord, ""))},
        "units": {test.value: list(spellings_of(test)) for test in LabTest},
        "in_place_of_a_value": sorted(ABSENT_WORDS),
        "in_place_of_a_list": sorted({*ABSENT_WORDS, *COMPLETE_WORDS}),
    }


def _codes(spelled: Spelled) -> list[CodeAnswer]:
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
    """What is coded within a field: itself, its parts, or the items of its list."""
    yield from ((path, said) for said in metadata if isinstance(said, Spelled))
    arguments = getattr(annotation, "__pydantic_generic_metadata__", {}).get("args") or ()
    if _is_part(annotation) and not arguments:
        yield from _coded(annotation, f"{path}.")
        return
    for item in (*arguments, *get_args(annotation)):
        if _is_part(item):
            yield from _coded(item, f"{path}[].")
    for item in get_args(annotation):
        said = [each for each in getattr(item, "__metadata__", ()) if isinstance(each, Spelled)]
        yield from ((f"{path}[]", each) for each in said)


def _is_part(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Model)
