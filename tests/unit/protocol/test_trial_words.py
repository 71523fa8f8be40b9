"""A trial's words in another language: read when asked for, found by the original, never in the rules."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from eligibility.dates import anchors
from eligibility.explanation import Explanation, explain
from eligibility.intake.template import example_profile
from eligibility.patient.record import read_record
from eligibility.protocol.library import trial_folder
from eligibility.protocol.loader import load_trial_folder
from eligibility.screening.screen import Screener
from eligibility.yaml_nodes import CriteriaFilesError

NOTE = "exactly 1 % is neither more nor less than 1 %; both kinds may enter, so only the kind is in doubt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "nct06731140"
    shutil.copytree(trial_folder("NCT06731140"), copy)
    return copy


def explained(folder: Path) -> Explanation:
    document = example_profile()
    document["specimens"][0]["er_percent"] = 1
    screener = Screener(load_trial_folder(folder), engine="reference")
    screening = screener.screen(read_record(document), anchors("2026-11-21", "2026-12-01"))
    return explain(screening, "zh")


def replace_words(folder: Path, text: str) -> None:
    (folder / "words.zh.yaml").write_text(text, encoding="utf-8")


def test_words_are_no_part_of_the_rules(folder: Path) -> None:
    before = load_trial_folder(folder).rules_hash

    replace_words(folder, "- {en: left open, zh: 待定}\n")

    assert load_trial_folder(folder).rules_hash == before


def test_a_translated_trial_needs_no_english(folder: Path) -> None:
    explanation = explained(folder)

    assert explanation.foreign == ()
    assert {each.title.language for each in explanation.criteria} == {"zh"}
    assert explanation.title.language == "zh"


def test_what_is_missing_is_shown_in_english_and_said_to_be(folder: Path) -> None:
    replace_words(folder, "- {en: ECOG performance status 0-2, zh: 体能状态}\n")

    explanation = explained(folder)

    titles = {each.criterion.id: each.title for each in explanation.criteria}
    assert titles["INCL01"] == ("体能状态", "zh")
    assert titles["INCL02"].language == "en"
    assert titles["INCL02"].text == explanation.criteria[1].criterion.title
    assert NOTE in explanation.foreign
    reason = next(each.reason for each in explanation.criteria if each.criterion.id == "INCL02")
    assert f"“{NOTE}”（英文原文）" in reason
    assert explanation.title.language == "en"


def test_a_text_that_has_changed_takes_no_old_translation(folder: Path) -> None:
    path = folder / "inclusion" / "INCL01_ecog_performance_status.yaml"
    written = path.read_text(encoding="utf-8")
    assert "title: ECOG performance status 0-2" in written
    path.write_text(written.replace("status 0-2", "status 0-1"), encoding="utf-8")

    title = explained(folder).criteria[0].title

    assert title == ("ECOG performance status 0-1", "en")


def test_a_trial_without_words_is_told_in_its_own(folder: Path) -> None:
    (folder / "words.zh.yaml").unlink()

    assert {each.title.language for each in explained(folder).criteria} == {"en"}


def test_a_broken_file_is_reported_with_its_place_when_it_is_asked_for(folder: Path) -> None:
    replace_words(folder, "- {en: left open}\n")
    trial = load_trial_folder(folder)

    with pytest.raises(CriteriaFilesError, match=r'words\.zh\.yaml:1:3: the key "zh" is missing'):
        trial.words.of("zh")


def test_words_are_read_once(folder: Path) -> None:
    words = load_trial_folder(folder).words
    first = words.of("zh")
    replace_words(folder, "- {en: left open, zh: 待定}\n")

    assert words.of("zh") is first
    assert words.of("fr") == {}
