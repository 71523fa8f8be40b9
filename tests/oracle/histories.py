"""EXCL02, EXCL03, EXCL04 and EXCL08: what the patient has or has had besides this cancer."""

from __future__ import annotations

from decimal import Decimal

from .days import LONG_AGO, Anchors, Days, before_months, day_of, has_date
from .values import (
    Json,
    Verdict,
    any_excludes,
    is_complete,
    is_open,
    items,
    number,
    section,
    word,
)

# D4, D6: clear disease. All other codes are mild, drug toxicity or controlled: for review (D5).
_CLEARLY_AUTOIMMUNE_OR_DEFICIENT = (
    "systemic_lupus",
    "rheumatoid_arthritis",
    "inflammatory_bowel_disease",
    "multiple_sclerosis",
    "myasthenia_gravis",
    "sjogren_syndrome",
    "systemic_sclerosis",
    "vasculitis",
    "autoimmune_hepatitis",
    "primary_immunodeficiency",
    "aids",
)
# D9: "eosinophilosis or mastocytosis". A raised count or a reaction to a drug is for review.
_CLEARLY_EOSINOPHIL_OR_MAST_CELL = (
    "hypereosinophilic_syndrome",
    "eosinophilic_organ_disease",
    "mastocytosis",
)
# C9: a second breast cancer is breast cancer; C8: the list of negligible risk.
_NEVER_EXCLUDING = ("breast", "basal_cell_skin", "squamous_cell_skin", "cervix_in_situ")
_CLEARLY_DANGEROUS = ("melanoma", "haematologic", "other_invasive")
_RAISED_EOSINOPHILS = Decimal("0.5")  # 10^9/L, where the laboratory gives no limit of its own
_LOWEST_LIMIT, _HIGHEST_LIMIT = Decimal("0.1"), Decimal(2)  # 10^9/L
_IMPLAUSIBLE_EOSINOPHILS = Decimal(100)  # 10^9/L: more is a slip of the pen or of the unit
_PER_10_9_L = {
    **dict.fromkeys(("10^9/l", "10*9/l", "10^3/ul", "10*3/ul"), Decimal(1)),
    **dict.fromkeys(("/ul", "{cells}/ul"), Decimal("0.001")),
}


def _own_conditions(patient: Json, topic: str) -> list[Json]:
    """Section 1.4: what a relative has, and what was ruled out, does not count."""
    return [
        condition
        for condition in items(section(patient, "history"), topic)
        if condition.get("family_history") is not True and condition.get("certainty") != "ruled_out"
    ]


def _is_suspected(condition: Json) -> bool:
    return condition.get("certainty") == "suspected"


def excl02(patient: Json) -> Verdict:
    """Registry: "Active or history of autoimmune disease or immune deficiency"."""
    outcomes: list[Verdict] = []
    for condition in _own_conditions(patient, "autoimmune"):
        clear = condition["code"] in _CLEARLY_AUTOIMMUNE_OR_DEFICIENT
        outcomes.append("fail" if clear and not _is_suspected(condition) else "unknown")
    complete = is_complete(section(patient, "history"), "autoimmune")
    return any_excludes(outcomes, complete=complete)


def excl03(patient: Json, at: Anchors) -> Verdict:
    """Registry: "Significant cardiovascular disease" (D7)."""
    outcomes: list[Verdict] = []
    for condition in _own_conditions(patient, "cardiovascular"):
        if_confirmed = _heart(condition, at)
        # A condition that would be clear if it were confirmed is clear in either case.
        in_doubt = _is_suspected(condition) and if_confirmed != "pass"
        outcomes.append("unknown" if in_doubt else if_confirmed)
    complete = is_complete(section(patient, "history"), "cardiovascular")
    return any_excludes(outcomes, complete=complete)


def _heart(condition: Json, at: Anchors) -> Verdict:
    code = condition["code"]
    if code in ("unstable_angina", "unstable_arrhythmia"):
        return "fail"
    if code == "hypertension":
        return "pass" if word(condition, "controlled") == "yes" else "unknown"
    if code == "heart_failure":
        nyha = number(condition, "nyha_class", highest=4, whole=True)
        return "fail" if nyha is not None and nyha.low >= 2 else "unknown"
    if code in ("new_angina", "myocardial_infarction"):
        return _recent_event(condition, at)
    return "unknown"  # stable angina, LVEF, atrial fibrillation, stroke, others: for review


