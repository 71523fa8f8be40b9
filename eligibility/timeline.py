"""Eligibility over all planned start dates: exact intervals from the finitely many days it can change on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from eligibility.dates import AnchorName, Anchors, Duration
from eligibility.findings.findings import Findings
from eligibility.intervals import Interval
from eligibility.protocol.model import Criterion, Remedy
from eligibility.protocol.verdict import Decision, Verdict, decide
from eligibility.screening.compile import DayLeaf
from eligibility.screening.leaves import evaluate, leaf_truth
from eligibility.screening.model import Screening
from eligibility.screening.network import fold, read_edge
from eligibility.truth import Truth

_GRAVITY = (Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL)


@dataclass(frozen=True, slots=True)
class Period:
    """Planned start days, both included, over which every verdict is the same; `last` None has no end."""

    first: int
    last: int | None
    decision: Decision
    failing: tuple[str, ...]
    unknown: tuple[str, ...]
    renewed: Mapping[str, Verdict]
    """What criteria that do not pass would be if every test in them were fresh, its value unchanged."""

    @property
    def to_repeat(self) -> tuple[str, ...]:
        """Criteria that fail, or are open, by the age of a result and by nothing else."""
        failing = (n for n in self.failing if self.renewed[n] is not Verdict.FAIL)
        return (*failing, *(n for n in self.unknown if self.renewed[n] is Verdict.PASS))

    @property
    def held_back(self) -> tuple[str, ...]:
        """Criteria that fail, fresh tests or not."""
        return tuple(n for n in self.failing if self.renewed[n] is Verdict.FAIL)

    @property
    def open_when_renewed(self) -> tuple[str, ...]:
        """Criteria that fresh tests leave open."""
        return tuple(n for n, verdict in self.renewed.items() if verdict is Verdict.UNKNOWN)

    def contains(self, day: int) -> bool:
        """Whether a day lies in the period."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the calendar says to a coordinator."""

    periods: tuple[Period, ...]
    possible_from: int | None
    """First start day on which waiting and repeated tests have cured all that they can."""
    held_back_by: tuple[str, ...]
    """The criteria that are the last to clear before `possible_from`."""
    to_repeat: tuple[str, ...]
    """Criteria that need a fresh test for a start on `possible_from`."""
    still_open: tuple[str, ...]
    """Criteria that are open even on `possible_from`."""
    renewable: tuple[str, ...]
    """Criteria that fail or are open by the age of a result alone, on some start."""
    valid_until: int | None
    """Last start day for which the decision stands as it is now; None when it has no end."""
    ended_by: tuple[str, ...]
    """The criteria whose verdict changes then."""


def outlook(screening: Screening) -> Outlook:
    """The whole calendar from the day of judgement on, and what follows from it."""
    stretches = tuple(_stretches(screening))
    periods = tuple(_merged(stretches))
    start = _first_possible(stretches)
    valid_until, ended_by = _validity(screening, periods, start)
    return Outlook(
        periods=periods,
        possible_from=start.first if start else None,
        held_back_by=_held_back_by(stretches, start),
        to_repeat=start.to_repeat if start else (),
        still_open=start.open_when_renewed if start else (),
        renewable=tuple(sorted({name for each in stretches for name in each.to_repeat})),
        valid_until=valid_until,
        ended_by=ended_by,
    )


def _merged(stretches: Iterable[Period]) -> Iterator[Period]:
    """The calendar as verdicts show it, whatever fresh tests would make of them."""
    current: Period | None = None
    for each in stretches:
        if current is None:
            current = each
        elif (each.failing, each.unknown) != (current.failing, current.unknown):
            yield current
            current = each
        else:
            # A test is named as one to repeat only where that helps over the whole period.
            worse = {n: _worse(current.renewed[n], each.renewed[n]) for n in each.renewed}
            current = replace(current, last=each.last, renewed=worse)
    if current is not None:
        yield current


def _worse(one: Verdict, other: Verdict) -> Verdict:
    return max(one, other, key=_GRAVITY.index)


