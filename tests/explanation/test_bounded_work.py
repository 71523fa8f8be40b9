"""How much a screening looks at grows with the record, not with its square."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import pytest

from eligibility import timeline
from eligibility.dates import anchors
from eligibility.explanation import explain
from eligibility.patient.record import read_record
from eligibility.patient.recorded import LONGEST_LIST
from eligibility.protocol.library import load_trial
from eligibility.screening import what_if
from eligibility.screening.model import Screening
from eligibility.screening.screen import Screener

# Explanations of a chart without values in the time of one: a thousand at most, five thousand before there were bounds.
MOST_TIMES = 3_000


def complete(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"complete": True, "items": items}


def long_chart(items: int) -> dict[str, Any]:
    treatment = {"kind": "other", "last_dose": "2026-10-01"}
    return {
        "treatments": complete([treatment] * items),
        "lesions": complete([{}] * items),
    }


def day(number: int) -> str:
    return (date(2026, 11, 15) - timedelta(days=number)).isoformat()


WORST = {
    "many open items": long_chart(LONGEST_LIST),
    "many partial dates": {
        "treatments": complete(
            [
                {"kind": "chemotherapy", "last_dose": f"{day(5 * n + 60)}/{day(5 * n)}"}
                for n in range(LONGEST_LIST)
            ]
        ),
        "steroids": complete([{"last_dose": day(3 * n)} for n in range(LONGEST_LIST)]),
        "lesions": complete([{}] * LONGEST_LIST),
    },
    "many dates to come": {
        "treatments": complete([{"last_dose": day(-10 - 3 * n)} for n in range(LONGEST_LIST)]),
    },
    "many other malignancies": {
        "other_malignancies": complete(
            [{"last_active": day(1700 - 10 * n)} for n in range(LONGEST_LIST)]
        ),
    },
}


def screened(document: dict[str, Any], start: str | None = "2026-12-01") -> Screening:
    return Screener(load_trial()).screen(read_record(document), anchors("2026-11-21", start))


def count_answers(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    tried: list[object] = []
    evaluate = what_if.evaluate

    def counted(*arguments: Any) -> Any:
        tried.append(arguments)
        return evaluate(*arguments)

    monkeypatch.setattr(what_if, "evaluate", counted)
    return tried


@pytest.mark.parametrize("items", [2, 20, LONGEST_LIST])
def test_the_answers_tried_do_not_grow_with_the_lists(
    items: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    screening = screened(long_chart(items))
    tried = count_answers(monkeypatch)

    explain(screening)

    assert 0 < len(tried) <= 60


def test_no_explanation_tries_more_answers_than_its_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    screening = screened({})
    tried = count_answers(monkeypatch)
    monkeypatch.setattr(what_if, "MOST_TRIED", 5)

    explain(screening)

    assert len(tried) == 5


def test_beyond_the_budget_no_question_claims_what_only_a_trial_would_show(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screening = screened({})
    free = explain(screening)
    monkeypatch.setattr(what_if, "MOST_TRIED", 0)

    without = explain(screening)

    claims = {question.text: set(question.settles) for question in free.questions}
    assert sum(map(len, claims.values())) > sum(len(q.settles) for q in without.questions) > 0
    assert all(set(q.settles) <= claims[q.text] for q in without.questions)


def test_the_calendar_asks_each_condition_only_on_days_it_can_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dated = [{"kind": "other", "last_dose": day(n % 20)} for n in range(LONGEST_LIST)]
    screener = Screener(load_trial(profile="atezolizumab_p1"))
    record = read_record({"treatments": complete(dated)})
    screening = screener.screen(record, anchors("2026-11-21"))
    days = [day for day in timeline.turning_days(screening) if day > screening.anchors.as_of]
    asked: list[int] = []
    leaf_truth = timeline.leaf_truth

    def counted(leaf: Any, findings: Any, dates: Any) -> Any:
        asked.append(dates.planned_start)
        return leaf_truth(leaf, findings, dates)

    monkeypatch.setattr(timeline, "leaf_truth", counted)

    timeline.outlook(screening)

    moving = len(screening.compiled.moving_leaves)
    assert moving > 10
    assert set(asked) == {screening.anchors.as_of, *days}
    assert len(asked) - moving < len(days) * moving / 3


@pytest.mark.parametrize("document", WORST.values(), ids=WORST.keys())
def test_the_longest_records_are_explained_in_time(document: dict[str, Any]) -> None:
    ordinary, longest = screened({}), screened(document)
    usual = seconds_to_explain(ordinary, times=20) / 20

    taken = seconds_to_explain(longest, times=1)

    assert taken < MOST_TIMES * max(usual, seconds_to_explain(ordinary, times=20) / 20)


def seconds_to_explain(screening: Screening, *, times: int) -> float:
    begin = time.process_time()
    for _ in range(times):
        explain(screening)
    return time.process_time() - begin
