"""Values as Chinese charts write them mean what the usual spelling means, and nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from eligibility.dates import parse_partial_date
from eligibility.full_width import narrow
from eligibility.intake.decimal_commas import with_point
from eligibility.patient.recorded import Listing, Recorded
from eligibility.patient.spelling import Spelled
from eligibility.patient.values import AgeYears, EcogGrade, IhcScore, KarnofskyScore, Percent
from eligibility.patient.vocabulary import Sex

SAME_NUMBER = [
    (Percent, "\uff1c1\uff05", "<1%"),
    (Percent, "1\uff5e10%", "1-10"),
    (Percent, "1〜10", "1-10"),
    (Percent, "≥\uff19\uff10", "≥90"),
    (EcogGrade, "\uff11", "1"),
    (EcogGrade, "1分", "1"),
    (EcogGrade, "1-2级", "1-2"),
    (KarnofskyScore, "90分", "90"),
    (AgeYears, "58岁", "58"),
    (AgeYears, "58 周岁", "58"),
    (IhcScore, "1\uff0b", "1+"),
    (IhcScore, "\uff081+\uff09", "1+"),
    (IhcScore, "1\uff5e2+", "1-2+"),
]
SAME_DATE = [
    ("2026年12月1日", "2026-12-01"),
    ("2026 年 12 月 01 日", "2026-12-01"),
    ("2026年12月", "2026-12"),
    ("2026年", "2026"),
    ("2026/12/01", "2026-12-01"),
    ("2026/1/2", "2026-01-02"),
    ("2026-12-1", "2026-12-01"),
    ("\uff12\uff10\uff12\uff16\uff0d\uff11\uff12", "2026-12"),
    ("2026年1月/2026年3月5日", "2026-01/2026-03-05"),
]
ABSENT = {"未检测": "not_done", "未检": "not_done", "不详": "not_recorded", "待回报": "pending"}


@pytest.mark.parametrize(("kind", "chinese", "usual"), SAME_NUMBER)
def test_a_number_means_the_same(kind: Any, chinese: str, usual: str) -> None:
    read = TypeAdapter(kind).validate_python

    assert read(chinese).interval == read(usual).interval
    assert read(read(chinese).text) == read(chinese), "what is written out is read back"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Percent, "10²"),
        (Percent, "①"),
        (Percent, "½"),
        (Percent, "1分"),
        (Percent, "(1)"),
        (Percent, "1\uff0c5"),
        (Percent, "\u0663"),
        (EcogGrade, "1岁"),
        (EcogGrade, "分"),
        (EcogGrade, "6分"),
        (IhcScore, "(1+"),
        (AgeYears, "58岁岁"),
        (Percent, "无"),
    ],
)
def test_nothing_is_guessed_of_a_number(kind: Any, text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(text)


@pytest.mark.parametrize(("chinese", "usual"), SAME_DATE)
def test_a_date_means_the_same(chinese: str, usual: str) -> None:
    assert parse_partial_date(chinese) == parse_partial_date(usual)


@pytest.mark.parametrize(
    "text",
    ["12/01/2026", "01/12/2026", "1-12-2026", "2026/13/01", "2026年13月", "2026年2月30日", "2026年12月1",
     "26年12月1日", "2026/12-01", "12月1日", "2026/12/01/2026/12/05", "2026-1", "2026/12"],
)  # fmt: skip
def test_a_date_that_is_not_clear_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|month|range"):
        parse_partial_date(text)


@pytest.mark.parametrize(("word", "reason"), ABSENT.items())
def test_words_for_absence_are_known(word: str, reason: str) -> None:
    assert Recorded[EcogGrade].model_validate(word).absent == reason


def test_nothing_says_that_a_list_is_empty_and_nothing_of_a_value() -> None:
    assert Listing[Any].model_validate("无").complete
    with pytest.raises(ValidationError):
        Recorded[EcogGrade].model_validate("无")


def test_codes_are_read_at_any_width() -> None:
    assert Spelled(Sex).read("\uff26emale") is Sex.FEMALE


def test_a_decimal_comma_is_no_clearer_at_twice_the_width() -> None:
    assert with_point("\uff11\uff0e\uff15\uff10\uff10") == with_point("1.500") == "1,500"
    assert with_point("\uff11\uff0c\uff15") == "1.5"


def test_only_the_width_changes() -> None:
    assert narrow("\uff21\uff5e\u3000²①Ⅱ㎎") == "A~ ²①Ⅱ㎎"
