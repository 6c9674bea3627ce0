import re
from decimal import Decimal
from math import sqrt
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from django.http import QueryDict

from leaderboard.models import LLM, Leaderboard, Organization
from leaderboard.pages.comparison import Comparison, signed
from leaderboard.pages.selection import ChosenLLMs, compare_query, read_llms
from leaderboard.standings.loading import standings_for
from tests.factories import (
    give_scores_to_more_llms,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)

pytestmark = pytest.mark.django_db
PATH = "/leaderboard/board/compare/"


def compare(client, *slugs, path=PATH):
    return client.get(f"{path}?{urlencode([('llm', slug) for slug in slugs])}")


def text_of(response):
    return " ".join(re.sub("<[^>]+>", " ", response.content.decode()).split())


def table_of(response):
    """{metric or fact: [texts of each LLM's cell]}, with the names under “”; None without one."""
    page = response.content.decode()
    found = re.search(r'<table class="side" id="comparison">.*?</table>', page, re.DOTALL)
    if not found:
        return None
    table = ElementTree.fromstring(found.group())
    rows = {"": [each.findtext("a") for each in table.findall("thead/tr/th")[1:]]}
    for row in table.iterfind("tbody/tr[td]"):
        rows[row.findtext("th").strip()] = [
            [" ".join(text.split()) for text in cell.itertext()] for cell in row.findall("td")
        ]
    return rows


def chosen_in_form(response):
    page = response.content.decode().partition('class="pick"')[2]
    return re.findall(r'name="llm" value="([^"]+)" checked', page)


@pytest.fixture
def board():
    """Four LLMs on a share of 1,000 questions, one of 20 and a time of which less is better."""
    bench = make_benchmark("Bench", slug="bench")
    share = {"unit": "proportion", "is_share_of_questions": True, "benchmark": bench}
    accuracy = make_metric("accuracy", question_count=1000, **share)
    small = make_metric("small", question_count=20, **share)
    seconds = make_metric("seconds", unit="points", higher_is_better=False)
    make_scores(
        {
            "A": {accuracy: "0.80", small: "1", seconds: "3"},
            "B": {accuracy: "0.76", small: "0.9", seconds: "2"},
            "C": {accuracy: "0.77", seconds: "2"},
            "D": {accuracy: "0.80", small: "0.4"},
        }
    )
    return make_leaderboard([accuracy, small, seconds], ranking_metric=accuracy)


def newcombe(first, second):
    """The interval of the difference of two shares (p, n) that are reported with two decimals."""
    z, rounding = 1.959964, 1.959964 * 0.01 / sqrt(12)

    def limits(p, n):
        root = sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
        return [(p + z**2 / (2 * n) + sign * z * root) / (1 + z**2 / n) for sign in (-1, 1)]

    (p, _), (q, _) = first, second
    (low, high), (other_low, other_high) = limits(*first), limits(*second)
    below = sqrt((p - low) ** 2 + (other_high - q) ** 2 + 2 * rounding**2)
    above = sqrt((high - p) ** 2 + (q - other_low) ** 2 + 2 * rounding**2)
    return f"{p - q - below:.3f}", f"{p - q + above:.3f}"


def test_values_differences_and_significance_are_those_of_the_formulas(board, client):
    rows = table_of(compare(client, "a", "b", "c", "d"))
    assert newcombe((0.76, 1000), (0.80, 1000)) == ("-0.077", "-0.003")
    assert newcombe((0.77, 1000), (0.80, 1000)) == ("-0.067", "0.007")
    assert newcombe((0.80, 1000), (0.80, 1000)) == ("-0.036", "0.036")
    assert rows["accuracy"] == [
        ["0.80", "0.774 to 0.824"],
        ["0.76", "0.733 to 0.785", "−0.04", "(−0.077 to −0.003)", "significant"],
        ["0.77", "0.743 to 0.795", "−0.03", "(−0.067 to +0.007)", "not significant"],
        ["0.80", "0.774 to 0.824", "0.00", "(−0.036 to +0.036)", "not significant"],
    ]


def test_the_interval_of_a_difference_of_few_questions_contains_the_difference(board, client):
    rows = table_of(compare(client, "a", "b"))
    # all of 20 and 18 of 20; scores of so few questions are reported with as many digits
    assert newcombe((0.9, 20), (1.0, 20)) == ("-0.301", "0.077")
    assert rows["small"][1][2:] == ["−0.10", "(−0.301 to +0.077)", "not significant"]


