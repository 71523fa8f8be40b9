"""Receptors over all specimens: words, scores, hybridisation groups, disagreement."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from eligibility.findings.model import UnknownReason
from eligibility.intervals import Interval
from tests.naming import named

from .reading import exactly, find, why

CONFLICTING = UnknownReason.CONFLICTING
AMPLIFIED, NOT_AMPLIFIED = frozenset(["amplified"]), frozenset(["not_amplified"])
EQUIVOCAL = frozenset(["equivocal"])
POSITIVE = Interval(Decimal(1), Decimal(100))
NEGATIVE = Interval(Decimal(0), Decimal(1), high_open=True)


def of(*specimens: dict[str, Any]) -> dict[str, Any]:
    return {"specimens": list(specimens)}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (of({"er_percent": 0}), exactly("0")),
        (of({"er_percent": 1}), exactly("1")),
        (of({"er_percent": "<1"}), NEGATIVE),
        (of({"er_status": "positive"}), POSITIVE),
        (of({"er_status": "negative"}), NEGATIVE),
        (of({"er_percent": 80, "er_status": "positive"}), exactly("80")),
        (of({"er_percent": 0}, {"er_percent": 0}), exactly("0")),
        (of({"er_percent": 0}, {"er_percent": 90}), Interval(Decimal(0), Decimal(90))),
        (of({"er_percent": 0}, {"er_status": "positive"}), Interval(Decimal(0), Decimal(100))),
        (of({"er_percent": 5}, {"pr_percent": 3}), exactly("5")),
        (of({"er_percent": 5}, {"er_percent": "not done"}), exactly("5")),
    ],
    ids=named,
)
def test_the_oestrogen_receptor_is_what_any_specimen_shows(
    record: dict[str, Any], expected: Interval
) -> None:
    assert find("er_percent", record).value == expected


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({}, UnknownReason.NOT_RECORDED),
        (of({}), UnknownReason.NOT_RECORDED),
        (of({"er_percent": "pending"}), UnknownReason.PENDING),
        (of({"er_percent": 0, "er_status": "positive"}), CONFLICTING),
        (of({"er_percent": 80, "er_status": "negative"}), CONFLICTING),
        (of({"er_percent": 80}, {"er_percent": "conflicting"}), CONFLICTING),
    ],
    ids=named,
)
def test_why_the_oestrogen_receptor_is_unknown(
    record: dict[str, Any], reason: UnknownReason
) -> None:
    assert why(find("er_percent", record)) is reason


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (of({"her2_ihc": "0"}), exactly("0")),
        (of({"her2_ihc": "1-2+"}), Interval(Decimal(1), Decimal(2))),
        (of({"her2_ihc": "1+"}, {"her2_ihc": "3+"}), Interval(Decimal(1), Decimal(3))),
        (of({"her2_ihc": "3+", "her2_ish": "not_amplified"}), exactly("3")),
        (of({"her2_ihc": "2+", "her2_ish": "amplified"}), exactly("2")),
    ],
    ids=named,
)
def test_the_score_is_what_any_specimen_shows(record: dict[str, Any], expected: Interval) -> None:
    assert find("her2_ihc", record).value == expected


@pytest.mark.parametrize(
    "record",
    [
        of({"her2_ihc": "0", "her2_ish": "amplified"}),
        of({"her2_ihc": "1+", "her2_ratio": 2.5, "her2_copies": 8}),
        of({"her2_ihc": "0", "her2_ratio": 4}),
        of({"her2_ihc": "1+", "her2_ratio": "1.8-2.2"}),
        of({"her2_ihc": "1+", "her2_copies": 5}),
        of({"her2_ihc": "1+", "her2_ratio": 1.5, "her2_copies": "5-7"}),
        of({"her2_ihc": "0", "her2_ratio": 2.5, "her2_copies": 7, "her2_ish": "not amplified"}),
        of({"her2_ihc": "0", "her2_ratio": 1.2, "her2_copies": 2, "her2_ish": "amplified"}),
    ],
    ids=named,
)
def test_a_negative_stain_beside_a_gene_that_may_be_amplified_is_a_conflict(
    record: dict[str, Any],
) -> None:
    assert why(find("her2_ihc", record)) is CONFLICTING


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param({"her2_ratio": 1.5}, id="a low ratio alone"),
        pytest.param({"her2_copies": 3}, id="few copies alone"),
        pytest.param({"her2_ratio": 1.5, "her2_copies": 3}, id="group 5"),
        pytest.param({"her2_ratio": 1.5, "her2_copies": 5}, id="group 4"),
        pytest.param({"her2_ratio": 2.5, "her2_copies": 3}, id="group 2"),
        pytest.param({"her2_ratio": 2.5, "her2_ish": "not amplified"}, id="the final word"),
        pytest.param({"her2_copies": 3, "her2_ish_method": "ngs", "her2_ish": "not amplified"},
                     id="sequencing"),
    ],
)  # fmt: skip
def test_a_negative_stain_stands_beside_a_gene_that_is_not_amplified(
    numbers: dict[str, Any],
) -> None:
    assert find("her2_ihc", of({"her2_ihc": "1+"} | numbers)).value == exactly("1")


@pytest.mark.parametrize(
    ("ratio", "copies", "expected"),
    [
        pytest.param("2.0", "4.0", AMPLIFIED, id="group 1 at both limits"),
        pytest.param("2.0", "3.9", EQUIVOCAL, id="group 2"),
        pytest.param("1.9", "6.0", AMPLIFIED, id="group 3 at its limit"),
        pytest.param("1.9", "5.9", EQUIVOCAL, id="group 4 below 6"),
        pytest.param("1.9", "4.0", EQUIVOCAL, id="group 4 at 4"),
        pytest.param("1.9", "3.9", NOT_AMPLIFIED, id="group 5"),
        pytest.param("0", "0", NOT_AMPLIFIED, id="zero is a value"),
        pytest.param("1.8-2.2", "3", EQUIVOCAL | NOT_AMPLIFIED, id="ratio across its limit"),
        pytest.param("1.5", "3-5", EQUIVOCAL | NOT_AMPLIFIED, id="copies across 4"),
        pytest.param("1.5", "5-7", AMPLIFIED | EQUIVOCAL, id="copies across 6"),
        pytest.param(None, "6", AMPLIFIED, id="six copies suffice"),
        pytest.param("2.5", None, AMPLIFIED | EQUIVOCAL, id="a high ratio alone does not"),
        pytest.param("1.5", None, AMPLIFIED | EQUIVOCAL | NOT_AMPLIFIED, id="nor a low one"),
    ],
)
def test_hybridisation_by_ratio_and_copies(
    ratio: str | None, copies: str | None, expected: frozenset[str]
) -> None:
    assert find("her2_ish", of({"her2_ratio": ratio, "her2_copies": copies})).value == expected


@pytest.mark.parametrize(
    ("specimen", "expected"),
    [
        ({"her2_ish": "positive"}, AMPLIFIED),
        ({"her2_ish": "non-amplified"}, NOT_AMPLIFIED),
        ({"her2_ish": "not amplified", "her2_ratio": 2.3, "her2_copies": 3.1}, NOT_AMPLIFIED),
        ({"her2_ish": "not amplified", "her2_ratio": 1.2, "her2_copies": 5}, NOT_AMPLIFIED),
        ({"her2_ish": "amplified", "her2_ish_method": "cish"}, AMPLIFIED),
    ],
    ids=named,
)
def test_the_final_word_of_a_report_stands(
    specimen: dict[str, Any], expected: frozenset[str]
) -> None:
    assert find("her2_ish", of(specimen)).value == expected


@pytest.mark.parametrize(
    "specimen",
    [
        {"her2_ish": "not amplified", "her2_ratio": 2.3, "her2_copies": 7},
        {"her2_ish": "not amplified", "her2_copies": 6},
        {"her2_ish": "amplified", "her2_ratio": 1.2, "her2_copies": 2},
    ],
    ids=named,
)
def test_a_word_that_no_group_allows_is_a_conflict(specimen: dict[str, Any]) -> None:
    assert why(find("her2_ish", of(specimen))) is CONFLICTING


def test_specimens_that_disagree_leave_both_results_possible() -> None:
    record = of({"her2_ish": "amplified"}, {"her2_ish": "not amplified"})

    assert find("her2_ish", record).value == AMPLIFIED | NOT_AMPLIFIED


def test_sequencing_is_no_hybridisation() -> None:
    finding = find("her2_ish", of({"her2_ish": "not amplified", "her2_ish_method": "ngs"}))

    assert why(finding) is UnknownReason.NEEDS_JUDGEMENT


def test_a_test_that_was_not_done_is_no_negative_test() -> None:
    assert why(find("her2_ish", of({"her2_ish": "not performed"}))) is UnknownReason.NOT_RECORDED


def test_a_word_for_her2_without_a_score_is_only_a_word() -> None:
    record = of({"her2_status": "negative"})

    assert find("her2_word", record).value == frozenset(["negative"])
    assert why(find("her2_ihc", record)) is UnknownReason.NOT_RECORDED


def test_evidence_names_the_fields_of_every_specimen_that_counts() -> None:
    finding = find("er_percent", of({"er_percent": 1}, {"er_status": "positive"}, {}))

    assert finding.fields == ("specimens.0.er_percent", "specimens.1.er_status")
