"""Every word that the code may ask for is in the table of every language, and only such."""

from __future__ import annotations

import ast
import re
import string
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import get_args

import pytest

import eligibility
from eligibility.dates import ANCHOR_NAMES, parse_duration
from eligibility.findings.catalogue import COLLECTIONS, FINDINGS
from eligibility.findings.model import Collection, FindingSpec, UnknownReason
from eligibility.findings.units import unknown_unit
from eligibility.flags import Colour
from eligibility.intervals import OPERATORS
from eligibility.patient import vocabulary
from eligibility.protocol.model import Kind, Remedy
from eligibility.protocol.verdict import Decision, Verdict
from eligibility.wording import ENGLISH, LANGUAGES, VOICES, Language, words_of
from eligibility.wording.chinese import CHINESE
from eligibility.wording.chinese_codes import CODES
from eligibility.wording.chinese_texts import FIXED_TEXTS

PACKAGE = Path(eligibility.__file__).parent
SOURCES = {
    path: path.read_text(encoding="utf-8")
    for path in PACKAGE.rglob("*.py")
    if path.parent.name != "wording"
}
ASKED_FOR_BY_NAME = {
    key
    for text in [*SOURCES.values(), (PACKAGE / "wording" / "voice.py").read_text()]
    for key in re.findall(r'"([a-z]+\.[a-z_.]+)"', text)
    if key in ENGLISH.sentences
}
ASKED_FOR_BY_MEMBER = {
    *(f"label.{kind}.{verdict.value}" for kind in get_args(Kind) for verdict in Verdict),
    *(f"decision.{decision.value}" for decision in Decision),
    *(f"word.{decision.value}" for decision in Decision),
    *(f"action.{remedy.value}" for remedy in Remedy),
    *(f"flag.{colour}" for colour in get_args(Colour)),
    *(f"colour.{colour}" for colour in get_args(Colour)),
    *(f"operator.{operator}" for operator in OPERATORS),
    *(f"anchor.{name}" for name in ANCHOR_NAMES),
    *(f"{said}.{reason.value}" for said in ("open", "reason") for reason in UnknownReason),
    *(f"page.column_{name}" for name in ("patient", "decision", "deciding", "question", "from")),
    "open.suspected",
    "operator.not_exactly",
    *(
        f"action.{form}_{ending}"
        for form in ("wait", "rescreen", "retest")
        for ending in ("until", "open")
    ),
    "action.decide_until",
    "action.decide_again",
    *(f"figure.{form}" for form in ("failed_most", "undetermined_most")),
    *(f"figure.several_{form}" for form in ("failed_most", "undetermined_most")),
    *(f"figure.none_{form}" for form in ("failed", "undetermined")),
}
ASKED_FOR_BY_FIGURES = {
    f"figure.{key}"
    for name in ("figures.py", "figure_words.py")
    for key in re.findall(r'"([a-z_]+)"', SOURCES[PACKAGE / "reports" / name])
}
SPECS: list[FindingSpec] = [
    *FINDINGS.values(),
    *chain.from_iterable(collection.findings.values() for collection in COLLECTIONS.values()),
]
VOCABULARIES = [
    kind
    for kind in vars(vocabulary).values()
    if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
]
EVERY_CODE = {
    *chain.from_iterable(spec.codes for spec in SPECS),
    *(member.value for kind in VOCABULARIES for member in kind),
}


