"""Variants of one LLM: grouped by name, folded to the best of each family, told in every file."""

import json
import re

import pytest
from jsonschema import validate

from leaderboard.exports.schema import SCHEMA
from leaderboard.models import LLM, Leaderboard
from leaderboard.trail.state import hash_parts, load_parts, load_state
from tests.exports.taking import UPDATED, csv_rows, export
from tests.factories import make_leaderboard, make_llm, make_metric, make_score

VALUES = {
    "Best": "0.9", "o3 (high)": "0.8", "Alpha": "0.7", "o3 (low)": "0.6", "p4": "0.5",
    "o3 (medium)": "0.4",
}  # fmt: skip


@pytest.fixture
def board(db):
    metric = make_metric(question_count=1_000)
    for name, value in VALUES.items():
        family = "o3" if name.startswith("o3") else ""
        make_score(make_llm(name, family=family, open_weights=name != "o3 (high)"), metric, value)
    return make_leaderboard([metric])


def page(client, **query):
    return client.get("/leaderboard/board/", query).content.decode()


def ranks(text):
    found = re.findall(
        r'<tr id="[^"]+".*?<b[^>]*>([^<]+)</b>.*?<th scope="row"><a[^>]*>(.*?)</a>', text, re.DOTALL
    )
    return [(rank, re.sub("<[^>]+>", "", name)) for rank, name in found]


def test_variants_stand_together_by_name_and_show_what_differs(board, client):
    text = page(client, sort="llm")
    assert [name for _rank, name in ranks(text)] == [
        "Alpha", "Best", "o3 (high)", "o3 (low)", "o3 (medium)", "p4",
    ]  # fmt: skip
    assert 'o3<span class="variant"> (high)</span></a>' in text
    assert "what sets it apart from others of its family" in text


def test_folded_a_family_has_its_best_with_a_link_and_the_ranks_of_the_whole(board, client):
    text = page(client, families="best")
    assert ranks(text) == [("1", "Best"), ("2", "o3 (high)"), ("3", "Alpha"), ("5", "p4")]
    assert '<a class="variants" href="?q=o3">3 variants</a>' in text
    assert [name for _rank, name in ranks(page(client, q="o3"))] == [
        "o3 (high)", "o3 (low)", "o3 (medium)",
    ]  # fmt: skip
    assert 'href="?" data-families="">all variants</a>' in text


def test_of_a_filtered_view_the_best_that_fits_stays(board, client):
    text = page(client, families="best", weights="open")
    assert ranks(text) == [("1", "Best"), ("3", "Alpha"), ("4", "o3 (low)"), ("5", "p4")]


def test_a_family_whose_name_is_not_in_every_name_leads_to_the_order_by_name(board, client):
    llm = LLM.objects.get(name="p4")
    llm.family = "o3"
    llm.save()
    text = page(client, families="best")
    assert '<a class="variants" href="?sort=llm">4 variants</a>' in text
    assert [name for _rank, name in ranks(page(client, sort="llm"))][2:] == [
        "o3 (high)", "o3 (low)", "o3 (medium)", "p4",
    ]  # fmt: skip


def test_where_nothing_can_be_folded_there_is_no_switch(board, client):
    for llm in LLM.objects.filter(family="o3")[1:]:
        llm.family = ""
        llm.save()
    text = page(client)
    assert "families" not in text
    assert ranks(page(client, families="best")) == ranks(text)


def test_a_baseline_is_neither_folded_nor_the_best_of_a_family(board, client):
    metric = Leaderboard.objects.get().ranking_metric
    for name, value in (("o3 with experts", "0.95"), ("o3 by chance", "0.1")):
        kind = "human" if "experts" in name else "random"
        make_score(make_llm(name, kind=kind, family="o3"), metric, value)
    text = page(client, families="best")
    assert ranks(text) == [
        ("–", "o3 with experts"), ("1", "Best"), ("2", "o3 (high)"), ("3", "Alpha"), ("5", "p4"),
        ("–", "o3 by chance"),
    ]  # fmt: skip
    assert text.count("3 variants</a>") == 1


def test_files_tell_the_family_and_fold_as_the_page_does(board, client):
    rows = csv_rows(export(client))
    assert [row["family"] for row in rows] == ["", "o3", "", "o3", "", "o3"]
    folded = json.loads(export(client, "json", families="best").content)
    validate(folded, SCHEMA)
    assert [row["slug"] for row in folded["rows"]] == ["best", "o3-high", "alpha", "p4"]
    assert [row.get("family") for row in folded["rows"]] == [None, "o3", None, None]
    assert folded["view"]["complete"] is False


def test_a_family_is_in_the_state_of_a_leaderboard_only_where_there_is_one(board):
    llms = load_state(board, UPDATED)["inputs"]["llms"]
    assert {slug: facts.get("family") for slug, facts in llms.items()} == {
        "best": None, "o3-high": "o3", "alpha": None, "o3-low": "o3", "p4": None,
        "o3-medium": "o3",
    }  # fmt: skip
    before = hash_parts(load_parts(Leaderboard.objects.get()))
    llm = LLM.objects.get(name="p4")
    llm.family = "p"
    llm.save()
    assert hash_parts(load_parts(Leaderboard.objects.get())) != before
