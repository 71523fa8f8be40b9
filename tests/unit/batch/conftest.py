"""The screener that every test of a run uses."""

from __future__ import annotations

import pytest

from eligibility.protocol.library import load_trial
from eligibility.screening.screen import Screener


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener(load_trial(profile="atezolizumab_p1"))
