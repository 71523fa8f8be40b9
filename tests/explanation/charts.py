"""The example patient, who is eligible, with one thing or another changed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from eligibility.blockers import Blocker
from eligibility.dates import anchors
from eligibility.explanation import CriterionExplanation, Explanation, explain
from eligibility.intake.template import example_profile
from eligibility.patient.record import read_record
from eligibility.protocol.library import load_trial
from eligibility.screening.screen import Screener

AS_OF, START = "2026-11-21", "2026-12-01"
PROFILE = "atezolizumab_p1"
Document = dict[str, Any]


@cache
def screener(profile: str | None = PROFILE) -> Screener:
    """The trial under a site profile."""
    return Screener(load_trial(profile=profile))


def patient(changes: Mapping[str, Any] | None = None, *removed: str) -> Document:
    """The example with the values at some paths replaced, and others removed."""
    document = example_profile()
    for path, value in (changes or {}).items():
        *steps, last = path.split(".")
        part = _at(document, steps)
        part[int(last) if isinstance(part, list) else last] = value
    for path in removed:
        *steps, last = path.split(".")
        part = _at(document, steps)
        part.pop(int(last) if isinstance(part, list) else last)
    return document


def _at(part: Any, steps: list[str]) -> Any:
    for step in steps:
        part = part[int(step)] if isinstance(part, list) else part.setdefault(step, {})
    return part


def explained(
    document: Document,
    *,
    as_of: str = AS_OF,
    start: str | None = START,
    profile: str | None = PROFILE,
) -> Explanation:
    """The whole explanation of a patient."""
    screening = screener(profile).screen(read_record(document), anchors(as_of, start))
    assert screening.alarm is None
    return explain(screening)


def criterion(explanation: Explanation, name: str) -> CriterionExplanation:
    """The explanation of one criterion."""
    return next(each for each in explanation.criteria if each.criterion.id == name)


def blocker(explanation: Explanation, name: str) -> Blocker:
    """What stands in the way by one criterion."""
    return next(each for each in explanation.blockers if each.criterion_id == name)


def complete(*items: Document) -> Document:
    """A list that is declared complete."""
    return {"complete": True, "items": list(items)}


def melanoma(**dates: str) -> Document:
    """One other malignancy, of the kind that excludes for five years."""
    return {"other_malignancies": complete({"type": "melanoma", **dates})}


def infarction(date: str) -> Document:
    """A heart attack, which excludes for six months."""
    return {"history.cardiovascular": complete({"code": "myocardial_infarction", "date": date})}


def prednisone(**more: str) -> Document:
    """Occasional oral steroids."""
    taken = {"kind": "glucocorticoid", "route": "oral", "pattern": "occasional", **more}
    return {"steroids": complete(taken)}


def supported(kind: str, last_dose: str) -> Document:
    """The example's blood counts held up by a growth factor or a transfusion."""
    given = {"kind": kind, "last_dose": last_dose, "ongoing": "no"}
    return {"treatments": complete(*example_profile()["treatments"]["items"], given)}


def can_become_pregnant(tested: str | None, *, result: str = "negative") -> Document:
    """A woman of childbearing potential who was tested on a day, or nobody says when."""
    test = {"value": result} | ({"date": tested} if tested else {})
    answers = {"breastfeeding": "no", "intends_pregnancy": "no", "contraception": "agreed"}
    return {"reproductive": {"status": "wocbp", "pregnancy_test": test, **answers}}
