"""Dates typed in a browser as a Chinese chart has them: no field cuts them, and the answer is for the day meant."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from api.pages.example_patients import AS_OF
from tests.browser.conftest import WIDTHS, OpenPage, Shot, reach

DAY = "2026年12月10日"
OVER_TIME = "/criteria/NCT06731140/over-time?criterion=EXCL05&example=wait_for_washout"


def typed(page: Page, field: Locator, text: str = DAY) -> None:
    """In the place of what stands in a field, key by key."""
    reach(page, field)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    expect(field).to_have_value(text)


@pytest.mark.parametrize("width", WIDTHS)
def test_on_the_patient_page(open_page: OpenPage, shot: Shot, width: str) -> None:
    page = open_page("/patient?example=wait_for_washout", language="zh", width=width)

    typed(page, page.locator("#f-planned_start"))
    typed(page, page.locator("#f-ecog\\.date"), "2026年11月2日/2026年11月20日")

    expect(page.locator("#answer-top")).to_have_attribute("data-decision", "undetermined")
    expect(page.locator("#answer-top .decision")).to_contain_text("计划开始 2026年12月10日")
    expect(page.locator("#shown-json")).to_have_value(re.compile("2026年11月2日/2026年11月20日"))
    typed(page, page.locator("#f-planned_start"), "2026年12月1日")
    expect(page.locator("#answer-top")).to_have_attribute("data-decision", "ineligible")
    shot(page, f"patient-dates-zh-{width}", whole=False)


def test_for_a_checklist(open_page: OpenPage) -> None:
    page = open_page("/checklist?example=wait_for_washout", language="zh", width="phone")

    typed(page, page.locator("#planned_start"))
    page.keyboard.press("Enter")

    expect(page.locator(".checklist tbody")).to_have_count(17)
    expect(page.locator(".head")).to_contain_text(DAY)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_for_one_criterion_over_time(open_page: OpenPage, script: bool) -> None:
    page = open_page(OVER_TIME, language="zh", script=script)

    typed(page, page.locator("#planned_start"))
    page.keyboard.press("Enter")

    expect(page.locator("#result h2")).to_contain_text(DAY)
    expect(page.locator("#result .status").first).to_have_class("status pass")


def test_for_a_table(open_page: OpenPage) -> None:
    page = open_page("/tables", language="zh")

    typed(page, page.locator("#as_of"), "2026 年 11 月 21 日")
    typed(page, page.locator("#planned_start"))


def test_for_a_correction(open_page: OpenPage) -> None:
    page = open_page("/patient?example=wait_for_washout", language="zh")
    page.locator("button[formaction='/patient/record']").click()
    page.locator("a[href^='/log-book/']").first.click()
    page.locator("details:has(#correction-as_of) > summary").click()

    typed(page, page.locator("#correction-as_of"), AS_OF)
    typed(page, page.locator("#correction-planned_start"))
