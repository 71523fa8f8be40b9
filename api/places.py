"""A number of places that are shared: nobody gets more than a share of them, however much one asks for."""

from __future__ import annotations

from collections import Counter


class Places:
    """Who has how many places just now. Each worker has its own."""

    def __init__(self, count: int, *, share: int) -> None:
        self._count, self._share = count, share
        self._taken: Counter[str] = Counter()

    @property
    def are_taken(self) -> bool:
        """Whether there is none left for anybody."""
        return self._taken.total() >= self._count

    def has_share(self, name: str) -> bool:
        """Whether somebody has as many as anybody may."""
        return self._taken[name] >= self._share

    def take(self, name: str) -> None:
        """One more for somebody."""
        self._taken[name] += 1

    def leave(self, name: str) -> None:
        """One less."""
        self._taken[name] -= 1
        if not self._taken[name]:
            del self._taken[name]
