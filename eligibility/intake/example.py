"""One synthetic patient, complete enough to be screened: the example of the template."""

from __future__ import annotations

from typing import Any

EXAMPLE_AS_OF = "2026-11-21"
EXAMPLE_PLANNED_START = "2026-12-01"

_SAMPLE = "2026-11-19"


def _lab(test: str, value: str, unit: str, limit: str | None = None) -> dict[str, Any]:
    result = {"test": test, "value": value, "unit": unit, "date": _SAMPLE}
    return {**result, "upper_limit_of_normal": limit} if limit else result


EXAMPLE_PROFILE: dict[str, Any] = {
    "screening_id": "EX-001",
    "sex": "female",
    "age_years": 58,
    "weight_kg": 62,
    "ecog": {"value": 1, "date": "2026-11-19", "source": "clinic letter"},
    "diagnosis": {"cancer": "breast", "extent": "metastatic", "confirmation": "histology"},
    "specimens": [
        {
            "site": "metastasis",
            "date": "2026-03-12",
            "er_percent": "<1",
            "pr_percent": 0,
            "her2_ihc": "1+",
            "her2_ish": "not_amplified",
        }
    ],
    "treatments": {
        "complete": True,
        "items": [
            {
                "kind": "immunotherapy",
                "agents": ["atezolizumab", "nab-paclitaxel"],
                "setting": "metastatic",
                "line": 1,
                "start": "2026-04-02",
                "last_dose": "2026-10-15",
                "ongoing": "no",
                "progression": "radiologic",
                "progression_timing": "during",
                "source": "oncology letter of 2026-10-29",
            },
            {
                "kind": "chemotherapy",
                "agents": ["epirubicin", "cyclophosphamide", "docetaxel"],
                "setting": "adjuvant",
                "start": "2022-09-05",
                "last_dose": "2023-01-23",
                "ongoing": "no",
                "progression": "none",
            },
            {
                "kind": "surgery",
                "start": "2022-07-18",
                "last_dose": "2022-07-18",
                "ongoing": "no",
                "outpatient": "no",
            },
        ],
    },
    "labs": [
        _lab("anc", "3.4", "10^9/L"),
        _lab("lymphocytes", "1.2", "10^9/L"),
        _lab("platelets", "214", "10^9/L"),
        _lab("haemoglobin", "11.8", "g/dL"),
        _lab("creatinine_clearance", "84", "mL/min"),
        _lab("albumin", "40", "g/L"),
        _lab("ast", "31", "U/L", "40"),
        _lab("alt", "28", "U/L", "40"),
        _lab("alp", "96", "U/L", "130"),
        _lab("bilirubin", "9", "umol/L", "21"),
        _lab("inr", "1.0", "ratio", "1.2"),
        _lab("aptt", "29", "s", "37"),
        _lab("eosinophils", "0.1", "10^9/L", "0.5"),
    ],
    "lesions": {
        "complete": True,
        "items": [
            {
                "kind": "extranodal",
                "longest_diameter_mm": 24,
                "method": "ct",
                "slice_thickness_mm": "1.25",
                "irradiated": "no",
                "source": "CT report of 2026-10-27",
            },
            {
                "kind": "lymph_node",
                "short_axis_mm": 16,
                "method": "ct",
                "slice_thickness_mm": "1.25",
                "irradiated": "no",
            },
        ],
    },
    "metastatic_sites": {"complete": True, "items": [{"site": "lung"}, {"site": "lymph_node"}]},
    "cns": {"known_metastases": "no"},
    "history": {
        "autoimmune": "none",
        "cardiovascular": "none",
        "eosinophil_mast_cell": "none",
        "gilbert_syndrome": "no",
        "anticoagulated": "no",
    },
    "other_malignancies": "none",
    "reproductive": {
        "status": "postmenopausal",
        "breastfeeding": "no",
    },
    "allergies": "none",
    "steroids": "none",
    "consent": {
        "cognitive_ability": "yes",
        "willing_to_participate": "yes",
        "willing_to_be_followed_up": "yes",
    },
}
