"""The inclusion criteria, one function each; INCL02 and INCL06 have modules of their own."""

from __future__ import annotations

from decimal import Decimal

from .days import Anchors, completed_years, day_of, has_date, lately, was_observed_before
from .treatments import CHECKPOINT, IMMUNOTHERAPY, PARTNERS, classes_of
from .values import (
    Json,
    Range,
    Verdict,
    all_required,
    any_qualifies,
    is_complete,
    items,
    number,
    overlap,
    section,
    word,
)

_ANY_GRADE = Range(Decimal(0), Decimal(5))


def incl01(patient: Json, at: Anchors) -> Verdict:
    """Registry: "ECOG Performance Status of 0, 1, or 2" (B10, B11)."""
    scales = ("ecog", "karnofsky")
    too_old = at.as_of - 90
    one_is_old = any(was_observed_before(section(patient, name), too_old) for name in scales)
    if not one_is_old and _grade_of(patient) is None:
        return "unknown"  # the two scales contradict each other, at least if both are of late
    grade = _grade_of({name: patient[name] for name in scales if lately(patient, name, at)})
    assert grade is not None
    if grade.high <= 2:
        return "pass"
    return "fail" if grade.low >= 3 else "unknown"


def _grade_of(patient: Json) -> Range | None:
    ecog = number(patient, "ecog", highest=5, whole=True) or _ANY_GRADE
    karnofsky = number(patient, "karnofsky", highest=100, whole=True)
    implied = _ANY_GRADE if karnofsky is None else _grade_implied_by(karnofsky)
    return overlap(ecog, implied)


def _grade_implied_by(karnofsky: Range) -> Range:
    """B11: 70 and more is grade 0 to 2, 40 and less is 3 to 5."""
    if karnofsky.low >= 70:
        return Range(Decimal(0), Decimal(2))
    if karnofsky.high <= 40:
        return Range(Decimal(3), Decimal(5))
    # The published conversions disagree about 50 and 60, so these say nothing of the grade.
    return _ANY_GRADE


def incl03(patient: Json) -> Verdict:
    """Registry: "... recurrence or disease progression after immunotherapy ... for MBC"."""
    return any_qualifies(
        [_progressed_on_immunotherapy(item) for item in items(patient, "treatments")],
        complete=is_complete(patient, "treatments"),
    )


def _progressed_on_immunotherapy(item: Json) -> Verdict:
    """Fail means that the treatment does not count; what calls for review is unknown."""
    classes = classes_of(item)
    evidence = word(item, "progression")
    if not classes.possible & IMMUNOTHERAPY:
        return "fail"  # B3
    if evidence == "none":
        return "fail"  # B7: stopped without progression
    qualifies = (
        CHECKPOINT in classes.sure  # B3: a vaccine or a cytokine alone is for review
        and bool(classes.sure & PARTNERS)  # B4: "combined with targeted therapy or chemo"
        and word(item, "setting") == "metastatic"  # B6: "for metastatic breast cancer"
        and evidence in ("radiologic", "biopsy")  # B8: markers or symptoms are not objective
        and word(item, "progression_timing") in ("during", "after")  # B5
    )
    return "pass" if qualifies else "unknown"


def incl04() -> Verdict:
    """Registry: "Adequate hematologic and end-organ function"; it prints no number (C11)."""
    return "unknown"


def cannot_become_pregnant(patient: Json) -> bool:
    """Surely not of childbearing potential (D11)."""
    status = word(section(patient, "reproductive"), "status")
    if status == "childbearing_potential":
        return False  # also beside "male": then one of the two is wrong
    return word(patient, "sex") == "male" or status in ("postmenopausal", "surgically_sterile")


def incl05(patient: Json, at: Anchors) -> Verdict:
    """Registry: "For women of childbearing potential: agreement to remain abstinent ..."."""
    reproductive = section(patient, "reproductive")
    contraception = lately(reproductive, "contraception", at)
    if contraception == "agreed" or cannot_become_pregnant(patient):
        return "pass"  # D11: agreed, or not applicable
    if word(patient, "sex") == "male":
        return "unknown"  # a man recorded as of childbearing potential
    can = word(reproductive, "status") == "childbearing_potential"
    return "fail" if contraception == "refused" and can else "unknown"


def incl07(patient: Json, at: Anchors) -> Verdict:
    """Registry: "... cognitive ability to understand the protocol and be willing ..." (D14)."""
    consent = section(patient, "consent")
    answers = [
        lately(consent, "cognitive_ability", at),
        lately(consent, "willing_to_participate", at),
        lately(consent, "willing_to_be_followed_up", at),
    ]
    meaning: dict[str | None, Verdict] = {"yes": "pass", "no": "fail", None: "unknown"}
    return all_required([meaning[answer] for answer in answers])


def incl08(patient: Json, at: Anchors) -> Verdict:
    """Sex: female (D13); the record prints no age limit, so age alone never fails (D15)."""
    sex = word(patient, "sex")
    if sex == "male":
        return "fail"
    age = _age(patient, at)
    if sex == "female" and age is not None and age.low >= 18:
        return "pass"
    return "unknown"


def _age(patient: Json, at: Anchors) -> Range | None:
    stated = number(patient, "age_years", highest=130)
    born = day_of(patient, "birth_date", at)
    if not has_date(patient, "birth_date"):
        return stated
    if born is None:
        return None  # nobody is born after the day of judgement: something is wrong here
    youngest, oldest = completed_years(born, at)
    # Whoever has completed 45 years is 45 until the day before the next birthday.
    counted = Range(Decimal(youngest), Decimal(oldest + 1), high_open=True)
    if stated is None:
        return counted
    return overlap(stated, counted)
