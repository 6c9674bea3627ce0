import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.http import QueryDict

from leaderboard.models import LLM, Leaderboard, Score
from leaderboard.pages.axes import Scale, Tick, scale_of, shorten_label, shorten_labels
from leaderboard.pages.dot_charts import draw_forest_plot, draw_profiles
from leaderboard.pages.selection import Selection
from leaderboard.pages.view import build_view
from leaderboard.standings.loading import standings_for, standings_for_every_metric
from tests.factories import (
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)

pytestmark = pytest.mark.django_db


def view_of(leaderboard, query=""):
    standings = standings_for(leaderboard)
    return build_view(standings, Selection.from_query(QueryDict(query), standings))


def make_board(values, **fields):
    """{name: (billions, value)} on one metric."""
    metric = make_metric("m", **fields)
    for name, (size, value) in values.items():
        make_score(make_llm(name, parameters=size and Decimal(size)), metric, value)
    return make_leaderboard([metric])


def charts_of(slug="board"):
    return f"/leaderboard/{slug}/charts/"


def figures(response):
    """The pictures of a page as XML."""
    page = response.content.decode()
    return [
        ElementTree.fromstring(text)
        for text in re.findall(
            r"<svg (?:class=\"(?:large|small)\" )?viewBox=\"0 0 \d{3}.*?</svg>", page, re.DOTALL
        )
    ]


def test_a_scale_has_round_ticks_and_room_for_a_single_value():
    assert Scale(0.0, 1.0, 0, 100).ticks() == (
        Tick(0.0, "0.0"), Tick(20.0, "0.2"), Tick(40.0, "0.4"), Tick(60.0, "0.6"),
        Tick(80.0, "0.8"), Tick(100.0, "1.0"),
    )  # fmt: skip
    assert [tick.text for tick in Scale(0.642, 0.861, 0, 100).ticks()] == [
        "0.65", "0.70", "0.75", "0.80", "0.85",
    ]  # fmt: skip
    assert [t.text for t in Scale(-30, 1200, 0, 100).ticks()] == ["0", "500", "1,000"]
    for values in ([0.5], [0.0, 0.0], [-3.0], [1e6, 1e6]):
        assert scale_of(values, 0, 100).at(values[0]) == 50.0


def test_nothing_is_drawn_of_nothing(client):
    board = make_board({"A": ("1", "0.5"), "B": (None, "0.4")})
    assert len(draw_forest_plot(view_of(board)).rows) == 2
    assert draw_forest_plot(view_of(board, "q=A")) is None
    Leaderboard.objects.get().columns.all().delete()
    answer = client.get(charts_of())
    assert (answer.status_code, figures(answer)) == (200, [])


# Dots with intervals


def test_the_forest_has_the_leading_twenty_whatever_the_page_is_sorted_by(anesbench):
    board = Leaderboard.objects.get()
    plot = draw_forest_plot(view_of(board, "sort=llm"))
    assert plot == draw_forest_plot(view_of(board))
    assert [row.slug for row in plot.rows[:3]] == ["deepseek-r1", "gpt-4o", "deepseek-v3"]
    assert [len(plot.rows), plot.rows[0].value] == [20, "0.85"]
    assert plot.rows[0].marks[0].title == "0.842 to 0.858"
    for row in plot.rows:
        mark = row.marks[0]
        assert 210 <= mark.low < mark.x < mark.high <= 396


def test_charts_follow_the_filters(anesbench, client):
    response = client.get(charts_of("anesbench") + "?domain=medical&min_size=70")
    size, _small, forest, *_profile = figures(response)
    links = {each.get("href") for each in size.iter("a")}
    assert links == {each.get("href") for each in forest.iter("a")}
    assert links == {f"/llms/{llm.slug}/" for llm in LLM.objects.filter(
        domain="medical", parameters__gte=70)}  # fmt: skip


def test_a_dot_without_an_interval_is_a_dot():
    board = make_board({"A": ("1", "0.5"), "B": ("2", "0.4")})
    marks = [row.marks[0] for row in draw_forest_plot(view_of(board)).rows]
    assert [(mark.low, mark.high, mark.title) for mark in marks] == [
        (None, None, "0.50"), (None, None, "0.40"),
    ]  # fmt: skip


def test_a_profile_has_the_field_behind_each_value():
    low, high = make_metric("low", higher_is_better=False), make_metric("high")
    make_scores(
        {
            "A": {low: "0.2", high: "0.6"},
            "B": {low: "0.4", high: "0.2"},
            "C": {low: "1", high: "1"},
            "D": {high: "0.8"},
        }
    )
    make_leaderboard([low, high])
    charts = draw_profiles(standings_for_every_metric(), "a")  # one for each direction
    scale = Scale(0.2 - 0.032, 1 + 0.032, 210, 396)
    assert [
        (row.name, row.value, row.marks[0].x, row.marks[0].title, tuple(row.field))
        for chart in charts
        for row in chart.rows
    ] == [
        ("low", "0.20", scale.at(0.2), "low, median 0.40, best 0.20; this: 0.20 (0.20)",
         tuple(map(scale.at, (0.2, 1, 0.4, 0.2)))),
        ("high", "0.60", scale.at(0.6), "high, median 0.70, best 1.00; this: 0.60 (0.60)",
         tuple(map(scale.at, (0.2, 1, 0.7, 1)))),
    ]  # fmt: skip


