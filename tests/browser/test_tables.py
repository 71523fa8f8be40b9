"""A table in a real browser: sent, told its meaning, screened, looked through; by mouse, by keys, without script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.api.door import identities as who
from tests.browser.conftest import OpenPage, Shot, by_keyboard, reach
from tests.pages.tables import CLINIC, own_table

Check = Callable[[Page], None]
ENDED = 60_000


def sent(page: Page, content: bytes, name: str = "clinic.csv") -> None:
    """Through the form, by whatever language it is in."""
    page.locator("#table").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )
    page.locator("#as_of").fill("2026-11-21")
    page.locator("#planned_start").fill("2026-12-01")
    page.locator("section.upload button.primary").click()
    expect(page.locator("#prepare")).to_be_visible()


def press(page: Page, do: str) -> None:
    page.locator(f'button[name=do][value="{do}"]:not(.unseen)').click()


def screened(page: Page) -> None:
    press(page, "screen")
    expect(page.locator("#results")).to_be_visible(timeout=ENDED)


LOOKS = [("en", "desk", "light"), ("zh", "phone", "light"), ("zh", "tablet", "dark")]


@pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)
def test_the_journey_at_every_width_and_in_both_languages(
    open_page: OpenPage, shot: Shot, axe: Check, fits: Check, language: str, width: str, scheme: str
) -> None:
    page = open_page("/tables", language=language, width=width, scheme=scheme)
    name = f"{language}-{width}-{scheme}"

    def looked(step: str) -> None:
        fits(page)
        axe(page)
        shot(page, f"tables-{step}-{name}")

    looked("list")
    sent(page, CLINIC.encode())
    looked("draft")
    press(page, "use")
    press(page, "leave")
    page.locator('select[name="to.0"]').select_option("screening_id")
    page.locator('select[name="to.7"]').select_option("-")
    page.get_by_label(re.compile("^w ")).select_option("female")
    press(page, "check")
    looked("mapped")
    screened(page)
    looked("results")
    page.locator(".results tbody a").first.click()
    expect(page.locator("details").first).to_be_visible()
    looked("row")
    page.go_back()
    page.locator("#counts + ul a").last.click()
    expect(page.locator("table.faults")).to_be_visible()
    looked("rejected")


@by_keyboard
def test_by_keyboard_alone(open_page: OpenPage, shot: Shot, language: str, width: str) -> None:
    page = open_page("/tables", language=language, width=width)
    sent(page, own_table(30), "own.csv")

    def go_to(wanted: str) -> None:
        reach(page, page.locator(f"{wanted}:not(.unseen)").first)

    go_to('button[value="use"]')
    page.keyboard.press("Enter")
    expect(page.locator(".column.undecided")).to_have_count(0)
    go_to('button[value="screen"]')
    page.keyboard.press("Enter")
    expect(page.locator("#results")).to_be_visible(timeout=ENDED)
    go_to("#decision")
    for _ in range(5):
        if page.locator("#decision").input_value() != "ineligible":
            page.keyboard.press("ArrowDown")
    go_to(".filters button")
    page.keyboard.press("Enter")
    expect(page.locator(".results .status.eligible")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?decision=ineligible#results$"))
    go_to(".results thead a")
    page.keyboard.press("Enter")
    expect(page.locator('th[aria-sort="ascending"]')).to_have_count(1)
    shot(page, f"tables-keyboard-{language}-{width}")


def test_without_script(open_page: OpenPage, axe: Check) -> None:
    page = open_page("/tables", script=False)
    sent(page, own_table(30), "own.csv")
    press(page, "use")
    press(page, "screen")
    for _ in range(100):
        if page.locator("#results").count():
            break
        page.locator(".refresh").click()
        page.wait_for_timeout(200)
    page.locator("#text").fill("s-0000")
    page.locator(".filters button").click()
    expect(page.locator(".results tbody tr")).to_have_count(9)
    assert "0000" not in page.url


def test_progress_is_live_and_a_run_is_stopped_and_resumed(
    open_page: OpenPage, shot: Shot, axe: Check
) -> None:
    page = open_page("/tables")
    # Cancers that no code says keep a row from the quick way, so that it takes long enough to be watched.
    rows = "".join(f"S-{n},female,50,1,lung\n" for n in range(60_000))
    sent(page, f"screening_id,sex,age_years,ecog,diagnosis.cancer\n{rows}".encode(), "slow.csv")
    press(page, "use")
    press(page, "screen")
    expect(page.locator("progress")).to_be_visible(timeout=ENDED)
    # The script brings news: the page is not asked for again.
    expect(page.locator(".facts dd").first).not_to_have_text("0", timeout=ENDED)
    axe(page)
    shot(page, "tables-progress")
    press(page, "cancel")
    expect(page.locator('.progress[data-state="cancelled"]')).to_be_visible(timeout=ENDED)
    shot(page, "tables-cancelled")
    press(page, "resume")
    expect(page.locator("[data-live]")).to_be_visible()
    press(page, "cancel")
    expect(page.locator('.progress[data-state="cancelled"]')).to_be_visible(timeout=ENDED)
    press(page, "remove")
    expect(page.get_by_text("slow.csv")).to_have_count(0)


def test_a_second_person_opens_the_run_and_another_site_does_not(
    open_page: OpenPage, guarded: tuple[str, dict[str, str]]
) -> None:
    address, keys = guarded

    def signed_in(role: str) -> Page:
        page = open_page("/sign-in", at=address, may_log=("404",))
        page.locator("#key").fill(keys[role])
        page.locator("main button.primary").click()
        return page

    first, second = signed_in("coordinator"), signed_in("investigator")
    first.goto(f"{address}/tables")
    sent(first, own_table(60), "shared.csv")
    press(first, "use")
    screened(first)
    second.goto(f"{address}/tables")
    second.get_by_role("link", name="shared.csv").click()
    expect(second.locator("#results")).to_be_visible()
    assert second.locator(".results tbody tr").count() == 50
    third = signed_in("two sites")
    third.goto(first.url)
    third.get_by_role("button", name=who.OTHER_SITE).click()
    answer = third.goto(first.url)
    assert answer is not None
    assert answer.status == 404
