"""The first page: in both languages, at three widths, light and dark, by keyboard, without script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import WIDTHS, OpenPage, Shot

HEADINGS = {"en": "Who can enter the trial", "zh": "谁可以入组"}


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


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_language_is_chosen_by_keyboard(open_page: OpenPage, script: bool) -> None:
    page = open_page(script=script)

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    chinese = page.get_by_role("button", name="中文")
    for _ in range(12):
        if chinese.evaluate("each => each === document.activeElement") if script else False:
            break
        page.keyboard.press("Tab")
        if not script:
            chinese.focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text(HEADINGS["zh"])
    assert page.locator("html").get_attribute("lang") == "zh-Hans"


def test_the_skip_link_leads_to_the_content(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("#content")).to_be_focused()
