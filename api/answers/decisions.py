"""What a screening is answered with."""

from __future__ import annotations

from collections.abc import Sequence

from eligibility.reports.answer import Answer, Described


class DecisionReceipt(Described):
    """Where a decision stands in the screening log, and the hashes that prove it."""

    sequence: int
    """Number of the entry."""
    id: str
    """Id of the entry, the same in every copy of the log."""
    recorded_at: str
    """When the entry was written: UTC, with microseconds."""
    input_hash: str
    """SHA-256 of the profile as canonical JSON: keys sorted, no spaces, UTF-8."""
    explanation_hash: str
    """SHA-256 of this answer without `entry`, as canonical JSON."""
    entry_hash: str
    """SHA-256 of the entry, which the next entry is chained to."""


class LoggedAnswer(Answer):
    """A screening explained, and its entry in the screening log."""

    entry: DecisionReceipt
    """Where the decision stands in the screening log; only in answers of the service."""


class LoggedAnswers(Described):
    """One screening per trial."""

    results: Sequence[LoggedAnswer]
    """The screenings, in the order of the trials' ids."""
