"""Suggestions, words of codes, the mapping in the making, and the encoding a text is most likely in."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from eligibility.intake.code_words import code_words
from eligibility.intake.column_names import chinese_names, known_names, plain
from eligibility.intake.mapping import mapping_from
from eligibility.intake.mapping_draft import LEAVE_OUT, MappingDraft, mapping_text
from eligibility.intake.preview import guessed_encoding
from eligibility.intake.suggestions import Reason, Suggestion, field_choices, is_field, suggest


def test_every_name_that_sites_use_means_a_field() -> None:
    assert all(is_field(path) for path in {*known_names().values(), *chinese_names()})
    assert all(is_field(choice.path) and choice.meaning for choice in field_choices())


@pytest.mark.parametrize(
    ("name", "path", "reason"),
    [
        ("ecog", "ecog", Reason.EXACT),
        ("ECOG", "ecog", Reason.SPELLING),
        ("Specimens 1 ER-percent", "specimens.1.er_percent", Reason.SPELLING),
        ("Geschlecht", "sex", Reason.KNOWN),
        ("血红蛋白(g/L)", "labs.haemoglobin.value", Reason.KNOWN),
        ("haemoglobine", "labs.haemoglobin.value", Reason.CLOSE),
    ],
)
def test_a_suggestion_says_why(name: str, path: str, reason: Reason) -> None:
    (found,) = suggest([name], [["1"]])

    assert found is not None
    assert (found.path, found.reason) == (path, reason)


@pytest.mark.parametrize("name", ["PatientName", "住院号", "Ort", "x", ""])
def test_what_is_not_known_or_tells_who_somebody_is_gets_none(name: str) -> None:
    assert suggest([name], [["1"]]) == [None]


@pytest.mark.parametrize(
    "name",
    [
        "最长径(cm)", "Lesion size (cm)", "short axis cm", "短径（厘米）", "weight (lb)", "体重(斤)", "Age (months)",
        "年龄（月）", "ER score", "ER (Allred)", "ER (H-score)", "ER评分", "PR score", "PgR_IRS", "ECOG (KPS)",
        "HER2 (FISH)", "HER2 (copies)",
    ],
)  # fmt: skip
def test_a_column_on_another_measure_or_scale_is_never_suggested(name: str) -> None:
    assert suggest([name], [["2.4"]]) == [None]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("最长径(mm)", "lesions.1.longest_diameter_mm"),
        ("Longest diameter (in mm)", "lesions.1.longest_diameter_mm"),
        ("病灶最长径（毫米）", "lesions.1.longest_diameter_mm"),
        ("Weight (kg)", "weight_kg"),
        ("体重(公斤)", "weight_kg"),
        ("Age (years)", "age_years"),
        ("年龄（岁）", "age_years"),
        ("ER (%)", "specimens.1.er_percent"),
        ("ECOG评分", "ecog"),
        ("HER2 IHC", "specimens.1.her2_ihc"),
    ],
)
def test_a_column_that_names_the_fields_own_measure_is_suggested(name: str, path: str) -> None:
    assert suggest([name], [["2"]]) == [Suggestion(path, Reason.KNOWN)]


@pytest.mark.parametrize("name", ["patient id", "患者编号", "pat no", "case id"])
def test_a_hospitals_number_is_at_most_guessed_to_be_the_screening_id(name: str) -> None:
    [found] = suggest([name], [["1"]])

    assert found is None or found.reason is Reason.CLOSE


def test_the_surer_reason_has_a_field_and_words_are_no_numbers() -> None:
    found = suggest(["Geschlecht", "sex", "ER"], [["w"], ["f"], ["positive"]])

    assert [each and each.path for each in found] == [None, "sex", "specimens.1.er_status"]


@pytest.mark.parametrize(
    ("path", "cell", "unknown"),
    [
        ("sex", "F", []),
        ("sex", "女", ["女"]),
        ("ecog", "k.A.", ["k.A."]),
        ("ecog", "not done", []),
        ("ecog", "<1", []),
        ("metastatic_sites", "liver; Leber | bone", ["Leber"]),
        ("metastatic_sites", "none", []),
        ("treatments.complete", "ja", ["ja"]),
    ],
)
def test_words_that_a_field_does_not_know(path: str, cell: str, unknown: list[str]) -> None:
    codes = code_words(path)

    assert codes is not None
    assert list(codes.unknown(cell)) == unknown


def test_dates_and_texts_have_no_codes() -> None:
    assert code_words("treatments.1.last_dose") is None
    assert code_words("treatments.1.agents") is None


def test_a_draft_is_written_and_read_back_as_a_mapping() -> None:
    draft = MappingDraft()
    for column, choice in {"Nr": "screening_id", "no": "sex", "a": LEAVE_OUT, "T": "as_of"}.items():
        draft.choose(column, choice)
    draft.mean("no", "010", "female")
    text = mapping_text(draft.document(delimiter="tab", encoding="gb18030"))
    mapping = mapping_from(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 - as it is read

    assert (mapping.id, mapping.columns, mapping.ignore) == ("Nr", {"no": ("sex",)}, ["a"])
    assert (mapping.values, mapping.as_of) == ({"no": {"010": "female"}}, ("T",))
    assert (mapping.delimiter, mapping.encoding) == ("tab", "gb18030")
    assert asdict_of(MappingDraft.of(mapping, ["Nr", "no", "a", "T"])) == asdict_of(draft)


def asdict_of(draft: MappingDraft) -> dict[str, object]:
    return {name: getattr(draft, name) for name in draft.__slots__}


def test_choosing_again_takes_back_what_was_chosen() -> None:
    draft = MappingDraft()
    for choice in ("screening_id", "sex", LEAVE_OUT, "as_of", ""):
        draft.choose("c", choice)
        assert draft.choice("c") == choice

    assert draft == MappingDraft()


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("编号,性别\nP-1,女\n".encode("gb18030"), "gb18030"),
        ("Größe;Müller\n".encode("cp1252"), "cp1252"),
        ("编号,性别\n".encode(), None),
        ("编号,性别\nP-1,女女女女\n".encode() + b"\xff", None),
        ("编号\n".encode("utf-16"), None),
        (b"plain\n", None),
    ],
)
def test_the_encoding_of_a_text(tmp_path: Path, content: bytes, encoding: str | None) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)

    assert guessed_encoding(path) == encoding


def test_a_name_is_compared_without_its_unit() -> None:
    assert plain("Last dose (date)") == "last_dose"
