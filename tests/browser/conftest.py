"""A real browser and a real server: what a page logs as an error, or asks of another host, fails its test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)

from api.words import Role
from tests.api.door import identities as who
from tests.api.door.server import running

WIDTHS = {"phone": 320, "tablet": 820, "desk": 1280}
by_keyboard = pytest.mark.parametrize(
    ("language", "width"), [("en", "desk"), ("zh", "phone"), ("zh", "tablet")]
)
"""How a journey is made by Tab, Enter, Space and arrows alone: in each language, at each width."""
SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
OpenPage = Callable[..., Page]
Shot = Callable[..., None]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium as the machine has it; nothing is ever downloaded.

    It ends with the tests of this folder: while Playwright is open, this thread counts as one with a
    running event loop, and no other test of the worker could start its own.
    """
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no Chromium: the pages are not tested in a browser (apt-get install chromium)")
    with sync_playwright() as playwright:
        # As root, in a container, Chromium has no sandbox to itself; it opens our own pages only.
        browser = playwright.chromium.launch(
            executable_path=found,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The service without identity: no sign-in, everything allowed. Its log is shared by all tests."""
    with running(tmp_path_factory.mktemp("service")) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture(scope="package")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """The service that asks for keys, with a key of each role."""
    folder = tmp_path_factory.mktemp("guarded")
    settings = who.settings_with_both(folder)
    given = {"IDENTITY": "keys", "DATABASE_URL": settings.database(), "KEY_CACHE_SECONDS": 0}
    store = who.store_of(settings)
    keys = {role.value: who.key(store, role) for role in Role}
    keys["two sites"] = who.key(store, Role.COORDINATOR, sites=(who.SITE, who.OTHER_SITE))
    with running(folder, **given) as server:
        yield f"http://127.0.0.1:{server.port}", keys


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[OpenPage]:
    """Opens a page in a browser of its own: `open_page("/patient", language="zh", width="phone")`."""
    opened: list[tuple[Page, list[str]]] = []

    def opening(
        path: str = "/",
        *,
        at: str = address,
        language: str = "en",
        width: str = "desk",
        scheme: Any = "light",
        script: bool = True,
        time_zone: str | None = None,
        may_log: tuple[str, ...] = (),
    ) -> Page:
        context = browser.new_context(
            base_url=at,
            locale={"en": "en-GB", "zh": "zh-CN"}[language],
            viewport={"width": WIDTHS[width], "height": 800},
            color_scheme=scheme,
            java_script_enabled=script,
            timezone_id=time_zone,
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        faults: list[str] = []
        _watch(page, at, faults, may_log)
        opened.append((page, faults))
        page.goto(path)
        return page

    yield opening
    for page, _ in opened:
        page.context.close()
    found = [fault for _, faults in opened for fault in faults]
    assert not found, found


@pytest.fixture
def signed_in(open_page: OpenPage, guarded: tuple[str, dict[str, str]]) -> OpenPage:
    """Opens a page of the guarded service after a coordinator has signed in: `signed_in("/patient")`."""
    at, keys = guarded

    def opening(path: str = "/", **given: Any) -> Page:
        page = open_page("/sign-in", at=at, **given)
        page.get_by_label("Access key").fill(keys["coordinator"])
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{at}/")
        page.goto(path)
        return page

    return opening


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """The start page, in English, on a desk."""
    return open_page()


@pytest.fixture
def shot() -> Shot:
    """Keeps a picture of the whole page: `shot(page, "start-zh-phone")`."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def taking(page: Page, name: str, *, whole: bool = True) -> None:
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole, animations="disabled")

    return taking


_IS_SEEN = """each => {
    const [box] = each.getClientRects();
    return [0.2, 0.5, 0.8].some((part) => {
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height * part);
        return each === top || each.contains(top) || Boolean(top?.contains(each));
    });
}"""


def reach(page: Page, control: Locator, *, most: int = 500) -> None:
    """Goes to a control by the Tab key alone, from wherever the focus is; nothing may lie over it there."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if control.and_(page.locator(":focus")).count():
            for _ in range(20):  # the page may still be on its way there
                if control.evaluate(_IS_SEEN):
                    return
                page.wait_for_timeout(25)
            raise AssertionError(f"something lies over it: {control}")
    raise AssertionError(f"not reached by {most} times Tab: {control}")


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Asserts that axe finds nothing serious or critical on a page."""

    def checking(page: Page) -> None:
        options = {
            "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        }
        found = Axe().run(page, options=options).response["violations"]
        grave = [
            f"{each['id']}: {each['help']}: {[node['target'] for node in each['nodes']]}"
            for each in found
            if each["impact"] in ("serious", "critical")
        ]
        assert not grave, grave

    return checking


@pytest.fixture
def fits() -> Callable[[Page], None]:
    """Asserts that a page is not wider than its window."""

    def checking(page: Page) -> None:
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{wide} pixels wider than the window"

    return checking


def _watch(page: Page, at: str, faults: list[str], may_log: tuple[str, ...]) -> None:
    def logged(message: ConsoleMessage) -> None:
        expected = any(each in message.text for each in may_log)
        if message.type in ("error", "warning") and not expected:
            faults.append(f"console: {message.text}")

    def asked(request: Request) -> None:
        if urlsplit(request.url).scheme in ("http", "https") and not request.url.startswith(at):
            faults.append(f"asked another host: {request.url}")

    page.on("console", logged)
    page.on("request", asked)
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
