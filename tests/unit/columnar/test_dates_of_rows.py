"""Dates that rows are judged at: the same as read one by one, and no more kept than there is room for."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from random import Random

import numpy as np
import polars as pl
import pytest

from eligibility.columnar import anchor_days
from eligibility.columnar.anchor_days import AnchorDays
from eligibility.columnar.birth_years import BirthYears
from eligibility.dates import Anchors, Duration, anchors, completed_years, parse_day, usual_text
from eligibility.errors import AnchorError
from eligibility.intake.columns import ColumnPlan
from eligibility.intake.dictionaries import CellReader, ColumnDictionary
from eligibility.interned_texts import InternedTexts
from eligibility.intervals import Interval
from eligibility.reports.results import line_of

TEXTS = (
    "2024-02-29",
    "2026-01-05",
    "2026-01",
    "day 0",
    "day 400",
    "x",
    "",
    "2100-12-31",
    '"a,b"',
    "2026年1月5日",
)
LIMITS = ((Duration(21, "days"), "planned_start"), (Duration(5, "years"), "screening"))


def read(one: str, two: str) -> Anchors | None:
    try:
        return anchors(one, two or None) if one else None
    except AnchorError:
        return None


@pytest.mark.parametrize("default", [None, "2026-01-05"])
def test_pairs_of_dates_are_what_they_are_one_by_one(default: str | None) -> None:
    pairs = list(product(TEXTS, TEXTS))
    days, one, two = AnchorDays(default, None), InternedTexts(), InternedTexts()

    for start in range(0, len(pairs), 10):
        block = pairs[start : start + 10]
        judged, planned = (pl.Series(texts) for texts in zip(*block, strict=True))
        numbers = days.number(one.number(judged), two.number(planned), len(block))
        written = days.written(numbers).to_list()
        for (a, b), number, line in zip(block, numbers.tolist(), written, strict=True):
            expected = read(a or default or "", b)
            assert bool(days.is_usable[number]) is (expected is not None)
            assert line == line_of(
                ("", usual_text(a or default or ""), usual_text(b))
            ).removeprefix(",")
            if expected is not None:
                assert days.pair(number) == expected
                named = dict(days.references(LIMITS))
                for duration, name in LIMITS:
                    day = expected.day(name)
                    ends = (0, 0) if day is None else duration.before(day, expected.clock)
                    assert [int(named[duration, name, end][number]) for end in (0, 1)] == [*ends]


def test_no_more_pairs_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchor_days, "MOST_PAIRS", 60)
    days, one, two = AnchorDays(None, None), InternedTexts(), InternedTexts()
    first, known = date(2026, 1, 1), {}

    for block in range(20):
        starts = [first + timedelta(days=block + number) for number in range(50)]
        judged = one.number(pl.Series([first.isoformat()] * 50))
        planned = two.number(pl.Series([day.isoformat() for day in starts]))
        numbers = days.number(judged, planned, 50)
        assert len(days) <= 110
        places = days.places(LIMITS).codes[numbers].tolist()
        for start, place in zip(starts, places, strict=True):
            # What was numbered before keeps its meaning: what is remembered of it stays true.
            side = np.sign((start - first).days - 21)
            assert known.setdefault(int(side), place) == place
    assert len(set(known.values())) == 3
    assert days.generation > 0


@pytest.mark.parametrize("clock", ["calendar", "offset"])
def test_years_of_columns_are_those_of_one_date(clock: str) -> None:
    random = Random(5)
    if clock == "calendar":
        texts = ["", "unknown", "1960-02-29", "1961-03-01", "1960-02-28", "1970", "1971-03", "2024"]
        texts += [f"{date(1930, 1, 1) + timedelta(random.randrange(34_000))}" for _ in range(200)]
        judged = [
            "2024-02-28",
            "2024-02-29",
            "2024-03-01",
            "2023-02-28",
            "1999-12-31",
            "1965-06-01",
        ]
    else:
        texts = ["", "unknown", *(f"day {-random.randrange(-400, 40_000)}" for _ in range(200))]
        judged = ["day 0", "day 365", "day -366", "day 1461"]
    plan = ColumnPlan.from_header(["screening_id", "birth_date"])
    dictionary = ColumnDictionary(CellReader(plan.columns[1], plan))
    dictionary.learn(texts[1:])
    rows = list(product(range(len(texts)), judged))
    random.shuffle(rows)
    numbers = np.array([number for number, _ in rows], dtype=np.int64)
    days = np.array([parse_day(day)[0] for _, day in rows], dtype=np.int64)
    on_offset = np.full(len(rows), clock == "offset")

    codes = BirthYears().number(dictionary, numbers, days, on_offset).codes.tolist()

    expected = [
        _class(dictionary, number, int(day)) for number, day in zip(numbers, days, strict=True)
    ]
    assert len(set(zip(codes, expected, strict=True))) == len(set(codes)) == len(set(expected))


def _class(dictionary: ColumnDictionary, number: int, judged: int) -> object:
    reading = dictionary.readings[number]
    if not reading.clock:
        return reading.says
    if reading.low > judged:
        return "not born"
    born = Interval(reading.low, min(reading.high, judged))
    return completed_years(born, judged, "calendar" if reading.clock == 1 else "offset")
