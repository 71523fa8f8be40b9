"""What becomes of some rows of a table, by whichever way they were screened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from eligibility.intake.faults import Rejection
from eligibility.protocol.verdict import Verdict

Verdicts = tuple[Verdict, ...]

DEFAULT_ROWS = 1 << 15
"""Rows of a block: twice as many are 4 % quicker and take 60 % more memory."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where the input stands: a run that stopped here can go on here."""

    lines: int = 0
    """Lines of the file read."""
    rows: int = 0
    """Rows read: results, rejections, and nothing else."""
    blank_lines: int = 0
    offset: int | None = None
    """Bytes of the file read; None where that is not known, and then nothing can go on from here."""


@dataclass(frozen=True, slots=True)
class Screened:
    """Results as written lines in order, rejections, and patients not counted yet by their verdicts."""

    lines: str = ""
    results: int = 0
    rejections: Sequence[Rejection] = ()
    counts: Counter[Verdicts] = field(default_factory=Counter)
    position: Position = Position()
    """Where the input stands after these rows."""
