"""A question of the results, which are English, in another language: found again by the sentence it was made with."""

from __future__ import annotations

import re
from collections.abc import Mapping

from eligibility.wording.chinese import CHINESE
from eligibility.wording.chinese_texts import FIXED_TEXTS
from eligibility.wording.english import ENGLISH
from eligibility.wording.voice import Language

_START = ENGLISH.say("question.start")
_ITEM = re.compile(r"(?P<title>.+) (?P<number>\d+): (?P<question>.+)")
_GAP = re.compile(r"(?P<criterion>\w+): (?P<note>.+)", re.DOTALL)
_GAPS = ("open.protocol_gap", "open.needs_judgement")


def question_in(
    language: Language, written: str, translations: Mapping[str, str]
) -> tuple[str, Language]:
    """The question and the language it is in; one that is not known again stays as it was written.

    `translations` are those of the trial, whose notes a question may repeat.
    """
    if language == "en" or not written:
        return written, language
    found = _fixed(written) or _of_an_item(written) or _of_a_gap(written, translations)
    return (found, language) if found else (written, "en")


def _fixed(written: str) -> str:
    return CHINESE.say("question.start") if written == _START else FIXED_TEXTS.get(written, "")


def _of_an_item(written: str) -> str:
    found = _ITEM.fullmatch(written)
    if found is None:
        return ""
    title, question = FIXED_TEXTS.get(found["title"].lower()), FIXED_TEXTS.get(found["question"])
    if not title or not question:
        return ""
    item = CHINESE.say("found.item_name", title=title, number=found["number"])
    return CHINESE.say("question.item", item=CHINESE.opening(item), question=question)


def _of_a_gap(written: str, translations: Mapping[str, str]) -> str:
    found = _GAP.fullmatch(written)
    if found is None:
        return ""
    for key in _GAPS:
        before = ENGLISH.say(key, note="")
        note = translations.get(" ".join(found["note"].removeprefix(before).split()))
        if found["note"].startswith(before) and note:
            told = CHINESE.say(key, note=note)
            return CHINESE.say("question.gap", criterion=found["criterion"], note=told)
    return ""
