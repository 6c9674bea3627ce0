"""With script baselines and variants are switched as by links, and other choices keep that."""

import pytest

from leaderboard.models import LLM, Metric
from tests.browser.reading import url_of
from tests.browser.test_same_view import order, same_from_the_server, view_of  # noqa: F401
from tests.factories import make_llm, make_score

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(open_page):
    people = make_llm("People", kind="human")
    for metric in Metric.objects.filter(aggregate=""):
        make_score(people, metric, "0.8")
    for name in ("Qwen3-32B", "Qwen3-14B"):
        llm = LLM.objects.get(name=name)
        llm.family = "Qwen3"
        llm.save()
    return open_page("/leaderboard/anesbench/", 1280, script=True)


def choose(page, parameter, value):
    page.locator(".menu:has([data-families])").evaluate("menu => { menu.open = true; }")
    with page.expect_response(lambda answer: "anesbench" in answer.url):
        page.locator(f'[data-{parameter}="{value}"]').click()
    page.wait_for_selector("#view:not([aria-busy=true])")


def test_baselines_are_hidden_and_stay_hidden_in_every_order(page, same_from_the_server):  # noqa: F811
    assert order(page)[1] == "people"
    choose(page, "baselines", "off")
    assert url_of(page).endswith("/anesbench/?baselines=off")
    assert "people" not in order(page)
    with page.expect_response(lambda answer: "sort=" in answer.url):
        page.locator('[data-column="llm"] a').click()
    page.wait_for_selector('[data-column="llm"][aria-sort]')
    assert url_of(page).endswith("?sort=llm&baselines=off")
    assert "people" not in order(page)
    assert view_of(page) == same_from_the_server(page)
    choose(page, "families", "best")
    assert url_of(page).endswith("?sort=llm&baselines=off&families=best")
    assert "qwen3-14b" not in order(page)
    choose(page, "baselines", "")
    assert url_of(page).endswith("?sort=llm&families=best")
    assert "people" in order(page)
    assert view_of(page) == same_from_the_server(page)


def test_with_a_baseline_every_order_is_that_of_the_server(page, same_from_the_server):  # noqa: F811
    for key in ("average", "anesbench-system2", "llm"):
        with page.expect_response(lambda answer: "anesbench" in answer.url):
            page.locator(f'[data-column="{key}"] a').click()
        page.wait_for_selector(f'[data-column="{key}"][aria-sort]')
        page.wait_for_selector("#view:not([aria-busy=true])")
        assert view_of(page) == same_from_the_server(page)
