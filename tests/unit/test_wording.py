"""Every word that the code may ask for is in the table, and only such."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import get_args

import pytest

import eligibility
from eligibility.dates import ANCHOR_NAMES
from eligibility.findings.model import UnknownReason
from eligibility.flags import Colour
from eligibility.intervals import OPERATORS
from eligibility.protocol.model import Kind, Remedy
from eligibility.protocol.verdict import Decision, Verdict
from eligibility.wording import LANGUAGES, WORDS, Language, listed, say, words_of

SOURCES = [path.read_text() for path in Path(eligibility.__file__).parent.rglob("*.py")]
ASKED_FOR_BY_NAME = {
    key
    for text in SOURCES
    for key in re.findall(r'"([a-z]+\.[a-z_.]+)"', text)
    if key in WORDS["en"]
}
ASKED_FOR_BY_MEMBER = {
    *(f"label.{kind}.{verdict.value}" for kind in get_args(Kind) for verdict in Verdict),
    *(f"decision.{decision.value}" for decision in Decision),
    *(f"action.{remedy.value}" for remedy in Remedy),
    *(f"flag.{colour}" for colour in get_args(Colour)),
    *(f"operator.{operator}" for operator in OPERATORS),
    *(f"anchor.{name}" for name in ANCHOR_NAMES),
    *(f"open.{reason.value}" for reason in UnknownReason),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(ASKED_FOR_BY_MEMBER))
def test_every_member_of_a_vocabulary_has_its_words(key: str, language: Language) -> None:
    assert key in WORDS[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_sentences_with_the_same_parts(language: Language) -> None:
    def parts(sentence: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}

    table, english = WORDS[language], WORDS["en"]

    assert set(table) == set(english)
    assert all(parts(table[key]) == parts(english[key]) for key in english)


def test_no_sentence_is_left_over() -> None:
    in_groups = ("label.", "decision.", "action.", "flag.", "operator.", "anchor.", "open.")

    unused = set(WORDS["en"]) - ASKED_FOR_BY_NAME - ASKED_FOR_BY_MEMBER

    assert [key for key in unused if not key.startswith(in_groups)] == []


def test_a_part_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("operator.at_most")
    with pytest.raises(KeyError):
        say("no.such.sentence")


def test_text_of_the_chart_is_never_taken_for_a_pattern() -> None:
    assert say("operator.at_most", limit="{0.__class__} %s {limit}") == (
        "at most {0.__class__} %s {limit}"
    )


@pytest.mark.parametrize(
    ("items", "expected"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)  # fmt: skip
def test_items_are_listed_as_in_running_text(items: list[str], expected: str) -> None:
    assert listed(items) == expected


def test_a_code_reads_as_words() -> None:
    assert words_of("not_amplified") == "not amplified"