def test_units_share_no_axis_and_nobody_is_no_field():
    share, points, alone = make_metric("share"), make_metric("p", unit="points"), make_metric("x")
    make_scores({"A": {share: "0.2", points: "9", alone: "1"}, "B": {share: "0.4", points: "7"}})
    make_leaderboard([share, points, alone])
    standings = standings_for_every_metric()
    assert [[row.name for row in chart.rows] for chart in draw_profiles(standings, "a")] == [
        ["share"],
        ["p"],
    ]
    assert draw_profiles(standings, "nobody") == []


# On the page


@pytest.mark.parametrize(
    "path",
    [
        charts_of("anesbench"),
        "/llms/gpt-4o/",
        "/leaderboard/anesbench/compare/?llm=gpt-4o&llm=deepseek-r1",
    ],
)
def test_pictures_are_well_formed_and_described(path, anesbench, client):
    found = figures(client.get(path))
    assert len(found) == (4 if path.endswith("charts/") else 1)
    for figure in found:
        assert figure.find("title").text
        assert figure.find("desc").text
        # An image has no parts for assistive technology; a picture with links is a group.
        assert figure.get("role") == ("group" if figure.find(".//a") is not None else "img")
        assert [each for each in figure.iter() if "style" in each.attrib] == []


def test_every_point_is_a_link_with_a_title(anesbench, client):
    size = figures(client.get(charts_of("anesbench")))[0]
    links = {each.get("href"): each.findtext("title") for each in size.iter("a")}
    assert len(links) == 50
    assert links["/llms/deepseek-r1/"] == "deepseek-r1 · 671B · 0.85"


def test_names_in_pictures_are_text(client):
    name = '<b title="x">&'
    make_board({f"A {name}": ("1", "0.5"), f"B {name}": ("2", "0.6")})
    response = client.get(charts_of())
    assert response.content.decode().count("<b title") == 0
    size, _small, forest, *_profile = figures(response)
    assert {each.findtext("title") for each in size.iter("a")} == {
        f"A {name} · 1B · 0.50", f"B {name} · 2B · 0.60",
    }  # fmt: skip
    assert [each.findtext("text") for each in forest.iter("a")] == [f"B {name}", f"A {name}"]


def test_a_long_name_is_shortened_to_its_place_and_keeps_both_ends():
    assert shorten_label("x" * 30) == "x" * 30
    assert shorten_label("a" * 20 + "z" * 20) == "a" * 16 + "…" + "z" * 13
    assert shorten_label("模" * 40) == "模" * 8 + "…" + "模" * 6


def test_names_that_would_read_alike_are_cut_before_they_differ():
    names = [f"A benchmark of many parts, {each}, with a long end" for each in ("one", "two")]
    assert shorten_labels([*names, "short", names[0]]) == [
        "A benchm…one, with a long end", "A benchm…two, with a long end", "short",
        "A benchm…one, with a long end",
    ]  # fmt: skip


def test_a_profile_says_the_whole_name_of_a_metric_whose_label_is_shortened(client):
    bench = make_benchmark("A benchmark with a name that fills every label")
    metrics = [make_metric(key, benchmark=bench, question_count=9) for key in ("first", "second")]
    make_scores({"Alpha": dict.fromkeys(metrics, "0.5"), "Beta": dict.fromkeys(metrics, "0.7")})
    make_leaderboard(metrics)
    page = client.get("/llms/alpha/").content.decode()
    assert re.findall(r'<text class="lab end"[^>]*><title>(.*?)</title>(.*?)</text>', page) == [
        (f"{bench.name} first", "A benchmark with…y label first"),
        (f"{bench.name} second", "A benchmark with… label second"),
    ]


def test_a_value_that_is_missing_is_no_dot(anesbench, client):
    Score.objects.get(llm__slug="gpt-4o", metric__key="anesbench-system2").delete()
    (profile,) = draw_profiles(standings_for_every_metric(), "gpt-4o")
    assert "AnesBench system2" not in [row.name for row in profile.rows]
    assert len(profile.rows) == 8


def test_a_leaderboard_leads_to_its_charts_and_back(anesbench, client):
    page = client.get("/?q=qwen").content.decode()
    assert 'href="/leaderboard/anesbench/charts/?q=qwen" data-view>Charts</a>' in page
    charts_page = client.get("/leaderboard/anesbench/charts/?q=qwen").content.decode()
    assert 'href="/leaderboard/anesbench/?q=qwen" data-view>Table</a>' in charts_page
