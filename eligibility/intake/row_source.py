"""What a table is to its reader, whatever kind of file it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from eligibility.errors import Fault
from eligibility.intake.tables import BrokenRow, RawRow


class RowSource(Protocol):
    """A header, known at once, and rows of as many texts, which come one by one."""

    name: str
    header: tuple[str, ...]
    header_line: int | None
    blank_lines: int

    @property
    def is_plain_utf_8(self) -> bool:
        """Whether the bytes of the file are its lines, so that others may read them in blocks."""
        ...

    @property
    def bytes_read(self) -> int:
        """About how much of the file has been read, for showing progress; 0 where nobody knows."""
        ...

    @property
    def decimal_comma(self) -> bool:
        """Whether numbers may have been written with a decimal comma."""
        ...

    def column_fault(self, index: int) -> Fault | None:
        """Why no cell of a column can be read, where that is so."""
        ...

    def rows(self) -> Iterator[RawRow | BrokenRow]:
        """Every row after the header, in order; to be asked for once."""
        ...
