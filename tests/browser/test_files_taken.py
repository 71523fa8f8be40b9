"""Files that are dropped onto a page or chosen: UTF-8 text is taken, anything else is refused where one looks."""

from __future__ import annotations

import base64
import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from api.pages.example_patients import example_patient
from eligibility.protocol.library import DEFAULT_TRIAL
from tests.browser.conftest import OpenPage

NAMED = {
    **example_patient("likely_eligible"),
    "consent": {"willing_to_participate": {"value": "yes", "source": "病历"}},
}
TEXT = json.dumps(NAMED, ensure_ascii=False)
REFUSED = {"en": "it is not UTF-8 text", "zh": "其编码不是UTF-8"}
FIELDS = {
    "/patient": "#f-profile_json",
    "/checklist": "#patient",
    f"/criteria/{DEFAULT_TRIAL}/over-time": "#patient",
}
DROP = """([field, content]) => {
  const bytes = Uint8Array.from(atob(content), (each) => each.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], "profile.json"));
  const how = {dataTransfer, bubbles: true, cancelable: true};
  for (const name of ["dragover", "drop"]) field.dispatchEvent(new DragEvent(name, how));
}"""


def drop(field: Locator, content: bytes) -> None:
    field.evaluate(
        f"(field, content) => ({DROP})([field, content])", base64.b64encode(content).decode()
    )


def refusal(page: Page, field: str) -> Locator:
    return page.locator(f"{field}-no-text")


@pytest.mark.parametrize(
    ("path", "language"), [(path, language) for path in FIELDS for language in REFUSED]
)
def test_a_dropped_file_is_taken_only_as_utf_8(
    open_page: OpenPage, path: str, language: str
) -> None:
    # One criterion over time is asked for at once, and here no day was typed.
    page = open_page(path, language=language, may_log=("422 (Unprocessable",))
    field = page.locator(FIELDS[path])

    drop(field, TEXT.encode("gb18030"))

    expect(refusal(page, FIELDS[path])).to_be_visible()
    expect(refusal(page, FIELDS[path])).to_contain_text(REFUSED[language])
    expect(field).to_have_value("")
    drop(field, TEXT.encode())
    expect(refusal(page, FIELDS[path])).to_have_count(0)
    if path == "/patient":
        expect(page.locator("#shown-json")).to_have_value(re.compile("病历"))
    else:
        expect(field).to_have_value(TEXT)
    expect(page.locator(".over")).to_have_count(0)


def test_a_file_that_was_chosen_too(open_page: OpenPage) -> None:
    page = open_page("/patient")
    file = {"name": "p.json", "mimeType": "application/json", "buffer": TEXT.encode("gb18030")}
    page.locator("#json summary").click()

    page.locator("#f-profile_file").set_input_files([file])  # type: ignore[list-item]

    expect(refusal(page, "#f-profile_json")).to_be_visible()
    expect(page.locator("#f-ecog")).to_have_value("")
