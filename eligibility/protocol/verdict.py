"""What a truth does to eligibility: the one place that knows inclusion from exclusion."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from eligibility.truth import Truth


class Verdict(StrEnum):
    """What a criterion does to a patient's eligibility."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"


class Decision(StrEnum):
    """The fold of all verdicts; it supports the investigator, who decides."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    UNDETERMINED = "undetermined"


_INCLUSION = {Truth.TRUE: Verdict.PASS, Truth.FALSE: Verdict.FAIL, Truth.UNKNOWN: Verdict.UNKNOWN}
_EXCLUSION = {Truth.TRUE: Verdict.FAIL, Truth.FALSE: Verdict.PASS, Truth.UNKNOWN: Verdict.UNKNOWN}


def verdict_of(truth: Truth, *, is_exclusion: bool) -> Verdict:
    """The verdict of a criterion whose wording has this truth."""
    return (_EXCLUSION if is_exclusion else _INCLUSION)[truth]


def decide(verdicts: Iterable[Verdict]) -> Decision:
    """Any FAIL is ineligible; else any UNKNOWN is undetermined; else eligible."""
    seen = set(verdicts)
    if Verdict.FAIL in seen:
        return Decision.INELIGIBLE
    if Verdict.UNKNOWN in seen or not seen:
        return Decision.UNDETERMINED
    return Decision.ELIGIBLE
