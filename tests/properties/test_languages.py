"""Both languages say the same facts, and Chinese says nothing in English that has Chinese words."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from eligibility.dates import Anchors, anchors
from eligibility.explanation import Explanation, explain
from eligibility.findings.units import spellings_of
from eligibility.found_values import is_unit
from eligibility.patient.record import read_record
from eligibility.patient.vocabulary import LabTest
from eligibility.protocol.library import load_trial
from eligibility.screening.model import Screening
from eligibility.screening.screen import Screener
from eligibility.testing import anchors_for, random_patient
from eligibility.testing.values import Style

STYLES: tuple[Style, ...] = ("any", "nearly_eligible", "boundary")
PROFILES = (None, "atezolizumab_p1", "shamrock_p3")
PATIENTS = 150

_DATE = re.compile(r"(\d{4})年(?:(\d{1,2})月)?(?:(\d{1,2})日)?")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WORD = re.compile(r"[A-Za-z][A-Za-z']*")
ABBREVIATIONS = {
    # tests, receptors, scores, methods
    *("ECOG", "Karnofsky", "NYHA", "HER", "ER", "PR", "FISH", "CISH", "SISH", "DISH", "NGS"),
    *("AST", "ALT", "INR", "APTT", "ULN", "RECIST", "CT", "MRI", "X", "HIV", "I", "II", "IV"),
    *("Cockcroft", "Gault", "Gilbert", "ASCO", "CAP", "A", "Luminal"),
    # trials and criteria
    *("SHAMROCK", "IMpassion", "INCL", "EXCL"),
    # units as the criteria write them
    *("L", "U", "g", "mL", "min", "mm", "umol", "kg", "s", "xULN", "dL"),
}


@cache
def screener(profile: str | None) -> Screener:
    return Screener(load_trial(profile=profile), engine="reference")


def generated() -> Iterator[Screening]:
    """Patients of every kind under every site profile, with a planned start and without."""
    source = random.Random(20261121)
    for number in range(PATIENTS):
        record = random_patient(source, style=STYLES[number % 3])
        at = anchors_for(record)
        if number % 5 == 0:
            at = Anchors(at.as_of, None, at.clock)
        yield screener(PROFILES[number // 3 % 3]).screen(record, at)


def examples() -> Iterator[Screening]:
    """Every worked example of every criterion."""
    for criterion in screener(None).trial.criteria:
        for case in criterion.cases:
            dates = anchors(case.as_of, case.planned_start)
            yield screener(case.profile).screen(read_record(dict(case.patient)), dates)


def thinned() -> Iterator[Screening]:
    """The same examples without one of their fields, which is how values go missing in charts."""
    source = random.Random(20261122)
    for criterion in screener(None).trial.criteria:
        for case in criterion.cases:
            document = deepcopy(dict(case.patient))
            part: Any = document
            while inner := [each for each in _inside(part) if list(_inside(each))]:
                part = source.choice([part, *inner])
                if part not in inner:
                    break
            if isinstance(part, dict) and part.keys() - _NAMES:
                del part[source.choice(sorted(part.keys() - _NAMES))]
            dates = anchors(case.as_of, case.planned_start)
            yield screener(case.profile).screen(read_record(document), dates)


_NAMES = {"test", "kind", "code", "type", "site", "value", "items"}
"""Fields without which the rest is no item."""


def _inside(part: Any) -> Iterator[Any]:
    return iter(part.values() if isinstance(part, dict) else part if isinstance(part, list) else ())


@pytest.fixture(
    scope="module",
    params=[generated, examples, thinned],
    ids=["generated", "examples", "one field less"],
)
def told(request: pytest.FixtureRequest) -> list[tuple[Explanation, Explanation]]:
    """Explanations in English and in Chinese."""
    return [
        (explain(each, calendar=number % 8 == 0), explain(each, "zh", calendar=number % 8 == 0))
        for number, each in enumerate(request.param())
    ]


def texts(told: Explanation) -> list[str]:
    """Everything an explanation says, in an order that does not depend on the language."""
    found = [told.title.text, told.headline]
    for each in told.criteria:
        found += [each.title.text, each.label, each.reason]
        found += [*each.requirements, *each.interpretations, *each.assumptions]
        found += [part.value for part in each.evidence if not is_unit(part)]
    found += [each.text for each in told.blockers]
    for question in told.questions:
        found += [question.text, *question.requirements]
    found += [each.title for each in told.settled]
    found += [each.text for each in told.margins]
    for flag in told.flags:
        found += [flag.title, flag.value, flag.green, flag.red, flag.text]
    return found


def numbers(text: str) -> Counter[str]:
    """The numbers of a text; the parts of a Chinese date count as an ISO date writes them."""

    def iso(match: re.Match[str]) -> str:
        return "-".join(part.zfill(2) for part in match.groups() if part)

    return Counter(_NUMBER.findall(_DATE.sub(iso, text)))


def facts(told: Explanation) -> object:
    """What an explanation says that is no text."""
    return (
        [(c.verdict, c.unknown_reasons, places(c.evidence)) for c in told.criteria],
        [(b.criterion_id, b.action, b.until) for b in told.blockers],
        [(q.fields, q.reasons, len(q.requirements), q.settles, q.bears_on) for q in told.questions],
        [settled.criteria for settled in told.settled],
        told.forcing,
        [(margin.criterion_id, margin.findings) for margin in told.margins],
        [(flag.finding, flag.colour) for flag in told.flags],
        told.dates,
    )


def places(evidence: object) -> list[tuple[object, ...]]:
    assert isinstance(evidence, tuple)
    return [(each.field, each.unit, each.date, each.source) for each in evidence]


def without_what_people_wrote(said: str, told: Explanation) -> str:
    """A text without names of drugs, units of laboratories and ranges: they are never translated."""
    record = told.screening.findings.scope.record
    drugs = {", ".join(item.agents) for item in record.treatments.items if item.agents}
    units = {f" {lab.unit}" for lab in record.labs if lab.unit}
    substances = {item.substance for item in record.allergies.items if item.substance}
    known = {"、".join(spellings_of(test)) for test in LabTest}
    for written in sorted(drugs | substances | units | known, key=len, reverse=True):
        said = said.replace(written, "")
    return re.sub(r"(?<=\d) to (?=\d)", "-", said)


def english_left(told: Explanation) -> set[str]:
    """Words in Latin letters that neither a person wrote nor Chinese uses."""
    said = without_what_people_wrote("\n".join(texts(told)), told)
    for name in told.screening.compiled.trial.interpretations:
        said = said.replace(f"{name}：", "")
    return set(_WORD.findall(said)) - ABBREVIATIONS


def test_no_english_is_left_in_a_chinese_explanation(
    told: list[tuple[Explanation, Explanation]],
) -> None:
    assert set().union(*(english_left(chinese) for _, chinese in told)) == set()
    assert {chinese.foreign for _, chinese in told} == {()}


_HOLE = re.compile(
    r"  | [,.;:)]|\(\)|（）|, ,|,,|、、|[:：为](?:$|[.;。；，（(]| \()|\bis (?:$|[,.;]|\w+ (?:copy|is)\b)"
    r"|[:：] ?(?:\(|（)|\bis an? [^;.]* is not\b"
)


def test_no_text_has_a_hole_or_two_verbs(told: list[tuple[Explanation, Explanation]]) -> None:
    said = {text for pair in told for each in pair for text in texts(each)}

    assert [text for text in said if _HOLE.search(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Last dose of treatment 4 is , which leaves open whether it is less than 21 days",
        "Last dose of treatment 4:  (needed: last dose more than 21 days before screening).",
        "HER2 in-situ hybridisation is a copy number from sequencing is not FISH or CISH.",
        "末次给药：（要求：末次给药距筛选超过21天）。",
        "治疗（第4项）的末次给药为，无法据此判断",
    ],
)
def test_a_hole_would_be_seen(text: str) -> None:
    assert _HOLE.search(text)


def test_what_is_left_in_english_would_be_seen(told: list[tuple[Explanation, Explanation]]) -> None:
    english = max((english for english, _ in told), key=lambda each: len(each.questions))

    assert len(english_left(english)) > 50


def test_both_languages_say_the_same_facts(told: list[tuple[Explanation, Explanation]]) -> None:
    for english, chinese in told:
        assert facts(chinese) == facts(english)
        pairs = zip(texts(english), texts(chinese), strict=True)
        assert [pair for pair in pairs if numbers(pair[0]) != numbers(pair[1])] == []


def test_numbers_of_a_text_are_those_of_its_dates_too() -> None:
    assert numbers("2026年1月5日（前16天）") == numbers("2026-01-05 (16 days before)")
    assert numbers("2026年1月") != numbers("2026-02")
    assert numbers("第120天") == numbers("day 120")
