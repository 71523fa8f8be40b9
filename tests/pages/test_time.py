"""Windows and start dates: each window ends on the day on which its condition turns, and all of it can be drawn."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from api.pages.example_patients import AS_OF, PLANNED_START, example_patient
from api.pages.patient_form import form_of_profile, screened
from api.pages.start_windows import Window, windows_of
from api.pages.time_view import time_view
from api.screeners import screener_of
from eligibility.dates import Anchors, format_day, parse_day
from eligibility.errors import RecordError
from eligibility.explanation import explain
from eligibility.patient.record import read_record
from eligibility.protocol.library import DEFAULT_TRIAL
from eligibility.screening.leaves import truth_of_finding
from eligibility.testing import anchors_for, random_document


def truth_on(window: Window, day: int, anchors: Anchors) -> object:
    is_start = window.leaf.before == "planned_start"
    at = Anchors(min(day, anchors.as_of), day) if is_start else Anchors(day)
    finding = window.source.get(window.leaf.finding)
    return truth_of_finding(window.leaf, finding, replace(at, clock=anchors.clock))


def test_windows_of_an_example_are_those_of_its_chart() -> None:
    form = form_of_profile(
        example_patient("wait_for_washout"),
        site_profile="atezolizumab_p1",
        as_of=AS_OF,
        planned_start=PLANNED_START,
    )
    _, explanation = screened(form)

    found = windows_of(explanation.screening)

    last = {
        (each.leaf.finding, each.kind): format_day(each.last, "calendar")
        for each in reversed(found)
        if each.last is not None
    }
    assert last["last_dose", "washout"] == "2026-12-07"
    assert last["platelets_date", "recency"] == "2026-12-03"
    view = time_view(form, explanation, "en")
    assert view is not None
    assert [span.decision for span in view.spans if span.holds_start] == ["ineligible"]
    assert view.rows[-3].field == "treatments.1.last_dose"


@pytest.mark.parametrize("profile", [None, "atezolizumab_p1", "shamrock_p3"])
def test_a_window_ends_where_its_condition_turns(profile: str | None) -> None:
    source, seen = random.Random(7), 0
    screener = screener_of(DEFAULT_TRIAL, profile)
    for _ in range(120):
        try:
            record = read_record(random_document(source))
        except RecordError:
            continue
        anchors = anchors_for(record)
        for window in windows_of(screener.screen(record, anchors)):
            if window.last is None:
                continue
            seen += 1
            before = truth_on(window, window.last, anchors)
            after = truth_on(window, window.last + 1, anchors)
            assert before is not after, window
    assert seen > 100


@pytest.mark.parametrize("language", ["en", "zh"])
def test_whatever_the_record_says_it_can_be_drawn(language: str) -> None:
    source = random.Random(11)
    for _ in range(80):
        document = random_document(source)
        try:
            record = read_record(document)
        except RecordError:
            continue
        anchors = anchors_for(record)
        if source.random() < 0.3:
            later = anchors.as_of + source.choice([0, 365, 9000])
            anchors = replace(anchors, planned_start=later)
        form = form_of_profile(document)
        explanation = explain(screener_of(DEFAULT_TRIAL).screen(record, anchors))

        view = time_view(form, explanation, "zh" if language == "zh" else "en")

        assert view is not None
        bars = [*view.strip, *(bar for row in view.rows for bar in row.bars)]
        assert all(0 <= float(bar.left) <= 100 for bar in bars)
        assert all(float(bar.left) + float(bar.width) < 101 for bar in bars)
        assert 1 <= len(view.ticks) <= 7
        assert parse_day(view.spans[0].first)[0] == anchors.as_of
        assert view.first < anchors.as_of < view.last
