"""Tables through the pages: looked at, told what they mean, screened, and looked through, by people of one site."""

from __future__ import annotations

import gzip
import html
import io
import re
from typing import Any

import pytest
import yaml
from fastapi import FastAPI
from openpyxl import Workbook

from api.words import Role
from eligibility.intake.mapping import mapping_from
from tests.api.door import identities as who
from tests.pages.tables import (
    AS_OF,
    CLINIC,
    act,
    chosen,
    done,
    own_table,
    prepared,
    until_ended,
    upload,
    words,
)
from tests.pages.visitor import Visitor


@pytest.fixture(scope="module")
def finished(service: FastAPI) -> str:
    """A run of 130 rows that is done, of which 13 could not be read."""
    return done(Visitor(service), own_table(130))


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


# Results ---------------------------------------------------------------------------------------


def ids(text: str) -> list[str]:
    return re.findall(r'rows/\d+(?:\?[^"]*)?"><bdi>([^<]+)', text)


def test_results_are_filtered_sorted_and_paged_on_the_server(
    visitor: Visitor, finished: str
) -> None:
    first = visitor.open(finished).text
    second = visitor.open(f"{finished}?page=2").text
    third = visitor.open(f"{finished}?page=3").text
    whole = ids(first) + ids(second) + ids(third)

    assert (len(whole), len(set(whole))) == (117, 117)
    assert whole == sorted(whole), "in the order of the table"
    down = ids(visitor.open(f"{finished}?sort=screening_id&down=true").text)
    assert down == sorted(whole, reverse=True)[:50]
    males = visitor.open(f"{finished}?decision=ineligible&size=100").text
    assert all(int(each[2:]) % 3 == 0 or int(each[2:]) % 4 == 3 for each in ids(males))
    failed = visitor.open(f"{finished}?criterion=INCL01&verdict=fail&size=100").text
    assert ids(failed)
    assert all(int(each[2:]) % 4 == 3 for each in ids(failed))
    by_verdict = visitor.open(f"{finished}?sort=INCL01&size=100").text
    assert [int(each[2:]) % 4 == 3 for each in ids(by_verdict)] == sorted(
        int(each[2:]) % 4 == 3 for each in ids(by_verdict)
    ), "what passed comes first, stable"


def test_an_id_is_searched_for_without_standing_in_an_address(
    visitor: Visitor, finished: str
) -> None:
    answer = visitor.send(f"{finished}/results", {"text": "s-0001", "sort": "screening_id"})

    assert answer.status_code == 200
    assert ids(answer.text) == [f"S-0001{n}" for n in range(9)]
    assert "s-0001" not in "".join(re.findall(r'(?:href|action)="([^"]*)"', answer.text))
    again = visitor.send(
        f"{finished}/results", {"text": "s-0001", "again": "sort=screening_id&down=true"}
    )
    assert ids(again.text) == [f"S-0001{n}" for n in reversed(range(9))]
    codes = visitor.send(f"{finished}/results", {"text": "", "decision": "ineligible"})
    assert codes.headers["location"] == f"{finished}?decision=ineligible#results"


@pytest.mark.parametrize(
    "query", ["decision=maybe", "sort=a%22b", "page=0", "size=7", "id=S-1", "criterion=INCL01%20"]
)
def test_what_is_no_code_is_no_filter(visitor: Visitor, finished: str, query: str) -> None:
    assert visitor.open(f"{finished}?{query}").status_code == 422


def test_rejected_rows_are_filtered_by_code_and_column(visitor: Visitor, finished: str) -> None:
    page = visitor.open(f"{finished}/rejected").text
    assert "13 match" in words(page)
    code = re.search(r"\?code=(\w+)&amp;column=0", page)
    assert code
    assert "13 match" in words(visitor.open(f"{finished}/rejected?code={code[1]}&column=0").text)
    assert "0 match" in words(visitor.open(f"{finished}/rejected?code=no_such").text)
    assert visitor.open(f"{finished}/rejected?column=9").status_code == 404


def test_a_row_is_explained_and_agrees_with_the_results(visitor: Visitor, finished: str) -> None:
    text = words(visitor.open(f"{finished}/rows/4").text)

    assert "S-00004" in text
    assert "ECOG performance status" in text
    chinese = visitor.open(f"{finished}/rows/4", **{"accept-language": "zh"}).text
    assert "体能状态" in chinese
    assert visitor.open(f"{finished}/rows/117").status_code == 404


