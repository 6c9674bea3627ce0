import re
from decimal import Decimal

import pytest

from leaderboard.models import Metric, Organization, Source
from leaderboard.models.revision import publish_change
from leaderboard.pages.headers import HeaderGroup
from leaderboard.pages.selection import Selection
from leaderboard.pages.tables import StandingsTable
from leaderboard.pages.view import build_view
from leaderboard.standings.loading import standings_for
from tests.factories import (
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)
from tests.page_reader import Header, page_headers, page_rows, page_table

pytestmark = pytest.mark.django_db


def make_board():
    """Two benchmarks with two columns and one, and a mean across them."""
    english = make_benchmark("English bench", language="English")
    chinese = make_benchmark("Chinese bench", language="Chinese")
    a = make_metric("a", benchmark=english, question_count=1234)
    b = make_metric("b", benchmark=english, higher_is_better=False)
    c = make_metric("c", benchmark=chinese)
    mean = make_aggregate("mean", [a, c])
    return a, b, c, mean, make_leaderboard([a, b, c, mean])


def make_table(board, **selection):
    return StandingsTable(build_view(standings_for(board), Selection(**selection)))


def column_links(board, **selection):
    return {header.key: header.href for header in make_table(board, **selection).headers()}


def test_a_header_names_every_column_in_order_and_links_to_its_order(client):
    make_board()
    assert page_headers(client.get("/")) == [
        Header("llm", "LLM", "?sort=llm", None),
        Header("a", "a", "?sort=-a", None),
        Header("b", "b", "?sort=b", None),
        Header("c", "c", "?sort=-c", None),
        Header("mean", "mean", "?sort=mean", "descending"),
    ]


def test_benchmarks_stand_over_their_metrics():
    *_, board = make_board()
    assert make_table(board).groups() == [
        HeaderGroup("English bench", "english-bench", "English", 2),
        HeaderGroup("Chinese bench", "chinese-bench", "Chinese", 1),
        HeaderGroup("", "", "", 1, is_ranking=True),
    ]


@pytest.mark.parametrize(
    ("sort", "links"),
    [
        (None, {"llm": "?sort=llm", "a": "?sort=-a", "b": "?sort=b", "mean": "?sort=mean"}),
        ("mean", {"llm": "?sort=llm", "a": "?sort=-a", "b": "?sort=b", "mean": "?"}),
        ("-a", {"llm": "?sort=llm", "a": "?sort=a", "b": "?sort=b", "mean": "?"}),
        ("a", {"llm": "?sort=llm", "a": "?sort=-a", "b": "?sort=b", "mean": "?"}),
        ("b", {"llm": "?sort=llm", "a": "?sort=-a", "b": "?sort=-b", "mean": "?"}),
        ("llm", {"llm": "?sort=-llm", "a": "?sort=-a", "b": "?sort=b", "mean": "?"}),
    ],
)
def test_a_link_sorts_best_first_and_the_other_way_round_when_it_is_so(sort, links):
    *_, board = make_board()
    assert column_links(board, sort=sort) == links | {"c": "?sort=-c"}


def test_another_order_begins_at_the_first_page():
    *_, board = make_board()
    assert column_links(board, sort="-a", page=3)["a"] == "?sort=a"


@pytest.mark.parametrize(
    ("sort", "words", "direction"),
    [
        (None, "mean", "descending"),
        ("a", "English bench a", "ascending"),
        ("-parameters", "size", "descending"),
        ("llm", "name", "ascending"),
    ],
)
def test_the_order_is_said_in_words(sort, words, direction):
    *_, board = make_board()
    table = make_table(board, sort=sort)
    assert (table.orders.sorted_by, table.orders.direction) == (words, direction)


