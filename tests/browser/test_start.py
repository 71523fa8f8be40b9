"""The first page: in both languages, at three widths, light and dark, by keyboard, without script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import WIDTHS, OpenPage, Shot, by_keyboard, reach

HEADINGS = {"en": "Who can enter the trial", "zh": "谁可以入组"}
_MOST_TABS = 30


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", HEADINGS)
def test_it_explains_itself(
    open_page: OpenPage,
    shot: Shot,
    axe: Callable[[Page], None],
    fits: Callable[[Page], None],
    language: str,
    width: str,
) -> None:
    page = open_page(language=language, width=width)

    expect(page.get_by_role("heading", level=1)).to_contain_text(HEADINGS[language])
    fits(page)
    axe(page)
    shot(page, f"start-{language}-{width}")


@pytest.mark.parametrize("language", HEADINGS)
def test_it_is_readable_in_the_dark(
    open_page: OpenPage, shot: Shot, axe: Callable[[Page], None], language: str
) -> None:
    page = open_page(language=language, scheme="dark")

    axe(page)
    shot(page, f"start-{language}-dark")


@by_keyboard
def test_the_language_is_reached_and_chosen_by_keyboard_alone(
    open_page: OpenPage, language: str, width: str
) -> None:
    page = open_page(language=language, width=width)
    other, tag, name = {"en": ("zh", "zh-Hans", "中文"), "zh": ("en", "en", "English")}[language]
    reach(page, page.get_by_role("button", name=name), most=_MOST_TABS)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text(HEADINGS[other])
    expect(page.locator("html")).to_have_attribute("lang", tag)


def test_the_language_is_chosen_without_script(open_page: OpenPage) -> None:
    page = open_page(script=False)

    page.get_by_role("button", name="中文").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(HEADINGS["zh"])


@by_keyboard
def test_the_first_key_leads_to_the_content(open_page: OpenPage, language: str, width: str) -> None:
    page = open_page(language=language, width=width)
    page.keyboard.press("Tab")
    skip = {"en": "Skip to the content", "zh": "跳到正文"}[language]
    expect(page.get_by_role("link", name=skip)).to_be_focused()

    page.keyboard.press("Enter")

    expect(page.locator("#content")).to_be_focused()


def test_a_file_is_loaded_once_and_kept(page: Page) -> None:
    page.reload()
    kept = page.evaluate(
        """performance.getEntriesByType("resource")
            .filter(each => each.name.includes("/static/base.")).map(each => each.transferSize)"""
    )

    assert kept, "the page loads its files"
    assert all(size == 0 for size in kept), kept
