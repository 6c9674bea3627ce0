"""What verify and the admin's consistency page find."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse

from leaderboard.models import LLM, Score
from leaderboard.standings.consistency import FindingKind, check
from tests.factories import make_leaderboard, make_llm, make_metric, make_score


def verify():
    """(exit code, what it says)"""
    out = StringIO()
    try:
        call_command("verify", stdout=out)
    except SystemExit as stop:
        return stop.code, out.getvalue()
    return 0, out.getvalue()


def set_score(key, value):
    score = Score.objects.get(llm__slug="gpt-4o", metric__key=key)
    score.value = value
    score.save()
    return score


def test_all_aggregates_of_the_seed_agree(anesbench):
    assert verify() == (
        0,
        "153 reported aggregates agree with their components, 0 do not.\n",
    )


def test_a_disagreement_names_the_llm_both_values_and_the_tolerance_and_fails(anesbench):
    llm = set_score("anesbench-overall", "0.99").llm
    code, said = verify()
    assert (code, said) == (
        1,
        "Aggregates that disagree with their components (1)\n"
        "  AnesBench overall of gpt-4o: 0.99 was entered, but its components give 0.77071379, more "
        "than the 0.01 that rounding allows. The page shows the computed value. Correct whichever "
        "number is wrong.\n"
        f"    mend it at /admin/leaderboard/llm/{llm.pk}/change/\n"
        "152 reported aggregates agree with their components, 1 do not.\n",
    )


def test_a_draft_that_disagrees_is_found_too(anesbench):
    set_score("anesbench-overall", "0.99")
    LLM.objects.get(slug="gpt-4o").delete()
    assert verify()[0] == 0
    draft = make_llm("Draft", is_published=False)
    for score in Score.objects.filter(llm__slug="deepseek-r1").select_related("metric"):
        value = "0.1" if score.metric.key == "average" else score.value
        make_score(draft, score.metric, value)
    assert verify()[0] == 1


def test_what_is_missing_is_listed_and_does_not_fail(anesbench):
    Score.objects.get(llm__slug="gpt-4o", metric__key="anesbench-system2").delete()
    report = check()
    assert [(finding.kind, finding.text) for finding in report.findings] == [
        (
            FindingKind.UNCHECKED,
            "AnesBench overall of gpt-4o: 0.77 cannot be checked, because a component has no "
            "score. Add it if it is known.",
        ),
        (
            FindingKind.INCOMPLETE,
            "gpt-4o on LeaderBoard - AnesBench: 8 of 9 scores. Missing: AnesBench system2.",
        ),
    ]
    assert verify()[0] == 0


def test_a_partial_run_and_a_value_out_of_range_are_listed(db):
    metric = make_metric(question_count=100)
    make_leaderboard([metric])
    llm = make_llm()
    make_score(llm, metric, "0.9", question_count=10)
    metric.maximum = "0.5"
    metric.save()
    assert [(finding.kind, finding.llm_id, finding.text) for finding in check().findings] == [
        (
            FindingKind.OUT_OF_RANGE,
            llm.pk,
            "accuracy of Alpha: 0.9 is outside 0 to 0.5, proportion. Correct the value, or the "
            "range of the metric.",
        ),
        (
            FindingKind.PARTIAL,
            llm.pk,
            "accuracy of Alpha: 10 of 100 questions. Replace it by a full run.",
        ),
    ]


@pytest.mark.parametrize("group", ["Maintainers", None])
def test_the_admin_page_links_the_form_that_mends_each(client, django_user_model, anesbench, group):
    llm = set_score("anesbench-overall", "0.99").llm
    user = django_user_model.objects.create_user("somebody", is_staff=True)
    if group:
        user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    response = client.get(reverse("admin:consistency"))
    assert response.status_code == (200 if group else 403)
    link = f'<a href="/admin/leaderboard/llm/{llm.pk}/change/">Mend it</a>'
    assert response.content.decode().count(link) == (1 if group else 0)
