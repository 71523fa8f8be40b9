"""The JSON document: stable keys, plain values, the same bytes every time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from eligibility.dates import anchors
from eligibility.errors import EngineFault
from eligibility.explanation import explain
from eligibility.intake.template import example_profile
from eligibility.patient.record import read_record
from eligibility.protocol.library import load_trial
from eligibility.reports.document import to_document
from eligibility.screening.rule_engine import RuleEngine
from eligibility.screening.screen import Screener
from eligibility.truth import Truth

PROFILE = "atezolizumab_p1"
AS_OF, START = "2026-11-21", "2026-12-01"
NAMED_BY_THE_ISSUE = {
    "decision", "deciding", "criteria", "questions", "possible_from", "valid_until", "calendar",
    "trial", "rules_hash", "engine_version", "as_of", "planned_start",
}  # fmt: skip
OF_A_CRITERION = {"id", "kind", "text", "truth", "verdict", "reason", "evidence"}


@pytest.fixture
def screener() -> Screener:
    return Screener(load_trial(profile=PROFILE))


def document(screener: Screener, patient: dict[str, Any], start: str | None = START) -> Any:
    screening = screener.screen(read_record(patient), anchors(AS_OF, start))
    return to_document(explain(screening))


@pytest.mark.parametrize("patient", [example_profile(), {}], ids=["example", "empty"])
def test_a_document_has_the_keys_it_promises(screener: Screener, patient: dict[str, Any]) -> None:
    found = document(screener, patient)

    assert set(found) >= NAMED_BY_THE_ISSUE
    assert [each["id"] for each in found["criteria"]] == [c.id for c in screener.trial.criteria]
    assert all(set(each) >= OF_A_CRITERION for each in found["criteria"])


def test_a_document_is_plain_json_without_nan(screener: Screener) -> None:
    found = document(screener, example_profile())

    assert json.loads(json.dumps(found, allow_nan=False)) == json.loads(json.dumps(found))


def test_dates_and_decision_are_as_asked_for(screener: Screener) -> None:
    found = document(screener, example_profile())

    assert (found["as_of"], found["planned_start"]) == (AS_OF, START)
    assert (found["decision"], len(found["deciding"])) == ("eligible", 17)
    assert (found["possible_from"], found["valid_until"]) == (AS_OF, "2026-12-03")
    assert found["rules_hash"] == screener.trial.rules_hash
    assert found["alarm"] is None


def test_truth_and_verdict_differ_by_the_kind_of_criterion(screener: Screener) -> None:
    by_id = {each["id"]: each for each in document(screener, example_profile())["criteria"]}

    assert (by_id["INCL01"]["truth"], by_id["INCL01"]["verdict"]) == ("true", "pass")
    assert (by_id["EXCL01"]["truth"], by_id["EXCL01"]["verdict"]) == ("false", "pass")


def test_the_same_patient_gives_the_same_bytes() -> None:
    texts = {
        json.dumps(document(Screener(load_trial(profile=PROFILE)), example_profile()))
        for _ in range(3)
    }

    assert len(texts) == 1


def test_day_offsets_stay_day_offsets(screener: Screener) -> None:
    course = {"kind": "chemo", "last_dose": "day 95"}
    patient = {"treatments": {"complete": True, "items": [course]}}
    screening = screener.screen(read_record(patient), anchors("day 100", "day 110"))

    found = to_document(explain(screening))

    assert (found["as_of"], found["planned_start"]) == ("day 100", "day 110")
    assert found["calendar"][0]["first"] == "day 100"
    assert {b["criterion"]: b["until"] for b in found["blockers"]}["EXCL05"] == "day 117"


def test_a_fault_of_the_engine_is_never_an_answer(
    screener: Screener, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(self: RuleEngine, leaves: list[Truth]) -> None:
        raise EngineFault("no status after 1000 rules")

    monkeypatch.setattr(RuleEngine, "derive", fails)

    found = document(screener, example_profile())

    assert found["decision"] == "undetermined"
    assert found["alarm"]["code"] == "engine_fault"
    assert {each["verdict"] for each in found["criteria"]} == {"unknown"}
    assert {each["truth"] for each in found["criteria"]} == {"unknown"}
    assert (found["possible_from"], found["valid_until"], found["calendar"]) == (None, None, [])
    assert (found["questions"], found["blockers"], found["forcing"]) == ([], [], ())
    assert "no status after 1000 rules" in found["criteria"][0]["reason"]


def test_an_engine_that_disagrees_with_the_reference_is_never_an_answer(
    screener: Screener, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = RuleEngine.derive

    def lies(self: RuleEngine, leaves: list[Truth]) -> object:
        return honest(self, [Truth.TRUE] * len(leaves))

    monkeypatch.setattr(RuleEngine, "derive", lies)

    found = document(screener, {})

    assert found["decision"] == "undetermined"
    assert found["alarm"]["code"] == "engines_disagree"
    assert "INCL01" in found["alarm"]["message"]
    assert {each["verdict"] for each in found["criteria"]} == {"unknown"}


def test_every_fired_rule_is_in_words(screener: Screener) -> None:
    fired = document(screener, example_profile())["fired"]

    assert fired
    assert not [words for words in fired if "node" in words.split()]
