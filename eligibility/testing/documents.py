"""Writes patients as the JSON documents a site would send: one function per part of the chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from eligibility.testing import values as v
from eligibility.testing.chooser import Chooser
from eligibility.testing.days import Days
from eligibility.testing.panels import READINGS, Reading
from eligibility.testing.values import LEFT_OUT, Style, Values, slots

T = TypeVar("T")
Document = dict[str, Any]
Table = Mapping[str, Values | str]
"""The values of each field; a text names a family of dates."""


class Writer:
    """Takes the decisions for one patient, in one style, around one pair of anchors."""

    __slots__ = ("_index", "days", "style")

    def __init__(self, chooser: Chooser, style: Style, days: Days) -> None:
        self._index = chooser.index
        self.style = style
        self.days = days

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, of which the first is the simplest."""
        return options[self._index(len(options))]

    def one_in(self, count: int) -> bool:
        """True once in so many times; False is the simpler answer."""
        return self._index(count) == count - 1

    def value(self, values: Values | str) -> Any:
        """A value of a field, or LEFT_OUT."""
        known = self.days.families[values] if isinstance(values, str) else values
        chosen = self.pick(slots(known, self.style))
        return list(chosen) if type(chosen) is tuple else chosen

    def fields(self, table: Table) -> Document:
        """A part of the chart with a value, or none, for each field."""
        document = {}
        for name, values in table.items():
            chosen = self.value(values)
            if chosen is not LEFT_OUT:
                document[name] = chosen
        return document

    def listing(self, item: Callable[[Writer], Document], most: int = 3) -> object:
        """A list in any form a site may send it: nothing, "none", bare, or with its completeness."""
        form = self.pick(_LISTING_FORMS[self.style])
        if form in (None, "none"):
            return form
        items = [item(self) for _ in range(self._index(most + 1))]
        return items if form == "bare" else {"complete": form == "complete", "items": items}


_LISTING_FORMS: dict[Style, tuple[str | None, ...]] = {
    "any": (None, "none", "complete", "complete", "complete", "open", "bare"),
    "nearly_eligible": ("none", "complete", "complete", "complete", "open", "bare"),
    "boundary": (
        "none",
        "complete",
        "complete",
        "complete",
        "complete",
        "complete",
        "open",
        "bare",
    ),
}

