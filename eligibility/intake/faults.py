"""What intake reports: tables and mappings that cannot be used, and rows that are set aside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eligibility.errors import EligibilityError, Fault, Location


class _SourceError(EligibilityError):
    """A file that cannot be used; `faults` holds every fault found in it, in file order."""

    def __init__(
        self, faults: Iterable[Fault], *, source: str | None = None, line: int | None = None
    ) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        more = f" (and {len(self.faults) - 1} more)" if len(self.faults) > 1 else ""
        super().__init__(
            f"{first.message}{more}",
            code=first.code,
            location=Location(source=source, line=line, path=first.path or None),
            hint=first.hint,
        )


class TableError(_SourceError):
    """A table of which no row can be read: its header, encoding or kind is wrong."""

    code = "table_invalid"


class MappingError(_SourceError):
    """A mapping that cannot be read, or that does not fit its table."""

    code = "mapping_invalid"


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One fault of one row that was set aside; a row with several faults has several of these."""

    line: int
    screening_id: str | None
    column: str | None
    code: str
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """One row that was set aside, with every fault found in it."""

    line: int
    faults: tuple[RejectedRow, ...]


def damaged(name: str) -> TableError:
    """A file that breaks off or holds what no program wrote; nothing of it is used."""
    fault = Fault(
        "",
        "damaged_file",
        "the file is damaged or was cut off",
        "copy or export it again; nothing of it was used",
    )
    return TableError([fault], source=name)
