"""The oracle's own tests of records that contradict themselves or speak of days to come."""

from __future__ import annotations

import pytest

from .charts import AS_OF, candidate, complete, fields, incomplete, treatment, verdict
from .values import Json

_TOMORROW = "2024-06-21"
_REASONS = ("pending", "unreadable", "conflicting")
_SILENCE = ("not_recorded", "not_done")


def _observed(value: str, day: str) -> Json:
    return {"value": value, "date": day}


def _absent(field: str, reason: str) -> Json:
    return {field: {"absent": reason}}


def _of_specimens(*specimens: Json) -> str:
    first, *others = specimens
    luminal = fields(er_percent="90") | first
    return verdict("INCL02", candidate() | {"specimens": [luminal, *others]})


@pytest.mark.parametrize("field", ["her2_ihc", "her2_ish", "er_percent", "er_status"])
@pytest.mark.parametrize(
    ("reason", "expected"),
    [*((each, "unknown") for each in _REASONS), *((each, "pass") for each in _SILENCE)],
)
def test_a_result_that_is_awaited_leaves_the_receptor_open_and_a_silent_specimen_does_not(
    field: str, reason: str, expected: str
) -> None:
    assert _of_specimens(fields(her2_ihc="1+"), _absent(field, reason)) == expected


@pytest.mark.parametrize("reason", _REASONS)
def test_an_awaited_percentage_beside_a_usable_word_is_what_the_word_says(reason: str) -> None:
    other = fields(er_status="positive") | _absent("er_percent", reason)

    # The word allows exactly 1 % ("positive" is 1-100), so only that part is open.
    assert _of_specimens(fields(her2_ihc="1+", pr_percent="5"), other) == "pass"
    assert _of_specimens(fields(her2_ihc="1+"), other) == "unknown"


@pytest.mark.parametrize(
    ("scored", "other", "expected"),
    [
        ("1+", {}, "pass"),
        ("1+", {"her2_status": "negative"}, "pass"),
        ("1+", {"her2_status": "low"}, "pass"),
        ("1+", {"her2_status": "ultralow"}, "pass"),
        ("1+", {"her2_status": "equivocal"}, "unknown"),
        ("1+", {"her2_status": "positive"}, "unknown"),
        ("1+", {"her2_ish": "not_amplified"}, "unknown"),
        ("1+", {"her2_ratio": "1.2"}, "unknown"),
        ("1+", {"her2_copies": "2"}, "unknown"),
        ("1+", {"her2_ish_method": "fish"}, "pass"),
        ("1+", {"her2_ihc": "0"}, "pass"),
        ("3+", {}, "fail"),
        ("3+", {"her2_status": "positive"}, "fail"),
        ("3+", {"her2_status": "equivocal"}, "unknown"),
        # A7: discordant specimens are for review, also when the scored one would fail.
        ("3+", {"her2_status": "negative"}, "unknown"),
    ],
)
def test_a_specimen_without_a_score_beside_one_that_has_it(
    scored: str, other: dict[str, str], expected: str
) -> None:
    assert _of_specimens(fields(her2_ihc=scored), fields(**other)) == expected


@pytest.mark.parametrize(
    ("her2", "expected"),
    [
        ({"her2_ihc": "1+", "her2_status": "positive"}, "unknown"),
        ({"her2_ihc": "0-1", "her2_status": "positive"}, "unknown"),
        ({"her2_ihc": "1+", "her2_status": "low"}, "pass"),
        ({"her2_ihc": "1-2", "her2_status": "positive", "her2_ish": "not_amplified"}, "pass"),
        ({"her2_ihc": "3+", "her2_status": "negative"}, "unknown"),
        ({"her2_ihc": "3+", "her2_status": "low"}, "unknown"),
        ({"her2_ihc": "3+", "her2_status": "ultralow"}, "unknown"),
        ({"her2_ihc": "3+", "her2_status": "positive"}, "fail"),
        ({"her2_ihc": "3+", "her2_status": "equivocal"}, "fail"),
        ({"her2_ihc": "2-3", "her2_status": "negative", "her2_ish": "amplified"}, "fail"),
    ],
)
def test_a_word_beside_a_score_in_one_specimen(her2: dict[str, str], expected: str) -> None:
    assert _of_specimens(fields(**her2)) == expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (fields(her2_ihc="2+", her2_ish="not_amplified"), "pass"),
        (fields(her2_ihc="2+"), "unknown"),
        (fields(her2_ihc="1-2"), "unknown"),
        (fields(her2_ihc="2+") | _absent("her2_ish", "pending"), "unknown"),
        (fields(her2_ihc="2+", her2_ish="amplified"), "unknown"),
        (fields(her2_ihc="1+"), "pass"),
        (fields(her2_ihc="1+", her2_ish="amplified"), "unknown"),
        (fields(her2_ihc="1+", her2_ish="amplified", her2_ish_method="ngs"), "unknown"),
        (fields(her2_ihc="1+", her2_ish="not_amplified", her2_ish_method="ngs"), "pass"),
        (fields(her2_ihc="1+") | _absent("her2_ish", "pending"), "pass"),
    ],
)
def test_each_specimen_that_needs_hybridisation_must_have_it(other: Json, expected: str) -> None:
    assert _of_specimens(fields(her2_ihc="2+", her2_ish="not_amplified"), other) == expected


