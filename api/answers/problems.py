"""What the service answers when something is wrong (RFC 9457)."""

from __future__ import annotations

from collections.abc import Sequence

from eligibility.reports.answer import Described


class FaultAnswer(Described):
    """One fault of what was sent; it repeats no value."""

    path: str
    """Where: a path in the body, the name of a parameter, or of a check that fails."""
    code: str | None
    """What kind of fault, as a code."""
    message: str
    """What is wrong, in a sentence."""
    hint: str | None
    """What to do about it, if that can be said."""


class ProblemAnswer(Described):
    """Why a request was not answered as asked."""

    type: str
    """`about:blank`: the code tells the kind."""
    title: str
    """What is wrong, in a sentence."""
    status: int
    """The HTTP status."""
    code: str
    """What kind of problem, as a code."""
    hint: str | None
    """What to do about it, if that can be said."""
    faults: Sequence[FaultAnswer]
    """Every single fault, where there are several or one has a place."""
