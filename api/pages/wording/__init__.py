"""All words of the pages in every language, one module per topic."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import Any

from api.pages.language import LANGUAGES, Language
from eligibility.wording.faults import ToldFault, told_fault

Words = dict[str, tuple[str, str]]
"""By key: English, simplified Chinese."""


@cache
def all_words() -> Words:
    """The words of every topic."""
    found: Words = {}
    for topic in pkgutil.iter_modules(__path__):
        own: Words = import_module(f"{__name__}.{topic.name}").WORDS
        twice = found.keys() & own.keys()
        if twice:
            raise ValueError(f"these keys have words twice: {sorted(twice)}")
        found |= own
    return found


def say(key: str, language: Language, **parts: object) -> str:
    """The words of a key with its parts in them."""
    text = all_words()[key][LANGUAGES.index(language)]
    return text.format_map(parts) if parts else text


def has_words(key: str) -> bool:
    """Whether there are words for a key."""
    return key in all_words()


def told_problem(problem: dict[str, Any], language: Language) -> ToldFault:
    """What ended a run: what only the service meets has words of pages, all else those of the library."""
    code = problem["code"]
    if language != "en" and has_words(f"problem.{code}"):
        todo = f"problem.{code}.todo"
        hint = say(todo, language) if has_words(todo) else ""
        return ToldFault(say(f"problem.{code}", language), hint, language)
    return told_fault(code, problem["title"], problem["hint"], language)
