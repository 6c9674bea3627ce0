"""Units on pages: in headers, beside values, in differences and charts; numbers of any size."""

import re
from decimal import Decimal
from html import unescape
from itertools import pairwise

import pytest
from django.http import QueryDict
from django.utils import translation

from leaderboard.models import LLM, Leaderboard, Score
from leaderboard.pages.axes import WIDTH, scale_of, text_width
from leaderboard.pages.charts import Charts
from leaderboard.pages.dot_charts import draw_forest_plot, draw_profiles, draw_side_by_side
from leaderboard.pages.selection import Selection
from leaderboard.pages.tables import StandingsTable
from leaderboard.pages.view import build_view
from leaderboard.standings.loading import standings_for, standings_for_every_metric
from leaderboard.text.shown import gap_words, with_unit
from tests.factories import (
    make_board_of_units,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)
from tests.page_reader import page_rows, page_table

pytestmark = pytest.mark.django_db

NBSP = "\u00a0"


@pytest.fixture
def board():
    return make_board_of_units()


def words_of(response):
    """The texts of a page, without tags."""
    text = unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return re.sub(r"[ \n]+", " ", text)


def ranked_view():
    standings = standings_for(Leaderboard.objects.get())
    return build_view(standings, Selection.from_query(QueryDict(""), standings))


def test_headers_name_the_unit_under_the_metric(board, client):
    table = page_table(client.get("/"))
    notes = [head.findtext("a/small") for head in table.iterfind("thead/tr/th[@data-column]")]
    assert notes == [None, "n 500 · %", "$", "ms", "tokens", "Elo", None]


@pytest.mark.parametrize("prefix", ["", "/zh-hans"])
def test_cells_group_thousands_and_keep_the_stored_digits(board, client, prefix):
    alpha, beta = page_rows(client.get(f"{prefix}/leaderboard/board/"))
    assert alpha.cells == ["91.2", "0.25", "1,204", "1,872,455", "1,452.5", "-100,000,000,000,000"]
    assert alpha.data_values == [
        None, None, "1204", "1872455", "1452.467219", "-100000000000000",
    ]  # fmt: skip
    assert beta.cells == ["88.1", "-3.00", "12,040", "999", "1,396.1", "100,000,000,000,000"]


def test_an_llm_has_its_values_with_their_units(board, client):
    page = client.get("/llms/alpha/")
    for shown in ("91.2%", "$0.25", f"1,204{NBSP}ms", f"1,452.5{NBSP}Elo"):
        assert shown in words_of(page)
    assert 'data-value="1452.467219"' in page.content.decode()
    assert "-$3.00" in words_of(client.get("/llms/beta/"))


def test_differences_have_their_unit_and_those_of_percents_are_points(board, client):
    page = words_of(client.get("/leaderboard/board/compare/?llm=alpha&llm=beta"))
    for shown in (
        "−3.1 pp", "−$3.25", f"+10,836{NBSP}ms", f"−1,871,456{NBSP}tokens", f"−56.4{NBSP}Elo",
        "+200,000,000,000,000",
    ):  # fmt: skip
        assert shown in page
    with translation.override("zh-hans"):
        metric = make_metric("p", unit="percent", decimals=1)
        assert gap_words(Decimal("2.06"), metric) == "+2.1 个百分点"


def test_a_benchmark_and_its_leaders_have_units(board, client):
    page = words_of(client.get("/benchmarks/shop/"))
    assert re.search(r"cost unknown \$ \W*lower is better", page)
    assert "91.2%" in page


def test_corrections_have_units(board, client):
    score = Score.objects.get(llm__slug="alpha", metric__key="latency")
    score.value = Decimal(1190)
    score.save()
    assert f"1,204{NBSP}ms → 1,190{NBSP}ms" in words_of(client.get("/changes/"))


@pytest.mark.parametrize(
    ("text", "label", "in_front", "shown"),
    [
        ("0.25", "$", True, "$0.25"), ("-3", "$", True, "-$3"), ("−3", "$", True, "−$3"),
        ("+3", "$", True, "+$3"), ("-3", "ms", False, f"-3{NBSP}ms"), ("", "ms", False, ""),
        ("5", "%", False, "5%"),
    ],
)  # fmt: skip
def test_a_label_stands_on_its_side_of_the_number_and_behind_a_sign(text, label, in_front, shown):
    metric = make_metric("m", unit="other", unit_label=label, label_in_front=in_front)
    assert with_unit(text, metric) == shown


