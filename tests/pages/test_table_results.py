"""The results of a table through the pages: filtered, sorted, paged, explained row by row, and taken away."""

from __future__ import annotations

import html
import re

import pytest
from fastapi import FastAPI

from tests.pages.tables import (
    done,
    own_table,
    words,
)
from tests.pages.visitor import Visitor


@pytest.fixture(scope="module")
def finished(service: FastAPI) -> str:
    """A run of 130 rows that is done, of which 13 could not be read."""
    return done(Visitor(service), own_table(130))


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
