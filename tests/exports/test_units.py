"""Units in what is taken away, and numbers that are the stored ones, digit for digit."""

import json
import re

import pytest
import yaml

from tests.exports.sharing import badge_texts
from tests.exports.taking import csv_rows, export
from tests.factories import (
    make_board_of_units,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def board():
    return make_board_of_units()


def test_csv_has_plain_digits_and_no_unit(board, client):
    alpha, beta = csv_rows(export(client, columns="cost,latency,tokens,rating,gain"))
    names = ("cost", "latency", "tokens", "rating", "gain")
    assert [alpha[name] for name in names] == [
        "0.25", "1204", "1872455", "1452.467219", "-100000000000000",
    ]  # fmt: skip
    assert [beta[name] for name in names] == ["-3", "12040", "999", "1396.1", "100000000000000"]


def test_json_names_the_unit_and_has_the_stored_digits(board, client):
    text = export(client, "json").content.decode()
    data = json.loads(text)
    assert [
        (metric["unit"], metric["unit_label"], metric["label_in_front"])
        for metric in data["metrics"]
    ] == [
        ("percent", None, False), ("other", "$", True), ("other", "ms", False),
        ("other", "tokens", False), ("other", "Elo", False), ("points", None, False),
    ]  # fmt: skip
    assert '"value": 1452.467219,' in text
    scores = data["rows"][0]["scores"]
    assert scores["rating"]["text"] == "1,452.5"
    assert (scores["gain"]["value"], scores["tokens"]["value"]) == (-(10**14), 1872455)


@pytest.mark.parametrize("number", ["1452.467219", "0.1", "12345678.1234567", "999999999999999"])
def test_a_number_is_in_every_file_digit_for_digit(number, client):
    metric = make_metric("m", unit="points")
    make_score(make_llm("Alpha"), metric, number)
    make_leaderboard([metric])
    assert csv_rows(export(client))[0]["m"] == number
    assert f'"value": {number},' in export(client, "json").content.decode()
    assert f"value: {number}\n" in client.get("/llms/alpha.yaml").content.decode()


def test_markdown_and_latex_head_their_columns_with_the_unit_and_group_thousands(board, client):
    header, _rule, alpha, *_rest = export(client, "md").content.decode().splitlines()
    names = [cell.strip(" ↓") for cell in header.split("|")[3:-1]]
    assert names == [
        "Shop accuracy (%)", r"Shop cost (\$)", "Shop latency (ms)", "Shop tokens (tokens)",
        "Shop rating (Elo)", "Shop gain",
    ]  # fmt: skip
    assert re.sub(r"[*\s]", "", alpha).split("|")[3:-1] == [
        "91.2", "0.25", "1,204", "1,872,455", "1,452.5", "-100,000,000,000,000",
    ]  # fmt: skip
    latex = export(client, "tex").content.decode()
    assert r"accuracy (\%) & cost (\$)" in latex
    assert "1,872,455" in latex


@pytest.mark.parametrize(
    ("fields", "value", "shown"),
    [
        ({"unit": "other", "unit_label": "$", "label_in_front": True}, "0.25", "$0.25"),
        ({"unit": "other", "unit_label": "$", "label_in_front": True}, "-3", "-$3.00"),
        ({"unit": "other", "unit_label": "ms", "decimals": 0}, "1204", "1,204\u00a0ms"),
        ({"unit": "percent"}, "91.25", "91.25%"),
        ({"unit": "points"}, "-100000000000000", "-100,000,000,000,000.00"),
        ({}, "0.5", "0.50"),
    ],
)
def test_a_badge_has_the_value_with_its_unit(fields, value, shown, client):
    metric = make_metric("m", is_share_of_questions=False, **fields)
    make_score(make_llm("Alpha"), metric, value)
    make_leaderboard([metric])
    assert badge_texts(client, "/llms/alpha/badge.svg")[1] == f"#1 of 1 · Board {shown}"


def test_a_model_card_names_each_metric_with_its_unit(board, client):
    card = yaml.safe_load(client.get("/llms/alpha.yaml").content)
    (result,) = card["model-index"][0]["results"]
    assert [(metric["name"], metric["value"]) for metric in result["metrics"]] == [
        ("Shop accuracy (%)", 91.2), ("Shop cost ($)", 0.25), ("Shop latency (ms)", 1204),
        ("Shop tokens (tokens)", 1872455), ("Shop rating (Elo)", 1452.467219),
        ("Shop gain", -(10**14)),
    ]  # fmt: skip


def test_search_engines_read_the_units(board, client):
    page = client.get("/").content.decode()
    assert '"Shop latency (ms)"' in page
