"""The guided form of a benchmark as a maintainer with a phone and without script fills it."""

import pytest

from leaderboard.models import Leaderboard, Metric
from tests.browser.reading import follow, log_in

METRICS = (
    {"name": "acc", "unit": "percent", "question_count": "1,200"},
    {"name": "F1", "questions_of": "acc"},
    {"name": "latency", "unit": "other", "unit_label": "ms", "higher_is_better": "False"},
)


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.slow)])
def test_percent_f1_and_ms_make_a_win_rate_and_no_mean(open_page, live_server, width):
    page = open_page("/admin/", width)
    log_in(page, live_server)
    page.goto(f"{live_server.url}/admin/leaderboard/benchmark/guided/")
    page.fill("[name=name]", "MedQA")
    page.fill("[name=title]", "Medicine")
    for number, metric in enumerate(METRICS):
        for name, value in metric.items():
            box = page.locator(f"[name=line-{number}-{name}]")
            is_choice = box.evaluate("box => box.tagName") == "SELECT"
            (box.select_option if is_choice else box.fill)(value)
    follow(page, "text=More metrics")
    assert page.locator(".guided-lines fieldset").count() == 10
    page.select_option("[name=aggregate]", "mean")
    follow(page, "text=Add all this")
    assert "mean win rate, which takes any" in page.inner_text(".errors .errorlist")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.select_option("[name=aggregate]", "mean win rate")
    follow(page, "text=Add all this")

    board = Leaderboard.objects.get(title="Medicine")
    assert board.ranking_metric.aggregate == Metric.Aggregate.MEAN_WIN_RATE
    assert [column.metric.name for column in board.columns.all()] == [
        "overall", "acc", "F1", "latency",
    ]  # fmt: skip
