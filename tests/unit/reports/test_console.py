"""Pages for the terminal: everything is said, and no text of the chart is taken for a command."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console, RenderableType

from eligibility.dates import anchors
from eligibility.explanation import Explanation, explain
from eligibility.intake.template import describe, example_profile
from eligibility.patient.record import read_record
from eligibility.protocol.library import load_trial
from eligibility.reports.column_table import column_table
from eligibility.reports.console import page, summary_table
from eligibility.reports.trial_page import trial_page
from eligibility.screening.screen import Screener

SCREENER = Screener(load_trial(profile="atezolizumab_p1"))
MARKUP = "[bold red]X[/bold red] [/] [link=http://a.b]y[/link] :skull: \\[z"


def explained(document: dict[str, Any], start: str | None = "2026-12-01") -> Explanation:
    return explain(SCREENER.screen(read_record(document), anchors("2026-11-21", start)))


def printed(shown: RenderableType, width: int = 2000) -> str:
    """The text on a terminal without colours."""
    out = io.StringIO()
    Console(file=out, width=width, highlight=False, no_color=True).print(shown)
    return out.getvalue()


def example(**changed: object) -> dict[str, Any]:
    return {**example_profile(), **changed}


@pytest.mark.parametrize(
    ("changed", "colour"),
    [({}, "ELIGIBLE"), ({"sex": "male"}, "INELIGIBLE"), ({"ecog": None}, "UNDETERMINED")],
    ids=["eligible", "ineligible", "undetermined"],
)
def test_a_page_says_the_decision_first_and_every_criterion_in_the_protocols_words(
    changed: dict[str, object], colour: str
) -> None:
    text = printed(page(explained(example(**changed))))

    assert text.index(colour) < text.index("Every criterion")
    for criterion in SCREENER.trial.criteria:
        assert criterion.id in text
        assert criterion.text in text


def test_a_page_of_an_ineligible_patient_says_what_to_do() -> None:
    document = example(ecog=None)
    document["treatments"]["items"][0]["last_dose"] = "2026-11-15"

    text = printed(page(explained(document)))

    assert "EXCL05 Treatment within 3 weeks: passes by waiting, from 2026-12-07" in text
    assert "What is the ECOG performance status? [can settle INCL01" in text
    assert "not before 2026-12-07, held back by EXCL05; tests to repeat for it: INCL04" in text
    assert "treatments.items.0.last_dose = 2026-11-15" in text


def test_a_page_without_a_start_says_so() -> None:
    assert "planned start not known" in printed(page(explained(example(), start=None)))


def test_a_page_of_nothing_is_a_page() -> None:
    assert "UNDETERMINED" in printed(page(explained({})))


@pytest.mark.parametrize(
    "place",
    [
        pytest.param({"ecog": {"value": 1, "source": MARKUP}}, id="source"),
        pytest.param(
            {"treatments": [{"agents": ["paclitaxel", MARKUP], "last_dose": "2026-11-20"}]},
            id="agent",
        ),
        pytest.param(
            {"history": {"autoimmune": [{"code": "systemic_lupus", "source": MARKUP}]}}, id="item"
        ),
        pytest.param({"steroids": {"complete": True, "source": MARKUP}}, id="list"),
    ],
)
def test_markup_in_the_chart_is_text(place: dict[str, object]) -> None:
    assert MARKUP in printed(page(explained(example(**place))))


def test_markup_in_a_file_name_is_text() -> None:
    name = "[red]P[/red][/]"

    assert name in printed(summary_table([(name, explained(example()))]))


def test_a_summary_has_a_line_per_patient() -> None:
    rows = [
        ("A", explained(example())),
        ("B", explained(example(sex="male"))),
        ("C", explained({})),
    ]

    text = printed(summary_table(rows))

    assert "all pass" in text
    assert "INCL08" in text
    assert "and 13 more" in text


def test_a_trial_page_holds_every_text_and_every_reading_in_force() -> None:
    trial = load_trial(profile="shamrock_p3")

    text = printed(trial_page(trial))

    for criterion in trial.criteria:
        assert criterion.text in text
    for each in trial.interpretations.values():
        assert each.name in text
        assert each.question in text
    assert trial.rules_hash in text
    assert "shamrock_p3" in text


def test_every_column_is_described() -> None:
    notes = describe()

    text = printed(column_table(notes))

    assert all(note.column in text for note in notes)


@pytest.mark.parametrize("width", [40, 80, 140])
def test_a_page_fits_any_terminal(width: int) -> None:
    lines = printed(page(explained(example())), width).splitlines()

    assert max(map(len, lines)) <= width
