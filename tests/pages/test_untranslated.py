"""What a trial's folder has no translation of stands in English, and the answer says that this is so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from eligibility.own_words import own_words
from eligibility.protocol.trial_words import TrialWords
from tests.pages.visitor import Visitor

SAID = "处文字尚无中文译文"
FORM = {"as_of": "2026-11-21", "ecog": "1"}


@pytest.fixture
def without_words(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if nobody had translated the trial."""
    monkeypatch.setattr(TrialWords, "of", lambda _self, _language: {})
    own_words.cache_clear()
    yield
    own_words.cache_clear()


def answer(visitor: Visitor, language: str) -> str:
    headers = {"accept-language": language}
    return str(visitor.send("/patient/answer", FORM, **headers).text)


@pytest.mark.usefixtures("without_words")
def test_the_answer_says_how_many_texts_stand_in_english(visitor: Visitor) -> None:
    assert SAID in answer(visitor, "zh")
    assert 'id="foreign"' not in answer(visitor, "en")


def test_a_translated_trial_has_nothing_to_say(visitor: Visitor) -> None:
    assert 'id="foreign"' not in answer(visitor, "zh")