_RECENT = {"last_dose": "2024-06-12"}
_COURSE = {"setting": "metastatic", "progression": "radiologic", "progression_timing": "after"}


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (treatment("x1", kind="endocrine", **_RECENT), "unknown"),
        (treatment("x1", "letrozole", kind="targeted", **_RECENT), "unknown"),
        (treatment("x1", kind="chemotherapy", **_RECENT), "fail"),
        (treatment("x1", kind="transfusion", **_RECENT), "pass"),
        (treatment("x1", kind="growth_factor", **_RECENT), "unknown"),
        (treatment("x1", kind="erythropoietin", **_RECENT), "unknown"),
        (treatment("x1", kind="radiotherapy", **_RECENT), "fail"),
        (treatment("x1", kind="immunotherapy", **_RECENT), "unknown"),
        (treatment(kind="endocrine", **_RECENT), "pass"),
        (treatment("letrozole", kind="endocrine", **_RECENT), "pass"),
        (treatment("letrozole", kind="chemotherapy", **_RECENT), "unknown"),
        (treatment("letrozole", kind="immunotherapy", **_RECENT), "unknown"),
        (treatment("paclitaxel", kind="chemotherapy", **_RECENT), "fail"),
    ],
)
def test_an_ingredient_nobody_knows_may_be_anything(item: Json, expected: str) -> None:
    assert verdict("EXCL05", {"treatments": complete(item)}) == expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (treatment("x1", kind="endocrine", **_COURSE), "unknown"),
        (treatment("x1", kind="transfusion", **_COURSE), "fail"),
        (treatment(kind="endocrine", **_COURSE), "fail"),
        (treatment("nivolumab", "x1", kind="targeted", **_COURSE), "unknown"),
        (treatment("nivolumab", "x1", kind="immunotherapy", **_COURSE), "unknown"),
        (treatment("nivolumab", kind="chemotherapy", **_COURSE), "unknown"),
    ],
)
def test_an_ingredient_nobody_knows_may_be_immunotherapy_and_its_kind_a_partner(
    item: Json, expected: str
) -> None:
    assert verdict("INCL03", {"treatments": complete(item)}) == expected


_NO = {"known_metastases": "no"}
_STABLE = {
    "symptomatic": "no",
    "progressing": "no",
    "treated": "yes",
    "treatment_end": "2024-01",
}


@pytest.mark.parametrize(
    ("cns", "lesion", "expected"),
    [
        (_NO, "extranodal", "pass"),
        (_NO, "leptomeningeal", "unknown"),
        (_NO | {"leptomeningeal": "no"}, "extranodal", "pass"),
        (_NO | {"leptomeningeal": "no"}, "leptomeningeal", "unknown"),
        ({"known_metastases": "yes", "leptomeningeal": "no"} | _STABLE, "extranodal", "pass"),
        (
            {"known_metastases": "yes", "leptomeningeal": "no"} | _STABLE,
            "leptomeningeal",
            "unknown",
        ),
        (_NO | {"treated": "yes"}, "extranodal", "unknown"),
        (_NO | {"treatment_end": "2024-01"}, "extranodal", "unknown"),
        (_NO | {"treated": "yes", "symptomatic": "yes"}, "extranodal", "fail"),
        (_NO | {"treatment_end": "2024-01", "progressing": "yes"}, "extranodal", "fail"),
        (_NO | {"treated": "no"}, "extranodal", "pass"),
        (_NO | {"leptomeningeal": "no"} | _STABLE, "extranodal", "pass"),
    ],
)
def test_a_nervous_system_said_to_be_free_of_metastases(
    cns: dict[str, str], lesion: str, expected: str
) -> None:
    patient = {"cns": fields(**cns), "lesions": incomplete(fields(kind=lesion))}

    assert verdict("EXCL01", patient) == expected


