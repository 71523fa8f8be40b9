"""Tables through the pages: looked at, told what they mean, and screened; what cannot be read is said."""

from __future__ import annotations

import gzip
import io
import re

import pytest
import yaml
from fastapi import FastAPI
from openpyxl import Workbook

from eligibility.intake.mapping import mapping_from
from tests.pages.tables import (
    AS_OF,
    CLINIC,
    act,
    chosen,
    own_table,
    prepared,
    until_ended,
    upload,
    words,
)
from tests.pages.visitor import Visitor


def test_a_table_is_looked_at_and_nothing_is_screened(visitor: Visitor) -> None:
    place = prepared(visitor, CLINIC.encode())
    text = visitor.open(place).text

    assert "semicolon" in words(text)
    assert "P-001" in text
    assert chosen(text) == {}, "suggestions are never applied by themselves"
    assert "Often called so: sex" in words(text)
    assert visitor.client.get(f"/v1{place.replace('tables', 'batches')}").status_code == 404


def test_a_column_that_tells_who_somebody_is_shows_no_value_and_cannot_be_used(
    visitor: Visitor,
) -> None:
    place = prepared(visitor, CLINIC.encode())
    act(visitor, place, "use")
    act(visitor, place, "leave")
    text = visitor.open(place).text

    assert "Canary" not in text
    assert "looks as if it told who the patient is" in text
    assert "7" not in chosen(text), "it is left out by hand only"
    answer = act(visitor, place, "screen", **{"to.0": "screening_id", "to.7": "sex"})
    assert answer.status_code == 422
    assert "Canary" not in answer.text


SIZES = b"Pat;Size (cm);Target (mm)\n1;1.2;14\n"
IN_CENTIMETRES = "speaks of another measure than the field does"


@pytest.mark.parametrize(
    ("size", "target", "warned"),
    [
        ("lesions.1.longest_diameter_mm", "-", 1),
        ("-", "lesions.1.longest_diameter_mm", 0),
        ("lesions.1.longest_diameter_mm + lesions.1.short_axis_mm", "-", 1),
        ("lesions.1.kind", "-", 0),
    ],
)
def test_a_column_of_another_measure_than_its_field_is_warned_of(
    visitor: Visitor, size: str, target: str, warned: int
) -> None:
    place = prepared(visitor, SIZES)
    act(visitor, place, "check", **{"to.0": "screening_id", "to.1": size, "to.2": target})

    assert words(visitor.open(place).text).count(IN_CENTIMETRES) == warned


def test_no_measure_is_warned_of_where_the_meaning_of_its_words_is_told(visitor: Visitor) -> None:
    mapping = b"id: Pat\ncolumns: {KPS: ecog}\nvalues: {KPS: {'90': '1', '100': '0'}}\n"
    place = prepared(visitor, b"Pat;KPS\n1;90\n", mapping=mapping)

    assert IN_CENTIMETRES not in words(visitor.open(place).text)


def test_why_a_number_is_absent_does_not_tell_its_measure(visitor: Visitor) -> None:
    mapping = b"id: Pat\ncolumns: {KPS: ecog}\nvalues: {KPS: {k.A.: not_recorded}}\n"
    place = prepared(visitor, b"Pat;KPS\n1;k.A.\n", mapping=mapping)

    assert IN_CENTIMETRES in words(visitor.open(place).text)


def test_the_journey_from_upload_to_results(visitor: Visitor) -> None:
    place = prepared(visitor, CLINIC.encode())
    act(visitor, place, "use")
    assert chosen(visitor.open(place).text)["1"] == "sex"
    act(visitor, place, "leave")
    told = {"to.0": "screening_id", "to.7": "-", "word.1.0": "w", "means.1.0": "female"}
    told |= {"word.2.0": "k.A.", "means.2.0": "not_recorded"}
    act(visitor, place, "check", **told)
    assert "Of the first 4 rows, 3 can be read" in words(visitor.open(place).text)

    mapping = act(visitor, place, "download")
    assert mapping.headers["content-type"].startswith("application/yaml")
    assert act(visitor, place, "screen").headers["location"] == place
    text = words(until_ended(visitor, place))

    assert "ineligible 1 undetermined 2" in text
    assert "1 not screened" in text
    assert "out_of_bounds" in visitor.open(f"{place}/rejected").text
    assert "P-001" in visitor.open(f"{place}/rows/0").text
    assert act(visitor, place, "screen").headers["location"] == place, "twice is once"


