"""How close a passing patient is to a limit, and when a result grows too old."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from eligibility.intervals import Interval
from eligibility.phrases import Phrases
from eligibility.protocol.conditions import Compare, Elapsed
from eligibility.protocol.verdict import Verdict
from eligibility.screening.model import Screening
from eligibility.screening.proof import LeafUse
from eligibility.truth import Truth
from eligibility.wording import say

_CLOSE = Decimal("0.1")  # of the limit
_CLOSE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Margin:
    """A passing value near its limit, or a window about to close."""

    criterion_id: str
    finding: str
    text: str


def margins_of(
    screening: Screening, phrases: Phrases, uses: Mapping[str, tuple[LeafUse, ...]]
) -> tuple[Margin, ...]:
    """Near limits of passing criteria, in protocol order."""
    found: dict[Margin, None] = {}
    for result in screening.results:
        if result.verdict is not Verdict.PASS:
            continue
        for use in uses[result.criterion.id]:
            text = _text(use, phrases)
            if text is not None and isinstance(use.leaf, (Compare, Elapsed)):
                found[Margin(result.criterion.id, use.leaf.finding, text)] = None
    return tuple(found)


def _text(use: LeafUse, phrases: Phrases) -> str | None:
    value = use.finding.value if use.finding else None
    if not isinstance(value, Interval):
        return None
    if isinstance(use.leaf, Compare):
        return _number(use.leaf, value, use, phrases)
    if isinstance(use.leaf, Elapsed):
        return _days(use.leaf, value, use, phrases)
    return None


def _number(leaf: Compare, value: Interval, use: LeafUse, phrases: Phrases) -> str | None:
    ends = [Decimal(end) for end in (value.low, value.high) if end is not None]
    if not leaf.limit or not any(abs(end - leaf.limit) <= _CLOSE * leaf.limit for end in ends):
        return None
    title = phrases.title(use)
    return say("margin.number", title=title, value=phrases.value(use), limit=leaf.written)


def _days(leaf: Elapsed, event: Interval, use: LeafUse, phrases: Phrases) -> str | None:
    """Days left until a result is too old, or days since a washout was over, where they are few."""
    anchor = phrases.anchors.day(leaf.before)
    end = event.low if use.truth is Truth.TRUE else event.high
    if anchor is None or end is None:
        return None
    left = int(end) - leaf.duration.before(anchor, phrases.anchors.clock)[1]
    title = phrases.title(use)
    if use.truth is Truth.TRUE and leaf.operator == "at_most" and left <= _CLOSE_DAYS:
        return say("margin.expires" if left else "margin.expires_today", title=title, days=left)
    if use.truth is Truth.FALSE and leaf.operator == "less_than" and -left <= _CLOSE_DAYS:
        return say("margin.cleared", title=title, days=-left)
    return None