@pytest.mark.parametrize(
    ("extent", "sites", "expected"),
    [
        ("early", incomplete({"site": "liver"}), "unknown"),
        ("early", complete({"site": "pleura"}), "unknown"),
        ("early", incomplete({"site": "lymph_node"}), "fail"),
        ("early", incomplete({"site": "skin"}, {"site": "other"}), "fail"),
        ("early", complete(), "fail"),
        ("locally_advanced", incomplete({"site": "bone"}), "unknown"),
        ("metastatic", complete(), "unknown"),
        ("metastatic", incomplete(), "pass"),
        ("metastatic", complete({"site": "skin"}), "pass"),
    ],
)
def test_the_extent_and_the_sites_may_contradict_each_other(
    extent: str, sites: Json, expected: str
) -> None:
    diagnosis = candidate()["diagnosis"] | fields(extent=extent)
    patient = candidate() | {"diagnosis": diagnosis, "metastatic_sites": sites}

    assert verdict("INCL02", patient) == expected


@pytest.mark.parametrize(("day", "expected"), [(AS_OF, "pass"), (_TOMORROW, "unknown")])
@pytest.mark.parametrize(
    ("criterion", "part", "field"),
    [
        ("INCL01", None, "ecog"),
        ("INCL02", "diagnosis", "cancer"),
        ("INCL05", "reproductive", "status"),
        ("INCL07", "consent", "cognitive_ability"),
        ("INCL08", None, "sex"),
        ("EXCL01", "cns", "known_metastases"),
        ("EXCL06", "reproductive", "breastfeeding"),
    ],
)
def test_nothing_is_observed_after_the_day_of_judgement(
    criterion: str, part: str | None, field: str, day: str, expected: str
) -> None:
    patient = candidate()
    if field == "breastfeeding":
        patient["reproductive"] = fields(
            status="surgically_sterile", breastfeeding="no", intends_pregnancy="no"
        )
    place = patient if part is None else patient[part]
    place[field] = place[field] | {"date": day}

    assert verdict(criterion, patient) == expected


@pytest.mark.parametrize("day", ["2024", "2024-06", AS_OF])
def test_a_month_in_which_the_day_of_judgement_lies_is_possible(day: str) -> None:
    pregnancy = {"reproductive": {"pregnancy_test": _observed("positive", day)}}

    assert verdict("EXCL06", pregnancy) == "fail"


def test_a_score_observed_after_the_day_of_judgement_is_one_still_to_come() -> None:
    later = {"her2_ihc": _observed("1+", _TOMORROW)}

    assert _of_specimens(fields(her2_ihc="1+"), later) == "unknown"
    assert _of_specimens(fields(her2_ihc="1+"), {"her2_ihc": _observed("1+", AS_OF)}) == "pass"


_ENDED = treatment("docetaxel", last_dose="2024-01")
_LIMIT = {"upper_limit_of_normal": _observed("0.3", _TOMORROW)}


@pytest.mark.parametrize(
    ("criterion", "patient"),
    [
        ("EXCL01", {"cns": fields(**_NO) | {"treatment_end": _observed("2024-01", _TOMORROW)}}),
        (
            "EXCL01",
            {
                "cns": fields(**_NO),
                "lesions": complete({"kind": _observed("leptomeningeal", _TOMORROW)}),
            },
        ),
        ("EXCL05", {"treatments": complete(_ENDED | {"start": _observed("2024-03", _TOMORROW)})}),
        (
            "EXCL05",
            {"treatments": complete(treatment("x1") | {"last_dose": _observed("2020", _TOMORROW)})},
        ),
        (
            "EXCL08",
            {"labs": [{"test": "eosinophils", "unit": "10^9/L"} | fields(value="0.4") | _LIMIT]},
        ),
    ],
)
def test_what_a_later_day_says_in_a_list_or_of_a_date_settles_nothing(
    criterion: str, patient: Json
) -> None:
    history = {"history": {"eosinophil_mast_cell": complete()}}

    assert verdict(criterion, history | patient) == "unknown"


# 90 days before the day of judgement is 22 March 2024.
@pytest.mark.parametrize(
    ("ecog", "karnofsky", "expected"),
    [
        (_observed("1", "2024-03-22"), None, "pass"),
        (_observed("3", "2024-03-22"), None, "fail"),
        (_observed("1", "2024-03-21"), None, "unknown"),
        (_observed("3", "2024-03-21"), None, "unknown"),
        (_observed("1", "2024-03"), None, "unknown"),
        (_observed("3", "2023"), _observed("80", "2024-04"), "pass"),
        (_observed("1", "2024-06-01"), _observed("40", "2023"), "pass"),
        (_observed("3", "2024"), _observed("80", "2024-04"), "unknown"),
    ],
)
def test_a_performance_status_of_long_ago_says_nothing(
    ecog: Json, karnofsky: Json | None, expected: str
) -> None:
    patient = {"ecog": ecog} | ({"karnofsky": karnofsky} if karnofsky else {})

    assert verdict("INCL01", patient) == expected


