"""The language criteria are written in: a small closed union of conditions over findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from eligibility.dates import AnchorName, Duration
from eligibility.errors import Location
from eligibility.findings.model import UnknownReason
from eligibility.intervals import Operator
from eligibility.truth import Truth

_NOWHERE = Location()


@dataclass(frozen=True, slots=True)
class Compare:
    """A quantity against a limit in the finding's own unit: `{finding: anc, at_least: 1.5 10^9/L}`."""

    finding: str
    operator: Operator
    limit: Decimal
    written: str
    at: Location = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Time from an event to an anchor: `{finding: last_dose, less_than: 21 days, before: planned_start}`."""

    finding: str
    operator: Operator
    duration: Duration
    before: AnchorName
    at: Location = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class OneOf:
    """A code among those listed: `{finding: sex, is: female}`, `{finding: kind, one_of: [a, b]}`."""

    finding: str
    codes: frozenset[str]
    at: Location = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Includes:
    """Something that is several things at once is at least one of these: `{finding: classes, includes: [a]}`."""

    finding: str
    codes: frozenset[str]
    at: Location = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Some:
    """A list in the record holds an item of which the condition is true; silence is not absence."""

    collection: str
    where: Condition
    at: Location = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Gap:
    """Always unknown: what a `review_if` adds to its condition, or a definition no site profile gives."""

    reason: UnknownReason
    note: str
    at: Location = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Constant:
    """Always true or always false; the reading of an interpretation that leaves a branch out."""

    truth: Truth
    at: Location = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of the conditions; with a gap among them it is a review, which can only stay open."""

    children: tuple[Condition, ...]
    at: Location = field(default=_NOWHERE, compare=False)
    gaps: tuple[Gap, ...] = field(init=False, compare=False)
    rest: tuple[Condition, ...] = field(init=False, compare=False)
    """The children that are no gaps: what a review depends on."""

    def __post_init__(self) -> None:
        gaps = tuple(child for child in self.children if isinstance(child, Gap))
        rest = tuple(child for child in self.children if not isinstance(child, Gap))
        object.__setattr__(self, "gaps", gaps)
        object.__setattr__(self, "rest", rest)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the conditions."""

    children: tuple[Condition, ...]
    at: Location = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; of unknown, unknown."""

    child: Condition
    at: Location = field(default=_NOWHERE, compare=False)


Leaf = Compare | Elapsed | OneOf | Includes | Some | Gap | Constant
Condition = Leaf | AllOf | AnyOf | Not
FindingLeaf = Compare | Elapsed | OneOf | Includes


def children_of(condition: Condition) -> tuple[Condition, ...]:
    """The conditions directly inside a condition, including the one a `some` asks of each item."""
    match condition:
        case AllOf() | AnyOf():
            return condition.children
        case Not():
            return (condition.child,)
        case Some():
            return (condition.where,)
        case _:
            return ()


def walk(condition: Condition) -> Iterator[Condition]:
    """The condition and everything inside it, outermost first."""
    yield condition
    for child in children_of(condition):
        yield from walk(child)


def depends_on_start(condition: Condition) -> bool:
    """Whether the truth can change with the planned start."""
    return any(isinstance(c, Elapsed) and c.before == "planned_start" for c in walk(condition))
