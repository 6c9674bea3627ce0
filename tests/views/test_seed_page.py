"""The page of the seed, and what it shows where scores are missing or disagree."""

import json
import re
from decimal import Decimal

import pytest
from django.conf import settings

from leaderboard.models import LLM, Leaderboard, Score
from tests.factories import (
    SEED_METRICS,
    make_score,
)
from tests.page_reader import page_headers, page_names, page_rows

pytestmark = pytest.mark.django_db


SYSTEM2, OVERALL, AVERAGE = 2, 3, 8


def seed_numbers():
    """{LLM's name: its nine numbers in column order}, straight from the fixture's text."""
    text = (settings.BASE_DIR / "fixtures" / "anesbench.json").read_text(encoding="utf-8")
    rows = [(row["model"], row["fields"]) for row in json.loads(text)]
    names = {row["slug"]: row["name"] for model, row in rows if model == "leaderboard.llm"}
    numbers = {name: [None] * len(SEED_METRICS) for name in names.values()}
    for model, row in rows:
        if model == "leaderboard.score":
            column = SEED_METRICS.index(row["metric"][0])
            numbers[names[row["llm"][0]]][column] = Decimal(row["value"])
    return numbers


def row_of(response, slug):
    return next(row for row in page_rows(response) if row.slug == slug)


# The seed's page


def test_the_page_shows_the_numbers_of_the_seed(anesbench, client):
    rows = page_rows(client.get("/leaderboard/anesbench/"))
    shown = {row.name: [Decimal(cell) for cell in row.cells] for row in rows}
    assert shown == seed_numbers()
    assert [len(rows), {len(row.cells) for row in rows}] == [51, {9}]
    assert {len(cell) for row in rows for cell in row.cells} == {len("0.00")}


def test_the_seed_is_listed_by_average_equal_ranks_shared_and_in_order_of_names(anesbench, client):
    numbers = seed_numbers()
    averages = [row[AVERAGE] for row in numbers.values()]
    order = sorted(numbers, key=lambda name: (-numbers[name][AVERAGE], name.casefold()))
    expected = [
        (name, str(1 + sum(other > numbers[name][AVERAGE] for other in averages))) for name in order
    ]
    response = client.get("/leaderboard/anesbench/")
    assert [(row.name, row.rank) for row in page_rows(response)] == expected
    assert expected[:9] == [
        ("deepseek-r1", "1"),
        ("gpt-4o", "2"),
        ("deepseek-v3", "3"),
        ("Llama-4-Scout-17B-16E-Instruct", "4"),
        ("HuatuoGPT-o1-72B", "5"),
        ("Qwen2.5-72B-Instruct", "5"),
        ("Qwen3-235B-A22B", "5"),
        ("Qwen3-32B", "5"),
        ("Qwen3-14B", "9"),
    ]


@pytest.mark.parametrize(
    ("sort", "direction"),
    [
        ("anesbench-system2", "ascending"),
        ("-anesbench-system2", "descending"),
        ("amcqa-overall", "ascending"),
        ("-amcqa-overall", "descending"),
        ("average", "ascending"),
        ("-average", "descending"),
    ],
)
def test_a_column_sorts_in_both_directions_with_ties_by_rank_and_name(
    sort, direction, anesbench, client
):
    numbers = seed_numbers()
    sign = -1 if direction == "descending" else 1
    column = SEED_METRICS.index(sort.removeprefix("-"))
    by_rank = sorted(numbers, key=lambda name: (-numbers[name][AVERAGE], name.casefold()))
    response = client.get("/leaderboard/anesbench/", {"sort": sort})
    assert page_names(response) == sorted(by_rank, key=lambda name: sign * numbers[name][column])
    assert {h.key: h.aria_sort for h in page_headers(response) if h.aria_sort} == {
        sort.removeprefix("-"): direction
    }


@pytest.mark.parametrize(("sort", "direction"), [("llm", "ascending"), ("-llm", "descending")])
def test_names_sort_without_regard_to_case(sort, direction, anesbench, client):
    response = client.get("/leaderboard/anesbench/", {"sort": sort})
    names = sorted(seed_numbers(), key=str.casefold, reverse=direction == "descending")
    assert page_names(response) == names
    assert [(h.key, h.aria_sort) for h in page_headers(response) if h.aria_sort] == [
        ("llm", direction)
    ]