_WILLING = fields(willing_to_participate="yes", willing_to_be_followed_up="yes")
_STABLE = fields(known_metastases="yes", treated="yes", leptomeningeal="no") | {
    "treatment_end": {"value": "2023-09"}
}


@pytest.mark.parametrize(
    ("criterion", "part", "rest", "field", "value", "lately"),
    [
        ("INCL05", "reproductive", fields(status="wocbp"), "contraception", "agreed", "pass"),
        ("INCL07", "consent", _WILLING, "cognitive_ability", "yes", "pass"),
        ("INCL07", "consent", _WILLING, "cognitive_ability", "no", "fail"),
        ("EXCL01", "cns", _STABLE | fields(progressing="no"), "symptomatic", "no", "pass"),
        ("EXCL01", "cns", _STABLE | fields(symptomatic="no"), "progressing", "yes", "fail"),
    ],
)
def test_how_she_was_long_ago_says_nothing(
    criterion: str, part: str, rest: Json, field: str, value: str, lately: str
) -> None:
    def judged(day: str) -> str:
        return verdict(criterion, {part: rest | {field: _observed(value, day)}})

    assert judged("2024-03-22") == lately
    assert judged("2024-03-21") == judged("2024-03") == judged("2019") == "unknown"


# 280 days before the day of judgement is 14 September 2023.
@pytest.mark.parametrize(
    ("result", "day", "expected"),
    [
        ("negative", "2024-06-08", "pass"),
        ("negative", "2024-06-07", "unknown"),
        ("negative", "2023-09-13", "unknown"),
        ("positive", "2023-09-14", "fail"),
        ("positive", "2023-09-13", "unknown"),
        ("positive", "2023", "unknown"),
        ("positive", "2023-09", "unknown"),
        ("positive", "2024", "fail"),
        ("positive", _TOMORROW, "unknown"),
    ],
)
def test_a_pregnancy_test_older_than_a_pregnancy_says_nothing(
    result: str, day: str, expected: str
) -> None:
    answers = fields(breastfeeding="no", intends_pregnancy="no")
    patient = {"reproductive": answers | {"pregnancy_test": _observed(result, day)}}

    assert verdict("EXCL06", patient) == expected


def test_a_pregnancy_test_to_be_done_is_no_result() -> None:
    answers = fields(breastfeeding="no", intends_pregnancy="no")
    to_come = {"pregnancy_test": {"absent": "pending", "date": _TOMORROW}}

    assert verdict("EXCL06", {"reproductive": answers | to_come}) == "unknown"


# 200 days before the day of judgement is 3 December 2023.
@pytest.mark.parametrize(
    ("last_dose", "expected"),
    [
        ("2023-12-03", "fail"),
        ("2023-12-02", "unknown"),
        ("2023-12", "fail"),
        ("2023-11", "unknown"),
    ],
)
def test_nothing_goes_on_whose_last_dose_is_more_than_half_a_year_old(
    last_dose: str, expected: str
) -> None:
    going_on = {"ongoing": "yes", "last_dose": last_dose}
    steroid = fields(kind="glucocorticoid", route="oral", pattern="occasional", **going_on)
    course = treatment("docetaxel", **going_on)

    assert verdict("EXCL09", {"steroids": complete(steroid)}) == expected
    assert verdict("EXCL05", {"treatments": complete(course)}) == expected


@pytest.mark.parametrize(
    ("reason", "expected"),
    [*((each, "unknown") for each in _REASONS), *((each, "pass") for each in _SILENCE)],
)
def test_an_eosinophil_count_that_is_awaited_may_be_raised(reason: str, expected: str) -> None:
    awaited = {"test": "eosinophils", "unit": "10^9/L"} | _absent("value", reason)
    normal = {"test": "eosinophils", "unit": "10^9/L"} | fields(value="0.2", date="2024-06-01")
    history = {"history": {"eosinophil_mast_cell": complete()}}

    assert verdict("EXCL08", history | {"labs": [awaited]}) == expected
    assert verdict("EXCL08", history | {"labs": [normal, awaited]}) == expected
