"""The fields of the patient form: which columns of our tables it has, in which order, and what each takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

from api.screeners import screener_of
from eligibility.findings.catalogue import COLLECTIONS
from eligibility.findings.reads import BEYOND_THE_ITEM, BEYOND_THE_LIST, ITEM_READS, READS, Reads
from eligibility.findings.units import spellings_of
from eligibility.intake.fields import (
    ANY_NUMBER,
    FieldNote,
    Shape,
    UnknownPathError,
    all_fields,
    resolve,
)
from eligibility.patient.spelling import Spelled
from eligibility.patient.values import Bounds
from eligibility.patient.vocabulary import LabTest, YesNo
from eligibility.protocol.conditions import (
    Compare,
    Condition,
    Elapsed,
    Includes,
    OneOf,
    Some,
    children_of,
)

LABS = "labs"
PARTS = ("date", "source")
"""What may be said of any field that holds a value."""


class Place(NamedTuple):
    """Where on the form a column is: its field without numbers, the list and item it is in, the part it says."""

    generic: str
    list_path: str = ""
    item: str = ""
    part: str = ""

    @property
    def base(self) -> str:
        """The name of the field itself."""
        return self.generic.replace(f".{ANY_NUMBER}.", f".{self.item}.")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: what it is called in words, its codes where it takes codes, its unit."""

    generic: str
    codes: tuple[str, ...] = ()
    accepted: Mapping[str, StrEnum] | None = None
    unit: str = ""
    has_reasons: bool = False
    """Whether it takes the reason why there is no value."""
    is_date: bool = False
    is_long: bool = False

    @property
    def name(self) -> str:
        """Its own name, without the list it is in."""
        return self.generic.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Topic:
    """A fieldset: fields of the record itself, then lists."""

    name: str
    fields: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


TOPICS = (
    Topic(
        "person",
        ("sex", "age_years", "birth_date", "weight_kg", "ecog", "karnofsky"),
    ),
    Topic("diagnosis", ("diagnosis.cancer", "diagnosis.extent", "diagnosis.confirmation")),
    Topic("specimens", lists=("specimens",)),
    Topic("treatments", lists=("treatments",)),
    Topic("labs", lists=(LABS,)),
    Topic("lesions", lists=("lesions", "metastatic_sites")),
    Topic(
        "cns",
        tuple(
            f"cns.{name}"
            for name in (
                "known_metastases",
                "symptomatic",
                "treated",
                "treatment_end",
                "progressing",
                "leptomeningeal",
            )
        ),
    ),
    Topic(
        "history",
        ("history.gilbert_syndrome", "history.anticoagulated"),
        (
            "history.autoimmune",
            "history.cardiovascular",
            "history.eosinophil_mast_cell",
            "other_malignancies",
        ),
    ),
    Topic(
        "reproductive",
        tuple(
            f"reproductive.{name}"
            for name in (
                "status",
                "pregnancy_test",
                "breastfeeding",
                "intends_pregnancy",
                "contraception",
            )
        ),
    ),
    Topic("allergies", lists=("allergies", "steroids")),
    Topic(
        "consent",
        tuple(
            f"consent.{name}"
            for name in (
                "cognitive_ability",
                "willing_to_participate",
                "willing_to_be_followed_up",
            )
        ),
    ),
)
"""In the order in which a chart is read; the id and the dates stand before them."""

LISTS = tuple(path for topic in TOPICS for path in topic.lists)
DECLARED = tuple(path for path in LISTS if path not in ("specimens", LABS))
"""Lists that say whether they are complete."""
HEAD = ("screening_id", "as_of", "planned_start")
_CHART_ORDER = {
    "history": ("code", "certainty", "date", "nyha_class", "controlled", "family_history", "source")
}


@cache
def fields() -> Mapping[str, Field]:
    """Every field by its path without numbers."""
    found = {note.path: _field(note) for note in all_fields() if note.shape is not Shape.LISTING}
    return {**found, **{name: Field(name, is_date=True) for name in ("as_of", "planned_start")}}


def _field(note: FieldNote) -> Field:
    spelled = next((each for each in note.markers if isinstance(each, Spelled)), None)
    if note.shape is Shape.FLAG:
        spelled = Spelled(YesNo)
    bounds = next((each for each in note.markers if isinstance(each, Bounds)), None)
    name = note.path.rpartition(".")[2]
    return Field(
        note.path,
        codes=tuple(code.value for code in spelled.codes) if spelled else (),
        accepted=spelled.accepted if spelled else None,
        unit=bounds.unit or "" if bounds else "",
        has_reasons=note.shape is Shape.RECORDED,
        is_date=name in _DATES,
        is_long=name in ("source", "agents", "substance"),
    )