def test_files_and_figures_are_there(visitor: Visitor, finished: str) -> None:
    text = visitor.open(finished).text
    for name in re.findall(r'/files/([^"]+)"', text):
        answer = visitor.open(f"{finished}/files/{name}")
        assert answer.status_code == 200, name
    assert text.count("<figure>") == 5
    assert visitor.open(f"{finished}/files/batch.json").status_code == 404


@pytest.fixture
def colleagues(guarded: FastAPI, settings: Any) -> tuple[Visitor, Visitor, Visitor]:
    store = who.store_of(settings)
    found = [Visitor(guarded) for _ in range(3)]
    for visitor, site in zip(found, (who.SITE, who.SITE, who.OTHER_SITE), strict=True):
        visitor.sign_in(who.key(store, Role.COORDINATOR, sites=(site,)))
    return found[0], found[1], found[2]


def test_a_second_person_of_the_site_opens_the_same_and_no_other_site_does(
    colleagues: tuple[Visitor, Visitor, Visitor],
) -> None:
    first, second, other = colleagues
    draft = prepared(first, CLINIC.encode())
    run = done(first, own_table(20))

    for place in (draft, run, f"{run}/rows/0", f"{run}/rejected", f"{run}/files/results.csv"):
        assert second.open(place).status_code == 200
        assert other.open(place).status_code == 404
    assert run in second.open("/tables").text
    assert run not in other.open("/tables").text
    for step in ("cancel", "resume", "remove"):
        assert other.send(f"{run}/step", {"do": step}).status_code == 404
    assert act(other, draft, "remove").status_code == 404
    assert other.send(f"{run}/results", {"text": "S"}).status_code == 404
    assert second.send(f"{run}/step", {"do": "remove"}).headers["location"] == "/tables"
    assert first.open(run).status_code == 404


# Two people on one draft -----------------------------------------------------------------------


def as_shown(text: str) -> dict[str, str]:
    """The fields of a draft's page that say what it was shown with."""
    hidden = re.findall(
        r'<input type="hidden" name="((?:was\.|word\.|header)[^"]*)" value="([^"]*)"', text
    )
    return {name: html.unescape(value) for name, value in hidden}


def test_two_people_on_one_draft_do_not_wipe_each_others_choices(visitor: Visitor) -> None:
    place = prepared(visitor, CLINIC.encode())
    shown = as_shown(visitor.open(place).text)
    unchosen = {f"to.{n}": "" for n in range(8)}

    act(visitor, place, "check", **shown, **{**unchosen, "to.1": "sex", "to.0": "screening_id"})
    second = act(visitor, place, "check", **shown, **{**unchosen, "to.2": "ecog"})

    assert second.status_code == 303
    assert chosen(visitor.open(place).text) == {"0": "screening_id", "1": "sex", "2": "ecog"}


def test_what_two_people_chose_differently_is_shown_with_both(visitor: Visitor) -> None:
    place = prepared(visitor, CLINIC.encode())
    shown = as_shown(visitor.open(place).text)
    act(visitor, place, "check", **shown, **{"to.2": "ecog"})

    answer = act(visitor, place, "check", **shown, **{"to.2": "karnofsky", "to.1": "sex"})

    assert answer.status_code == 409
    assert "theirs, kept: ecog ; yours, not kept: karnofsky" in words(answer.text)
    assert chosen(answer.text)["2"] == "karnofsky", "it is there to be sent again"
    assert chosen(visitor.open(place).text) == {"1": "sex", "2": "ecog"}
    again = act(visitor, place, "check", **as_shown(answer.text), **{"to.2": "karnofsky"})
    assert again.status_code == 303
    assert chosen(visitor.open(place).text)["2"] == "karnofsky"


