"""Columns of facts of the seed as they are seen: on a wide screen at once, on a phone on demand."""

import pytest

from leaderboard.models import LLM, Leaderboard
from tests.browser.test_same_view import view_of
from tests.facts import give_value, make_fact, show_facts

FACTS = ["organization", "parameters", "license", "released"]
HEADERS = "#standings th[data-column]"

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def with_facts(anesbench):
    """The seed with four facts as columns, and a defined one that is shown on demand."""
    board = Leaderboard.objects.get(slug="anesbench")
    length = make_fact("Context length", unit="tokens")
    show_facts(board, *FACTS)
    show_facts(board, length, shown_by_default=False)
    give_value(LLM.objects.get(slug="gpt-4o"), length, "128000")
    give_value(LLM.objects.get(slug="qwen3-0-6b"), length, "32768")


def shown_headers(page):
    """The columns that somebody sees."""
    headers = page.locator(HEADERS)
    return [header.get_attribute("data-column") for header in headers.all() if header.is_visible()]


def width_of(page):
    return page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_a_wide_screen_shows_the_facts_at_once_beside_the_name(seen_by, with_facts, scheme):
    page = seen_by(1280, scheme)
    page.goto("/")
    assert shown_headers(page)[:5] == ["llm", *FACTS]
    for key in FACTS:
        box = page.locator(f'{HEADERS}[data-column="{key}"]').bounding_box()
        assert box["x"] + box["width"] <= 1280, key
    assert not page.locator(".fact-switch").is_visible()


@pytest.mark.parametrize("script", [True, False])
def test_a_phone_shows_the_facts_when_asked(seen_by, with_facts, script):
    page = seen_by(360, "dark", java_script_enabled=script)
    page.goto("/")
    assert "organization" not in shown_headers(page)
    assert width_of(page) == 360
    page.locator(".fact-switch").click()
    assert shown_headers(page)[:5] == ["llm", *FACTS]
    assert width_of(page) == 360
    page.goto("/?columns=license,average")
    assert shown_headers(page) == ["llm", "license", "average"]


# Each takes seconds, and all are sorted by one function.
@pytest.mark.parametrize(
    "key", [FACTS[0], *(pytest.param(fact, marks=pytest.mark.slow) for fact in FACTS[1:])]
)
def test_the_script_sorts_facts_as_the_server_does(open_page, with_facts, key):
    page = open_page("/", 1280, script=True)
    requests = []
    page.on("request", lambda each: each.url.endswith("/mark.svg") or requests.append(each.url))
    for _click in range(2):
        page.locator(f'{HEADERS}[data-column="{key}"] a').click()
        query = page.evaluate("location.search")
        assert view_of(page) == view_of(open_page(f"/{query}", 1280))
    assert requests == []


def test_a_hidden_fact_is_fetched_and_a_shown_one_hidden_without_a_request(open_page, with_facts):
    page = open_page("/", 1280, script=True)
    requests = []
    page.on("request", lambda each: each.url.endswith("/mark.svg") or requests.append(each.url))
    page.locator('[data-name="columns"] summary').click()
    page.locator('input[name="columns"][value="license"]').uncheck()
    assert shown_headers(page)[:4] == ["llm", "organization", "parameters", "released"]
    assert requests == []
    page.locator('input[name="columns"][value="context_length"]').check()
    page.locator(f'{HEADERS}[data-column="context_length"]').wait_for()
    query = page.evaluate("location.search")
    assert "context_length" in query
    assert view_of(page) == view_of(open_page(f"/{query}", 1280))
    page.locator(f'{HEADERS}[data-column="context_length"] a').click()
    assert page.locator("#standings tbody tr").first.get_attribute("id") == "gpt-4o"
