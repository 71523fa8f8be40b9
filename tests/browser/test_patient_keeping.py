"""The patient page when the service is slow, gone or done with the session: no old answer stands, nothing is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from api.pages.example_patients import example_patient
from tests.browser.conftest import OpenPage, Shot

WAITING = "/patient?example=wait_for_washout"
LOST = ("Failed to load resource", "net::ERR")
UPDATING = {"en": "updating…", "zh": "正在更新…"}
OUTDATED = {"en": "Out of date", "zh": "已过时"}
ANSWERS, PAGES = "**/patient/answer", re.compile(r"/patient$")


class Hung:
    """Requests that get no answer until they are let go."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def take(self, route: Route) -> None:
        if route.request.method == "POST":
            self.routes.append(route)
        else:
            route.continue_()


def failing(status: int) -> Callable[[Route], None]:
    def answer(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=status, body="<p></p>", content_type="text/html")
        else:
            route.continue_()

    return answer


@pytest.mark.parametrize("language", UPDATING)
def test_a_connection_that_hangs_leaves_no_old_answer(
    open_page: OpenPage, shot: Shot, axe: Callable[[Page], None], language: str
) -> None:
    page = open_page(WAITING, language=language, width="phone", may_log=LOST)
    hung = Hung()
    page.route(ANSWERS, hung.take)
    page.locator("#f-planned_start").fill("2026-12-08")

    expect(page.locator(".decision .when-stale")).to_have_text(UPDATING[language])
    expect(page.locator(".decision .when-stale")).to_be_visible()
    expect(page.locator("#banner")).to_be_visible()
    expect(page.locator(".decision .when-outdated")).to_contain_text(OUTDATED[language])
    expect(page.locator("#bar .when-outdated")).to_be_visible()
    expect(page.locator("#bar-status")).to_be_hidden()
    axe(page)
    shot(page, f"patient-hung-{language}", whole=False)
    page.unroute(ANSWERS)
    expect(page.locator("#answer-top")).to_have_attribute("data-decision", "undetermined")
    expect(page.locator("#banner")).to_be_hidden()
    expect(page.locator("#bar-status")).to_be_visible()
    assert hung.routes


def test_no_old_decision_is_printed_beside_new_entries(open_page: OpenPage, shot: Shot) -> None:
    page = open_page(WAITING, may_log=LOST)
    page.context.set_offline(True)
    page.locator("#f-ecog").fill("2")
    expect(page.locator("#banner")).to_be_visible()
    page.emulate_media(media="print")

    expect(page.locator("#banner")).to_be_visible()
    expect(page.locator(".decision .when-outdated")).to_be_visible()
    for gone in (".decision .word", ".decision .headline", "#answer-criteria", "#time", "#bar"):
        expect(page.locator(gone)).to_be_hidden()
    shot(page, "patient-print-outdated")


def test_a_draft_outlives_a_page_that_could_not_be_made_from_it(open_page: OpenPage) -> None:
    page = open_page("/patient", may_log=LOST)
    page.locator("#f-screening_id").fill("S-0042")
    page.route(PAGES, failing(503))
    page.reload()
    expect(page.locator("#banner")).to_be_visible()
    page.locator("#f-ecog").fill("1")
    page.reload()
    expect(page.locator("#banner")).to_be_visible()
    page.unroute(PAGES)

    expect(page.locator("#f-screening_id")).to_have_value("S-0042")
    expect(page.locator("#f-ecog")).to_have_value("1")
    expect(page.locator("#banner")).to_be_hidden()


def test_what_is_typed_while_the_page_is_made_anew_stays(open_page: OpenPage) -> None:
    page = open_page(WAITING)
    hung = Hung()
    page.route(PAGES, hung.take)
    page.locator("button[value='add:treatments']").click()
    page.locator("#f-planned_start").fill("2026-12-08")
    assert hung.routes
    hung.routes[0].continue_()

    expect(page.locator("#f-treatments\\.4\\.kind")).to_be_visible()
    expect(page.locator("#f-planned_start")).to_have_value("2026-12-08")
    expect(page.locator("#f-planned_start")).to_be_focused()
    expect(page.locator("#answer-top")).to_have_attribute("data-decision", "undetermined")


def test_what_a_profile_took_the_place_of_is_brought_back(open_page: OpenPage) -> None:
    page = open_page("/patient", may_log=LOST)
    page.locator("#f-screening_id").fill("S-0042")
    page.locator("#json summary").click()
    page.locator("#f-profile_json").fill("{")
    page.locator("#fill").click()
    expect(page.locator("#w-profile_json")).to_be_visible()
    expect(page.locator("#before")).to_be_hidden()
    page.locator("#f-profile_json").fill(json.dumps(example_patient("likely_eligible")))
    page.locator("#fill").click()
    expect(page.locator("#f-screening_id")).not_to_have_value("S-0042")
    expect(page.locator("#before")).to_be_visible()
    page.reload()
    expect(page.locator("#f-screening_id")).to_have_value(re.compile("EX-"))
    expect(page.locator("#before")).to_be_visible()
    page.route(PAGES, failing(503))
    page.get_by_role("button", name="Bring it back").click()
    expect(page.locator("#banner")).to_be_visible()
    page.unroute(PAGES)

    expect(page.locator("#f-screening_id")).to_have_value("S-0042")
    expect(page.locator("#before")).to_be_visible()


def test_a_page_that_is_no_longer_valid_says_so_and_does_not_ask_on(
    signed_in: OpenPage, guarded: tuple[str, dict[str, str]]
) -> None:
    _, keys = guarded
    page = signed_in("/patient", may_log=LOST)
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.method))
    page.route(ANSWERS, failing(403))
    page.locator("#f-ecog").fill("2")
    expect(page.get_by_role("link", name="Reload")).to_be_visible()
    page.wait_for_timeout(2500)
    assert asked.count("POST") == 1
    page.unroute(ANSWERS)
    page.context.clear_cookies()
    page.locator("#f-weight_kg").fill("61")
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_label("Access key").fill(keys["coordinator"])
    page.keyboard.press("Enter")

    expect(page.locator("#f-ecog")).to_have_value("2")
    expect(page.locator("#f-weight_kg")).to_have_value("61")


def test_a_retry_does_not_keep_a_session_alive(open_page: OpenPage) -> None:
    page = open_page(WAITING, may_log=LOST)
    unattended: list[bool] = []

    def note(route: Route) -> None:
        unattended.append("x-unattended" in route.request.headers)
        failing(503)(route)

    page.route(ANSWERS, note)
    page.locator("#f-ecog").fill("2")
    page.wait_for_timeout(2600)

    assert unattended[:2] == [False, True]


def test_a_form_recorded_again_is_the_same_entry(open_page: OpenPage) -> None:
    page = open_page(WAITING)
    page.locator("#f-ecog").fill("1-2")
    page.get_by_role("button", name="Record this screening").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recorded")
    number = page.locator("dd").first.text_content()
    page.get_by_role("link", name="Back to the form").click()
    expect(page.locator("#f-ecog")).to_have_value("1-2")
    page.get_by_role("button", name="Record this screening").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Already recorded")
    expect(page.locator("main")).to_contain_text(f"already entry {number}")
