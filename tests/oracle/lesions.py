"""INCL06: measurable disease by RECIST 1.1 (table B9)."""

from __future__ import annotations

from decimal import Decimal

from .treatments import classes_of
from .values import (
    UNLIMITED,
    Json,
    Range,
    Verdict,
    all_required,
    any_qualifies,
    is_complete,
    items,
    number,
    same_in_every_case,
    why_absent,
    word,
)

_SCANS = ("ct", "mri")
_METHODS = (*_SCANS, "chest_xray", "calliper", "ultrasound", "other")
_KINDS = (
    "extranodal",
    "lymph_node",
    "bone",
    "bone_with_soft_tissue",
    "effusion",
    "leptomeningeal",
    "lymphangitic",
)
_MEASUREMENTS = ("longest_diameter_mm", "short_axis_mm", "size_mm")
_ANY_SIZE = Range(Decimal(0), UNLIMITED)
_NEVER_MEASURABLE = ("bone", "effusion", "leptomeningeal", "lymphangitic")


def incl06(patient: Json) -> Verdict:
    """Some lesion is measurable."""
    return any_qualifies(
        [_measurable(lesion, patient) for lesion in items(patient, "lesions")],
        complete=is_complete(patient, "lesions"),
    )


def _measurable(lesion: Json, patient: Json) -> Verdict:
    recorded_kind, recorded_method = word(lesion, "kind"), word(lesion, "method")
    kinds = _KINDS if recorded_kind is None else (recorded_kind,)
    methods = _METHODS if recorded_method is None else (recorded_method,)
    by_size = same_in_every_case(
        [_large_enough(lesion, kind, method) for kind in kinds for method in methods]
    )
    return all_required([by_size, _counts_after_radiotherapy(lesion, patient)])


def _large_enough(lesion: Json, kind: str, method: str) -> Verdict:
    if kind in _NEVER_MEASURABLE:
        return "fail"
    if kind == "lymph_node":
        size, needed = _short_axis(lesion), 15
    else:
        size, needed = _longest_diameter(lesion), 20 if method == "chest_xray" else 10
    if size.surely_below(needed):
        return "fail"
    if size.low < needed:
        return "unknown"
    return _well_measured(lesion, kind, method)


def _well_measured(lesion: Json, kind: str, method: str) -> Verdict:
    """A lesion large enough: whether the method is one that RECIST accepts for it."""
    if method in _SCANS:
        return "pass" if _thin_slices(lesion) else "unknown"
    if kind == "lymph_node":
        return "unknown"  # a short axis is read off a scan
    return "pass" if method in ("chest_xray", "calliper") else "unknown"


def _thin_slices(lesion: Json) -> bool:
    """Slices of 5 mm are taken for granted, but not where a result is awaited or illegible."""
    thickness = number(lesion, "slice_thickness_mm")
    if thickness is None:
        return why_absent(lesion, "slice_thickness_mm") in ("not_recorded", "not_done")
    return thickness.high <= 5


def _contradicts_itself(lesion: Json) -> bool:
    """No axis is longer than the longest diameter, and none is shorter than the short axis."""
    longest, short, size = (number(lesion, field) for field in _MEASUREMENTS)
    no_less_than = ((longest, short), (longest, size), (size, short))
    return any(
        upper is not None and lower is not None and upper.surely_less_than(lower)
        for upper, lower in no_less_than
    )


def _longest_diameter(lesion: Json) -> Range:
    if _contradicts_itself(lesion):
        return _ANY_SIZE
    longest = number(lesion, "longest_diameter_mm")
    if longest is not None:
        return longest
    # No diameter is longer than the longest: a size along any axis is a lower bound.
    others = [number(lesion, "size_mm"), number(lesion, "short_axis_mm")]
    return Range(max((each.low for each in others if each), default=Decimal(0)), UNLIMITED)


def _short_axis(lesion: Json) -> Range:
    if _contradicts_itself(lesion):
        return _ANY_SIZE
    short = number(lesion, "short_axis_mm")
    if short is not None:
        return short
    # The short axis is no longer than any other: 15-20 mm of a node says little (B9).
    others = [number(lesion, "longest_diameter_mm"), number(lesion, "size_mm")]
    ends = [(each.high, not each.high_open) for each in others if each]
    high, included = min(ends, default=(UNLIMITED, True))
    return Range(Decimal(0), high, high_open=not included)


def _counts_after_radiotherapy(lesion: Json, patient: Json) -> Verdict:
    """An irradiated lesion counts only if it has progressed since."""
    irradiated = word(lesion, "irradiated")
    progressed = word(lesion, "progressed_since_irradiation")
    if _never_irradiated(patient):
        # A complete list without radiotherapy answers for the lesion, or contradicts it.
        irradiated = None if irradiated == "yes" else "no"
    if irradiated == "no" or progressed == "yes":
        return "pass"
    if irradiated == "yes" and progressed == "no":
        return "fail"
    return "unknown"


def _never_irradiated(patient: Json) -> bool:
    if not is_complete(patient, "treatments"):
        return False
    every = [classes_of(item).possible for item in items(patient, "treatments")]
    return all("radiotherapy" not in possible for possible in every)
