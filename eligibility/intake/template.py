"""The table to hand to a site: its columns with a filled example, and what each accepts."""

from __future__ import annotations

import copy
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

from eligibility.intake.columns import AS_OF, PLANNED_START, SCREENING_ID
from eligibility.intake.example import EXAMPLE_AS_OF, EXAMPLE_PLANNED_START, EXAMPLE_PROFILE
from eligibility.intake.fields import ANY_NUMBER, FieldNote, Item, Shape, Step, all_fields, resolve
from eligibility.patient.meanings import meaning_of
from eligibility.patient.recorded import Recorded
from eligibility.patient.values import Bounds

_TREATMENT = "kind agents setting line start last_dose ongoing outpatient progression"
_LESION = "kind longest_diameter_mm short_axis_mm method slice_thickness_mm irradiated"
_IN_OWN_UNIT = ("anc", "lymphocytes", "platelets", "haemoglobin", "creatinine_clearance", "albumin")
_IN_TIMES_ULN = ("ast", "alt", "alp", "bilirubin", "inr", "aptt")


def template_columns() -> list[str]:
    """The columns of the template, in the order a chart is read."""
    return [
        *_words("screening_id as_of planned_start sex age_years weight_kg ecog ecog.date"),
        *_under("diagnosis", "cancer extent confirmation"),
        *_under("specimens.1", "site date er_percent pr_percent her2_ihc her2_ish"),
        "treatments.complete",
        *(
            c
            for n in (1, 2, 3)
            for c in _under(f"treatments.{n}", f"{_TREATMENT} progression_timing")
        ),
        *(c for test in _IN_OWN_UNIT for c in _under(f"labs.{test}", "value unit date")),
        *(
            column
            for test in _IN_TIMES_ULN
            for column in _under(f"labs.{test}", "value unit upper_limit_of_normal date")
        ),
        *_under("labs.eosinophils", "value unit upper_limit_of_normal date"),
        "lesions.complete",
        *(column for number in (1, 2) for column in _under(f"lesions.{number}", _LESION)),
        *_words("metastatic_sites metastatic_sites.complete"),
        *_under(
            "cns", "known_metastases symptomatic treated treatment_end progressing leptomeningeal"
        ),
        *_under(
            "history",
            "autoimmune cardiovascular eosinophil_mast_cell gilbert_syndrome anticoagulated",
        ),
        *_words("other_malignancies other_malignancies.1.type other_malignancies.1.diagnosed"),
        "other_malignancies.1.last_active",
        *_under(
            "reproductive",
            "status pregnancy_test pregnancy_test.date breastfeeding intends_pregnancy contraception",
        ),
        *_words("allergies allergies.1.kind allergies.1.substance steroids"),
        *_under("steroids.1", "kind route pattern ongoing last_dose"),
        *_under("consent", "cognitive_ability willing_to_participate willing_to_be_followed_up"),
    ]


def _words(text: str) -> list[str]:
    return text.split()


def _under(prefix: str, names: str) -> Iterator[str]:
    return (f"{prefix}.{name}" for name in names.split())


def example_profile() -> dict[str, Any]:
    """A whole synthetic patient as a JSON document, fit for `eligibility screen`."""
    return copy.deepcopy(EXAMPLE_PROFILE)


def template_csv() -> str:
    """The template as CSV: a line of column names and one line with the example patient."""
    columns = template_columns()
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerow(example_cell(column) for column in columns)
    return stream.getvalue()


def example_cell(column: str) -> str:
    """What the example patient has in a column; empty where she has nothing."""
    if column == AS_OF:
        return EXAMPLE_AS_OF
    if column == PLANNED_START:
        return EXAMPLE_PLANNED_START
    target = resolve(column)
    node = _at(EXAMPLE_PROFILE, target.steps)
    if target.shape is Shape.RECORDED and isinstance(node, dict):
        node = node.get("value")
    return _cell(node, target.shape)


def _at(node: Any, steps: tuple[Step, ...]) -> Any:
    """The part of the example at a path, None where it has nothing there."""
    for step in steps:
        if isinstance(step, Item):
            node = _item(node, step)
        elif isinstance(node, dict):
            node = node.get(step)
        else:
            # A bare value stands for its `value`; of a word such as "none" there are no parts.
            node = None
    return node


