"""The worked example that explains criterion files is one: it loads, and its case is right."""

from __future__ import annotations

import re
from pathlib import Path

from eligibility.intervals import OPERATORS
from eligibility.protocol.library import trial_folder
from eligibility.screening.cases import CaseRunner

README = trial_folder("NCT06731140").parent / "README.md"
TRIAL = """
id: NCT00000000
title: One criterion
source: the page that explains criterion files
case_dates: {as_of: "2026-01-05", planned_start: "2026-01-15"}
criteria: [exclusion/EXCL05_washout.yaml]
"""


def test_the_example_of_the_page_loads_and_its_case_is_right(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    folder = tmp_path / "nct00000000"
    (folder / "exclusion").mkdir(parents=True)
    (folder / "exclusion" / "EXCL05_washout.yaml").write_text(example[1], encoding="utf-8")
    (folder / "trial.yaml").write_text(TRIAL, encoding="utf-8")

    found = [(each.name, each.complaint) for each in CaseRunner(folder).run()]

    assert found == [("Chemotherapy 20 days before the start", None)]


def test_the_page_names_every_operator() -> None:
    page = README.read_text(encoding="utf-8")

    missing = [each for each in (*OPERATORS, "is", "one_of", "includes") if f"`{each}" not in page]

    assert missing == []
