"""The chart of one quantity against another: axes, frontier, labels, what is left out."""

from datetime import date
from decimal import Decimal
from itertools import combinations

import pytest
from django.http import QueryDict

from leaderboard.models import Fact, FactColumn, FactValue, Leaderboard
from leaderboard.pages.axes import LegendEntry, Scale, Text
from leaderboard.pages.chart_axes import day_ticks, log_ticks, short_number
from leaderboard.pages.charts import Axes, Charts
from leaderboard.pages.quantities import list_quantities
from leaderboard.pages.scatter import SMALL, Point, draw_scatter
from leaderboard.pages.selection import Selection
from leaderboard.pages.view import build_view
from leaderboard.standings.loading import standings_for
from tests.factories import make_leaderboard, make_llm, make_metric, make_score, make_scores

pytestmark = pytest.mark.django_db
LETTER = 7.4  # width in DejaVu Sans on a phone, the widest of the usual fonts


def charts_of(leaderboard, query=""):
    standings = standings_for(leaderboard)
    selection = Selection.from_query(QueryDict(query), standings)
    axes = Axes.from_query(QueryDict(query), standings, selection)
    return Charts(build_view(standings, selection), axes)


def make_board(values, **fields):
    """{name: (billions, value)} on one metric."""
    metric = make_metric("m", **fields)
    for name, (size, value) in values.items():
        make_score(make_llm(name, parameters=size and Decimal(size)), metric, value)
    return make_leaderboard([metric])


def leaders_of(chart):
    return {point.slug for point in chart.points if point.leads}


def test_three_llms_have_their_places_by_size_and_value():
    board = make_board({"A": ("1", "0.2"), "B": ("10", "0.6"), "C": ("100", "0.4")})
    chart = charts_of(board).draw(SMALL)
    assert chart.points == (
        Point("b", "B", "10B", "0.60", 233.0, 44.6, 0, True, 0, Text(230.0, 37.6, "B", "end")),
        Point("c", "C", "100B", "0.40", 411.7, 202.0, 0, False, 0, Text(408.7, 195.0, "C", "end")),
        Point("a", "A", "1B", "0.20", 54.3, 359.4, 0, True, 0, Text(51.3, 352.4, "A", "end")),
    )
    assert chart.frontier == "M54.3 359.4L233.0 359.4L233.0 44.6L432 44.6"
    assert [tick.text for tick in chart.x_ticks] == ["1", "3", "10", "30", "100"]
    assert (chart.x.quantity.title, chart.y.quantity.title) == (
        "Parameters (billions)", "m (proportion)",
    )  # fmt: skip
    assert (chart.grouped_by, chart.groups, chart.missing) == ("", (), ())


@pytest.mark.parametrize(
    ("higher_is_better", "leaders"),
    [(True, {"a", "b", "c", "e"}), (False, {"a", "d"}), (None, set())],
)
def test_the_frontier_in_either_direction_with_ties_and_none_without_a_direction(
    higher_is_better, leaders
):
    values = {
        "A": ("1", "0.3"), "B": ("2", "0.5"), "C": ("2", "0.5"), "D": ("2", "0.2"),
        "E": ("9", "0.6"), "F": ("20", "0.6"),
    }  # fmt: skip
    board = make_board(values, higher_is_better=higher_is_better)
    chart = charts_of(board).scatter
    assert leaders_of(chart) == leaders
    assert bool(chart.frontier) == bool(leaders)


def is_beaten(one, other, signs):
    """By brute force: is another as good in both and better in one?"""
    pairs = [(sign * a, sign * b) for sign, a, b in zip(signs, one, other, strict=True)]
    return all(b >= a for a, b in pairs) and any(b > a for a, b in pairs)


@pytest.mark.parametrize("directions", [(True, True), (True, False), (False, False)])
def test_the_frontier_of_two_metrics_is_that_of_a_search_through_all_pairs(directions):
    first, second = (
        make_metric(key, higher_is_better=up)
        for key, up in zip(("one", "two"), directions, strict=True)
    )
    values = {f"L{n}": (n * 37 % 11 / 10, n * 53 % 13 / 12) for n in range(40)}
    make_scores({n: {first: f"{a:.2f}", second: f"{b:.2f}"} for n, (a, b) in values.items()})
    chart = charts_of(make_leaderboard([first, second]), "x=one&y=two").scatter
    signs = [1 if up else -1 for up in directions]
    best = {
        name.lower()
        for name, one in values.items()
        if not any(is_beaten(one, other, signs) for other in values.values())
    }
    assert leaders_of(chart) == best


