"""The leaderboard on a phone: overall scores first, a menu of orders, filters in a sheet, rows that
open; and dense rows."""

import pytest
from playwright.sync_api import expect

from .reading import follow, url_of
from .test_accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def columns_in_sight(page):
    """The columns that somebody sees, without the rank."""
    return page.eval_on_selector_all(
        "#standings th[data-column]",
        "all => all.filter((th) => th.checkVisibility()).map((th) => th.dataset.column)",
    )


def first_rows(page):
    return page.eval_on_selector_all("#standings tbody tr", "all => all.slice(0, 3).map(r => r.id)")


OVERALL = ["llm", "anesbench-overall", "amcqa-overall", "average"]


def test_without_script_a_phone_sorts_filters_and_shows_overall_scores_first(open_page):
    page = open_page("/?q=qwen&llm=phi-4", 360)
    assert columns_in_sight(page) == OVERALL
    assert page.locator(".fold > summary").text_content() == "Filter 1"
    page.locator("#order").select_option("AMCQA system2")
    follow(page, ".sort button")
    assert "sort=-amcqa-system2" in url_of(page)
    assert "q=qwen" in url_of(page)
    assert page.locator("#kept input").get_attribute("value") == "phi-4"
    assert columns_in_sight(page) == [*OVERALL[:2], "amcqa-system2", *OVERALL[2:]]
    best = first_rows(page)
    follow(page, page.get_by_role("link", name="Reverse the order, now descending"))
    assert url_of(page).endswith("/?sort=amcqa-system2&q=qwen&llm=phi-4")
    assert first_rows(page) != best
    page.get_by_label("Overall only").uncheck()
    assert len(columns_in_sight(page)) == 10
    page.locator(".fold > summary").click()
    page.locator(".menu summary", has_text="Weights").click()
    page.locator('[name=weights][value="open"]').check()
    follow(page, page.locator(".filters").get_by_role("button", name="Apply"))
    assert page.locator(".fold > summary").text_content() == "Filter 2"
    assert page.locator("#order").input_value() == "amcqa-system2"


def test_with_script_a_phone_sorts_at_once_and_a_row_opens_to_its_other_scores(open_page):
    page = open_page("/", 360, script=True)
    requests = []
    page.on("request", lambda each: each.url.endswith("/mark.svg") or requests.append(each.url))
    page.locator("#order").select_option("AMCQA system2")
    assert url_of(page).endswith("/?sort=-amcqa-system2")
    page.get_by_role("link", name="Reverse the order, now descending").click()
    assert url_of(page).endswith("/?sort=amcqa-system2")
    page.locator("#order").select_option("Average")
    assert url_of(page).endswith("/")
    more = page.get_by_role("button", name="Other scores of gpt-4o")
    more.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    scores = page.locator("#gpt-4o + .opened div").all_inner_texts()
    assert [" ".join(pair.split()) for pair in scores[:3]] == [
        "AnesBench overall 0.77", "AMCQA overall 0.78", "AnesBench system1 0.81",
    ]  # fmt: skip
    assert len(scores) == 8
    assert violations(page) == []
    sheet = page.locator(".filters")
    page.locator(".fold > summary").click()
    assert violations(page) == []
    sheet.locator("[name=q]").fill("deepseek")
    expect(more).to_have_count(0)  # a row that leaves closes
    page.keyboard.press("Escape")
    expect(sheet).not_to_be_visible()
    expect(page.locator(".fold > summary")).to_be_focused()
    expect(page.locator("#active")).to_have_text("1")
    page.locator("#chips a").click()
    expect(page.locator(".opened")).to_have_count(0)
    expect(more).to_have_attribute("aria-expanded", "false")
    assert requests == []


SMALL = """() => {
  const targets = [...document.querySelectorAll("#standings tbody :is(a, input, button)")];
  return targets.filter((each) => {
    const { width, height } = each.getBoundingClientRect();
    return each.checkVisibility() && (width < 24 || height < 24);
  }).map((each) => each.outerHTML.slice(0, 90));
}"""
ROWS = "document.querySelector('#standings tbody').offsetHeight"


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.slow)])
def test_dense_rows_are_remembered_and_their_targets_are_large_enough(seen_by, width):
    page = seen_by(width, "light")
    page.goto("/")
    usual = page.evaluate(ROWS)
    if width == 360:
        page.locator(".fold > summary").click()
    page.locator(".menu summary", has_text="View").click()
    page.get_by_role("button", name="compact").click()
    page.reload()
    assert page.evaluate(ROWS) < 0.75 * usual
    assert page.evaluate(SMALL) == []
    assert violations(page) == []
    buttons = page.locator("[data-density]").evaluate_all("all => all.map(b => b.ariaPressed)")
    assert buttons == ["false", "true"]