PERSON: Table = {
    "sex": v.SEX,
    "age_years": v.AGE_YEARS,
    "birth_date": "births",
    "weight_kg": v.WEIGHT_KG,
    "ecog": v.ECOG,
    "karnofsky": v.KARNOFSKY,
}
DIAGNOSIS: Table = {"cancer": v.CANCER, "extent": v.EXTENT, "confirmation": v.CONFIRMATION}
CONSENT: Table = {
    name: Values(("yes", "no"), odd=(True, "N"))
    for name in ("cognitive_ability", "willing_to_participate", "willing_to_be_followed_up")
}
REPRODUCTIVE: Table = {
    "status": v.REPRODUCTIVE_STATUS,
    "pregnancy_test": v.PREGNANCY_TEST,
    "breastfeeding": v.YES_NO,
    "intends_pregnancy": v.YES_NO,
    "contraception": v.CONTRACEPTION,
}
CNS: Table = {
    "known_metastases": v.YES_NO,
    "symptomatic": v.YES_NO,
    "treated": v.YES_NO,
    "treatment_end": "doses",
    "progressing": v.YES_NO,
    "leptomeningeal": v.YES_NO,
}
SPECIMEN: Table = {
    "er_percent": v.PERCENT,
    "pr_percent": v.PERCENT,
    "her2_ihc": v.IHC,
    "her2_ish": v.ISH,
    "er_status": v.RECEPTOR_STATUS,
    "pr_status": v.RECEPTOR_STATUS,
    "her2_status": v.HER2_STATUS,
    "her2_ish_method": v.ISH_METHOD,
    "her2_ratio": v.HER2_RATIO,
    "her2_copies": v.HER2_COPIES,
    "site": v.SPECIMEN_SITE,
    "date": "events",
}
TREATMENT: Table = {
    "kind": v.TREATMENT_KIND,
    "agents": v.AGENTS,
    "setting": v.SETTING,
    "line": v.LINE,
    "start": "events",
    "last_dose": "doses",
    "ongoing": v.YES_NO,
    "outpatient": v.YES_NO,
    "progression": v.PROGRESSION,
    "progression_timing": v.TIMING,
}
LESION: Table = {
    "kind": v.LESION_KIND,
    "longest_diameter_mm": v.DIAMETER,
    "short_axis_mm": v.SHORT_AXIS,
    "size_mm": v.SIZE,
    "method": v.LESION_METHOD,
    "slice_thickness_mm": v.SLICE_THICKNESS,
    "irradiated": v.YES_NO,
    "progressed_since_irradiation": v.YES_NO,
}
METASTATIC_SITE: Table = {"site": v.ORGAN}
_CONDITION: Table = {"certainty": v.CERTAINTY, "family_history": v.FAMILY_HISTORY, "date": "events"}
AUTOIMMUNE: Table = {"code": v.AUTOIMMUNE, **_CONDITION}
CARDIOVASCULAR: Table = {
    "code": v.CARDIOVASCULAR,
    **_CONDITION,
    "nyha_class": v.NYHA_CLASS,
    "controlled": v.YES_NO,
}
EOSINOPHIL_MAST_CELL: Table = {"code": v.EOSINOPHIL_MAST_CELL, **_CONDITION}
MALIGNANCY: Table = {"type": v.MALIGNANCY, "diagnosed": "diagnoses", "last_active": "diagnoses"}
ALLERGY: Table = {"kind": v.ALLERGY, "substance": v.SUBSTANCE}
STEROID: Table = {
    "kind": v.STEROID_KIND,
    "route": v.STEROID_ROUTE,
    "pattern": v.STEROID_PATTERN,
    "ongoing": v.YES_NO,
    "last_dose": "doses",
}
HISTORY_FACTS: Table = {"gilbert_syndrome": v.YES_NO, "anticoagulated": v.YES_NO}

# What goes together in a report or a course; any field may still be left out or odd.
_SPECIMEN_FORMS = (
    ("er_percent", "pr_percent", "her2_ihc"),
    ("er_percent", "pr_percent", "her2_ihc", "her2_ish"),
    (
        "er_percent",
        "pr_percent",
        "her2_ihc",
        "her2_ish",
        "her2_ish_method",
        "her2_ratio",
        "her2_copies",
    ),
    ("er_percent", "pr_percent", "her2_ihc", "her2_ratio", "her2_copies"),
    ("er_status", "pr_status", "her2_status"),
    ("er_percent", "er_status", "pr_status", "her2_ihc", "her2_status"),
    tuple(SPECIMEN),
)
_COURSE = ("setting", "last_dose", "ongoing", "progression", "progression_timing")
_PROCEDURE = ("start", "last_dose", "outpatient")


def _fixed(*options: Any) -> Values:
    return Values(options, plain=True, needed=True)


_TREATMENT_FORMS: tuple[tuple[Table, tuple[str, ...]], ...] = (
    ({"kind": _fixed("immunotherapy"), "agents": _fixed(*v.ICI_REGIMENS, *v.ICI_ALONE)}, _COURSE),
    ({"agents": _fixed(*v.ICI_REGIMENS)}, _COURSE),
    ({"kind": _fixed("chemotherapy"), "agents": _fixed(*v.CHEMOTHERAPY, ())}, _COURSE),
    ({"kind": _fixed("radiotherapy", "surgery")}, _PROCEDURE),
    ({"agents": _fixed(*v.NOT_LISTED, *v.CONJUGATES, *v.OTHER_IMMUNE)}, _COURSE),
    ({"agents": _fixed(*v.UNKNOWN_DRUGS), "kind": v.TREATMENT_KIND}, _COURSE),
    ({"kind": _fixed("growth_factor", "transfusion", "erythropoietin")}, ("last_dose", "ongoing")),
    ({}, tuple(TREATMENT)),
)
_LESION_FORMS = (
    ("kind", "longest_diameter_mm", "method"),
    ("kind", "short_axis_mm", "method"),
    ("kind", "size_mm", "method"),
    ("kind", "longest_diameter_mm", "short_axis_mm", "method", "slice_thickness_mm"),
    ("kind", "longest_diameter_mm", "method", "irradiated", "progressed_since_irradiation"),
    tuple(LESION),
)
_CNS_FORMS = (("known_metastases",), ("known_metastases", "leptomeningeal"), tuple(CNS), tuple(CNS))


