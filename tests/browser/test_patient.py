"""The patient page in a browser: by mouse and by keyboard, while typing, over time, and when things go wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from api.pages.example_patients import example_patient
from tests.browser.conftest import WIDTHS, OpenPage, Shot, by_keyboard, reach

WAITING = "/patient?example=wait_for_washout"
Check = Callable[[Page], None]
OFFLINE = {"en": "Not connected", "zh": "连接已断开"}
OLDER = {"en": "older than them", "zh": "早于这些内容"}
RECORDED = {"en": "Recorded", "zh": "已记入日志"}
UNDETERMINED = {"en": "undetermined", "zh": "尚不能判定"}
LOST = ("Failed to load resource", "net::ERR")


def decided(page: Page, decision: str) -> None:
    expect(page.locator("#answer-top")).to_have_attribute("data-decision", decision)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", UNDETERMINED)
def test_a_patient_is_screened_while_somebody_types(
    open_page: OpenPage,
    shot: Shot,
    axe: Check,
    fits: Check,
    language: str,
    width: str,
) -> None:
    page = open_page(WAITING, language=language, width=width)
    decided(page, "ineligible")

    page.locator("#f-planned_start").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("2026-12-08")

    decided(page, "undetermined")
    expect(page.locator("#said")).to_have_text(re.compile(UNDETERMINED[language], re.IGNORECASE))
    expect(page.locator("#f-planned_start")).to_be_focused()
    page.locator("#c-EXCL05 summary").click()
    page.locator("#calendar summary").click()
    page.locator("#f-planned_start").fill("2026-12-07")
    expect(page.locator("tr.here")).to_have_count(1)
    expect(page.locator("#c-EXCL05")).to_have_attribute("open", "")
    fits(page)
    axe(page)
    shot(page, f"patient-{language}-{width}")


@pytest.mark.parametrize("language", UNDETERMINED)
def test_it_is_readable_in_the_dark_and_says_what_it_cannot_read(
    open_page: OpenPage, shot: Shot, axe: Check, language: str
) -> None:
    page = open_page("/patient?example=thin_chart", language=language, scheme="dark")
    page.locator("#f-ecog").fill("about 2")

    decided(page, "unreadable")
    expect(page.locator("#f-ecog")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#f-ecog")).to_have_attribute("aria-describedby", "w-ecog")
    page.locator("#answer-top .faults a").click()
    expect(page.locator("#f-ecog")).to_be_focused()
    axe(page)
    shot(page, f"patient-{language}-dark", whole=False)
    page.locator("#f-ecog").fill("2")
    decided(page, "undetermined")
    expect(page.locator("#w-ecog")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@by_keyboard
def test_the_whole_journey_by_keyboard_alone(
    open_page: OpenPage,
    shot: Shot,
    axe: Check,
    fits: Check,
    language: str,
    width: str,
    script: bool,
) -> None:
    page = open_page(WAITING, script=script, language=language, width=width)

    reach(page, page.locator("#f-ecog"))
    page.keyboard.press("Control+A")
    page.keyboard.type("1-2")
    page.keyboard.press("Enter")
    decided(page, "ineligible")
    add = page.locator("button[value='add:treatments']")
    reach(page, add)
    page.keyboard.press("Enter")
    expect(page.locator("#f-treatments\\.4\\.kind")).to_be_visible()
    assert page.locator("#f-ecog").input_value() == "1-2"
    reach(page, page.locator("button[formaction='/patient/record']"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text(RECORDED[language])
    expect(page.locator(".receipt code").first).to_have_text(re.compile(r"^[0-9a-f]{64}$"))
    fits(page)
    if script:
        axe(page)
        shot(page, f"patient-receipt-{language}-{width}")


@by_keyboard
def test_a_question_leads_to_its_field(open_page: OpenPage, language: str, width: str) -> None:
    page = open_page("/patient?example=thin_chart", language=language, width=width)
    question = page.locator("#answer-top .questions a[data-field=ecog]").first

    reach(page, question)
    page.keyboard.press("Enter")
    expect(page.locator("#f-ecog")).to_be_focused()
    page.keyboard.type("1")

    expect(page.locator("#answer-top .questions a[data-field=ecog]")).to_have_count(0)
    expect(page.locator("#c-INCL01 .status")).to_have_class("status pass")


@by_keyboard
def test_when_and_where_a_value_was_found_is_said_by_keyboard(
    open_page: OpenPage, shot: Shot, axe: Check, fits: Check, language: str, width: str
) -> None:
    page = open_page(WAITING, language=language, width=width)

    reach(page, page.locator("#topic-person > details.found > summary"))
    page.keyboard.press("Enter")
    reach(page, page.locator("#f-weight_kg\\.date"))
    page.keyboard.type("2026年11月2日" if language == "zh" else "2026-11-02")
    reach(page, page.locator("#f-weight_kg\\.source"))
    page.keyboard.type("ward chart 3")

    expect(page.locator("#shown-json")).to_have_value(re.compile("ward chart 3"))
    decided(page, "ineligible")
    fits(page)
    axe(page)
    shot(page, f"patient-sources-{language}-{width}")


@by_keyboard
def test_the_start_is_moved_by_the_keys_of_the_slider(
    open_page: OpenPage, language: str, width: str
) -> None:
    page = open_page(WAITING, language=language, width=width)
    slider = page.locator("#start-slider")
    reach(page, slider)
    for _ in range(7):
        page.keyboard.press("ArrowRight")

    expect(page.locator("#f-planned_start")).to_have_value("2026-12-08")
    decided(page, "undetermined")
    expect(slider).to_be_focused()
    told = {"en": "8 December 2026", "zh": "2026年12月8日"}[language]
    expect(slider).to_have_attribute("aria-valuetext", told)


def test_the_start_is_moved_by_dragging(open_page: OpenPage, shot: Shot) -> None:
    page = open_page(WAITING)
    field = page.locator("#f-planned_start")
    field.fill("2026-12-08")
    decided(page, "undetermined")
    strip = page.locator(".strip")
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + 10)
    page.mouse.down()
    for share in (0.7, 0.6, 0.5, 0.4):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + 10)
        page.wait_for_timeout(40)
    page.mouse.up()

    decided(page, "ineligible")
    assert "2026-11-21" <= field.input_value() < "2026-12-06"
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 10)
    assert field.input_value() < "2026-12-06", "the line was let go"
    shot(page, "patient-time", whole=False)


def test_a_reload_and_another_tab_lose_nothing(open_page: OpenPage) -> None:
    page = open_page("/patient")
    page.locator("#f-screening_id").fill("S-0042")
    page.locator("#f-weight_kg").fill("<60")
    other = page.context.new_page()
    other.goto("/patient")
    expect(other.locator("#f-screening_id")).to_have_value("")
    other.locator("#f-screening_id").fill("S-0043")

    page.reload()
    expect(page.locator("#f-screening_id")).to_have_value("S-0042")
    expect(page.locator("#f-weight_kg")).to_have_value("<60")
    page.goto("/")
    page.go_back()
    expect(page.locator("#f-weight_kg")).to_have_value("<60")
    page.goto(WAITING)
    expect(page.locator("#f-screening_id")).to_have_value("EX-002")
    page.get_by_role("button", name="Bring it back").click()
    expect(page.locator("#f-screening_id")).to_have_value("S-0042")
    other.reload()
    expect(other.locator("#f-screening_id")).to_have_value("S-0043")
    other.close()


@pytest.mark.parametrize(("language", "width"), [("en", "desk"), ("zh", "phone")])
def test_a_lost_connection_is_told_and_found_again(
    open_page: OpenPage, shot: Shot, axe: Check, fits: Check, language: str, width: str
) -> None:
    page = open_page(WAITING, may_log=LOST, language=language, width=width)
    page.context.set_offline(True)
    page.locator("#f-ecog").fill("2")

    expect(page.locator("#banner")).to_contain_text(OFFLINE[language])
    expect(page.locator("#banner")).to_contain_text(OLDER[language])
    expect(page.locator("#answer")).to_have_class(re.compile("outdated"))
    word = page.locator("#answer-top .decision-word")
    expect(word).to_have_css("text-decoration-line", "line-through")
    fits(page)
    axe(page)
    shot(page, f"patient-offline-{language}-{width}", whole=False)
    page.locator("#f-planned_start").fill("2026-12-08")
    page.context.set_offline(False)
    expect(page.locator("#banner")).to_be_hidden()
    decided(page, "undetermined")
    assert page.locator("#f-ecog").input_value() == "2"


def test_the_latest_key_wins(open_page: OpenPage) -> None:
    page = open_page(WAITING, may_log=LOST)
    held: list[Route] = []

    def hold(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/patient/answer", hold)
    # A browser that answers although it was told to give up: the page itself must not take the older answer.
    page.evaluate("AbortController.prototype.abort = () => {}")
    page.locator("#f-planned_start").fill("2026-12-08")
    page.wait_for_timeout(100)
    page.locator("#f-planned_start").fill("2026-12-01")
    page.locator("#f-ecog").fill("4")
    expect(page.locator("#c-INCL01 .status")).to_have_text("not met")

    assert held, "the older one was sent too"
    decided(page, "ineligible")
    with page.expect_response("**/patient/answer") as older:
        held[0].continue_()
    assert 'data-decision="undetermined"' in older.value.text()
    page.wait_for_timeout(200)
    decided(page, "ineligible")
    expect(page.locator("#c-INCL01 .status")).to_have_text("not met")
    expect(page.locator("#banner")).to_be_hidden()


def test_clear_leaves_nothing(open_page: OpenPage) -> None:
    page = open_page("/patient")
    page.locator("#f-screening_id").fill("S-0042")
    page.on("dialog", lambda dialog: dialog.accept())

    page.get_by_role("button", name="Clear", exact=True).click()

    expect(page.locator("#f-screening_id")).to_have_value("")
    assert page.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)") == "{}{}"
    page.reload()
    expect(page.locator("#f-screening_id")).to_have_value("")
    page.go_back()
    values = "[...document.querySelectorAll('input, select, textarea')].map((each) => each.value)"
    assert "S-0042" not in page.evaluate(values)
    assert "S-0042" not in page.content()


def test_the_language_changes_under_what_was_typed(open_page: OpenPage) -> None:
    page = open_page(WAITING)
    page.get_by_role("button", name="中文").click()

    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator("#f-screening_id")).to_have_value("EX-002")
    decided(page, "ineligible")
    page.goto("/patient?example=thin_chart")
    expect(page.locator("#before")).to_be_hidden()


def test_signing_out_clears_too(signed_in: OpenPage) -> None:
    page = signed_in("/patient")
    page.locator("#f-screening_id").fill("S-0042")
    expect(page.locator("#f-screening_id")).to_have_value("S-0042")

    page.get_by_role("button", name="Sign out").click()

    expect(page).to_have_url("/sign-in")
    assert page.evaluate("JSON.stringify(sessionStorage)") == "{}"


def test_a_profile_is_pasted_dropped_and_copied(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/patient")
    page.locator("#json summary").click()
    page.locator("#f-profile_json").fill(json.dumps(example_patient("likely_eligible")))
    page.get_by_role("button", name="Fill the form from it").click()
    expect(page.locator("#f-ecog")).to_have_value(re.compile(r"\d"))
    shown = json.loads(page.locator("#shown-json").input_value())
    assert shown["labs"][0]["test"] == "anc"

    file = tmp_path / "profile.json"
    file.write_text(json.dumps({**example_patient("likely_eligible"), "ecog": 4}))
    page.locator("#f-profile_file").set_input_files(file)
    expect(page.locator("#f-ecog")).to_have_value("4")
    decided(page, "ineligible")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "profile.json"
    assert json.loads(download.value.path().read_text())["ecog"] == {"value": "4"}


def test_it_prints_what_was_answered(open_page: OpenPage, shot: Shot) -> None:
    page = open_page(WAITING)
    page.emulate_media(media="print")

    expect(page.locator(".masthead")).to_be_hidden()
    expect(page.locator("#start-slider")).to_be_hidden()
    expect(page.locator("#answer-top")).to_be_visible()
    shot(page, "patient-print")
