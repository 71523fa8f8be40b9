"""The one tree of errors: each says what is wrong, where, and what to do, and never repeats a patient's value."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """Where a fault is: a file with line and column, a table row and column, or a path inside a document."""

    source: str | None = None
    line: int | None = None
    column: int | None = None
    path: str | None = None

    def __str__(self) -> str:
        parts = [str(p) for p in (self.source, self.line, self.column) if p is not None]
        place = ":".join(parts)
        return ", ".join(p for p in (place, self.path) if p)


class EligibilityError(Exception):
    """Root of every error this library raises on purpose; `code` is stable, the wording is not."""

    code = "error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        location: Location | None = None,
        hint: str | None = None,
    ) -> None:
        self.message = message
        self.code = code or type(self).code
        self.location = location
        self.hint = hint
        super().__init__(message)

    def __str__(self) -> str:
        where = f"{self.location}: " if self.location and str(self.location) else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}{self.message}{hint}"


class RecordError(EligibilityError):
    """A patient record that cannot be read; `faults` holds every fault found, in document order."""

    code = "record_invalid"

    def __init__(self, faults: Iterable[Fault], *, source: str | None = None) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        more = f" (and {len(self.faults) - 1} more)" if len(self.faults) > 1 else ""
        super().__init__(
            f"{first.message}{more}",
            location=Location(source=source, path=first.path),
            hint=first.hint,
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a record or a row: the path of the field, a stable code, a message, what to do."""

    path: str
    code: str
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.path}: {self.message}{hint}"


class CriteriaError(EligibilityError):
    """A criteria file that cannot be used; raised while loading, never while screening."""

    code = "criteria_invalid"


class AnchorError(EligibilityError):
    """The dates to screen at do not make sense together."""

    code = "anchors_invalid"


class EngineFault(EligibilityError):
    """The rule engine did not answer as it must; the caller answers undetermined, never eligible."""

    code = "engine_fault"


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint naming the closest known word, or the whole vocabulary where that is short.

    >>> did_you_mean("atmost", ["at_most", "at_least"])
    'did you mean "at_most"?'
    """
    vocabulary = sorted(known)
    close = difflib.get_close_matches(word, vocabulary, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{close[0]}"?'
    if 0 < len(vocabulary) <= 12:
        return "use one of: " + ", ".join(vocabulary)
    return None
