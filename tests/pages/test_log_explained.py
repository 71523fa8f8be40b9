"""What an entry's page and a comparison show is the same in every language, and costs one screening for each entry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

import api.pages.log_explanations
import api.replay
from api.app import create_app
from api.settings import Settings
from tests.api.callers import MALE, PATIENT
from tests.api.conftest import client_of
from tests.pages.log_entries import OPEN, screened
from tests.pages.visitor import Visitor

LANGUAGES = ["en", "zh"]
REASON = {"en": "ECOG performance status", "zh": "ECOG体能状态评分"}


@pytest.fixture(scope="module")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """A log that keeps profiles, and no explanations."""
    folder = tmp_path_factory.mktemp("profiles")
    service = create_app(Settings(data_folder=folder, log_keep_profiles=True))
    with client_of(service):
        yield service


@pytest.fixture
def berta(profiles: FastAPI) -> Visitor:
    return Visitor(profiles)


@pytest.fixture
def replays(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the entries that are screened once more, each time they are."""
    found: list[int] = []
    real = api.pages.log_explanations.replayed

    def counted(entry: Any, *given: Any, **named: Any) -> Any:
        found.append(entry.sequence)
        return real(entry, *given, **named)

    monkeypatch.setattr(api.pages.log_explanations, "replayed", counted)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_explanation_that_only_the_profile_gives_is_shown_in_every_language(
    berta: Visitor, replays: list[int], language: str
) -> None:
    number = screened(berta, OPEN)

    text = berta.open(f"/log-book/{number}", **{"accept-language": language}).text

    assert REASON[language] in text
    assert "is not kept here" not in text
    assert {"en": "Made again from the stored profile", "zh": "逐字节一致"}[language] in text
    assert replays == [number]


@pytest.mark.parametrize(("language", "count"), [("en", 0), ("zh", 1)])
def test_a_kept_explanation_is_screened_again_only_for_another_language(
    anna: Visitor, replays: list[int], language: str, count: int
) -> None:
    number = screened(anna, OPEN)

    text = anna.open(f"/log-book/{number}", **{"accept-language": language}).text

    assert REASON[language] in text
    assert "Made again" not in text
    assert replays == [number] * count


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("keeper", ["anna", "berta"])
def test_a_comparison_screens_each_of_both_once_at_most(
    anna: Visitor, berta: Visitor, replays: list[int], keeper: str, language: str
) -> None:
    visitor = {"anna": anna, "berta": berta}[keeper]
    first, second = screened(visitor, PATIENT), screened(visitor, MALE)

    path = f"/log-book/compare?first={first}&second={second}"
    text = visitor.open(path, **{"accept-language": language}).text

    assert text.count('class="mark verdict"') == 1
    assert REASON[language] in text
    is_needed = keeper == "berta" or language == "zh"
    assert replays == ([first, second] if is_needed else [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_profile_does_not_give_again_is_said_in_every_language(
    berta: Visitor, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    number = screened(berta, OPEN)
    monkeypatch.setattr(api.replay, "ENGINE_VERSION", "9.9.9")

    text = berta.open(f"/log-book/{number}", **{"accept-language": language}).text

    said = {"en": "does not give it again", "zh": "未能得出与记录一致的说明"}
    assert said[language] in text
    assert 'class="reason"' not in text


def test_a_kept_profile_that_this_version_cannot_read_leaves_the_page(
    berta: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = screened(berta, OPEN)

    def unreadable(_: object) -> Any:
        api.pages.log_explanations.parse_json(b"{")

    monkeypatch.setattr(api.replay, "read_record", unreadable)
    answer = berta.open(f"/log-book/{number}")

    assert answer.status_code == 200
    assert "does not give it again" in answer.text
