"""A form whose first try PostgreSQL undid: what the second try stores and tells is all there is."""

import pytest
from django.urls import reverse

from leaderboard.models import LLM, revision
from leaderboard.trail.publicity import find_times_of_llms
from tests.admin.two_maintainers import address, maintainer, opened
from tests.factories import make_leaderboard, make_llm, make_metric, make_score
from tests.second_tries import fail_once


@pytest.fixture
def anna(transactional_db, django_user_model):
    return maintainer(django_user_model, "anna")


def edit_alpha():
    """What somebody else does between the tries."""
    row = LLM.objects.get(name="Alpha")
    row.license = "MIT"
    row.save()


def test_nothing_is_told_as_saved_that_the_second_try_refuses(anna, monkeypatch):
    metric = make_metric()
    make_leaderboard([metric])
    alpha = make_llm("Alpha")
    make_score(alpha, metric, "0.5")
    form = opened(anna, alpha) | {"license": "GPL"}
    assert fail_once(monkeypatch, revision, "tell_touched", edit_alpha) == []
    page = anna.post(address(alpha), form)
    assert LLM.objects.get().license == "MIT"
    text = page.content.decode()
    assert page.status_code == 200
    assert "Nothing was saved yet" in text
    assert "was changed successfully" not in text


def test_what_the_second_try_stores_is_dated_after_what_came_in_between(anna, monkeypatch):
    alpha = make_llm("Alpha")
    failed = fail_once(monkeypatch, revision, "publish_change", edit_alpha)
    data = {"action": "hide_selected", "_selected_action": [str(alpha.pk)]}
    anna.post(reverse("admin:leaderboard_llm_changelist"), data)
    assert failed
    row = LLM.objects.get()
    assert (row.is_published, row.license) == (False, "MIT")
    dates = list(LLM.history.order_by("history_id").values_list("history_date", flat=True))
    assert dates == sorted(dates)
    assert not find_times_of_llms([alpha.pk])[alpha.pk].holds_now
