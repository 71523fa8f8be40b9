"""How much a screening looks at grows with the record, not with its square."""

from __future__ import annotations

from typing import Any

import pytest

from eligibility.dates import anchors
from eligibility.explanation import explain
from eligibility.patient.record import read_record
from eligibility.protocol.library import load_trial
from eligibility.screening import what_if
from eligibility.screening.screen import Screener


def long_chart(items: int) -> dict[str, Any]:
    treatment = {"kind": "other", "last_dose": "2026-10-01"}
    return {
        "treatments": {"complete": True, "items": [treatment] * items},
        "lesions": {"complete": True, "items": [{}] * items},
    }


@pytest.mark.parametrize("items", [20, 200])
def test_the_answers_tried_do_not_grow_with_the_lists(
    items: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    screener = Screener(load_trial())
    record = read_record(long_chart(items))
    screening = screener.screen(record, anchors("2026-11-21", "2026-12-01"))
    tried: list[object] = []
    evaluate = what_if.evaluate

    def counted(*arguments: Any) -> Any:
        tried.append(arguments)
        return evaluate(*arguments)

    monkeypatch.setattr(what_if, "evaluate", counted)

    explain(screening)

    assert 0 < len(tried) < 150
