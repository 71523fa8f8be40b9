"""Whole patients: any at all, an eligible one with a few changes, or one at the limits of NCT06731140."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eligibility.testing import documents as d
from eligibility.testing.days import Days
from eligibility.testing.documents import Document, Table, Writer
from eligibility.testing.panels import READINGS, Reading
from eligibility.testing.values import LEFT_OUT, Style, Values

MOST_CHANGES = 3


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the chart: the eligible form of it, a newly written one, and what to change in it."""

    path: str
    eligible: Callable[[Days], Any]
    fresh: Callable[[Writer], Any]
    table: Table
    item: Callable[[Writer], Document] | None = None

    def changed(self, w: Writer, part: Any) -> Any:
        """The part with one change."""
        if self.item is None:
            return _changed_fields(w, part, self.table)
        listing = {"complete": True, "items": []} if part == "none" else part
        return _changed_list(w, listing, self.table, self.item)


def _changed_fields(w: Writer, part: Document, table: Table) -> Document:
    name = w.pick(tuple(table))
    chosen = w.value(table[name])
    rest = {key: value for key, value in part.items() if key != name}
    return rest if chosen is LEFT_OUT else {**rest, name: chosen}


def _changed_list(w: Writer, listing: Any, table: Table, item: Callable[[Writer], Document]) -> Any:
    bare = isinstance(listing, list)
    items: list[Document] = list(listing) if bare else list(listing["items"])
    change = w.pick(("field", "field", "field", "more", "more", "open", "empty", "nothing"))
    if change == "field" and items:
        number = w.pick(range(len(items)))
        items[number] = _changed_fields(w, items[number], table)
    elif change in ("field", "more"):
        items.append(item(w))
    elif change == "empty":
        items = []
    elif change == "nothing":
        return [] if bare else None
    return items if bare else {"complete": change != "open", "items": items}


def _fields(path: str, eligible: Callable[[Days], Document], table: Table) -> Section:
    return Section(path, eligible, lambda w: w.fields(table), table)


def _listing(
    path: str,
    item: Callable[[Writer], Document],
    table: Table,
    eligible: Callable[[Days], Any] = lambda _: "none",
) -> Section:
    return Section(path, eligible, lambda w: w.listing(item), table, item)


def _eligible_person(days: Days) -> Document:
    return {"sex": "female", "age_years": 52, "weight_kg": 60, "ecog": 1}


def _eligible_diagnosis(days: Days) -> Document:
    return {"cancer": "breast", "extent": "metastatic", "confirmation": "histology"}


def _eligible_specimens(days: Days) -> list[Document]:
    return [{"site": "metastasis", "er_percent": 80, "pr_percent": 0, "her2_ihc": "1+"}]


def _eligible_treatments(days: Days) -> Document:
    course = {
        "kind": "immunotherapy",
        "agents": ["pembrolizumab", "nab-paclitaxel"],
        "setting": "metastatic",
        "start": days.before_start(200),
        "last_dose": days.before_start(60),
        "ongoing": "no",
        "progression": "radiologic",
        "progression_timing": "during",
    }
    return {"complete": True, "items": [course]}


def _eligible_labs(days: Days) -> list[Document]:
    sampled = days.write(days.at.as_of - 1)
    return [_lab(test, values.usual[0], sampled) for test, values in READINGS.items()]


def _lab(test: str, reading: Reading, sampled: str) -> Document:
    value, unit, limit = reading
    result = {"test": test, "value": value, "unit": unit, "date": sampled}
    return result if limit is None else {**result, "upper_limit_of_normal": limit}


def _eligible_lesions(days: Days) -> Document:
    lesion = {
        "kind": "extranodal",
        "longest_diameter_mm": 22,
        "method": "ct",
        "slice_thickness_mm": 5,
        "irradiated": "no",
    }
    return {"complete": True, "items": [lesion]}


def _eligible_reproductive(days: Days) -> Document:
    return {
        "status": "childbearing_potential",
        "pregnancy_test": {"value": "negative", "date": days.write(days.at.as_of)},
        "breastfeeding": "no",
        "intends_pregnancy": "no",
        "contraception": "agreed",
    }


def _fresh_specimens(w: Writer) -> list[Document]:
    return [d.specimen(w) for _ in range(w.pick((0, 1, 1, 1, 2, 3)))]


