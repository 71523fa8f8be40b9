"""How often somebody may ask: a bucket of tokens for each, bounded in number."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

_MOST = 10_000


class Rates:
    """Buckets by name. Each worker has its own: the limits hold per worker."""

    def __init__(
        self, per_second: float, burst: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, name: str) -> float:
        """Take one token; 0 if there was one, else the seconds until there is."""
        now = self._clock()
        left, at = self._buckets.get(name, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._per_second)
        allowed = left >= 1
        self._buckets[name] = (left - 1 if allowed else left, now)
        self._buckets.move_to_end(name)
        if len(self._buckets) > _MOST:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self._per_second

    def is_empty(self, name: str) -> bool:
        """Whether no token is left, without taking one."""
        left, at = self._buckets.get(name, (self._burst, 0.0))
        return left + (self._clock() - at) * self._per_second < 1
