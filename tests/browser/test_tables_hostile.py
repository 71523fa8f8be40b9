"""A table whose name, columns and cells try to be more than text: they are shown as text, and nothing else happens."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Shot
from tests.browser.test_tables import press, screened, sent

Check = Callable[[Page], None]

IMAGE = '"><img src=x onerror="window.hit=1">'
SCRIPT = "<script>window.hit=1</script>"
LONG = "Donaudampfschifffahrt" * 9
FORMULA = '=HYPERLINK("//evil.example","x")'
TURNED = "\u202etxt.exe\u202c end"
TEMPLATE = "{{7*7}} ${7*7} %(x)s {0}"
QUOTES = "'; DROP TABLE x; -- \u2028 &lt;b&gt;"
NAME = '<img src=x onerror="window.hit=1">\u202evsc.x "quoted" & ' + "n" * 60 + ".csv"
IN_NAME = "<img src=x onerror="
"""How its name begins: browsers send quotes of a file name as %22."""

COLUMNS = ("Nr <b>1</b>", IMAGE, LONG, TURNED, FORMULA, TEMPLATE)
FIELDS = ("screening_id", "sex", "age_years", "ecog", "-", "-")
ROWS = (
    ("P-1", "female", "54", "1", SCRIPT, QUOTES),
    ("P-2", "female", "61", "0", FORMULA, TURNED),
    ("P-3", IMAGE, "54", "1", LONG, TEMPLATE),
    ("P-4", "female", SCRIPT, FORMULA, "", ""),
    (IMAGE, "female", "54", "1", "", ""),
    (FORMULA, "female", LONG, TURNED, "", ""),
)

SIGNS = re.compile("[\u202a-\u202e]")
"""Signs that turn what follows them; they are seen, and not obeyed."""


def table() -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([COLUMNS, *ROWS])
    return text.getvalue().encode()


@pytest.mark.parametrize(("language", "width"), [("en", "desk"), ("zh", "phone")])
def test_hostile_text_is_shown_as_text(
    open_page: OpenPage, shot: Shot, fits: Check, axe: Check, language: str, width: str
) -> None:
    page = open_page("/tables", language=language, width=width)

    def looked(step: str, *texts: str) -> None:
        """Nothing of it ran or became an element; what a console says fails the test by itself."""
        assert page.evaluate("window.hit") is None
        assert page.locator("img[src='x'], main script, main b").count() == 0
        shown = " ".join(page.locator("main").inner_text().split())
        for text in texts:
            assert " ".join(SIGNS.sub("\ufffd", text).split()) in shown, f"{step}: {text}"
        fits(page)
        axe(page)
        shot(page, f"hostile-{step}-{language}")

    sent(page, table(), NAME)
    looked("draft", IN_NAME, *COLUMNS, *ROWS[0], QUOTES)
    for place, field in enumerate(FIELDS):
        page.locator(f'[name="to.{place}"]').select_option(field)
    press(page, "check")
    looked("mapped", IMAGE, *COLUMNS)
    assert page.locator(".words label bdi").first.inner_text() == IMAGE
    screened(page)
    looked("results", IN_NAME, "P-1", "P-2")
    assert page.locator(".results tbody tr").count() == 2
    page.locator("#counts + ul a").last.click()
    expect(page.locator("table.faults")).to_be_visible()
    looked("rejected", IMAGE, LONG, TURNED)
    assert page.locator("table.faults tbody tr").count() == 7
    page.go_back()
    page.locator(".results tbody a").first.click()
    expect(page.locator("details").first).to_be_visible()
    looked("row", IN_NAME)
    page.goto("/tables")
    looked("list", IN_NAME)
