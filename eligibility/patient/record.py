"""The patient record: everything a screening may know of one person."""

from __future__ import annotations

import difflib
import json
import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from eligibility.dates import Clock, PartialDate
from eligibility.errors import Fault, RecordError, did_you_mean
from eligibility.patient import sections as s
from eligibility.patient import vocabulary as v
from eligibility.patient.identifiers import is_identifying
from eligibility.patient.recorded import Listing, Model, Recorded
from eligibility.patient.spelling import Spelled
from eligibility.patient.values import AgeYears, EcogGrade, KarnofskyScore, Kilograms, When

MAX_DOCUMENT_BYTES = 1_000_000
MOST_FAULTS = 100
_MISSPELT = 0.7  # "ecgo" for "ecog", "symptoms" for "symptomatic"; the hint for others is looser, but repeats nothing
_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
SCREENING_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
ScreeningId = Annotated[str, StringConstraints(pattern=SCREENING_ID_PATTERN)]


class PatientRecord(Model):
    """What the chart says of one patient; anything may be missing, and then the answer may be unknown."""

    screening_id: ScreeningId | None = None
    """A study identifier; never a name or a hospital number."""
    sex: Recorded[Annotated[v.Sex, Spelled(v.Sex)]] = Recorded()
    """Sex as registered."""
    age_years: Recorded[AgeYears] = Recorded()
    """Age on the date the record is judged."""
    birth_date: Recorded[When] = Recorded()
    """Date of birth; may be partial."""
    weight_kg: Recorded[Kilograms] = Recorded()
    """Body weight; needed to estimate creatinine clearance."""
    ecog: Recorded[EcogGrade] = Recorded()
    """ECOG performance status 0 to 5, or a range such as 1-2."""
    karnofsky: Recorded[KarnofskyScore] = Recorded()
    """Karnofsky score, where no ECOG grade is recorded."""
    diagnosis: s.Diagnosis = s.Diagnosis()
    """The cancer itself."""
    specimens: Annotated[tuple[s.Specimen, ...], Field(max_length=20, strict=False)] = ()
    """Tumour specimens with their receptors."""
    treatments: Listing[s.Treatment] = Listing()
    """Every treatment of the cancer, and supportive treatments that affect blood counts."""
    labs: Annotated[tuple[s.LabResult, ...], Field(max_length=500, strict=False)] = ()
    """Laboratory results; the latest of each test counts."""
    lesions: Listing[s.Lesion] = Listing()
    """Lesions of the latest tumour assessment."""
    metastatic_sites: Listing[s.MetastaticSite] = Listing()
    """Organs with metastases."""
    cns: s.CnsDisease = s.CnsDisease()
    """Brain and spinal cord."""
    history: s.History = s.History()
    """Other conditions."""
    other_malignancies: Listing[s.Malignancy] = Listing()
    """Malignancies other than the cancer under treatment."""
    reproductive: s.Reproductive = s.Reproductive()
    """Reproductive status and contraception."""
    allergies: Listing[s.Allergy] = Listing()
    """Allergies."""
    steroids: Listing[s.SteroidUse] = Listing()
    """Steroids taken now or in the past."""
    consent: s.Consent = s.Consent()
    """Cognition and willingness."""

    @model_validator(mode="after")
    def _one_clock(self) -> PatientRecord:
        if len(_clocks_in(self)) > 1:
            raise PydanticCustomError(
                "clocks_mixed",
                "the record mixes calendar dates with day offsets; use one of them throughout",
            )
        return self

    @property
    def clock(self) -> Clock | None:
        """Which clock the record's dates are on; None when it holds no date."""
        return next(iter(_clocks_in(self)), None)


def _clocks_in(record: Model) -> set[Clock]:
    """The clocks of all dates of a record."""
    clocks: set[Clock] = set()
    waiting: list[object] = [record]
    while waiting:
        part = waiting.pop()
        if type(part) in _NEVER_DATED:
            continue
        if isinstance(part, PartialDate):
            clocks.add(part.clock)
        elif isinstance(part, Model):
            fields = part.__dict__
            waiting.extend([fields[name] for name in part.model_fields_set])
        elif isinstance(part, tuple):
            waiting.extend(part)
    return clocks


_NEVER_DATED = {str, bool, int, float, Decimal, type(None)}
"""Passed over at once: most of a record is made of them."""


def read_record(document: object, *, source: str | None = None) -> PatientRecord:
    """A record from parsed JSON; raises RecordError with every fault, none of which repeats a value."""
    try:
        return PatientRecord.model_validate(document)
    except ValidationError as error:
        raise RecordError(_faults(error, document), source=source) from None
    except RecursionError:
        raise RecordError([_nested_too_deeply()], source=source) from None


def read_record_json(text: str | bytes, *, source: str | None = None) -> PatientRecord:
    """A record from JSON text; duplicate keys, NaN, deep nesting and oversized input are refused."""
    if len(text) > MAX_DOCUMENT_BYTES:
        raise RecordError(
            [Fault("", "too_large", f"the document is larger than {MAX_DOCUMENT_BYTES} bytes")],
            source=source,
        )
    return read_record(parse_json(text, source), source=source)


