"""Model cards: all shown scores of an LLM, as YAML."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import yaml

from leaderboard.exports.model_card import write_model_card, yaml_lines
from leaderboard.models import LLM, ContentRevision, Metric, Score
from tests.exports.sharing import ATTACKS, SITE, badge_texts, content
from tests.factories import (
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
)

# Model card


def card_entry(kind, benchmark, metric, value, source):
    """What a card says of one score."""
    return {
        "task": {"type": "text-generation", "name": "Text Generation"},
        "dataset": {"type": kind, "name": benchmark},
        "metrics": [metric | {"value": value}],
        "source": source,
    }


def test_a_model_card_holds_all_shown_scores(board, client):
    metric = Metric.objects.get()
    metric.benchmark.dataset = "https://huggingface.co/datasets/org/bench"
    metric.benchmark.save()
    f1 = make_metric(
        "f1", name="F1", benchmark=make_benchmark("Other"), is_share_of_questions=False
    )
    mean = make_aggregate("mean", [metric, f1], name="Mean", is_share_of_questions=False)
    make_leaderboard([f1, mean], slug="more", title="More", position=2)
    make_score(LLM.objects.get(slug="alpha"), f1, "0.12345678")
    here = {"name": "Leaderboard", "url": f"{SITE}/llms/alpha/"}
    paper = {"name": "Paper", "url": "https://example.org/paper"}
    accuracy = {"type": "accuracy", "name": "Bench accuracy"}
    of_both = {"type": "mean", "name": "Mean"}
    (card,) = yaml.safe_load(content(client, "/llms/alpha.yaml"))["model-index"]
    assert card == {
        "name": "Alpha",
        "results": [
            card_entry("org/bench", "Bench", accuracy, 0.85, paper),
            card_entry("other", "Other", {"type": "f1", "name": "Other F1"}, 0.12345678, here),
            card_entry("bench-other", "Bench, Other", of_both, 0.48672839, here),
        ],
    }


def test_a_model_card_is_a_file_for_every_site_and_is_not_sent_again(board, client):
    headers = client.get("/llms/alpha.yaml").headers
    assert headers["Content-Type"] == "text/yaml; charset=utf-8"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["Access-Control-Allow-Origin"] == "*"
    again = client.get("/llms/alpha.yaml", headers={"If-None-Match": headers["ETag"]})
    assert again.status_code == 304


def test_the_card_of_the_seed_groups_scores_by_benchmark_and_source(anesbench, client):
    (card,) = yaml.safe_load(content(client, "/llms/gpt-4o.yaml"))["model-index"]
    shown = {
        result["dataset"]["name"]: [metric["value"] for metric in result["metrics"]]
        for result in card["results"]
    }
    assert shown == {
        "AnesBench": [0.81, 0.72, 0.59, 0.77],
        "AMCQA": [0.78, 0.77, 0.68, 0.78],
        "AnesBench, AMCQA": [0.77],
    }


def test_a_refused_value_is_on_no_card_and_no_badge(anesbench, client):
    score = Score.objects.get(llm__slug="gpt-4o", metric__key="average")
    score.value = Decimal("0.99")
    score.save()
    text = content(client, "/llms/gpt-4o.yaml")
    assert text.count("0.99") == 0
    assert yaml.safe_load(text)["model-index"][0]["results"][-1] == {
        "task": {"type": "text-generation", "name": "Text Generation"},
        "dataset": {"type": "anesbench-amcqa", "name": "AnesBench, AMCQA"},
        "metrics": [{"type": "average", "name": "Average", "value": 0.775}],
        "source": {"name": "LeaderBoard", "url": f"{SITE}/llms/gpt-4o/"},
    }
    assert badge_texts(client, "/llms/gpt-4o/badge.svg")[1] == "#2 of 51 · AnesBench 0.78"


def test_an_llm_without_scores_has_an_empty_card(board, client):
    make_llm("Gamma")
    card = yaml.safe_load(content(client, "/llms/gamma.yaml"))
    assert card == {"model-index": [{"name": "Gamma", "results": []}]}


@pytest.mark.parametrize(
    "text",
    [
        *ATTACKS, "", "yes", "no", "null", "~", "1e3", "0x1F", "1:30", "- a", "a: b", "# a", "&a",
        "*a", "!a", "%a", "@a", "|", ">", "a\nb", "---", "'", '"', "\\", "\t", "中文", "😀", "é",
        "\u2028\u2029\x85\x7f\xa0\ufeff\ufffe", "\ud800", "{{ x }}", "</",
    ],
)  # fmt: skip
def test_any_text_is_the_same_text_after_yaml(text):
    data = {"a": [{"b": text, "c": [text, {"d": text}]}], "e": text, "f": [], "g": Decimal("0.60")}
    read = yaml.safe_load("\n".join(yaml_lines(data)))
    assert read == data | {"g": 0.6}


def test_a_card_without_a_revision_says_no_date():
    card = {"model-index": []}
    day = datetime(2026, 1, 2, tzinfo=UTC)
    first = [
        write_model_card(card, "x", ContentRevision(token=token, changed_at=day)).splitlines()[0]
        for token in ("", "t")
    ]
    assert first == ["# From x", "# From x, 2026-01-02"]
