"""Codes, absences and lists in every accepted spelling."""

from __future__ import annotations

from enum import StrEnum
from inspect import getmembers, isclass
from typing import Any

import pytest
from pydantic_core import PydanticCustomError

from eligibility.errors import RecordError
from eligibility.patient import vocabulary
from eligibility.patient.record import PatientRecord, read_record
from eligibility.patient.recorded import ABSENT_WORDS, Listing, Recorded, absent_reason
from eligibility.patient.sections import Treatment
from eligibility.patient.spelling import SPELLINGS, Spelled
from eligibility.patient.vocabulary import AbsentReason
from eligibility.wording.chinese_codes import CODES as CHINESE_CODES

VOCABULARIES = [
    codes
    for _, codes in getmembers(vocabulary, isclass)
    if issubclass(codes, StrEnum) and codes is not StrEnum
]
CODES = [(codes, code) for codes in VOCABULARIES for code in codes]
OTHER_SPELLINGS = [
    (codes, spelling, code)
    for codes, words in SPELLINGS.items()
    for spelling, code in words.items()
]


@pytest.mark.parametrize(("codes", "code"), CODES, ids=str)
def test_a_code_is_read_in_upper_and_lower_case_with_spaces_or_dashes(
    codes: type[StrEnum], code: StrEnum
) -> None:
    spelled = Spelled(codes)
    in_words = code.value.replace("_", " ")

    for written in (code.value, code.value.upper(), in_words, f"  {in_words.title()} ",
                    code.value.replace("_", "-")):  # fmt: skip
        assert spelled.read(written) is code


@pytest.mark.parametrize(("codes", "spelling", "code"), OTHER_SPELLINGS, ids=str)
def test_another_spelling_is_read_as_its_code(
    codes: type[StrEnum], spelling: str, code: str
) -> None:
    assert Spelled(codes).read(spelling) is codes(code)


@pytest.mark.parametrize(("codes", "spelling", "code"), OTHER_SPELLINGS, ids=str)
def test_another_spelling_hides_no_code(codes: type[StrEnum], spelling: str, code: str) -> None:
    assert spelling not in [each.value for each in codes]


@pytest.mark.parametrize("codes", VOCABULARIES, ids=lambda codes: codes.__name__)
@pytest.mark.parametrize("written", ["zzz-canary", "", "?", "女", "not", 1, None, [], {}])
def test_any_other_word_is_refused_without_repeating_it(
    codes: type[StrEnum], written: object
) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        Spelled(codes).read(written)

    assert "canary" not in caught.value.message()


def test_a_word_of_which_only_the_beginning_is_known_is_refused() -> None:
    with pytest.raises(RecordError):
        read_record({"sex": "female" + " " * 60 + "to male"})


def test_a_refused_word_gets_a_hint_from_the_vocabulary() -> None:
    with pytest.raises(RecordError, match='did you mean "postmenopausal"'):
        read_record({"reproductive": {"status": "postmenopausel"}})


@pytest.mark.parametrize(("written", "expected"), [(True, "yes"), (False, "no"), ("Y", "yes")])
def test_yes_and_no_may_be_a_boolean(written: object, expected: str) -> None:
    record = read_record({"consent": {"cognitive_ability": written}})

    assert record.consent.cognitive_ability.value == expected


def test_zero_and_one_are_not_yes_and_no() -> None:
    with pytest.raises(RecordError):
        read_record({"consent": {"cognitive_ability": 1}})


@pytest.mark.parametrize("reason", AbsentReason)
def test_the_word_that_is_shown_for_a_missing_value_is_read_back(reason: AbsentReason) -> None:
    assert absent_reason(CHINESE_CODES[reason]) is reason
    assert absent_reason(reason.value.replace("_", " ")) is reason


@pytest.mark.parametrize(("word", "reason"), [*ABSENT_WORDS.items(), ("  Not_Done ", "not_done")])
def test_a_word_for_absence_is_its_reason(word: str, reason: AbsentReason) -> None:
    ecog = read_record({"ecog": word}).ecog

    assert ecog.value is None
    assert ecog.why_absent == reason


@pytest.mark.parametrize("written", [None, {}, {"value": None}, {"absent": "not recorded"}])
def test_nothing_is_not_recorded(written: object) -> None:
    ecog = read_record({"ecog": written}).ecog

    assert ecog.value is None
    assert ecog.why_absent is AbsentReason.NOT_RECORDED


@pytest.mark.parametrize("reason", list(AbsentReason))
def test_every_reason_for_absence_can_be_given(reason: AbsentReason) -> None:
    assert read_record({"ecog": {"absent": reason.value}}).ecog.why_absent is reason


def test_a_value_and_a_reason_for_its_absence_exclude_each_other() -> None:
    with pytest.raises(RecordError, match="a value or the reason for its absence, not both"):
        read_record({"ecog": {"value": 1, "absent": "pending"}})


def test_a_value_keeps_its_date_and_source() -> None:
    ecog = read_record({"ecog": {"value": 1, "date": "2026-01", "source": " letter "}}).ecog

    assert (str(ecog.value), str(ecog.date), ecog.source) == ("1", "2026-01", "letter")


def test_zero_is_a_value() -> None:
    record = read_record({"ecog": 0, "specimens": [{"er_percent": 0, "her2_ihc": 0}]})

    assert record.ecog == Recorded[Any](value=record.ecog.value)
    assert record.ecog.value is not None
    assert record.specimens[0].er_percent.value is not None
    assert record.specimens[0].her2_ihc.value is not None


@pytest.mark.parametrize(
    ("written", "complete", "count"),
    [
        pytest.param([], False, 0, id="an empty list says nothing"),
        pytest.param([{"kind": "surgery"}], False, 1, id="a bare list is not complete"),
        pytest.param("none", True, 0, id="none"),
        pytest.param(" None known ", True, 0, id="none known"),
        pytest.param("denied", True, 0, id="denied"),
        pytest.param("not recorded", False, 0, id="not recorded"),
        pytest.param("unknown", False, 0, id="unknown"),
        pytest.param("", False, 0, id="an empty text"),
        pytest.param(None, False, 0, id="null"),
        pytest.param({}, False, 0, id="an empty object"),
        pytest.param({"complete": True}, True, 0, id="complete and empty"),
        pytest.param({"complete": True, "items": [{}, {}]}, True, 2, id="complete with items"),
        pytest.param({"items": [{}]}, False, 1, id="items only"),
    ],
)
def test_a_list_says_whether_it_is_complete(written: object, complete: bool, count: int) -> None:
    treatments: Listing[Treatment] = read_record({"treatments": written}).treatments

    assert treatments.complete is complete
    assert len(treatments.items) == count


@pytest.mark.parametrize(
    "written", ["no", "yes", "chemotherapy", 0, False, {"complete": "yes"}, {"complete": 1}]
)
def test_a_list_that_cannot_be_meant_is_refused(written: object) -> None:
    with pytest.raises(RecordError):
        read_record({"treatments": written})


def test_an_absence_is_equal_to_silence_once_screened_but_keeps_its_words() -> None:
    assert read_record({"ecog": "pending"}) != PatientRecord()
    assert read_record({"ecog": None}) == PatientRecord()
