"""What a course of treatment was, and which day may have been its last."""

from __future__ import annotations

from typing import Any

import pytest

from eligibility.findings.agents import CLASSES, agent_list
from eligibility.findings.model import Members, UnknownReason
from eligibility.intervals import Interval
from eligibility.patient.vocabulary import TreatmentKind
from tests.naming import named

from .reading import NO, YES, days, find_in, why

CHECKPOINT, OTHER_IMMUNE = "checkpoint_inhibitor", "other_immunotherapy"


def of(**course: object) -> dict[str, Any]:
    return {"treatments": [course]}


def surely(*classes: str) -> Members:
    return Members(frozenset(classes), frozenset(classes))


def perhaps(*classes: str, surely: tuple[str, ...] = ()) -> Members:
    return Members(frozenset(surely), frozenset({*classes, *surely}))


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        pytest.param({"agents": ["Pembrolizumab"]}, surely(CHECKPOINT), id="ingredient"),
        pytest.param({"agents": [" KEYTRUDA "]}, surely(CHECKPOINT), id="brand name"),
        pytest.param(
            {"kind": "immunotherapy", "agents": ["trastuzumab"]},
            perhaps(CHECKPOINT, OTHER_IMMUNE, surely=("targeted",)),
            id="trastuzumab called immunotherapy",
        ),
        pytest.param(
            {"kind": "immunotherapy", "agents": ["atezolizumab", "nab-paclitaxel"]},
            surely(CHECKPOINT, "chemotherapy"),
            id="immunotherapy that is named, with chemotherapy",
        ),
        pytest.param(
            {"kind": "antibody_drug_conjugate", "agents": ["trastuzumab"]},
            perhaps("antibody_drug_conjugate", surely=("targeted",)),
            id="conjugate of which only the antibody is named",
        ),
        pytest.param(
            {"kind": "endocrine", "agents": ["paclitaxel"]},
            perhaps("endocrine", surely=("chemotherapy",)),
            id="paclitaxel called endocrine",
        ),
        pytest.param(
            {"kind": "growth_factor", "agents": ["letrozole"]},
            perhaps("growth_factor", surely=("endocrine",)),
            id="growth factor that is not named",
        ),
        pytest.param(
            {"kind": "growth_factor", "agents": ["XYZ-123"]},
            Members(frozenset(("growth_factor",)), None),
            id="unlisted drug called growth factor",
        ),
        pytest.param(
            {"kind": "radiotherapy", "agents": ["XYZ-123", "capecitabine"]},
            surely("radiotherapy", "chemotherapy"),
            id="a procedure with a drug beside it is both",
        ),
        pytest.param(
            {"kind": "other", "agents": ["letrozole"]},
            surely("endocrine"),
            id="a label that claims nothing",
        ),
        pytest.param(
            {"kind": "chemotherapy", "agents": ["atezolizumab", "nab-paclitaxel"]},
            surely(CHECKPOINT, "chemotherapy"),
            id="a combination is all it contains",
        ),
        pytest.param(
            {"kind": "immunotherapy"}, perhaps(CHECKPOINT, OTHER_IMMUNE), id="immunotherapy unnamed"
        ),
        pytest.param(
            {"kind": "immunotherapy", "agents": ["XYZ-123"]},
            Members(frozenset(), None),
            id="immunotherapy with an unlisted drug",
        ),
        pytest.param(
            {"kind": "immunotherapy", "agents": ["XYZ-123", "paclitaxel"]},
            Members(frozenset(("chemotherapy",)), None),
            id="unlisted drug with chemotherapy",
        ),
        pytest.param(
            {"kind": "immunotherapy", "agents": ["nelipepimut-s"]},
            surely(OTHER_IMMUNE),
            id="a vaccine is no checkpoint inhibitor",
        ),
        pytest.param({"kind": "chemo"}, surely("chemotherapy"), id="kind alone"),
        pytest.param(
            {"kind": "chemotherapy", "agents": ["XYZ-123"]},
            Members(frozenset(("chemotherapy",)), None),
            id="unlisted drug of a known kind",
        ),
        pytest.param(
            {"kind": "chemotherapy", "agents": ["trastuzumab"]},
            perhaps("chemotherapy", "targeted", surely=("targeted",)),
            id="chemotherapy that is not named",
        ),
        pytest.param({"kind": "surgery"}, surely("surgery"), id="a procedure is what it is called"),
        pytest.param({"kind": "endocrine"}, surely("endocrine"), id="endocrine"),
        pytest.param(
            {"agents": ["trastuzumab deruxtecan"]},
            surely("antibody_drug_conjugate"),
            id="a conjugate is not its antibody",
        ),
    ],
)
def test_the_ingredients_decide_what_a_course_was(
    course: dict[str, Any], expected: Members
) -> None:
    assert find_in("treatment", "classes", of(**course)).value == expected


