"""Errors say what, where and what to do."""

from __future__ import annotations

import pytest

from eligibility.errors import (
    AnchorError,
    CriteriaError,
    EligibilityError,
    EngineFault,
    Fault,
    Location,
    RecordError,
    did_you_mean,
)


@pytest.mark.parametrize(
    ("location", "text"),
    [
        (Location(), ""),
        (Location("file.json"), "file.json"),
        (Location("trial.yaml", 3), "trial.yaml:3"),
        (Location("trial.yaml", 3, 7), "trial.yaml:3:7"),
        (Location("table.csv", 3, path="ecog"), "table.csv:3, ecog"),
        (Location(path="ecog"), "ecog"),
    ],
)
def test_a_location_is_written_as_editors_read_it(location: Location, text: str) -> None:
    assert str(location) == text


def test_an_error_says_where_what_and_what_to_do() -> None:
    error = EligibilityError("wrong", location=Location("a.json", path="ecog"), hint="write 0 to 5")

    assert str(error) == "a.json, ecog: wrong (write 0 to 5)"
    assert str(EligibilityError("wrong")) == "wrong"


@pytest.mark.parametrize(
    ("kind", "code"),
    [(AnchorError, "anchors_invalid"), (CriteriaError, "criteria_invalid"),
     (EngineFault, "engine_fault"), (EligibilityError, "error")],
)  # fmt: skip
def test_every_error_has_a_code_that_can_be_made_more_precise(
    kind: type[EligibilityError], code: str
) -> None:
    assert kind("wrong").code == code
    assert kind("wrong", code="precise").code == "precise"
    assert issubclass(kind, EligibilityError)


def test_an_error_of_a_record_tells_the_first_fault_and_counts_the_others() -> None:
    faults = [Fault("ecog", "x", "wrong", "write 0 to 5"), Fault("sex", "y", "wrong too")]

    error = RecordError(faults, source="a.json")

    assert str(error) == "a.json, ecog: wrong (and 1 more) (write 0 to 5)"
    assert [str(fault) for fault in error.faults] == [
        "ecog: wrong (write 0 to 5)",
        "sex: wrong too",
    ]


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("atmost", ["at_most", "at_least"], 'did you mean "at_most"?'),
        ("zzz", ["b", "a"], "use one of: a, b"),
        ("zzz", [f"w{number}" for number in range(13)], None),
        ("", [], None),
    ],
)
def test_a_hint_names_the_closest_word_else_a_short_vocabulary(
    word: str, known: list[str], hint: str | None
) -> None:
    assert did_you_mean(word, known) == hint
