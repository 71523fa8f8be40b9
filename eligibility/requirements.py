"""A leaf condition as a requirement: what it asks for, or what would have to be for it not to hold."""

from __future__ import annotations

from functools import lru_cache

from eligibility.intervals import Operator
from eligibility.protocol.conditions import (
    Compare,
    Elapsed,
    FindingLeaf,
    Gap,
    Includes,
    OneOf,
    Some,
)
from eligibility.truth import Truth
from eligibility.wording import ENGLISH, Voice

_OPPOSITE: dict[Operator, str] = {
    "at_most": "more_than",
    "more_than": "at_most",
    "at_least": "less_than",
    "less_than": "at_least",
    "exactly": "not_exactly",
}

_YES_NO = frozenset(("yes", "no"))


@lru_cache(maxsize=2048)
def requirement(leaf: FindingLeaf, title: str, wanted: Truth, voice: Voice = ENGLISH) -> str:
    """A leaf as a requirement, turned round where the criterion needs it not to hold; `title` is the catalogue's."""
    title = voice.text(title)
    holds = wanted is Truth.TRUE
    match leaf:
        case Compare():
            return voice.say(
                "requirement.number", title=title, comparison=_operator(leaf, voice, holds=holds)
            )
        case Elapsed():
            return voice.say(
                "requirement.date",
                title=title,
                comparison=_operator(leaf, voice, holds=holds),
                anchor=voice.say(f"anchor.{leaf.before}"),
            )
        case OneOf() | Includes():
            if not holds and leaf.codes < _YES_NO:
                return voice.say(
                    "requirement.one_of",
                    title=title,
                    codes=voice.listed(map(voice.words_of, _YES_NO - leaf.codes)),
                )
            codes = voice.listed(map(voice.words_of, sorted(leaf.codes)), joined_by="list.or")
            key = "requirement.one_of" if holds else "requirement.none_of"
            return voice.say(key, title=title, codes=codes)


def _operator(leaf: Compare | Elapsed, voice: Voice, *, holds: bool) -> str:
    if isinstance(leaf, Compare):
        limit, operator = voice.limit(leaf.written), leaf.operator
    else:
        limit, operator = voice.duration(leaf.duration), leaf.operator
    said = operator if holds else _OPPOSITE[operator]
    return voice.say(f"operator.{said}", limit=limit)


def comparison(leaf: FindingLeaf | Gap | Some, voice: Voice) -> str:
    """What a leaf compares with, as its condition has it; nothing where it compares nothing."""
    match leaf:
        case Compare():
            return _operator(leaf, voice, holds=True)
        case Elapsed():
            return voice.say(
                "comparison.date",
                comparison=_operator(leaf, voice, holds=True),
                anchor=voice.say(f"anchor.{leaf.before}"),
            )
        case OneOf() | Includes():
            return voice.listed(map(voice.words_of, sorted(leaf.codes)), joined_by="list.or")
        case _:
            return ""
