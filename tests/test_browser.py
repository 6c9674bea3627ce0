"""What only a browser can tell: layout, and that nothing needs a script."""

import os
import shutil

import pytest

from .conftest import skip_or_fail

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="session")
def chromium():
    """The system's Chromium; Playwright's own download is never needed."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        skip_or_fail("There is no chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which Django takes for an async caller.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(chromium, live_server, anesbench):
    """A page of the site at a width, without script unless asked for."""
    contexts = []

    def open_at(address, width, *, script=False):
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(live_server.url + address)
        return page

    yield open_at
    for context in contexts:
        context.close()


def box(page, selector):
    found = page.locator(selector).first.bounding_box()
    return found["x"], found["x"] + found["width"]


@pytest.mark.parametrize("address", ["/", "/llms/llama-4-scout-17b-16e-instruct/", "/nowhere/"])
@pytest.mark.parametrize("width", [320, 360, 768, 1280, 2560])
def test_a_page_is_never_wider_than_the_screen(open_page, address, width):
    page = open_page(address, width, script=True)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_phone_shows_rank_name_and_average_without_scrolling_sideways(open_page):
    page = open_page("/", 360)
    row = "#llama-4-scout-17b-16e-instruct"
    for cell in (f"{row} .rank", f"{row} th", f"{row} .main"):
        left, right = box(page, cell)
        assert left >= 0
        assert right <= 360
    assert box(page, f"{row} th")[1] <= box(page, f"{row} .main")[0]


def test_a_phone_shows_the_first_rows_on_the_first_screen(open_page):
    page = open_page("/", 360)
    assert page.locator("#deepseek-r1").bounding_box()["y"] < 700


def test_without_script_a_header_sorts_in_both_directions(open_page):
    page = open_page("/", 1280)
    header = page.locator('[data-column="anesbench-system2"]')
    orders = []
    for _ in range(2):
        header.locator("a").click()
        orders.append(
            (header.get_attribute("aria-sort"), page.locator("tbody tr").first.get_attribute("id"))
        )
    assert orders == [("descending", "deepseek-r1"), ("ascending", "gemma-3-1b-it")]


def test_the_header_stays_in_sight_on_a_wide_screen(open_page):
    page = open_page("/", 1280, script=True)
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'; scrollTo(0, 1500)")
    assert page.locator("#standings thead").bounding_box()["y"] == 0


def test_a_public_page_sets_no_cookie_and_asks_no_other_host(open_page, live_server):
    page = open_page("/nowhere/", 1280, script=True)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(live_server.url + "/")
    assert page.context.cookies() == []
    assert [url for url in asked if not url.startswith(live_server.url)] == []
