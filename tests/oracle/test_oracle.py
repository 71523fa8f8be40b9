"""The oracle's own tests: whole patients, dates, and the inclusion criteria at their boundaries."""

from __future__ import annotations

import pytest

from .charts import (
    AS_OF,
    START,
    candidate,
    complete,
    fields,
    incomplete,
    treatment,
    verdict,
)
from .nct06731140 import decide, judge
from .values import Json


def test_a_candidate_passes_everything_but_the_laboratory_criterion() -> None:
    verdicts = judge(candidate(), AS_OF, START)

    assert [name for name, found in verdicts.items() if found != "pass"] == ["INCL04"]
    assert decide(verdicts) == "undetermined"


def test_an_empty_record_is_unknown_throughout() -> None:
    assert set(judge({}, AS_OF, None).values()) == {"unknown"}


def test_every_criterion_of_the_registry_is_judged_in_its_order() -> None:
    inclusions = [f"INCL0{number}" for number in range(1, 9)]
    exclusions = [f"EXCL0{number}" for number in range(1, 10)]

    assert list(judge({}, AS_OF, START)) == inclusions + exclusions


@pytest.mark.parametrize(
    ("verdicts", "decision"),
    [
        ({"INCL01": "pass", "EXCL01": "pass"}, "eligible"),
        ({"INCL01": "pass", "EXCL01": "unknown"}, "undetermined"),
        ({"INCL01": "unknown", "EXCL01": "fail"}, "ineligible"),
    ],
)
def test_the_decision_folds_the_verdicts(verdicts: dict[str, str], decision: str) -> None:
    assert decide(verdicts) == decision


@pytest.mark.parametrize(
    ("patient", "expected"),
    [
        (fields(ecog="2"), "pass"),
        (fields(ecog="1-2"), "pass"),
        (fields(ecog="<3"), "pass"),
        (fields(ecog="2-3"), "unknown"),
        (fields(ecog="3"), "fail"),
        (fields(ecog=">2"), "fail"),
        (fields(ecog=">1"), "unknown"),
        (fields(ecog="<4"), "unknown"),
        (fields(ecog="3", karnofsky="90"), "unknown"),
        (fields(ecog="3", karnofsky="70"), "unknown"),
        (fields(ecog="3", karnofsky="69"), "fail"),
        (fields(ecog="3", karnofsky="60-70"), "fail"),
        (fields(ecog="4", karnofsky="41"), "fail"),
        (fields(ecog="4", karnofsky="40"), "fail"),
        (fields(ecog="4", karnofsky="41-80"), "fail"),
        (fields(ecog="4", karnofsky="40-80"), "fail"),
        (fields(ecog="2", karnofsky="70"), "pass"),
        (fields(ecog="2", karnofsky="41"), "pass"),
        (fields(ecog="2", karnofsky="40"), "unknown"),
        (fields(ecog="2", karnofsky="40-41"), "pass"),
        (fields(ecog="1", karnofsky="69"), "pass"),
        (fields(ecog="1", karnofsky="30-70"), "pass"),
        (fields(ecog="0-2", karnofsky="50"), "pass"),
        (fields(ecog="0-1", karnofsky="50"), "pass"),
        (fields(ecog="2-3", karnofsky="90"), "pass"),
        (fields(ecog="2-3", karnofsky="70"), "pass"),
        (fields(ecog="2-3", karnofsky="69"), "unknown"),
        (fields(ecog="2-3", karnofsky="41"), "unknown"),
        (fields(ecog="2-3", karnofsky="40"), "fail"),
        (fields(ecog="0-5", karnofsky="70"), "pass"),
        (fields(ecog="0-5", karnofsky="30-70"), "unknown"),
        (fields(ecog="5", karnofsky="70-100"), "unknown"),
        (fields(karnofsky="40-70"), "unknown"),
        (fields(karnofsky="70"), "pass"),
        (fields(karnofsky="60"), "unknown"),
        (fields(karnofsky="50"), "unknown"),
        (fields(karnofsky="41"), "unknown"),
        (fields(karnofsky="40"), "fail"),
        (fields(karnofsky="<41"), "fail"),
        (fields(karnofsky=">69"), "pass"),
        ({"ecog": {"absent": "pending"}, **fields(karnofsky="80")}, "pass"),
        ({"ecog": {"absent": "pending"}}, "unknown"),
    ],
)
def test_performance_status(patient: Json, expected: str) -> None:
    assert verdict("INCL01", patient) == expected


