"""The screening log in a browser: search, open, review, compare, replay; by mouse, by keyboard, without script."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from api.edits import edited
from tests.api.callers import MALE, PATIENT, QUERY
from tests.api.door import identities as who
from tests.api.door.server import running
from tests.browser.conftest import WIDTHS, OpenPage, Shot, by_keyboard, reach

# A last dose of 21 days before the start: whether that is "within 3 weeks", the protocol does not say.
OPEN = {
    **edited(PATIENT, {"treatments.items.0.last_dose": "2026-11-10"}, []),
    "screening_id": "S-300",
}
HEADINGS = {"en": "Screening log", "zh": "筛查日志"}
UNDETERMINED = {"en": "undetermined", "zh": "尚不能判定"}
CONFLICT = ("409 (Conflict)",)
UNPROCESSABLE = ("422 (Unprocessable",)
Check = Callable[[Page], None]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service whose log keeps profiles and explanations, with some decisions in it."""
    folder = tmp_path_factory.mktemp("log")
    kept = {"LOG_KEEP_PROFILES": True, "LOG_KEEP_EXPLANATIONS": True}
    with running(folder, REQUESTS_PER_SECOND=1000, REQUEST_BURST=1000, **kept) as server:
        at = f"http://127.0.0.1:{server.port}"
        for patient in (PATIENT, MALE, OPEN):
            screened(at, patient)
        yield at


def screened(at: str, patient: Any, headers: dict[str, str] | None = None) -> int:
    connection = HTTPConnection(at.removeprefix("http://"), timeout=30)
    given = {"content-type": "application/json", **(headers or {})}
    path = f"/v1/screenings?{urlencode(QUERY)}"
    connection.request("POST", path, json.dumps(patient), given)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return int(answer["entry"]["sequence"])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", HEADINGS)
def test_the_log_its_entries_and_two_side_by_side_fit_and_are_accessible(
    open_page: OpenPage, full: str, shot: Shot, axe: Check, fits: Check, language: str, width: str
) -> None:
    page = open_page("/log-book", at=full, language=language, width=width)
    expect(page.get_by_role("heading", level=1)).to_have_text(HEADINGS[language])

    for path, name in (
        ("/log-book", "log"),
        ("/log-book/3", "log-entry"),
        ("/log-book/compare?first=1&second=2", "log-compare"),
    ):
        page.goto(path)
        fits(page)
        axe(page)
        shot(page, f"{name}-{language}-{width}")


def test_they_are_readable_in_the_dark(
    open_page: OpenPage, full: str, shot: Shot, axe: Check
) -> None:
    page = open_page("/log-book/3", at=full, scheme="dark")
    axe(page)
    shot(page, "log-entry-dark")
    page.goto("/log-book/compare?first=1&second=2")
    axe(page)
    shot(page, "log-compare-dark")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_screening_number_is_searched_for_and_stands_in_no_address(
    open_page: OpenPage, full: str, script: bool
) -> None:
    page = open_page("/log-book", at=full, script=script)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.get_by_label("Screening number").fill("S-200")
    page.get_by_role("button", name="Search", exact=True).click()

    rows = page.locator("table.entries tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("ineligible")
    expect(page.get_by_label("Screening number")).to_have_value("S-200")
    rows.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ineligible")
    page.go_back()
    expect(rows).to_have_count(1)
    assert asked
    assert not any("S-200" in url for url in asked)


def test_no_result_says_what_to_do_and_a_fault_stands_at_its_field(
    open_page: OpenPage, full: str, shot: Shot, axe: Check
) -> None:
    page = open_page("/log-book", at=full, may_log=UNPROCESSABLE)
    page.get_by_label("Screening number").fill("S-999")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_text("No entry of this site meets all conditions")).to_be_visible()
    shot(page, "log-no-result")

    page.get_by_label("What it came to").select_option("fail")
    page.get_by_role("button", name="Search", exact=True).click()

    expect(page.get_by_label("Criterion")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Screening number")).to_have_value("S-999")
    axe(page)
    shot(page, "log-fault")


@by_keyboard
def test_two_are_searched_chosen_and_compared_by_keyboard(
    open_page: OpenPage, full: str, language: str, width: str
) -> None:
    page = open_page("/log-book", at=full, language=language, width=width)
    reach(page, page.locator("#actor"))
    page.keyboard.type("local")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("kept="))
    reach(page, page.locator("th[aria-sort] a"))
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort=ascending]")).to_have_count(1)
    for number in (1, 2):
        reach(page, page.locator(f"input[name=entry][value='{number}']"))
        page.keyboard.press("Space")
    reach(page, page.locator("form[action='/log-book/compare'] p.actions button"))
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"first=1&second=2$"))
    changed = page.locator("tr.changed", has_text="INCL08").last
    expect(changed).to_contain_text({"en": "verdict changed", "zh": "结论改变"}[language])
    expect(changed).to_contain_text("≠")


