"""What holds of every page: its policy, its language, its words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import api.pages
from api.access import ROUTES, Route
from api.pages.language import written_date, written_number, written_time
from api.pages.site import NAVIGATION
from api.pages.wording import all_words
from tests.pages.visitor import Visitor

ROOT = Path(api.pages.__file__).parent
TEMPLATES = sorted((ROOT.parent / "templates").rglob("*.html"))
PLAIN = [
    row
    for row in ROUTES
    if row.is_page and row.method == "GET" and "{" not in row.path and "." not in row.path
]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# Keys that are put together when a page is made, by their first words.
PUT_TOGETHER = (
    "problem.", "nav.", "decision.", "verdict.", "start.example.", "start.topic.",
    "tables.state.", "tables.kind.", "tables.delimiter.", "tables.reason.", "tables.absent.",
    "tables.result.", "tables.figure.", "tables.number.", "tables.why_not.", "chart.", "fault.", "truth.",
    "overtime.step.", "patient.flag.", "patient.count.", "patient.part.", "patient.complete.",
    "patient.window.", "patient.kind.", "checklist.answer.", "checklist.verdict.",
    "checklist.column.", "checklist.role.", "checklist.sign.", "checklist.kind.",
    "criteria.kind.", "criteria.remedy.", "criteria.severity.", "log.kind", "log.export.",
    "log.outcome.", "log.because.", "log.detail.", "log.change.", "log.answered.", "log.fault", "log.profile",
    "log.rules_hash", "log.input_hash", "log.previous_hash", "log.entry_hash",
    "log.engine_version", "log.recorded_", "log.then", "log.now", "log.first", "log.second",
    "log.pick", "log.what", "log.criteri", "log.decision",
)  # fmt: skip


@pytest.mark.parametrize("row", PLAIN, ids=lambda row: row.path)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_keeps_the_policy_and_names_its_language(
    visitor: Visitor, row: Route, language: str
) -> None:
    answer = visitor.open(row.path, **{"accept-language": language})
    if answer.status_code == 303:
        answer = visitor.open(answer.headers["location"], **{"accept-language": language})

    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["content-language"] == {"en": "en", "zh": "zh-Hans"}[language]
    assert f'<html lang="{answer.headers["content-language"]}">' in answer.text
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", answer.text)


def test_the_interface_keeps_its_own_policy(visitor: Visitor) -> None:
    headers = visitor.open("/v1/trials").headers

    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("wanted", "language"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-GB,en;q=0.9,zh;q=0.8", "en"), ("de,zh;q=0.5", "zh"),
     ("de", "en"), ("", "en"), ("zh;q=0,en", "en"), ("zh;q=x", "en"), ("*", "en"),
     ("en;q=0.1,zh-Hans-CN;q=0.2", "zh")],
)  # fmt: skip
def test_the_language_is_the_browsers(visitor: Visitor, wanted: str, language: str) -> None:
    answer = visitor.open("/", **{"accept-language": wanted})

    assert answer.headers["content-language"].startswith(language)


def test_a_language_that_was_chosen_stays(visitor: Visitor) -> None:
    answer = visitor.send("/language", {"language": "zh", "next": "/"})

    assert answer.headers["location"] == "/"
    assert visitor.open("/", **{"accept-language": "en"}).headers["content-language"] == "zh-Hans"
    assert visitor.send("/language", {"language": "tlh"}).status_code == 422


@pytest.mark.parametrize("given", ["//evil.example", "https://evil.example/", "/v1/log", "/a\r\nb"])
def test_choosing_a_language_leads_nowhere_else(visitor: Visitor, given: str) -> None:
    answer = visitor.send("/language", {"language": "zh", "next": given})

    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [("2026-11-21", "21 Nov 2026", "2026年11月21日"), ("2026-05", "May 2026", "2026年5月"),
     ("2026", "2026", "2026年"), ("day -12", "day -12", "第-12天"), ("soon", "soon", "soon"),
     ("2026-13-01", "2026-13-01", "2026-13-01"), ("2026-11-21x", "2026-11-21x", "2026-11-21x"),
     (None, "", "")],
)  # fmt: skip
def test_dates_are_written_as_people_write_them(
    value: str | None, english: str, chinese: str
) -> None:
    assert (written_date(value, "en"), written_date(value, "zh")) == (english, chinese)


def test_moments_and_numbers() -> None:
    moment = "2026-11-21T09:30:00.000000+00:00"

    assert written_time(moment, "en") == "21 Nov 2026, 09:30 UTC"
    assert written_time(moment, "zh") == "2026年11月21日 09:30 UTC"
    assert (written_number(10000), written_number(1234.5)) == ("10,000", "1,234.5")


def used_keys() -> set[str]:
    """The keys that templates and modules name whole."""
    named = re.compile(r"""(?:\bt\(\s*|")["']?([a-z_]+(?:\.[a-z0-9_]+)+)["']""")
    texts = [path.read_text(encoding="utf-8") for path in TEMPLATES]
    texts += [path.read_text(encoding="utf-8") for path in ROOT.glob("*.py")]
    found = {key for text in texts for key in named.findall(text)}
    return {
        key
        for key in found
        if key.partition(".")[0] in TOPICS and not key.endswith((".py", ".js", ".css"))
    }


TOPICS = {key.partition(".")[0] for key in all_words()}


def test_every_word_is_used_and_every_word_used_is_there() -> None:
    keys = set(all_words())

    assert used_keys() - keys == set()
    assert {key for key in keys - used_keys() if not key.startswith(PUT_TOGETHER)} == set()


def test_both_languages_have_the_same_parts_and_neither_is_empty() -> None:
    for key, texts in all_words().items():
        english, chinese = (sorted(re.findall(r"\{(\w+)\}", text)) for text in texts)
        assert english == chinese, key
        assert all(text.strip() for text in texts), key
        assert re.search(r"[\u4e00-\u9fff\uff00-\uffef]", texts[1]), f"{key} has no Chinese"


def test_a_site_profile_has_one_name_in_chinese() -> None:
    written = " ".join(texts[1] for texts in all_words().values())

    assert [each for each in ("中心设定", "中心方案") if each in written] == []


def test_the_menu_shows_what_is_there_and_allowed(visitor: Visitor) -> None:
    there = {row.path for row in ROUTES if row.method == "GET" and row.is_page}
    page = visitor.open("/").text
    menu = page.partition("<nav")[2].partition("</nav>")[0]

    assert set(re.findall(r'href="([^"]+)"', menu)) == there & {path for path, _ in NAVIGATION}


def test_the_start_page_names_what_it_is_not(visitor: Visitor) -> None:
    text = visitor.open("/").text

    assert "The investigator decides" in text
    assert text.count("start.example") == 0
    assert "Three invented patients" in text


def test_hostile_text_in_a_header_is_never_in_a_page(visitor: Visitor) -> None:
    answer = visitor.open("/", **{"accept-language": "<script>alert(1)</script>"})

    assert "alert(1)" not in answer.text


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if path.parent.name == "tables"], ids=lambda path: path.name
)
def test_text_of_a_table_is_shown_with_every_sign_seen(path: Path) -> None:
    told = re.findall(r"<bdi[^>]*>\{\{ (.*?) \}\}", path.read_text(encoding="utf-8"))

    assert [each for each in told if not each.endswith("|shown")] == []