def test_a_filter_moves_neither_the_axes_nor_the_frontier():
    board = make_board({"A1": ("1", "0.3"), "B1": ("2", "0.5"), "A2": ("4", "0.4")})
    whole, filtered = charts_of(board).scatter, charts_of(board, "q=A").scatter
    assert (filtered.frontier, filtered.x_ticks) == (whole.frontier, whole.x_ticks)
    assert filtered.leaders == whole.leaders == ("B1", "A1")
    assert [point.slug for point in filtered.points] == ["a2", "a1"]
    assert leaders_of(filtered) == {"a1"}  # b1 beats a2, though it is not shown
    assert (filtered.dots, filtered.field.count("M"), whole.dots) == (1, 1, 0)


def test_two_axes_are_never_of_one_quantity_and_unknown_ones_are_the_usual():
    metrics = [make_metric("m"), make_metric("n")]
    make_scores({name: dict.fromkeys(metrics, "0.5") for name in "AB"})
    board = make_leaderboard(metrics, ranking_metric=metrics[0])
    shown = {
        query: (charts.x.key, charts.y.key, charts.axes.parameters())
        for query in ("", "x=m", "y=n", "x=n&y=n", "x=nope&y=--", "x=m&x=n", "x=m&y=n", "x=n&y=m")
        for charts in [charts_of(board, query)]
    }
    assert shown == {
        "": ("n", "m", []),
        "x=m": ("n", "m", []),
        "y=n": ("m", "n", [("y", "n")]),
        "x=n&y=n": ("m", "n", [("y", "n")]),
        "x=nope&y=--": ("n", "m", []),
        "x=m&x=n": ("n", "m", []),
        "x=m&y=n": ("m", "n", [("y", "n")]),
        "x=n&y=m": ("n", "m", []),
    }


def test_what_fewer_than_two_llms_have_is_no_axis():
    board = make_board({"A": ("1", "0.5"), "B": (None, "0.4")})
    charts = charts_of(board)
    assert list(charts.known) == ["m"]
    assert (charts.x, charts.scatter) == (None, None)
    Leaderboard.objects.get().columns.all().delete()
    assert charts_of(board).scatter is None


def test_release_dates_and_prices_are_axes_and_a_price_is_better_low():
    metric = make_metric("m")
    board = make_leaderboard([metric])
    price = Fact.objects.create(
        key="price", name="Price", kind="number", unit="$ per million tokens"
    )
    size = Fact.objects.create(key="context", name="Context", kind="number", unit="tokens")
    for position, fact in enumerate((price, size)):
        FactColumn.objects.create(leaderboard=board, fact=fact, position=position)
    for number, (name, value) in enumerate((("A", "0.2"), ("B", "0.5"), ("C", "0.4"))):
        llm = make_llm(name, released=date(2023 + number, 5, 1))
        make_score(llm, metric, value)
        FactValue.objects.create(llm=llm, fact=price, value=str(10**number))
        FactValue.objects.create(llm=llm, fact=size, value=str(1000 * (number + 1)))
    by_price = charts_of(board, "x=price").scatter
    assert (by_price.x.is_log, by_price.x.quantity.title) == (True, "Price ($ per million tokens)")
    assert [tick.text for tick in by_price.x_ticks] == ["1", "3", "10", "30", "100"]
    assert leaders_of(by_price) == {"a", "b"}
    by_context = charts_of(board, "x=context").scatter
    assert (by_context.frontier, by_context.x.is_log) == ("", False)
    usual = charts_of(board).scatter  # no size is known, so the release date is the usual axis
    assert (usual.x.quantity.key, leaders_of(usual)) == ("released", {"a", "b"})
    assert [tick.text for tick in usual.x_ticks] == ["2024", "2025"]


def test_ticks_of_days_and_of_orders_of_magnitude_are_round():
    days = Scale(date(2024, 11, 3).toordinal(), date(2025, 6, 3).toordinal(), 0, 100)
    assert [tick.text for tick in day_ticks(days)] == [
        "2024-12", "2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-06",
    ]  # fmt: skip
    assert [tick.text for tick in log_ticks(Scale(-2, 5.1, 0, 100))] == [
        "0.01", "0.03", "0.1", "0.3", "1", "3", "10", "30", "100", "300", "1,000", "3,000",
        "10k", "30k", "100k",
    ]  # fmt: skip
    assert [short_number(value) for value in (1.5, 15_000, 1.5e6)] == ["1.5", "15k", "1.5M"]


def test_a_metric_whose_values_lie_far_apart_has_a_logarithmic_axis_and_a_share_has_not():
    cost = make_metric("cost", unit="other", unit_label="$", higher_is_better=False)
    share = make_metric("share")
    make_scores({"A": {cost: "1", share: "0.01"}, "B": {cost: "90", share: "0.9"}})
    known = charts_of(make_leaderboard([cost, share]), "x=cost").scatter
    assert (known.x.is_log, known.y.is_log, known.x.quantity.title) == (True, False, "cost ($)")


