"""Times in a browser: beside UTC stands the time of the computer that one sits at, in the page's language."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenPage, Shot

AT = "2026-11-21T18:30:07+00:00"


def recorded(open_page: OpenPage, **how: object) -> Page:
    """The receipt of a screening that was recorded at a known moment."""

    def at_a_known_time(route: Route) -> None:
        answer = route.fetch()
        text = re.sub(r'<time datetime="[^"]+"', f'<time datetime="{AT}"', answer.text())
        route.fulfill(response=answer, body=text)

    page = open_page("/patient?example=wait_for_washout", **how)
    page.route("**/patient/record", at_a_known_time)
    page.locator("button[formaction='/patient/record']").click()
    expect(page.locator(".receipt time")).to_be_visible()
    return page


@pytest.mark.parametrize(
    ("language", "time_zone", "told"),
    [("en", "Asia/Shanghai", "(22 Nov 2026, 02:30 UTC+08:00 here)"),
     ("zh", "Asia/Shanghai", "（本机时间 2026年11月22日 02:30 UTC+08:00）"),
     ("en", "Europe/Zurich", "(19:30 UTC+01:00 here)"),
     ("zh", "America/St_Johns", "（本机时间 15:00 UTC-03:30）")],
)  # fmt: skip
def test_the_computers_own_time_stands_beside_utc(
    open_page: OpenPage, shot: Shot, language: str, time_zone: str, told: str
) -> None:
    page = recorded(open_page, language=language, time_zone=time_zone)

    expect(page.locator(".receipt time")).to_contain_text("UTC")
    expect(page.locator(".receipt .by-clock")).to_have_text(told)
    shot(page, f"receipt-time-{language}")


def test_where_it_is_utc_nothing_is_added(open_page: OpenPage) -> None:
    page = recorded(open_page, time_zone="UTC")

    expect(page.locator(".by-clock")).to_have_count(0)


def test_every_time_of_the_log_has_it(open_page: OpenPage) -> None:
    recorded(open_page, time_zone="Asia/Shanghai")
    page = open_page("/log-book", time_zone="Asia/Shanghai")

    expect(page.locator(".by-clock").first).to_contain_text("UTC+08:00 here")
    assert page.locator(".by-clock").count() == page.locator("time").count()
