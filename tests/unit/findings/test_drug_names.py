"""Drugs as charts name them: trade mark, dose, brand in brackets, several in one entry, in Chinese."""

from __future__ import annotations

import pytest

from eligibility.findings.agents import agent_list, classes_named

CHECKPOINT, CHEMOTHERAPY = "checkpoint_inhibitor", "chemotherapy"


@pytest.mark.parametrize(
    ("written", "classes"),
    [
        ("Keytruda®", [CHECKPOINT]),
        ("Taxol™", [CHEMOTHERAPY]),
        ("Keytruda 200 mg", [CHECKPOINT]),
        ("trastuzumab deruxtecan 5.4 mg/kg", ["antibody_drug_conjugate"]),
        ("5-FU 500mg/m2", [CHEMOTHERAPY]),
        ("nab paclitaxel", [CHEMOTHERAPY]),
        ("ＰＤ－１ inhibitor", [CHECKPOINT]),
        ("pembrolizumab (Keytruda)", [CHECKPOINT]),
        ("carboplatin/gemcitabine", [CHEMOTHERAPY]),
        ("Tecentriq + Abraxane", [CHECKPOINT, CHEMOTHERAPY]),
        ("Keytruda、Abraxane", [CHECKPOINT, CHEMOTHERAPY]),
        ("doxorubicin and cyclophosphamide", [CHEMOTHERAPY, CHEMOTHERAPY]),
        ("特瑞普利单抗 240mg", [CHECKPOINT]),
        ("紫杉醇联合卡铂", [CHEMOTHERAPY, CHEMOTHERAPY]),
    ],
)
def test_a_drug_is_known_as_charts_write_it(written: str, classes: list[str]) -> None:
    assert list(classes_named(written)) == classes


@pytest.mark.parametrize(
    ("written", "classes"),
    [
        ("XYZ-123", [None]),
        ("no pembrolizumab", [None]),
        ("pembrolizumab?", [None]),
        ("pembrolizumab/placebo", [None]),  # one of them, and nobody says which
        ("paclitaxel/pembrolizumab", [None]),
        ("paclitaxel (in trial ABC)", [None]),
        ("pembrolizumab + XYZ-123", [CHECKPOINT, None]),
        ("+", [None]),
        ("200 mg", [None]),
    ],
)
def test_what_is_not_surely_on_the_list_is_open(written: str, classes: list[str | None]) -> None:
    assert list(classes_named(written)) == classes


def test_every_name_of_the_list_is_found_by_itself() -> None:
    assert {name: classes_named(name) for name in agent_list().classes} == {
        name: (kind,) for name, kind in agent_list().classes.items()
    }
