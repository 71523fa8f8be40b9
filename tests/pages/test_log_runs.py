"""Tables in the screening log: told by what they came to, never by a file's name, and led to while they are kept."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI

from api.log.drafts import BatchDraft
from api.settings import Settings
from api.words import Role
from tests.api.door import identities as who
from tests.pages.log_entries import last_of
from tests.pages.tables import act, own_table, prepared, until_ended, words
from tests.pages.visitor import Visitor


def noted(service: FastAPI, site: str = "local") -> int:
    """The entry of a table that is no longer kept."""
    draft = BatchDraft(
        actor="local", site=site, batch="a" * 44, trial="NCT06731140", rules_hash="b" * 64,
        engine_version="1", table_hash="c" * 64, results_hash="d" * 64, rows=1200, rejected=3,
        decisions={},
    )  # fmt: skip
    return int(service.state.desk.log.submit(draft).result().entry.sequence)


def facts_of(page: str) -> str:
    return page.partition('<dl class="facts">')[2].partition("</dl>")[0]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ("Table run", "Rows screened", "Results (SHA-256)")),
     ("zh", ("批量筛查", "筛查行数", "结果文件（SHA-256）"))],
)  # fmt: skip
def test_what_a_table_came_to_is_said_in_words(
    anna: Visitor, full: FastAPI, language: str, said: tuple[str, ...]
) -> None:
    number = noted(full)

    page = anna.open(f"/log-book/{number}", **{"accept-language": language}).text

    facts = facts_of(page)
    assert [each for each in said if f"<dt>{each}</dt>" not in facts] == []
    assert "<dd>1,200</dd>" in facts
    assert "<dt><code>" not in facts
    assert {"en": "1,200 rows, ", "zh": "日，1,200 行"}[language] in words(facts)
    assert {"en": "(no longer kept)", "zh": "（已不再保留）"}[language] in words(facts)
    assert "/tables/" not in facts


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_list_tells_rows_and_day(anna: Visitor, full: FastAPI, language: str) -> None:
    noted(full)

    page = words(anna.open("/log-book?kind=batch", **{"accept-language": language}).text)

    told = {"en": r"table screened : 1,200 rows, \d+ [A-Z][a-z]{2} 20\d\d",
            "zh": r"批量筛查 : 20\d\d年\d+月\d+日，1,200 行"}[language]  # fmt: skip
    assert re.search(told.replace(" : ", " ?: ?"), page), page


def test_a_run_is_led_to_while_it_is_kept_and_known_by_its_entry_afterwards(
    visitor: Visitor, service: FastAPI
) -> None:
    place = prepared(visitor, own_table(20), name="Anna Canary.csv")
    act(visitor, place, "use")
    act(visitor, place, "screen")
    until_ended(visitor, place)
    number = last_of(service)

    kept = visitor.open(f"/log-book/{number}").text
    visitor.send(f"{place}/step", {"do": "remove"})
    gone, removal = (visitor.open(f"/log-book/{each}").text for each in (number, number + 1))
    listed = visitor.open("/log-book").text

    assert f'<a href="{place}">20 rows, ' in facts_of(kept)
    assert "/tables/" not in facts_of(gone)
    assert "(no longer kept)" in gone
    assert f'<a href="/log-book/{number}">Entry {number}</a>' in facts_of(removal)
    assert "<dd>20</dd>" in facts_of(removal)
    assert "a table run was deleted" in words(listed)
    assert not [page for page in (kept, gone, removal, listed) if "Canary" in page]


def test_who_may_not_open_tables_is_not_led_to_them(
    guarded: FastAPI, stranger: Visitor, settings: Settings
) -> None:
    store = who.store_of(settings)
    stranger.sign_in(who.key(store, Role.COORDINATOR))
    place = prepared(stranger, own_table(10))
    act(stranger, place, "use")
    act(stranger, place, "screen")
    until_ended(stranger, place)
    reader = Visitor(guarded)
    reader.sign_in(who.key(store, Role.READER))
    address = f"/log-book/{last_of(guarded)}"

    assert f'<a href="{place}">10 rows, ' in stranger.open(address).text
    facts = facts_of(reader.open(address).text)
    assert "10 rows, " in facts
    assert "/tables/" not in facts
