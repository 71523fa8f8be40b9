"""Units of laboratory results: a small table of exact factors, and the bounds of what can be true."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from eligibility.full_width import narrow
from eligibility.intervals import Interval, Number, scale
from eligibility.patient.vocabulary import LabTest

TIMES_ULN = "xULN"

# Counts per microlitre are whole numbers, and laboratories round them to tens: a count of 20 is read as it
# stands, and so is 0, true agranulocytosis. Between the two, and with a fraction, somebody wrote 10^9/L and
# the wrong unit: 1.8 is no neutrophil count per microlitre, nor is 12.4. From 100 on, a fraction may come
# of a calculation, leukocytes times percent.
_ONE_CELL = Decimal("0.001")
_FEWEST_CELLS = Decimal(10)
_FEWEST_CALCULATED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Analyte:
    """A laboratory test: its own unit, factors into it, what values and what upper limits are plausible."""

    unit: str
    factors: Mapping[str, Decimal]
    lowest: Decimal
    highest: Decimal
    limits: tuple[Decimal, Decimal] | None


def _analyte(
    unit: str,
    factors: dict[str, str],
    lowest: str,
    highest: str,
    limits: tuple[str, str] | None = None,
) -> Analyte:
    exact = {spelling: Decimal(factor) for spelling, factor in factors.items()}
    bounds = (Decimal(limits[0]), Decimal(limits[1])) if limits else None
    return Analyte(unit, {unit: Decimal(1), **exact}, Decimal(lowest), Decimal(highest), bounds)


# Each unit as people write it, and as UCUM has it, which HL7 and FHIR send.
_CELLS = {
    "x10^9/L": "1",
    "10*9/L": "1",
    "10^3/uL": "1",
    "x10^3/uL": "1",
    "10*3/uL": "1",
    "10^3/mm3": "1",
    "10*3/mm3": "1",
    "K/uL": "1",
    "G/L": "1",
    "Gpt/L": "1",
    "/nL": "1",
    "/uL": "0.001",
    "cells/uL": "0.001",
    "{cells}/uL": "0.001",
    "/mm3": "0.001",
    "10^6/L": "0.001",
    "10*6/L": "0.001",
}
_ENZYME = {"IU/L": "1", "[IU]/L": "1"}
_INR = {"ratio": "1", "{INR}": "1", "{ratio}": "1", "1": "1"}

# Haemoglobin in mmol/L counts the monomer (16.114 g/mmol); the other factors are the usual ones:
# creatinine 88.4 and bilirubin 17.1 micromoles per litre for one milligram per decilitre.
ANALYTES: dict[LabTest, Analyte] = {
    LabTest.ANC: _analyte("10^9/L", _CELLS, "0", "100"),
    # More is seen in leukaemia; far more often 450 is a lymphopenia per microlitre in the wrong unit.
    LabTest.LYMPHOCYTES: _analyte("10^9/L", _CELLS, "0", "100"),
    LabTest.EOSINOPHILS: _analyte("10^9/L", _CELLS, "0", "100", ("0.1", "2")),
    LabTest.PLATELETS: _analyte("10^9/L", _CELLS, "1", "3000"),
    LabTest.HAEMOGLOBIN: _analyte("g/L", {"g/dL": "10", "mmol/L": "16.114"}, "20", "250"),
    LabTest.AST: _analyte("U/L", _ENZYME, "1", "20000", ("10", "150")),
    LabTest.ALT: _analyte("U/L", _ENZYME, "1", "20000", ("10", "150")),
    LabTest.ALP: _analyte("U/L", _ENZYME, "1", "10000", ("40", "600")),
    LabTest.BILIRUBIN: _analyte("umol/L", {"mg/dL": "17.1"}, "0.5", "1000", ("5", "60")),
    LabTest.CREATININE: _analyte("umol/L", {"mg/dL": "88.4"}, "10", "3000"),
    LabTest.CREATININE_CLEARANCE: _analyte("mL/min", {}, "0", "300"),
    LabTest.ALBUMIN: _analyte("g/L", {"g/dL": "10"}, "5", "70"),
    LabTest.INR: _analyte("INR", _INR, "0.5", "20", ("0.8", "2")),
    LabTest.APTT: _analyte("s", {"sec": "1", "seconds": "1"}, "10", "300", ("20", "80")),
}


_PLAIN = str.maketrans({"µ": "u", "μ": "u", "×": "x", "⁹": "^9", "⁶": "^6", "³": "^3", " ": None})
_POWER = re.compile(r"10\*(?=\d)")


@lru_cache(maxsize=1024)
def plain_unit(text: str) -> str:
    """A unit in small plain letters: the micro sign, raised numbers and signs of multiplication one way each."""
    plain = narrow(text.strip()).translate(_PLAIN).lower().replace("mm^3", "mm3")
    plain = _POWER.sub("10^", plain)
    return f"x{plain[1:]}" if plain.startswith("*") else plain


_FACTORS = {
    test: {plain_unit(spelling): factor for spelling, factor in analyte.factors.items()}
    for test, analyte in ANALYTES.items()
}


def factor_of(test: LabTest, unit: str) -> Decimal | None:
    """What to multiply a result by to have it in the test's own unit; None for an unknown unit."""
    return _FACTORS[test].get(plain_unit(unit))


def is_times_uln(unit: str) -> bool:
    """Whether a result was reported as a multiple of the upper limit of normal."""
    return plain_unit(unit) == TIMES_ULN.lower()


def spellings_of(test: LabTest) -> tuple[str, ...]:
    """The units in which a result of this test is understood, its own first; small and capital letters are one."""
    analyte = ANALYTES[test]
    return (*analyte.factors, TIMES_ULN) if analyte.limits else tuple(analyte.factors)


@cache  # one for each test
def unknown_unit(test: LabTest) -> str:
    """Why a result in another unit cannot be read. It never repeats that unit, which may be anything."""
    return f"its unit is not known (known for this test: {', '.join(spellings_of(test))})"


def is_impossible(test: LabTest, written: Interval, factor: Decimal) -> bool:
    """Whether a result, a number in the unit with this factor, cannot be true or is a slip of the unit."""
    analyte, value = ANALYTES[test], scale(written, factor)
    slipped = factor == _ONE_CELL and any(map(_is_no_count, (written.low, written.high)))
    return slipped or lies_outside(value, analyte.lowest, analyte.highest)


def _is_no_count(cells: Number | None) -> bool:
    """Whether nobody counts so many cells in a microlitre."""
    if not cells:
        return False
    return cells < _FEWEST_CELLS or (cells < _FEWEST_CALCULATED and cells % 1 != 0)


def lies_outside(value: Interval, lowest: Decimal, highest: Decimal) -> bool:
    """Whether no number of the interval lies within the bounds."""
    too_high = value.low is not None and value.low > highest
    return too_high or (value.high is not None and value.high < lowest)
