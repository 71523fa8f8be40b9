"""The criteria in the browser: read at three widths, and one of them watched over time by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.browser.conftest import WIDTHS, OpenPage, Shot, by_keyboard, reach

PAGE = "/criteria/NCT06731140"
OVER_TIME = f"{PAGE}/over-time?criterion=EXCL05&profile=atezolizumab_p1&example=wait_for_washout"
Check = Callable[[Page], None]


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("en", "phone", "light"), ("zh", "tablet", "light"), ("en", "desk", "light"),
     ("zh", "desk", "dark"), ("zh", "phone", "dark")],
)  # fmt: skip
def test_a_trial_is_read(
    open_page: OpenPage, shot: Shot, axe: Check, fits: Check, language: str, width: str, scheme: str
) -> None:
    page = open_page(
        f"{PAGE}?profile=atezolizumab_p1", language=language, width=width, scheme=scheme
    )

    expect(page.locator("#findings p").last).to_contain_text(
        {"en": "Nothing was found", "zh": "未发现问题"}[language],
        timeout=60_000,  # the analysis takes seconds the first time, more on a busy machine
    )
    fits(page)
    axe(page)
    shot(page, f"criteria-{language}-{width}-{scheme}")


@by_keyboard
def test_an_anchor_leads_to_its_criterion_and_cases_open_by_keyboard(
    open_page: OpenPage, language: str, width: str
) -> None:
    page = open_page(f"{PAGE}#EXCL05", language=language, width=width)
    section = page.locator("#EXCL05")

    expect(section).to_be_in_viewport()
    reach(page, section.locator("summary"), most=20)
    page.keyboard.press("Enter")
    expect(section.get_by_text("Chemotherapy 20 days before the start", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_criterion_over_time(
    open_page: OpenPage, shot: Shot, axe: Check, fits: Check, language: str, width: str
) -> None:
    page = open_page(OVER_TIME, language=language, width=width)
    slider = page.get_by_role("slider")

    verdict = page.locator("#result .status").first
    expect(verdict).to_have_class("status fail")
    reach(page, slider)
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(verdict).to_have_class("status unknown")
    page.keyboard.press("ArrowRight")
    expect(verdict).to_have_class("status pass")
    expect(page.locator("#planned_start")).to_have_value("2026-12-08")
    expect(slider).to_be_focused()
    fits(page)
    axe(page)
    shot(page, f"over-time-{language}-{width}")


def test_the_slider_is_dragged_and_the_date_is_typed(open_page: OpenPage) -> None:
    page = open_page(OVER_TIME)
    verdict = page.locator("#result .status").first
    expect(verdict).to_have_class("status fail")

    box = page.get_by_role("slider").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 10 / 120, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    expect(verdict).to_have_class("status pass")

    page.get_by_label("Planned start of treatment").fill("2026-12-01")
    expect(verdict).to_have_class("status fail")
    expect(page.get_by_role("slider")).to_have_value("10")


def test_a_date_typed_while_the_slider_is_answered_is_kept(open_page: OpenPage) -> None:
    page = open_page(OVER_TIME)
    verdict = page.locator("#result .status").first
    expect(verdict).to_have_class("status fail")
    held: list[Route] = []

    def hold(route: Route) -> None:
        if "offset" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route("**/over-time", hold)
    with page.expect_request("**/over-time"):
        page.get_by_role("slider").press("End")
    date = page.get_by_label("Planned start of treatment")
    date.fill("2026-12-01")
    assert held
    for route in held:
        with suppress(Error):  # the page may have taken the question back
            route.continue_()

    expect(page.get_by_role("slider")).to_have_value("10")
    expect(date).to_have_value("2026-12-01")
    expect(verdict).to_have_class("status fail")


def test_without_script_the_date_is_moved_by_buttons(open_page: OpenPage) -> None:
    page = open_page(OVER_TIME, script=False)

    expect(page.get_by_role("slider")).to_have_count(0)
    page.get_by_role("button", name="7 days later").click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("8 Dec 2026")
    expect(page.locator("#result .status").first).to_have_class("status pass")


def test_a_profile_is_pasted_and_what_is_wrong_with_it_is_said(open_page: OpenPage) -> None:
    page = open_page(f"{PAGE}/over-time", may_log=("400", "422"))

    page.get_by_label("Judged as of").fill("2026-11-21")
    page.locator("#patient").fill('{"treatments": {')
    expect(page.get_by_role("alert")).to_contain_text("this is not JSON")
    page.locator("#patient").fill('{"treatments": {"complete": true}}')
    page.get_by_label("Criterion").select_option("EXCL05")
    expect(page.locator("#result .status").first).to_have_class("status pass")


def test_nothing_old_stays_when_the_connection_is_lost(open_page: OpenPage) -> None:
    page = open_page(OVER_TIME, may_log=("Failed to load resource",))
    expect(page.locator("#result .status").first).to_have_class("status fail")

    page.route("**/over-time", lambda route: route.abort())
    page.get_by_role("slider").press("ArrowRight")
    expect(page.get_by_role("alert")).to_contain_text("no connection")
    expect(page.locator("#result .status")).to_have_count(0)

    page.unroute("**/over-time")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#result .status").first).to_be_visible()


def test_nothing_old_stays_when_the_service_does_not_answer(open_page: OpenPage) -> None:
    page = open_page(OVER_TIME)
    page.route("**/over-time", lambda route: None)

    page.get_by_role("slider").press("ArrowRight")

    expect(page.locator("#result")).to_have_attribute("aria-busy", "true")
    expect(page.get_by_role("alert")).to_contain_text("does not answer", timeout=10_000)
    expect(page.locator("#result .status")).to_have_count(0)


def test_without_a_patient_nothing_is_shown(open_page: OpenPage) -> None:
    page = open_page(OVER_TIME)
    expect(page.locator("#result .status").first).to_have_class("status fail")

    page.locator("summary", has_text="profile").click()
    page.locator("#patient").fill("")

    expect(page.get_by_role("alert")).to_contain_text("No patient")
    expect(page.locator("#result .status")).to_have_count(0)
