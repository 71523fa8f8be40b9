"""Hormone receptors over all tumour specimens: each is the range of values that any of them shows."""

from __future__ import annotations

from decimal import Decimal

from eligibility.findings.model import (
    Codes,
    Finding,
    FindingSpec,
    Reader,
    Scope,
    UnknownReason,
    unknown,
)
from eligibility.findings.readers import absent
from eligibility.intervals import Interval, hull, intersection
from eligibility.patient import vocabulary as v
from eligibility.patient.recorded import Recorded
from eligibility.patient.sections import Specimen
from eligibility.patient.values import Measured

# ASCO/CAP 2020: a report of "positive" means 1 to 100 % of tumour cells, "negative" less than 1 %.
_PERCENT_OF_WORD = {
    v.ReceptorStatus.POSITIVE: Interval(Decimal(1), Decimal(100)),
    v.ReceptorStatus.NEGATIVE: Interval(Decimal(0), Decimal(1), high_open=True),
}
OPEN_REASONS = (
    v.AbsentReason.PENDING,
    v.AbsentReason.UNREADABLE,
    v.AbsentReason.CONFLICTING,
)
"""Why a specimen that was tested has no result: unlike silence, that leaves all specimens open."""


def _percent(specimen: Specimen, prefix: str, receptor: str) -> Finding:
    """One specimen's percentage of positive cells: as measured, else what the word for it means."""
    percent: Recorded[Measured] = getattr(specimen, f"{receptor}_percent")
    status: Recorded[v.ReceptorStatus] = getattr(specimen, f"{receptor}_status")
    percent_path, status_path = f"{prefix}.{receptor}_percent", f"{prefix}.{receptor}_status"
    if percent.value is None and status.value is None:
        is_open = status.absent in OPEN_REASONS and percent.absent not in OPEN_REASONS
        return absent(status, status_path) if is_open else absent(percent, percent_path)
    if percent.value is None:
        assert status.value is not None  # one of the two has a value
        return Finding(_PERCENT_OF_WORD[status.value], (status_path,))
    if status.value is None:
        return Finding(percent.value.interval, (percent_path,))
    together = intersection(percent.value.interval, _PERCENT_OF_WORD[status.value])
    fields = (percent_path, status_path)
    if together is None:
        return unknown(fields, UnknownReason.CONFLICTING, "percentage and word disagree")
    return Finding(together, fields if together != percent.value.interval else fields[:1])


def over_specimens(findings: list[Finding], missing: str) -> Finding:
    """All values the specimens show; one that is open for more than silence leaves the finding open."""
    for finding in findings:
        if finding.value is None and finding.reason is not UnknownReason.NOT_RECORDED:
            return finding
    known = [finding for finding in findings if finding.value is not None]
    if not known:
        return findings[0] if findings else unknown((f"specimens.0.{missing}",))
    fields = tuple(path for finding in known for path in finding.fields)
    if isinstance(known[0].value, Interval):
        return Finding(hull(f.value for f in known if isinstance(f.value, Interval)), fields)
    codes: Codes = frozenset().union(*(f.value for f in known if isinstance(f.value, frozenset)))
    return Finding(codes, fields)


def _receptor(receptor: str) -> Reader:
    def reader(scope: Scope) -> Finding:
        findings = [
            _percent(specimen, f"specimens.{number}", receptor)
            for number, specimen in enumerate(scope.record.specimens)
        ]
        return over_specimens(findings, f"{receptor}_percent")

    return reader


FINDINGS: list[FindingSpec] = [
    FindingSpec(
        "er_percent",
        "quantity",
        "oestrogen receptor",
        "What percentage of tumour cells is ER positive?",
        _receptor("er"),
        "%",
    ),
    FindingSpec(
        "pr_percent",
        "quantity",
        "progesterone receptor",
        "What percentage of tumour cells is PR positive?",
        _receptor("pr"),
        "%",
    ),
]
