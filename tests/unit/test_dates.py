"""Partial dates, durations by the calendar, ages and anchors."""

from __future__ import annotations

from datetime import date

import pytest

from eligibility import dates
from eligibility.dates import (
    Anchors,
    Clock,
    Duration,
    anchors,
    completed_years,
    elapsed,
    format_day,
    parse_day,
    parse_duration,
    parse_partial_date,
)
from eligibility.errors import AnchorError
from eligibility.intervals import Interval, Operator
from eligibility.truth import Truth

T, U, F = Truth.TRUE, Truth.UNKNOWN, Truth.FALSE


def day(text: str) -> int:
    return parse_day(text)[0]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-05-17", "2024-05-17", "2024-05-17"),
        ("2024-02-29", "2024-02-29", "2024-02-29"),
        ("2024-05", "2024-05-01", "2024-05-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-05-17/2024-06-02", "2024-05-17", "2024-06-02"),
        ("2023/2024-02", "2023-01-01", "2024-02-29"),
        (" 2024-05-17 ", "2024-05-17", "2024-05-17"),
    ],
)
def test_a_partial_date_holds_every_day_it_may_be(text: str, first: str, last: str) -> None:
    partial = parse_partial_date(text)

    assert partial.clock == "calendar"
    assert date.fromordinal(partial.earliest) == date.fromisoformat(first)
    assert date.fromordinal(partial.latest) == date.fromisoformat(last)


@pytest.mark.parametrize("text", ["day 0", "day 120", "day -5", "day +7", "day 60000"])
def test_a_day_offset_is_one_day_on_a_clock_of_its_own(text: str) -> None:
    partial = parse_partial_date(text)

    assert partial.clock == "offset"
    assert partial.earliest == partial.latest
    assert format_day(partial.earliest, "offset") == text.replace("+", "")


def test_offsets_count_days() -> None:
    assert day("day 120") - day("day -5") == 125


def test_a_range_of_offsets_keeps_both_ends() -> None:
    partial = parse_partial_date("day 10/day 12")

    assert (partial.earliest, partial.latest) == (day("day 10"), day("day 12"))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("2023-02-29", "that month has no such day"),
        ("2024-02-30", "that month has no such day"),
        ("2024-05-00", "that month has no such day"),
        ("2024-13", "no such month"),
        ("2024-00-10", "no such month"),
        ("0000-01-01", "years lie between 1880 and 2200"),
        ("9999-12-31", "years lie between 1880 and 2200"),
        ("day 60001", "within 60000 days"),
        ("17/05/2024", "write dates as"),
        ("17.05.2024", "write dates as"),
        ("20240517", "write dates as"),
        ("2024-05-17T00:00", "write dates as"),
        ("2024-W05", "write dates as"),
        ("\u0662\u0660\u0662\u0664-05", "write dates as"),
        ("2024-0\u0665-17", "write dates as"),
        ("day \u0661", "write dates as"),
        ("45351", "write dates as"),
        ("1700000000000", "write dates as"),
        ("day 1.5", "write dates as"),
        ("day 123456", "write dates as"),
        ("", "write dates as"),
        ("2024-05-17/", "write dates as"),
        ("2024/2023", "must not end before it starts"),
        ("2024-05-17/day 3", "both ends as calendar dates or both as day offsets"),
    ],
)
def test_a_date_that_cannot_be_read_is_refused_without_repeating_it(
    text: str, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint) as caught:
        parse_partial_date(text)

    assert not text or text not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["2024-05", "2024", "2024-05-17/2024-05-18", "day 1/day 2", "soon", "17/05/2024"]
)
def test_an_anchor_must_be_one_whole_day(text: str) -> None:
    with pytest.raises(ValueError, match="a whole date is needed"):
        parse_day(text)


@pytest.mark.parametrize("text", ["2024-02-29", "1880-01-01", "2200-12-31"])
def test_a_day_is_written_as_it_is_read(text: str) -> None:
    assert format_day(*parse_day(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 day", Duration(1, "days")),
        ("21 days", Duration(21, "days")),
        ("4 weeks", Duration(4, "weeks")),
        ("6 months", Duration(6, "months")),
        ("5 years", Duration(5, "years")),
    ],
)
def test_a_duration_is_read_and_written_alike(text: str, expected: Duration) -> None:
    assert parse_duration(text) == expected
    assert str(expected) == text