def _any_lab(w: Writer) -> Document:
    return d.lab(w, w.pick(tuple(READINGS)))


_PERSON: Table = {**d.PERSON, "screening_id": Values((), ("SCR-001",), plain=True)}
_LAB: Table = {
    "value": Values(("5", 0, "<1"), ("2-3",)),
    "unit": Values(("10^9/L",), ("/uL",), ("mg/L",), plain=True),
    "upper_limit_of_normal": Values((40,), ("0.5",)),
    "date": "samples",
}

SECTIONS: tuple[Section, ...] = (
    _fields("", _eligible_person, _PERSON),
    _fields("diagnosis", _eligible_diagnosis, d.DIAGNOSIS),
    Section("specimens", _eligible_specimens, _fresh_specimens, d.SPECIMEN, d.specimen),
    _listing("treatments", d.treatment, d.TREATMENT, _eligible_treatments),
    Section("labs", _eligible_labs, d.labs, _LAB, _any_lab),
    _listing("lesions", d.lesion, d.LESION, _eligible_lesions),
    _listing(
        "metastatic_sites",
        d.metastatic_site,
        d.METASTATIC_SITE,
        lambda _: _complete({"site": "lung"}),
    ),
    Section("cns", lambda _: {"known_metastases": "no"}, d.cns, d.CNS),
    _listing("history.autoimmune", d.autoimmune, d.AUTOIMMUNE),
    _listing("history.cardiovascular", d.cardiovascular, d.CARDIOVASCULAR),
    _listing("history.eosinophil_mast_cell", d.eosinophil_mast_cell, d.EOSINOPHIL_MAST_CELL),
    _fields("history", lambda _: {}, d.HISTORY_FACTS),
    _listing("other_malignancies", d.malignancy, d.MALIGNANCY),
    _fields("reproductive", _eligible_reproductive, d.REPRODUCTIVE),
    _listing("allergies", d.allergy, d.ALLERGY),
    _listing("steroids", d.steroid, d.STEROID),
    _fields("consent", lambda _: dict.fromkeys(d.CONSENT, "yes"), d.CONSENT),
)


def _complete(*items: Document) -> Document:
    return {"complete": True, "items": list(items)}


def eligible_patient(days: Days) -> Document:
    """A patient who meets every criterion, under either of the site profiles that come with the trial."""
    return _assembled([section.eligible(days) for section in SECTIONS])


def any_patient(w: Writer) -> Document:
    """Anyone a chart may describe, completely or hardly at all."""
    return _assembled([section.fresh(w) for section in SECTIONS])


def nearly_eligible_patient(w: Writer) -> Document:
    """The eligible patient with no, one, two or three changes."""
    parts = [section.eligible(w.days) for section in SECTIONS]
    for _ in range(w.pick(range(MOST_CHANGES + 1))):
        number = w.pick(range(len(SECTIONS)))
        if parts[number] is not None:
            parts[number] = SECTIONS[number].changed(w, parts[number])
    return _assembled(parts)


# How a part of a patient at the limits comes about: as in the eligible patient, changed, or new.
_MIXTURE = (
    "eligible",
    "eligible",
    "eligible",
    "eligible",
    "changed",
    "changed",
    "changed",
    "fresh",
    "fresh",
)


def boundary_patient(w: Writer) -> Document:
    """A patient with values at the limits of the criteria and just beside them."""
    return _assembled([_boundary_part(w, section) for section in SECTIONS])


def _boundary_part(w: Writer, section: Section) -> Any:
    mixture = w.pick(_MIXTURE)
    if mixture == "fresh":
        return section.fresh(w)
    part = section.eligible(w.days)
    return part if mixture == "eligible" else section.changed(w, part)


def _assembled(parts: list[Any]) -> Document:
    document: Document = {}
    for section, part in zip(SECTIONS, parts, strict=True):
        if part is None or part == {}:
            continue
        group, _, name = section.path.rpartition(".")
        if not section.path or section.path == "history":
            target = document if not section.path else document.setdefault("history", {})
            target.update(part)
        elif group:
            document.setdefault(group, {})[name] = part
        else:
            document[name] = part
    return document


PATIENTS: dict[Style, Callable[[Writer], Document]] = {
    "any": any_patient,
    "nearly_eligible": nearly_eligible_patient,
    "boundary": boundary_patient,
}
