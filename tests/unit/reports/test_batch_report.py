"""The report is one page that opens offline, keeps hostile text as text, and is the same each time."""

import base64
import csv
import hashlib
import re
import time
from pathlib import Path

import pytest

from eligibility.protocol.verdict import Decision, Verdict
from eligibility.reports.batch_facts import BatchFacts
from eligibility.reports.batch_page import MOST_LISTED
from eligibility.reports.batch_report import write_reports
from eligibility.reports.facts_of_results import read_facts
from eligibility.reports.results import ResultRow, ResultsWriter
from tests.unit.reports.batches import Page, facts_of, row, run

HOSTILE = [
    "<script>alert(1)</script>",
    "</td></table><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "&lt;b&gt;&amp;",
    "]]><!--",
    "</style><style>*{display:none}",
    "=HYPERLINK(A1)",
    "NUL\x00 bell\x07 \u202egnp.exe \u2066x",
    "two\nlines\r\nEND:VEVENT",
    "https://example.org/a.png",
    "中文 id",
]


def written(folder: Path, facts: BatchFacts) -> dict[str, bytes]:
    paths = write_reports(folder, facts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def hostile_facts() -> BatchFacts:
    return facts_of(
        *(row(text, "fpp", text, "2026-12-09") for text in HOSTILE), of=run(table="<b>.csv")
    )


def test_the_folder_holds_page_lists_and_figures(tmp_path: Path) -> None:
    names = set(written(tmp_path, facts_of(row("P1", "fpp"))))

    figures = {"attrition", "verdicts", "open_criteria", "next_questions", "gain"}
    lists = {"report.html", "near_misses.csv", "rescreen_queue.csv", "rescreen_queue.ics"}
    assert names == lists | {
        f"figures/{n}.{kind}" for n in figures for kind in ("svg", "zh.svg", "png")
    }
    assert names == {
        str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("verdicts_only", [True, False])
def test_what_was_not_asked_for_is_not_told_as_none(tmp_path: Path, *, verdicts_only: bool) -> None:
    facts = facts_of(row("P1", "fpu"), of=run(verdicts_only=verdicts_only))

    html = written(tmp_path, facts)["report.html"].decode()

    assert ("Dates were not asked for in this run" in html) is verdicts_only
    assert ("Questions were not asked for in this run" in html) is verdicts_only


def test_the_same_facts_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()

    assert written(tmp_path / "one", hostile_facts()) == written(
        tmp_path / "other", hostile_facts()
    )


def test_the_page_asks_for_nothing_and_runs_nothing(tmp_path: Path) -> None:
    page = Page(written(tmp_path, hostile_facts())["report.html"].decode())

    assert page.names().isdisjoint({"script", "img", "link", "iframe", "object", "form", "base"})
    for _, attributes in page.tags:
        assert not {"src", "srcset", "style", "data", "action"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")
        assert "http" not in (attributes.get("fill") or "")


def test_the_policy_lets_in_the_style_of_the_page_and_nothing_else(tmp_path: Path) -> None:
    html = written(tmp_path, facts_of())["report.html"].decode()

    policy = re.search(r'content="(default-src[^"]*)"', html)
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert policy is not None
    assert style is not None
    digest = hashlib.sha256(style[1].encode()).digest()
    allowed = re.search(r"'sha256-([^']+)'", policy[1])
    assert allowed is not None
    assert base64.b64decode(allowed[1]) == digest
    assert policy[1].startswith("default-src 'none'")
    assert "url(" not in style[1]
    assert "@import" not in style[1]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text(tmp_path: Path, text: str) -> None:
    page = Page(written(tmp_path, facts_of(row(text, "fpp", text)))["report.html"].decode())

    plain = Page(written_plain(tmp_path))
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in plain.tags]
    assert shown(text) in " ".join(page.text.split())


def written_plain(folder: Path) -> str:
    (folder / "plain").mkdir()
    return written(folder / "plain", facts_of(row("P1", "fpp", "ask?")))["report.html"].decode()


def shown(text: str) -> str:
    """The text as the page shows it: no character that forbids, commands or turns."""
    return " ".join(re.sub("[\x00-\x08\u202e\u2066]", "\N{REPLACEMENT CHARACTER}", text).split())


def test_every_figure_has_its_words_and_a_table_with_headings(tmp_path: Path) -> None:
    page = Page(written(tmp_path, facts_of(row("P1", "fpu")))["report.html"].decode())

    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    drawings = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert len(ids) == len(set(ids))
    assert len(drawings) == 5
    for drawing in drawings:
        assert drawing["role"] == "img"
        assert set((drawing["aria-labelledby"] or "").split()) <= set(ids)
    headings = [attributes for tag, attributes in page.tags if tag == "th"]
    assert {attributes["scope"] for attributes in headings} == {"col", "row"}
    tables = sum(tag == "table" for tag, _ in page.tags)
    assert sum(tag == "caption" for tag, _ in page.tags) == tables
    assert ("html", {"lang": "en"}) in page.tags


def test_links_of_the_page_lead_to_its_sections(tmp_path: Path) -> None:
    page = Page(written(tmp_path, facts_of())["report.html"].decode())

    ids = {attributes.get("id") for _, attributes in page.tags}
    links = [attributes["href"] or "" for tag, attributes in page.tags if tag == "a"]
    assert len(links) == 8
    assert {link.removeprefix("#") for link in links} <= ids


def test_both_ways_of_counting_are_labelled(tmp_path: Path) -> None:
    text = Page(written(tmp_path, facts_of())["report.html"].decode()).text

    assert "Sequential: in the order of the protocol" in text
    assert "Independent: each criterion by itself" in text


def test_rejected_rows_are_told_with_their_codes(tmp_path: Path) -> None:
    facts = facts_of(row("P1", "ppp"))
    facts.rejected, facts.rejected_by_code = 2, {"unknown_code": 3}

    text = Page(written(tmp_path, facts)["report.html"].decode()).text

    assert "3 rows in: 1 screened, 2 rejected." in text
    assert "unknown_code3" in text


def test_a_long_list_is_cut_on_the_page_and_whole_in_its_file(tmp_path: Path) -> None:
    facts = facts_of(*(row(f"P{n}", "fpp") for n in range(MOST_LISTED + 1)))

    files = written(tmp_path, facts)

    assert "The first 100 of 101; all are in near_misses.csv." in files["report.html"].decode()
    assert len(files["near_misses.csv"].decode().splitlines()) == MOST_LISTED + 2


def test_many_criteria_in_one_cell_are_shortened_on_the_page_only(tmp_path: Path) -> None:
    criteria = tuple(f"INCL{n:02}" for n in range(1, 10))
    verdicts = (Verdict.FAIL, *[Verdict.UNKNOWN] * 8)
    facts = BatchFacts(run(criteria))
    facts.add(ResultRow("P1", Decision.INELIGIBLE, ("INCL01",), verdicts))

    files = written(tmp_path, facts)

    assert "INCL02 INCL03 INCL04 and 5 more" in files["report.html"].decode()
    assert b"INCL08 INCL09" in files["near_misses.csv"]


def test_results_read_back_give_the_same_reports(tmp_path: Path) -> None:
    rows = [row(text.replace("\x00", ""), "fuu", text.replace("\x00", "")) for text in HOSTILE]
    rows += [row("P1", "ppp", "", "2026-12-01", "2026-12-09")]
    with (tmp_path / "results.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = ResultsWriter(stream, tuple(run().titles))
        for each in rows:
            writer.write(each)
    for name in ("kept", "read"):
        (tmp_path / name).mkdir()

    again = read_facts(tmp_path / "results.csv", run())

    assert written(tmp_path / "kept", facts_of(*rows)) == written(tmp_path / "read", again)


def test_ten_thousand_rows_cost_less_than_two_seconds(tmp_path: Path) -> None:
    patterns = ["fpp", "upp", "ppp", "ffu", "pfu"]
    rows = [
        row(f"P{n}", patterns[n % 5], f"question {n % 40}?", f"2027-01-{n % 28 + 1:02}")
        for n in range(10_000)
    ]
    facts = BatchFacts(run(), folder=tmp_path)

    before = time.process_time()
    for each in rows:
        facts.add(each)
    files = written(tmp_path, facts)
    taken = time.process_time() - before

    with (tmp_path / "rescreen_queue.csv").open(encoding="utf-8", newline="") as stream:
        assert sum(1 for _ in csv.DictReader(stream)) == 10_000 * 4 // 5
    assert len(files["report.html"]) < 200_000
    assert taken < 2
