"""Texts as people type them into the cells of a table: right, oddly spelled, or plainly wrong."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from eligibility.testing import values
from eligibility.testing.chooser import Chooser, pick
from eligibility.testing.days import days_around
from eligibility.testing.generate import ANCHORS, OFFSET_ANCHORS
from eligibility.testing.values import Values

_ABSENT = (
    "",
    " ",
    "n/a",
    "N/A",
    "NA",
    "-",
    "--",
    ".",
    "?",
    "unk",
    "none",
    "null",
    "NaN",
    "nan",
    "missing",
)
_NUMBERS = (
    "1,5", "1.500,0", "1 500", "1.5e3", "1e5", "+3", "-1", "--1", "01", "1.", ".5", "1..2", "1-", "-2", "10-1", "1-2-3",
    "<", "<<1", "< 1", "<1%", "1 %", "%", "1%%", "≥90", "=>90", "~5", "ca. 5", "5?", "5*", "(5)", "5 mm", "5mm", "inf",
    "-inf", "1/2", "½", "\uff11", "\u0663", "1\u00a0%", "999999999999", "0.00000001", "1_000", "0x10",
    "\uff1c1\uff05", "1\uff5e10%", "1〜10", "1分", "2级", "58岁", "58周岁", "1\uff0c5", "1\uff0e5", "10²", "①",
    "未检测", "无",
)  # fmt: skip
_SCORES = (
    "2+",
    "+2",
    "++",
    "1+-2+",
    "1+/2+",
    "0 to 1+",
    "3 +",
    "2+ (FISH neg)",
    "score 2",
    "IHC 2+",
    "1\uff0b",
    "\uff081+\uff09",
    "(2+)",
    "1+~2+",
    "2分",
    "不详",
)
_DATES = (
    "2024-02-30", "2024-13", "2024-5-7", "05/2024", "17.05.2024", "5/17/24", "May 2024", "20240517", "2024-05-17T00:00",
    "2024-05-17/", "2025/2024", "1066", "9999-12-31", "day", "day x", "day 99999", "day +12", "Day 12", "D12", "45000",
    "2026年12月1日", "2025年12月", "2025年", "2025年12月31号", "2025/12/01", "2025-12-1", "12/01/2025", "2025年13月",
    "\uff12\uff10\uff12\uff15\uff0d\uff11\uff12\uff0d\uff10\uff11", "2025年12月1日/2025年12月9日", "2025/12",
    "未检", "不详",
)  # fmt: skip
_WORDS = (
    "Y",
    "ja",
    "true",
    "x",
    "yes!",
    "yes/no",
    "positive (weak)",
    "POS",
    "+",
    "neg.",
    "not  done",
    "see note",
    "amplifed",
)
_HARMFUL = (
    "=1+1",
    "@cmd",
    '"',
    "'",
    ";",
    "a,b",
    "a\tb",
    "a\nb",
    "\ufeff1",
    "\u200b1",
    "1\x00",
    "é" * 50,
    "9" * 400,
    "<b>1</b>",
)
_ODD = (*_ABSENT, *_NUMBERS, *_SCORES, *_DATES, *_WORDS, *_HARMFUL)


def _sound() -> Iterator[str]:
    """Every text, number and word that the description of patients uses somewhere."""
    tables = [known for known in vars(values).values() if isinstance(known, Values)]
    for at in (ANCHORS, OFFSET_ANCHORS):
        tables += days_around(at).families.values()
    for table in tables:
        for value in (*table.usual, *table.edge, *table.odd):
            yield from _texts(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, tuple):
        yield "; ".join(value)
    elif not isinstance(value, dict):
        yield str(value)


@lru_cache(maxsize=1)
def _known_texts() -> tuple[str, ...]:
    return tuple(dict.fromkeys(_sound()))


_HABITS = (
    "{}", "{}", "{}", " {}", "{} ", "\t{}", '"{}"', "{}?", "({})", "{} %", "{}%", "{}*", "{} (report)", "{}\u00a0",
)  # fmt: skip


def cell_by(chooser: Chooser) -> str:
    """One cell, every decision taken by the chooser."""
    text = pick(chooser, pick(chooser, (_known_texts(), _known_texts(), _ODD)))
    habit = pick(chooser, _HABITS)
    written = habit.replace("{}", text)
    return pick(chooser, (written, written, written.upper(), written.title()))