def test_the_mapping_is_one_of_the_projects_own(visitor: Visitor) -> None:
    place = prepared(visitor, CLINIC.encode())
    act(visitor, place, "use")
    act(visitor, place, "leave")
    told = {"to.0": "screening_id", "to.7": "-", "word.1.0": "w", "means.1.0": "female"}
    text = act(visitor, place, "download", **told).text

    mapping = mapping_from(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 - as the mapping reads it
    assert mapping.id == "Pat-No"
    assert mapping.columns["Geschlecht"] == ("sex",)
    assert mapping.values == {"Geschlecht": {"w": "female"}}
    assert sorted(mapping.ignore) == ["Ort", "PatientName"]


def test_a_mapping_that_came_along_is_kept_whole(visitor: Visitor) -> None:
    mapping = (
        b"id: Pat-No\ncolumns:\n  ECOG: ecog\n  Chemo: treatments.1.agents\n  Geschlecht: [sex]\n"
        b"values: {sex: {w: female, m: male}}\nmissing: {k.A.: not_recorded}\nseparators: {Chemo: '+'}\n"
        b"constants: {diagnosis.cancer: breast}\nignore: [ER, Chemo bis, Ort, PatientName]\n"
    )
    place = prepared(visitor, CLINIC.encode(), mapping=mapping)
    text = visitor.open(place).text

    assert "Everything is decided" in text
    downloaded = act(visitor, place, "download").text
    for part in ("separators", "constants", "missing", "m: male"):
        assert part in downloaded
    act(visitor, place, "screen")
    assert "1 not screened" in words(until_ended(visitor, place))


def test_a_wrong_mapping_leaves_nothing(visitor: Visitor) -> None:
    before = visitor.open("/tables").text.count("/tables/0")
    answer = upload(visitor, CLINIC.encode(), mapping=b"columns: {a: [b\n")

    assert answer.status_code == 422
    assert visitor.open("/tables").text.count("/tables/0") == before


def test_a_saved_mapping_is_offered_when_the_header_fits(visitor: Visitor) -> None:
    place = prepared(visitor, CLINIC.encode())
    act(visitor, place, "use")
    act(visitor, place, "leave")
    answer = act(visitor, place, "save", save="Klinik <b>", **{"to.0": "screening_id", "to.7": "-"})
    assert "The mapping is saved" in answer.text

    again = prepared(visitor, CLINIC.encode())
    text = visitor.open(again).text
    key = re.search(r'<option value="([0-9a-f]{32})">Klinik &lt;b&gt;', text)
    assert key
    act(visitor, again, "apply", apply=key[1])
    assert chosen(visitor.open(again).text)["0"] == "screening_id"
    other = prepared(visitor, own_table(3))
    assert key[1] not in visitor.open(other).text
    visitor.send("/tables/mappings", {"key": key[1]})
    assert "Klinik" not in visitor.open("/tables").text


def test_chinese_text_is_recognised_and_its_words_are_told(visitor: Visitor) -> None:
    table = "受试者编号,性别,年龄,体能状态,血红蛋白（g/L）,姓名\nP-1,女,50,1,120,王小明\nP-2,男,40,0,110,李四\n"
    place = prepared(visitor, table.encode("gb18030"), name="筛查.csv")
    act(visitor, place, "use")
    text = visitor.open(place, **{"accept-language": "zh-CN"}).text

    assert "gb18030" in words(text)
    assert chosen(text) == {
        "0": "screening_id", "1": "sex", "2": "age_years", "3": "ecog", "4": "labs.haemoglobin.value"
    }  # fmt: skip
    assert "王小明" not in text
    told = {"word.1.0": "女", "means.1.0": "female", "word.1.1": "男", "means.1.1": "male"}
    act(visitor, place, "check", **told, **{"to.5": "-"})
    assert act(visitor, place, "screen").status_code == 303
    assert "every row was screened" in words(until_ended(visitor, place)).lower()


def workbook() -> bytes:
    book = Workbook()
    book.active.append(["screening_id", "ecog"])  # type: ignore[union-attr]
    book.active.append(["=1+1", 1])  # type: ignore[union-attr]
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


BROKEN = {
    "empty": (b"\n", "empty_file"),
    "nothing but a header": (b"screening_id,ecog\n", ""),
    "html": (b"<!doctype html><p>hello", "not_a_text_table"),
    "pdf": (b"%PDF-1.7 hello", "not_a_text_table"),
    "utf-32": ("screening_id,ecog\n".encode("utf-32"), "encoding"),
    "same name twice": (b"a,a,b\n1,2,3\n", "duplicate_column"),
    "no name": (b"a,,b\n1,2,3\n", "unnamed_column"),
    "open quote in the header": (b'"a,b\n1,2\n', "unclosed_quote"),
    "too many columns": (",".join(f"c{n}" for n in range(2001)).encode(), "too_many_columns"),
    "cut gzip": (gzip.compress(b"screening_id,ecog\n" * 9000)[:60], "damaged_file"),
    "json list": (b'[{"screening_id": 1}]', "json_array"),
    "unclear separator": (b"a,b;c\n1,2;3\n", "delimiter_unclear"),
    "a zip that is none": (b"PK\x03\x04" + b"x" * 50, "damaged_file"),
}


@pytest.mark.parametrize(("content", "code"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_gives_one_clear_message(visitor: Visitor, content: bytes, code: str) -> None:
    place = prepared(visitor, content)
    answer = visitor.open(place)

    assert answer.status_code == 200
    assert (f'data-code="{code}"' in answer.text) if code else "data-code" not in answer.text
    assert answer.text.count("notice bad") == (1 if code else 0)
    assert act(visitor, place, "screen").status_code == 422
    assert act(visitor, place, "remove").headers["location"] == "/tables"
    assert visitor.open(place).status_code == 404


@pytest.mark.parametrize(
    "row", [b'P-1,"x', b"P-1", b"P-1,1,2,3", b"P-\x00,1", "Ä\x80Ö€Ü,".encode() + b"\xff"]
)
def test_a_broken_row_is_shown_as_broken(visitor: Visitor, row: bytes) -> None:
    place = prepared(visitor, b"screening_id,ecog\nP-0,1\n" + row + b"\n")

    text = visitor.open(place).text

    assert 'class="broken"' in text
    assert "Rows that cannot be read" in text


def test_a_draft_that_nobody_came_back_to_is_forgotten(service: FastAPI, visitor: Visitor) -> None:
    place = prepared(visitor, own_table(3))
    drafts = service.state.batches.drafts
    kept = drafts.find("local", place.rpartition("/")[2])
    old = kept.path.with_name("0" * 12 + kept.path.name[12:])
    kept.path.rename(old)
    fresh = prepared(visitor, own_table(3))

    drafts.forget_in_time()

    assert not old.exists()
    assert visitor.open(fresh).status_code == 200


HOSTILE = "<script>alert(1)</script>"


def test_hostile_text_is_text(visitor: Visitor) -> None:
    names = [HOSTILE, "=cmd|' /C calc'!A0", "{{7*7}}", "\u202ehello", "a\"onload='x'"]
    header = ",".join('"' + each.replace('"', '""') + '"' for each in names)
    cells = header.replace("hello", HOSTILE)
    place = prepared(visitor, f"{header}\n{cells}\n".encode(), name=f"../../{HOSTILE}\x1b[2J=1.csv")
    text = visitor.open(place).text
    listed = visitor.open("/tables").text

    for page in (text, listed):
        assert "<script>alert" not in page
        assert "\x1b" not in page
        assert ">49<" not in page
        assert not re.search(r"<bdi[^>]*>[^<]*\u202e", page), "a name is never shown turned round"
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_excel_and_json_lines_are_looked_at_too(visitor: Visitor) -> None:
    assert "Excel workbook" in visitor.open(prepared(visitor, workbook(), name="a.xlsx")).text
    profiles = b'{"screening_id": "P-1", "ecog": {"value": 1}}\n'
    place = prepared(visitor, profiles, name="a.jsonl")
    assert "Parts of the profile" in visitor.open(place).text
    act(visitor, place, "screen")
    assert "1 rows in the table" in words(until_ended(visitor, place))


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"as_of": ""}, "Give the day"),
        ({"as_of": "yesterday"}, "A day cannot be read"),
        ({"as_of": "day 3", "planned_start": AS_OF}, "A day cannot be read"),
        ({"trial": "NCT00000000"}, "Choose a trial"),
        ({"trial": "NCT06731140/no_such"}, "Choose a trial"),
    ],
)
def test_days_and_trial_are_checked_where_they_stand(
    visitor: Visitor, said: dict[str, str], message: str
) -> None:
    place = prepared(visitor, own_table(3), **said)
    act(visitor, place, "use", **said)
    answer = act(visitor, place, "screen", **said)

    assert answer.status_code == 422
    assert message in answer.text
    for value in filter(None, said.values()):
        assert value in answer.text or "trial" in said, "nothing that was typed is lost"


def test_columns_that_fit_exactly_are_folded_and_the_others_come_first(visitor: Visitor) -> None:
    place = prepared(visitor, b"screening_id,ecog,age_years,Ort\nP-1,1,50,Ulm\n")
    text = visitor.open(place).text
    open_part, _, folded = text.partition('<details class="exact">')

    assert "3 columns fit exactly" in words(folded)
    assert re.findall(r'select name="to\.(\d)', open_part) == ["3"]
    assert re.findall(r'select name="to\.(\d)', folded) == ["0", "1", "2"]
    assert chosen(text) == {}, "folded is not decided"
    assert "4 columns undecided" in words(text)
    assert text.count('value="screen"') == 1
    act(visitor, place, "use")
    assert "1 columns undecided" in words(visitor.open(place).text)
    act(visitor, place, "leave")
    assert "Everything is decided" in visitor.open(place).text
