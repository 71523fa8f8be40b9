"""Writes small patients for the tests of the oracle, in the plain JSON form it reads."""

from __future__ import annotations

from .nct06731140 import judge
from .values import Json, Verdict

AS_OF = "2024-06-20"
START = "2024-06-22"
_DAYS_BEFORE_START = {
    10: "2024-06-12",
    14: "2024-06-08",
    15: "2024-06-07",
    20: "2024-06-02",
    21: "2024-06-01",
    22: "2024-05-31",
    27: "2024-05-26",
    28: "2024-05-25",
    29: "2024-05-24",
    42: "2024-05-11",
}


def days_before_start(days: int) -> str:
    """A date so many days before the planned first dose."""
    return _DAYS_BEFORE_START[days]


def fields(**values: str) -> Json:
    """Recorded values by field name."""
    return {name: {"value": value} for name, value in values.items()}


def complete(*held: Json) -> Json:
    """A list that holds everything there is."""
    return {"complete": True, "items": list(held)}


def incomplete(*held: Json) -> Json:
    """A list that may lack something."""
    return {"complete": False, "items": list(held)}


def treatment(*agents: str, **values: str) -> Json:
    """One course of treatment."""
    return {"agents": list(agents), **fields(**values)}


def verdict(criterion: str, patient: Json, *, planned_start: str | None = START) -> Verdict:
    """What the oracle says of one criterion."""
    return judge(patient, AS_OF, planned_start)[criterion]


def candidate() -> Json:
    """A woman who meets everything the record itself can settle."""
    regimen = treatment(
        "pembrolizumab",
        "nab-paclitaxel",
        setting="metastatic",
        last_dose="2024-04",
        ongoing="no",
        progression="radiologic",
        progression_timing="during",
    )
    return {
        **fields(sex="female", age_years="52", ecog="1"),
        "diagnosis": fields(cancer="breast", extent="metastatic", confirmation="histology"),
        "specimens": [fields(er_percent="0", pr_percent="<1", her2_ihc="1+")],
        "treatments": complete(regimen),
        "lesions": complete(fields(kind="extranodal", longest_diameter_mm="22", method="ct")),
        "cns": fields(known_metastases="no"),
        "history": {
            "autoimmune": complete(),
            "cardiovascular": complete(),
            "eosinophil_mast_cell": complete(),
        },
        "other_malignancies": complete(),
        "reproductive": fields(status="postmenopausal", breastfeeding="no", intends_pregnancy="no"),
        "allergies": complete(),
        "steroids": complete(),
        "consent": fields(
            cognitive_ability="yes", willing_to_participate="yes", willing_to_be_followed_up="yes"
        ),
    }