def test_orders_without_a_column_of_their_own_are_offered():
    *_, board = make_board()
    links = re.findall(
        r'<a href="(.*?)" data-sort="(.*?)">(.*?)</a>',
        make_table(board, sort="-parameters").orders.others(),
    )
    assert links == [
        ("?sort=organization", "organization", "organization"),
        ("?sort=parameters", "parameters", "size"),
        ("?sort=-released", "released", "release date"),
    ]


def test_a_column_says_how_many_questions_or_how_it_is_made():
    *_, board = make_board()
    notes = {header.key: header.note for header in make_table(board).headers()}
    assert notes == {"llm": "", "a": "n 1,234", "b": "", "c": "", "mean": "mean"}


def test_the_full_value_is_given_only_where_the_text_rounds_it(client):
    metrics = [make_metric("a"), make_metric("b"), make_metric("c", decimals=0)]
    make_leaderboard(metrics)
    values = {"Long": ("0.8512", "0.8", "0.5"), "Short": ("0.85", "0.80000000", "1")}
    for name, row in values.items():
        llm = make_llm(name)
        for metric, value in zip(metrics, row, strict=True):
            make_score(llm, metric, value)
    rows = {row.name: (row.cells, row.data_values) for row in page_rows(client.get("/"))}
    assert rows == {
        "Long": (["0.85", "0.80", "0"], ["0.8512", None, "0.5"]),
        "Short": (["0.85", "0.80", "1"], [None, None, None]),
    }


def test_cells_say_how_their_value_came_about(client):
    a, _, c, mean, _ = make_board()
    make_scores(
        {
            "Computed": {a: "0.8", c: "0.6"},
            "Reported": {a: "0.8", c: "0.6", mean: "0.70"},
            "Unchecked": {a: "0.8", mean: "0.5"},
        }
    )
    page = client.get("/")
    cells = {row.name: (row.cells[3], row.classes[3][1:]) for row in page_rows(page)}
    assert cells == {
        "Computed": ("0.70", ["edge", "main", "best", "computed"]),
        "Reported": ("0.70", ["edge", "main", "best"]),
        "Unchecked": ("0.50", ["edge", "main", "unchecked"]),
    }
    text = page.content.decode()
    assert text.count('title="computed from its components"') == 1
    assert text.count('title="cannot be checked: a component is missing"') == 1
    assert text.count('<span class="computed">0.00</span>') == 1
    assert text.count('<span class="unchecked">0.00</span>') == 1


def test_the_legend_explains_only_what_is_there(client):
    a, b, c, mean, _ = make_board()
    make_scores({"Reported": {a: "0.8", c: "0.6", mean: "0.70"}})
    assert client.get("/").content.decode().count('class="legend"') == 1  # lower is better in b
    Metric.objects.filter(pk=b.pk).update(higher_is_better=True)
    publish_change()
    assert client.get("/").content.decode().count('class="legend"') == 0


def test_a_missing_score_is_a_dash_and_an_unranked_row_has_no_number(client):
    a, *_ = make_board()
    make_scores({"Only": {a: "0.8"}})
    (row,) = page_rows(client.get("/"))
    assert (row.rank, row.cells) == ("–", ["0.80", "–", "–", "–"])
    assert row.classes == [
        ["h0", "edge", "best"],
        ["missing"],
        ["edge", "missing"],
        ["edge", "main", "missing"],
    ]
    assert (
        row.facts == "organization unknown · size unknown weights unknown 1/4 scores source unknown"
    )


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        (
            {"parameters": "671", "active_parameters": "37", "reasoning": True},
            "organization unknown · 671B · 37B active weights unknown reasoning source unknown",
        ),
        (
            {"parameters": "0.6", "open_weights": True, "domain": "general", "reasoning": False},
            "organization unknown · 0.6B source unknown",
        ),
        (
            {"open_weights": False, "domain": "medical"},
            "organization unknown · size unknown closed medical source unknown",
        ),
    ],
)
def test_small_print_says_what_sets_an_llm_apart(facts, shown, client):
    metric = make_metric()
    make_leaderboard([metric])
    make_scores({make_llm("A", **facts): {metric: "0.5"}})
    assert page_rows(client.get("/"))[0].facts == shown


