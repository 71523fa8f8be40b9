"""What lint says of one place in the files of a trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eligibility.errors import Location

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One thing to correct (an error) or to consider (a warning), and where it stands."""

    severity: Severity
    code: str
    location: Location
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.location}: {self.severity}: {self.message}{hint}"


def in_file_order(finding: LintFinding) -> tuple[str, int, int, str]:
    """What findings are sorted by: file, line, column, then the message."""
    at = finding.location
    return at.source or "", at.line or 0, at.column or 0, finding.message
