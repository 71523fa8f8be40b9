"""An item of which a table only says that something is unknown is there all the same."""

from __future__ import annotations

from typing import Any

import pytest

from eligibility.dates import anchors
from eligibility.intake.columns import ColumnPlan
from eligibility.intake.fields import ANY_NUMBER, Shape, all_fields
from eligibility.patient.record import PatientRecord, read_record
from eligibility.patient.recorded import ABSENT_WORDS, Listing
from eligibility.protocol.library import load_trial
from eligibility.protocol.verdict import Verdict
from eligibility.screening.screen import Screener

_LABELS = ("unit", "source")
_PATHS = {note.path for note in all_fields()}
_NOTES = [note for note in all_fields() if f".{ANY_NUMBER}." in note.path]
_NEEDING_A_CODE = {note.path.partition(ANY_NUMBER)[0] for note in _NOTES if note.names_the_item}
"""An item without the code that it is about is refused anyway."""
_FIELDS = [
    note.path
    for note in _NOTES
    if note.shape is not Shape.LISTING
    and note.path.partition(ANY_NUMBER)[0] not in _NEEDING_A_CODE
    and note.path.rpartition(".")[2] not in _LABELS
]
_DATES = anchors("2026-11-21", planned_start="2026-12-01")


def read(cells: dict[str, str]) -> PatientRecord:
    plan = ColumnPlan.from_header(["screening_id", *cells])
    return read_record(plan.document(["P1", *cells.values()]))


@pytest.mark.parametrize("word", ["unknown", "不详", "pending"])
@pytest.mark.parametrize("path", _FIELDS)
def test_an_item_whose_only_cell_says_unknown_is_kept(path: str, word: str) -> None:
    listing = path.partition(f".{ANY_NUMBER}.")[0]
    said = {path.replace(ANY_NUMBER, "1"): word}
    if f"{listing}.complete" in _PATHS:
        said[f"{listing}.complete"] = "yes"

    part: Any = read(said)
    for step in listing.split("."):
        part = getattr(part, step)

    assert len(part.items if isinstance(part, Listing) else part) == 1


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener(load_trial(profile="atezolizumab_p1"))


@pytest.mark.parametrize("word", sorted(set(ABSENT_WORDS) - {""}))
@pytest.mark.parametrize(
    ("cells", "criterion"),
    [
        ({"allergies.1.substance": "", "allergies.complete": "yes"}, "EXCL07"),
        ({"treatments.1.agents": "", "treatments.complete": "yes"}, "INCL03"),
        ({"treatments.1.agents": "", "treatments.complete": "yes"}, "EXCL05"),
    ],
)
def test_an_unknown_item_of_a_complete_list_settles_nothing(
    cells: dict[str, str], criterion: str, word: str, screener: Screener
) -> None:
    said = {path: text or word for path, text in cells.items()}

    screening = screener.screen(read(said), _DATES)

    [result] = [each for each in screening.results if each.criterion.id == criterion]
    assert result.verdict is Verdict.UNKNOWN