def test_ticked_llms_have_a_label_and_a_number_of_their_own(anesbench):
    chart = charts_of(Leaderboard.objects.get(), "llm=gemma-3-4b-it&llm=phi-4").scatter
    chosen = {p.chosen: (p.slug, bool(p.label)) for p in chart.points if p.chosen}
    assert chosen == {1: ("gemma-3-4b-it", True), 2: ("phi-4", True)}


def label_box(label):
    width = LETTER * len(label.text)
    left = {"start": label.x, "middle": label.x - width / 2, "end": label.x - width}[label.anchor]
    return left, label.y - 10, left + width, label.y + 3


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize("query", ["", "domain=medical", "q=qwen", "x=anesbench-overall&y=average"])
@pytest.mark.parametrize("size", ["scatter", "small_scatter"])
def test_labels_of_the_seed_overlap_neither_each_other_nor_a_point(size, query, anesbench):
    chart = getattr(charts_of(Leaderboard.objects.get(), query), size)
    boxes = {point.slug: label_box(point.label) for point in chart.points if point.label}
    assert len(boxes) >= 4
    assert [pair for pair in combinations(boxes, 2) if overlap(*(boxes[s] for s in pair))] == []
    dots = {p.slug: (p.x - 4, p.y - 4, p.x + 4, p.y + 4) for p in chart.points}
    assert [(s, d) for s in boxes for d in dots if s != d and overlap(boxes[s], dots[d])] == []
    width = chart.frame.width
    assert all(box[0] >= 0 and box[1] >= 0 and box[2] <= width for box in boxes.values())


def test_the_seed_has_nine_on_the_frontier_and_one_of_unknown_size(anesbench):
    chart = charts_of(Leaderboard.objects.get()).scatter
    assert [point.slug for point in chart.points if point.leads] == [
        "deepseek-r1", "llama-4-scout-17b-16e-instruct", "qwen3-32b", "qwen3-14b",
        "internlm3-8b-instruct", "huatuogpt-o1-7b", "qwen3-4b", "qwen3-1-7b", "qwen3-0-6b",
    ]  # fmt: skip
    assert (len(chart.points), chart.missing, chart.dots) == (50, ("gpt-4o",), 0)
    assert chart.bars.count("M") == 50


def test_shapes_are_domains_or_whatever_the_llms_differ_in(anesbench):
    board = Leaderboard.objects.get()
    for query, fact, groups in [
        ("", "Domain", (LegendEntry(0, "general"), LegendEntry(1, "medical"))),
        ("domain=medical", "Reasoning", (LegendEntry(0, "no"), LegendEntry(1, "yes"))),
    ]:
        chart = charts_of(board, query).scatter
        assert (chart.grouped_by, chart.groups) == (fact, groups)


def test_the_rarest_of_many_domains_share_a_shape():
    metric = make_metric("m")
    for number, domain in enumerate("aaabbcde"):
        llm = make_llm(f"L{number}", parameters=Decimal(number + 1), domain=domain)
        make_score(llm, metric, "0.5")
    chart = charts_of(make_leaderboard([metric])).scatter
    assert [group.words for group in chart.groups] == ["a", "b", "c", "other"]
    assert {point.slug: point.shape for point in chart.points}["l7"] == 3


def test_llms_of_the_same_size_and_value_stand_side_by_side():
    board = make_board({"A": ("1", "0.2"), "B": ("9", "0.6"), "C": ("9", "0.6")})
    points = {point.slug: point for point in charts_of(board).scatter.points}
    assert (points["c"].x - points["b"].x, points["c"].y) == (8, points["b"].y)


def test_thousands_of_llms_are_not_all_links_and_the_frontier_always_is(monkeypatch):
    monkeypatch.setattr("leaderboard.pages.scatter.MOST_POINTS", 2)
    board = make_board({"A": ("1", "0.2"), "B": ("10", "0.6"), "C": ("100", "0.5")})
    chart = charts_of(board).scatter
    assert ([point.slug for point in chart.points], chart.dots) == (["b", "a"], 1)


def test_baselines_are_no_points():
    board = make_board({"A": ("1", "0.2"), "B": ("10", "0.6")})
    make_score(make_llm("Doctors", kind="human", parameters=Decimal(3)), board.ranking_metric, "1")
    chart = draw_scatter((charts := charts_of(board)).plotted, charts.x, charts.y)
    assert {point.slug for point in chart.points} == {"a", "b"}
    assert "doctors" not in {name.casefold() for name in chart.missing}
    assert set(list_quantities(charts.view.standings)) == {"parameters", "m"}
