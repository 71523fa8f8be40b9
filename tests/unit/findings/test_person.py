"""Age, performance status, reproduction: and what contradicts itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from eligibility.dates import anchors
from eligibility.findings.findings import Assumption, findings_of
from eligibility.findings.model import Finding, UnknownReason
from eligibility.findings.readers import has_faded
from eligibility.intervals import Interval
from eligibility.patient.record import read_record
from tests.naming import named

from .reading import NO, YES, exactly, find, why

NOT_RECORDED, CONFLICTING = UnknownReason.NOT_RECORDED, UnknownReason.CONFLICTING


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"age_years": 44}, exactly("44")),
        ({"age_years": 0}, exactly("0")),
        ({"birth_date": "2008-01-06"}, Interval(17, 17)),
        ({"birth_date": "2008-01-05"}, Interval(18, 18)),
        ({"birth_date": "2008-01-04"}, Interval(18, 18)),
        ({"birth_date": "2008"}, Interval(17, 18)),
        ({"age_years": 18, "birth_date": "2008"}, exactly("18")),
        ({"age_years": 45.5, "birth_date": "1980-06-30"}, exactly("45.5")),
    ],
    ids=named,
)
def test_age_is_as_recorded_or_counted_from_birth(
    record: dict[str, Any], expected: Interval
) -> None:
    assert find("age", record).value == expected


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({}, NOT_RECORDED),
        ({"age_years": 44, "birth_date": "2008-01-05"}, CONFLICTING),
        ({"birth_date": "2026-01-06"}, CONFLICTING),
        ({"age_years": 44, "birth_date": "2026-02"}, CONFLICTING),
    ],
    ids=named,
)
def test_an_age_that_is_missing_or_cannot_be_is_unknown(
    record: dict[str, Any], reason: UnknownReason
) -> None:
    assert why(find("age", record)) is reason


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"ecog": 0}, exactly("0")),
        ({"ecog": "1-2", "karnofsky": 80}, Interval(Decimal(1), Decimal(2))),
        ({"karnofsky": 100}, Interval(Decimal(0), Decimal(2))),
        ({"karnofsky": 70}, Interval(Decimal(0), Decimal(2))),
        ({"karnofsky": 60}, Interval(Decimal(0), Decimal(5))),
        ({"karnofsky": 50}, Interval(Decimal(0), Decimal(5))),
        ({"karnofsky": 40}, Interval(Decimal(3), Decimal(5))),
        ({"karnofsky": 0}, Interval(Decimal(3), Decimal(5))),
        ({"karnofsky": "40-70"}, Interval(Decimal(0), Decimal(5))),
    ],
    ids=named,
)
def test_performance_status_comes_from_ecog_else_from_karnofsky(
    record: dict[str, Any], expected: Interval
) -> None:
    assert find("ecog_performance_status", record).value == expected


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"ecog": "pending"}, UnknownReason.PENDING),
        ({"ecog": "illegible"}, UnknownReason.UNREADABLE),
        ({"ecog": "not done"}, NOT_RECORDED),
        ({"ecog": "discrepant"}, CONFLICTING),
        ({"ecog": 3, "karnofsky": 90}, CONFLICTING),
        ({"ecog": 1, "karnofsky": 30}, CONFLICTING),
    ],
    ids=named,
)
def test_why_performance_status_is_unknown(record: dict[str, Any], reason: UnknownReason) -> None:
    assert why(find("ecog_performance_status", record)) is reason


# 90 days before the day of judgement is 7 October 2025.
@pytest.mark.parametrize("day", ["2025-10-06", "2025-10", "2025", "2023-01-05"])
def test_a_performance_status_of_long_ago_says_nothing_of_today(day: str) -> None:
    for scale, value in (("ecog", 3), ("karnofsky", 30)):
        finding = find("ecog_performance_status", {scale: {"value": value, "date": day}})

        assert why(finding) is NOT_RECORDED
        assert finding.fields == (scale,)
        assert has_faded(finding)


def test_of_two_scales_the_one_of_late_counts() -> None:
    old, older = {"value": 3, "date": "2025-07-01"}, {"value": 30, "date": "2025"}

    good = find("ecog_performance_status", {"ecog": old, "karnofsky": 80})
    assert good.value == Interval(Decimal(0), Decimal(2))
    assert find("ecog_performance_status", {"ecog": 1, "karnofsky": old}).value == exactly("1")
    agreeing = {"value": 1, "date": "2025-10"}
    assert find("ecog_performance_status", {"ecog": agreeing, "karnofsky": 80}).value == good.value
    assert has_faded(find("ecog_performance_status", {"ecog": old, "karnofsky": older}))
    awaited = find("ecog_performance_status", {"ecog": "pending", "karnofsky": older})
    assert why(awaited) is UnknownReason.PENDING


@pytest.mark.parametrize("day", ["2025-10", "2025", "2025-10/2025-12-20", "2025-10-31"])
def test_what_is_perhaps_of_late_contradicts_as_much_as_what_surely_is(day: str) -> None:
    for record in (
        {"ecog": {"value": 3, "date": day}, "karnofsky": 80},
        {"ecog": 1, "karnofsky": {"value": 30, "date": day}},
        {"ecog": {"value": 1, "date": day}, "karnofsky": 30},
    ):
        assert why(find("ecog_performance_status", record)) is CONFLICTING


@pytest.mark.parametrize("day", ["2025-10-07", "2025-11", "2026-01-05"])
def test_a_performance_status_of_late_is_believed(day: str) -> None:
    assert find("ecog_performance_status", {"ecog": {"value": 1, "date": day}}).value == exactly(
        "1"
    )


@pytest.mark.parametrize(
    ("name", "part", "field", "value"),
    [
        ("contraception", "reproductive", "contraception", "agreed"),
        ("breastfeeding", "reproductive", "breastfeeding", "no"),
        ("breastfeeding", "reproductive", "breastfeeding", "yes"),
        ("intends_pregnancy", "reproductive", "intends_pregnancy", "no"),
        ("cognitive_ability", "consent", "cognitive_ability", "yes"),
        ("willing_to_participate", "consent", "willing_to_participate", "no"),
        ("willing_to_be_followed_up", "consent", "willing_to_be_followed_up", "yes"),
        ("cns_symptomatic", "cns", "symptomatic", "no"),
        ("cns_progressing", "cns", "progressing", "yes"),
    ],
)
def test_how_she_was_long_ago_says_nothing_of_today(
    name: str, part: str, field: str, value: str
) -> None:
    def stated(day: str) -> Finding:
        return find(name, {part: {field: {"value": value, "date": day}}})

    assert stated("2025-10-07").value == frozenset((value,))
    for day in ("2025-10-06", "2025-10", "2019"):
        assert why(stated(day)) is NOT_RECORDED
    assert stated("2019").note == "dated more than 90 days before screening"
    assert stated("2025-10").note == "perhaps dated more than 90 days before screening"


@pytest.mark.parametrize("day", ["1999", "2025-10-06", "2025-10", "2025-10-07"])
def test_what_is_impossible_contradicts_whenever_it_was_recorded(day: str) -> None:
    record = woman("postmenopausal", breastfeeding={"value": "yes", "date": day})

    assert why(find("breastfeeding", record)) is CONFLICTING
    record = woman("postmenopausal", breastfeeding={"value": "no", "date": day})
    assert find("breastfeeding", record).value == NO


def test_an_assumption_takes_the_place_of_silence_and_of_nothing_that_is_recorded() -> None:
    assumed = {"contraception": Assumption("agreed by protocol", frozenset(("agreed",)))}

    def found(stated: object) -> Finding:
        record = read_record(woman("wocbp", contraception=stated))
        return findings_of(record, anchors("2026-01-05"), assumed).get("contraception")

    assert found(None).assumed == "agreed by protocol"
    for day in ("2025-10-06", "2025-10"):
        assert why(found({"value": "refused", "date": day})) is NOT_RECORDED
    assert found("refused").value == frozenset(("refused",))


def test_a_conflict_names_every_field_that_takes_part_in_it() -> None:
    finding = find("ecog_performance_status", {"ecog": 3, "karnofsky": 90})

    assert finding.fields == ("ecog", "karnofsky")


def woman(status: str | None = None, **more: object) -> dict[str, Any]:
    return {"sex": "female", "reproductive": {**({"status": status} if status else {}), **more}}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (woman("childbearing_potential"), YES),
        (woman("wocbp"), YES),
        (woman("postmenopausal"), NO),
        (woman("surgically_sterile"), NO),
        ({"sex": "male"}, NO),
    ],
    ids=named,
)
def test_childbearing_potential(record: dict[str, Any], expected: frozenset[str]) -> None:
    assert find("childbearing_potential", record).value == expected


@pytest.mark.parametrize(
    ("name", "record", "expected"),
    [
        ("pregnant", woman("wocbp", pregnancy_test="positive"), YES),
        ("pregnant", woman("wocbp", pregnancy_test="negative"), NO),
        ("pregnant", woman(pregnancy_test="positive"), YES),
        ("pregnant", woman("postmenopausal"), NO),
        ("pregnant", {"sex": "male"}, NO),
        ("breastfeeding", woman("wocbp", breastfeeding="yes"), YES),
        ("breastfeeding", woman("surgically_sterile", breastfeeding="yes"), YES),
        ("breastfeeding", woman("postmenopausal"), NO),
        ("intends_pregnancy", woman("wocbp", intends_pregnancy="no"), NO),
        ("intends_pregnancy", woman("surgically_sterile"), NO),
    ],
    ids=named,
)
def test_who_cannot_be_pregnant_is_not(
    name: str, record: dict[str, Any], expected: frozenset[str]
) -> None:
    assert find(name, record).value == expected


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("pregnant", woman("wocbp")),
        ("pregnant", woman()),
        ("breastfeeding", woman("surgically_sterile")),
        ("intends_pregnancy", woman("wocbp")),
        ("childbearing_potential", woman()),
        ("contraception", woman("wocbp")),
    ],
    ids=named,
)
def test_silence_about_pregnancy_is_unknown(name: str, record: dict[str, Any]) -> None:
    assert why(find(name, record)) is NOT_RECORDED


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("childbearing_potential", {"sex": "male", "reproductive": {"status": "wocbp"}}),
        ("pregnant", woman("surgically_sterile", pregnancy_test="positive")),
        ("pregnant", {"sex": "male", "reproductive": {"pregnancy_test": "positive"}}),
        ("breastfeeding", woman("postmenopausal", breastfeeding="yes")),
        ("intends_pregnancy", woman("postmenopausal", intends_pregnancy="yes")),
    ],
    ids=named,
)
def test_the_impossible_is_a_conflict(name: str, record: dict[str, Any]) -> None:
    assert why(find(name, record)) is CONFLICTING


@pytest.mark.parametrize("name", ["sex", "cognitive_ability", "willing_to_participate"])
def test_a_plain_field_is_unknown_when_nothing_is_recorded(name: str) -> None:
    finding = find(name, {})

    assert why(finding) is NOT_RECORDED
    assert finding.fields
