"""The menu of columns: its links, its search and the folded benchmarks, under the server's
addresses."""

from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from playwright.sync_api import expect

from leaderboard.models import Leaderboard
from leaderboard.pages.selection import Selection
from leaderboard.standings.loading import standings_for
from tests.browser.reading import url_of
from tests.factories import make_leaderboard, make_metric, make_scores

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shown(page):
    return page.eval_on_selector_all(
        "#standings th[data-column]",
        "all => all.filter((th) => !th.hidden).slice(1).map((th) => th.dataset.column)",
    )


def canonical(page, slug):
    """The address that the server would give the view that a page shows."""
    standings = standings_for(Leaderboard.objects.get(slug=slug))
    query = QueryDict(urlsplit(url_of(page)).query)
    return Selection.from_query(query, standings).url()


def test_a_benchmark_folds_to_its_aggregate_and_opens_again(open_page):
    page = open_page("/leaderboard/anesbench/", 1280, script=True)
    everything = shown(page)
    fold = page.get_by_role("link", name="Columns of AnesBench")
    fold.click()
    assert shown(page) == ["anesbench-overall", *everything[4:]]
    assert fold.get_attribute("aria-expanded") == "false"
    assert urlsplit(url_of(page)).query == f"columns={','.join(shown(page))}"
    fold.click()
    assert shown(page) == everything
    assert urlsplit(url_of(page)).query == ""


def test_every_link_of_the_menu_leads_to_the_address_of_the_server(open_page, live_server):
    metrics = [make_metric(f"a-long-name-of-a-task-{n:03}", unit="points") for n in range(90)]
    make_scores({"Alpha": dict.fromkeys(metrics, 1), "Beta": dict.fromkeys(metrics, 2)})
    make_leaderboard(metrics, metrics[0], slug="many", title="Many", position=9)
    page = open_page("/leaderboard/many/", 1280, script=True)
    page.locator(".columns summary").click()
    menu = page.locator(".columns")
    menu.get_by_role("link", name="None", exact=True).first.click()
    assert shown(page) == [metrics[0].key]
    assert url_of(page).endswith(canonical(page, "many"))
    page.locator(".find").fill("TASK-04")
    labels = page.locator(".columns label:visible")
    expect(labels).to_have_count(10)
    for number in range(10):
        labels.nth(number).click()
    menu.get_by_role("link", name="All", exact=True).first.click()
    assert len(shown(page)) == 90
    assert urlsplit(url_of(page)).query == ""
    page.locator(".find").fill("")
    page.evaluate(
        "for (const box of document.querySelectorAll('[name=columns]'))"
        " if (/[02468]$/.test(box.value)) box.checked = false;"
        " document.querySelector('[name=columns]')"
        ".dispatchEvent(new Event('input', { bubbles: true }))"
    )
    assert "columns=." in url_of(page)
    assert url_of(page).endswith(canonical(page, "many"))
