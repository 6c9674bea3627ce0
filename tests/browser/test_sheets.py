"""A site of several leaderboards, and pages with facts and contents beside them, in a browser."""

import pytest

from leaderboard.models import Appearance
from tests.browser.test_accessibility import violations
from tests.views.boards import make_boards

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ["/", "/leaderboard/board-0/", "/llms/zeta/", "/ranks/"]


@pytest.fixture
def site(anesbench):
    """The seed beside eight other leaderboards, with a contact."""
    make_boards(8)
    Appearance.objects.update(contact="data@example.org")


def width_of(page):
    return page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_many_leaderboards_are_for_everyone(seen_by, site, width, scheme):
    page = seen_by(width, scheme)
    found = {}
    for address in PAGES:
        page.goto(address)
        found[address] = (violations(page), width_of(page))
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        found[f"{address} at 200 %"] = (violations(page), width_of(page))
    assert found == dict.fromkeys(found, ([], width))


CELLS_WITHOUT_RULE = """() => [...document.querySelectorAll(".scores tbody :is(th, td)")]
  .filter((cell) => getComputedStyle(cell).borderBottomWidth === "0px").length"""


def test_contents_stand_beside_a_page_where_there_is_room_and_fold_where_not(seen_by, site):
    page = seen_by(1280, "dark", java_script_enabled=False)
    page.goto("/llms/gpt-4o/")
    link, fold = page.locator(".contents a[href='#sources']"), page.locator(".rail > summary")
    facts, scores = page.locator(".beside").bounding_box(), page.locator(".body").bounding_box()
    assert (link.is_visible(), fold.is_visible()) == (True, False)
    assert facts["x"] >= scores["x"] + scores["width"]
    page.set_viewport_size({"width": 360, "height": 800})
    assert (link.is_visible(), fold.is_visible()) == (False, True)
    fold.click()
    link.wait_for(state="visible")
    page.emulate_media(media="print")
    assert page.evaluate(CELLS_WITHOUT_RULE) == 0
