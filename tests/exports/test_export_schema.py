"""Exports have the shape that is documented."""

import json
import re

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from leaderboard.exports.as_json import SHAPE_VERSION
from leaderboard.exports.schema import SCHEMA
from leaderboard.models import Score
from leaderboard.pages.selection import Selection
from tests.exports.taking import ENDINGS, FILTERED, export, make_tiny_leaderboard

pytestmark = pytest.mark.django_db


def validate(document):
    Draft202012Validator(SCHEMA, format_checker=FormatChecker()).validate(document)


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["version"] == {"const": SHAPE_VERSION}


@pytest.mark.parametrize("query", [{}, FILTERED, {"intervals": "off"}, {"columns": "average"}])
def test_the_seed_has_the_documented_shape(query, anesbench, client):
    Score.objects.get(llm__slug="gpt-4o", metric__key="anesbench-overall").delete()
    Score.objects.get(llm__slug="gpt-4o", metric__key="amcqa-system1").delete()
    validate(export(client, "json", "anesbench", **query).json())


def test_what_is_missing_and_unknown_has_the_documented_shape(client):
    make_tiny_leaderboard()
    validate(export(client, "json").json())


def test_a_score_says_whether_it_was_computed_and_checked(anesbench, client):
    Score.objects.get(llm__slug="gpt-4o", metric__key="anesbench-overall").delete()
    Score.objects.get(llm__slug="gpt-4o", metric__key="amcqa-system1").delete()
    rows = export(client, "json", "anesbench").json()["rows"]
    scores = next(row["scores"] for row in rows if row["slug"] == "gpt-4o")
    assert scores["amcqa-system1"] is None
    assert {
        key: (score["computed"], score["checked"])
        for key, score in scores.items()
        if score and not key.endswith(("system1", "system1x", "system2"))
    } == {
        "anesbench-overall": (True, None),
        "amcqa-overall": (False, False),
        "average": (False, True),
    }


def test_the_api_page_shows_the_schema_and_every_parameter(anesbench, client):
    response = client.get("/api/")
    page = response.content.decode()
    assert json.loads(response.context["schema"]) == SCHEMA
    assert "https://json-schema.org/draft/2020-12/schema" in page
    # Facts have a parameter each, which the page says; an exported page alone shows every column.
    parameters = {*Selection.__dataclass_fields__} - {"page", "facts", "every"}
    assert "<code>fact_" in page
    assert {name for name in parameters if f"<code>{name}</code>" not in page} == set()
    assert [f'href="/leaderboard/anesbench.{ending}"' in page for ending in ENDINGS] == [True] * 6


def test_the_api_page_does_without_a_leaderboard(client):
    assert client.get("/api/").status_code == 200


def test_the_csv_names_its_columns_as_the_api_page_says(client):
    make_tiny_leaderboard()
    page = client.get("/api/").content.decode()
    header = export(client).content.decode().partition("\r\n")[0].split(",")[:13]
    assert re.findall(r"<code>(\w+)</code>", page.partition("The columns: ")[2])[:13] == header
