"""Figures say what was counted: golden numbers of the examples, and drawings that stay drawings."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from inline_snapshot import snapshot

from eligibility.batch import run_batch
from eligibility.intake.mapping import read_mapping
from eligibility.protocol.library import load_trial
from eligibility.reports.batch_facts import MOST_QUESTIONS, BatchFacts, run_of
from eligibility.reports.drawing import png_of, svg_of, width_of
from eligibility.reports.facts_of_results import read_facts
from eligibility.reports.figures import MOST_SHOWN, Figure, figures
from eligibility.screening.screen import Screener
from eligibility.wording import Language
from tests.unit.reports.batches import PASS, UNKNOWN, facts_of, row

EXAMPLES = Path(__file__).parents[3] / "examples"
AS_OF, START = "2026-11-21", "2026-12-01"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BatchFacts]:
    trial, out = load_trial(profile="atezolizumab_p1"), tmp_path_factory.mktemp("examples") / "out"
    run_batch(
        EXAMPLES / "patients.csv",
        out,
        screener=Screener(trial),
        as_of=AS_OF,
        planned_start=START,
    )
    run = run_of(trial, table="patients.csv", as_of=AS_OF, planned_start=START)
    with read_facts(out / "results.csv", run) as facts:
        yield facts


@pytest.fixture(scope="module")
def real_patients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BatchFacts]:
    trial, out = load_trial(), tmp_path_factory.mktemp("tcga") / "out"
    run_batch(
        EXAMPLES / "tcga_brca" / "patients.tsv",
        out,
        screener=Screener(trial),
        as_of=None,
        planned_start=None,
        mapping=read_mapping(EXAMPLES / "tcga_brca" / "mapping.yaml"),
    )
    run = run_of(trial, table="patients.tsv", as_of=None, planned_start=None)
    with read_facts(out / "results.csv", run) as facts:
        yield facts


def drawn(name: str, facts: BatchFacts, language: Language = "en") -> Figure:
    return next(figure for figure in figures(facts, language) if figure.name == name)


def test_the_examples_lose_one_patient_to_each_of_five_criteria(examples: BatchFacts) -> None:
    figure = drawn("attrition", examples)

    assert figure.columns == (
        "criterion",
        "entering",
        "lost",
        "left",
        "of these undetermined",
        "fail it by itself",
    )
    assert [line for line in figure.rows if line[2]] == snapshot(
        [
            ("INCL01", 14, 1, 13, 1, 1),
            ("INCL02", 13, 1, 12, 3, 1),
            ("INCL04", 12, 1, 11, 4, 1),
            ("INCL08", 11, 1, 10, 4, 1),
            ("EXCL05", 10, 1, 9, 6, 1),
        ]
    )
    assert figure.reading.startswith(
        "Of 14 patients 9 fail no criterion, and 6 of these are undetermined."
    )


def test_the_examples_by_verdict(examples: BatchFacts) -> None:
    assert drawn("verdicts", examples).rows[:6] == snapshot(
        (
            ("INCL02", 1, 3, 10),
            ("INCL04", 1, 2, 11),
            ("EXCL05", 1, 2, 11),
            ("INCL01", 1, 1, 12),
            ("INCL08", 1, 0, 13),
            ("EXCL02", 0, 2, 12),
        )
    )


def test_the_examples_by_what_is_open(examples: BatchFacts) -> None:
    assert drawn("open_criteria", examples).rows[:3] == snapshot(
        (("INCL02", 3), ("INCL04", 2), ("EXCL02", 2))
    )
    assert drawn("next_questions", examples).rows == snapshot(
        (
            ("Are all steroids, now and in the past, listed?", 1),
            (
                "INCL02: the protocol leaves this open: exactly 1 % is neither more nor less than 1 %; "
                "both kinds may enter, so only the kind is in doubt",
                1,
            ),
            (
                "Is she of childbearing potential, post-menopausal or surgically sterile?",
                1,
            ),
            ("Treatment 1: On which day was it given last, or is it still going on?", 1),
            ("What did FISH or CISH for HER2 show?", 1),
            (
                "What is the latest absolute neutrophil count, in which unit, and when was the sample taken?",
                1,
            ),
        )
    )


def test_what_the_examples_would_gain(examples: BatchFacts) -> None:
    assert drawn("gain", examples).rows == snapshot(
        (
            ("INCL02", 1, 2, 0),
            ("INCL04", 1, 1, 0),
            ("EXCL05", 1, 1, 0),
            ("INCL01", 1, 0, 0),
            ("INCL08", 1, 0, 0),
        )
    )


def test_who_of_the_examples_waits(examples: BatchFacts) -> None:
    assert [cells[:2] for cells in examples.queue] == snapshot(
        [("2026-12-09", "SYN-07"), ("2026-12-13", "SYN-08")]
    )


def test_real_patients_by_figure(real_patients: BatchFacts) -> None:
    assert drawn("attrition", real_patients).rows[1] == snapshot(("INCL02", 122, 33, 89, 89, 33))
    assert drawn("verdicts", real_patients).rows[:3] == snapshot(
        (("INCL02", 33, 83, 6), ("INCL08", 12, 3, 107), ("EXCL04", 3, 119, 0))
    )
    assert drawn("next_questions", real_patients).rows == snapshot(
        (
            ("Are all treatments of the cancer listed?", 66),
            ("Is she of childbearing potential, post-menopausal or surgically sterile?", 30),
            ("What is the ECOG performance status?", 14),
        )
    )
    assert drawn("gain", real_patients).rows == snapshot(
        (("INCL02", 0, 0, 28), ("INCL08", 0, 0, 7), ("EXCL04", 0, 0, 3))
    )
    assert (len(real_patients.near_misses), len(real_patients.queue)) == snapshot((38, 0))


def test_every_row_adds_up_to_the_patients_screened(real_patients: BatchFacts) -> None:
    for _, *counts in drawn("verdicts", real_patients).rows:
        assert sum(map(int, counts)) == 122


def test_no_label_of_a_criterion_is_cut(examples: BatchFacts) -> None:
    labels = {f"{name} {title}" for name, title in examples.run.titles.items()}

    for figure in (drawn(name, examples) for name in ("attrition", "verdicts", "gain")):
        words = [text.text or "" for text in figure.drawing.iter("text")]
        pairs = {" ".join(pair) for pair in pairwise(words)}
        shown = {name.split()[0] for name in labels if name in pairs | set(words)}
        assert not [word for word in words if "…" in word]
        assert shown == {row[0] for row in figure.rows}


def test_a_criterion_is_undetermined_and_never_open(examples: BatchFacts) -> None:
    names = ("attrition", "verdicts", "open_criteria", "gain")
    figures_of = [drawn(name, examples) for name in names]

    for figure in figures_of:
        words = " ".join(text.text or "" for text in figure.drawing.iter("text"))
        told = f"{words} {figure.title} {figure.reading} {' '.join(figure.columns)}"
        assert "open" not in told.split()


def test_the_bars_are_as_long_as_the_counts() -> None:
    figure = drawn("verdicts", facts_of(row("P1", "fpp"), row("P2", "fpp"), row("P3", "upp")))

    bars = [r for r in figure.drawing.iter("rect") if r.get("height") == "18"]
    [failed, still_open, *passed] = [float(r.get("width", "0")) for r in bars]
    assert [r.get("class") for r in bars] == ["fail", "unknown", "pass", "pass"]
    assert failed == pytest.approx(2 * still_open, abs=0.2)
    assert passed == pytest.approx([failed + still_open] * 2, abs=0.2)


def test_rare_questions_are_summed_up_so_that_memory_and_figure_stay_small() -> None:
    facts = facts_of()
    facts.count((UNKNOWN, PASS, PASS), row("P", "upp").decision, "common?", patients=5)
    for number in range(MOST_QUESTIONS + 20):
        facts.add(row(f"P{number}", "upp", f"question {number:05}?"))

    figure = drawn("next_questions", facts)

    assert len(facts.questions) == MOST_QUESTIONS
    assert figure.rows[0] == ("common?", 5)
    assert len(figure.rows) == MOST_SHOWN + 1
    assert sum(int(count) for _, count in figure.rows) == MOST_QUESTIONS + 20 + 5


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(facts_of(), id="empty table"),
        pytest.param(facts_of(row("P1", "fuf")), id="one row"),
        pytest.param(facts_of(row("P1", "ppp"), row("P2", "ppp")), id="all eligible"),
        pytest.param(facts_of(row("P1", "upp", "<b>&\x00\u202e 中 \ud800")), id="hostile question"),
    ],
)
def test_every_figure_is_valid_svg_and_png_for(facts: BatchFacts) -> None:
    for figure in figures(facts):
        svg = svg_of(figure.drawing)

        root = ET.fromstring(svg)  # noqa: S314 - our own drawing
        assert root.tag == f"{SVG}svg"
        assert {child.tag for child in root} <= {
            f"{SVG}{tag}" for tag in ("title", "desc", "defs", "rect", "text")
        }
        assert root.findtext(f"{SVG}desc") == figure.reading
        assert png_of(svg).startswith(b"\x89PNG\r\n\x1a\n")


def test_the_same_counts_give_the_same_bytes() -> None:
    one, other = (drawn("attrition", facts_of(row("P1", "fpu"))).drawing for _ in range(2))

    assert svg_of(one) == svg_of(other)
    assert png_of(svg_of(one)) == png_of(svg_of(other))


def test_groups_of_equal_rows_count_like_the_rows_one_by_one() -> None:
    rows = [row("P1", "fpu", "ask"), row("P2", "fpu", "ask"), row("P3", "ppu")]
    grouped = facts_of()
    grouped.count(rows[0].verdicts, rows[0].decision, "ask", patients=2)
    grouped.count(rows[2].verdicts, rows[2].decision)

    one_by_one = facts_of(*rows)

    assert [f.rows for f in figures(grouped)] == [f.rows for f in figures(one_by_one)]


@pytest.mark.parametrize("screened", [1, 4, 14, 122, 999, 10_090_640])
def test_numbers_on_an_axis_are_round_and_never_touch(screened: int) -> None:
    facts = facts_of()
    facts.count((PASS, PASS, PASS), row("P", "ppp").decision, patients=screened)

    drawing = drawn("verdicts", facts).drawing

    ticks = [t for t in drawing.iter("text") if t.get("class") == "soft"]
    places = [float(t.get("x", "0")) for t in ticks]
    widths = [width_of(t.text or "", 11) for t in ticks]
    assert len(ticks) >= 2
    assert ticks[0].text == "0"
    for left, right in zip(range(len(ticks)), range(1, len(ticks)), strict=False):
        assert places[right] - places[left] > (widths[left] + widths[right]) / 2


def test_a_sign_that_the_font_lacks_is_a_box_and_not_a_gap() -> None:
    facts = [facts_of(row("P", "upp", question)) for question in ("中", "□", " ")]

    chinese, box, gap = (png_of(svg_of(drawn("next_questions", each).drawing)) for each in facts)

    assert chinese == box
    assert chinese != gap
