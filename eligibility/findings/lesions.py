"""Findings about single lesions: their axes, how they were measured, and whether they were irradiated."""

from __future__ import annotations

from decimal import Decimal

from eligibility.findings.model import (
    Collection,
    Finding,
    FindingSpec,
    Members,
    Scope,
    UnknownReason,
    unknown,
)
from eligibility.findings.readers import code, quantity, read_code, read_quantity
from eligibility.findings.treatments import read_classes
from eligibility.intervals import Interval, entirely_below
from eligibility.patient import vocabulary as v

_ZERO = Decimal(0)
_YES, _NO = frozenset(("yes",)), frozenset(("no",))


def read_longest_diameter(scope: Scope) -> Finding:
    """As measured; where the axis is not said, or only the short axis, the longest is at least that."""
    stated = read_quantity(scope, "longest_diameter_mm")
    others = [read_quantity(scope, "size_mm"), read_quantity(scope, "short_axis_mm")]
    known = [other for other in others if isinstance(other.value, Interval)]
    conflict = _axes_conflict(scope)
    if conflict is not None or stated.value is not None:
        return conflict or stated
    if not known:
        return stated
    at_least = max(known, key=_low)
    return Finding(Interval(_low(at_least), None, _low_open(at_least)), at_least.fields)


def read_short_axis(scope: Scope) -> Finding:
    """As measured; otherwise it is at most the longest diameter, or the size whose axis is not said."""
    stated = read_quantity(scope, "short_axis_mm")
    others = [read_quantity(scope, "size_mm"), read_quantity(scope, "longest_diameter_mm")]
    known = [other for other in others if isinstance(other.value, Interval)]
    conflict = _axes_conflict(scope)
    if conflict is not None or stated.value is not None:
        return conflict or stated
    if not known:
        return stated
    at_most = min(known, key=_high)
    assert isinstance(at_most.value, Interval)
    return Finding(
        Interval(_ZERO, at_most.value.high, low_open=True, high_open=at_most.value.high_open),
        at_most.fields,
    )


def _axes_conflict(scope: Scope) -> Finding | None:
    """A short axis cannot exceed the size, nor the size the longest diameter."""
    names = ("short_axis_mm", "size_mm", "longest_diameter_mm")
    ordered = [f for f in (read_quantity(scope, name) for name in names) if f.value is not None]
    for number, smaller in enumerate(ordered):
        for larger in ordered[number + 1 :]:
            if entirely_below(_numbers(larger), _numbers(smaller)):
                fields = (*smaller.fields, *larger.fields)
                return unknown(fields, UnknownReason.CONFLICTING, "the axes disagree")
    return None


def _numbers(finding: Finding) -> Interval:
    assert isinstance(finding.value, Interval)
    return finding.value


def _low(finding: Finding) -> Decimal:
    assert isinstance(finding.value, Interval)
    assert finding.value.low is not None
    return Decimal(finding.value.low)


def _high(finding: Finding) -> Decimal:
    assert isinstance(finding.value, Interval)
    assert finding.value.high is not None
    return Decimal(finding.value.high)


def _low_open(finding: Finding) -> bool:
    return isinstance(finding.value, Interval) and finding.value.low_open


def read_irradiated(scope: Scope) -> Finding:
    """As recorded; no lesion was irradiated in a patient whose complete list holds no radiotherapy."""
    stated = read_code(scope, "irradiated")
    never = _never_irradiated(scope)
    if never is None or stated.value == _NO:
        return stated
    if stated.value == _YES:
        return unknown(
            (*stated.fields, *never.fields),
            UnknownReason.CONFLICTING,
            "irradiated, but the complete list of treatments holds no radiotherapy",
        )
    return never


def _never_irradiated(scope: Scope) -> Finding | None:
    """A no for every lesion, where the complete list of treatments shows it."""
    treatments = scope.record.treatments
    if not treatments.complete:
        return None
    fields = ["treatments.complete"]
    for number, treatment in enumerate(treatments.items):
        item = scope._replace(part=treatment, prefix=f"treatments.items.{number}.")
        classes = read_classes(item)
        if not isinstance(classes.value, Members) or _may_be_radiotherapy(classes.value):
            return None
        fields.extend(classes.fields)
    return Finding(_NO, tuple(fields))


def _may_be_radiotherapy(classes: Members) -> bool:
    return classes.possible is None or v.TreatmentKind.RADIOTHERAPY in classes.possible


LESION = Collection(
    "lesion",
    "lesions",
    "lesion",
    "Are all lesions of the latest assessment listed?",
    {
        spec.name: spec
        for spec in [
            code("kind", "kind", v.LesionKind, "kind of lesion", "What sort of lesion is it?"),
            FindingSpec(
                "longest_diameter",
                "quantity",
                "longest diameter",
                "What is the longest diameter of the lesion?",
                read_longest_diameter,
                "mm",
            ),
            FindingSpec(
                "short_axis",
                "quantity",
                "short axis",
                "What is the short axis of the lymph node?",
                read_short_axis,
                "mm",
            ),
            code("method", "method", v.LesionMethod, "method", "How was the lesion measured?"),
            quantity(
                "slice_thickness",
                "slice_thickness_mm",
                "mm",
                "slice thickness",
                "What is the slice thickness of the scan?",
            ),
            FindingSpec(
                "irradiated",
                "codes",
                "earlier irradiation",
                "Was the lesion irradiated?",
                read_irradiated,
                codes=frozenset(("yes", "no")),
            ),
            code(
                "progressed_since_irradiation",
                "progressed_since_irradiation",
                v.YesNo,
                "growth since irradiation",
                "Has the lesion grown since it was irradiated?",
            ),
        ]
    },
)