def notes_in_the_source() -> set[str]:
    """Every text with which the readers of findings say why: a literal with a blank, not a docstring."""
    found = set()
    for path in (PACKAGE / "findings").glob("*.py"):
        module = ast.parse(path.read_text(encoding="utf-8"))
        for call in ast.walk(module):
            values: list[ast.expr] = []
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in (
                "unknown",
                "Finding",
                "_both",
            ):
                values = [*call.args, *(keyword.value for keyword in call.keywords)]
            elif isinstance(call, ast.Assign) and getattr(call.targets[0], "id", "") == "note":
                values = [call.value]
            found |= {
                value.value
                for value in values
                if isinstance(value, ast.Constant) and isinstance(value.value, str)
            }
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(ASKED_FOR_BY_MEMBER))
def test_every_member_of_a_vocabulary_has_its_words(key: str, language: Language) -> None:
    assert key in VOICES[language].sentences


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_sentences_with_the_same_parts(language: Language) -> None:
    def parts(sentence: str) -> list[str]:
        return sorted(name for _, name, _, _ in string.Formatter().parse(sentence) if name)

    table, english = VOICES[language].sentences, ENGLISH.sentences

    assert set(table) == set(english)
    assert [key for key in english if parts(table[key]) != parts(english[key])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_knows_its_own_name(language: Language) -> None:
    assert VOICES[language].language == language


def test_no_sentence_is_left_over() -> None:
    asked = ASKED_FOR_BY_NAME | ASKED_FOR_BY_MEMBER | ASKED_FOR_BY_FIGURES

    assert set(ENGLISH.sentences) - asked == set()


def test_every_title_and_question_of_the_catalogue_has_its_chinese() -> None:
    parts: list[FindingSpec | Collection] = [*SPECS, *COLLECTIONS.values()]

    assert {text for part in parts for text in (part.title, part.question)} - set(
        FIXED_TEXTS
    ) == set()


def test_every_note_of_a_finding_has_its_chinese() -> None:
    notes = notes_in_the_source() | {unknown_unit(test) for test in vocabulary.LabTest}

    assert len(notes) > 30
    assert notes - set(FIXED_TEXTS) == set()


def test_every_code_has_its_chinese_and_only_such() -> None:
    assert len(EVERY_CODE) > 100
    assert set(CODES) == EVERY_CODE


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_codes_of_one_finding_are_told_apart(spec: FindingSpec) -> None:
    assert len({CODES[code] for code in spec.codes}) == len(spec.codes)


def test_fixed_texts_are_told_apart() -> None:
    """Questions and phrases with the same text are asked and said once."""
    assert len(set(FIXED_TEXTS.values())) == len(FIXED_TEXTS)


def test_a_part_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        ENGLISH.say("operator.at_most")
    with pytest.raises(KeyError):
        ENGLISH.say("no.such.sentence")
    with pytest.raises(KeyError):
        CHINESE.text("no such text")
    with pytest.raises(KeyError):
        CHINESE.words_of("no_such_code")


@pytest.mark.parametrize(("language", "expected"), [("en", "at most "), ("zh", "不超过")])
def test_text_of_the_chart_is_never_taken_for_a_pattern(language: Language, expected: str) -> None:
    limit = "{0.__class__} %s {limit}"

    assert VOICES[language].say("operator.at_most", limit=limit) == expected + limit


@pytest.mark.parametrize(
    ("items", "english", "chinese"),
    [
        ([], "", ""),
        (["a"], "a", "a"),
        (["a", "b"], "a and b", "a和b"),
        (["a", "b", "c"], "a, b and c", "a、b和c"),
    ],
)
def test_items_are_listed_as_in_running_text(items: list[str], english: str, chinese: str) -> None:
    assert ENGLISH.listed(items) == english
    assert CHINESE.listed(items) == chinese


def test_a_code_reads_as_words() -> None:
    assert words_of("not_amplified") == "not amplified"
    assert CHINESE.words_of("not_amplified") == "无扩增"


@pytest.mark.parametrize(
    ("written", "chinese"),
    [
        ("2026-11-21", "2026年11月21日"),
        ("2026-01-05", "2026年1月5日"),
        ("2026-01", "2026年1月"),
        ("2026", "2026年"),
        ("2024-05/2024-07-02", "2024年5月至2024年7月2日"),
        ("day 120", "第120天"),
        ("day -3/day +4", "第-3天至第+4天"),
    ],
)
def test_a_date_is_written_in_each_languages_form(written: str, chinese: str) -> None:
    assert ENGLISH.date(written) == written
    assert CHINESE.date(written) == chinese


@pytest.mark.parametrize(
    ("written", "chinese"),
    [("21 days", "21天"), ("4 weeks", "4周"), ("6 months", "6个月"), ("1 year", "1年")],
)
def test_a_length_of_time_is_written_in_each_languages_form(written: str, chinese: str) -> None:
    assert ENGLISH.duration(parse_duration(written)) == written
    assert CHINESE.duration(parse_duration(written)) == chinese


@pytest.mark.parametrize(
    ("written", "chinese"),
    [
        ("2", "2"),
        ("1 %", "1%"),
        ("18 years", "18岁"),
        ("2.5 xULN", "2.5倍ULN"),
        ("100 10^9/L", "100 10^9/L"),
        ("10 mm", "10 mm"),
    ],
)
def test_a_limit_is_written_in_each_languages_form(written: str, chinese: str) -> None:
    assert ENGLISH.limit(written) == written
    assert CHINESE.limit(written) == chinese