def test_small_print_begins_with_the_organization(client):
    metric = make_metric()
    make_leaderboard([metric])
    org = Organization.objects.create(name="Org & Co")
    make_scores({make_llm("A", organization=org, open_weights=True): {metric: "0.5"}})
    assert page_rows(client.get("/"))[0].facts == "Org & Co · size unknown source unknown"


def test_a_row_is_found_by_its_slug_and_leads_to_the_llm(client):
    metric = make_metric()
    make_leaderboard([metric])
    make_scores({"Qwen3-0.6B": {metric: "0.5"}})
    (row,) = page_table(client.get("/")).iterfind("tbody/tr")
    link = row.find("th/a")
    assert (row.get("id"), link.get("href"), link.text) == (
        "qwen3-0-6b",
        "/llms/qwen3-0-6b/",
        "Qwen3-0.6B",
    )


def test_negative_and_unbounded_values_are_shown(client):
    metric = make_metric(unit=Metric.Unit.POINTS, decimals=1)
    make_leaderboard([metric])
    make_scores({"Low": {metric: "-12.25"}, "Zero": {metric: "-0.04"}, "High": {metric: "1234.5"}})
    rows = [(row.name, row.cells[0], row.data_values[0]) for row in page_rows(client.get("/"))]
    assert rows == [
        ("High", "1,234.5", "1234.5"),
        ("Zero", "0.0", "-0.04"),
        ("Low", "-12.2", "-12.25"),
    ]


def test_a_page_beyond_the_last_is_the_last():
    a, *_, board = make_board()
    make_scores({"Only": {a: Decimal("0.8")}})
    table = make_table(board, page=999_999_999)
    assert (table.page.number, table.page_links()) == (1, {})


# Intervals and rank ranges


def make_ranked():
    """Few questions, so many that the ranking is nearly certain, and none known."""
    few = make_metric("few", question_count=100)
    many = make_metric("many", question_count=10_000)
    unknown = make_metric("unknown")
    make_leaderboard([few, many, unknown], ranking_metric=many)
    make_scores(
        {
            "First": {few: "0.8", many: "0.9", unknown: "0.1"},
            "Second": {few: "1", many: "0.601"},
            "Third": {many: "0.6", unknown: "0.3"},
            "Fourth": {few: "0.5", many: "0.3"},
            "Unranked": {few: "0.5"},
        }
    )


def page_marks(response):
    """{LLM: [rank range, then (text, margin, words of the mark) of every cell]}"""
    return {
        row.find("th").findtext("a"): [
            row.find("td").findtext("small") or "",
            *(
                (
                    cell.text,
                    (cell.findtext("small") or "").strip(),
                    [mark.get("aria-label") for mark in cell.iter() if mark.get("role") == "img"],
                )
                for cell in row.findall("td")[1:]
            ),
        ]
        for row in page_table(response).iterfind("tbody/tr")
    }


def test_the_ranking_column_draws_each_interval_and_says_it_in_words(client):
    make_ranked()
    assert page_marks(client.get("/")) == {
        "First": [
            "1",
            ("0.80", "", []),
            ("0.90", "", ["95 % interval 0.894 to 0.906"]),
            ("0.10", "", []),
        ],
        "Second": [
            "2–3",
            ("1.00", "", []),
            ("0.60", "", ["95 % interval 0.591 to 0.611"]),
            ("–", "", []),
        ],
        "Third": [
            "2–3",
            ("–", "", []),
            ("0.60", "", ["95 % interval 0.590 to 0.610"]),
            ("0.30", "", []),
        ],
        "Fourth": [
            "4",
            ("0.50", "", []),
            ("0.30", "", ["95 % interval 0.291 to 0.309"]),
            ("–", "", []),
        ],
        "Unranked": ["", ("0.50", "", []), ("–", "", []), ("–", "", [])],
    }


