"""A fault in the reader's language: what is wrong and what to do, with the numbers and words it names."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from eligibility.wording.chinese import CHINESE
from eligibility.wording.chinese_faults import FAULTS, TEXTS
from eligibility.wording.voice import Language

_PART = re.compile(r"\\\{(\w+)\\\}")


class ToldFault(NamedTuple):
    """What is wrong, what to do, and the language of both."""

    message: str
    hint: str
    language: Language


def told_fault(code: str, message: str, hint: str | None, language: Language) -> ToldFault:
    """A fault as its code and texts have it, in Chinese if that is asked for.

    A code of another version, for which there is no Chinese, is told as it was written.

    >>> told_fault("duplicate_id", "the same screening id stands on line 4", None, "zh").message
    '筛选号与第4行重复'
    """
    words = FAULTS.get(code)
    if language == "en" or words is None:
        return ToldFault(message, hint or "", "en")
    told = _said(message, words.message) or words.message
    return ToldFault(told, _said(hint or "", words.message) or words.hint, "zh")


def _said(text: str, fault: str) -> str:
    """A text with parts in Chinese; nothing if it is none. A part that is a fault of its own has that code's words."""
    for pattern, chinese in _patterns():
        if found := pattern.fullmatch(text):
            parts = {name: _part(name, part, fault) for name, part in found.groupdict().items()}
            return chinese.format(**parts)
    return ""


def _part(name: str, part: str, fault: str) -> str:
    if name == "fault":
        return fault
    return CHINESE.limit(part) if name == "high" else _said(part, fault) or part


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(_PART.sub(r"(?P<\1>.+)", re.escape(english)), re.DOTALL), chinese)
        for english, chinese in TEXTS
    )