_COURSE = {"setting": "metastatic", "progression": "radiologic", "progression_timing": "after"}


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (treatment("Keytruda", "Carboplatin", **_COURSE), "pass"),
        (treatment("atezolizumab", kind="chemotherapy", **_COURSE), "unknown"),
        (treatment("atezolizumab", "new drug", kind="chemotherapy", **_COURSE), "unknown"),
        (treatment("nivolumab", "Trastuzumab-Deruxtecan", **_COURSE), "pass"),
        (treatment("pembrolizumab", **_COURSE), "unknown"),
        (treatment("pembrolizumab", "letrozole", **_COURSE), "unknown"),
        (treatment("aldesleukin", "paclitaxel", **_COURSE), "unknown"),
        (treatment("paclitaxel", **_COURSE), "fail"),
        (treatment("paclitaxel", kind="immunotherapy", **_COURSE), "unknown"),
        (treatment("paclitaxel", "x1", kind="immunotherapy", **_COURSE), "unknown"),
        (treatment(kind="immunotherapy", **_COURSE), "unknown"),
        (treatment("x1", kind="targeted", **_COURSE), "unknown"),
        (treatment("x1", **_COURSE), "unknown"),
        (treatment(kind="other", progression="none"), "fail"),
        (treatment("nivolumab", "olaparib", **_COURSE | {"setting": "adjuvant"}), "unknown"),
        (treatment("nivolumab", "olaparib", **_COURSE | {"progression": "none"}), "fail"),
        (
            treatment("nivolumab", "olaparib", **_COURSE | {"progression": "marker_only"}),
            "unknown",
        ),
        (treatment("nivolumab", "olaparib", **_COURSE | {"progression": "biopsy"}), "pass"),
        (
            treatment("nivolumab", "olaparib", setting="metastatic", progression="biopsy"),
            "unknown",
        ),
        (
            treatment(
                "nivolumab", "olaparib", **_COURSE | {"progression_timing": "after_later_line"}
            ),
            "unknown",
        ),
    ],
)
def test_progression_after_immunotherapy(item: Json, expected: str) -> None:
    assert verdict("INCL03", {"treatments": complete(item)}) == expected


def test_an_incomplete_list_cannot_show_that_there_was_no_immunotherapy() -> None:
    assert verdict("INCL03", {"treatments": incomplete(treatment("paclitaxel"))}) == "unknown"
    assert verdict("INCL03", {"treatments": complete()}) == "fail"


def _man_of_childbearing_potential(**values: str) -> Json:
    reproductive = fields(status="childbearing_potential", **values)
    return fields(sex="male") | {"reproductive": reproductive}


@pytest.mark.parametrize(
    ("patient", "expected"),
    [
        ({"reproductive": fields(status="postmenopausal")}, "pass"),
        ({"reproductive": fields(status="surgically_sterile", contraception="refused")}, "pass"),
        ({"reproductive": fields(contraception="agreed")}, "pass"),
        (
            {"reproductive": fields(status="childbearing_potential", contraception="refused")},
            "fail",
        ),
        ({"reproductive": fields(contraception="refused")}, "unknown"),
        ({"reproductive": fields(status="childbearing_potential")}, "unknown"),
        (fields(sex="male"), "pass"),
        (fields(sex="male") | {"reproductive": fields(contraception="refused")}, "pass"),
        (_man_of_childbearing_potential(), "unknown"),
        (_man_of_childbearing_potential(contraception="refused"), "unknown"),
        (_man_of_childbearing_potential(contraception="agreed"), "pass"),
    ],
)
def test_contraception(patient: Json, expected: str) -> None:
    assert verdict("INCL05", patient) == expected


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"cognitive_ability": "no"}, "fail"),
        ({"cognitive_ability": "yes", "willing_to_participate": "yes"}, "unknown"),
    ],
)
def test_cognition_and_willingness(answers: dict[str, str], expected: str) -> None:
    assert verdict("INCL07", {"consent": fields(**answers)}) == expected


