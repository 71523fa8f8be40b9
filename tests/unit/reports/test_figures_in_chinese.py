"""The figures of a batch in Chinese: the same numbers, no English left, and no label that is cut or runs over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from eligibility.batch import run_batch
from eligibility.dates import anchors
from eligibility.explanation import explain
from eligibility.intake.patients import PatientRow, open_patients
from eligibility.protocol.library import load_trial
from eligibility.reports.batch_facts import BatchFacts, run_of
from eligibility.reports.batch_report import write_reports
from eligibility.reports.drawing import cut, svg_of, width_of, wrapped
from eligibility.reports.facts_of_results import read_facts
from eligibility.reports.figures import figures
from eligibility.screening.screen import Screener
from eligibility.wording.questions import question_in
from tests.unit.reports.batches import facts_of, row

TABLE = Path(__file__).parents[3] / "examples" / "patients.csv"
TRIAL = load_trial(profile="atezolizumab_p1")
SCREENER = Screener(TRIAL)
AS_OF, START = "2026-11-21", "2026-12-01"
# Names that Chinese writes like this too: ids, tests, scores.
NAMES = r"(INCL|EXCL)\d\d|ECOG|HER2|FISH|CISH|CNS|ER|PR|IHC|TNBC|HR|AST|ALT|ULN|NYHA|RECIST|Luminal|verdicts-only"


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BatchFacts]:
    out = tmp_path_factory.mktemp("examples") / "out"
    run_batch(TABLE, out, screener=SCREENER, as_of=AS_OF, planned_start=START)
    run = run_of(TRIAL, table="patients.csv", as_of=AS_OF, planned_start=START)
    with read_facts(out / "results.csv", run) as found:
        yield found


def test_they_count_the_same(facts: BatchFacts) -> None:
    for english, chinese in zip(figures(facts), figures(facts, "zh"), strict=True):
        assert (english.name, len(english.columns)) == (chinese.name, len(chinese.columns))
        assert [line[1:] for line in english.rows] == [line[1:] for line in chinese.rows]


@pytest.mark.parametrize("verdicts_only", [True, False])
def test_no_english_is_left(facts: BatchFacts, *, verdicts_only: bool) -> None:
    empty = facts_of(
        of=run_of(TRIAL, table="t", as_of=None, planned_start=None, verdicts_only=verdicts_only)
    )
    for figure in [*figures(facts, "zh"), *figures(empty, "zh")]:
        texts = [each.text or "" for each in figure.drawing.iter()]
        told = " ".join([*texts, figure.title, figure.reading, *figure.columns])

        assert re.findall("[A-Za-z]{2,}", re.sub(NAMES, "", told)) == []
        assert figure.drawing.get("lang") == "zh-Hans"


def test_a_title_without_translation_stays_as_it_is() -> None:
    assert "Title of INCL01" in svg_of(figures(facts_of(row("P1", "fpp")), "zh")[1].drawing)


def test_no_label_is_cut_or_runs_over(facts: BatchFacts) -> None:
    for figure in figures(facts, "zh"):
        for text in figure.drawing.iter("text"):
            assert "…" not in (text.text or "")
            if text.get("text-anchor") == "start":
                end = float(text.get("x", "0")) + width_of(
                    text.text or "", int(text.get("font-size", "12"))
                )
                assert end <= 900


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    write_reports(tmp_path, facts_of(row("P1", "upp", "</text><script>x</script>\u202e 中")))

    drawn = (tmp_path / "figures" / "next_questions.zh.svg").read_text(encoding="utf-8")

    assert "<script" not in drawn
    assert "\u202e" not in drawn
    assert "&lt;/text&gt;" in drawn


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("短文", ["短文"]),
        ("既往治疗的洗脱期与时间窗", ["既往治疗的洗脱", "期与时间窗"]),
        ("既往治疗的洗脱，期与时间窗", ["既往治疗的洗", "脱，期与时间窗"]),
        ("既往（治疗的洗脱期", ["既往（治疗的洗", "脱期"]),
        ("既往治疗的洗（脱期）", ["既往治疗的洗", "（脱期）"]),
        ("ten letters here", ["ten letters", "here"]),
        ("INCL02 疾病与受体状态", ["INCL02 疾病与", "受体状态"]),
    ],
)  # fmt: skip
def test_lines_of_chinese_end_between_signs(words: str, lines: list[str]) -> None:
    assert wrapped(words, width_of("x" * 14)) == lines


def test_chinese_is_cut_by_its_width() -> None:
    assert cut("既往治疗的洗脱期", width_of("x" * 9)) == "既往治疗…"


def test_every_question_of_the_examples_is_found_again() -> None:
    """A question of the results is told as the explanation in Chinese asks it."""
    translations = TRIAL.words.of("zh")
    asked = 0
    with open_patients(TABLE) as patients:
        for patient in patients:
            assert isinstance(patient, PatientRow)
            screening = SCREENER.screen(patient.record, anchors(AS_OF, None))
            both = (explain(screening, language).questions for language in ("en", "zh"))
            for english, chinese in zip(*both, strict=True):
                asked += 1
                assert question_in("zh", english.text, translations) == (chinese.text, "zh")
    assert asked > 30


def test_a_question_that_is_not_known_stays_as_it_was_written() -> None:
    for written in (
        "What is this?",
        "Lesion 2: what?",
        "INCL01: the protocol leaves this open: hm",
    ):
        assert question_in("zh", written, {}) == (written, "en")
