"""The boxes of scores on the form of an LLM: in folds by leaderboard, those it is on open."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import make_benchmark, make_leaderboard, make_llm, make_metric, make_score

ADD = "/admin/leaderboard/llm/add/"


def change_address(llm):
    return reverse("admin:leaderboard_llm_change", args=[llm.pk])


def folds_of(response):
    """(heading, boxes, whether it is open) of each fieldset of scores, in order."""
    return [
        (str(fieldset.name), [str(name) for name in fieldset.fields], not fieldset.is_collapsible)
        for fieldset in response.context["adminform"]
        if "scores" in fieldset.classes
    ]


@pytest.fixture
def two_boards(db):
    """Two leaderboards that share a metric, and one metric on neither."""
    bench = make_benchmark("Bench")
    names = ("shared", "own", "other", "spare")
    metrics = {
        name: make_metric(name, benchmark=bench if name == "own" else None) for name in names
    }
    make_leaderboard([metrics["shared"], metrics["own"]], title="First", slug="first")
    both = [metrics["shared"], metrics["other"]]
    make_leaderboard(both, title="Second", slug="second", position=1)
    return metrics


def test_a_new_llm_is_offered_the_first_leaderboard(anna, two_boards):
    assert folds_of(anna.get(ADD)) == [
        ("Scores, First: across benchmarks", ["score-shared"], True),
        ("Scores, First: Bench", ["score-own"], True),
        ("Scores, Second: across benchmarks", ["score-other"], False),
    ]


def test_the_leaderboards_of_an_llm_come_first_and_open(anna, two_boards):
    llm = make_llm()
    make_score(llm, two_boards["other"], 0.5)
    make_score(llm, two_boards["spare"], 0.5)
    assert folds_of(anna.get(change_address(llm))) == [
        ("Scores, Second: across benchmarks", ["score-shared", "score-other"], True),
        ("Scores, First: Bench", ["score-own"], False),
        ("Scores, on no leaderboard: across benchmarks", ["score-spare"], True),
    ]


def test_what_is_refused_is_listed_with_links_and_its_fold_is_open(anna, two_boards):
    posted = {"name": "Alpha", "score-shared": "0.5", "score-other": "7", "parameters": "-1"}
    refused = anna.post(ADD, posted)
    page = refused.content.decode()
    links = re.findall(r'<li><a href="#([^"]+)">([^<]+)</a>: ([^<]+)</li>', page)
    assert [(anchor, label) for anchor, label, _sentence in links] == [
        ("id_parameters", "Parameters (billions)"), ("id_score-other", "other"),
    ]  # fmt: skip
    assert all(f'id="{anchor}"' in page for anchor, _label, _sentence in links)
    assert folds_of(refused)[-1] == ("Scores, Second: across benchmarks", ["score-other"], True)


def test_scores_come_before_facts(anna, two_boards):
    names = [
        fieldset.name for fieldset in anna.get(change_address(make_llm())).context["adminform"]
    ]
    assert [str(name) for name in names[-2:]] == ["Source and reason of these scores", "Facts"]


@pytest.mark.parametrize(("count", "is_offered"), [(30, False), (31, True)])
def test_many_scores_can_be_searched(count, is_offered, anna):
    make_leaderboard([make_metric(f"metric-{number}") for number in range(count)])
    assert ('id="find-score"' in anna.get(ADD).content.decode()) is is_offered


def test_the_number_of_queries_does_not_grow_with_leaderboards(anna, two_boards):
    with CaptureQueriesContext(connection) as before:
        anna.get(ADD)
    for number in range(3):
        metrics = [make_metric(f"more-{number}-{each}") for each in range(5)]
        make_leaderboard(metrics, title=f"More {number}", slug=f"more-{number}")
    with CaptureQueriesContext(connection) as after:
        anna.get(ADD)
    assert len(after) == len(before)