def test_all_intervals_are_written_behind_the_scores_that_have_one(client):
    make_ranked()
    assert page_marks(client.get("/?intervals=all")) == {
        "First": ["1", ("0.80", "0.711 to 0.867", []), ("0.90", "±0.006", []), ("0.10", "", [])],
        "Second": ["2–3", ("1.00", "0.963 to 1.000", []), ("0.60", "±0.010", []), ("–", "", [])],
        "Third": ["2–3", ("–", "", []), ("0.60", "±0.010", []), ("0.30", "", [])],
        "Fourth": ["4", ("0.50", "±0.096", []), ("0.30", "±0.009", []), ("–", "", [])],
        "Unranked": ["", ("0.50", "±0.096", []), ("–", "", []), ("–", "", [])],
    }


def test_without_intervals_numbers_are_plain(client):
    make_ranked()
    response = client.get("/?intervals=off")
    assert page_marks(response) == {
        "First": ["", ("0.80", "", []), ("0.90", "", []), ("0.10", "", [])],
        "Second": ["", ("1.00", "", []), ("0.60", "", []), ("–", "", [])],
        "Third": ["", ("–", "", []), ("0.60", "", []), ("0.30", "", [])],
        "Fourth": ["", ("0.50", "", []), ("0.30", "", []), ("–", "", [])],
        "Unranked": ["", ("0.50", "", []), ("–", "", []), ("–", "", [])],
    }
    assert "What rank ranges mean" not in response.content.decode()
    assert "What rank ranges mean" in client.get("/").content.decode()


def test_the_average_of_the_best_of_the_seed_is_known_to_0_008(anesbench, client):
    assert page_marks(client.get("/?intervals=all"))["deepseek-r1"][-1] == ("0.85", "±0.008", [])
    (*others, average) = page_marks(client.get("/"))["deepseek-r1"][1:]
    assert average == ("0.85", "", ["95 % interval 0.842 to 0.858"])
    assert [words for _, _, words in others] == [[]] * 8


def interval_paths(response):
    """The interval of every mark, as drawn."""
    return [mark.find("path").get("d") for mark in page_table(response).iter("svg")]


@pytest.mark.parametrize(
    ("scores", "paths"),
    [
        # the axis goes from the lowest to the highest end, from 0 to 80
        ([("0.9", "0.05"), ("0.5", "0.1")], ["M57 5h23", "M0 5h45"]),
        ([("0.5", "0.1")], ["M0 5h80"]),
        ([("0.5", "0")], ["M0 5h1"]),
        ([("0.5", None)], []),
    ],
)
def test_intervals_are_drawn_on_one_axis(scores, paths, client):
    metric = make_metric()
    make_leaderboard([metric])
    for number, (value, error) in enumerate(scores):
        error = error and Decimal(error)
        make_score(make_llm(f"LLM {number}"), metric, value, standard_error=error)
    assert interval_paths(client.get("/")) == paths


def page_steps(response):
    """(LLM, class of its row) in the order of the page."""
    return [
        (row.find("th").findtext("a"), row.get("class"))
        for row in page_table(response).iterfind("tbody/tr")
    ]


RANK, STEP = None, "step"


BEST_FIRST = [
    ("First", RANK),
    ("Second", STEP),
    ("Third", RANK),
    ("Fourth", STEP),
    ("Unranked", STEP),
]
WORST_FIRST = [
    ("Fourth", RANK),
    ("Third", STEP),
    ("Second", RANK),
    ("First", STEP),
    ("Unranked", STEP),
]


def without_steps(names):
    return [(name, RANK) for name in names.split()]


