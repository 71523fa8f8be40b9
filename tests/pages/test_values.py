"""Values found as the pages say them: with their unit once, and without where the title says it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from api.pages.language import written_value
from eligibility.evidence import Evidence
from tests.api.callers import PATIENT
from tests.pages.log_entries import screened
from tests.pages.visitor import Visitor

RANGE = [{**PATIENT["specimens"][0], "er_percent": "1-10 %"}]
ASKED = {**PATIENT, "ecog": {"value": 1}, "specimens": RANGE}


@pytest.mark.parametrize(
    ("value", "unit", "language", "text"),
    [("1-10 %", "%", "en", "1-10 %"), ("90", "%", "en", "90 %"), ("1", "ECOG grade", "en", "1"),
     ("2+", "IHC score", "en", "2+"), ("54", "years", "zh", "54岁"), ("24", "mm", "zh", "24 mm"),
     ("yes", None, "en", "yes")],
)  # fmt: skip
def test_a_unit_is_said_once_or_not_at_all(
    value: str, unit: str | None, language: Any, text: str
) -> None:
    evidence = Evidence("somewhere", value, unit, None, None)

    assert written_value(evidence, language) == text
    assert written_value(evidence._asdict(), language) == text


def test_the_entry_and_the_patient_page_say_the_same(anna: Visitor) -> None:
    number = screened(anna, ASKED)

    entry = anna.open(f"/log-book/{number}").text
    form = {"as_of": "2026-11-21", "ecog": "1", "specimens.1.er_percent": "1-10 %"}
    patient = anna.send("/patient/answer", form).text

    cells = re.findall(r"<td><code>(\w[^<]*)</code></td><td>([^<]*)</td>", entry)
    said = dict(cells)
    assert said["ecog"] == "1"
    assert said["specimens.0.er_percent"] == "1-10 %"
    assert "1-10 % %" not in patient
    assert "1-10 %" in patient
