"""Reads single values out of the plain JSON of a patient: words, numbers within bounds, lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

Json = dict[str, Any]
Verdict = Literal["pass", "fail", "unknown"]

UNLIMITED = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Range:
    """Every number a value may be; an open end does not belong to it."""

    low: Decimal
    high: Decimal
    low_open: bool = False
    high_open: bool = False

    def surely_below(self, limit: int) -> bool:
        """No number in it reaches the limit."""
        return self.high < limit or (self.high == limit and self.high_open)

    def surely_above(self, limit: int) -> bool:
        """Every number in it exceeds the limit."""
        return self.low > limit or (self.low == limit and self.low_open)

    def surely_less_than(self, other: Range) -> bool:
        """Every number in it is less than every number in the other."""
        apart = self.high == other.low and (self.high_open or other.low_open)
        return self.high < other.low or apart


def overlap(one: Range, other: Range) -> Range | None:
    """The numbers of which both can be true; none when the two contradict each other."""
    from_below = max((one, other), key=lambda each: (each.low, each.low_open))
    from_above = min((one, other), key=lambda each: (each.high, not each.high_open))
    low, low_open = from_below.low, from_below.low_open
    high, high_open = from_above.high, from_above.high_open
    if low > high or (low == high and (low_open or high_open)):
        return None
    return Range(low, high, low_open, high_open)


def covering(ranges: Iterable[Range]) -> Range | None:
    """The smallest range that holds all of them; none when there are none."""
    every = list(ranges)
    if not every:
        return None
    lowest = min(every, key=lambda each: (each.low, each.low_open))
    highest = max(every, key=lambda each: (each.high, not each.high_open))
    return Range(lowest.low, highest.high, lowest.low_open, highest.high_open)


def section(parent: Json, name: str) -> Json:
    """A part of the record; empty when nothing of it was written."""
    part: Json = parent.get(name) or {}
    return part


def word(part: Json, field: str) -> str | None:
    """The recorded text or code; none when it is absent, for whatever reason."""
    recorded = part.get(field)
    if not isinstance(recorded, dict) or recorded.get("value") is None:
        return None
    return str(recorded["value"])


def why_absent(part: Json, field: str) -> str:
    """The reason given for a value that is not there."""
    recorded = part.get(field) or {}
    return str(recorded.get("absent") or "not_recorded")


def is_disputed(part: Json, *fields: str) -> bool:
    """Whether the record says of one of these that its sources disagree, and gives no value."""
    return any(
        word(part, each) is None and why_absent(part, each) == "conflicting" for each in fields
    )


def is_open(part: Json, *fields: str) -> bool:
    """Whether one of these is awaited, unreadable or disputed: asked for, but without a value."""
    reasons = ("pending", "unreadable", "conflicting")
    return any(word(part, each) is None and why_absent(part, each) in reasons for each in fields)


def items(parent: Json, name: str) -> list[Json]:
    """What a list of the record holds."""
    held: list[Json] = section(parent, name).get("items") or []
    return list(held)


def is_complete(parent: Json, name: str) -> bool:
    """Whether the list says that it holds everything there is."""
    return section(parent, name).get("complete") is True


def number(
    part: Json, field: str, *, highest: Decimal | int = UNLIMITED, whole: bool = False
) -> Range | None:
    """The numbers a field may mean; `whole` for grades and scores, which move in steps of one."""
    text = word(part, field)
    if text is None:
        return None
    found = _read(text, Decimal(highest))
    if not whole:
        return found
    # "<2" of a score is at most 1.
    low = found.low + 1 if found.low_open else found.low
    high = found.high - 1 if found.high_open else found.high
    return Range(low, high)


def _read(text: str, highest: Decimal) -> Range:
    bare = text
    for written, meant in (("%", ""), ("+", ""), ("–", "-"), ("..", "-"), ("to", "-")):
        bare = bare.replace(written, meant)
    bare = "".join(bare.split()).replace("≤", "<=").replace("≥", ">=")
    if bare.startswith("<="):
        return Range(Decimal(0), Decimal(bare[2:]))
    if bare.startswith("<"):
        return Range(Decimal(0), Decimal(bare[1:]), high_open=True)
    if bare.startswith(">="):
        return Range(Decimal(bare[2:]), highest)
    if bare.startswith(">"):
        return Range(Decimal(bare[1:]), highest, low_open=True)
    low, _, high = bare.partition("-")
    return Range(Decimal(low), Decimal(high or low))


def any_excludes(outcomes: Iterable[Verdict], *, complete: bool) -> Verdict:
    """An exclusion over a list: one that surely excludes is enough; clear needs the whole list."""
    found = set(outcomes)
    if "fail" in found:
        return "fail"
    if "unknown" in found or not complete:
        return "unknown"
    return "pass"


def any_qualifies(outcomes: Iterable[Verdict], *, complete: bool) -> Verdict:
    """An inclusion over a list: one that surely qualifies is enough; fail needs the whole list."""
    found = set(outcomes)
    if "pass" in found:
        return "pass"
    if "unknown" in found or not complete:
        return "unknown"
    return "fail"


def all_required(parts: Iterable[Verdict]) -> Verdict:
    """Several things that must all hold."""
    found = set(parts)
    if "fail" in found:
        return "fail"
    return "unknown" if "unknown" in found else "pass"


def same_in_every_case(outcomes: Iterable[Verdict]) -> Verdict:
    """The outcome that all possibilities share; unknown when they differ."""
    found = set(outcomes)
    return found.pop() if len(found) == 1 else "unknown"
