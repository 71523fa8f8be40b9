"""Laboratory results patients may have: value, unit and the laboratory's own limit, which belong together."""

from __future__ import annotations

from eligibility.testing.values import Values

Reading = tuple[object, str | None, object | None]
"""Value, unit, upper limit of normal."""


def _readings(*usual: Reading, edge: tuple[Reading, ...], odd: tuple[Reading, ...] = ()) -> Values:
    return Values(usual, edge, odd, plain=True, needed=True)


_ENZYME_EDGE: tuple[Reading, ...] = (
    (100, "U/L", 40),
    ("100.1", "U/L", 40),
    (120, "U/L", 40),
    (121, "U/L", 40),
    (200, "U/L", 40),
    ("2.5", "xULN", None),
    (100, "U/L", None),
)
_ENZYME_ODD: tuple[Reading, ...] = (
    (0, "U/L", 40),
    (99, "IU/L", "<41"),
    (99, "U/L", 0),
    ("95-105", "U/L", 40),
)

READINGS: dict[str, Values] = {
    "anc": _readings(
        (3, "10^9/L", 7),
        (2500, "/uL", 7000),
        edge=(
            ("1.5", "10^9/L", 7),
            ("1.49", "10^9/L", 7),
            (1500, "/µL", 7000),
            (1499, "/uL", None),
            (3000, "10^3/uL", None),
        ),
        odd=(
            (0, "K/uL", None),
            ("<0.5", "G/L", 7),
            ("1.4-1.6", "10^9/L", None),
            (3, None, 7),
            ("1.8", "/uL", 7),
        ),
    ),
    "lymphocytes": _readings(
        (1, "10^9/L", 4),
        edge=(("0.5", "10^9/L", 4), ("0.49", "10^9/L", 4), (500, "/uL", None)),
        odd=((0, "10^9/L", None), ("<0.6", "10^9/L", None), ("1.2", "/uL", None)),
    ),
    "eosinophils": _readings(
        ("0.2", "10^9/L", "0.5"),
        ("0.1", "10^9/L", None),
        edge=(
            ("0.5", "10^9/L", "0.5"),
            ("0.51", "10^9/L", "0.5"),
            ("0.5", "10^9/L", None),
            ("0.51", "10^9/L", None),
            (500, "/uL", None),
            (800, "/uL", 700),
        ),
        odd=(
            (0, "10^9/L", None),
            ("0.4-0.6", "10^9/L", "0.5"),
            ("<0.5", "10^9/L", None),
            ("0.5", "10^9/L", "0.4-0.6"),
            ("0.3", "/uL", None),
        ),
    ),
    "platelets": _readings(
        (220, "10^9/L", 400),
        (220000, "/uL", None),
        edge=(
            (100, "10^9/L", 400),
            (99, "10^9/L", 400),
            (75, "10^9/L", 400),
            (100000, "/mm3", None),
        ),
        odd=((0, "10^9/L", None), ("<100", "10^9/L", None), (">=100", "10^9/L", None)),
    ),
    "haemoglobin": _readings(
        ("12.1", "g/dL", 16),
        edge=(
            (9, "g/dL", 16),
            ("8.9", "g/dL", 16),
            (90, "g/L", 160),
            (89, "g/L", 160),
            ("5.6", "mmol/L", 10),
            (9, "g/L", 160),
        ),
        odd=(("8-10", "g/dL", None), (9, None, None), (9, "gram", None)),
    ),
    "ast": _readings((25, "U/L", 40), edge=_ENZYME_EDGE, odd=_ENZYME_ODD),
    "alt": _readings((22, "U/L", 40), edge=_ENZYME_EDGE, odd=_ENZYME_ODD),
    "alp": _readings(
        (80, "U/L", 120),
        edge=((300, "U/L", 120), (301, "U/L", 120), (600, "U/L", 120), (601, "U/L", 120)),
        odd=_ENZYME_ODD,
    ),
    "bilirubin": _readings(
        (10, "umol/L", 20),
        edge=(
            (30, "umol/L", 20),
            (31, "umol/L", 20),
            (60, "umol/L", 20),
            ("1.2", "mg/dL", "1.2"),
            ("1.5", "xULN", None),
        ),
        odd=((0, "umol/L", 20), ("<5", "µmol/L", 20), (2, "g/L", 1)),
    ),
    "creatinine": _readings(
        (70, "umol/L", 90),
        edge=(("0.8", "mg/dL", "1.1"), (150, "umol/L", 90), (200, "umol/L", 90)),
        odd=((0, "umol/L", 90), ("60-80", "umol/L", 90), (1, "mmol/L", None)),
    ),
    "creatinine_clearance": _readings(
        (85, "mL/min", None),
        edge=((30, "mL/min", None), ("29.9", "mL/min", None)),
        odd=((0, "mL/min", None), (">60", "mL/min", None)),
    ),
    "albumin": _readings(
        (40, "g/L", 50),
        edge=((25, "g/L", 50), ("24.9", "g/L", 50), ("2.5", "g/dL", 5)),
        odd=((2, "g/L", 50), ("24-26", "g/L", None)),
    ),
    "inr": _readings(
        ("1.0", "INR", "1.2"),
        edge=(("1.5", "xULN", None), ("1.8", "INR", "1.2"), ("1.81", "INR", "1.2")),
        odd=((2, "ratio", None), (1, None, "1.2")),
    ),
    "aptt": _readings(
        (30, "s", 38),
        edge=((57, "s", 38), ("57.1", "sec", 38), (45, "s", None)),
        odd=((5, "s", 38), ("<40", "seconds", 38)),
    ),
}
