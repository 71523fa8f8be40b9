"""The criteria of NCT06731140 as plain closures over a flat dictionary: two-valued, unexplained, as fast as it gets.

The yardstick of `per_patient.py`: what a script without unknowns, evidence or explanations would do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Flat = Mapping[str, Any]

SEVERE_AUTOIMMUNE = frozenset({"systemic_lupus", "rheumatoid_arthritis", "multiple_sclerosis"})
INCLUSION: list[Callable[[Flat], bool]] = [
    lambda p: p["ecog"] <= 2,
    lambda p: (
        p["cancer"] == "breast"
        and p["extent"] == "metastatic"
        and p["confirmation"] == "histology"
        and (p["er"] > 1 or p["pr"] > 1 or (p["er"] < 1 and p["pr"] < 1))
        and (p["ihc"] <= 1 or (p["ihc"] == 2 and p["ish"] == "not_amplified"))
    ),
    lambda p: any(
        t["checkpoint"] and t["setting"] == "metastatic" and t["partner"] and t["progressed"]
        for t in p["treatments"]
    ),
    lambda p: all(lab["ok"] and 0 <= p["start"] - lab["day"] <= 14 for lab in p["labs"]),
    lambda p: not p["childbearing"] or p["contraception"],
    lambda p: any(lesion["mm"] >= (15 if lesion["node"] else 10) for lesion in p["lesions"]),
    lambda p: p["understands"] and p["willing"],
    lambda p: p["sex"] == "female",
]
EXCLUSION: list[Callable[[Flat], bool]] = [
    lambda p: p["cns"] and (p["cns_symptoms"] or not p["cns_treated"] or p["cns_progressing"]),
    lambda p: not SEVERE_AUTOIMMUNE.isdisjoint(p["autoimmune"]),
    lambda p: "unstable_angina" in p["heart"] or "heart_failure" in p["heart"],
    lambda p: any(p["today"] - m["day"] < 1826 and not m["negligible"] for m in p["malignancies"]),
    lambda p: any(t["counts"] and p["start"] - t["last"] <= 21 for t in p["treatments"]),
    lambda p: p["pregnant"] or p["breastfeeding"] or p["wants_pregnancy"],
    lambda p: "retinoid" in p["allergies"],
    lambda p: "mastocytosis" in p["eosinophil"],
    lambda p: any(s["oral"] and p["start"] - s["last"] < 28 for s in p["steroids"]),
]

PATIENT: Flat = {
    "ecog": 1, "cancer": "breast", "extent": "metastatic", "confirmation": "histology",
    "er": 0.5, "pr": 0, "ihc": 1, "ish": None, "sex": "female", "start": 100, "today": 90,
    "treatments": [
        {"checkpoint": True, "setting": "metastatic", "partner": True, "progressed": True, "counts": True, "last": 53},
        {"checkpoint": False, "setting": "adjuvant", "partner": False, "progressed": False, "counts": True, "last": 0},
        {"checkpoint": False, "setting": "adjuvant", "partner": False, "progressed": False, "counts": False, "last": 0},
    ],
    "labs": [{"ok": True, "day": 88}] * 7,
    "childbearing": False, "contraception": False,
    "lesions": [{"node": False, "mm": 24}, {"node": True, "mm": 16}],
    "understands": True, "willing": True, "cns": False, "cns_symptoms": False, "cns_treated": False,
    "cns_progressing": False, "autoimmune": frozenset(), "heart": frozenset(), "malignancies": [],
    "pregnant": False, "breastfeeding": False, "wants_pregnancy": False, "allergies": frozenset(),
    "eosinophil": frozenset(), "steroids": [],
}  # fmt: skip


def decide(patient: Flat) -> bool:
    """Every criterion, as the engine too looks at every criterion."""
    met = [criterion(patient) for criterion in INCLUSION]
    triggered = [criterion(patient) for criterion in EXCLUSION]
    return all(met) and not any(triggered)