_DATES = {
    "date",
    "start",
    "last_dose",
    "birth_date",
    "treatment_end",
    "diagnosed",
    "last_active",
}


@cache
def fields_of(list_path: str) -> tuple[Field, ...]:
    """The fields of an item, in the order of the chart; the test of a laboratory result is its row."""
    prefix = f"{list_path}.{ANY_NUMBER}."
    found = [field for path, field in fields().items() if path.startswith(prefix)]
    if list_path == LABS:
        return tuple(field for field in found if field.name != "test")
    order = _CHART_ORDER.get(list_path.partition(".")[0], ())
    return tuple(
        sorted(found, key=lambda each: order.index(each.name) if each.name in order else 99)
    )


@cache
def parts_to_say(generic: str, list_path: str = "") -> tuple[str, ...]:
    """What may be said of a value alone, where its item does not say it and it is no date itself."""
    field = fields()[generic]
    if not field.has_reasons or list_path == LABS:
        return ()
    has_source = bool(list_path) and any(each.name == "source" for each in fields_of(list_path))
    said = {"date": field.is_date, "source": has_source}
    return tuple(part for part in PARTS if not said[part])


@lru_cache(maxsize=8192)
def place_of(name: str) -> Place | None:
    """Where a column is on the form; None for what the form does not have."""
    if len(name) > 120:
        return None
    if name in HEAD:
        return Place(name)
    found = _place(name)
    if found is None:
        return None
    try:
        resolve(name)
    except UnknownPathError:
        return None
    return found


def _place(name: str) -> Place | None:
    for path in LISTS:
        if name.startswith(f"{path}."):
            rest = name.removeprefix(f"{path}.")
            return _listed(path, rest) if rest != "complete" else Place(name)
    return _said(name, "", "")


def _listed(path: str, rest: str) -> Place | None:
    if rest == "source":
        return Place(f"{path}.source")
    words = rest.split(".")
    count = 2 if path == LABS and len(words) > 1 and words[1].isdecimal() else 1
    item = ".".join(words[:count])
    if path == LABS and (words[0] not in set(LabTest) or words[1:2] == ["1"]):
        return None
    return _said(".".join([path, ANY_NUMBER, *words[count:]]), path, item)


def _said(generic: str, path: str, item: str) -> Place | None:
    if generic in fields():
        return Place(generic, path, item) if generic != f"{LABS}.{ANY_NUMBER}.test" else None
    whole, _, part = generic.rpartition(".")
    field = fields().get(whole)
    if field is not None and field.has_reasons and part in PARTS:
        return Place(whole, path, item, part)
    return None


def units_of(test: str) -> tuple[str, ...]:
    """The units in which a test is understood; its own first."""
    return spellings_of(LabTest(test))


@lru_cache(maxsize=64)
def asked_of(trial_id: str, profile: str | None) -> frozenset[str]:
    """The fields that a trial's criteria ask about, without numbers; of laboratory results as `labs.anc.value`."""
    trial = screener_of(trial_id, profile).trial
    found: set[str] = set()
    for criterion in trial.criteria:
        found.update(_asked(criterion.condition, None))
    for band in trial.bands:
        found.update(_plain(READS[band.finding]))
    return frozenset(found)


def _asked(condition: Condition, collection: str | None) -> Iterator[str]:
    match condition:
        case Compare() | Elapsed() | OneOf() | Includes():
            name = condition.finding
            if collection is None:
                yield from _plain(READS[name])
            else:
                path = COLLECTIONS[collection].path
                reads = ITEM_READS[collection][name]
                yield from (f"{path}.{each}" for each in (*reads.fields, *reads.whether))
                yield from _plain(BEYOND_THE_ITEM.get((collection, name), Reads()))
        case Some():
            yield COLLECTIONS[condition.collection].path
            yield from _plain(BEYOND_THE_LIST.get(condition.collection, Reads()))
            yield from _asked(condition.where, condition.collection)
        case _:
            for child in children_of(condition):
                yield from _asked(child, collection)


def _plain(reads: Reads) -> Iterator[str]:
    for name in (*reads.fields, *reads.whether, *reads.apart, *reads.age_from):
        before, bracket, after = name.partition("[")
        yield f"{before}.{after.replace(']', '')}" if bracket else name
