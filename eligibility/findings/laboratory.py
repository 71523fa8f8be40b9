"""Laboratory findings: the latest result of a test, in one unit, as multiples of the laboratory's limit."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context, Decimal
from typing import NamedTuple

from eligibility.findings.model import (
    Finding,
    FindingSpec,
    Reader,
    Scope,
    UnknownReason,
    unknown,
)
from eligibility.findings.person import read_age
from eligibility.findings.readers import absent, past, read_quantity
from eligibility.findings.receptors import OPEN_REASONS
from eligibility.findings.units import (
    ANALYTES,
    TIMES_ULN,
    factor_of,
    is_impossible,
    is_times_uln,
    lies_outside,
    unknown_unit,
)
from eligibility.intervals import Interval, hull, ratio, scale
from eligibility.patient.sections import LabResult
from eligibility.patient.vocabulary import LabTest

_ROOM = Context(prec=60)  # digits for the clearance that next to no creatinine would mean


class Result(NamedTuple):
    """One result: where it stands in the record, what it says, when the sample was taken."""

    path: str
    lab: LabResult
    days: Interval


def every_result(scope: Scope, test: LabTest) -> list[Result]:
    """All results of a test: with a value, or awaited, unreadable or disputed."""
    return [
        Result(f"labs.{number}", lab, _days(lab, scope.as_of))
        for number, lab in enumerate(scope.record.labs)
        if lab.test is test and (lab.value.value is not None or lab.value.absent in OPEN_REASONS)
    ]


def latest(scope: Scope, test: LabTest) -> list[Result]:
    """The results that may be the latest of a test: one, or several where dates overlap."""
    found = every_result(scope, test)
    newest = max((r.days.low for r in found if r.days.low is not None), default=None)
    if newest is None:
        return found
    return [r for r in found if r.days.high is None or r.days.high >= newest]


def _days(lab: LabResult, as_of: int) -> Interval:
    """The days a sample may be from; an impossible date says nothing, which keeps the result in play."""
    if lab.date.value is None:
        return Interval(None, as_of)
    finding = past(lab.date.value, "", as_of)
    return finding.value if isinstance(finding.value, Interval) else Interval(None, as_of)


def _missing(scope: Scope, test: LabTest) -> Finding:
    """That there is no result at all, or only one that was not done."""
    for number, lab in enumerate(scope.record.labs):
        if lab.test is test:
            return absent(lab.value, f"labs.{number}.value")
    return unknown((f"labs.{test.value}",))


def _combined(findings: Iterable[Finding]) -> Finding:
    """Several results that may each be the latest: every value between them is possible."""
    known = list(findings)
    for finding in known:
        if finding.value is None:
            return finding
    fields = tuple(path for finding in known for path in finding.fields)
    return Finding(hull(f.value for f in known if isinstance(f.value, Interval)), fields)


def in_own_unit(result: Result, test: LabTest) -> Finding:
    """One result in the test's own unit, or why it cannot be used."""
    lab = result.lab
    value = lab.value.value
    if value is None:
        return absent(lab.value, f"{result.path}.value")
    fields = (f"{result.path}.value", f"{result.path}.unit")
    if lab.unit is None:
        return unknown(fields[1:], note="the result has no unit")
    factor = factor_of(test, lab.unit)
    if factor is None:
        return unknown(fields[1:], UnknownReason.UNREADABLE, unknown_unit(test))
    if is_impossible(test, value.interval, factor):
        return unknown(fields, UnknownReason.CONFLICTING, "no such value is possible in this unit")
    return Finding(scale(value.interval, factor), fields)


def read_value(scope: Scope, test: LabTest) -> Finding:
    """The latest result in the test's own unit."""
    results = latest(scope, test)
    if not results:
        return _missing(scope, test)
    return _combined(in_own_unit(result, test) for result in results)


def read_sample_date(scope: Scope, test: LabTest) -> Finding:
    """When the sample of the latest result was taken."""
    results = latest(scope, test)
    if not results:
        return _missing(scope, test)
    return _combined(_sample_date(result, scope.as_of) for result in results)


def _sample_date(result: Result, as_of: int) -> Finding:
    path = f"{result.path}.date"
    if result.lab.date.value is None:
        return absent(result.lab.date, path)
    dated = past(result.lab.date.value, path, as_of)
    # Without its value there would be no result to date.
    return dated._replace(fields=(path, f"{result.path}.value"))


def read_times_uln(scope: Scope, test: LabTest) -> Finding:
    """The latest result as a multiple of the upper limit of normal of the laboratory that reported it."""
    results = latest(scope, test)
    if not results:
        return _missing(scope, test)
    return _combined(times_uln(result, test) for result in results)


