import re
from decimal import Decimal
from itertools import combinations
from xml.etree import ElementTree

import pytest
from django.http import QueryDict

from leaderboard.models import LLM, Leaderboard, Score
from leaderboard.pages.axes import LegendEntry, Scale, Text, Tick, scale_of, shorten_label
from leaderboard.pages.dot_charts import draw_forest_plot, draw_profiles
from leaderboard.pages.selection import Selection
from leaderboard.pages.size_chart import Charts, Point, draw_size_chart
from leaderboard.pages.view import build_view
from leaderboard.standings.loading import standings_for, standings_for_every_metric
from tests.factories import make_leaderboard, make_llm, make_metric, make_score, make_scores

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
        for text in re.findall(r"<svg viewBox=\"0 0 440.*?</svg>", page, re.DOTALL)
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


def test_three_llms_have_their_places_by_size_and_value():
    board = make_board({"A": ("1", "0.2"), "B": ("10", "0.6"), "C": ("100", "0.4")})
    chart = draw_size_chart(view_of(board))
    assert chart.points == (
        Point("b", "B · 10B · 0.60", 233.0, 26.1, 0, True, Text(230.0, 19.1, "B", "end")),
        Point("c", "C · 100B · 0.40", 411.7, 177.0, 0, False, Text(408.7, 170.0, "C", "end")),
        Point("a", "A · 1B · 0.20", 54.3, 327.9, 0, True, Text(51.3, 320.9, "A", "end")),
    )
    assert chart.frontier == "M54.3 327.9H233.0V26.1H432"
    assert [tick.text for tick in chart.x_ticks] == ["1B", "3B", "10B", "30B", "100B"]
    assert [tick.text for tick in chart.y_ticks] == ["0.2", "0.3", "0.4", "0.5", "0.6"]
    assert (chart.grouped_by, chart.groups, chart.unknown) == ("", (), ())


@pytest.mark.parametrize(
    ("higher_is_better", "leaders"),
    [(True, {"a", "b", "c", "e"}), (False, {"a", "d"})],
)
def test_the_best_for_their_size_in_either_direction_and_with_ties(higher_is_better, leaders):
    board = make_board(
        {
            "A": ("1", "0.3"),
            "B": ("2", "0.5"),
            "C": ("2", "0.5"),
            "D": ("2", "0.2"),
            "E": ("9", "0.6"),
            "F": ("20", "0.6"),
        },
        higher_is_better=higher_is_better,
    )
    chart = draw_size_chart(view_of(board))
    assert {point.slug for point in chart.points if point.leads} == leaders


def test_those_of_unknown_size_are_listed_and_a_few_of_many_named(client):
    values = {"Known": ("1", "0.5"), "Known 2": ("2", "0.4")}
    board = make_board(values | {f"X{number:02}": (None, "0.3") for number in range(14)})
    chart = draw_size_chart(view_of(board))
    assert chart.unknown[:2] == ("X00 0.30", "X01 0.30")
    assert (len(chart.unknown), chart.more_unknown) == (12, 2)
    assert "unknown: X00 0.30, X01 0.30" in client.get(charts_of()).content.decode()


def test_nothing_is_drawn_of_nothing(client):
    board = make_board({"A": ("1", "0.5"), "B": (None, "0.4")})
    assert draw_size_chart(view_of(board)) is None
    assert len(draw_forest_plot(view_of(board)).rows) == 2
    assert draw_forest_plot(view_of(board, "q=A")) is None
    assert figures(client.get(charts_of() + "?q=A")) == []
    Leaderboard.objects.get().columns.all().delete()
    pictures = Charts(view_of(board))
    assert (pictures.size, pictures.forest) == (None, None)
    assert client.get(charts_of()).status_code == 200


def test_shapes_are_domains_or_whatever_the_llms_differ_in(anesbench):
    board = Leaderboard.objects.get()
    for query, fact, groups in [
        ("", "Domain", (LegendEntry(0, "general"), LegendEntry(1, "medical"))),
        ("domain=medical", "Reasoning", (LegendEntry(0, "no"), LegendEntry(1, "yes"))),
    ]:
        chart = draw_size_chart(view_of(board, query))
        assert (chart.grouped_by, chart.groups) == (fact, groups)


