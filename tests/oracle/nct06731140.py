"""Judges a patient against NCT06731140, written from the registry text and not from the product."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from .days import Anchors, anchors, observed_by, seen_by
from .exclusion import excl01, excl05, excl06, excl07, excl09
from .histories import excl02, excl03, excl04, excl08
from .inclusion import incl01, incl03, incl04, incl05, incl07, incl08
from .lesions import incl06
from .receptors import incl02
from .values import Json, Verdict, same_in_every_case

Decision = Literal["eligible", "ineligible", "undetermined"]

# What is itself a date or stands in a list has days of its own; the day on which somebody wrote
# it down may then be believed or not.
_WITH_DAYS_OF_ITS_OWN = frozenset({"birth_date", "treatment_end", "date", "items", "labs"})


def judge(patient: Json, as_of: str, planned_start: str | None) -> dict[str, Verdict]:
    """The verdict of every criterion for the plain JSON form of a patient record."""
    at = anchors(as_of, planned_start)
    patient = seen_by(patient, at)
    strict = observed_by(patient, at)
    lenient = observed_by(patient, at, spared=_WITH_DAYS_OF_ITS_OWN)
    verdicts = _judge(strict, at)
    if strict == lenient:
        return verdicts
    otherwise = _judge(lenient, at)
    return {name: same_in_every_case([verdicts[name], otherwise[name]]) for name in verdicts}


def _judge(patient: Json, at: Anchors) -> dict[str, Verdict]:
    return {
        "INCL01": incl01(patient, at),
        "INCL02": incl02(patient),
        "INCL03": incl03(patient),
        "INCL04": incl04(),
        "INCL05": incl05(patient, at),
        "INCL06": incl06(patient),
        "INCL07": incl07(patient, at),
        "INCL08": incl08(patient, at),
        "EXCL01": excl01(patient, at),
        "EXCL02": excl02(patient),
        "EXCL03": excl03(patient, at),
        "EXCL04": excl04(patient, at),
        "EXCL05": excl05(patient, at),
        "EXCL06": excl06(patient, at),
        "EXCL07": excl07(patient),
        "EXCL08": excl08(patient, at),
        "EXCL09": excl09(patient, at),
    }


def decide(verdicts: Mapping[str, str]) -> Decision:
    """One failed criterion is enough against; only passed ones are enough for."""
    if "fail" in verdicts.values():
        return "ineligible"
    return "undetermined" if "unknown" in verdicts.values() else "eligible"
