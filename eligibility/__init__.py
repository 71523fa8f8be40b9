"""Eligibility screening for clinical trials: criteria as data, three truth values, every answer explained.

The public interface is what `__all__` names; everything else may change.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eligibility.dates import anchors
    from eligibility.errors import EligibilityError
    from eligibility.explanation import Explanation, explain
    from eligibility.patient.record import PatientRecord, read_record
    from eligibility.protocol.library import load_trial
    from eligibility.protocol.model import Trial
    from eligibility.protocol.verdict import Decision, Verdict
    from eligibility.screening.model import Screening
    from eligibility.screening.screen import Screener
    from eligibility.truth import Truth

__all__ = [
    "Decision",
    "EligibilityError",
    "Explanation",
    "PatientRecord",
    "Screener",
    "Screening",
    "Trial",
    "Truth",
    "Verdict",
    "anchors",
    "explain",
    "load_trial",
    "read_record",
]

_HOME = {
    "Decision": "eligibility.protocol.verdict",
    "EligibilityError": "eligibility.errors",
    "Explanation": "eligibility.explanation",
    "PatientRecord": "eligibility.patient.record",
    "Screener": "eligibility.screening.screen",
    "Screening": "eligibility.screening.model",
    "Trial": "eligibility.protocol.model",
    "Truth": "eligibility.truth",
    "Verdict": "eligibility.protocol.verdict",
    "anchors": "eligibility.dates",
    "explain": "eligibility.explanation",
    "load_trial": "eligibility.protocol.library",
    "read_record": "eligibility.patient.record",
}


def __getattr__(name: str) -> Any:
    # Names are fetched when first used: the command line's --help must not wait for the rule engine.
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