@pytest.mark.parametrize(
    "course", [{}, {"kind": "other"}, {"agents": ["XYZ-123"]}, {"kind": "unknown"}], ids=named
)
def test_a_course_of_which_nothing_is_said_may_be_anything(course: dict[str, Any]) -> None:
    finding = find_in("treatment", "classes", of(**course))

    assert finding.value == Members(frozenset(), None)
    assert finding.reason is UnknownReason.NOT_RECORDED


@pytest.mark.parametrize(
    "label",
    [
        each.value
        for each in TreatmentKind
        if each.value not in ("surgery", "radiotherapy", "transfusion", "other")
    ],
)
def test_a_label_that_no_drug_bears_out_stays_possible(label: str) -> None:
    drug = "paclitaxel" if label != "chemotherapy" else "letrozole"

    finding = find_in("treatment", "classes", of(kind=label, agents=[drug]))

    assert finding.reason is UnknownReason.CONFLICTING
    assert set(finding.fields) == {"treatments.items.0.kind", "treatments.items.0.agents"}


def test_a_known_drug_beside_an_unlisted_one_is_known() -> None:
    finding = find_in("treatment", "classes", of(agents=["carboplatin", "XYZ-123"]))

    assert finding.value == Members(frozenset(["chemotherapy"]), None)


def test_every_listed_drug_has_a_class_of_the_catalogue() -> None:
    assert set(agent_list().classes.values()) <= CLASSES


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        pytest.param({"last_dose": "2025-12-10"}, days("2025-12-10", "2025-12-10"), id="a day"),
        pytest.param({"last_dose": "2025-12"}, days("2025-12-01", "2025-12-31"), id="a month"),
        pytest.param({"last_dose": "2026-01"}, days("2026-01-01", "2026-01-05"),
                     id="a month that is not over ends today"),
        pytest.param({"start": "2025-10-01", "ongoing": "no"}, days("2025-10-01", "2026-01-05"),
                     id="over, some day since its start"),
        pytest.param({"ongoing": "no"}, Interval(None, days("2026-01-05", "2026-01-05").high),
                     id="over, no dates"),
        pytest.param({"ongoing": "yes"}, Interval(days("2026-01-05", "2026-01-05").low, None),
                     id="going on, with an open end"),
        pytest.param({"start": "2025-10-01"}, Interval(days("2025-10-01", "2025-10-01").low, None),
                     id="whether it goes on is not recorded"),
        pytest.param({}, Interval(None, None), id="nothing recorded"),
        pytest.param({"kind": "surgery", "start": "2025-10-01"}, days("2025-10-01", "2025-10-01"),
                     id="an operation has one day"),
        pytest.param({"start": "2025-10-01", "last_dose": "2025-10-01"},
                     days("2025-10-01", "2025-10-01"), id="a single dose"),
    ],
)  # fmt: skip
def test_the_last_dose_is_any_day_the_record_allows(
    course: dict[str, Any], expected: Interval
) -> None:
    assert find_in("treatment", "last_dose", of(**course)).value == expected


@pytest.mark.parametrize(
    "course",
    [
        pytest.param({"last_dose": "2026-01-06"}, id="dated tomorrow"),
        pytest.param({"start": "2025-10-02", "last_dose": "2025-10-01"}, id="before the first"),
        pytest.param({"start": "2025-10-02", "last_dose": "2025-09"}, id="surely before the first"),
    ],
)
def test_an_impossible_last_dose_is_a_conflict(course: dict[str, Any]) -> None:
    finding = find_in("treatment", "last_dose", of(**course))

    assert why(finding) is UnknownReason.CONFLICTING


def test_a_month_that_holds_the_first_dose_is_no_conflict() -> None:
    course = of(start="2025-10-02", last_dose="2025-10")

    assert find_in("treatment", "last_dose", course).value is not None


@pytest.mark.parametrize(
    ("course", "expected"),
    [({"ongoing": "yes"}, YES), ({"ongoing": "no"}, NO), ({"last_dose": "2025-12"}, NO)],
    ids=named,
)
def test_a_course_with_a_last_dose_is_over(
    course: dict[str, Any], expected: frozenset[str]
) -> None:
    assert find_in("treatment", "ongoing", of(**course)).value == expected


def test_whether_a_course_goes_on_is_unknown_without_any_date() -> None:
    assert why(find_in("treatment", "ongoing", of(kind="chemo"))) is UnknownReason.NOT_RECORDED


def test_a_steroid_has_a_last_dose_too() -> None:
    record = {"steroids": [{"kind": "glucocorticoid", "last_dose": "2025-12"}]}

    assert find_in("steroid", "last_dose", record).value == days("2025-12-01", "2025-12-31")
    assert find_in("steroid", "ongoing", record).value == NO