def parse_json(text: str | bytes, source: str | None = None) -> object:
    """Strict JSON: no duplicate keys, no NaN, no nesting without end; raises RecordError."""
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        fault = Fault(
            f"line {error.lineno} column {error.colno}",
            "json_unreadable",
            "this is not JSON",
            "check for a missing comma, quote or bracket just before this place",
        )
    except UnicodeDecodeError:
        fault = Fault("", "encoding", "the file is not UTF-8 text", "save it as UTF-8 JSON")
    except RecursionError:
        fault = _nested_too_deeply()
    except _JsonFault as error:
        fault = error.fault
    except ValueError:
        fault = Fault("", "number_too_long", "a number has too many digits")
    raise RecordError([fault], source=source)


class _JsonFault(Exception):
    """Carries a fault out of the JSON parser's hooks."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise _JsonFault(Fault("", "duplicate_key", "an object holds the same key twice"))
    return document


def _refuse_constant(_: str) -> None:
    raise _JsonFault(
        Fault("", "not_finite", "NaN and infinity are not values", "leave the field out instead")
    )


def _nested_too_deeply() -> Fault:
    return Fault("", "nested_too_deeply", "the document is nested too deeply to be a record")


_MESSAGES = {
    "extra_forbidden": "unknown field",
    "missing": "this field is required here",
    "model_type": "an object in braces is needed here",
    "model_attributes_type": "an object in braces is needed here",
    "string_type": "a text in quotes is needed here",
    "string_unicode": "the text holds characters that no text may hold",
    "string_too_long": "the text is too long",
    "string_too_short": "the text is empty",
    "bool_type": "true or false is needed here",
    "tuple_type": "a list in brackets is needed here",
    "too_long": "the list is too long",
    "string_pattern_mismatch": "use letters, digits, dots, dashes and underscores, 64 at most",
}


def _faults(error: ValidationError, document: object) -> list[Fault]:
    """Pydantic's errors as ours: paths and vocabulary only, never the input."""
    found = error.errors(include_url=False, include_context=True, include_input=False)
    faults = [_fault(detail, document) for detail in found[:MOST_FAULTS]]
    if rest := len(found) - len(faults):
        faults.append(Fault("record", "more_faults", f"{rest} more faults are not listed"))
    return faults


def _fault(detail: ErrorDetails, document: object) -> Fault:
    # Recorded values nest one step deeper than what people write: ecog.value is ecog to them.
    steps = [str(step) for step in detail["loc"]]
    if len(steps) > 1 and steps[-1] == "value":
        steps = steps[:-1]
    path = ".".join(steps)
    message = _MESSAGES.get(detail["type"], detail["msg"])
    hint = None
    if detail["type"] == "extra_forbidden":
        *parents, key = steps
        if is_identifying(key):
            return Fault(
                ".".join([*parents, "?"]),
                "identifying_field",
                "this field looks as if it told who the patient is",
                f"leave key number {_ordinal(document, detail['loc'])} out; "
                "a screening_id of your own is all that is needed",
            )
        names = field_names(parents)
        hint = did_you_mean(key[:60], names)
        # Only a misspelt field name is repeated: any other key may be a value in the wrong place.
        if not _is_misspelt(key, names):
            path = ".".join([*parents, "?"])
            place = f"it is key number {_ordinal(document, detail['loc'])} here"
            hint = f"{place}; {hint}" if hint else place
    return Fault(path or "record", detail["type"], message, hint)


def _is_misspelt(key: str, names: list[str]) -> bool:
    """Whether a key is so close to a field name that it can be nothing else; a name or a word is not."""
    if not _FIELD_NAME.fullmatch(key):
        return False
    return bool(difflib.get_close_matches(key, names, n=1, cutoff=_MISSPELT))


def _ordinal(document: object, path: tuple[int | str, ...]) -> int:
    """Which key of its object an unknown key is, counted from 1."""
    *parents, key = path
    part: Any = document
    for step in parents:
        # A bare list stands for the items of a listing, so its path has one step more than it has.
        if isinstance(part, dict):
            part = part.get(step, part)
        elif isinstance(part, list) and isinstance(step, int):
            part = part[step]
    return list(part).index(key) + 1 if isinstance(part, dict) and key in part else 1


def field_names(steps: list[str]) -> list[str]:
    """The field names an object at this path accepts, for hints."""
    model: Any = PatientRecord
    for step in steps:
        if step.isdigit():
            continue
        field = model.model_fields.get(step) if hasattr(model, "model_fields") else None
        model = _model_within(field.annotation) if field else None
        if model is None:
            return []
    return list(model.model_fields)


def _model_within(annotation: Any) -> Any:
    """The model inside `tuple[Model, ...]`, `Model | None` or a plain model."""
    if hasattr(annotation, "model_fields"):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        if found := _model_within(part):
            return found
    return None
