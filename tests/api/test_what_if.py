"""What if: before and after, exactly what differs, and nothing logged."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.edits import edited
from eligibility.intake.template import example_profile

QUERY = {"as_of": "2026-11-21", "planned_start": "2026-12-01", "profile": "atezolizumab_p1"}
PATIENT = example_profile()
DECISIVE = (
    "decision",
    "deciding",
    "headline",
    "as_of",
    "planned_start",
    "possible_from",
    "valid_until",
)


def asked(client: TestClient, **body: Any) -> Any:
    return client.post("/v1/what-if", params=QUERY, json={"patient": PATIENT, **body})


def test_before_and_after_are_what_a_screening_says(client: TestClient) -> None:
    changed = {**PATIENT, "sex": "male"}

    found = asked(client, set={"sex": "male"}).json()

    for side, patient in (("before", PATIENT), ("after", changed)):
        screened = client.post("/v1/screenings", params=QUERY, json=patient).json()
        assert {name: found[side][name] for name in DECISIVE} == {
            name: screened[name] for name in DECISIVE
        }
        verdicts = [each["verdict"] for each in screened["criteria"]]
        assert [each["verdict"] for each in found[side]["criteria"]] == verdicts


def test_exactly_what_differs_is_told(client: TestClient) -> None:
    changed = asked(client, set={"sex": "male"}).json()["changed"]

    assert changed["decision"] == {"before": "eligible", "after": "ineligible"}
    assert {each["id"] for each in changed["criteria"]} >= {"INCL08"}
    assert "as_of" not in changed
    assert "planned_start" not in changed


def test_what_changes_nothing_differs_in_nothing(client: TestClient) -> None:
    changed = asked(client, set={"screening_id": "S-2"}).json()["changed"]

    assert changed == {"criteria": [], "questions_settled": [], "questions_raised": []}


def test_a_fact_taken_away_raises_a_question_and_given_back_settles_it(client: TestClient) -> None:
    without = {name: value for name, value in PATIENT.items() if name != "ecog"}

    raised = asked(client, remove=["ecog"]).json()["changed"]
    settled = asked(client, patient=without, set={"ecog": 1}).json()["changed"]

    assert raised["questions_raised"] == settled["questions_settled"]
    assert raised["questions_raised"]
    assert settled["decision"] == {"before": "undetermined", "after": "eligible"}


def test_another_start_may_change_the_decision(client: TestClient) -> None:
    found = asked(client, planned_start="2026-12-31").json()

    assert found["before"]["planned_start"] == "2026-12-01"
    assert found["after"]["planned_start"] == "2026-12-31"
    assert found["changed"]["decision"]["after"] == "ineligible"


def test_it_is_no_decision_and_nothing_is_logged(client: TestClient) -> None:
    log = client.app.state.log_keeper.log  # type: ignore[attr-defined]
    before = log.head

    found = asked(client, set={"ecog": 4}).json()

    assert found["is_decision"] is False
    assert "no decision" in found["note"]
    assert "entry" not in found
    assert log.head == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "no_edit"),
        ({"as_of": None, "planned_start": None}, "no_edit"),
        ({"planned_start": ""}, "body_invalid"),
        ({"without": ["as_of"]}, "body_invalid"),
        ({"set": {"Canary": 1}}, "edit_invalid"),
        ({"set": {"": 1}}, "edit_invalid"),
        ({"set": {"ecog..x": 1}}, "edit_invalid"),
        ({"set": {"sex.value": 1}}, "edit_through_value"),
        ({"set": {"labs.99": {}}}, "edit_beyond_list"),
        ({"remove": ["steroids.items.7"]}, "edit_through_value"),
        ({"remove": ["nothing"]}, "edit_invalid"),
        ({"set": {"ecog": "Canary"}}, "record_invalid"),
        ({"set": {"canary": 1}}, "record_invalid"),
        ({"set": ["ecog"]}, "body_invalid"),
        ({"sett": {}}, "body_invalid"),
        ({"planned_start": "2026-11-01"}, "planned_start_before_as_of"),
        ({"as_of": "Canary"}, "anchor_unreadable"),
    ],
    ids=str,
)
def test_an_edit_that_cannot_be_is_said_without_repeating_it(
    client: TestClient, body: dict[str, Any], code: str
) -> None:
    answer = asked(client, **body)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert "anary" not in answer.text


@pytest.mark.parametrize(
    ("values", "removed", "expected"),
    [
        ({"ecog": 2}, [], {"ecog": 2}),
        ({"ecog.value": 2, "ecog.date": "2026"}, ["ecog.value"], {"ecog": {"date": "2026"}}),
        ({"labs.0.test": "anc", "labs.1": {}}, [], {"labs": [{"test": "anc"}, {}]}),
        ({"labs.0": 1, "labs.1": 2}, ["labs.0"], {"labs": [2]}),
        ({"cns": None, "cns.treated": "no"}, [], {"cns": {"treated": "no"}}),
    ],
    ids=str,
)
def test_values_are_set_where_their_path_leads(
    values: dict[str, Any], removed: list[str], expected: dict[str, Any]
) -> None:
    profile: dict[str, Any] = {}

    assert edited(profile, values, removed) == expected
    assert profile == {}
