"""Names of parametrised tests that are the same in every process: a set has no order of its own."""

from __future__ import annotations


def named(value: object) -> str:
    """What a parameter is called in a test's name."""
    if isinstance(value, (set, frozenset)):
        return "{" + ", ".join(sorted(map(str, value))) + "}"
    return str(value)
