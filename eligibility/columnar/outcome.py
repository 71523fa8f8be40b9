"""What becomes of some rows of a table, by whichever way they were screened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from eligibility.intake.faults import Rejection
from eligibility.protocol.verdict import Verdict

Verdicts = tuple[Verdict, ...]

DEFAULT_ROWS = 1 << 16


@dataclass(frozen=True, slots=True)
class Screened:
    """Results as written lines in order, rejections, and patients not counted yet by their verdicts."""

    lines: str = ""
    results: int = 0
    rejections: Sequence[Rejection] = ()
    counts: Counter[Verdicts] = field(default_factory=Counter)
