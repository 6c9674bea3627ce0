"""What an LLM's scores were shown as over time, with the reasons."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leaderboard.models import LLM, Alias, Column, Leaderboard
from leaderboard.models.locks import content_lock
from leaderboard.trail.filling import fill_differences
from leaderboard.trail.llm_history import load_histories
from tests.factories import make_leaderboard, make_llm, make_metric, make_score
from tests.trail.editing import EDITS, llm, make_site, make_weighted, metric, score, setting

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
    found = load_histories(Leaderboard.objects.published(), LLM.objects.get(slug=slug))
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


def test_it_is_few_queries_however_much_happened():
    for value in ("0.61", "0.62", "0.63"):
        correct(value, "Recounted.")
    fill_differences()
    boards = list(Leaderboard.objects.published())
    for name, count, steps in (("Alpha", 3, 4), ("Beta", 1, 0)):
        row = llm(name)()
        with CaptureQueriesContext(connection) as queries:
            found = load_histories(boards, row)
        assert (len(queries), len(found.get("one", ()))) == (count, steps)


def test_another_llm_of_that_address_has_none_of_it():
    correct("0.61", "Of the first one.")
    llm("Alpha")().delete()
    make_score(make_llm("Alpha"), metric("one")(), "0.33")
    assert histories() == {}
    correct("0.34", "Of the second one.")
    assert histories()["one"] == [("0.33",), ("0.34", "Of the second one.")]


def test_an_llm_that_takes_the_address_of_another_has_none_of_it():
    correct("0.61", "Of Alpha.")
    setting(llm("Alpha"), name="Omega", slug="omega")()
    Alias.objects.all().delete()
    setting(llm("Beta"), slug="alpha")()
    assert histories() == {}
    correct("0.62", "Of Beta.", name="Beta")
    assert histories()["one"] == [("0.40",), ("0.62", "Of Beta.")]


def test_an_llm_that_is_put_back_has_its_own_again():
    correct("0.61", "Recounted.", name="Beta")
    EDITS["delete an LLM"]()
    EDITS["restore"]()
    assert histories("beta")["one"] == [
        ("0.40",), ("0.61", "Recounted."), (None,), ("0.61", "By mistake."),
    ]  # fmt: skip


def test_another_metric_of_that_key_has_none_of_it():
    make_leaderboard([metric("two")()], slug="second", title="Second")
    correct("4.5", "Of the first one.", key="speed")
    metric("speed")().columns.all().delete()
    metric("speed")().delete()
    again = make_metric("speed")
    Column.objects.create(leaderboard=Leaderboard.objects.get(slug="board"), metric=again)
    make_score(llm("Alpha")(), again, "0.7")
    assert "speed" not in histories()
    correct("0.8", "Of the second one.", key="speed")
    assert histories()["speed"] == [("0.70",), ("0.80", "Of the second one.")]
