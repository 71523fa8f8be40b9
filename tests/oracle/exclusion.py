"""The exclusion criteria, one function each; the histories have a module of their own."""

from __future__ import annotations

from .days import (
    LONG_AGO,
    Anchors,
    Days,
    day_of,
    has_date,
    lately,
    may_have_been_observed_before,
    was_observed_before,
)
from .inclusion import cannot_become_pregnant
from .treatments import CHECKPOINT, NOT_LISTED, classes_of, last_day, said_to_go_on_too_long
from .values import (
    Json,
    Verdict,
    all_required,
    any_excludes,
    is_complete,
    items,
    same_in_every_case,
    section,
    word,
)


def excl01(patient: Json, at: Anchors) -> Verdict:
    """Registry: "Symptomatic, untreated, or actively progressing CNS metastases"."""
    cns = section(patient, "cns")
    known = word(cns, "known_metastases")
    brain_listed = any(each["site"] == "brain" for each in items(patient, "metastatic_sites"))
    ever_a_sign = "yes" in (word(cns, "symptomatic"), word(cns, "progressing"))
    a_sign = "yes" in (lately(cns, "symptomatic", at), lately(cns, "progressing", at))
    was_treated = word(cns, "treated") == "yes" or has_date(cns, "treatment_end")
    leptomeningeal = _leptomeningeal(patient, at)
    if known == "no" and not brain_listed and not was_treated:
        # D1: no brain scan is required. A sign of metastases that are denied contradicts the
        # denial; D3: leptomeningeal disease is CNS disease.
        if ever_a_sign or leptomeningeal in ("yes", "disputed"):
            return "unknown"
        return "pass" if lately(cns, "known_metastases", at) else "unknown"
    if a_sign:
        return "fail"
    # Denied here and listed there, or nothing said at all: there may be none to treat.
    surely_present = known == "yes" or (known is None and brain_listed)
    if surely_present and word(cns, "treated") == "no":
        return "fail"  # D1: untreated although silent
    # What is long stable if it is there does not exclude if it is not there either.
    return "pass" if leptomeningeal == "no" and _long_stable(cns, at) else "unknown"


def _leptomeningeal(patient: Json, at: Anchors) -> str | None:
    """D3; a leptomeningeal lesion says yes, and contradicts a no."""
    stated = word(section(patient, "cns"), "leptomeningeal")
    if any(word(each, "kind") == "leptomeningeal" for each in items(patient, "lesions")):
        return "disputed" if stated == "no" else "yes"
    # It comes and does not go.
    return stated if stated == "yes" else lately(section(patient, "cns"), "leptomeningeal", at)


def _long_stable(cns: Json, at: Anchors) -> bool:
    """D1: all three denied. D2: treated less than four weeks ago, or D3, is for review."""
    answers = (lately(cns, "symptomatic", at), word(cns, "treated"), lately(cns, "progressing", at))
    treatment_end = day_of(cns, "treatment_end", at)
    if answers != ("no", "yes", "no") or treatment_end is None or at.planned_start is None:
        return False
    return treatment_end.last <= at.planned_start - 28


def excl05(patient: Json, at: Anchors) -> Verdict:
    """Registry: "Chemotherapy, radiotherapy, immunotherapy or surgery ... within 3 weeks"."""
    return any_excludes(
        [_washout(item, at) for item in items(patient, "treatments")],
        complete=is_complete(patient, "treatments"),
    )


def _washout(item: Json, at: Anchors) -> Verdict:
    classes = classes_of(item)
    if "fail" in [_washout_of(each, item, at) for each in classes.sure]:
        return "fail"
    every = {_washout_of(each, item, at) for each in classes.possible}
    return "pass" if every == {"pass"} else "unknown"


def _washout_of(treatment_class: str, item: Json, at: Anchors) -> Verdict:
    if treatment_class in NOT_LISTED:
        return "pass"  # C4: the sentence does not list them
    outpatient = word(item, "outpatient")
    if treatment_class == "surgery" and outpatient == "yes":
        return "pass"  # C5: "outpatient clinic surgery excluded" means allowed
    ended = last_day(item, at)
    if ended is None or at.planned_start is None:
        return "unknown"
    if ended.last <= at.planned_start - 22:
        return "pass"  # C3
    listed = treatment_class in ("chemotherapy", "radiotherapy", CHECKPOINT)
    inpatient_surgery = treatment_class == "surgery" and outpatient == "no"
    if (listed or inpatient_surgery) and ended.first > at.planned_start - 21:
        return "fail"
    # C3: day 21 exactly. C4: conjugates and other immunotherapy. C5: setting not known.
    return "unknown"


def excl06(patient: Json, at: Anchors) -> Verdict:
    """Registry: "Pregnancy or breastfeeding, or intention of becoming pregnant" (D12)."""
    reproductive = section(patient, "reproductive")
    male = word(patient, "sex") == "male"
    cannot = cannot_become_pregnant(patient)
    # A man of childbearing potential: one of the two is wrong, and neither answers for what is
    # missing. A yes stands: only of someone who can become pregnant is it true.
    past_breastfeeding = cannot and (
        male or word(reproductive, "status") == "postmenopausal"  # a sterile woman may nurse
    )
    parts = [
        _pregnancy(reproductive, at, impossible=cannot),
        _denied(_answer(reproductive, "intends_pregnancy", at, cannot), impossible=cannot),
        _denied(
            _answer(reproductive, "breastfeeding", at, past_breastfeeding),
            impossible=past_breastfeeding,
        ),
    ]
    return all_required(parts)


