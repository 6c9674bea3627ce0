"""What files say of metrics in which lower is better, or neither end."""

import json

import jsonschema
import pytest

from leaderboard.exports.schema import SCHEMA
from tests.exports.taking import export
from tests.factories import make_leaderboard, make_metric, make_scores

pytestmark = pytest.mark.django_db


@pytest.fixture
def board():
    time = make_metric("time", unit="points", higher_is_better=False)
    year = make_metric("year", unit="points", higher_is_better=None, decimals=0)
    make_scores({"Alpha": {time: "20", year: "23"}, "Beta": {time: "5", year: "25"}})
    return make_leaderboard([time, year], ranking_metric=time)


def test_markdown_and_latex_have_the_sign_and_explain_it(board, client):
    markdown = export(client, "md").content.decode().splitlines()
    assert markdown[0] == "| \\# | LLM | time ↓ | year |"
    assert markdown[2] == "| 1 | Beta | **5.00** | 25 |"  # the latest year is not the best
    assert markdown[-1] == "↓ lower is better."
    latex = export(client, "tex").content.decode()
    assert r"\# & LLM & time $\downarrow$ & year \\" in latex
    assert r"$\downarrow$ lower is better." in latex


def test_json_has_no_rank_where_neither_end_is_better(board, client):
    data = json.loads(export(client, "json").content)
    jsonschema.validate(data, SCHEMA)
    directions = {metric["key"]: metric["higher_is_better"] for metric in data["metrics"]}
    assert directions == {"time": False, "year": None}
    ranks = [{key: score["rank"] for key, score in row["scores"].items()} for row in data["rows"]]
    assert ranks == [{"time": 1, "year": None}, {"time": 2, "year": None}]
