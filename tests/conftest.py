"""Hypothesis profiles, and the trial, screeners and database server that many tests share."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import settings

from eligibility.protocol.library import load_trial
from eligibility.protocol.model import Trial
from eligibility.screening.model import Engine
from eligibility.screening.screen import Screener
from tests.log import postgresql

# The machines that run this are shared, so no example has a deadline.
settings.register_profile("dev", max_examples=25, deadline=None)
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("many", max_examples=20_000, deadline=None, print_blob=True)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
)

ENGINES: tuple[Engine, ...] = ("reference", "durable-rules")


@pytest.fixture(scope="session")
def trial() -> Trial:
    """The trial under a site profile, so that every criterion can pass."""
    return load_trial(profile="atezolizumab_p1")


@pytest.fixture(scope="session")
def reference(trial: Trial) -> Screener:
    """Screens by the reference semantics."""
    return Screener(trial, engine="reference")


@pytest.fixture(scope="session", params=ENGINES)
def screener(request: pytest.FixtureRequest, trial: Trial) -> Screener:
    """Screens by either engine; a test that takes it runs once for each."""
    return Screener(trial, engine=request.param)


@pytest.fixture(scope="session")
def postgresql_socket() -> Iterator[str]:
    """The socket of a PostgreSQL server of the tests' own."""
    if postgresql.programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgresql.server() as socket:
        yield socket


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many generated patients the differential runs went through, over all workers."""
    counts: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        counts.update({name: n for name, n in report.user_properties if isinstance(n, int)})
    for name, count in counts.items():
        terminalreporter.write_line(f"{count:,} {name}")
