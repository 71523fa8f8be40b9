"""Numbers with units and durations as criteria write them, turned into a finding's own unit."""

from __future__ import annotations

import re
from decimal import Decimal

from eligibility.errors import did_you_mean
from eligibility.findings.model import FindingSpec
from eligibility.findings.units import ANALYTES, factor_of
from eligibility.patient.vocabulary import LabTest

_LITERAL = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*(.*)")
# Grades, classes and ratios are pure numbers; everything else must say its unit.
_BARE = {None, "ECOG grade", "IHC score", "NYHA class", "INR"}


class LiteralFault(ValueError):
    """A literal that cannot be read, with what to write instead."""

    def __init__(self, message: str, hint: str | None = None, code: str = "literal") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code


def read_quantity_literal(text: str, spec: FindingSpec) -> Decimal:
    """The number in the finding's own unit; raises LiteralFault."""
    match = _LITERAL.fullmatch(text.strip())
    if match is None:
        raise LiteralFault(f'"{text}" is not a number with a unit', _example(spec))
    number, unit = Decimal(match[1]), match[2].strip()
    if not unit:
        if spec.unit in _BARE:
            return number
        raise LiteralFault("the number has no unit", _example(spec), "missing_unit")
    if unit == spec.unit:
        return number
    factor = _factor(spec, unit)
    if factor is None:
        raise LiteralFault(
            f'unknown unit "{unit}" for {spec.name}', did_you_mean(unit, _units(spec)), "unknown_unit"
        )
    return number * factor


def _test(spec: FindingSpec) -> LabTest | None:
    return LabTest(spec.name) if spec.name in LabTest.__members__.values() else None


def _factor(spec: FindingSpec, unit: str) -> Decimal | None:
    test = _test(spec)
    return factor_of(test, unit) if test else None


def _units(spec: FindingSpec) -> list[str]:
    test = _test(spec)
    return list(ANALYTES[test].factors) if test else [spec.unit] if spec.unit else []


def _example(spec: FindingSpec) -> str:
    return f'write it as "2.5 {spec.unit}"' if spec.unit not in _BARE else 'write it as "2"'