def times_uln(result: Result, test: LabTest) -> Finding:
    """One result as a multiple of its laboratory's upper limit of normal, or why it cannot be used."""
    lab, path = result.lab, result.path
    value = lab.value.value
    if value is None:
        return absent(lab.value, f"{path}.value")
    if lab.unit is not None and is_times_uln(lab.unit):
        return Finding(value.interval, (f"{path}.value", f"{path}.unit"))
    own = in_own_unit(result, test)
    if own.value is None and (lab.unit is not None or own.reason is UnknownReason.CONFLICTING):
        return own
    limit = lab.upper_limit_of_normal
    fields = (f"{path}.value", f"{path}.upper_limit_of_normal")
    if limit.value is None:
        return absent(limit, fields[1])
    if limit.value.interval.low is None or limit.value.interval.low <= 0:
        return unknown(fields[1:], UnknownReason.CONFLICTING, "an upper limit cannot be zero")
    if _is_impossible_limit(limit.value.interval, result, test):
        return unknown(fields[1:], UnknownReason.CONFLICTING, "no laboratory has such a limit")
    return Finding(ratio(value.interval, limit.value.interval), fields)


def _is_impossible_limit(limit: Interval, result: Result, test: LabTest) -> bool:
    """Whether an upper limit, in the result's unit, is one that no laboratory has for this test."""
    bounds, factor = ANALYTES[test].limits, factor_of(test, result.lab.unit or "")
    if bounds is None or factor is None:
        return False
    return lies_outside(scale(limit, factor), *bounds)


def read_creatinine_clearance(scope: Scope) -> Finding:
    """Measured clearance, else Cockcroft-Gault for a woman: (140 - age) x kg x 0.85 / (72 x mg/dL)."""
    if latest(scope, LabTest.CREATININE_CLEARANCE):
        return read_value(scope, LabTest.CREATININE_CLEARANCE)
    parts = [
        read_value(scope, LabTest.CREATININE),
        read_age(scope),
        read_quantity(scope, "weight_kg"),
    ]
    for part in parts:
        if part.value is None:
            return part
    creatinine, age, weight = (p.value for p in parts if isinstance(p.value, Interval))
    fields = tuple(path for part in parts for path in part.fields)
    return Finding(_cockcroft_gault(creatinine, age, weight), fields)


def _cockcroft_gault(creatinine: Interval, age: Interval, weight: Interval) -> Interval:
    def clearance(umol: object, years: object, kg: object) -> Decimal:
        mg_per_dl = Decimal(str(umol)) / Decimal("88.4")
        return (
            (140 - Decimal(str(years))) * Decimal(str(kg)) * Decimal("0.85") / (72 * mg_per_dl)
        ).quantize(Decimal("0.0001"), context=_ROOM)

    low = None if creatinine.high is None else clearance(creatinine.high, age.high, weight.low)
    # Less than so much creatinine may be as good as none, and then the clearance has no upper end.
    high = clearance(creatinine.low, age.low, weight.high) if creatinine.low else None
    return Interval(low, high)


def read_clearance_date(scope: Scope) -> Finding:
    """The sample date behind the clearance."""
    measured = latest(scope, LabTest.CREATININE_CLEARANCE)
    test = LabTest.CREATININE_CLEARANCE if measured else LabTest.CREATININE
    return read_sample_date(scope, test)


_TITLES = {
    LabTest.ANC: "absolute neutrophil count",
    LabTest.LYMPHOCYTES: "lymphocyte count",
    LabTest.EOSINOPHILS: "eosinophil count",
    LabTest.PLATELETS: "platelet count",
    LabTest.HAEMOGLOBIN: "haemoglobin",
    LabTest.AST: "AST",
    LabTest.ALT: "ALT",
    LabTest.ALP: "alkaline phosphatase",
    LabTest.BILIRUBIN: "total bilirubin",
    LabTest.CREATININE: "creatinine",
    LabTest.ALBUMIN: "albumin",
    LabTest.INR: "INR",
    LabTest.APTT: "aPTT",
}


def _specs(test: LabTest, title: str) -> list[FindingSpec]:
    question = f"What is the latest {title}, in which unit, and when was the sample taken?"
    limit_question = (
        f"What is the latest {title}, and what is that laboratory's upper limit of normal?"
    )
    return [
        FindingSpec(
            test.value, "quantity", title, question, _reader(read_value, test), ANALYTES[test].unit
        ),
        FindingSpec(
            f"{test.value}_times_uln",
            "quantity",
            f"{title} as a multiple of the upper limit of normal",
            limit_question,
            _reader(read_times_uln, test),
            TIMES_ULN,
        ),
        FindingSpec(
            f"{test.value}_date",
            "date",
            f"sample date of the latest {title}",
            f"When was the sample for the latest {title} taken?",
            _reader(read_sample_date, test),
            dates_a_test=True,
        ),
    ]


def _reader(read: object, test: LabTest) -> Reader:
    def reader(scope: Scope) -> Finding:
        assert callable(read)
        finding: Finding = read(scope, test)
        return finding

    return reader


_CLEARANCE_QUESTION = "What is the creatinine clearance, or creatinine, age and weight?"
FINDINGS: list[FindingSpec] = [
    *(spec for test, title in _TITLES.items() for spec in _specs(test, title)),
    FindingSpec(
        "creatinine_clearance",
        "quantity",
        "creatinine clearance (measured, else Cockcroft-Gault)",
        _CLEARANCE_QUESTION,
        read_creatinine_clearance,
        "mL/min",
    ),
    FindingSpec(
        "creatinine_clearance_date",
        "date",
        "sample date behind the creatinine clearance",
        _CLEARANCE_QUESTION,
        read_clearance_date,
        dates_a_test=True,
    ),
]