def _recent_event(condition: Json, at: Anchors) -> Verdict:
    """New angina at most 3 months ago, infarction less than 6; what is older is for review."""
    event = day_of(condition, "date", at)
    if event is None or at.planned_start is None:
        return "unknown"
    if condition["code"] == "new_angina":
        recent = event.first >= before_months(at.planned_start, 3, at).last
    else:
        recent = event.first > before_months(at.planned_start, 6, at).last
    return "fail" if recent else "unknown"


def excl04(patient: Json, at: Anchors) -> Verdict:
    """Registry: "... malignancy other than breast cancer within 5 years prior to screening"."""
    return any_excludes(
        [_malignancy(each, at) for each in items(patient, "other_malignancies")],
        complete=is_complete(patient, "other_malignancies"),
    )


def _malignancy(malignancy: Json, at: Anchors) -> Verdict:
    kind = word(malignancy, "type")
    if kind in _NEVER_EXCLUDING:
        return "pass"
    diagnosed, last_active = _course(malignancy, at)
    if diagnosed is None:
        return "unknown"
    if last_active is not None and last_active.last < diagnosed.first:
        return "unknown"  # it cannot have been over before it was found: no date is believed
    # C6: this window runs from screening.
    five_years_ago = before_months(at.as_of, 60, at)
    if kind in _CLEARLY_DANGEROUS and diagnosed.first > five_years_ago.last:
        return "fail"
    if last_active is None:
        return "unknown"  # active on any day since the diagnosis
    # C7: long over, both by diagnosis and by activity; the boundary day is for review.
    long_over = max(diagnosed.last, last_active.last) < five_years_ago.first
    return "pass" if long_over else "unknown"


def _course(malignancy: Json, at: Anchors) -> tuple[Days | None, Days | None]:
    """When it was diagnosed and last active."""
    last_active = day_of(malignancy, "last_active", at)
    if has_date(malignancy, "diagnosed") or last_active is None:
        return day_of(malignancy, "diagnosed", at), last_active
    # Nobody wrote the diagnosis down, but it came no later than the last activity.
    return Days(LONG_AGO, last_active.last), last_active


def excl08(patient: Json, at: Anchors) -> Verdict:
    """Registry: "History of eosinophilosis or mastocytosis" (D9)."""
    outcomes = [_eosinophil_count(patient)]
    for condition in _own_conditions(patient, "eosinophil_mast_cell"):
        clear = condition["code"] in _CLEARLY_EOSINOPHIL_OR_MAST_CELL
        outcomes.append("fail" if clear and not _is_suspected(condition) else "unknown")
    complete = is_complete(section(patient, "history"), "eosinophil_mast_cell")
    return any_excludes(outcomes, complete=complete)


def _eosinophil_count(patient: Json) -> Verdict:
    """Any count that is or may be raised, or cannot be read, is for review (D9: "one raised count")."""
    counts = [
        each
        for each in patient.get("labs") or []
        if each["test"] == "eosinophils" and (word(each, "value") or is_open(each, "value"))
    ]
    return "unknown" if any(_may_be_raised(each) for each in counts) else "pass"


def _factor(lab: Json) -> Decimal | None:
    """What turns the number into 10^9/L; none for a unit that cannot be turned."""
    unit = "".join(str(lab.get("unit") or "").lower().split())
    return _PER_10_9_L.get(unit.replace("µ", "u").replace("μ", "u").lstrip("x×"))


def _may_be_raised(lab: Json) -> bool:
    count, limit, factor = number(lab, "value"), number(lab, "upper_limit_of_normal"), _factor(lab)
    if count is None or factor is None:
        return True  # a number of nothing
    if factor < 1 and any(
        0 < end < 10 or (end < 100 and end % 1) for end in (count.low, count.high)
    ):
        return True  # nobody counts 1.2 cells in a microlitre: the unit is a slip
    if limit is not None and not any(
        _LOWEST_LIMIT <= end * factor <= _HIGHEST_LIMIT for end in (limit.low, limit.high)
    ):
        limit = None  # no laboratory has such a limit: it is of another unit
    highest = count.high * factor
    lowest_limit = _RAISED_EOSINOPHILS if limit is None else limit.low * factor
    return highest > _IMPLAUSIBLE_EOSINOPHILS or highest > lowest_limit
