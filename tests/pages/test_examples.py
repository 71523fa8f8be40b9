"""The three patients of the first page are what it says of them, and come with an installed service."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from api.pages import example_patients
from api.pages.example_patients import AS_OF, EXAMPLES, PLANNED_START, example_patient
from api.pages.wording import has_words
from eligibility.dates import anchors
from eligibility.patient.record import read_record
from eligibility.protocol.verdict import Decision
from eligibility.screening.screen import Screener

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = {
    "likely_eligible": Decision.ELIGIBLE,
    "wait_for_washout": Decision.INELIGIBLE,
    "thin_chart": Decision.UNDETERMINED,
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_decided_as_it_is_shown(reference: Screener, name: str) -> None:
    record = read_record(example_patient(name))

    screening = reference.screen(record, anchors(as_of=AS_OF, planned_start=PLANNED_START))

    assert screening.decision is DECISIONS[name]
    assert has_words(f"start.example.{name}.text")


def test_there_are_no_others() -> None:
    with pytest.raises(KeyError):
        example_patient("../../pyproject")


def test_an_installed_service_has_them_where_it_looks() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    places = wheel["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]

    assert places["examples/patients"] == "api/example_patients"
    assert example_patients._PACKAGE == ROOT / "api"
    assert all((ROOT / "examples" / "patients" / f"{name}.json").is_file() for name in EXAMPLES)
