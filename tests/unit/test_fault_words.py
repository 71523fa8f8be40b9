"""Whatever may be wrong with a row, a table, a record or a mapping has its Chinese, and keeps what it names."""

from __future__ import annotations

import re
import string
import sys
from pathlib import Path

import pytest

import eligibility
from eligibility.wording.chinese_faults import FAULTS, TEXTS
from eligibility.wording.faults import told_fault

ROOT = Path(eligibility.__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from reference.codes import Raised, raised_in  # noqa: E402 - as the pages of reference are made

# What a table meets on its way; clusters are used on the command line only.
MET_BY_TABLES = ("patient", "dates.py", "findings", "intake", "columnar", "batch", "errors.py")
# Codes of pydantic for mappings that we have no words of our own for in English either.
OF_PYDANTIC = {"greater_than_equal", "less_than_equal", "literal_error", "too_short"}
RAISED = [
    each
    for each in raised_in(ROOT)
    if each.path.startswith(tuple(f"eligibility/{start}" for start in MET_BY_TABLES))
    and each.path != "eligibility/findings/agents.py"  # as of criteria: told who writes the files
]
WITH_PARTS = [each for each in RAISED if "…" in each.message]
# Their parts are words of a library or of English, which Chinese leaves out.
PARTS_LEFT_OUT = {"cannot_write", "not_a_text_table", "run_changed", "yaml_unreadable"}


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_code_has_its_chinese_and_only_such() -> None:
    assert len(RAISED) > 100
    assert set(FAULTS) == {each.code for each in RAISED} | OF_PYDANTIC


@pytest.mark.parametrize("code", sorted(FAULTS))
def test_what_is_said_of_a_code_is_chinese_and_no_whole_sentence(code: str) -> None:
    message, hint = FAULTS[code]

    assert re.search("[\u4e00-\u9fff]", message)
    assert not re.search("[。.]$", message + hint), (
        "sentences are put together where they are shown"
    )


@pytest.mark.parametrize("raised", WITH_PARTS, ids=lambda raised: f"{raised.code}-{raised.path}")
def test_a_message_with_parts_keeps_them(raised: Raised) -> None:
    if raised.code not in PARTS_LEFT_OUT:
        told = told_fault(raised.code, raised.message.replace("…", "4711"), None, "zh")

        assert "4711" in told.message


@pytest.mark.parametrize(("english", "chinese"), TEXTS)
def test_both_sides_of_a_text_have_the_same_parts(english: str, chinese: str) -> None:
    assert names(chinese) <= names(english)


@pytest.mark.parametrize(
    ("code", "message", "hint", "told"),
    [
        (
            "unknown_code",
            "not one of the accepted words: use one of: female, male",
            None,
            ("不是可用的写法；可用：female, male", "请改用可用的写法，或在列映射中说明其含义"),
        ),
        (
            "unknown_code",
            'not one of the accepted words: did you mean "female"?',
            None,
            ("不是可用的写法；是否为“female”？", "请改用可用的写法，或在列映射中说明其含义"),
        ),
        (
            "out_of_bounds",
            "the value lies outside 0 to 130 years",
            None,
            ("数值不在0至130岁的范围内", "请核对原始记录及单位"),
        ),
        (
            "unknown_column",
            "no field of the record has this name",
            'did you mean "ecog"?',
            ("没有此名称的字段", "是否为“ecog”？"),
        ),
        (
            "unclosed_quote",
            "in the header, a quote is opened and never closed",
            'close it, or write a quote inside a cell twice: ""',
            ("表头：引号没有闭合", '请闭合引号；单元格内的引号请写两次：""'),
        ),
        ("date_unreadable", "there is no such month", None, ("没有此月份", FAULTS["date_unreadable"].hint)),
    ],
)  # fmt: skip
def test_what_a_fault_names_stands_in_its_chinese(
    code: str, message: str, hint: str | None, told: tuple[str, str]
) -> None:
    assert told_fault(code, message, hint, "zh") == (*told, "zh")


def test_in_english_it_stays_as_it_was_written() -> None:
    assert told_fault("missing_id", "so it was", None, "en") == ("so it was", "", "en")


def test_a_code_of_another_version_is_told_as_it_was_written() -> None:
    assert told_fault("of_tomorrow", "something", "do this", "zh") == ("something", "do this", "en")


def test_text_of_a_table_is_never_taken_for_a_pattern() -> None:
    name = "{0.__class__} (?P<x>.*) %s"
    message = f'this column and "{name}" name the same field'

    assert (
        told_fault("duplicate_column", message, None, "zh").message == f"该列与“{name}”对应同一字段"
    )
