"""What a line of results says beyond the verdicts: the same answers as the explanation, and nothing besides."""

from __future__ import annotations

from typing import NamedTuple

from eligibility.blockers import clears_on
from eligibility.dates import format_day
from eligibility.phrases import Phrases
from eligibility.protocol.model import Remedy
from eligibility.protocol.verdict import Verdict
from eligibility.questions import questions
from eligibility.screening.model import Screening
from eligibility.timeline import outlook


class Brief(NamedTuple):
    """The first question, the first possible start, and the last start for which the decision stands."""

    next_question: str = ""
    possible_from: str = ""
    """Empty where facts are missing, for then no date is a promise."""
    valid_until: str = ""


def brief_of(screening: Screening) -> Brief:
    """The brief of a screening that raised no alarm."""
    ahead = outlook(screening)
    possible_from = None if ahead.still_open else ahead.possible_from
    return Brief(
        _next_question(screening),
        _text(possible_from, screening),
        _text(ahead.valid_until, screening),
    )


def _text(day: int | None, screening: Screening) -> str:
    return "" if day is None else format_day(day, screening.anchors.clock)


def _next_question(screening: Screening) -> str:
    still_open = [r.criterion for r in screening.results if r.verdict is Verdict.UNKNOWN]
    if not still_open or _is_final(screening):
        return ""
    uses = {criterion.id: screening.uses_of(criterion) for criterion in still_open}
    asked = questions(screening, Phrases(screening), uses, final=False)
    return asked[0].text if asked else ""


def _is_final(screening: Screening) -> bool:
    """Whether some criterion fails that nothing, not even time, can change."""
    failed = (r.criterion for r in screening.results if r.verdict is Verdict.FAIL)
    return any(
        criterion.if_failed is Remedy.NEVER
        and clears_on(screening, criterion, {Verdict.PASS}) is None
        and clears_on(screening, criterion, {Verdict.UNKNOWN}) is None
        for criterion in failed
    )
