"""Leaving the patient page: after Clear or signing out nothing of the patient is in the tab, whatever was under way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from api.pages.example_patients import example_patient
from tests.browser.conftest import OpenPage

PAGES = re.compile(r"/(patient|sign-out)(\?.*)?$")
LOST = ("Failed to load resource", "net::ERR")
KEPT = "JSON.stringify(sessionStorage)"
DRAFTS = ("patient-draft", "patient-draft-before")


class Held:
    """Requests of the page that wait until they are let go; what its script asked for comes first."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[Route] = []
        self.opened: list[Route] = []
        self.is_left = self.is_over = False
        page.route(PAGES, self._take)

    def _take(self, route: Route) -> None:
        if self.is_over:
            route.continue_()
        elif not route.request.is_navigation_request():
            self.asked.append(route)
        elif self.is_left:
            self.opened.append(route)
        else:
            route.continue_()

    def leave_by(self, button: str) -> None:
        """Presses it while something is under way; the page that comes next waits."""
        self._until(self.asked)
        self.is_left = True
        self.page.get_by_role("button", name=button, exact=True).click(no_wait_after=True)
        self._until(self.opened)

    def _until(self, routes: list[Route]) -> None:
        """Waits until one is there."""
        for _ in range(100):
            if routes:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("nothing was asked for")

    def let_go(self) -> None:
        """Answers to what the script asked for, and then the page that it is left for."""
        self.is_over = True
        for route in self.asked:
            route.continue_()
        self.page.wait_for_timeout(500)
        for route in self.opened:
            route.continue_()


def restoring(page: Page) -> Held:
    held = Held(page)
    page.goto("/patient")  # the draft waits for its page to be made
    return held


def filling(page: Page) -> Held:
    held = Held(page)
    page.locator("#json summary").click()
    page.locator("#f-profile_json").fill(json.dumps(example_patient("likely_eligible")))
    page.locator("#fill").click()
    return held


def changing(page: Page) -> Held:
    held = Held(page)
    page.locator("#f-site_profile").select_option("atezolizumab_p1")
    return held


UNDER_WAY: dict[str, Callable[[Page], Held]] = {
    "a draft is brought back": restoring,
    "a profile is filled in": filling,
    "another profile is chosen": changing,
}


def typed(page: Page) -> None:
    page.locator("#f-screening_id").fill("S-0042")
    page.wait_for_function(f"{KEPT}.includes('S-0042')")


@pytest.mark.parametrize("name", UNDER_WAY)
def test_clear_leaves_nothing_while_a_page_is_under_way(open_page: OpenPage, name: str) -> None:
    page = open_page("/patient", may_log=LOST)
    page.on("dialog", lambda dialog: dialog.accept())
    typed(page)
    held = UNDER_WAY[name](page)
    held.leave_by("Clear")

    held.let_go()

    expect(page.locator("#f-screening_id")).to_have_value("")
    assert page.evaluate(KEPT) == "{}"
    page.reload()
    expect(page.locator("#f-screening_id")).to_have_value("")


def test_signing_out_leaves_nothing_while_a_draft_is_brought_back(signed_in: OpenPage) -> None:
    page = signed_in("/patient", may_log=LOST)
    typed(page)
    held = restoring(page)
    held.leave_by("Sign out")

    held.let_go()

    expect(page).to_have_url("/sign-in")
    assert page.evaluate(KEPT) == "{}"


def test_what_another_person_typed_in_this_tab_is_taken_away(open_page: OpenPage) -> None:
    page = open_page("/patient")
    typed(page)
    theirs = "JSON.stringify({...JSON.parse(sessionStorage['patient-draft']), person: 'bob'})"
    for key in DRAFTS:
        page.evaluate(f"sessionStorage['{key}'] = {theirs}")

    page.reload()

    expect(page.locator("#f-screening_id")).to_have_value("")
    expect(page.locator("#before")).to_be_hidden()
    assert page.evaluate("Object.keys(sessionStorage)") == []