def test_the_rarest_of_many_domains_share_a_shape():
    metric = make_metric("m")
    for number, domain in enumerate("aaabbcde"):
        llm = make_llm(f"L{number}", parameters=Decimal(number + 1), domain=domain)
        make_score(llm, metric, "0.5")
    chart = draw_size_chart(view_of(make_leaderboard([metric])))
    assert [group.words for group in chart.groups] == ["a", "b", "c", "other"]
    assert {point.slug: point.shape for point in chart.points}["l7"] == 3


LETTER, LINE = 6.6, 13  # of a phone's font, the largest one


def label_box(label):
    width = LETTER * len(label.text)
    left = {"start": label.x, "middle": label.x - width / 2, "end": label.x - width}[label.anchor]
    return left, label.y - 10, left + width, label.y + 3


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize("query", ["", "domain=medical", "q=qwen", "max_size=10", "sort=llm"])
def test_labels_of_the_seed_overlap_neither_each_other_nor_a_point(query, anesbench):
    chart = draw_size_chart(view_of(Leaderboard.objects.get(), query))
    boxes = {point.slug: label_box(point.label) for point in chart.points if point.label}
    assert len(boxes) >= 4
    assert [pair for pair in combinations(boxes, 2) if overlap(*(boxes[s] for s in pair))] == []
    dots = {p.slug: (p.x - 4, p.y - 4, p.x + 4, p.y + 4) for p in chart.points}
    assert [(s, d) for s in boxes for d in dots if s != d and overlap(boxes[s], dots[d])] == []
    assert all(box[0] >= 0 and box[1] >= 0 and box[2] <= 440 for box in boxes.values())


def test_the_seed_has_nine_best_for_their_size_and_one_of_unknown_size(anesbench):
    chart = draw_size_chart(view_of(Leaderboard.objects.get()))
    assert [point.slug for point in chart.points if point.leads] == [
        "deepseek-r1", "llama-4-scout-17b-16e-instruct", "qwen3-32b", "qwen3-14b",
        "internlm3-8b-instruct", "huatuogpt-o1-7b", "qwen3-4b", "qwen3-1-7b", "qwen3-0-6b",
    ]  # fmt: skip
    assert (len(chart.points), chart.unknown, chart.not_drawn) == (50, ("gpt-4o 0.77",), 0)


def test_llms_of_the_same_size_and_value_stand_side_by_side():
    board = make_board({"A": ("1", "0.2"), "B": ("9", "0.6"), "C": ("9", "0.6")})
    points = {point.slug: point for point in draw_size_chart(view_of(board)).points}
    assert (points["c"].x - points["b"].x, points["c"].y) == (8, points["b"].y)


def test_thousands_of_llms_are_not_all_drawn(monkeypatch):
    monkeypatch.setattr("leaderboard.pages.size_chart.MOST_POINTS", 2)
    board = make_board({"A": ("1", "0.2"), "B": ("10", "0.6"), "C": ("100", "0.4")})
    chart = draw_size_chart(view_of(board))
    assert ([point.slug for point in chart.points], chart.not_drawn) == (["b", "c"], 1)


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
    size, forest = figures(response)
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
    assert len(found) == (2 if path.endswith("charts/") else 1)
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
    size, forest = figures(response)
    assert {each.findtext("title") for each in size.iter("a")} == {
        f"A {name} · 1B · 0.50", f"B {name} · 2B · 0.60",
    }  # fmt: skip
    assert [each.findtext("text") for each in forest.iter("a")] == [f"B {name}", f"A {name}"]


def test_a_long_name_is_shortened_to_its_place():
    assert shorten_label("x" * 30) == "x" * 30
    assert shorten_label("x" * 31) == "x" * 29 + "…"
    assert shorten_label("模" * 40) == "模" * 14 + "…"


def test_a_value_that_is_missing_is_no_dot(anesbench, client):
    Score.objects.get(llm__slug="gpt-4o", metric__key="anesbench-system2").delete()
    (profile,) = draw_profiles(standings_for_every_metric(), "gpt-4o")
    assert "AnesBench system2" not in [row.name for row in profile.rows]
    assert len(profile.rows) == 8


def test_a_leaderboard_leads_to_its_charts_and_back(anesbench, client):
    page = client.get("/?q=qwen").content.decode()
    assert 'href="/leaderboard/anesbench/charts/?q=qwen">Charts</a>' in page
    charts_page = client.get("/leaderboard/anesbench/charts/?q=qwen").content.decode()
    assert 'href="/leaderboard/anesbench/?q=qwen">Back to the table</a>' in charts_page
