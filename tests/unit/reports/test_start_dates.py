"""The lines about start dates: the day from which to screen again is the last in time, not in the alphabet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eligibility.blockers import Blocker
from eligibility.dates import anchors
from eligibility.explanation import explain
from eligibility.patient.record import read_record
from eligibility.protocol.library import load_trial
from eligibility.protocol.model import Remedy
from eligibility.reports.start_dates import date_lines
from eligibility.screening.screen import Screener
from eligibility.wording import VOICES


@pytest.mark.parametrize(
    ("days", "said"),
    [(("day 98", "day 120"), "day 120"), (("day 120", "day 98"), "day 120"),
     (("day -9", "day -10"), "day -9"), (("2026-12-09", "2027-01-02"), "2027-01-02")],
)  # fmt: skip
def test_the_last_blocker_says_when_to_screen_again(days: tuple[str, str], said: str) -> None:
    dates = anchors("day -40", "day -40")
    if not days[0].startswith("day"):
        dates = anchors("2026-11-21", "2026-11-21")
    screening = Screener(load_trial()).screen(read_record({"sex": "male"}), dates)
    explanation = explain(screening)
    assert explanation.dates is not None
    waiting = tuple(Blocker(f"EXCL0{n}", Remedy.WAIT, day, "") for n, day in enumerate(days))
    never = replace(explanation.dates, possible_from=None)

    lines = date_lines(replace(explanation, blockers=waiting, dates=never), VOICES["en"])

    assert next(lines) == f"no start date is possible on this screening; screen again from {said}"
