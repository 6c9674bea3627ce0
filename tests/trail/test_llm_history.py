"""What an LLM's scores were shown as over time, with the reasons."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leaderboard.models import Leaderboard
from leaderboard.models.locks import content_lock
from leaderboard.trail.filling import fill_differences
from leaderboard.trail.llm_history import load_histories
from tests.factories import make_leaderboard
from tests.trail.editing import llm, make_site, make_weighted, metric, score, setting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site():
    with content_lock():
        make_site()


def correct(value, reason, name="Alpha", key="one"):
    row = score(name, key)()
    row.value, row._change_reason = Decimal(value), reason
    row.save()


def histories(slug="alpha"):
    """{metric: [(value, reasons)]}"""
    fill_differences()
    found = load_histories(Leaderboard.objects.published(), slug)
    return {
        key: [(step.value and str(step.value), *step.reasons) for step in steps]
        for key, steps in found.items()
    }


def test_only_metrics_with_more_than_one_value_have_a_history():
    assert histories() == {}
    correct("0.61", "Recounted.")
    assert histories() == {
        "one": [("0.30",), ("0.61", "Recounted.")],
        "mean": [("0.3",), ("0.455", "Recounted.")],
    }
    assert histories("beta") == {}


def test_a_redefined_aggregate_moves_without_a_score_being_written():
    correct("0.90", "Recounted.")
    make_weighted()
    assert [value for value, *_reasons in histories()["mean"]] == ["0.3", "0.6", "0.75"]


def test_what_was_not_shown_is_a_gap():
    correct("0.61", "Recounted.")
    setting(llm("Alpha"), is_published=False)()
    setting(llm("Alpha"), is_published=True)()
    assert [value for value, *_reasons in histories()["one"]] == ["0.30", "0.61", None, "0.61"]


def test_a_leaderboard_that_stops_showing_a_metric_leaves_it_where_another_one_shows_it():
    make_leaderboard([metric("one")()], slug="second", title="Second")
    correct("0.61", "Recounted.")
    Leaderboard.objects.get(slug="board").columns.get(metric__key="one").delete()
    assert [value for value, *_reasons in histories()["one"]] == ["0.30", "0.61"]


def test_a_metric_in_another_unit_begins_anew():
    setting(metric("speed"), unit="other", unit_label="ms")()
    correct("4.5", "Measured again.", key="speed")
    setting(metric("speed"), unit_label="s")()
    assert "speed" not in histories()
    correct("0.0045", "In seconds.", key="speed")
    assert histories()["speed"] == [("4.50",), ("0.0045", "In seconds.")]


def test_it_is_one_query_however_much_happened():
    for value in ("0.61", "0.62", "0.63"):
        correct(value, "Recounted.")
    fill_differences()
    boards = list(Leaderboard.objects.published())
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = load_histories(boards, "alpha")
    assert (len(queries), len(found["one"])) == (1, 4)
