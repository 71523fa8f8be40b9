"""What the patient form sends, as the record, the order and the explanation that it means."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from starlette.datastructures import UploadFile

from api.decisions import Order
from api.guard import Refusal
from api.log.drafts import document_bytes
from api.pages.language import Language
from api.pages.patient_fields import HEAD, LABS, place_of
from api.pages.patient_profile import UNITS, from_profile, part_at, put_at
from api.pages.site import TOKEN
from api.problems import Problem
from api.screeners import screener_of
from eligibility.dates import anchors
from eligibility.errors import AnchorError, EligibilityError, Fault, RecordError
from eligibility.explanation import Explanation, explain
from eligibility.intake.columns import AS_OF, PLANNED_START, SCREENING_ID, ColumnPlan
from eligibility.intake.faults import TableError
from eligibility.patient.record import MAX_DOCUMENT_BYTES, parse_json, read_record
from eligibility.protocol.library import DEFAULT_TRIAL

CONTROLS = ("trial", "site_profile", "kept", "request_key", "profile_json", "profile_file", "act")
"""What the form has besides the columns of a table."""


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One thing wrong with the form, and the field it stands in; empty where it is no single field's."""

    field: str
    code: str
    message: str
    hint: str | None = None


class FormFaults(EligibilityError):
    """A form that cannot be screened; every fault with its field."""

    code = "form_unreadable"

    def __init__(self, faults: Iterable[FieldFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("the form holds what cannot be read")


@dataclass(frozen=True, slots=True)
class PatientForm:
    """A form as it was sent: every text as it was typed, by the name of its column, in the order of the page."""

    trial: str = DEFAULT_TRIAL
    site_profile: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, Any] = field(default_factory=dict)
    """Parts of a profile that the form has no fields for, by their path in the profile."""
    key: str = ""
    act: str = ""
    """The button that sent the form, where it was not one that screens."""
    pasted: str = ""
    today: str = ""
    """The day on which the form was sent, by the clock of the service."""

    def text(self, name: str) -> str:
        """What stands in a field."""
        return self.texts.get(name, "").strip()

    @property
    def as_of(self) -> str:
        """The day of judgement; today where the field is empty."""
        return self.text(AS_OF) or self.today

    @property
    def planned_start(self) -> str | None:
        """The planned first dose."""
        return self.text(PLANNED_START) or None

    @property
    def screening_id(self) -> str | None:
        """The patient's study identifier."""
        return self.text(SCREENING_ID) or None

    def order(self) -> Order:
        """What is to be screened, judged on the day that the form says; FormFaults if it cannot be read."""
        return Order(
            profile_of(self), self.trial, self.site_profile or None, self.as_of, self.planned_start
        )

    def idempotency_key(self) -> str:
        """The key of this form with this content: sent twice it is one entry, changed it is another."""
        order = self.order()
        said = [order.trial, order.profile, order.as_of, order.planned_start]
        content = document_bytes({"profile": order.profile_document, "said": said})
        return f"page-{self.key}-{hashlib.sha256(content).hexdigest()[:32]}"


def read_form(items: Iterable[tuple[str, str | UploadFile]], *, today: str) -> PatientForm:
    """The form that was sent today; Refusal for a field that no page of ours has."""
    controls: dict[str, str] = {}
    texts: dict[str, str] = {}
    for name, value in items:
        if name == TOKEN or isinstance(value, UploadFile):
            continue
        target = controls if name in CONTROLS else texts
        if name in target or (target is texts and place_of(name) is None):
            raise Refusal(Problem(422, "unknown_field", "the form has a field that no page has"))
        target[name] = value
    return PatientForm(
        trial=controls.get("trial") or DEFAULT_TRIAL,
        site_profile=controls.get("site_profile", ""),
        texts=texts,
        kept=_kept(controls.get("kept", "")),
        key=_key(controls.get("request_key", "")),
        act=controls.get("act", ""),
        pasted=controls.get("profile_json", ""),
        today=today,
    )


def form_of_profile(
    document: object,
    *,
    trial: str = DEFAULT_TRIAL,
    site_profile: str = "",
    as_of: str = "",
    planned_start: str = "",
    today: str = "",
) -> PatientForm:
    """The form filled from a profile; RecordError if the profile cannot be read."""
    filled = from_profile(document)
    texts = {**filled.texts, AS_OF: as_of, PLANNED_START: planned_start}
    return PatientForm(trial, site_profile, texts, filled.kept, today=today)


def profile_of(form: PatientForm) -> dict[str, Any]:
    """The profile that a form means, before it is checked; FormFaults if it cannot be put together."""
    try:
        document = _plan(_filled(form)).document(_cells(form))
    except TableError as error:
        raise FormFaults(_plain(error.faults)) from None
    except RecordError as error:
        raise FormFaults(_found(form, error.faults)) from None
    for unit, content in form.kept.items():
        if part_at(document, unit) is not None:
            raise FormFaults([_both(unit)])
        put_at(document, unit, copy.deepcopy(content))
    return document


def screened(form: PatientForm, language: Language = "en") -> tuple[Order, Explanation]:
    """The order and the explanation of a form; pure computation, nothing is logged; FormFaults."""
    order = form.order()
    with told_by_field(form):
        screener = screener_of(order.trial, order.profile)
        record = read_record(order.profile_document)
        dates = anchors(form.as_of, order.planned_start)
        return order, explain(screener.screen(record, dates), language)


@contextmanager
def told_by_field(form: PatientForm) -> Iterator[None]:
    """What cannot be screened is raised as FormFaults, with the fields of the form."""
    try:
        yield
    except RecordError as error:
        raise FormFaults(_found(form, error.faults)) from None
    except AnchorError as error:
        raise FormFaults([_of_dates(error)]) from None
    except EligibilityError as error:
        name = {"unknown_trial": "trial", "unknown_profile": "site_profile"}.get(error.code)
        if name is None:
            raise
        raise FormFaults([FieldFault(name, error.code, error.message)]) from None


def field_of(form: PatientForm, path: str) -> str:
    """The form's field at a path of the record: `treatments.items.0.kind` is `treatments.1.kind`."""
    if path in HEAD or place_of(path) is not None:
        return path
    names = _item_names(form)
    words = path.split(".")
    if words[0] == LABS and len(words) == 2:
        return f"{path}.value"
    for number, word in enumerate(words):
        if word.isdecimal():
            before = [each for each in words[:number] if each != "items"]
            listed = names.get(".".join(before), [])
            item = listed[int(word)] if int(word) < len(listed) else str(int(word) + 1)
            found = ".".join([*before, item, *words[number + 1 :]])
            if found.endswith(".value"):
                found = found if place_of(found) else found.removesuffix(".value")
            return found if place_of(found) is not None else ""
    return ""


def _item_names(form: PatientForm) -> dict[str, list[str]]:
    """By list, the items that say something, in the order in which they come to stand in the record."""
    found: dict[str, dict[str, None]] = {}
    for name in _filled(form):
        place = place_of(name)
        if place is not None and place.item and place.generic.rpartition(".")[2] not in _LABELS:
            found.setdefault(place.list_path, {})[place.item] = None
    return {path: list(items) for path, items in found.items()}


_LABELS = {"unit", "source"}


def _filled(form: PatientForm) -> tuple[str, ...]:
    filled = tuple(name for name, text in form.texts.items() if text.strip())
    return filled if SCREENING_ID in filled else (*filled, SCREENING_ID)


def _cells(form: PatientForm) -> list[str]:
    return [form.text(name) for name in _filled(form)]


@lru_cache(maxsize=128)
def _plan(header: tuple[str, ...]) -> ColumnPlan:
    """While somebody types, the same fields are filled again and again."""
    return ColumnPlan.from_header(header)


def _found(form: PatientForm, faults: Iterable[Fault]) -> list[FieldFault]:
    """The faults of a record with the fields of the form that they come from."""
    plan, cells = _plan(_filled(form)), _cells(form)
    return [
        FieldFault(_field(plan, cells, each.path), each.code, each.message, each.hint)
        for each in faults
    ]


def _field(plan: ColumnPlan, cells: list[str], path: str) -> str:
    return path if path in HEAD else plan.column_of(path, cells) or ""


def _plain(faults: Iterable[Fault]) -> list[FieldFault]:
    return [FieldFault(each.path, each.code, each.message, each.hint) for each in faults]


def _of_dates(error: AnchorError) -> FieldFault:
    named = error.location.path if error.location else None
    return FieldFault(named or PLANNED_START, error.code, error.message, error.hint)


def _both(unit: str) -> FieldFault:
    return FieldFault("", "kept_and_typed", f"{unit} is typed and also kept from a profile")


def _kept(text: str) -> dict[str, Any]:
    if not text.strip():
        return {}
    try:
        document = parse_json(text) if len(text) <= MAX_DOCUMENT_BYTES else None
    except RecordError:
        document = None
    if not isinstance(document, dict) or not UNITS.issuperset(document):
        raise Refusal(
            Problem(422, "unknown_field", "the part kept from a profile is not as we sent it")
        )
    return document


def _key(text: str) -> str:
    return text if text.isascii() and text.isalnum() and len(text) <= 64 else ""
