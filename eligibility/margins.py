"""How close a passing patient is to a limit, and when a result grows too old."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from eligibility.found_values import UNSPOKEN
from eligibility.intervals import Interval
from eligibility.phrases import Phrases
from eligibility.protocol.conditions import Compare, Elapsed
from eligibility.protocol.verdict import Verdict
from eligibility.screening.judging import LeafUse
from eligibility.screening.model import Screening
from eligibility.truth import Truth

_CLOSE = Decimal("0.1")  # of the limit
_CLOSE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Margin:
    """A passing value near its limit, or a window about to close."""

    criterion_id: str
    findings: tuple[str, ...]
    text: str


def margins_of(
    screening: Screening, phrases: Phrases, uses: Mapping[str, tuple[LeafUse, ...]]
) -> tuple[Margin, ...]:
    """Near limits of passing criteria, in protocol order."""
    found: dict[tuple[str, str, int], list[tuple[str, str]]] = {}
    for result in screening.results:
        if result.verdict is Verdict.PASS:
            for use in uses[result.criterion.id]:
                close = _closeness(use, phrases)
                if close is not None and isinstance(use.leaf, (Compare, Elapsed)):
                    entry = found.setdefault((result.criterion.id, *close), [])
                    entry.append((use.leaf.finding, phrases.title(use)))
    return tuple(_margin(phrases, *key, entry) for key, entry in found.items())


def _margin(
    phrases: Phrases, criterion_id: str, key: str, days: int, entry: list[tuple[str, str]]
) -> Margin:
    """One line; results that grow too old on the same day share it."""
    findings = tuple(dict.fromkeys(finding for finding, _ in entry))
    voice = phrases.voice
    titles = voice.listed(dict.fromkeys(voice.result_of(title) for _, title in entry))
    if not key.startswith("margin."):
        return Margin(criterion_id, findings, key)
    until = phrases.day((phrases.anchors.planned_start or 0) + days)
    text = voice.say(key, title=titles, days=days, until=until)
    return Margin(criterion_id, findings, text)


def _closeness(use: LeafUse, phrases: Phrases) -> tuple[str, int] | None:
    """Which sentence to say and its number of days; a near limit comes as a sentence of its own."""
    value = use.finding.value if use.finding else None
    if use.finding is None or not use.finding.fields or not isinstance(value, Interval):
        return None
    if value.low != value.high:
        return None
    if isinstance(use.leaf, Compare) and use.source.spec(use.leaf.finding).unit not in UNSPOKEN:
        return _number(use.leaf, value, use, phrases)
    if isinstance(use.leaf, Elapsed):
        return _days(use.leaf, value, use, phrases)
    return None


def _number(
    leaf: Compare, value: Interval, use: LeafUse, phrases: Phrases
) -> tuple[str, int] | None:
    if not leaf.limit or value.low is None or abs(value.low - leaf.limit) > _CLOSE * leaf.limit:
        return None
    title = phrases.title(use)
    voice = phrases.voice
    text = voice.say(
        "margin.number", title=title, value=phrases.value(use), limit=voice.limit(leaf.written)
    )
    return text, 0


def _days(leaf: Elapsed, event: Interval, use: LeafUse, phrases: Phrases) -> tuple[str, int] | None:
    """Days left until a result is too old, or days since a washout was over, where they are few."""
    anchor = phrases.anchors.day(leaf.before)
    if anchor is None or event.low is None:
        return None
    left = int(event.low) - leaf.duration.before(anchor, phrases.anchors.clock)[1]
    counts_to_start = leaf.before == "planned_start" and leaf.operator == "at_most"
    if use.truth is Truth.TRUE and counts_to_start and left <= _CLOSE_DAYS:
        return "margin.expires", left
    if use.truth is Truth.FALSE and leaf.operator == "less_than" and -left <= _CLOSE_DAYS:
        return "margin.cleared", -left
    return None
