"""What stands in the way, and what a person can do about it: never, wait, retest, fetch, decide."""

from __future__ import annotations

import pytest

from eligibility.blockers import Blocker
from eligibility.protocol.model import Remedy

from .charts import (
    Document,
    blocker,
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
NEVER, WAIT, RETEST, FETCH, DECIDE = Remedy

CNS = {
    "cns": {
        "known_metastases": "yes",
        "symptomatic": "no",
        "treated": "yes",
        "treatment_end": "2026-11-10",
        "progressing": "no",
        "leptomeningeal": "no",
    }
}
LUPUS = {"history.autoimmune": complete({"code": "systemic_lupus"})}
ONGOING = {"treatments.items.0.ongoing": "yes", LAST_DOSE: None}


@pytest.mark.parametrize(
    ("changed", "name", "action", "until"),
    [
        pytest.param({"sex": "male"}, "INCL08", NEVER, None, id="a man"),
        pytest.param(LUPUS, "EXCL02", NEVER, None, id="lupus"),
        pytest.param({LAST_DOSE: "2026-11-15"}, "EXCL05", WAIT, "2026-12-07", id="16 days ago"),
        pytest.param({LAST_DOSE: "2026-11-11"}, "EXCL05", WAIT, "2026-12-03", id="20 days ago"),
        pytest.param({LAST_DOSE: "2026-11-10"}, "EXCL05", DECIDE, "2026-12-02", id="21 days ago"),
        pytest.param(prednisone(last_dose="2026-11-20"), "EXCL09", WAIT, "2026-12-19",
                     id="prednisone 11 days ago"),
        pytest.param(prednisone(last_dose="2026-11-03"), "EXCL09", DECIDE, "2026-12-02",
                     id="prednisone exactly 28 days ago"),
        pytest.param(infarction("2026-08-01"), "EXCL03", WAIT, "2027-02-01", id="infarction"),
        pytest.param(melanoma(diagnosed="2022-11-30", last_active="2022-11-30"), "EXCL04", WAIT,
                     "2027-12-01", id="melanoma cured at once"),
        pytest.param(melanoma(diagnosed="2023-02-28", last_active="2023-02-28"), "EXCL04", WAIT,
                     "2028-03-01", id="melanoma, both 28 and 29 February end its five years"),
        pytest.param(melanoma(diagnosed="2022-11-30", last_active="2025-03-01"), "EXCL04", WAIT,
                     "2030-03-02", id="melanoma active until later"),
        pytest.param(melanoma(diagnosed="2022-11-30"), "EXCL04", WAIT, "2027-11-30",
                     id="melanoma, last activity unknown"),
        pytest.param({"ecog": 3}, "INCL01", RETEST, None, id="ECOG 3"),
        pytest.param({"labs.2.value": "80"}, "INCL04", RETEST, None, id="too few platelets"),
        pytest.param({"ecog": "pending"}, "INCL01", FETCH, None, id="ECOG pending"),
        pytest.param({"history.autoimmune": None}, "EXCL02", FETCH, None, id="silent chart"),
        pytest.param({"specimens.0.er_percent": 1}, "INCL02", DECIDE, None, id="exactly 1 %"),
        pytest.param(CNS, "EXCL01", DECIDE, "2026-12-08", id="brain treated 3 weeks ago"),
        pytest.param(can_become_pregnant("2026-11-16"), "EXCL06", RETEST, None,
                     id="negative pregnancy test of 15 days before the start"),
        pytest.param(can_become_pregnant(None), "EXCL06", FETCH, None,
                     id="negative pregnancy test without a date"),
        pytest.param({"reproductive": {"breastfeeding": "yes", "status": "wocbp",
                      "pregnancy_test": "negative", "intends_pregnancy": "no",
                      "contraception": "agreed"}}, "EXCL06", RETEST, None, id="breastfeeding"),
    ],
)  # fmt: skip
def test_a_blocker_says_what_can_be_done_and_from_when(
    changed: Document, name: str, action: Remedy, until: str | None
) -> None:
    found = blocker(explained(patient(changed)), name)

    assert (found.action, found.until) == (action, until)


@pytest.mark.parametrize(
    ("changed", "name", "text"),
    [
        pytest.param({LAST_DOSE: "2026-11-15"}, "EXCL05", "passes by waiting, from 2026-12-07",
                     id="passes then"),
        pytest.param(infarction("2026-08-01"), "EXCL03",
                     "no longer fails from 2027-02-01, but stays open then", id="only open then"),
        pytest.param(melanoma(diagnosed="2022-11-30"), "EXCL04",
                     "no longer fails if screened again from 2027-11-30 on, but stays open then",
                     id="only open then, counted from screening"),
        pytest.param(melanoma(diagnosed="2021-11-25", last_active="2021-11-25"), "EXCL04",
                     "passes if screened again from 2026-11-26 on",
                     id="no later start alone cures what counts from screening"),
        pytest.param(supported("growth_factor", "2026-11-20"), "INCL04",
                     "passes with a fresh test, for a start from 2026-12-05 on",
                     id="a fresh test after a growth factor"),
        pytest.param(ONGOING, "EXCL05", "no longer fails from 2026-12-12, but stays open then",
                     id="treatment goes on"),
    ],
)  # fmt: skip
def test_a_day_on_which_a_criterion_is_merely_open_is_not_called_a_pass(
    changed: Document, name: str, text: str
) -> None:
    assert blocker(explained(patient(changed)), name).text == text


def test_a_test_that_has_grown_too_old_is_to_be_repeated() -> None:
    found = blocker(explained(patient(can_become_pregnant("2026-11-16"))), "EXCL06")

    assert found.text == "repeat the test; this one is too old for the planned start"


def test_how_she_was_long_ago_is_asked_again_and_not_looked_for_in_the_record() -> None:
    day = "2025-02-01"

    def told(criterion: str, changed: Document) -> Blocker:
        return blocker(explained(patient(changed)), criterion)

    old = told("INCL01", {"ecog": {"value": 3, "date": day}})
    assert (old.action, old.until) == (RETEST, None)
    assert old.text == "assess or ask again; the entry is, or may be, too old to speak of today"
    assert told("INCL01", {"ecog": None}).action is FETCH
    willing = {"consent.willing_to_participate": {"value": "yes", "date": day}}
    assert told("INCL07", willing).action is RETEST
    assert told("INCL07", willing | {"consent.cognitive_ability": None}).action is FETCH


def test_good_results_that_are_merely_too_old_are_not_told_as_a_failure() -> None:
    found = blocker(explained(patient(), start="2027-02-01"), "INCL04")
    low = blocker(explained(patient({"labs.2.value": "80"}), start="2027-02-01"), "INCL04")

    assert (found.action, found.until) == (RETEST, None)
    assert found.text == "repeat the test; this one is too old for the planned start"
    assert low.text != found.text


def test_what_waiting_promises_comes_true() -> None:
    waiting = patient(melanoma(diagnosed="2022-11-30", last_active="2025-03-01"))

    day_before = explained(waiting, as_of="2030-03-01", start="2030-03-10", profile=None)
    on_the_day = explained(waiting, as_of="2030-03-02", start="2030-03-10", profile=None)

    assert "EXCL04" in [each.criterion_id for each in day_before.blockers]
    assert "EXCL04" not in [each.criterion_id for each in on_the_day.blockers]


def test_an_eligible_patient_has_no_blocker() -> None:
    assert explained(patient()).blockers == ()


def test_what_can_never_change_comes_first_and_the_investigators_part_last() -> None:
    changed = {"sex": "male", "ecog": 3, LAST_DOSE: "2026-11-15", "specimens.0.er_percent": 1}

    actions = [each.action for each in explained(patient(changed)).blockers]

    assert actions == [NEVER, WAIT, RETEST, DECIDE]


def test_a_missing_start_is_fetched() -> None:
    found = blocker(explained(patient(), start=None), "EXCL05")

    assert found.action is FETCH


def test_without_a_start_no_day_is_named_on_which_a_result_expires() -> None:
    found = explained(patient(can_become_pregnant("2026-11-20")), start=None)

    assert {each.criterion_id: each.until for each in found.blockers} == {
        "INCL04": None,
        "EXCL05": None,
        "EXCL06": None,
    }
