"""Which fields of a record each finding may read: what a table's columns are grouped by.

A finding that reads more than is said here would be wrong in batch only; the tests reduce generated
records to what is said here and compare every finding. The day a value was observed on goes without
saying: no finding believes what was observed after the day of judgement.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import NamedTuple

from eligibility.findings.person import LENGTH_OF_PREGNANCY
from eligibility.findings.readers import LONGEST_SINCE_STATED
from eligibility.findings.treatments import LONGEST_PAUSE
from eligibility.patient.vocabulary import LabTest


class Reads(NamedTuple):
    """Fields as `ecog`, `treatments.kind` (of every item), or `labs[anc].value` (of every result of a test)."""

    fields: tuple[str, ...] = ()
    whether: tuple[str, ...] = ()
    """Fields of which it matters only whether they hold something."""
    apart: tuple[str, ...] = ()
    """Dates that only tell several results of a test apart; with one result they do not matter."""
    age_from: tuple[str, ...] = ()
    """Dates of which only the completed years count."""
    ages: tuple[int, ...] = ()
    """Days before the day of judgement that dates of these fields are compared with."""
    items: tuple[str, ...] = ()
    """Lists of which it matters which items there are."""


_STERILITY = ("reproductive.status", "sex")
_AGE = Reads(("age_years",), age_from=("birth_date",))
_RECEPTOR = {
    name: Reads((f"specimens.{name}_percent", f"specimens.{name}_status")) for name in ("er", "pr")
}
_HER2 = tuple(
    f"specimens.{name}"
    for name in (
        "her2_ihc",
        "her2_status",
        "her2_ish",
        "her2_ish_method",
        "her2_ratio",
        "her2_copies",
    )
)
_RADIOTHERAPY = ("treatments.kind", "treatments.agents", "treatments.complete")
_AXES = ("longest_diameter_mm", "size_mm", "short_axis_mm")


def _lab(test: str, *fields: str) -> Reads:
    return Reads(
        tuple(f"labs[{test}].{name}" for name in ("value", *fields)),
        apart=(f"labs[{test}].date",),
    )


def _sample(test: str) -> Reads:
    return Reads((f"labs[{test}].date",), whether=(f"labs[{test}].value",))


def _state(*fields: str) -> Reads:
    dated = chain.from_iterable((name, f"{name}.date") for name in fields)
    return Reads(tuple(dated), ages=(LONGEST_SINCE_STATED,))


def _together(*parts: Reads) -> Reads:
    return Reads(
        *(tuple(dict.fromkeys(chain.from_iterable(each))) for each in zip(*parts, strict=True))
    )


_CNS = _together(
    _state("cns.known_metastases"),
    Reads(("metastatic_sites.site", "cns.treated"), whether=("cns.treatment_end",)),
)
_LIMIT = ("unit", "upper_limit_of_normal")
_TESTS = {
    name: reads
    for test in LabTest
    if test is not LabTest.CREATININE_CLEARANCE
    for name, reads in (
        (test.value, _lab(test.value, "unit")),
        (f"{test.value}_times_uln", _lab(test.value, *_LIMIT)),
        (f"{test.value}_date", _sample(test.value)),
    )
}

READS: Mapping[str, Reads] = {
    "sex": Reads(("sex",)),
    "age": _AGE,
    "ecog_performance_status": _state("ecog", "karnofsky"),
    "childbearing_potential": Reads(_STERILITY),
    "pregnant": Reads(
        ("reproductive.pregnancy_test", "reproductive.pregnancy_test.date", *_STERILITY),
        ages=(LENGTH_OF_PREGNANCY,),
    ),
    "pregnancy_test_date": Reads(
        ("reproductive.pregnancy_test", "reproductive.pregnancy_test.date")
    ),
    "breastfeeding": _together(_state("reproductive.breastfeeding"), Reads(_STERILITY)),
    "intends_pregnancy": _together(_state("reproductive.intends_pregnancy"), Reads(_STERILITY)),
    "contraception": _state("reproductive.contraception"),
    "cognitive_ability": _state("consent.cognitive_ability"),
    "willing_to_participate": _state("consent.willing_to_participate"),
    "willing_to_be_followed_up": _state("consent.willing_to_be_followed_up"),
    "cancer": Reads(("diagnosis.cancer",)),
    "disease_extent": Reads(
        ("diagnosis.extent", "metastatic_sites.site", "metastatic_sites.complete"),
        items=("metastatic_sites",),
    ),
    "confirmation": Reads(("diagnosis.confirmation",)),
    "cns_metastases": _CNS,
    "cns_treated": Reads(("cns.treated",)),
    "cns_treatment_end": Reads(("cns.treatment_end",)),
    "cns_symptomatic": _together(_state("cns.symptomatic"), _CNS),
    "cns_progressing": _together(_state("cns.progressing"), _CNS),
    "leptomeningeal": _together(_state("cns.leptomeningeal"), _CNS, Reads(("lesions.kind",))),
    "gilbert_syndrome": Reads(("history.gilbert_syndrome",)),
    "anticoagulated": Reads(("history.anticoagulated",)),
    "er_percent": _RECEPTOR["er"],
    "pr_percent": _RECEPTOR["pr"],
    "her2_ihc": Reads(_HER2),
    "her2_ish": Reads(_HER2),
    "her2_word": Reads(("specimens.her2_status",), whether=("specimens.her2_ihc",)),
    **_TESTS,
    "creatinine_clearance": _together(
        _lab("creatinine_clearance", "unit"),
        _lab("creatinine", "unit"),
        _AGE,
        Reads(("weight_kg",)),
    ),
    "creatinine_clearance_date": _together(_sample("creatinine_clearance"), _sample("creatinine")),
    "eosinophil_excess": Reads(tuple(f"labs[eosinophils].{name}" for name in ("value", *_LIMIT))),
}
"""By finding of the record."""

_COURSE = {
    "last_dose": Reads(("kind", "start", "last_dose", "ongoing"), ages=(LONGEST_PAUSE,)),
    "ongoing": Reads(("ongoing", "last_dose"), ages=(LONGEST_PAUSE,)),
}
_CONDITION = {"condition": Reads(("code", "certainty", "family_history")), "date": Reads(("date",))}
_MALIGNANCY = Reads(("diagnosed", "last_active"))

ITEM_READS: Mapping[str, Mapping[str, Reads]] = {
    "treatment": {
        **_COURSE,
        "classes": Reads(("kind", "agents")),
        **{
            name: Reads((name,))
            for name in (
                "setting",
                "line",
                "start",
                "outpatient",
                "progression",
                "progression_timing",
            )
        },
    },
    "steroid": {
        **_COURSE,
        **{name: Reads((name,)) for name in ("kind", "route", "pattern")},
    },
    "lesion": {
        "kind": Reads(("kind",)),
        "longest_diameter": Reads(_AXES),
        "short_axis": Reads(_AXES),
        "method": Reads(("method",)),
        "slice_thickness": Reads(("slice_thickness_mm",)),
        "irradiated": Reads(("irradiated",)),
        "progressed_since_irradiation": Reads(("progressed_since_irradiation",)),
    },
    "metastatic_site": {"site": Reads(("site",))},
    "autoimmune_condition": _CONDITION,
    "cardiovascular_condition": {
        **_CONDITION,
        "nyha_class": Reads(("nyha_class",)),
        "controlled": Reads(("controlled",)),
    },
    "eosinophil_mast_cell_condition": _CONDITION,
    "other_malignancy": {
        "type": Reads(("type",)),
        "diagnosed": _MALIGNANCY,
        "last_active": _MALIGNANCY,
    },
    "allergy": {"kind": Reads(("kind", "substance"))},
}
"""By list and finding of an item: fields of the item itself."""

BEYOND_THE_ITEM: Mapping[tuple[str, str], Reads] = {
    ("lesion", "irradiated"): Reads(_RADIOTHERAPY, items=("treatments",)),
}
"""What a finding of an item reads of the rest of the record."""

BEYOND_THE_LIST: Mapping[str, Reads] = {
    "steroid": Reads(("treatments.agents",), items=("steroids",)),
}
"""What the completeness of a list depends on besides the list's own word."""