def test_without_standard_errors_significance_is_unknown_and_lower_may_be_better(board, client):
    response = compare(client, "a", "b", "c")
    assert table_of(response)["seconds"] == [
        ["3.00"],
        ["2.00", "−1.00", "significance unknown"],
        ["2.00", "−1.00", "significance unknown"],
    ]
    best = re.findall(r'class="best">([^<]+)<', response.content.decode())
    assert best == ["0.80", "1.00", "2.00", "2.00"]


def test_a_missing_score_is_missing_and_one_alone_is_not_the_best(board, client):
    response = compare(client, "c", "a")
    assert table_of(response)["small"] == [["–"], ["1.00", "0.839 to 1.000"]]
    assert table_of(compare(client, "c", "d"))["seconds"] == [["2.00"], ["–"]]
    assert response.content.decode().count('class="best"') == 2


def test_facts_stand_side_by_side_and_unknown_ones_are_unknown(board, client):
    LLM.objects.filter(slug="a").delete()
    known = make_llm(
        "A",
        organization=Organization.objects.create(name="Org"),
        parameters=Decimal("30.5"),
        active_parameters=Decimal(3),
        open_weights=True,
        license="MIT",
        domain="medical",
        reasoning=False,
        released="2025-01-02",
    )
    make_score(known, board.ranking_metric, "0.80")
    rows = table_of(compare(client, "a", "c"))
    facts = {name: [cell[0] for cell in cells] for name, cells in list(rows.items())[-10:]}
    assert facts == {
        "Rank": ["1", "3"],
        "Rank range (pairwise)": ["1–3", "1–4"],
        "Scores": ["1 of 3", "2 of 3"],
        "Organization": ["Org", "unknown"],
        "Parameters": ["30.5B, 3B active", "unknown"],
        "Open weights": ["yes", "unknown"],
        "License": ["MIT", "unknown"],
        "Domain": ["medical", "unknown"],
        "Reasoning": ["no", "unknown"],
        "Released": ["2 Jan 2025", "unknown"],
    }


def test_the_page_says_what_its_tests_assume(board, client):
    page = compare(client, "a", "b").content.decode()
    for words in (
        "0 lies outside that interval: a test of this one pair at 5 %",
        "The rank ranges of this page are pairwise too.",
        "Not significant does not mean equal.",
        "Rank range (pairwise)",
    ):
        assert " ".join(page.split()).count(words) == 1
    assert '<a href="/ranks/">' in page


def test_the_order_of_the_address_is_kept_and_can_be_changed(board, client):
    response = compare(client, "c", "a", "b")
    assert table_of(response)[""] == ["C", "A", "B"]
    page = response.content.decode()
    canonical = f'<link rel="canonical" href="http://testserver{PATH}?llm=c&amp;llm=a&amp;llm=b">'
    assert page.count(canonical) == 1
    first = 'href="?llm=b&amp;llm=c&amp;llm=a" aria-label="Compare the others with B"'
    assert page.count(first) == 1
    assert page.count('href="?llm=c&amp;llm=b" aria-label="Remove A"') == 1


# Odd addresses


def test_none_asks_for_two(board, client):
    response = client.get(PATH)
    assert (response.status_code, table_of(response), chosen_in_form(response)) == (200, None, [])
    assert "Tick 2 to 6 LLMs below" in text_of(response)
    assert f'<link rel="canonical" href="http://testserver{PATH}">' in response.content.decode()


def test_one_is_kept_and_asks_for_another(board, client):
    response = compare(client, "b")
    assert (response.status_code, table_of(response)) == (200, None)
    assert chosen_in_form(response) == ["b"]
    assert "B is chosen: tick at least one more" in text_of(response)


def test_an_llm_with_itself_is_one(board, client):
    response = compare(client, "b", "b")
    assert (response.status_code, table_of(response)) == (200, None)
    assert "named more than once is shown once" in text_of(response)
    assert table_of(compare(client, "b", "a", "b"))[""] == ["B", "A"]


def test_a_draft_is_as_unknown_as_nobody(board, client):
    draft = make_llm("Secret", is_published=False)
    make_score(draft, board.ranking_metric, "0.99")
    make_llm("Unscored")
    for others in ([], ["a"], ["a", "b"]):
        pages = [
            compare(client, *others, slug).content for slug in ("secret", "nobody", "unscored")
        ]
        assert pages[0] == pages[1] == pages[2]
        assert b"1 name in the address is not on this leaderboard" in pages[0]
        assert pages[0].count(b"ecret") == 0
    assert table_of(compare(client, "a", "secret", "b"))[""] == ["A", "B"]


def test_seven_are_the_first_six(board, client):
    give_scores_to_more_llms(board, 4)
    slugs = ["a", "b", "c", "extra-1", "extra-2", "extra-3", "d"]
    response = compare(client, *slugs)
    assert table_of(response)[""] == ["A", "B", "C", "Extra 1", "Extra 2", "Extra 3"]
    assert "the first 6 are shown, 1 left out" in text_of(response)


