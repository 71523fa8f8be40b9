"""What a check of the whole log found: faults, and what is not wrong but should be known."""

from __future__ import annotations

from dataclasses import dataclass, field

_MOST_FAULTS = 100


@dataclass(frozen=True, slots=True)
class LogFault:
    """One thing that is not as it was written."""

    code: str
    message: str
    sequence: int | None = None

    def __str__(self) -> str:
        where = f"entry {self.sequence}: " if self.sequence else ""
        return f"{where}{self.message} [{self.code}]"


@dataclass(slots=True)
class Verification:
    """What a check of the whole log found."""

    entries: int = 0
    checkpoints: int = 0
    faults: list[LogFault] = field(default_factory=list)
    more_faults: int = 0
    notes: list[str] = field(default_factory=list)
    """What is not wrong but should be known."""

    @property
    def is_intact(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.faults

    def tell(self, code: str, message: str, sequence: int | None = None) -> None:
        """One more fault; of very many only the number is kept."""
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(LogFault(code, message, sequence))
        else:
            self.more_faults += 1
