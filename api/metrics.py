"""Counts and times of requests for Prometheus; no label comes from a patient or from a request's text."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from api.batches.model import State
from api.words import SHARED_METRICS

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_BUCKETS = (0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.3, 2.5, 5, 10, 30)


class _OpenBatches:
    """Looked up when it is asked for: the batches are on disk, and every worker sees the same."""

    def __init__(self, count: Callable[[], Mapping[State, int]]) -> None:
        self._count = count

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Batches that have not ended."""
        words = "Batches that have not ended, by where they stand."
        family = GaugeMetricFamily("eligibility_batches_open", words, labels=("state",))
        for state, count in self._count().items():
            family.add_metric((state.value,), count)
        yield family


_OF_THE_LOG = {
    "entries_waiting": "Entries of the screening log that wait to be written, in the worker that answers.",
    "checkpoint_age_seconds": "Seconds since the last checkpoint of the screening log, of all workers.",
}


class _Log:
    """Looked up when it is asked for."""

    def __init__(self, counted: Callable[[], Mapping[str, float]]) -> None:
        self._counted = counted

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """How the screening log is doing."""
        for name, value in self._counted().items():
            words = _OF_THE_LOG[name]
            yield GaugeMetricFamily(f"eligibility_log_{name}", words, value=value)


class Metrics:
    """What is counted of every request, how many batches are on their way, and how the log is doing."""

    def __init__(
        self,
        open_batches: Callable[[], Mapping[State, int]],
        of_the_log: Callable[[], Mapping[str, float]],
    ) -> None:
        self._looked_up = CollectorRegistry()
        self._looked_up.register(_OpenBatches(open_batches))
        self._looked_up.register(_Log(of_the_log))
        self._registry = CollectorRegistry()
        self._counts: dict[tuple[str, str, int], Counter] = {}
        self._times: dict[str, Histogram] = {}
        self._requests = Counter(
            "eligibility_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._problems = Counter(
            "eligibility_problems",
            "Requests answered with a problem, by its code.",
            ("code",),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "eligibility_request_seconds",
            "Time from the head of a request to the end of its answer.",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._open = Gauge(
            "eligibility_requests_open",
            "Requests being worked on.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )

    def began(self) -> None:
        """A request came in."""
        self._open.inc()

    def ended(
        self, *, method: str, route: str, status: int, code: str | None, seconds: float
    ) -> None:
        """A request was answered."""
        self._open.dec()
        self._count(method if method in _METHODS else "other", route, status).inc()
        self._time(route).observe(seconds)
        if code:
            self._problems.labels(code).inc()

    def _count(self, method: str, route: str, status: int) -> Counter:
        """The counter of one combination; looking it up among labels is what takes the time."""
        key = (method, route, status)
        if key not in self._counts:
            self._counts[key] = self._requests.labels(method, route, str(status))
        return self._counts[key]

    def _time(self, route: str) -> Histogram:
        if route not in self._times:
            self._times[route] = self._seconds.labels(route)
        return self._times[route]

    def page(self) -> bytes:
        """All counts, of every worker."""
        looked_up = generate_latest(self._looked_up)
        if SHARED_METRICS not in os.environ:
            return generate_latest(self._registry) + looked_up
        together = CollectorRegistry()
        _forget_the_dead(Path(os.environ[SHARED_METRICS]))
        MultiProcessCollector(together)  # type: ignore[no-untyped-call] # the library leaves it so
        return generate_latest(together) + looked_up


def _forget_the_dead(folder: Path) -> None:
    """Take away what a worker that is no more said of the present; its counts stay."""
    for file in folder.glob("gauge_live*_*.db"):
        worker = file.stem.rpartition("_")[2]
        if worker.isdigit() and not Path("/proc", worker).exists():
            file.unlink(missing_ok=True)
