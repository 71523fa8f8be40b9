"""Whole records: faults with their places, clocks, round trips, and records reduced to some fields."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from pydantic import ValidationError

from eligibility.errors import RecordError
from eligibility.intake.template import example_profile
from eligibility.patient.record import (
    MAX_DOCUMENT_BYTES,
    PatientRecord,
    read_record,
    read_record_json,
)
from eligibility.patient.restriction import only, recorded_fields, without
from eligibility.testing import random_document

CANARY = "Canary-Jane-Doe-1961"


def faults(document: object) -> list[tuple[str, str]]:
    """Path and code of every fault of a document."""
    with pytest.raises(RecordError) as caught:
        read_record(document)
    return [(fault.path, fault.code) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("document", "path", "code"),
    [
        pytest.param({"ecgo": 1}, "ecgo", "extra_forbidden", id="unknown field"),
        pytest.param(
            {"cns": {"symptoms": "no"}}, "cns.symptoms", "extra_forbidden", id="unknown inner field"
        ),
        pytest.param(
            {"treatments": {"items": [{"drug": "x"}]}},
            "treatments.items.0.?",
            "extra_forbidden",
            id="unknown field of an item",
        ),
        pytest.param({CANARY: 1}, "?", "extra_forbidden", id="a value where a field should be"),
        pytest.param({"Jane Doe": {}}, "?", "extra_forbidden", id="a name where a field should be"),
        pytest.param({"jane_smith_1971_hiv": 1}, "?", "extra_forbidden", id="a name like a field"),
        pytest.param(
            {"diagnosis": {"jane": 1}}, "diagnosis.?", "extra_forbidden", id="a first name"
        ),
        pytest.param({"labs": [{}]}, "labs.0.test", "missing", id="required field"),
        pytest.param({"labs": {}}, "labs", "tuple_type", id="object for a list"),
        pytest.param({"labs": "none"}, "labs", "tuple_type", id="word for a plain list"),
        pytest.param({"cns": "no"}, "cns", "model_type", id="word for an object"),
        pytest.param({"cns": []}, "cns", "model_type", id="list for an object"),
        pytest.param({"screening_id": 7}, "screening_id", "string_type", id="number for a text"),
        pytest.param(
            {"screening_id": "Jane Doe"}, "screening_id", "string_pattern_mismatch", id="a name"
        ),
        pytest.param(
            {"screening_id": "../etc"}, "screening_id", "string_pattern_mismatch", id="a path"
        ),
        pytest.param(
            {"treatments": [{"agents": "paclitaxel"}]},
            "treatments.items.0.agents",
            "tuple_type",
            id="text for a list of texts",
        ),
        pytest.param(
            {"treatments": [{"agents": [""]}]},
            "treatments.items.0.agents.0",
            "string_too_short",
            id="empty text",
        ),
        pytest.param(
            {"treatments": [{"agents": ["x" * 201]}]},
            "treatments.items.0.agents.0",
            "string_too_long",
            id="long text",
        ),
        pytest.param(
            {"treatments": [{}] * 201}, "treatments.items", "too_long", id="too many items"
        ),
        pytest.param({"specimens": [{}] * 21}, "specimens", "too_long", id="too many specimens"),
        pytest.param({"ecog": [1]}, "ecog", "number_type", id="list for a number"),
        pytest.param({"ecog": {"value": 1, "unit": "x"}}, "ecog.?", "extra_forbidden", id="unit"),
        pytest.param(
            {"history": {"autoimmune": [{"code": "aids", "family_history": "no"}]}},
            "history.autoimmune.items.0.family_history",
            "bool_type",
            id="text for true or false",
        ),
        pytest.param([], "record", "model_type", id="a list"),
        pytest.param("female", "record", "model_type", id="a text"),
        pytest.param(None, "record", "model_type", id="null"),
        pytest.param(3, "record", "model_type", id="a number"),
    ],
)
def test_a_fault_has_the_path_that_people_write(document: object, path: str, code: str) -> None:
    assert faults(document) == [(path, code)]


def test_all_faults_are_reported_together_in_document_order() -> None:
    found = faults({"ecog": 9, "sex": "?", "labs": [{"test": "anc", "value": "many"}], "zz": 1})

    assert found == [
        ("sex", "unknown_code"),
        ("ecog", "out_of_bounds"),
        ("labs.0.value", "number_unreadable"),
        ("?", "extra_forbidden"),
    ]


def test_a_flood_of_faults_is_cut_short_and_counted() -> None:
    document = {"labs": [{f"a{number}": 1 for number in range(50_000)}]}

    with pytest.raises(RecordError) as caught:
        read_record(document)

    assert len(caught.value.faults) <= 101
    assert caught.value.faults[-1].code == "more_faults"
    assert "49901" in caught.value.faults[-1].message


@pytest.mark.parametrize(
    ("document", "hint"),
    [
        ({"ecgo": 1}, 'did you mean "ecog"?'),
        ({"cns": {"symptomatc": "no"}}, 'did you mean "symptomatic"?'),
        ({"treatments": [{"lastdose": "2026"}]}, 'did you mean "last_dose"?'),
        ({"labs": [{"test": "anc", "vallue": 1}]}, 'did you mean "value"?'),
        (
            {"specimens": [{"er": 80}]},
            "it is key number 1 here; use one of: date, er_percent, er_status, her2_copies, her2_ihc, "
            "her2_ish, her2_ish_method, her2_ratio, her2_status, pr_percent, pr_status, site",
        ),
        ({"sex": "female", "zzzz": 1}, "it is key number 2 here"),
        (
            {"diagnosis": {"cancer": "breast", "zz": 1}},
            "it is key number 2 here; use one of: cancer, confirmation, extent",
        ),
    ],
)
def test_an_unknown_field_gets_the_closest_name_at_its_place(
    document: dict[str, Any], hint: str | None
) -> None:
    with pytest.raises(RecordError) as caught:
        read_record(document)

    assert caught.value.faults[0].hint == hint


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("", "json_unreadable", id="empty"),
        pytest.param("   ", "json_unreadable", id="spaces"),
        pytest.param("{", "json_unreadable", id="cut off"),
        pytest.param('{"ecog": 1,}', "json_unreadable", id="trailing comma"),
        pytest.param("{'ecog': 1}", "json_unreadable", id="single quotes"),
        pytest.param('{"ecog": 1} {}', "json_unreadable", id="two documents"),
        pytest.param('{"ecog": 01}', "json_unreadable", id="leading zero"),
        pytest.param('{"ecog": 1} // no', "json_unreadable", id="comment"),
        pytest.param('{"ecog": NaN}', "not_finite", id="NaN"),
        pytest.param('{"ecog": -Infinity}', "not_finite", id="minus infinity"),
        pytest.param('{"ecog": 1e999}', "not_finite", id="a number that overflows"),
        pytest.param('{"ecog": 1, "ecog": 2}', "duplicate_key", id="key twice"),
        pytest.param('{"cns": {"treated": "no", "treated": "no"}}', "duplicate_key", id="inside"),
        pytest.param('{"ecog": ' + "9" * 5000 + "}", "number_too_long", id="5,000 digits"),
        pytest.param("[" * 100_000, "nested_too_deeply", id="100,000 brackets"),
        pytest.param('{"a":' * 50_000, "nested_too_deeply", id="50,000 braces"),
        pytest.param(b"\xff\xfe\x00\xd8", "json_unreadable", id="half a surrogate in UTF-16"),
        pytest.param('{"sex": "fémale"}'.encode("latin-1"), "encoding", id="Latin-1"),
        pytest.param(b"\x00\x01\x02\x03", "json_unreadable", id="binary"),
        pytest.param(" " * (MAX_DOCUMENT_BYTES + 1), "too_large", id="a byte too long"),
    ],
)
def test_a_text_that_is_no_record_has_one_fault(text: str | bytes, code: str) -> None:
    with pytest.raises(RecordError) as caught:
        read_record_json(text, source="file.json")

    assert [fault.code for fault in caught.value.faults] == [code]
    assert str(caught.value).startswith("file.json")


def test_a_place_in_unreadable_json_is_given_by_line_and_column() -> None:
    with pytest.raises(RecordError, match="line 3 column 1"):
        read_record_json('{\n "ecog": 1\n')


@pytest.mark.parametrize("text", [b"\xef\xbb\xbf{}", "{}".encode("utf-16"), " " * 999_990 + "{}"])
def test_a_record_may_be_in_any_unicode_encoding_and_almost_a_megabyte(text: str | bytes) -> None:
    assert read_record_json(text) == PatientRecord()


@pytest.mark.parametrize("text", ['{"\\ud800": 1}', '{"allergies": [{"substance": "\\udfff"}]}'])
def test_half_a_surrogate_is_refused(text: str) -> None:
    with pytest.raises(RecordError):
        read_record_json(text)


@pytest.mark.parametrize(
    "text",
    ["\x1b[31mred", "\x1b]0;title\x07", "bell\x07", "\x00", "\x7f", "\x9b31m", "\u202egnp.exe"],
    ids=ascii,
)  # fmt: skip
@pytest.mark.parametrize(
    "place",
    [
        lambda text: {"allergies": [{"substance": text}]},
        lambda text: {"ecog": {"value": 1, "source": text}},
        lambda text: {"treatments": [{"agents": [text]}]},
        lambda text: {"labs": [{"test": "anc", "unit": text}]},
    ],
    ids=["substance", "source", "agent", "unit"],
)
def test_a_text_never_holds_control_characters(text: str, place: Any) -> None:
    with pytest.raises(RecordError, match="control characters"):
        read_record(place(text))


def test_a_text_may_run_over_lines_and_is_kept_in_one() -> None:
    record = read_record({"allergies": [{"substance": " penicillin\n\t(rash) "}]})

    assert record.allergies.items[0].substance == "penicillin (rash)"


def test_the_clocks_of_a_record_are_not_mixed() -> None:
    mixed = {"birth_date": "1980", "treatments": [{"last_dose": "day 5"}]}

    assert faults(mixed) == [("record", "clocks_mixed")]


@pytest.mark.parametrize(
    ("document", "clock"),
    [({}, None), ({"birth_date": "1980"}, "calendar"), ({"ecog": {"value": 1, "date": "day 3"}}, "offset")],
)  # fmt: skip
def test_a_record_knows_its_clock(document: dict[str, Any], clock: str | None) -> None:
    assert read_record(document).clock == clock


def test_a_record_cannot_be_changed() -> None:
    record = read_record({"ecog": 1})

    with pytest.raises(ValidationError, match="frozen"):
        record.ecog = record.karnofsky  # type: ignore[misc] # that is what is tested


@pytest.mark.parametrize("seed", range(40))
def test_a_record_survives_the_way_through_json(seed: int) -> None:
    record = read_record(random_document(random.Random(seed)))

    written = record.model_dump_json(exclude_unset=bool(seed % 2))

    assert read_record_json(written) == record
    assert read_record(json.loads(written)).clock == record.clock


def test_every_recorded_field_of_the_example_is_found() -> None:
    fields = recorded_fields(read_record(example_profile()))

    assert {"ecog", "treatments.complete", "treatments.items.0.agents", "labs.0.test",
            "specimens.0.er_percent", "history.autoimmune.complete"} <= set(fields)  # fmt: skip
    assert "karnofsky" not in fields


def test_a_record_without_a_field_differs_in_that_field_only() -> None:
    record = read_record(example_profile())

    less = without(record, "treatments.items.0.last_dose")

    kept = [f for f in recorded_fields(record) if f != "treatments.items.0.last_dose"]
    assert recorded_fields(less) == kept


def test_a_record_reduced_to_all_its_fields_is_itself() -> None:
    record = read_record(example_profile())

    assert only(record, frozenset(recorded_fields(record))) == record


def test_a_record_reduced_to_one_field_holds_that_one() -> None:
    record = read_record(example_profile())

    assert only(record, frozenset(["ecog"])).ecog == record.ecog
    assert only(record, frozenset(["ecog"])).sex == PatientRecord().sex


@pytest.mark.parametrize(
    "document",
    [
        {"ecog": CANARY},
        {"sex": CANARY},
        {"birth_date": CANARY},
        {"labs": [{"test": CANARY}]},
        {"labs": [{"test": "anc", "unit": CANARY * 2}]},
        {"treatments": CANARY},
        {"cns": CANARY},
        {"screening_id": f"{CANARY} "},
        {CANARY: CANARY},
        {"cns": {CANARY: CANARY}},
        {"ecog": {"value": 1, "absent": CANARY}},
        {"ecog": {"value": 1, "source": [CANARY]}},
        {"consent": {"cognitive_ability": [CANARY]}},
        CANARY,
        [CANARY],
    ],
    ids=str,
)
def test_no_fault_repeats_what_was_written(document: object) -> None:
    with pytest.raises(RecordError) as caught:
        read_record(document)

    told = " ".join(map(str, caught.value.faults)) + str(caught.value) + repr(caught.value)
    assert "canary" not in told.lower()
    assert caught.value.__cause__ is None