def test_a_replay_of_what_was_dropped_again_is_byte_for_byte_the_same(
    open_page: OpenPage, full: str, shot: Shot, tmp_path: Path
) -> None:
    page = open_page("/log-book/1", at=full)
    page.get_by_role("button", name="Replay from the stored profile").click()
    expect(page.get_by_role("status").first).to_contain_text("Byte for byte the same")
    shot(page, "log-replay")

    page.goto("/log-book/1")
    page.get_by_text("Bring the profile again").click()
    file = tmp_path / "profile.json"
    file.write_text(json.dumps({**PATIENT, "ecog": 2}), encoding="utf-8")
    page.locator("#replay-profile-file").set_input_files(file)
    page.get_by_role("button", name="Replay", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("its hash is another")


@by_keyboard
def test_an_investigator_reviews_by_keyboard_and_the_computed_answer_stays(
    open_page: OpenPage, full: str, shot: Shot, axe: Check, language: str, width: str
) -> None:
    number = screened(full, OPEN)
    page = open_page(f"/log-book/{number}", at=full, language=language, width=width)
    reach(page, page.locator("#review-pass"))
    page.keyboard.press("Space")
    reach(page, page.locator("#review-reason"), most=1)
    page.keyboard.type("discussed <b>at length</b>")
    page.reload()
    expect(page.locator("#review-reason")).to_have_value("discussed <b>at length</b>")
    expect(page.locator("#review-pass")).not_to_be_checked()
    reach(page, page.locator("#review-pass"))
    page.keyboard.press("Space")
    reach(page, page.locator("#review-source"))
    page.keyboard.type("board minutes")
    page.keyboard.press("Enter")

    expect(page.locator("p.notice[role=status]")).to_contain_text("✓")
    expect(page.get_by_role("heading", level=1)).to_contain_text(UNDETERMINED[language])
    expect(page.locator("ol.history")).to_contain_text("discussed <b>at length</b>")
    expect(page.locator("#review-reason")).to_have_value("")
    axe(page)
    shot(page, f"log-reviewed-{language}-{width}")


@by_keyboard
def test_a_decision_is_withdrawn_by_keyboard(
    open_page: OpenPage, full: str, shot: Shot, axe: Check, fits: Check, language: str, width: str
) -> None:
    number = screened(full, MALE)
    page = open_page(f"/log-book/{number}", at=full, language=language, width=width)
    reach(page, page.locator("details:has(#withdrawal-reason) > summary"))
    page.keyboard.press("Enter")
    reach(page, page.locator("#withdrawal-reason"), most=1)
    page.keyboard.type("screened by mistake")
    reach(page, page.locator("form[data-draft=withdrawal] button"), most=1)
    page.keyboard.press("Space")

    expect(page.locator("p.notice.bad")).to_contain_text("screened by mistake")
    expect(page.locator("#withdrawal-reason")).to_have_count(0)
    fits(page)
    axe(page)
    shot(page, f"log-withdrawn-{language}-{width}")


def drafts(page: Page) -> list[str]:
    """Under which names something typed is kept in the tab."""
    found: list[str] = page.evaluate("Object.keys(sessionStorage)")
    return [each for each in found if each.startswith("log:")]


def test_a_draft_goes_with_its_recording_also_after_a_fault(open_page: OpenPage, full: str) -> None:
    number = screened(full, OPEN)
    page = open_page(f"/log-book/{number}", at=full, may_log=UNPROCESSABLE)
    page.locator("#review-pass").check()
    page.locator("#review-reason").fill("  x  ")
    page.get_by_role("button", name="Record the review").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("#review-reason").fill("read the report")
    page.locator("summary", has_text="Withdraw it").click()
    page.locator("#withdrawal-reason").fill("perhaps")
    assert len(drafts(page)) == 2
    page.get_by_role("button", name="Record the review").click()

    expect(page.get_by_text("Recorded as entry")).to_be_visible()
    assert drafts(page) == [f"log:local|{number}|withdrawal"]
    expect(page.locator("#review-reason")).to_have_value("")


def test_what_another_person_typed_in_this_tab_is_taken_away(
    open_page: OpenPage, full: str
) -> None:
    number = screened(full, OPEN)
    page = open_page(f"/log-book/{number}", at=full)
    page.evaluate(
        """number => {
            for (const key of [`log:key%3A1|${number}|review`, `log:/log-book/${number}:review`])
                sessionStorage.setItem(key, JSON.stringify({ answer: "pass", reason: "hers" }));
        }""",
        number,
    )
    page.reload()

    expect(page.locator("#review-reason")).to_have_value("")
    assert drafts(page) == []


def test_who_was_overtaken_is_told_and_keeps_what_she_typed(
    open_page: OpenPage, full: str, shot: Shot, axe: Check
) -> None:
    number = screened(full, OPEN)
    first = open_page(f"/log-book/{number}", at=full, may_log=CONFLICT)
    second = open_page(f"/log-book/{number}", at=full)
    for page, answer in ((second, "fail"), (first, "pass")):
        page.locator(f"#review-{answer}").check()
        page.locator("#review-reason").fill(f"I say {answer}")
        page.get_by_role("button", name="Record the review").click()

    expect(first.get_by_role("alert")).to_contain_text("Somebody added to this entry meanwhile")
    expect(first.locator("ol.history")).to_contain_text("I say fail")
    expect(first.locator("#review-reason")).to_have_value("I say pass")
    axe(first)
    shot(first, "log-conflict")
    first.get_by_role("button", name="Record the review").click()
    expect(first.get_by_text("Recorded as entry")).to_be_visible()


def test_a_correction_and_a_withdrawal_without_script(
    open_page: OpenPage, full: str, shot: Shot
) -> None:
    number = screened(full, MALE)
    page = open_page(f"/log-book/{number}", at=full, script=False, may_log=UNPROCESSABLE)
    page.get_by_text("Correct it", exact=True).click()
    page.locator("#correction-reason").fill("the sex was of another patient")
    page.locator("#correction-profile").fill("{not json")
    page.get_by_role("button", name="Screen anew").click()
    expect(page.get_by_role("alert")).to_contain_text("It was not recorded")
    expect(page.locator("#correction-profile")).to_have_value("{not json")
    shot(page, "log-correction-fault")

    page.locator("#correction-profile").fill(json.dumps(PATIENT))
    page.get_by_role("button", name="Screen anew").click()
    expect(page.get_by_text("This entry no longer stands")).to_be_visible()
    page.locator("p.notice.bad").get_by_role("link").click()
    page.get_by_text("Withdraw it", exact=True).click()
    page.locator("#withdrawal-reason").fill("screened by mistake")
    page.get_by_role("button", name="Record the withdrawal").click()

    expect(page.get_by_text("Withdrawn by")).to_be_visible()
    page.goto("/log-book")
    expect(page.locator("tr.replaced", has_text="withdrawn")).not_to_have_count(0)
    shot(page, "log-replaced")


def test_a_coordinator_sees_the_review_and_not_the_form(
    signed_in: OpenPage, guarded: tuple[str, dict[str, str]], shot: Shot
) -> None:
    at, keys = guarded
    number = screened(at, OPEN, who.bearer(keys["coordinator"]))
    page = signed_in(f"/log-book/{number}")

    expect(page.get_by_role("heading", name="Review by an investigator")).to_be_visible()
    expect(page.get_by_text("Only an investigator can answer")).to_be_visible()
    expect(page.locator("#review-reason")).to_have_count(0)
    shot(page, "log-coordinator")
