"""The product against the independent oracle of NCT06731140: 100,000 patients, most of them at a limit.

Every run of the tests screens the first 20,000 of them; `make proof` all.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from eligibility.dates import Anchors, anchors, format_day
from eligibility.errors import EligibilityError
from eligibility.patient.record import PatientRecord, read_record
from eligibility.protocol.library import load_trial
from eligibility.screening.screen import Screener
from eligibility.testing import random_patient
from eligibility.testing.values import Style
from tests.oracle.nct06731140 import decide, judge
from tests.sizes import first_of

from .dated import dated

CHUNKS, PATIENTS = 20, 5_000
STYLES: tuple[Style, ...] = ("boundary", "boundary", "boundary", "nearly_eligible", "any")
AT = (
    anchors("2026-01-05", "2026-01-15"),
    anchors("2026-01-05", "2026-01-15"),
    anchors("2026-01-05", "2026-01-15"),
    anchors("2026-01-05", "2026-02-20"),
    anchors("2024-02-29", "2024-02-29"),
    anchors("2026-05-31", "2026-06-03"),
    anchors("2026-01-05"),
    anchors("day 1000", "day 1010"),
    anchors("day -200", "day -200"),
)

Disagreement = tuple[str, str, str]
"""Criterion, what the product says, what the oracle says."""


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener(load_trial(), engine="reference")


def texts(at: Anchors) -> tuple[str, str | None]:
    start = None if at.planned_start is None else format_day(at.planned_start, at.clock)
    return format_day(at.as_of, at.clock), start


def disagreements(screener: Screener, record: PatientRecord, at: Anchors) -> list[Disagreement]:
    screening = screener.screen(record, at)
    judged = judge(record.model_dump(mode="json", exclude_unset=True), *texts(at))
    ours = {result.criterion.id: result.verdict.value for result in screening.results}
    assert list(ours) == list(judged)
    differing: list[Disagreement] = [
        (name, ours[name], judged[name]) for name in ours if ours[name] != judged[name]
    ]
    if not differing and screening.decision.value != decide(judged):
        return [("the decision", screening.decision.value, decide(judged))]
    return differing


def smaller(document: Any) -> Iterator[Any]:
    """The document without one of its parts, outermost first."""
    parts = list(document.items() if isinstance(document, dict) else enumerate(document))
    for name, _ in parts:
        yield rebuilt(document, [each for each in parts if each[0] != name])
    for name, part in parts:
        for less in smaller(part) if isinstance(part, (dict, list)) else ():
            yield rebuilt(document, [(key, less if key == name else each) for key, each in parts])


def rebuilt(like: Any, parts: list[tuple[Any, Any]]) -> Any:
    return dict(parts) if isinstance(like, dict) else [part for _, part in parts]


def minimal(screener: Screener, document: Any, at: Anchors, wanted: Disagreement) -> Any:
    """The smallest document reached by leaving parts out that still disagrees in the same way."""
    for less in smaller(deepcopy(document)):
        try:
            record = read_record(less)
        except EligibilityError:
            continue
        if wanted in disagreements(screener, record, at):
            return minimal(screener, less, at, wanted)
    return document


def report(screener: Screener, record: PatientRecord, at: Anchors, wanted: Disagreement) -> str:
    document = record.model_dump(mode="json", exclude_unset=True)
    least = minimal(screener, document, at, wanted)
    criterion, ours, oracles = wanted
    return (
        f"{criterion}: the product says {ours}, the oracle {oracles}; "
        f"as of and planned start {texts(at)}; patient {json.dumps(least)}"
    )


@pytest.mark.parametrize("seed", first_of(range(CHUNKS), 4))
def test_the_oracle_agrees_on_every_criterion(
    screener: Screener, seed: int, record_property: Callable[[str, object], None]
) -> None:
    source, days = random.Random(seed), random.Random(seed)
    for number in range(PATIENTS):
        at = source.choice(AT)
        record = random_patient(source, style=source.choice(STYLES), at=at)
        if number % 4 == 0:
            record = dated(record, at, days)

        found = disagreements(screener, record, at)

        if found:
            pytest.fail(report(screener, record, at, found[0]))
    record_property("patients on whom product and oracle agree", PATIENTS)
