"""What sort of treatment an item of the list is or may be, and on which days it may have ended."""

from __future__ import annotations

from dataclasses import dataclass

from .days import LONG_AGO, Anchors, Days, day_of, has_date
from .values import Json, is_disputed, word

CHECKPOINT = "checkpoint_inhibitor"
OTHER_IMMUNOTHERAPY = "other_immunotherapy"
IMMUNOTHERAPY = frozenset({CHECKPOINT, OTHER_IMMUNOTHERAPY})
# B4: "combined with targeted therapy or chemo"; an antibody-drug conjugate is both.
PARTNERS = frozenset({"chemotherapy", "targeted", "antibody_drug_conjugate"})
# C4: kinds of treatment that the washout sentence does not list.
NOT_LISTED = frozenset(
    {"endocrine", "targeted", "bone_agent", "growth_factor", "erythropoietin", "transfusion"}
)
EVERY_CLASS = IMMUNOTHERAPY | PARTNERS | NOT_LISTED | frozenset({"radiotherapy", "surgery"})
# These are what they say, whatever drugs are written beside them.
_NOT_A_DRUG = frozenset({"surgery", "radiotherapy", "transfusion"})
_INGREDIENTS = {
    # B3: antibodies against PD-1, PD-L1 or CTLA-4.
    CHECKPOINT: (
        "pembrolizumab, keytruda, nivolumab, opdivo, atezolizumab, tecentriq, durvalumab, "
        "avelumab, cemiplimab, dostarlimab, toripalimab, camrelizumab, sintilimab, "
        "tislelizumab, penpulimab, ipilimumab, tremelimumab"
    ),
    OTHER_IMMUNOTHERAPY: "aldesleukin, interferon, nelipepimut-s",
    "chemotherapy": (
        "paclitaxel, nab-paclitaxel, docetaxel, capecitabine, carboplatin, cisplatin, eribulin, "
        "gemcitabine, doxorubicin, epirubicin, cyclophosphamide, vinorelbine"
    ),
    "antibody_drug_conjugate": (
        "trastuzumab deruxtecan, sacituzumab govitecan, trastuzumab emtansine"
    ),
    "targeted": (
        "olaparib, talazoparib, palbociclib, abemaciclib, ribociclib, everolimus, alpelisib, "
        "trastuzumab, pertuzumab, bevacizumab"
    ),
    "endocrine": "tamoxifen, letrozole, anastrozole, exemestane, fulvestrant, goserelin",
    "bone_agent": "denosumab, zoledronic acid",
    "growth_factor": "filgrastim, pegfilgrastim",
}


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("-", " ").split())


_CLASS_OF = {
    _plain(name): drug_class
    for drug_class, names in _INGREDIENTS.items()
    for name in names.split(", ")
}


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes a treatment surely has, and all those it may have."""

    sure: frozenset[str]
    possible: frozenset[str]


def classes_of(item: Json) -> Classes:
    """B3, B4, C4: the ingredients decide; the kind speaks for those that are not on the list.

    A kind that no ingredient is of leaves open whether the kind is wrong or an ingredient missing.
    """
    names = [_plain(name) for name in item.get("agents") or ()]
    known = frozenset(_CLASS_OF[name] for name in names if name in _CLASS_OF)
    kind = word(item, "kind")
    unlisted = any(name not in _CLASS_OF for name in names)
    if kind in _NOT_A_DRUG:
        return Classes(known | {kind}, known | {kind})
    if kind is None or kind == "other":
        # An ingredient nobody knows, of no stated kind, may be anything.
        return Classes(known, known if names and not unlisted else EVERY_CLASS)
    if kind == "immunotherapy":
        if unlisted:
            return Classes(known, EVERY_CLASS)
        # Some immunotherapy, but which? One that is named says what it was.
        return Classes(known, known if known & IMMUNOTHERAPY else known | IMMUNOTHERAPY)
    if unlisted:
        # One that is listed may be all that the label is wrong about.
        return Classes(known or frozenset({kind}), EVERY_CLASS)
    if not names:
        return Classes(frozenset({kind}), frozenset({kind}))
    return Classes(known, known | {kind})


def said_to_go_on_too_long(item: Json, at: Anchors) -> bool:
    """Nothing goes on whose latest dose was given more than half a year and some days ago."""
    last_dose = day_of(item, "last_dose", at)
    going_on = word(item, "ongoing") == "yes"
    return going_on and last_dose is not None and last_dose.last < at.as_of - 200


def last_day(item: Json, at: Anchors) -> Days | None:
    """C2, C10: the days on which a treatment may have ended, up to the planned first dose.

    None without a planned first dose, or when the recorded days are impossible.
    """
    if at.planned_start is None:
        return None
    start, last_dose = day_of(item, "start", at), day_of(item, "last_dose", at)
    if start is not None and last_dose is not None and last_dose.last < start.first:
        return None  # it cannot have ended before it began
    if said_to_go_on_too_long(item, at):
        return None
    ongoing = word(item, "ongoing")
    begins_later = has_date(item, "start") and start is None
    if begins_later and (last_dose is not None or ongoing in ("yes", "no")):
        return None  # begun only after the day of judgement, and yet it ended or goes on
    if ongoing == "yes":
        return Days(at.as_of, at.planned_start)
    if has_date(item, "last_dose"):
        return last_dose
    disputed = is_disputed(item, "last_dose")
    if word(item, "kind") == "surgery" and has_date(item, "start") and not disputed:
        return start  # an operation is over on the day it is done
    earliest = start.first if start is not None else LONG_AGO
    return Days(earliest, at.as_of if ongoing == "no" else at.planned_start)
