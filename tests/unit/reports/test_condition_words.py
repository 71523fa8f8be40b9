"""Conditions in words: the trees of all criteria, and the truth of every node for patients."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from eligibility.dates import anchors
from eligibility.patient.record import read_record
from eligibility.protocol.conditions import Gap, walk
from eligibility.protocol.library import load_trial
from eligibility.protocol.model import Criterion
from eligibility.reports.condition_words import ConditionWords, condition_words, judged_words
from eligibility.screening.screen import Screener
from eligibility.testing import anchors_for, random_patient
from eligibility.truth import Truth
from eligibility.wording import VOICES

SCREENER = Screener(load_trial(profile="atezolizumab_p1"))
CRITERIA = SCREENER.trial.criteria
TREATED = {
    "treatments": {
        "complete": True,
        "items": [{"agents": ["capecitabine"], "last_dose": "2026-11-10"}],
    }
}


def nodes(node: ConditionWords) -> Iterator[ConditionWords]:
    yield node
    for child in node.children:
        yield from nodes(child)


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda each: each.id)
def test_every_criterion_is_said_in_both_languages_with_every_gap(criterion: Criterion) -> None:
    condition = criterion.condition
    translations = SCREENER.trial.words.of("zh")

    english = condition_words(condition)
    chinese = condition_words(condition, VOICES["zh"], translations)

    notes = {each.note for each in walk(condition) if isinstance(each, Gap)}
    assert {n.note.text for n in nodes(english) if n.note} == notes
    assert {n.note.language for n in nodes(chinese) if n.note} <= {"zh"}
    assert len(list(nodes(english))) == len(list(nodes(chinese)))


def test_an_untranslated_note_says_in_which_language_it_is() -> None:
    found = condition_words(SCREENER.trial.criterion("EXCL05").condition, VOICES["zh"], {})

    assert {n.note.language for n in nodes(found) if n.note} == {"en"}


def test_the_root_is_what_the_screening_says_of_generated_patients() -> None:
    source = random.Random(5)
    for _ in range(60):
        record = random_patient(source)
        dates = anchors_for(record)
        screening = SCREENER.screen(record, dates)
        for result in screening.results:
            tree = judged_words(screening, result.criterion.condition, dates)
            assert tree.truth is result.truth
            assert all(n.text for n in nodes(tree))


def test_each_item_of_a_list_has_a_tree_of_its_own_and_what_was_found() -> None:
    found = truth_tree("2026-11-21", "2026-11-30")

    item, completeness = found.children
    assert (item.text, item.truth) == ("Treatment 1", Truth.TRUE)
    assert completeness.text == "the list is complete"
    assert "2026-11-10 (20 days before the planned start)" in {n.found for n in nodes(found)}


@pytest.mark.parametrize(
    ("start", "truth"),
    [
        ("2026-11-30", Truth.TRUE),
        ("2026-12-01", Truth.UNKNOWN),
        ("2026-12-02", Truth.FALSE),
        (None, Truth.UNKNOWN),
    ],
)
def test_another_start_gives_another_tree_of_the_same_screening(
    start: str | None, truth: Truth
) -> None:
    assert truth_tree("2026-11-21", start, screened_for="2026-11-25").truth is truth


def test_where_nothing_is_recorded_the_tree_says_so() -> None:
    screening = SCREENER.screen(read_record({}), anchors("2026-11-21"))
    found = judged_words(screening, SCREENER.trial.criterion("EXCL05").condition, screening.anchors)

    assert found.truth is Truth.UNKNOWN
    assert [child.text for child in found.children] == [
        "none is listed",
        "the list is not known to be complete: there may be more",
    ]


def truth_tree(as_of: str, start: str | None, *, screened_for: str | None = None) -> ConditionWords:
    dates = anchors(as_of, start)
    asked = anchors(as_of, screened_for) if screened_for else dates
    screening = SCREENER.screen(read_record(TREATED), asked)
    return judged_words(screening, SCREENER.trial.criterion("EXCL05").condition, dates)