# Charts


def test_each_unit_and_direction_has_an_axis_of_its_own(board, client):
    error = make_metric("error", unit="percent", higher_is_better=False)
    make_scores({llm: {error: 9} for llm in LLM.objects.all()})
    make_leaderboard([error], slug="more", title="More", position=2)
    standings = standings_for_every_metric()
    titles = [
        "percent (higher is better)", "$", "ms", "tokens", "Elo", "points",
        "percent (lower is better)",
    ]  # fmt: skip
    assert [chart.unit for chart in draw_profiles(standings, "alpha")] == titles
    rows = list(standings.rows)
    assert [chart.unit for chart in draw_side_by_side(standings, rows)] == titles
    assert "Against the field, in ms" in words_of(client.get("/llms/alpha/"))


def test_charts_of_the_ranking_metric_name_its_unit(board, client):
    page = words_of(client.get("/leaderboard/board/charts/"))
    assert "Shop rating by Parameters" in page
    assert "LLMs by Parameters (billions) and Shop rating (Elo);" in page
    assert "Shop rating (Elo) with its 95 % interval." in page


LONG = ["-100000000000000", "123456789012345", "0", "0.12345678", "1872455", "-3"]


@pytest.mark.parametrize("label", ["", "ms", "tokens of an answer!"])
@pytest.mark.parametrize("decimals", [0, 2])
def test_no_value_stands_on_its_axis_however_long(label, decimals):
    unit = {"unit": "other", "unit_label": label} if label else {"unit": "points"}
    metric = make_metric("m", decimals=decimals, **unit)
    for number, value in enumerate(LONG):
        llm = make_llm(f"LLM {number}", parameters=number + 1)
        make_score(llm, metric, value, standard_error=Decimal(abs(Decimal(value)) / 100))
    make_leaderboard([metric])
    view = ranked_view()
    charts = [draw_forest_plot(view), *draw_profiles(view.standings, "llm-1")]
    for chart in charts:
        marks = [mark for row in chart.rows for mark in row.marks]
        assert all(210 <= mark.x < WIDTH - 4 - text_width("1") for mark in marks)
        for row in chart.rows:
            start = WIDTH - 4 - text_width(row.value)
            assert max(mark.x for mark in marks) < start
    size = Charts(view).small_scatter
    widest = max(text_width(tick.text) for tick in size.y_ticks)
    assert size.frame.left - 6 >= widest
    assert all(point.x > size.frame.left for point in size.points)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0, 12_040], ["0", "5k", "10k"]),
        ([0, 1_872_455], ["0", "0.5M", "1.0M", "1.5M"]),
        ([-1e14, 1e14], ["-100T", "-50T", "0", "50T", "100T"]),
        ([1396.1, 1452.467219], ["1,400", "1,420", "1,440"]),
        ([-0.04, 0.04], ["-0.04", "-0.02", "0.00", "0.02", "0.04"]),
        ([1_872_400, 1_872_455], None),
        ([1e14, 1e14 + 1], None),
        ([999_999_999_999_999, 999_999_999_999_999], None),
    ],
)
def test_an_axis_has_one_notation_and_its_numbers_stand_clear(values, texts):
    scale = scale_of(values, 210, 396)
    if texts:
        assert [tick.text for tick in scale.ticks()] == texts
    ticks = scale.ticks_beside()
    for left, right in pairwise(ticks):
        assert right.at - left.at >= (text_width(left.text) + text_width(right.text)) / 2
    assert len({tick.text for tick in ticks}) == len(ticks)


# Long values in the table


@pytest.mark.parametrize(("value", "is_vast"), [("87.25", False), ("1872455.12", True)])
def test_on_a_phone_the_ranking_column_is_wider_for_long_values(value, is_vast):
    metric = make_metric("m", unit="points")
    make_score(make_llm(), metric, value)
    make_leaderboard([metric])
    assert StandingsTable(ranked_view()).is_vast() is is_vast
