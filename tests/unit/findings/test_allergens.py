"""What an allergy is to: the recorded kind beside what the name of the substance says."""

from __future__ import annotations

import pytest

from eligibility.findings.allergens import kinds_of

ANTIBODY, CHEMOTHERAPY = "monoclonal_antibody", "chemotherapy_drug"


@pytest.mark.parametrize(
    ("substance", "kinds"),
    [
        ("Isotretinoin", {"retinoid"}),
        ("rash on vitamin A capsules", {"retinoid"}),
        ("异维A酸", {"retinoid"}),
        ("Keytruda (infusion reaction)", {ANTIBODY}),
        ("trastuzumab", {ANTIBODY}),
        ("trastuzumab deruxtecan", {ANTIBODY, CHEMOTHERAPY}),
        ("nab-paclitaxel", {CHEMOTHERAPY}),
        ("penicillin", set()),
        ("vitamin A1c", set()),
        ("", set()),
    ],
)
def test_a_substance_is_known_by_a_name_in_it(substance: str, kinds: set[str]) -> None:
    assert kinds_of(substance) == kinds