@pytest.mark.parametrize("count", [1_000, 10_000])
def test_thousands_of_names_keep_the_valid_ones(count, board, client):
    response = compare(client, "a", *(f"x{number}" for number in range(count)), "b")
    assert (response.status_code, chosen_in_form(response)[0]) == (200, "a")
    assert len(response.content) < 20_000


@pytest.mark.parametrize(
    "slug", ["", " a", "A", "a\x00", "<script>alert(1)</script>", "é", "a,b", "x" * 5_000, "../a"]
)
def test_hostile_names_are_unknown_and_not_echoed(slug, board, client):
    response = compare(client, slug)
    assert (response.status_code, chosen_in_form(response)) == (200, [])
    assert (b"<script>alert" in response.content, len(response.content) < 10_000) == (False, True)


def test_the_same_comparison_is_at_no_draft_leaderboard_and_follows_a_renamed_one(board, client):
    board.slug = "renamed"
    board.save()
    response = compare(client, "a", "b")
    assert response.status_code == 301
    assert response.headers["Location"] == "/leaderboard/renamed/compare/?llm=a&llm=b"
    board.is_published = False
    board.save()
    assert client.get("/leaderboard/renamed/compare/").status_code == 404


@pytest.mark.parametrize("count", [1, 51])
def test_a_comparison_takes_ten_queries_whatever_the_site_and_the_next_two(
    count, board, client, django_assert_num_queries
):
    give_scores_to_more_llms(board, count)
    for queries, slugs in ((10, []), (2, ["a", "b"]), (2, ["a", "b", "c", "d", "extra-1"])):
        with django_assert_num_queries(queries):
            compare(client, *slugs)


def test_html_in_names_is_text(board, client):
    for llm in LLM.objects.filter(slug__in="ab"):
        llm.name = llm.license = f"{llm.name} <b title=x>&"
        llm.save()
    page = compare(client, "a", "b").content.decode()
    assert (page.count("<b title"), page.count("&amp;lt;")) == (0, 0)
    assert page.count("A &lt;b title=x&gt;&amp;") >= 5


# The parts


def test_names_are_read_in_order_once_and_at_most_six(board):
    give_scores_to_more_llms(board, 5)
    standings = standings_for(board)
    rows = {row.llm.slug: row for row in standings.rows}
    query = QueryDict("llm=b&llm=&llm=nobody&llm=b&llm=nobody&llm=a&other=c")
    assert read_llms(query, standings) == ChosenLLMs((rows["b"], rows["a"]), 1, 2, 0)
    everybody = QueryDict(urlencode([("llm", slug) for slug in rows]))
    assert read_llms(everybody, standings) == ChosenLLMs(tuple(rows.values())[:6], 0, 0, 3)
    assert read_llms(QueryDict(""), standings) == ChosenLLMs()
    assert (compare_query(["b", "a"]), compare_query([])) == ("?llm=b&llm=a", "")


def test_metrics_stand_under_their_benchmarks(anesbench):
    standings = standings_for(Leaderboard.objects.get())
    comparison = Comparison(standings, standings.rows[:2])
    assert [(each.name, len(each.metrics)) for each in comparison.benchmarks()] == [
        ("AnesBench", 4), ("AMCQA", 4), ("", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "text"),
    [("0.084", "+0.08"), ("-0.085", "−0.08"), ("-0.001", "0.00"), ("0", "0.00"), ("12", "+12.00")],
)
def test_a_difference_has_its_sign_unless_it_rounds_to_nothing(number, text):
    assert signed(Decimal(number), 2) == text


# In the table


def test_a_box_in_each_row_leads_to_the_comparison(anesbench, client):
    page = client.get("/").content.decode()
    form = '<form id="compare" autocomplete="off" action="/leaderboard/anesbench/compare/">'
    assert page.count(form) == 1
    box = (
        '<input type="checkbox" form="compare" name="llm" value="gpt-4o"'
        ' aria-label="Compare gpt-4o"/>'
    )
    assert page.count(box) == 1
    assert page.count('form="compare" name="llm"') == 51
    assert page.count('<a href="/leaderboard/anesbench/compare/">Compare</a>') == 1


def test_there_are_no_boxes_where_nothing_can_be_compared(board, client, admin_client):
    for path in ("/leaderboard/board/embed/", f"/admin/preview/leaderboard/{board.pk}/"):
        page = admin_client.get(path).content.decode()
        assert (page.count('form="compare"'), page.count("/compare/")) == (0, 0)
    assert client.get("/changes/").content.decode().count("/compare/") == 0
