"""Start dates: from when, until when, the whole calendar, and what has to be repeated."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from eligibility.dates import Anchors, format_day, parse_day
from eligibility.explanation import StartDates, explain
from eligibility.patient.record import PatientRecord, read_record
from eligibility.protocol.library import load_trial
from eligibility.protocol.verdict import Decision, Verdict
from eligibility.screening.screen import Screener
from eligibility.testing import anchors_for, random_patient
from eligibility.testing.values import Style

from .charts import (
    AS_OF,
    PROFILE,
    Document,
    can_become_pregnant,
    complete,
    explained,
    infarction,
    melanoma,
    patient,
    prednisone,
    supported,
)

LAST_DOSE = "treatments.items.0.last_dose"
RECENT = {LAST_DOSE: "2026-11-15"}
HORIZON = 120
Verdicts = tuple[tuple[str, ...], ...]
STYLES: tuple[Style, ...] = ("nearly_eligible", "nearly_eligible", "boundary", "any")
REFERENCE = Screener(load_trial(profile=PROFILE), engine="reference")


def dates(document: Document, start: str | None = "2026-12-01") -> StartDates:
    found = explained(document, start=start).dates
    assert found is not None
    return found


def spans(found: StartDates) -> list[tuple[str, str | None, str]]:
    return [(each.first, each.last, each.decision.value) for each in found.calendar]


def test_an_eligible_patient_stays_so_until_her_results_are_too_old() -> None:
    found = dates(patient())

    assert (found.possible_from, found.held_back_by) == (AS_OF, ())
    assert (found.valid_until, found.ended_by) == ("2026-12-03", ("INCL04",))
    assert found.renewable == ("INCL04",)
    assert found.to_repeat == ()
    assert spans(found) == [
        (AS_OF, "2026-12-03", "eligible"),
        ("2026-12-04", None, "ineligible"),
    ]


def test_a_negative_pregnancy_test_holds_for_so_long_and_a_fresh_one_renews_it() -> None:
    found = dates(patient(can_become_pregnant("2026-11-18")))

    assert (found.valid_until, found.ended_by) == ("2026-12-02", ("EXCL06",))
    assert found.renewable == ("EXCL06", "INCL04")
    assert spans(found)[:2] == [
        (AS_OF, "2026-12-02", "eligible"),
        ("2026-12-03", "2026-12-03", "undetermined"),
    ]


def test_a_positive_pregnancy_test_is_not_renewable() -> None:
    found = dates(patient(can_become_pregnant("2026-11-18", result="positive")))

    assert found.renewable == ("INCL04",)


def test_a_washout_holds_the_start_back_and_tests_must_be_repeated() -> None:
    found = dates(patient(RECENT))

    assert (found.possible_from, found.held_back_by) == ("2026-12-07", ("EXCL05",))
    assert found.to_repeat == ("INCL04",)
    assert (found.valid_until, found.ended_by) == (None, ())
    assert [(each.first, each.failing, each.unknown) for each in found.calendar] == [
        (AS_OF, ("EXCL05",), ()),
        ("2026-12-04", ("INCL04", "EXCL05"), ()),
        ("2026-12-06", ("INCL04",), ("EXCL05",)),
        ("2026-12-07", ("INCL04",), ()),
    ]


def test_with_fresh_results_the_same_washout_ends_in_an_eligible_window() -> None:
    shorter = patient({LAST_DOSE: "2026-11-09"})

    found = dates(shorter)

    assert spans(found) == [
        (AS_OF, "2026-11-29", "ineligible"),
        ("2026-11-30", "2026-11-30", "undetermined"),
        ("2026-12-01", "2026-12-03", "eligible"),
        ("2026-12-04", None, "ineligible"),
    ]
    assert found.possible_from == "2026-12-01"


def test_without_a_planned_start_the_calendar_is_the_same() -> None:
    known, open_start = dates(patient(RECENT)), dates(patient(RECENT), start=None)

    assert open_start.calendar == known.calendar
    assert open_start.possible_from == known.possible_from


def test_what_never_changes_leaves_no_possible_start() -> None:
    found = dates(patient({"sex": "male"}))

    assert found.possible_from is None
    assert {each.decision for each in found.calendar} == {Decision.INELIGIBLE}


def test_a_result_that_is_bad_and_not_just_old_is_not_renewable() -> None:
    found = dates(patient({"labs.2.value": "80"}))

    assert found.renewable == ()
    assert found.possible_from is None


def test_two_waits_end_with_the_longer_one() -> None:
    found = dates(patient({**RECENT, **prednisone(last_dose="2026-11-20")}))

    assert (found.possible_from, found.held_back_by) == ("2026-12-19", ("EXCL09",))


@pytest.mark.parametrize(
    ("event", "first"),
    [
        pytest.param(infarction("2026-06-10"), "2026-12-10", id="infarction"),
        pytest.param(
            {"history.cardiovascular": complete({"code": "new_angina", "date": "2026-09-10"})},
            "2026-12-11",
            id="new angina",
        ),
    ],
)
def test_an_event_is_waited_for_and_no_test_to_repeat(event: Document, first: str) -> None:
    found = dates(patient(event))

    assert (found.possible_from, found.held_back_by) == (first, ("EXCL03",))
    assert found.to_repeat == found.renewable == ("INCL04",)
    assert found.still_open == ("EXCL03",)


@pytest.mark.parametrize("kind", ["growth_factor", "transfusion"])
def test_results_that_were_held_up_are_repeated_after_the_wait(kind: str) -> None:
    found = dates(patient(supported(kind, "2026-11-20")))

    assert (found.possible_from, found.held_back_by) == ("2026-12-05", ("INCL04",))
    assert found.to_repeat == found.renewable == ("INCL04",)
    assert found.still_open == ()


def test_what_counts_from_screening_leaves_no_start_on_this_screening() -> None:
    waiting = melanoma(diagnosed="2021-11-25", last_active="2021-11-25")

    assert dates(patient(waiting)).possible_from is None
    assert all("EXCL04" in each.failing for each in dates(patient(waiting)).calendar)


def test_a_result_that_is_missing_stays_open_when_the_others_are_repeated() -> None:
    found = dates(patient({}, "labs.8"))

    assert "INCL04" in found.still_open


def test_an_operation_years_ago_holds_nothing_back() -> None:
    old = {"treatments": complete({"kind": "surgery", "last_dose": "2001", "outpatient": "no"})}

    assert "EXCL05" not in {name for each in dates(patient(old)).calendar for name in each.failing}


def brute_force(record: PatientRecord, at: Anchors, *, days: int = HORIZON) -> list[Verdicts]:
    """What fails and what is open for a start on each of the coming days, screened one by one."""
    found = []
    for day in range(at.as_of, at.as_of + days):
        results = REFERENCE.screen(record, replace(at, planned_start=day)).results
        found.append(
            tuple(
                tuple(r.criterion.id for r in results if r.verdict is verdict)
                for verdict in (Verdict.FAIL, Verdict.UNKNOWN)
            )
        )
    return found


def from_calendar(found: StartDates, at: Anchors) -> list[Verdicts]:
    days: list[Verdicts] = []
    for period in found.calendar:
        first = parse_day(period.first)[0]
        last = parse_day(period.last)[0] if period.last else at.as_of + HORIZON
        days += [(period.failing, period.unknown)] * (last - first + 1)
    return days[:HORIZON]


@pytest.mark.parametrize("seed", range(60))
def test_the_calendar_is_what_screening_every_single_day_finds(seed: int) -> None:
    source = random.Random(seed)
    record = random_patient(source, style=STYLES[seed % len(STYLES)])
    at = anchors_for(record)

    found = explain(REFERENCE.screen(record, at)).dates

    assert found is not None
    assert from_calendar(found, at) == brute_force(record, at)


@pytest.mark.parametrize("seed", range(30))
def test_periods_follow_each_other_without_gap_and_differ(seed: int) -> None:
    record = random_patient(random.Random(seed), style="boundary")
    at = anchors_for(record)

    found = explain(REFERENCE.screen(record, at)).dates

    assert found is not None
    assert found.calendar[0].first == format_day(at.as_of, at.clock)
    assert found.calendar[-1].last is None
    for one, next_one in zip(found.calendar, found.calendar[1:], strict=False):
        assert one.last is not None
        assert parse_day(one.last)[0] + 1 == parse_day(next_one.first)[0]
        assert (one.failing, one.unknown) != (next_one.failing, next_one.unknown)


@pytest.mark.parametrize("seed", range(30))
def test_the_answer_holds_until_the_day_it_says_and_no_longer(seed: int) -> None:
    record = read_record(patient({LAST_DOSE: f"2026-11-{seed % 9 + 1:02}"}))
    at = Anchors(parse_day(AS_OF)[0], parse_day(AS_OF)[0] + seed % 10)
    screening = REFERENCE.screen(record, at)

    found = explain(screening).dates

    assert found is not None
    assert found.valid_until is not None
    last = parse_day(found.valid_until)[0]
    decisions = [
        REFERENCE.screen(record, replace(at, planned_start=day)).decision
        for day in range(at.planned_start or 0, last + 2)
    ]
    assert set(decisions[:-1]) == {screening.decision}
    assert decisions[-1] is not screening.decision


def eventful(source: random.Random) -> Document:
    """The example with things that happened to her, all of them over, and results of any age."""

    def ago(most: int) -> str:
        return format_day(parse_day(AS_OF)[0] - source.randint(0, most), "calendar")

    document = patient()
    treatments = document["treatments"]["items"]
    treatments[0]["last_dose"] = source.choice(["2026-10-15", ago(25)])
    for kind in source.sample(["growth_factor", "transfusion"], source.randint(0, 2)):
        treatments.append({"kind": kind, "last_dose": ago(20), "ongoing": "no"})
    hearts = source.sample(["myocardial_infarction", "new_angina"], source.choice([0, 0, 1, 2]))
    events = [{"code": code, "date": ago(200)} for code in hearts]
    document["history"]["cardiovascular"] = complete(*events)
    for lab in document["labs"]:
        lab["date"] = source.choice([lab["date"], ago(30), AS_OF[:7]])
    if source.random() < 0.2:
        source.choice(document["labs"])["value"] = source.choice(["0.1", "80", "pending"])
    return document


def screened_then(document: Document, day: int, *, fresh: bool) -> Verdicts:
    """What fails and what is open if she is screened on the day she starts, as well as now, with fresh tests or not."""
    document = document | {"ecog": document["ecog"] | {"date": format_day(day, "calendar")}}
    if fresh:
        labs = [lab | {"date": format_day(day, "calendar")} for lab in document["labs"]]
        document = document | {"labs": labs}
    return brute_force(read_record(document), Anchors(day, day), days=1)[0]


@pytest.mark.parametrize("seed", range(60))
def test_what_is_promised_comes_and_nothing_better_comes_before(seed: int) -> None:
    source = random.Random(seed)
    document = eventful(source)
    today = parse_day(AS_OF)[0]
    found = dates(document, source.choice([None, "2026-12-01"]))

    end, least = today + 400, None
    if found.possible_from is not None:
        end = parse_day(found.possible_from)[0]
        promised = screened_then(document, end, fresh=bool(found.to_repeat))
        assert promised == ((), found.still_open)
        least = len(screened_then(document, end, fresh=True)[1])

    earlier = {today, end - 1, *source.choices(range(today, end + 1), k=8)}
    for day in earlier - {end, today - 1}:
        failing, unknown = screened_then(document, day, fresh=True)
        assert failing or (least is not None and len(unknown) > least)