@pytest.mark.parametrize(
    ("patient", "expected"),
    [
        (fields(sex="female", age_years="18"), "pass"),
        (fields(sex="female", age_years="17.5"), "unknown"),
        (fields(sex="female", age_years="17"), "unknown"),
        (fields(sex="female"), "unknown"),
        (fields(sex="male", age_years="50"), "fail"),
        (fields(sex="other", age_years="50"), "unknown"),
        (fields(age_years="50"), "unknown"),
        (fields(sex="female", birth_date="2006-06-20"), "pass"),
        (fields(sex="female", birth_date="2006-06-21"), "unknown"),
        (fields(sex="female", birth_date="2006-06"), "unknown"),
        (fields(sex="female", birth_date="2025", age_years="30"), "unknown"),
        (fields(sex="female", birth_date="2024-06-21", age_years="30"), "unknown"),
        (fields(sex="female", birth_date="2006", age_years="17-18"), "unknown"),
        (fields(sex="female", birth_date="2006-05", age_years="17-18"), "pass"),
        (fields(sex="female", birth_date="2006-05", age_years="0-18"), "pass"),
        (fields(sex="female", birth_date="2006-06", age_years="18"), "pass"),
        (fields(sex="female", birth_date="2006-06", age_years=">17"), "unknown"),
        (fields(sex="female", birth_date="2006-06", age_years=">=18"), "pass"),
        (fields(sex="male", birth_date="2025", age_years="30"), "fail"),
        (fields(sex="female", birth_date="2006-05"), "pass"),
        (fields(sex="female", birth_date="1970", age_years="20"), "unknown"),
        (fields(sex="female", birth_date="1970", age_years="53"), "pass"),
        (fields(sex="female", birth_date="1979-01-15", age_years="45.5"), "pass"),
        (fields(sex="female", birth_date="1979-01-15", age_years="45"), "pass"),
        (fields(sex="female", birth_date="1979-01-15", age_years="44.9"), "unknown"),
        (fields(sex="female", birth_date="1979-01-15", age_years="46"), "unknown"),
        (fields(sex="female", birth_date="1979-01-15", age_years=">45"), "pass"),
        (fields(sex="female", birth_date="1979-01-15", age_years="<45"), "unknown"),
    ],
)
def test_sex_and_age(patient: Json, expected: str) -> None:
    assert verdict("INCL08", patient) == expected


def test_whoever_was_born_on_29_february_completes_a_year_on_1_march() -> None:
    born = fields(sex="female", birth_date="2004-02-29")

    assert judge(born, "2022-02-28", None)["INCL08"] == "unknown"
    assert judge(born, "2022-03-01", None)["INCL08"] == "pass"


# Without a calendar 18 years are 6574 or 6575 days, 19 are 6939 or 6940, and 20 are 7305.
@pytest.mark.parametrize(
    ("born", "stated", "expected"),
    [
        ("day -6575", {}, "pass"),
        ("day -6574", {}, "unknown"),
        ("day -6574", {"age_years": "18"}, "pass"),
        ("day -6573", {"age_years": "18"}, "unknown"),
        ("day -6940", {"age_years": "19.9"}, "pass"),
        ("day -6939", {"age_years": "19"}, "pass"),
        ("day -6938", {"age_years": "19"}, "unknown"),
        ("day -7304", {"age_years": "19.9"}, "pass"),
        ("day -7305", {"age_years": "19.9"}, "unknown"),
        ("day -7305", {"age_years": "20.9"}, "pass"),
    ],
)
@pytest.mark.parametrize("moved", [0, 59, 60, 366, 1000])
def test_an_age_without_a_calendar_does_not_depend_on_the_day_that_is_called_zero(
    born: str, stated: dict[str, str], expected: str, moved: int
) -> None:
    birth_date = f"day {int(born.removeprefix('day ')) + moved}"
    woman = fields(sex="female", birth_date=birth_date, **stated)

    assert judge(woman, f"day {moved}", None)["INCL08"] == expected


def test_a_washout_of_days_without_a_calendar() -> None:
    chemotherapy = {"treatments": complete(treatment("paclitaxel", last_dose="day 79"))}

    assert judge(chemotherapy, "day 90", "day 99")["EXCL05"] == "fail"
    assert judge(chemotherapy, "day 90", "day 100")["EXCL05"] == "unknown"
    assert judge(chemotherapy, "day 90", "day 101")["EXCL05"] == "pass"


@pytest.mark.parametrize(
    ("planned_start", "expected"),
    [("2024-06-21", "fail"), ("2024-06-22", "unknown"), ("2024-06-27", "pass")],
)
def test_a_month_that_is_not_over_ends_on_the_day_of_judgement(
    planned_start: str, expected: str
) -> None:
    this_month = {"treatments": complete(treatment("paclitaxel", last_dose="2024-06"))}

    assert judge(this_month, "2024-06-05", planned_start)["EXCL05"] == expected


def test_a_date_wholly_after_the_day_of_judgement_is_not_believed() -> None:
    tomorrow = {"treatments": complete(treatment("paclitaxel", last_dose="2024-06-21"))}

    assert verdict("EXCL05", tomorrow) == "unknown"