def test_words_and_days_told_meanwhile_stay(visitor: Visitor) -> None:
    place = prepared(visitor, CLINIC.encode())
    act(visitor, place, "check", **{"to.1": "sex"})
    shown = as_shown(visitor.open(place).text)
    assert shown["word.1.0"] == "w"
    act(visitor, place, "check", **shown, **{"means.1.0": "female"})

    answer = act(visitor, place, "check", **shown, **{"means.1.0": "male", "as_of": "2026-11-20"})

    assert answer.status_code == 409
    assert "female" in words(answer.text).partition("yours, not kept")[0]
    assert 'name="was.as_of" value="2026-11-20"' in visitor.open(place).text


@pytest.mark.parametrize("do", ["screen", "forget"])
def test_nobody_screens_or_forgets_what_they_have_not_seen(visitor: Visitor, do: str) -> None:
    place = prepared(visitor, own_table(3))
    act(visitor, place, "use")
    shown = as_shown(visitor.open(place).text)
    act(visitor, place, "check", **shown, **{"to.2": "-"})

    assert act(visitor, place, do, **shown).status_code == 409
    seen = as_shown(visitor.open(place).text)
    assert chosen(visitor.open(place).text)["2"] == "-"
    assert act(visitor, place, do, **seen).status_code == 303


def test_a_choice_for_columns_that_are_read_otherwise_by_now_is_not_given_to_others(
    visitor: Visitor,
) -> None:
    place = prepared(visitor, CLINIC.encode())
    shown = as_shown(visitor.open(place).text)
    act(visitor, place, "check", **shown, **{"delimiter": "comma"})

    answer = act(visitor, place, "check", **shown, **{"to.0": "sex"})

    assert answer.status_code == 409
    assert "yours, not kept: sex" in words(answer.text)
    assert chosen(visitor.open(place).text) == {}


def test_a_verdict_without_a_criterion_means_some_criterion(
    visitor: Visitor, finished: str
) -> None:
    failed = ids(visitor.open(f"{finished}?verdict=fail&size=100").text)
    ineligible = ids(visitor.open(f"{finished}?decision=ineligible&size=100").text)

    assert failed == ineligible
    assert 0 < len(failed) < 100
    assert ids(visitor.open(f"{finished}?verdict=fail&criterion=INCL99").text) == []
    hint = "A criterion filters only together with a verdict"
    assert hint in words(visitor.open(f"{finished}?criterion=INCL01").text)
    assert hint not in words(visitor.open(f"{finished}?criterion=INCL01&verdict=fail").text)


def test_the_row_before_and_after_are_those_of_the_filtered_and_sorted_table(
    visitor: Visitor, finished: str
) -> None:
    asked = "decision=ineligible&sort=screening_id&down=true"
    page = visitor.open(f"{finished}?{asked}").text
    rows = re.findall(r'rows/(\d+)\?([^"]+)"><bdi>', page)
    assert html.unescape(rows[1][1]) == asked

    text = html.unescape(visitor.open(f"{finished}/rows/{rows[1][0]}?{asked}").text)

    assert f'{finished}/rows/{rows[0][0]}?{asked}" rel="prev"' in text
    assert f'{finished}/rows/{rows[2][0]}?{asked}" rel="next"' in text
    assert "S-0" not in "".join(re.findall(r'href="([^"]*)"', text))
    first = visitor.open(f"{finished}/rows/{rows[0][0]}?{asked}", **{"accept-language": "zh"}).text
    assert 'rel="prev"' not in first
    assert "下一例" in first


def test_what_is_read_first_stands_before_the_verdicts(visitor: Visitor, finished: str) -> None:
    text = visitor.open(finished).text
    names = re.findall(r"sort=(\w+)", text.partition("<thead>")[2].partition("</thead>")[0])

    assert names[:6] == [
        "screening_id", "decision", "deciding_criteria", "next_question", "possible_from", "valid_until"
    ]  # fmt: skip
    assert names[6] == "INCL01"
    assert re.search(r'title="INCL\d+ [^"]+"><bdi>INCL\d+</bdi> \+\d+</td>', text)


def test_a_page_of_ten_thousand_results_holds_fifty_rows(visitor: Visitor) -> None:
    run = done(visitor, own_table(11_112))

    first, last = visitor.open(run).text, visitor.open(f"{run}?page=201").text

    assert "10,001 match; page 1 of 201" in words(first)
    assert (len(ids(first)), len(set(ids(first))), len(ids(last))) == (50, 50, 1)
    assert len(first) < 400_000


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