@pytest.mark.parametrize(
    "text", ["21", "days", "21 d", "-1 days", "1.5 weeks", "21days", "a week", "\uff12\uff11 days"]
)
def test_a_duration_needs_a_whole_number_and_a_unit(text: str) -> None:
    with pytest.raises(ValueError, match="write durations as"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("duration", "anchor", "expected"),
    [
        ("21 days", "2024-03-10", "2024-02-18"),
        ("4 weeks", "2024-03-10", "2024-02-11"),
        ("1 month", "2024-03-31", "2024-02-29"),
        ("1 month", "2023-03-31", "2023-02-28"),
        ("6 months", "2024-08-31", "2024-02-29"),
        ("12 months", "2025-02-28", "2024-02-28"),
        ("5 years", "2024-02-29", "2019-02-28"),
        ("5 years", "2026-01-05", "2021-01-05"),
        ("4 years", "2024-02-29", "2020-02-29"),
    ],
)
def test_months_and_years_follow_the_calendar(duration: str, anchor: str, expected: str) -> None:
    before = parse_duration(duration).before(day(anchor), "calendar")

    assert before == (day(expected), day(expected))


def test_on_a_nominal_clock_a_month_has_28_to_31_days() -> None:
    anchor = day("day 100")

    assert Duration(1, "months").before(anchor, "offset") == (anchor - 31, anchor - 28)
    assert Duration(1, "years").before(anchor, "offset") == (anchor - 366, anchor - 365)
    assert Duration(4, "weeks").before(anchor, "offset") == (anchor - 28, anchor - 28)


OPERATORS: tuple[Operator, ...] = ("less_than", "at_most", "exactly", "at_least", "more_than")
WINDOW_OF_21_DAYS = [
    # last dose, start 2026-01-22:  less,  at most, exactly, at least, more
    ("2026-01-02", (T, T, F, F, F)),  # 20 days before
    ("2026-01-01", (F, T, T, T, F)),  # 21 days before
    ("2025-12-31", (F, F, F, T, T)),  # 22 days before
    ("2026-01", (U, T, U, U, F)),
    ("2025-12", (F, F, F, T, T)),
    ("2026-01-01/2026-01-02", (U, T, U, U, F)),
    ("2025-12-31/2026-01-01", (F, U, U, T, U)),
    ("2025", (F, F, F, T, T)),
]


@pytest.mark.parametrize(("event", "expected"), WINDOW_OF_21_DAYS)
def test_a_washout_of_21_days_at_its_boundary(event: str, expected: tuple[Truth, ...]) -> None:
    days, start = Duration(21, "days"), day("2026-01-22")
    when = parse_partial_date(event).interval

    truths = tuple(elapsed(when, operator, days, start, "calendar") for operator in OPERATORS)

    assert truths == expected


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("2021-01-06", (T, T, F, F, F)),
        ("2021-01-05", (F, T, T, T, F)),
        ("2021-01-04", (F, F, F, T, T)),
        ("2021-01", (U, U, U, U, U)),
        ("2020", (F, F, F, T, T)),
    ],
)
def test_a_lookback_of_5_years_at_its_boundary(event: str, expected: tuple[Truth, ...]) -> None:
    years, screening = Duration(5, "years"), day("2026-01-05")
    when = parse_partial_date(event).interval

    truths = tuple(elapsed(when, operator, years, screening, "calendar") for operator in OPERATORS)

    assert truths == expected


@pytest.mark.parametrize(
    ("days_before", "expected"),
    [
        (180, (T, T, F, F, F)),
        (181, (U, T, U, U, F)),
        (182, (U, U, U, U, U)),
        (183, (U, U, U, U, U)),
        (184, (F, U, U, T, U)),
        (185, (F, F, F, T, T)),
    ],
)
def test_on_a_nominal_clock_six_months_are_181_to_184_days(
    days_before: int, expected: tuple[Truth, ...]
) -> None:
    start = day("day 1000")
    event = Interval(start - days_before, start - days_before)

    truths = tuple(
        elapsed(event, operator, Duration(6, "months"), start, "offset") for operator in OPERATORS
    )

    assert truths == expected


@pytest.mark.parametrize(
    ("born", "on", "expected"),
    [
        pytest.param("2008-01-06", "2026-01-05", 17, id="the day before the birthday"),
        pytest.param("2008-01-05", "2026-01-05", 18, id="on the birthday"),
        pytest.param("2008-01-04", "2026-01-05", 18, id="the day after the birthday"),
        pytest.param("2008-02-29", "2026-02-28", 17, id="born on 29 February, on 28 February"),
        pytest.param("2008-02-29", "2026-03-01", 18, id="born on 29 February, on 1 March"),
        pytest.param("2008-02-29", "2028-02-29", 20, id="born on 29 February, in a leap year"),
        pytest.param("2026-01-05", "2026-01-05", 0, id="born today"),
    ],
)
def test_age_is_counted_by_the_calendar(born: str, on: str, expected: int) -> None:
    birth = parse_partial_date(born).interval

    assert completed_years(birth, day(on), "calendar") == Interval(expected, expected)


