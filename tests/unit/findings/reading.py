"""Short ways to read one finding of a small record."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from eligibility.dates import anchors, parse_day
from eligibility.findings.findings import Findings, findings_of
from eligibility.findings.model import Finding, UnknownReason
from eligibility.intervals import Interval
from eligibility.patient.record import read_record

AS_OF = "2026-01-05"
YES, NO = frozenset(["yes"]), frozenset(["no"])


def findings(record: dict[str, Any], as_of: str = AS_OF) -> Findings:
    """All findings of a record, nothing assumed."""
    return findings_of(read_record(record), anchors(as_of))


def find(name: str, record: dict[str, Any], as_of: str = AS_OF) -> Finding:
    """One finding of a record."""
    return findings(record, as_of).get(name)


def find_in(collection: str, name: str, record: dict[str, Any], as_of: str = AS_OF) -> Finding:
    """One finding of the first item of a list."""
    return findings(record, as_of).items(collection)[0].get(name)


def why(finding: Finding) -> UnknownReason | None:
    """Why nothing is known; a finding that is known has no place here."""
    assert finding.value is None
    return finding.reason


def exactly(number: str) -> Interval:
    """An interval of one number."""
    return Interval(Decimal(number), Decimal(number))


def days(first: str, last: str) -> Interval:
    """From one day to another."""
    return Interval(parse_day(first)[0], parse_day(last)[0])