def _stretches(screening: Screening) -> Iterator[Period]:
    """Stretches of equal verdicts, with fresh tests and without, from the day of judgement to the end of time."""
    compiled, as_of = screening.compiled, screening.anchors.as_of
    turning = _turning_leaves(screening)
    anchors = replace(screening.anchors, planned_start=as_of)
    truths = list(screening.leaf_truths)
    if not truths:
        truths = [leaf_truth(leaf, screening.findings, anchors) for leaf in compiled.leaves]
    # Between two of its own turning days a leaf stays as it is, so only those that turn are asked again.
    turning[as_of] = list(compiled.moving_leaves)
    current: Period | None = None
    for day in sorted(turning):
        anchors = replace(screening.anchors, planned_start=day)
        now = {
            number: leaf_truth(compiled.leaves[number], screening.findings, anchors)
            for number in turning[day]
        }
        if current is not None and all(truths[number] is now[number] for number in now):
            continue
        for number, truth in now.items():
            truths[number] = truth
        found = _period(screening, day, truths)
        if current is None:
            current = found
        elif (found.failing, found.unknown, found.renewed) != (
            current.failing,
            current.unknown,
            current.renewed,
        ):
            yield replace(current, last=day - 1)
            current = found
    if current is not None:
        yield current


def _turning_leaves(screening: Screening) -> dict[int, list[int]]:
    """The leaves that may turn on each day after the day of judgement."""
    turning: dict[int, list[int]] = {}
    for number in screening.compiled.moving_leaves:
        for day in set(_turns(screening.compiled.leaf_days[number], screening.findings)):
            if day > screening.anchors.as_of:
                turning.setdefault(day, []).append(number)
    return turning


def _period(screening: Screening, day: int, truths: Sequence[Truth]) -> Period:
    """The verdicts for one planned start, on which the leaves have these truths."""
    verdicts = _verdicts(screening, truths)
    renewed = _renewed(screening, truths, verdicts)
    return Period(
        first=day,
        last=None,
        decision=decide(verdicts.values()),
        failing=tuple(name for name, verdict in verdicts.items() if verdict is Verdict.FAIL),
        unknown=tuple(name for name, verdict in verdicts.items() if verdict is Verdict.UNKNOWN),
        renewed={n: renewed[n] for n, verdict in verdicts.items() if verdict is not Verdict.PASS},
    )


def _renewed(
    screening: Screening, truths: Sequence[Truth], verdicts: Mapping[str, Verdict]
) -> Mapping[str, Verdict]:
    """The verdicts if the tests of every criterion that a new test may cure were fresh.

    Only the age of a result is renewed: its value stays, and so does what happened to the patient. An
    infarction or a dose becomes no younger by a test, nor older.
    """
    compiled = screening.compiled
    old = {n: truth for n, truth in compiled.test_ages.items() if truths[n] is not truth}
    if not old:
        return verdicts
    fresh = [old.get(number, truth) for number, truth in enumerate(truths)]
    found = _verdicts(screening, fresh)
    return {
        criterion.id: found[criterion.id]
        if criterion.if_failed is Remedy.RETEST
        else verdicts[criterion.id]
        for criterion in compiled.trial.criteria
    }


def _verdicts(screening: Screening, truths: Sequence[Truth]) -> dict[str, Verdict]:
    """Every criterion's verdict where the leaves have these truths."""
    compiled = screening.compiled
    nodes = fold(compiled.network, truths)
    return {
        criterion.id: criterion.verdict(read_edge(nodes, node.edge))
        for criterion, node in zip(compiled.trial.criteria, compiled.network.criteria, strict=True)
    }


def turning_days(screening: Screening, criterion: Criterion | None = None) -> set[int]:
    """Every planned start on which some condition may become something else than the day before."""
    criteria = [criterion] if criterion else screening.compiled.trial.criteria
    days: set[int] = set()
    for each in criteria:
        days.update(_turns(screening.compiled.criterion_days[each.id], screening.findings))
    return days


def _turns(
    asked: Iterable[DayLeaf], findings: Findings, *, before: AnchorName = "planned_start"
) -> Iterator[int]:
    for collection, leaf in asked:
        if leaf.before != before:
            continue
        for source in (findings,) if collection is None else findings.items(collection):
            value = source.get(leaf.finding).value
            if isinstance(value, Interval):
                yield from _turns_of(value, leaf.duration)


