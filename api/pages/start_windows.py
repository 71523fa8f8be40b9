"""The windows that dates of a record open and close: how long a washout lasts, until when a result is fresh."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from eligibility.dates import Anchors
from eligibility.findings.findings import Findings, ItemFindings
from eligibility.intervals import Interval
from eligibility.protocol.conditions import Condition, Elapsed, Not, Some, children_of
from eligibility.screening.leaves import evaluate, truth_of_finding
from eligibility.screening.model import Screening
from eligibility.truth import Truth, negate

Kind = Literal["washout", "recency"]
_SHORTER = ("at_most", "less_than")


class _Dated(NamedTuple):
    """A condition on a date, the list it is asked in, and what passes the criterion."""

    some: Some | None
    leaf: Elapsed
    wanted: Truth

    @property
    def kind(self) -> Kind:
        """A washout passes once it is long enough ago, a result as long as it is fresh."""
        is_short = self.leaf.operator in _SHORTER
        return "recency" if is_short == (self.wanted is Truth.TRUE) else "washout"


@dataclass(frozen=True, slots=True)
class Window:
    """One event of the record and the days that it closes or keeps open."""

    source: Findings | ItemFindings
    leaf: Elapsed
    kind: Kind
    first: int
    """The earliest day of the event."""
    event_last: int | None
    """Its latest day; None while it goes on."""
    last: int | None
    """Last day of the washout, or on which the result is still fresh; None if it has no end."""
    criteria: tuple[str, ...]
    fields: tuple[str, ...]


def windows_of(screening: Screening) -> tuple[Window, ...]:
    """Every window that bears on a criterion, in the order of the protocol."""
    found: dict[tuple[object, ...], Window] = {}
    for criterion in screening.compiled.trial.criteria:
        wanted = Truth.FALSE if criterion.is_exclusion else Truth.TRUE
        for dated in _dated(criterion.condition, None, wanted):
            for window in _windows(screening, dated):
                leaf = window.leaf
                key = (_place(window.source), leaf.finding, leaf.duration, leaf.before, window.kind)
                before = found.get(key)
                names = before.criteria if before else ()
                criteria = tuple(dict.fromkeys((*names, criterion.id)))
                found[key] = replace(_stricter(before, window), criteria=criteria)
    return tuple(found.values())


def _stricter(one: Window | None, other: Window) -> Window:
    """The window that closes more days: a day that is left open counts to the washout."""
    if one is None or one.last is None or other.last is None:
        return one or other
    is_longer = other.last > one.last
    return other if is_longer == (one.kind == "washout") else one


def _dated(condition: Condition, some: Some | None, wanted: Truth) -> Iterator[_Dated]:
    if isinstance(condition, Elapsed):
        if condition.operator != "exactly":
            yield _Dated(some, condition, wanted)
    elif isinstance(condition, Some):
        yield from _dated(condition.where, condition, wanted)
    else:
        inner = negate(wanted) if isinstance(condition, Not) else wanted
        for child in children_of(condition):
            yield from _dated(child, some, inner)


def _windows(screening: Screening, dated: _Dated) -> Iterator[Window]:
    findings = screening.findings
    sources = findings.items(dated.some.collection) if dated.some else (findings,)
    for source in sources:
        window = _window(source, dated, screening.anchors)
        if window is not None and _bears(window, dated, screening.anchors):
            yield window


def _window(source: Findings | ItemFindings, dated: _Dated, anchors: Anchors) -> Window | None:
    finding = source.get(dated.leaf.finding)
    event = finding.value
    if not isinstance(event, Interval) or event.low is None:
        return None
    low, high = int(event.low), None if event.high is None else int(event.high)
    last = None if high is None else _last(source, dated, anchors, low, high)
    if dated.kind == "recency" and high is None:
        return None
    return Window(source, dated.leaf, dated.kind, low, high, last, (), finding.fields)


def _last(
    source: Findings | ItemFindings, dated: _Dated, anchors: Anchors, low: int, high: int
) -> int:
    """The last day of the window: before it surely passes for good, or until it surely passes."""
    finding, duration = source.get(dated.leaf.finding), dated.leaf.duration
    first, end = low + duration.shortest_days() - 1, high + duration.longest_days() + 2

    def passes(day: int) -> bool:
        truth = truth_of_finding(dated.leaf, finding, _on(dated.leaf, day, anchors))
        return truth is dated.wanted

    # Between two of its turning days a comparison stays as it is, and it turns only once in this direction.
    if dated.kind == "washout":
        return _turn(first, end, lambda day: not passes(day))
    return _turn(first - 1, end, passes)


def _turn(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The last day on which something holds that holds first and then no more."""
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _on(leaf: Elapsed, day: int, anchors: Anchors) -> Anchors:
    """The anchors where the one that a leaf counts from lies on a day."""
    if leaf.before == "screening":
        return Anchors(day, None, anchors.clock)
    return Anchors(min(day, anchors.as_of), day, anchors.clock)


def _bears(window: Window, dated: _Dated, anchors: Anchors) -> bool:
    """Whether the date changes anything for its item: the washout of chemotherapy is none of surgery."""
    if dated.some is None:
        return True
    inside = window.last if window.last is not None else window.first + 1
    outside = inside + 1 if window.last is not None else window.first - 100_000
    truths = {
        evaluate(dated.some.where, window.source, _on(dated.leaf, max(day, 1), anchors))
        for day in (inside, outside)
    }
    return len(truths) > 1


def _place(source: Findings | ItemFindings) -> tuple[str, int]:
    if isinstance(source, ItemFindings):
        return source.collection.name, source.number
    return "", 0
