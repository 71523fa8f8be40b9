"""What an allergy is to: the recorded kind beside what the name of the substance says."""

from __future__ import annotations

import pytest

from eligibility.findings.allergens import kinds_of
from eligibility.findings.model import Finding, UnknownReason
from tests.unit.findings.reading import find_in

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


def kind(substance: str, recorded: str | None = None) -> Finding:
    """What a single allergy is to."""
    allergy = {"substance": substance} | ({"kind": recorded} if recorded else {})
    return find_in("allergy", "kind", {"allergies": [allergy]})


@pytest.mark.parametrize("recorded", [None, "unspecified_drug"])
@pytest.mark.parametrize(
    ("substance", "kinds"),
    [
        ("isotretinoin", {"retinoid"}),
        ("Isotretinoin (rash)", {"retinoid"}),
        ("isotretinoin: severe rash 2019", {"retinoid"}),
        ("isotretinoin - hives", {"retinoid"}),
        ("rash on vitamin A capsules", {"retinoid"}),
        ("all trans retinoic acid", {"retinoid"}),
        ("异维A酸胶囊（皮疹）", {"retinoid"}),
        ("对异维A酸过敏", {"retinoid"}),
        ("Keytruda® 200 mg q3w (infusion-related reaction, grade 3)", {ANTIBODY}),
        ("pembrolizumab (Keytruda)", {ANTIBODY}),
        ("pembrolizumab + trastuzumab", {ANTIBODY}),
        ("利妥昔单抗", {ANTIBODY}),
        ("paclitaxel 80 mg/m2", {CHEMOTHERAPY}),
    ],
)
def test_a_substance_that_is_nothing_but_its_name_says_the_kind(
    substance: str, kinds: set[str], recorded: str | None
) -> None:
    found = kind(substance, recorded)

    assert found == Finding(frozenset(kinds), ("allergies.items.0.substance",))


@pytest.mark.parametrize("recorded", [None, "unspecified_drug"])
@pytest.mark.parametrize(
    "substance",
    [
        "nuts (no reaction to pembrolizumab)",
        "isotretinoin or doxycycline, not known which",
        "mother: isotretinoin",
        "not vitamin A",
        "isotretinoin?",
        "isotretinoin (-)",
        "isotretinoin (tolerated)",
        "isotretinoin (skin test negative)",
        "isotretinoin (rash in a sister)",
        "isotretinoin, rash grade 0",
        "no isotretinoin",
        "isotretinoin, penicillin",
        "vitamin A and D",
        "anti-pembrolizumab",
        "solvent of paclitaxel",
        "hives, on isotretinoin",
        "无异维A酸过敏史",
        "异维A酸（可疑）",
    ],
)
def test_a_name_within_other_words_leaves_the_kind_to_be_judged(
    substance: str, recorded: str | None
) -> None:
    found = kind(substance, recorded)

    assert (found.value, found.reason) == (None, UnknownReason.NEEDS_JUDGEMENT)
    assert found.note
    assert found.fields == ("allergies.items.0.kind", "allergies.items.0.substance")


def test_two_allergies_of_different_kinds_in_one_entry_are_open_between_them() -> None:
    """The finding is one kind of several; it cannot say that both are meant."""
    assert kind("pembrolizumab, paclitaxel").value == frozenset((ANTIBODY, CHEMOTHERAPY))


@pytest.mark.parametrize("substance", ["isotretinoin", "nuts (no reaction to isotretinoin)"])
def test_a_name_anywhere_disputes_a_kind_it_does_not_fit(substance: str) -> None:
    assert kind(substance, "unrelated").reason is UnknownReason.CONFLICTING
    assert kind(substance, "retinoid").value == frozenset(("retinoid",))
    assert kind(substance, "excipient").value == frozenset(("excipient",))


def test_a_substance_without_a_known_name_says_nothing() -> None:
    assert kind("penicillin").reason is UnknownReason.NOT_RECORDED
    assert kind("penicillin", "unrelated").value == frozenset(("unrelated",))
