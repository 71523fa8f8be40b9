"""What a screening is answered with."""

from __future__ import annotations

from collections.abc import Sequence

from eligibility.reports.answer import Answer, Described


class Receipt(Described):
    """Where a decision stands in the screening log, and the hashes that prove it."""

    sequence: int
    """number of the entry"""
    id: str
    """its id, the same in every copy of the log"""
    recorded_at: str
    """when, in UTC, with microseconds"""
    input_hash: str | None
    """SHA-256 of the profile in its one spelling"""
    explanation_hash: str | None
    """SHA-256 of this answer without `entry`, in the one spelling"""
    entry_hash: str
    """SHA-256 of the entry, which the next entry is chained to"""


class LoggedAnswer(Answer):
    """A screening explained, and its entry in the screening log."""

    entry: Receipt
    """where the decision stands in the screening log"""


class LoggedAnswers(Described):
    """One screening per trial."""

    results: Sequence[LoggedAnswer]
    """In the order of the trials' ids."""
