"""Who has some of the permissions of Maintainers does and sees no more than they say."""

import pytest
from django.urls import reverse

from leaderboard.models import DraftLink, Score
from leaderboard.trail.deletions import NAMED
from tests.admin.two_maintainers import address, staff
from tests.factories import make_leaderboard, make_llm, make_metric, make_score
from tests.page_reader import page_form

DELETED = "/admin/leaderboard/leaderboard/deleted/"
VIEWS = [f"view_{model._meta.model_name}" for model in NAMED]
SCORES = ("add_score", "change_score", "delete_score")


@pytest.fixture
def score(db):
    metric = make_metric("accuracy")
    make_leaderboard([metric])
    return make_score(make_llm(is_published=False), metric, "0.5")


@pytest.mark.parametrize("left_out", [*SCORES, None])
def test_the_form_of_an_llm_writes_scores_for_who_may_write_scores(
    left_out, score, django_user_model
):
    names = [name for name in SCORES if name != left_out]
    client, page = staff(django_user_model, "change_llm", *names), address(score.llm)
    form = page_form(client.get(page)) | {"score-accuracy": "0.25", "name": "Renamed"}
    assert client.post(page, form).status_code == 302
    value = Score.objects.get().value
    assert (str(value.normalize()), score.llm.history.latest().name) == (
        "0.5" if left_out else "0.25",
        "Renamed",
    )
    emptied = page_form(client.get(page)) | {"score-accuracy": ""}
    client.post(page, emptied)
    assert Score.objects.exists() == bool(left_out)


def test_a_new_llm_comes_without_scores_from_who_may_write_none(score, django_user_model):
    client, page = staff(django_user_model, "add_llm"), reverse("admin:leaderboard_llm_add")
    form = page_form(client.get(page)) | {"name": "New", "score-accuracy": "0.25"}
    assert client.post(page, form).status_code == 302
    assert Score.objects.count() == 1


@pytest.mark.parametrize("left_out", VIEWS)
def test_what_was_deleted_is_named_to_who_may_see_all_of_it(left_out, score, django_user_model):
    score.llm.delete()
    names = [name for name in VIEWS if name != left_out]
    assert staff(django_user_model, *names).get(DELETED).status_code == 403


def test_who_may_see_all_content_sees_what_was_deleted(score, django_user_model):
    score.llm.delete()
    client = staff(django_user_model, *VIEWS)
    assert b"Alpha" in client.get(DELETED).content
    assert DELETED.encode() in client.get("/admin/").content


def test_a_link_of_another_is_revoked_by_who_may_change_links(score, anna, django_user_model):
    page = reverse("admin:share-draft", args=["llm", score.llm_id])
    anna.post(page)
    theirs = DraftLink.objects.get()
    client = staff(django_user_model, "add_draftlink", "view_llm")
    client.post(page)
    own = DraftLink.objects.exclude(pk=theirs.pk).get()
    assert client.get(page).content.count(b'name="revoke"') == 1
    assert client.post(page, {"revoke": theirs.pk}).status_code == 403
    assert client.post(page, {"revoke": own.pk}).status_code == 302
    assert list(DraftLink.objects.filter(revoked_at=None)) == [theirs]
