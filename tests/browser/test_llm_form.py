"""The form of an LLM with 400 scores, as usable as with nine."""

import pytest

from leaderboard.models.locks import content_lock
from tests.browser.reading import log_in
from tests.factories import make_benchmark, make_leaderboard, make_metric

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BOXES = "fieldset.scores input:visible"


def make_many_scores():
    """Eight leaderboards, each of a benchmark with 50 metrics."""
    for number in range(8):
        bench = make_benchmark(f"Bench {number}")
        names = [f"b{number}-m{each}" for each in range(50)]
        metrics = [make_metric(name, name=name.upper(), benchmark=bench) for name in names]
        make_leaderboard(metrics, title=f"Many {number}", slug=f"many-{number}", position=number)


@pytest.fixture
def form(open_page, live_server):
    with content_lock():  # one edit, not 800
        make_many_scores()
    page = open_page("/admin/", 1280, script=True)
    log_in(page, live_server)
    page.goto(live_server.url + "/admin/leaderboard/llm/1/change/")
    return page


def test_one_of_four_hundred_scores_is_found_by_typing(form):
    assert form.locator(BOXES).count() == 9  # of the leaderboard that it is on
    form.fill("#find-score", "bench 3 m17")
    names = form.locator(BOXES).evaluate_all("boxes => boxes.map(box => box.name)")
    assert names == ["score-b3-m17"]
    form.fill("#find-score", "")
    assert form.locator("fieldset.scores:visible").count() == 3 + 8


def test_save_is_in_sight_wherever_one_scrolls(form):
    for share in (0, 0.5, 1):
        form.evaluate("share => scrollTo(0, share * document.body.scrollHeight)", share)
        box = form.locator(".submit-row [name=_save]").bounding_box()
        assert 0 <= box["y"] <= 800 - box["height"]
    assert form.evaluate("document.documentElement.scrollWidth") == 1280