def _item(items: Any, step: Item) -> Any:
    matching = [item for item in items or [] if not step.key or item.get(step.key) == step.code]
    return matching[step.number - 1] if step.number <= len(matching) else None


def _cell(node: Any, shape: Shape) -> str:
    if isinstance(node, bool):
        return "yes" if node else "no"
    if isinstance(node, list) and shape is Shape.TEXTS:
        return "; ".join(node)
    if shape is Shape.LISTING:
        return _listing_cell(node)
    return "" if node is None else str(node)


def _listing_cell(node: Any) -> str:
    """A list in one cell: its codes where items are nothing but a code, or the word for it."""
    items = node.get("items", []) if isinstance(node, dict) else node
    if isinstance(items, list):
        codes = [next(iter(item.values())) for item in items if len(item) == 1]
        return "; ".join(codes) if len(codes) == len(items) else ""
    return "" if items is None else str(items)


@dataclass(frozen=True, slots=True)
class ColumnNote:
    """What a column means and takes; `N` in its name stands for a number from 1."""

    column: str
    meaning: str
    unit: str
    accepts: str
    example: str


@cache
def describe() -> tuple[ColumnNote, ...]:
    """A note on every column a table may have."""
    return (*(_note(field) for field in all_fields()), *_row_notes(), *_part_notes())


_SCREENING_ID = "letters, digits, dots, dashes and underscores, 64 at most"


def _note(field: FieldNote) -> ColumnNote:
    column = field.path
    first = column.replace(f".{ANY_NUMBER}.", ".1.")
    unit = next((m.unit for m in field.markers if isinstance(m, Bounds)), None)
    accepts = _SCREENING_ID if column == SCREENING_ID else _accepted(field)
    return ColumnNote(column, field.meaning, unit or "", accepts, example_cell(first))


def _accepted(field: FieldNote) -> str:
    match field.shape:
        case Shape.FLAG:
            return "yes, no"
        case Shape.TEXTS:
            return "text; several separated by ; or |"
        case Shape.LISTING:
            codes = _schema_words(field)
            return f"none; or several of these, separated by ;: {codes}" if codes else "none"
        case _:
            words = _schema_words(field) or "text"
            if field.names_the_item:
                return f"{words}; the word may stand in place of {ANY_NUMBER}"
            return words


def _schema_words(field: FieldNote) -> str:
    """The accepted spellings as the record's own JSON schema words them."""
    if field.owner is None:
        return ""
    return "; ".join(_words_of(_property(field.owner, field.name)))


@cache
def _properties(owner: type[BaseModel]) -> dict[str, Any]:
    properties: dict[str, Any] = owner.model_json_schema()["properties"]
    return properties


def _property(owner: type[BaseModel], name: str) -> dict[str, Any]:
    """The schema of a field without its docstring: that says what it means, not what it takes."""
    schema: dict[str, Any] = _properties(owner)[name]
    return {key: value for key, value in schema.items() if key != "description"}


def _words_of(schema: dict[str, Any]) -> Iterator[str]:
    if "enum" in schema:
        yield ", ".join(schema["enum"])
    elif "description" in schema:
        yield schema["description"]
    else:
        for part in schema.get("anyOf", ()):
            yield from _words_of(part)


def _row_notes() -> Iterator[ColumnNote]:
    date = 'date as "2024-05-17", or "day 120" in de-identified tables'
    yield ColumnNote(
        AS_OF, "The date this row is judged on, instead of the run's.", "", date, EXAMPLE_AS_OF
    )
    yield ColumnNote(
        PLANNED_START, "Planned first dose, instead of the run's.", "", date, EXAMPLE_PLANNED_START
    )


def _part_notes() -> Iterator[ColumnNote]:
    """What may be said of any field that holds a value."""
    for name in ("date", "source", "absent"):
        words = "; ".join(_words_of(_property(Recorded[str], name))) or "text"
        yield ColumnNote(f"FIELD.{name}", meaning_of(Recorded, name), "", words, "")
