"""The rule engine against the reference: 200,000 patients, with and without profile and planned start.

Every run of the tests screens the first 37,500 of them; `make proof` all.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product

import pytest

from eligibility.dates import Anchors, anchors
from eligibility.protocol.library import load_trial
from eligibility.screening.screen import Screener
from eligibility.testing import random_patient
from eligibility.testing.values import Style
from tests.sizes import first_of

CHUNKS, PATIENTS = 16, 12_500
EVERY = 25  # of so many patients, one is screened by the reference a second time, apart from the shadow check
STYLES: tuple[Style, ...] = ("boundary", "boundary", "nearly_eligible", "any")
PROFILES = (None, "atezolizumab_p1", "shamrock_p3")
AT: tuple[Anchors, ...] = (
    anchors("2026-01-05", "2026-01-15"),
    anchors("2026-01-05"),
    anchors("2024-02-29", "2024-03-10"),
    anchors("day 1000", "day 1010"),
    anchors("day 1000"),
)

Pair = tuple[Screener, Screener]


@pytest.fixture(scope="module")
def settings() -> list[tuple[Pair, Anchors]]:
    """Rule engine and reference under every profile, at every pair of dates."""
    trials = [load_trial(profile=profile) for profile in PROFILES]
    pairs = [(Screener(trial), Screener(trial, engine="reference")) for trial in trials]
    return list(product(pairs, AT))


@pytest.mark.parametrize("seed", first_of(range(CHUNKS), 3))
def test_the_rule_engine_agrees_with_the_reference(
    settings: list[tuple[Pair, Anchors]],
    seed: int,
    record_property: Callable[[str, object], None],
) -> None:
    source = random.Random(seed)
    for number in range(PATIENTS):
        (rules, reference), at = source.choice(settings)
        record = random_patient(source, style=source.choice(STYLES), at=at)

        screening = rules.screen(record, at)

        # An alarm is raised when any verdict or the decision differs from the reference.
        assert screening.alarm is None, record.model_dump_json(exclude_unset=True)
        assert screening.engine == "durable-rules"
        if number % EVERY == 0:
            assert screening.results == reference.screen(record, at).results
    record_property("patients on whom rule engine and reference agree", PATIENTS)
