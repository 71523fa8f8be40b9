"""Units of laboratory results: a small table of exact factors, and the bounds of what can be true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

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


_CELLS = {
    "x10^9/L": "1",
    "10^3/uL": "1",
    "x10^3/uL": "1",
    "K/uL": "1",
    "G/L": "1",
    "/uL": "0.001",
    "cells/uL": "0.001",
    "/mm3": "0.001",
}
_ENZYME = {"IU/L": "1"}

# Haemoglobin in mmol/L counts the monomer (16.114 g/mmol); the other factors are the usual ones:
# creatinine 88.4 and bilirubin 17.1 micromoles per litre for one milligram per decilitre.
ANALYTES: dict[LabTest, Analyte] = {
    LabTest.ANC: _analyte("10^9/L", _CELLS, "0", "100"),
    # More is seen in leukaemia; far more often 450 is a lymphopenia per microlitre in the wrong unit.
    LabTest.LYMPHOCYTES: _analyte("10^9/L", _CELLS, "0", "100"),
    LabTest.EOSINOPHILS: _analyte("10^9/L", _CELLS, "0", "100"),
    LabTest.PLATELETS: _analyte("10^9/L", _CELLS, "1", "3000"),
    LabTest.HAEMOGLOBIN: _analyte("g/L", {"g/dL": "10", "mmol/L": "16.114"}, "20", "250"),
    LabTest.AST: _analyte("U/L", _ENZYME, "1", "20000", ("10", "150")),
    LabTest.ALT: _analyte("U/L", _ENZYME, "1", "20000", ("10", "150")),
    LabTest.ALP: _analyte("U/L", _ENZYME, "1", "10000", ("40", "600")),
    LabTest.BILIRUBIN: _analyte("umol/L", {"mg/dL": "17.1"}, "0.5", "1000", ("5", "60")),
    LabTest.CREATININE: _analyte("umol/L", {"mg/dL": "88.4"}, "10", "3000"),
    LabTest.CREATININE_CLEARANCE: _analyte("mL/min", {}, "0", "300"),
    LabTest.ALBUMIN: _analyte("g/L", {"g/dL": "10"}, "5", "70"),
    LabTest.INR: _analyte("INR", {"ratio": "1"}, "0.5", "20", ("0.8", "2")),
    LabTest.APTT: _analyte("s", {"sec": "1", "seconds": "1"}, "10", "300", ("20", "80")),
}


def plain_unit(text: str) -> str:
    """A unit with the micro sign and multiplication signs written in plain letters."""
    plain = text.strip().replace("µ", "u").replace("μ", "u").replace("×", "x").replace(" ", "")
    return plain.replace("*", "x") if plain.startswith("*") else plain


def factor_of(test: LabTest, unit: str) -> Decimal | None:
    """What to multiply a result by to have it in the test's own unit; None for an unknown unit."""
    wanted = plain_unit(unit).lower()
    for spelling, factor in ANALYTES[test].factors.items():
        if spelling.lower() == wanted:
            return factor
    return None


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