def test_sorting_changes_no_rank(anesbench, client):
    ranks = {row.name: row.rank for row in page_rows(client.get("/"))}
    for sort in ("anesbench-system2", "-llm", "parameters", "-released", "organization"):
        rows = page_rows(client.get("/", {"sort": sort}))
        assert {row.name: row.rank for row in rows} == ranks


def test_the_page_says_what_the_seed_page_said_and_how_to_cite_it(anesbench, client):
    page = client.get("/leaderboard/anesbench/").content.decode().partition("<body>")[2]
    board = Leaderboard.objects.get()
    for text in (
        '<div class="lead"><p>The following leaderboard presents the performance of over ',
        "<strong>overall</strong> is the mean of the three levels",
        '<pre tabindex="0" role="region" aria-label="BibTeX">@article{feng2025anesbench,',
        "arXiv preprint arXiv:2504.02404",
        f'Write to <a href="{board.contact}">{board.contact}</a>.',
        "<dt>Questions</dt><dd>7,872</dd>",
        "<dt>LLMs</dt><dd>51</dd>",
    ):
        assert page.count(text) == 1


def test_the_page_has_no_inline_script_and_no_inline_style(anesbench, client):
    page = client.get("/leaderboard/anesbench/").content.decode()
    inline = r"<script(?! src=| type=\"application/ld\+json\")|<style|\sstyle=|\son\w+=|javascript:"
    assert re.findall(inline, page) == []


# Missing and disagreeing scores of the seed


def test_without_its_system2_score_gpt_4o_is_last_in_that_column_both_ways(anesbench, client):
    Score.objects.get(llm__slug="gpt-4o", metric__key="anesbench-system2").delete()
    for sort in ("anesbench-system2", "-anesbench-system2"):
        row = page_rows(client.get("/", {"sort": sort}))[-1]
        assert (row.slug, row.cells[SYSTEM2]) == ("gpt-4o", "–")
        assert row.cells[OVERALL] == "0.77"
        assert "unchecked" in row.classes[OVERALL]
        assert row.cells[AVERAGE] == "0.77"
        assert "unchecked" not in row.classes[AVERAGE]
        assert (row.rank, row.facts) == ("2", "OpenAI · size unknown closed 8/9 scores")


def test_without_its_overall_too_the_average_stands_as_one_that_cannot_be_checked(
    anesbench, client
):
    for key in ("anesbench-system2", "anesbench-overall"):
        Score.objects.get(llm__slug="gpt-4o", metric__key=key).delete()
    response = client.get("/")
    row = row_of(response, "gpt-4o")
    assert row.cells == ["0.81", "0.72", "–", "–", "0.78", "0.77", "0.68", "0.78", "0.77"]
    assert ["unchecked" in classes for classes in row.classes] == [False] * 8 + [True]
    assert (row.rank, row.facts) == ("2", "OpenAI · size unknown closed 7/9 scores")
    assert "cannot be checked because a component is missing" in response.content.decode()


@pytest.mark.parametrize("address", ["/", "/llms/gpt-4o/"])
def test_an_overall_that_disagrees_is_shown_nowhere(address, anesbench, client):
    before = client.get(address).content.decode()
    Score.objects.filter(llm__slug="gpt-4o", metric__key="anesbench-overall").get().delete()
    llm, metric = LLM.objects.get(slug="gpt-4o"), SEED_METRICS[OVERALL]
    make_score(llm, Score.objects.filter(metric__key=metric)[0].metric, "0.99")
    after = client.get(address).content.decode()
    tables = [page[page.find("<tbody") : page.rfind("</tbody>")] for page in (before, after)]
    assert ["0.77" in table for table in tables] == [True, True]
    assert ["0.99" in table for table in tables] == [False, False]  # times beside it may have it
    assert after.count("computed") > before.count("computed") == 0


def test_the_computed_overall_is_shown_in_the_place_of_one_that_disagrees(anesbench, client):
    score = Score.objects.get(llm__slug="gpt-4o", metric__key="anesbench-overall")
    score.value = Decimal("0.99")
    score.save()
    row = row_of(client.get("/"), "gpt-4o")
    assert row.cells == ["0.81", "0.72", "0.59", "0.77", "0.78", "0.77", "0.68", "0.78", "0.77"]
    assert ["computed" in classes for classes in row.classes] == [False] * 3 + [True] + [False] * 5
    # (2960 · 0.81 + 1028 · 0.72 + 355 · 0.59) / 4343
    assert row.data_values == [None] * 3 + ["0.77071379"] + [None] * 5
