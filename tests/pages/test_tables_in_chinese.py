"""What is wrong with a table, in Chinese: on its draft, in rows that were set aside, when it cannot be read."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI

from api.batches.model import End, State
from api.pages.table_runs import FIGURES
from tests.pages.tables import act, done, own_table, prepared, until_ended, upload, words
from tests.pages.visitor import Visitor

# Faults of rows of many kinds, by the record's own columns.
ROWS = (
    b"screening_id,sex,age_years,ecog,specimens.1.date\n"
    b"S-1,femal,300,x,2026-13\n"
    b"S-1,female,54,1,2025\n"
    b",female,54,1,2025\n"
    b"S-4,female,54\n"
    b'S-5,"female"x,54,1,2025\n'
)


@pytest.fixture
def reader(service: FastAPI) -> Visitor:
    """Somebody whose browser asks for Chinese."""
    return Visitor(service, **{"accept-language": "zh-CN"})


def english_in(text: str) -> list[str]:
    """Texts of a page that are marked as English."""
    content = text.partition("<main")[2].partition("</main")[0]
    found = re.findall(r'lang="en"[^>]*>(.*?)</(?:td|li|p)>', content, re.DOTALL)
    return [words(part) for part in found]


def test_rows_that_were_not_screened_have_their_reasons_in_chinese(reader: Visitor) -> None:
    place = prepared(reader, ROWS, name="rows.csv")
    act(reader, place, "use")
    act(reader, place, "screen")
    until_ended(reader, place)
    page = reader.open(f"{place}/rejected").text
    read = words(page)

    assert english_in(page) == []
    assert "不是可用的写法；是否为“female”？" in read
    assert "数值不在0至130岁的范围内" in read
    assert "没有此月份" in read
    assert "筛选号与第2行重复" in read
    assert "每位患者只保留一行" in read
    assert "该行没有筛选号" in read
    assert "该行的单元格少于表头" in read
    assert "引号闭合后紧跟其他文字" in read
    assert "<code>stray_quote</code>" in page, "codes are the same in every language"
    kept = reader.open(f"{place}/files/rejected.csv").text
    assert "the same screening id stands on line 2" in kept, "files stay as they are"


def test_a_draft_tells_in_chinese_what_cannot_be_read(reader: Visitor) -> None:
    place = prepared(reader, ROWS, name="rows.csv")
    act(reader, place, "use")
    page = reader.open(place).text
    read = words(page)

    assert english_in(page) == []
    assert "引号闭合后紧跟其他文字 – 单元格内的引号请写两次" in read
    assert "无法读取的行： 该行的单元格少于表头 too_few_cells 1" in read
    assert "数值不在0至130岁的范围内" in read


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "表格为空"),
        (b"PK\x03\x04 broken", "文件已损坏或不完整"),
        (b"a,b,a\n1,2,3\n", "该列与第1列同名 – 请改名或删除其中一列"),
        (b"a;b,c\n1;2,3\n", "表头中两种分隔符数量相同"),
        (b"%PDF-1.7 ...", "该文件不是文本表格"),
    ],
)
def test_a_file_that_cannot_be_read_says_so_in_chinese(
    reader: Visitor, content: bytes, told: str
) -> None:
    answer = upload(reader, content)
    page = reader.open(answer.headers["location"]).text if answer.is_redirect else answer.text

    assert told in words(page)
    assert english_in(page) == []


def test_a_mapping_that_cannot_be_used_is_a_page_in_chinese(reader: Visitor) -> None:
    answer = upload(reader, ROWS, mapping=b"id: [screening_id\n")

    assert answer.status_code == 422
    assert "不是有效的UTF-8 YAML。" in words(answer.text)
    assert english_in(answer.text) == []


PROBLEMS: list[tuple[dict[str, Any], str, str]] = [
    (
        {"code": "table_changed", "title": "the table changed", "hint": "a copy", "faults": []},
        "筛查过程中表格被改动",
        "the table changed – a copy",
    ),
    (
        {"code": "process_died", "title": "the process ended", "hint": "look", "faults": []},
        "筛查进程多次意外中止",
        "the process ended – look",
    ),
]


@pytest.mark.parametrize(("problem", "chinese", "english"), PROBLEMS, ids=["library", "service"])
def test_what_ended_a_run_is_told_in_the_readers_language(
    service: FastAPI, reader: Visitor, problem: dict[str, Any], chinese: str, english: str
) -> None:
    place = done(reader, own_table(3))
    site = "local"
    kept = service.state.batches.store.find(site, place.rpartition("/")[2])
    kept.finish(End(State.FAILED, "2026-11-21T09:30:00+00:00", problem))

    page = reader.open(place).text

    assert chinese in words(page)
    assert english_in(page) == []
    assert english in words(Visitor(service).open(place).text)


def test_results_have_their_figures_titles_and_questions_in_chinese(
    service: FastAPI, reader: Visitor
) -> None:
    place = done(reader, own_table(12))
    page, english = reader.open(place).text, Visitor(service).open(place).text

    assert english_in(page) == []
    assert "体能状态" in words(page)
    assert "INCL01 ECOG体能状态评分0-2分 3 0 8 8 0" in words(page), (
        "numbers stand beside the figures"
    )
    assert re.findall(r'<img src="[^"]+/(\w+)\.zh\.svg"', page) == list(FIGURES)
    assert re.findall(r'<img src="[^"]+/(\w+)\.svg"', english) == list(FIGURES)
    drawing = reader.open(f"{place}/files/attrition.zh.svg")
    assert drawing.headers["content-type"] == "image/svg+xml"
    assert "全部已筛查患者" in drawing.text


def test_a_run_of_an_earlier_version_shows_the_figures_it_has(
    service: FastAPI, reader: Visitor
) -> None:
    place = done(reader, own_table(12))
    kept = service.state.batches.store.find("local", place.rpartition("/")[2])
    outcome = kept.outcome()
    assert outcome is not None
    files = {path: size for path, size in outcome.files.items() if ".zh." not in path}
    kept.come_out(replace(outcome, files=files))

    page = reader.open(place).text

    assert re.findall(r'<img src="[^"]+/([\w.]+)\.svg"', page) == list(FIGURES)
