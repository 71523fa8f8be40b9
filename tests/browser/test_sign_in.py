"""The way in and out: by keyboard alone, in both languages, with and without script; and what stays behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import WIDTHS, OpenPage, Shot, by_keyboard, reach

Guarded = tuple[str, dict[str, str]]
Check = Callable[[Page], None]
SIGN_IN = {"en": "Sign in", "zh": "登录"}
# Chromium tells in its console of each answer that is no success.
REFUSED = ("401 (Unauthorized)",)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@by_keyboard
def test_in_and_out_by_keyboard(
    open_page: OpenPage, guarded: Guarded, language: str, width: str, script: bool
) -> None:
    at, keys = guarded
    page = open_page("/", at=at, script=script, language=language, width=width)
    expect(page).to_have_url(f"{at}/sign-in?next=%2F")

    reach(page, page.locator("#key"))
    page.keyboard.type(keys["coordinator"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{at}/")

    reach(page, page.locator("form[action='/sign-out'] button"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{at}/sign-in")
    page.goto("/")
    expect(page).to_have_url(f"{at}/sign-in?next=%2F")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", SIGN_IN)
def test_a_wrong_key_is_told_beside_the_field(
    open_page: OpenPage,
    guarded: Guarded,
    shot: Shot,
    axe: Check,
    fits: Check,
    language: str,
    width: str,
) -> None:
    page = open_page("/sign-in", at=guarded[0], language=language, width=width, may_log=REFUSED)
    axe(page)

    page.locator("#key").fill("elig_wrong")
    page.get_by_role("button", name=SIGN_IN[language], exact=True).click()

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#key")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#key")).to_have_value("")
    axe(page)
    fits(page)
    shot(page, f"sign-in-wrong-{language}-{width}")


@by_keyboard
def test_who_has_two_sites_chooses_one_by_keyboard(
    open_page: OpenPage, guarded: Guarded, shot: Shot, axe: Check, language: str, width: str
) -> None:
    at, keys = guarded
    page = open_page("/sign-in", at=at, language=language, width=width)
    reach(page, page.locator("#key"))
    page.keyboard.type(keys["two sites"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{at}/")
    reach(page, page.locator("a[href='/site']"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{at}/site")

    axe(page)
    shot(page, f"site-{language}-{width}")
    reach(page, page.get_by_role("button", name="basel"))
    page.keyboard.press("Space")

    said = {"en": "Site: basel", "zh": "中心：basel"}[language]
    expect(page.get_by_role("banner")).to_contain_text(said)


def test_a_script_cannot_read_who_signed_in(open_page: OpenPage, guarded: Guarded) -> None:
    at, keys = guarded
    page = open_page("/sign-in", at=at)
    page.get_by_label("Access key").fill(keys["coordinator"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{at}/")

    assert page.evaluate("document.cookie") == ""
    assert keys["coordinator"] not in page.content()


@pytest.mark.parametrize("language", SIGN_IN)
def test_a_page_that_is_not_there(
    open_page: OpenPage, shot: Shot, axe: Check, language: str
) -> None:
    page = open_page("/nothing", language=language, may_log=("404 (Not Found)",))

    axe(page)
    shot(page, f"problem-{language}")


def test_the_policy_stops_a_script_that_stands_in_a_page(open_page: OpenPage) -> None:
    page = open_page(may_log=("Content Security Policy",))

    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
        }"""
    )

    assert page.evaluate("window.ran") is None


def test_a_form_of_another_page_changes_nothing(open_page: OpenPage) -> None:
    page = open_page(may_log=("403 (Forbidden)",))

    page.locator("input[name=csrf]").first.evaluate("each => { each.value = 'x' }")
    page.get_by_role("button", name="中文").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("This form is no longer valid")
