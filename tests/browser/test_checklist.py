"""The checklist in the browser: read at three widths, printed on two papers, made from the patient page."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.conftest import SCREENSHOTS, OpenPage, Shot, by_keyboard, reach

Check = Callable[[Page], None]


def made(open_page: OpenPage, example: str = "wait_for_washout", **how: object) -> Page:
    page = open_page(f"/checklist?example={example}", **how)
    page.locator("form.ask button").click()
    expect(page.locator(".checklist tbody")).to_have_count(17)
    return page


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("en", "desk", "light"), ("zh", "tablet", "light"), ("en", "phone", "light"),
     ("zh", "phone", "dark"), ("zh", "desk", "dark")],
)  # fmt: skip
def test_it_is_read(
    open_page: OpenPage, shot: Shot, axe: Check, fits: Check, language: str, width: str, scheme: str
) -> None:
    page = open_page("/checklist", language=language, width=width, scheme=scheme)
    fits(page)
    axe(page)
    page = made(open_page, language=language, width=width, scheme=scheme)

    fits(page)
    axe(page)
    shot(page, f"checklist-{language}-{width}-{scheme}")


@pytest.mark.parametrize(("paper", "language"), [("A4", "en"), ("Letter", "zh")])
def test_each_printed_page_has_its_foot_and_no_row_is_torn(
    open_page: OpenPage, paper: str, language: str
) -> None:
    page = made(open_page, "likely_eligible", language=language)

    content = page.pdf(format=paper, prefer_css_page_size=False)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    (SCREENSHOTS / f"checklist-printed-{language}-{paper}.pdf").write_bytes(content)
    pages = ["".join(each.extract_text().split()) for each in PdfReader(io.BytesIO(content)).pages]

    assert len(pages) > 1
    rules = re.search(r"[0-9a-f]{64}", page.locator(".head").inner_text())
    assert rules
    for number, text in enumerate(pages, start=1):
        assert rules[0][:16] in text
        assert f"{number}/{len(pages)}" in text
        assert {"en": "theinvestigatordecides", "zh": "最终由研究者决定"}[language] in text
    for criterion in page.locator(".checklist tbody th").all_inner_texts():
        assert sum(criterion in text for text in pages) == 1
    assert "EligibilityscreeningStart" not in pages[0]


@by_keyboard
def test_it_is_made_by_keyboard_and_fetched_as_pdf(
    open_page: OpenPage, language: str, width: str
) -> None:
    page = open_page("/checklist?example=thin_chart", language=language, width=width)

    reach(page, page.locator("textarea#patient"))
    reach(page, page.locator("form.ask button"), most=1)
    page.keyboard.press("Enter")
    said = {"en": "PREVIEW, not in the screening log", "zh": "预览件"}[language]
    expect(page.get_by_text(said).first).to_be_visible()
    reach(page, page.locator("select[name=paper]"))
    page.keyboard.press("ArrowDown")
    expect(page.locator("select[name=paper]")).to_have_value("letter")
    reach(page, page.locator("button[name=form][value=pdf]"))
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "checklist-preview.pdf"
    reader = PdfReader(download.value.path())
    assert [round(float(each)) for each in reader.pages[0].mediabox[2:]] == [612, 792]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_patient_page_leads_to_it(open_page: OpenPage, script: bool) -> None:
    page = open_page("/patient?example=wait_for_washout", script=script)

    page.locator("button[formaction='/checklist']").first.click()

    expect(page.locator(".checklist tbody")).to_have_count(17)
    expect(page.locator(".head")).to_contain_text("EX-002")
    assert "EX-002" not in page.url
    failing = page.locator("tbody", has=page.locator("th", has_text="EXCL05"))
    expect(failing.locator(".answer")).to_contain_text("FAILS")


def test_a_recorded_screening_has_its_number_on_it(open_page: OpenPage, shot: Shot) -> None:
    page = open_page("/patient?example=likely_eligible")
    page.locator("button[formaction='/patient/record']").first.click()
    page.locator("form[action$='/checklist'] button").click()

    expect(page.locator(".checklist tbody")).to_have_count(17)
    expect(page.locator(".sheet-foot")).to_contain_text("Screening log entry")
    expect(page.get_by_text("PREVIEW")).to_have_count(0)
    shot(page, "checklist-recorded")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as PDF").click()
    assert re.fullmatch(r"checklist-entry-\d+\.pdf", download.value.suggested_filename)