def _turns_of(event: Interval, duration: Duration) -> Iterator[int]:
    """A comparison turns when the window's edge reaches an end of the event, or has just passed it."""
    for end in (event.low, event.high):
        if end is not None:
            shortest, longest = duration.shortest_days(), duration.longest_days()
            yield from range(int(end) + shortest, int(end) + longest + 2)


def verdict_on(screening: Screening, criterion: Criterion, day: int) -> Verdict:
    """One criterion's verdict for a start on any day, even one before the day of judgement."""
    anchors = replace(screening.anchors, as_of=min(day, screening.anchors.as_of), planned_start=day)
    return criterion.verdict(evaluate(criterion.condition, screening.findings, anchors))


def first_day(
    screening: Screening, criterion: Criterion, *, after: int, verdicts: set[Verdict]
) -> int | None:
    """The first planned start after a day on which a criterion has one of these verdicts."""
    if criterion.id not in screening.compiled.moving_criteria:
        return None
    days = sorted(day for day in turning_days(screening, criterion) if day > after)
    return next((d for d in days if verdict_on(screening, criterion, d) in verdicts), None)


def first_renewed_day(
    screening: Screening, criterion: Criterion, *, after: int
) -> tuple[int, Verdict] | None:
    """The first planned start from a day on for which a fresh test lets a criterion pass, else leaves it open."""
    if criterion.if_failed is not Remedy.RETEST:
        return None
    stretches = tuple(_stretches(screening))
    for wanted in (Verdict.PASS, Verdict.UNKNOWN):
        for each in stretches:
            is_over = each.last is not None and each.last < after
            if not is_over and each.renewed.get(criterion.id, Verdict.PASS) is wanted:
                return max(each.first, after), wanted
    return None


def _first_possible(stretches: tuple[Period, ...]) -> Period | None:
    """The first stretch without a failure but by age, among those in which fresh tests leave least open."""
    possible = [each for each in stretches if not each.held_back]
    return min(possible, key=lambda each: len(each.open_when_renewed), default=None)


def _held_back_by(stretches: tuple[Period, ...], start: Period | None) -> tuple[str, ...]:
    """Criteria that stand better on the first possible day than they did on the day before."""
    if start is None or start is stretches[0]:
        return ()
    before = stretches[stretches.index(start) - 1].renewed
    return tuple(
        name
        for name in sorted(before, key=lambda each: _GRAVITY.index(before[each]), reverse=True)
        if _GRAVITY.index(start.renewed.get(name, Verdict.PASS)) < _GRAVITY.index(before[name])
    )


def _validity(
    screening: Screening, periods: tuple[Period, ...], start: Period | None
) -> tuple[int | None, tuple[str, ...]]:
    """Until when the decision at the planned start (else from the first possible one) stays as it is."""
    planned = screening.anchors.planned_start
    if planned is None:
        planned = start.first if start else None
    if planned is None:
        return None, ()
    here = next(number for number, period in enumerate(periods) if period.contains(planned))
    decision = periods[here].decision
    after = next((p for p in periods[here:] if p.decision is not decision), None)
    if after is None:
        return None, ()
    last = periods[periods.index(after) - 1]
    changed = set(last.failing + last.unknown) ^ set(after.failing + after.unknown)
    changed |= set(last.failing) ^ set(after.failing)
    order = [criterion.id for criterion in screening.compiled.trial.criteria]
    return after.first - 1, tuple(name for name in order if name in changed)


def first_screening(
    screening: Screening, criterion: Criterion, *, verdicts: set[Verdict]
) -> int | None:
    """The first later day of judgement on which a criterion that looks back from it has one of these verdicts."""
    scope, start = screening.findings.scope, screening.anchors.planned_start
    asked = screening.compiled.criterion_days[criterion.id]
    days = set(_turns(asked, screening.findings, before="screening"))
    for day in sorted(day for day in days if day > scope.as_of):
        findings = Findings(scope.record, day, scope.clock, screening.compiled.trial.assumptions)
        anchors = Anchors(day, None if start is None else max(start, day), scope.clock)
        if criterion.verdict(evaluate(criterion.condition, findings, anchors)) in verdicts:
            return day
    return None
