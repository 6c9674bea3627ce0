"""Ticks for a comparison in a browser: they survive whatever is done to the view."""

import pytest
from playwright.sync_api import expect

from .reading import url_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TICKS = "llm=phi-4&llm=gpt-4o"


def tick(page, name):
    return page.get_by_label(f"Compare {name}", exact=True)


def test_ticks_survive_sorting_searching_and_a_reload(open_page, live_server):
    page = open_page("/", 1280, script=True)
    for name in ("phi-4", "gpt-4o"):
        tick(page, name).check()
    assert url_of(page).endswith(f"/?{TICKS}")
    expect(page.locator("#compare [role=status]")).to_have_text("2 of 6 ticked")
    page.locator("#standings [data-column=llm] a").click()
    expect(page).to_have_url(f"{live_server.url}/?sort=llm&{TICKS}")
    page.locator("[name=q]").fill("phi")
    expect(page).to_have_url(f"{live_server.url}/?sort=llm&q=phi&{TICKS}")
    expect(page.locator("#kept")).to_have_text("gpt-4o")
    page.reload()
    expect(tick(page, "phi-4")).to_be_checked()
    expect(page.locator("#kept")).to_have_text("gpt-4o")
    page.locator("#kept input").click()  # which takes it away
    expect(page).to_have_url(f"{live_server.url}/?sort=llm&q=phi&llm=phi-4")
    page.locator("#reset").click()
    expect(page).to_have_url(f"{live_server.url}/?llm=phi-4")
    page.locator("#clear").click()
    expect(page).to_have_url(f"{live_server.url}/")
    expect(tick(page, "phi-4")).not_to_be_checked()


def test_the_seventh_cannot_be_ticked_and_the_order_is_kept(open_page):
    page = open_page("/", 1280, script=True)
    boxes = page.locator("#standings .rank input")
    for number in (5, 0, 1, 2, 3, 4):
        boxes.nth(number).check()
    expect(boxes.nth(6)).to_be_disabled()
    expect(page.locator("#count")).to_have_text("6")
    boxes.nth(0).uncheck()
    expect(boxes.nth(6)).to_be_enabled()
    first = boxes.nth(5).get_attribute("value")
    page.get_by_role("button", name="Compare", exact=True).click()
    page.wait_for_url("**/compare/**")
    assert url_of(page).partition("/compare/?")[2].split("&")[0] == f"llm={first}"
    assert page.locator("#comparison thead th > a").count() == 5


def test_without_script_ticks_are_kept_by_a_button(open_page):
    page = open_page("/?q=o", 1280)
    for name in ("phi-4", "gpt-4o"):
        tick(page, name).check()
    content = page.locator("#count").evaluate("e => getComputedStyle(e, '::after').content")
    assert content == "counter(ticks)"  # which counts what is ticked at the moment
    page.get_by_role("button", name="Keep ticks").click()
    assert url_of(page).endswith("?llm=gpt-4o&llm=phi-4&q=o")
    page.locator("#standings [data-column=llm] a").click()
    assert url_of(page).endswith("?sort=llm&q=o&llm=gpt-4o&llm=phi-4")
    expect(tick(page, "gpt-4o")).to_be_checked()