def _only(table: Table, names: Sequence[str]) -> Table:
    return {name: table[name] for name in names}


_SPECIMEN_TABLES = tuple(_only(SPECIMEN, names) for names in _SPECIMEN_FORMS)
_TREATMENT_TABLES = tuple({**_only(TREATMENT, names), **fixed} for fixed, names in _TREATMENT_FORMS)
_LESION_TABLES = tuple(_only(LESION, names) for names in _LESION_FORMS)
_CNS_TABLES = tuple(_only(CNS, names) for names in _CNS_FORMS)


def specimen(w: Writer) -> Document:
    """A tumour specimen, as one of the usual kinds of report."""
    return w.fields(w.pick(_SPECIMEN_TABLES))


def treatment(w: Writer) -> Document:
    """A course of treatment or an operation."""
    return w.fields(w.pick(_TREATMENT_TABLES))


def lesion(w: Writer) -> Document:
    """A lesion, measured in one of the usual ways."""
    return w.fields(w.pick(_LESION_TABLES))


def cns(w: Writer) -> Document:
    """Disease of the central nervous system."""
    return w.fields(w.pick(_CNS_TABLES))


def metastatic_site(w: Writer) -> Document:
    """An organ with metastases."""
    return w.fields(METASTATIC_SITE)


def autoimmune(w: Writer) -> Document:
    """An autoimmune disease or immune deficiency."""
    return w.fields(AUTOIMMUNE)


def cardiovascular(w: Writer) -> Document:
    """A disease of heart or vessels."""
    return w.fields(CARDIOVASCULAR)


def eosinophil_mast_cell(w: Writer) -> Document:
    """A disorder of eosinophils or mast cells."""
    return w.fields(EOSINOPHIL_MAST_CELL)


def malignancy(w: Writer) -> Document:
    """Another malignancy."""
    return w.fields(MALIGNANCY)


def allergy(w: Writer) -> Document:
    """An allergy."""
    return w.fields(ALLERGY)


def steroid(w: Writer) -> Document:
    """A course of steroids."""
    return w.fields(STEROID)


def lab(w: Writer, test: str) -> Document:
    """A result of a test; sometimes the value, the unit, the limit or the date is missing."""
    reading: Reading = w.pick(slots(READINGS[test], w.style))
    result = {"test": test, **_as_fields(reading)}
    sampled = w.value("samples")
    if sampled is not LEFT_OUT:
        result["date"] = sampled
    if w.one_in(12):
        result["value"] = w.pick(v.ABSENT)
    if w.one_in(16):
        result.pop(w.pick(("upper_limit_of_normal", "unit", "value")), None)
    return result


def _as_fields(reading: Reading) -> Document:
    value, unit, limit = reading
    known = {"value": value, "unit": unit, "upper_limit_of_normal": limit}
    return {name: part for name, part in known.items() if part is not None}


_PANELS: tuple[tuple[str, ...], ...] = (
    (),
    ("eosinophils",),
    ("eosinophils", "eosinophils", "anc"),
    ("anc", "lymphocytes", "platelets", "haemoglobin", "ast", "alt", "alp"),
    ("anc", "anc", "platelets", "haemoglobin", "creatinine", "albumin"),
    tuple(READINGS),
)


def labs(w: Writer) -> list[Document]:
    """Laboratory results: none, a few, some repeated, or a whole panel."""
    return [lab(w, test) for test in w.pick(_PANELS)]
