"""The findings of one patient as of one day, each read from the record once and only when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eligibility.dates import Anchors, Clock
from eligibility.errors import AnchorError
from eligibility.findings.catalogue import COLLECTIONS, FINDINGS
from eligibility.findings.model import (
    Collection,
    Finding,
    FindingSpec,
    Scope,
    UnknownReason,
    Value,
    unknown,
)
from eligibility.findings.readers import has_faded
from eligibility.patient.record import PatientRecord
from eligibility.patient.restriction import observed_by


class Assumption:
    """A value taken where the record says nothing, because a trial or a site has declared it."""

    __slots__ = ("name", "value")

    def __init__(self, name: str, value: Value) -> None:
        self.name = name
        self.value = value


Assumptions = Mapping[str, Assumption]
"""By what they fill: `ecog_performance_status`, `lesion.slice_thickness`, or `allergy.complete`."""


class ItemFindings:
    """The findings of one item of a list."""

    __slots__ = ("_assumptions", "_known", "collection", "number", "scope")

    def __init__(
        self, collection: Collection, number: int, scope: Scope, assumptions: Assumptions
    ) -> None:
        self.collection = collection
        self.number = number
        self.scope = scope
        self._assumptions = assumptions
        self._known: dict[str, Finding] = {}

    def get(self, name: str) -> Finding:
        """The finding of this name."""
        finding = self._known.get(name)
        if finding is None:
            finding = self.collection.findings[name].read(self.scope)
            finding = _assume(finding, f"{self.collection.name}.{name}", self._assumptions)
            self._known[name] = finding
        return finding

    def spec(self, name: str) -> FindingSpec:
        """What the catalogue says of the finding of this name."""
        return self.collection.findings[name]


class Findings:
    """All findings of one record; computed on demand, never changed."""

    __slots__ = ("_assumptions", "_items", "_known", "scope")

    def __init__(
        self,
        record: PatientRecord,
        as_of: int,
        clock: Clock,
        assumptions: Assumptions | None = None,
    ) -> None:
        self.scope = Scope(record, record, "", as_of, clock)
        self._assumptions: Assumptions = assumptions or {}
        self._known: dict[str, Finding] = {}
        self._items: dict[str, tuple[ItemFindings, ...]] = {}

    def get(self, name: str) -> Finding:
        """The finding of this name."""
        finding = self._known.get(name)
        if finding is None:
            finding = _assume(FINDINGS[name].read(self.scope), name, self._assumptions)
            self._known[name] = finding
        return finding

    def spec(self, name: str) -> FindingSpec:
        """What the catalogue says of the finding of this name."""
        return FINDINGS[name]

    def items(self, name: str) -> tuple[ItemFindings, ...]:
        """The findings of each item of a list."""
        items = self._items.get(name)
        if items is None:
            collection = COLLECTIONS[name]
            listing = self._listing(collection)
            items = tuple(
                ItemFindings(
                    collection,
                    number,
                    self.scope._replace(part=item, prefix=f"{collection.path}.items.{number}."),
                    self._assumptions,
                )
                for number, item in enumerate(listing.items)
            )
            self._items[name] = items
        return items

    def completeness(self, name: str) -> Finding:
        """Whether a list holds everything there is: known to, or not known."""
        collection = COLLECTIONS[name]
        path = f"{collection.path}.complete"
        elsewhere = collection.gap(self.scope.record) if collection.gap else ()
        if self._listing(collection).complete and elsewhere:
            note = "something that belongs in it stands elsewhere in the record"
            return unknown((path, *elsewhere), UnknownReason.CONFLICTING, note)
        if self._listing(collection).complete:
            return Finding(frozenset(("yes",)), (path,))
        missing = unknown((path,), note="the list is not declared complete")
        return _assume(missing, f"{name}.complete", self._assumptions)

    def _listing(self, collection: Collection) -> Any:
        listing: Any = self.scope.record
        for step in collection.path.split("."):
            listing = getattr(listing, step)
        return listing


def _assume(finding: Finding, name: str, assumptions: Assumptions) -> Finding:
    """Fill a silent field with what the trial or the site has declared for it, and say so."""
    # What was recorded too long ago is no silence.
    if finding.reason is not UnknownReason.NOT_RECORDED or has_faded(finding):
        return finding
    assumption = assumptions.get(name)
    if assumption is None:
        return finding
    return Finding(assumption.value, (), assumed=assumption.name)


def findings_of(
    record: PatientRecord, anchors: Anchors, assumptions: Assumptions | None = None
) -> Findings:
    """The findings of a record at these anchors; both must be on one clock."""
    if record.clock not in (None, anchors.clock):
        raise AnchorError(
            "the record and the dates to screen at are on different clocks",
            code="clock_mismatch",
            hint='give as_of and planned_start as calendar dates, or as "day N" for de-identified records',
        )
    believed = observed_by(record, anchors.as_of)
    return Findings(believed, anchors.as_of, anchors.clock, assumptions)