@pytest.mark.parametrize(
    ("query", "steps"),
    [
        ("", BEST_FIRST),
        ("?sort=many", WORST_FIRST),
        ("?intervals=all", BEST_FIRST),
        ("?intervals=all&sort=many", WORST_FIRST),
        ("?intervals=off", without_steps("First Second Third Fourth Unranked")),
        ("?intervals=off&sort=many", without_steps("Fourth Third Second First Unranked")),
        ("?sort=-few", without_steps("Second First Fourth Unranked Third")),
        ("?sort=llm", without_steps("First Fourth Second Third Unranked")),
    ],
)
def test_a_line_stands_where_no_range_reaches_across(query, steps, client):
    make_ranked()
    assert page_steps(client.get(f"/{query}")) == steps


def test_a_row_without_a_range_stands_between_lines(client):
    metric = make_metric()
    make_leaderboard([metric])
    for name, value, count in (("A", "0.9", 9999), ("B", "0.5", None), ("C", "0.1", 9999)):
        make_score(make_llm(name), metric, value, question_count=count)
    response = client.get("/")
    assert {name: ranges for name, (ranges, *_) in page_marks(response).items()} == {
        "A": "1",
        "B": "",
        "C": "3",
    }
    assert page_steps(response) == [("A", RANK), ("B", STEP), ("C", STEP)]


# Where scores come from


TIERS = set(Source.Tier.values)


def page_tiers(response):
    """{LLM: the tier that every cell is marked with}"""
    return {
        row.name: [" ".join(TIERS.intersection(classes)) for classes in row.classes]
        for row in page_rows(response)
    }


def page_legend(response):
    """The classes that the legend explains, or None if there is none."""
    found = re.search(
        '<ul class="legend" aria-label="Marks in the table">.*?</ul>',
        response.content.decode(),
        re.DOTALL,
    )
    return re.findall('<span class="([a-z]+)">', found.group()) if found else None


def make_sourced(rows):
    """{LLM: tiers of its two scores and their mean}; “” is a score without a source."""
    a, b = metrics = [make_metric("a"), make_metric("b")]
    metrics.append(make_aggregate("mean", [a, b]))
    make_leaderboard(metrics)
    sources = {tier: Source.objects.create(title=tier, tier=tier) for tier in TIERS}
    for name, tiers in rows.items():
        llm = make_llm(name)
        for metric, tier in zip(metrics, tiers.split(), strict=True):
            make_score(llm, metric, "0.5", source=sources.get(tier))


def test_tiers_are_marked_in_rows_where_they_differ_and_explained(client):
    make_sourced(
        {
            "Mixed": "vendor independent independent",
            "Missing": "maintainer none maintainer",
            "Independent": "independent independent independent",
            "Vendor": "vendor vendor vendor",
        }
    )
    response = client.get("/")
    assert page_tiers(response) == {
        "Mixed": ["vendor", "independent", "vendor"],
        "Missing": ["maintainer", "unknown", "unknown"],
        "Independent": ["", "", ""],
        "Vendor": ["", "", ""],
    }
    assert page_legend(response) == ["independent", "maintainer", "vendor", "unknown"]
    text = response.content.decode()
    assert {tier: text.count(f'title="source: {tier}"') for tier in TIERS} == {
        "independent": 1,
        "maintainer": 1,
        "vendor": 2,
        "unknown": 2,
    }
    # the legend is about what is shown
    assert page_legend(client.get("/?q=Mixed")) == page_legend(response)
    assert page_legend(client.get("/?q=Vendor")) is None


@pytest.mark.parametrize(
    ("tier", "words"),
    [
        ("independent", ""),
        ("maintainer", ""),
        ("vendor", " vendor’s scores"),
        ("unknown", " source unknown"),
        ("none", " source unknown"),
    ],
)
def test_a_row_of_one_tier_says_so_once_where_readers_have_to_know(tier, words, client):
    make_sourced({"Uniform": f"{tier} {tier} {tier}"})
    response = client.get("/")
    assert page_tiers(response) == {"Uniform": ["", "", ""]}
    assert page_legend(response) is None
    assert page_rows(response)[0].facts == (
        f"organization unknown · size unknown weights unknown{words}"
    )