def _answer(reproductive: Json, field: str, at: Anchors, impossible: bool) -> str | None:
    """What is impossible contradicts whenever it was recorded."""
    return word(reproductive, field) if impossible else lately(reproductive, field, at)


def _pregnancy(reproductive: Json, at: Anchors, *, impossible: bool) -> Verdict:
    """A negative test speaks of its own day: the reading in force lets it be 14 days old at the start."""
    result, test = _recent_pregnancy_test(reproductive, at), section(reproductive, "pregnancy_test")
    if result == "positive" and may_have_been_observed_before(test, at.as_of - 280):
        return "unknown"  # of this pregnancy, or of one that is over
    verdict = _denied(result, impossible=impossible)
    if impossible or verdict != "pass":
        return verdict
    day = section(reproductive, "pregnancy_test").get("date")
    tested = day_of({"date": {"value": day}}, "date", at) if day else None
    is_fresh = (
        tested is not None
        and at.planned_start is not None
        and tested.first >= at.planned_start - 14
    )
    return "pass" if is_fresh else "unknown"


def _recent_pregnancy_test(reproductive: Json, at: Anchors) -> str | None:
    """A test that is older than a pregnancy lasts says nothing."""
    if was_observed_before(section(reproductive, "pregnancy_test"), at.as_of - 280):
        return None
    return word(reproductive, "pregnancy_test")


def _denied(answer: str | None, *, impossible: bool) -> Verdict:
    """One of the three: an answer of yes fails, unless the rest of the record speaks against it."""
    if answer in ("yes", "positive"):
        return "unknown" if impossible else "fail"
    return "pass" if impossible or answer in ("no", "negative") else "unknown"


def excl07(patient: Json) -> Verdict:
    """Registry: "History of allergies to the drug components of this trial" (D8)."""
    outcomes: list[Verdict] = []
    for allergy in items(patient, "allergies"):
        kind = _allergy_kind(allergy)
        if kind in ("retinoid", "monoclonal_antibody"):
            outcomes.append("fail")
        else:
            # Which chemotherapy and which excipients belong to the trial is not said.
            outcomes.append("pass" if kind == "unrelated" else "unknown")
    return any_excludes(outcomes, complete=is_complete(patient, "allergies"))


# Enough for the charts that the engines are compared on; the engine's own list is longer.
_KNOWN_SUBSTANCES = {
    "isotretinoin": "retinoid",
    "tretinoin": "retinoid",
    "vitamin a": "retinoid",
    "pembrolizumab": "monoclonal_antibody",
    "paclitaxel": "chemotherapy_drug",
}


def _allergy_kind(allergy: Json) -> str | None:
    """The name of the substance says its kind; a recorded kind that disagrees is in dispute."""
    stated = word(allergy, "kind")
    named = _KNOWN_SUBSTANCES.get(str(allergy.get("substance") or "").lower())
    is_disputed = section(allergy, "kind").get("absent") == "conflicting"
    if named is None or stated in (named, "excipient") or is_disputed:
        return stated
    return named if stated in (None, "unspecified_drug") else None


def excl09(patient: Json, at: Anchors) -> Verdict:
    """Registry: "... using oral steroid hormones ... will need to stop for 4 weeks" (D10)."""
    return any_excludes(
        [_steroid(each, at) for each in items(patient, "steroids")],
        complete=is_complete(patient, "steroids"),
    )


def _steroid(steroid: Json, at: Anchors) -> Verdict:
    kind, route = word(steroid, "kind"), word(steroid, "route")
    kinds = ("glucocorticoid", "replacement", "sex_hormone") if kind is None else (kind,)
    routes = ("oral", "injected", "inhaled", "topical") if route is None else (route,)
    return same_in_every_case(
        [_steroid_as(steroid, kind, route, at) for kind in kinds for route in routes]
    )


def _steroid_as(steroid: Json, kind: str, route: str, at: Anchors) -> Verdict:
    if route in ("inhaled", "topical"):
        return "pass"
    if kind != "glucocorticoid":
        return "unknown"  # replacement doses and sex hormones: for review, whenever taken
    if said_to_go_on_too_long(steroid, at):
        return "unknown"
    if word(steroid, "ongoing") == "yes":
        return "fail" if route == "oral" else "unknown"
    stopped = _steroid_stopped(steroid, at)
    if stopped is None or at.planned_start is None:
        return "unknown"
    if stopped.last <= at.planned_start - 29:
        # Long-term use that was stopped: the garbled clause can be read both ways.
        return "pass" if word(steroid, "pattern") == "occasional" else "unknown"
    if route == "oral" and stopped.first > at.planned_start - 28:
        return "fail"
    return "unknown"  # 28 days exactly, straddling, or injected


def _steroid_stopped(steroid: Json, at: Anchors) -> Days | None:
    """Days of the last dose of a steroid that is not said to go on."""
    if has_date(steroid, "last_dose"):
        return day_of(steroid, "last_dose", at)
    if word(steroid, "ongoing") == "no":
        return Days(LONG_AGO, at.as_of)
    return None
