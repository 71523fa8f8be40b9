"""Numbers with units as criteria write them, in a finding's own unit and its possible range."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple, get_args

from eligibility.errors import did_you_mean
from eligibility.findings.model import FindingSpec
from eligibility.findings.units import ANALYTES, TIMES_ULN, factor_of
from eligibility.patient import values
from eligibility.patient.vocabulary import LabTest

_LITERAL = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*(.*)")
_LEADING_ZERO = re.compile(r"0\d")
# Grades, classes and ratios are pure numbers; everything else must say its unit.
_BARE = {None, "ECOG grade", "IHC score", "NYHA class", "INR"}
_RECORDED: dict[str | None, values.Bounds] = {
    bounds.unit: bounds
    for kind in (
        values.Percent,
        values.IhcScore,
        values.EcogGrade,
        values.AgeYears,
        values.Millimetres,
        values.NyhaClass,
        values.LineOfTherapy,
    )
    for bounds in get_args(kind)[1:]
}


class Range(NamedTuple):
    """The values a finding can have; None is unbounded, `whole` leaves out fractions."""

    low: Decimal | None
    high: Decimal | None
    whole: bool

    def __str__(self) -> str:
        return f"{self.low} to {self.high}" if self.high is not None else f"{self.low} and above"


def possible_range(spec: FindingSpec) -> Range:
    """What a numeric finding can be: what the record accepts, or what is plausible for the test."""
    test = _test(spec)
    if test is not None:
        return Range(ANALYTES[test].lowest, ANALYTES[test].highest, whole=False)
    if spec.unit == TIMES_ULN:
        return Range(Decimal(0), None, whole=False)
    bounds = _RECORDED.get(spec.unit)
    if bounds is None:
        return Range(None, None, whole=False)
    return Range(bounds.low, bounds.high, whole=bounds.whole)


class LiteralFault(ValueError):
    """A literal that cannot be read, with what to write instead."""

    def __init__(self, message: str, hint: str | None, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code


def read_quantity_literal(text: str, spec: FindingSpec) -> Decimal:
    """The number in the finding's own unit; raises LiteralFault."""
    number = _read_number(text, spec)
    possible = possible_range(spec)
    too_low = possible.low is not None and number < possible.low
    if too_low or (possible.high is not None and number > possible.high):
        unit = f" {spec.unit}" if spec.unit else ""
        message = f"{text.strip()} lies outside what {spec.name} can be, {possible}{unit}"
        raise LiteralFault(message, "check the number and its unit", "out_of_range")
    return number


def _read_number(text: str, spec: FindingSpec) -> Decimal:
    match = _LITERAL.fullmatch(text.strip())
    if match is None:
        what = "number" if spec.unit in _BARE else "number with a unit"
        raise LiteralFault(f'"{text}" is not a {what}', _example(spec), "literal")
    if _LEADING_ZERO.match(text.strip()):
        raise LiteralFault("a number does not start with 0", "leave the zero out", "leading_zero")
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
            f'unknown unit "{unit}" for {spec.name}',
            did_you_mean(unit, _units(spec)),
            "unknown_unit",
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
