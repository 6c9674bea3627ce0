"""The columns of a leaderboard are moved by dragging and by keys."""

import pytest

from leaderboard.models import Leaderboard
from tests.browser.reading import follow, log_in
from tests.factories import SEED_METRICS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def form(open_page, live_server):
    page = open_page("/admin/", 1280, script=True)
    log_in(page, live_server)
    board = Leaderboard.objects.get(slug="anesbench")
    page.goto(f"{live_server.url}/admin/leaderboard/leaderboard/{board.pk}/change/")
    page.wait_for_selector(".row-handle")
    return page


def save(page):
    follow(page, "[name=_save]")
    if page.locator("#check").count():
        page.fill("#check [name=public_reason]", "A better order.")
        follow(page, "#check .default")
    assert page.locator(".messagelist .success").count() == 1
    columns = Leaderboard.objects.get(slug="anesbench").columns.select_related("metric")
    return [column.metric.key for column in columns.order_by("position")]


def test_the_arrow_keys_move_a_row(form):
    last = form.locator("tr.has_original .row-handle").last
    last.focus()
    for _ in range(8):
        form.keyboard.press("ArrowUp")
    form.keyboard.press("ArrowUp")  # it is the first: nothing happens
    assert save(form) == [SEED_METRICS[-1], *SEED_METRICS[:-1]]


def test_a_row_is_dragged(form):
    handles = form.locator("tr.has_original .row-handle")
    handles.nth(1).evaluate("handle => handle.scrollIntoView({ block: 'center' })")
    start, end = handles.nth(0).bounding_box(), handles.nth(2).bounding_box()
    form.mouse.move(start["x"] + 10, start["y"] + 10)
    form.mouse.down()
    form.mouse.move(end["x"] + 10, end["y"] + end["height"] - 2, steps=12)
    form.mouse.up()
    first, second, third, *others = SEED_METRICS
    assert save(form) == [second, third, first, *others]


def test_a_row_in_which_nothing_is_chosen_stays_empty(form):
    blank = form.locator("tr.form-row:not(.has_original):not(.empty-form) [name$=-position]")
    before = [blank.nth(n).input_value() for n in range(blank.count())]
    form.locator("tr.has_original .row-handle").first.focus()
    form.keyboard.press("ArrowDown")
    assert [blank.nth(n).input_value() for n in range(blank.count())] == before
    first, second, *others = SEED_METRICS
    assert save(form) == [second, first, *others]