def test_nobody_is_18_a_day_early_whatever_the_leap_years() -> None:
    for birth in range(day("1999-01-01"), day("2009-01-01")):
        born = date.fromordinal(birth)
        month, date_of = (3, 1) if (born.month, born.day) == (2, 29) else (born.month, born.day)
        birthday = date(born.year + 18, month, date_of).toordinal()

        assert completed_years(Interval(birth, birth), birthday - 1, "calendar").high == 17
        assert completed_years(Interval(birth, birth), birthday, "calendar").low == 18


@pytest.mark.parametrize(
    ("born", "on", "expected"),
    [
        ("2008", "2026-06-15", Interval(17, 18)),
        ("2008-06", "2026-06-15", Interval(17, 18)),
        ("2008-06", "2026-07-01", Interval(18, 18)),
        ("1990/1992", "2026-12-31", Interval(34, 36)),
    ],
)
def test_a_partial_date_of_birth_gives_bounds(born: str, on: str, expected: Interval) -> None:
    birth = parse_partial_date(born).interval

    assert completed_years(birth, day(on), "calendar") == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(364, Interval(0, 0), id="364"),
        pytest.param(365, Interval(0, 1), id="365"),
        pytest.param(366, Interval(1, 1), id="366"),
        pytest.param(6573, Interval(17, 17), id="6573"),
        pytest.param(6574, Interval(17, 18), id="6574"),
        pytest.param(6575, Interval(18, 18), id="6575"),
    ],
)
def test_on_a_nominal_clock_age_is_bounded_by_how_long_years_can_be(
    days: int, expected: Interval
) -> None:
    on = day("day 9000")

    assert completed_years(Interval(on - days, on - days), on, "offset") == expected


def test_anchors_are_read_from_text() -> None:
    assert anchors("2026-01-05", "2026-01-15") == Anchors(
        day("2026-01-05"), day("2026-01-15"), "calendar"
    )
    assert anchors("day 5") == Anchors(day("day 5"), None, "offset")


def test_a_start_on_the_day_of_judgement_is_accepted() -> None:
    assert anchors("2026-01-05", "2026-01-05").planned_start == day("2026-01-05")


@pytest.mark.parametrize(
    ("as_of", "start", "code"),
    [
        ("2026-01-05", "2026-01-04", "planned_start_before_as_of"),
        ("2026-01-05", "day 3", "anchor_clocks_differ"),
        ("day 3", "2026-01-05", "anchor_clocks_differ"),
        ("2026-01", None, "anchor_unreadable"),
        ("today", None, "anchor_unreadable"),
        ("2026-01-05", "soon", "anchor_unreadable"),
    ],
)
def test_anchors_that_make_no_sense_are_refused(as_of: str, start: str | None, code: str) -> None:
    with pytest.raises(AnchorError) as caught:
        anchors(as_of, start)

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("as_of", "start", "where"),
    [("soon", "2026-01-05", "as_of"), ("2026-01-05", "soon", "planned_start")],
)
def test_a_date_that_cannot_be_read_is_named(as_of: str, start: str, where: str) -> None:
    with pytest.raises(AnchorError) as caught:
        anchors(as_of, start)

    assert caught.value.location is not None
    assert caught.value.location.path == where


@pytest.mark.parametrize(
    ("clock", "start", "expected"),
    [("calendar", "2026-01-15", "2026-01-15"), ("calendar", None, None)],
)
def test_windows_count_from_the_start_and_lookbacks_from_screening(
    clock: Clock, start: str | None, expected: str | None
) -> None:
    at = anchors("2026-01-05", start)

    assert at.day("screening") == day("2026-01-05")
    assert at.day("planned_start") == (day(expected) if expected else None)


def test_a_long_spelling_is_read_and_not_remembered() -> None:
    """Else whoever sends dates within a million blanks would fill the memory with them."""
    known = dates._known_date.cache_info().currsize

    written = parse_partial_date("2031" + " " * 1000 + "年 7 月")

    assert str(written) == "2031-07"
    assert dates._known_date.cache_info().currsize == known
    assert parse_partial_date(" " * 1000 + "2031-07") == written
    assert dates._known_date.cache_info().currsize == known + 1
