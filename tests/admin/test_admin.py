"""What a maintainer does: through the forms, as the group Maintainers, never as a superuser."""

import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from leaderboard.models import (
    LLM,
    Alias,
    Benchmark,
    Column,
    ContentRevision,
    Leaderboard,
    Metric,
    Score,
    Source,
)
from tests.admin.two_maintainers import confirm
from tests.factories import SEED_METRICS, make_leaderboard, make_llm, make_metric, make_score
from tests.page_reader import page_form

YES_NO = ["open_weights", "reasoning"]  # three answers in a select box, so “no” is posted


@pytest.fixture
def maintainer(client, django_user_model):
    user = django_user_model.objects.create_user("maintainer", is_staff=True)
    user.groups.add(Group.objects.get(name="Maintainers"))
    client.force_login(user)
    return client


def fields_of(response):
    """What a browser would post back of the form it was shown."""
    form = response.context["adminform"].form
    data = {bound.html_name: bound.value() for bound in form if bound.value() is not None}
    data = {name: value for name, value in data.items() if value is not False or name in YES_NO}
    data["opened"] = response.context["opened"]
    for formset in response.context["inline_admin_formsets"]:
        for inline in [formset.formset.management_form, *formset.formset.forms]:
            data |= {each.html_name: each.value() for each in inline if each.value() is not None}
    return data


def change(client, instance, **changes):
    name = instance._meta.model_name
    url = reverse(f"admin:leaderboard_{name}_change", args=[instance.pk])
    response = client.post(url, fields_of(client.get(url)) | changes)
    return follow(client, confirm(client, instance, response))


def follow(client, response):
    return client.get(response["Location"]) if response.status_code == 302 else response


def errors(response):
    return response.context["adminform"].form.errors


def told(response):
    return [str(message) for message in response.context["messages"]]


ADD = "/admin/leaderboard/llm/add/"


def new_llm(maintainer, name, **typed):
    """The form of a new LLM, as it is opened, with what is typed."""
    return page_form(maintainer.get(ADD), "llm_form") | {"name": name} | typed


def test_an_llm_with_nine_scores_is_one_form_and_ranked_at_the_next_request(maintainer, anesbench):
    source = Source.objects.get()
    values = ["0.86", "0.79", "0.71", "0.83", "0.89", "0.86", "0.82", "0.88", "0.86"]
    boxes = {f"score-{key}": value for key, value in zip(SEED_METRICS, values, strict=True)}
    response = maintainer.post(ADD, new_llm(maintainer, "Newcomer-1", source=source.pk, **boxes))
    assert response.status_code == 302
    scores = Score.objects.filter(llm__slug="newcomer-1").order_by("metric_id")
    assert [str(score.value.normalize()) for score in scores] == values
    assert {score.source for score in scores} == {source}
    page = maintainer.get("/leaderboard/").content.decode()
    assert re.findall(r'<tr id="([^"]+)"', page)[:2] == ["newcomer-1", "deepseek-r1"]


def test_the_form_shows_a_box_per_metric_grouped_by_benchmark_in_column_order(
    maintainer, anesbench
):
    response = maintainer.get(reverse("admin:leaderboard_llm_add"))
    groups = [
        (fieldset.name, list(fieldset.fields))
        for fieldset in response.context["adminform"]
        if fieldset.name and fieldset.name.startswith("Scores")
    ]
    assert groups == [
        ("Scores: AnesBench", [f"score-{key}" for key in SEED_METRICS[:4]]),
        ("Scores: AMCQA", [f"score-{key}" for key in SEED_METRICS[4:8]]),
        ("Scores: across benchmarks", ["score-average"]),
    ]


def test_saving_the_form_as_it_was_shown_changes_nothing(maintainer, anesbench):
    before = ContentRevision.objects.get().token
    change(maintainer, LLM.objects.get(slug="gpt-4o"))
    assert ContentRevision.objects.get().token == before
    assert Score.history.count() == 459
    assert LLM.history.count() == 51


def test_a_published_score_changes_only_with_a_reason(maintainer, anesbench):
    llm = LLM.objects.get(slug="gpt-4o")
    response = change(maintainer, llm, **{"score-average": "0.78"})
    assert errors(response) == {"reason": ["Say why these published scores change: Average."]}
    change(maintainer, llm, **{"score-average": "0.78", "reason": "Recounted."})
    latest = Score.history.filter(llm=llm, metric__key="average").first()
    assert (str(latest.value.normalize()), latest.history_change_reason) == ("0.78", "Recounted.")
    assert latest.history_user.username == "maintainer"


def test_an_emptied_box_is_no_score_and_its_history_stays(maintainer, anesbench):
    llm = LLM.objects.get(slug="gpt-4o")
    change(maintainer, llm, **{"score-average": "", "reason": "Withdrawn."})
    assert not llm.scores.filter(metric__key="average").exists()
    latest = Score.history.filter(llm=llm, metric__key="average").first()
    assert (latest.history_type, latest.history_change_reason) == ("-", "Withdrawn.")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("87", "87 is outside the range of Average (0 to 1, proportion). If this is 87 %, type "
               "0.87."),
        ("1e999", "“1e999” is too large. Type a number below 10¹⁵."),
        ("NaN", "“NaN” is not a number here: leave the box empty if there is no score."),
        ("inf", "“inf” is not a number here: leave the box empty if there is no score."),
        ("0,87", "“0,87” is not a number here: use a point for the decimals, like 0.87."),
        ("87.3 %", "“87.3 %” is not a number here: leave out the percent sign and type the number "
                   "in the unit of the metric."),
        ("0x1A", "“0x1A” is not a number here: type plain digits with a point, like 0.87."),
        ("1_0", "“1_0” is not a number here: type plain digits with a point, like 0.87."),
        ("１.５", "“１.５” is not a number here: type plain digits 0–9 and a point, without "
                 "special characters or spaces."),
    ],
)  # fmt: skip
def test_a_number_that_is_none_is_refused_with_a_sentence(maintainer, anesbench, typed, sentence):
    llm = LLM.objects.get(slug="gpt-4o")
    response = change(maintainer, llm, **{"score-average": typed, "reason": "x"})
    assert errors(response) == {"score-average": [sentence]}
    assert str(llm.scores.get(metric__key="average").value.normalize()) == "0.77"


def test_the_admin_says_which_numbers_disagree_and_the_page_shows_the_computed_one(
    maintainer, anesbench
):
    llm = LLM.objects.get(slug="gpt-4o")
    response = change(
        maintainer, llm, **{"score-anesbench-overall": "0.99", "reason": "Typing error."}
    )
    sentence = (
        "AnesBench overall of gpt-4o: 0.99 was entered, but its components give 0.77071379, more "
        "than the 0.01 that rounding allows. The page shows the computed value. Correct whichever "
        "number is wrong."
    )
    assert told(response)[0] == sentence
    form = maintainer.get(reverse("admin:leaderboard_llm_change", args=[llm.pk]))
    assert form.content.decode().count(sentence) == 1
    assert "0.99" not in maintainer.get("/leaderboard/").content.decode()


def test_the_reason_and_source_of_a_single_score_form_reach_its_history(maintainer, anesbench):
    score = Score.objects.get(llm__slug="gpt-4o", metric__key="average")
    response = change(maintainer, score, value="0.78")
    assert errors(response) == {"reason": ["Say why this published score changes."]}
    change(maintainer, score, value="0.78", reason="Recounted.")
    assert score.history.first().history_change_reason == "Recounted."
    page = maintainer.get(reverse("admin:leaderboard_score_history", args=[score.pk]))
    assert "<strong>Value:</strong> 0.77 → 0.78</li>" in page.content.decode()


def test_the_history_of_an_llm_holds_its_scores_and_who_changed_them(maintainer, anesbench):
    llm = LLM.objects.get(slug="gpt-4o")
    change(maintainer, llm, **{"score-average": "0.78", "reason": "Recounted."})
    page = maintainer.get(reverse("admin:leaderboard_llm_history", args=[llm.pk]))
    rows = re.findall(r'<tr class="score">(.*?)</tr>', page.content.decode(), re.DOTALL)
    assert len(rows) == 10  # nine of the seed and this one
    assert re.findall(r"<td>(.*?)</td>", rows[0])[1:] == [
        "Average", "0.77 → 0.78", "Recounted.", "maintainer",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("bad \x1b[31m", "Character 5 is U+001B (a control character), which nobody can see. "
                         "Delete it, or type the name by hand."),
        ("see /home/me/runs/x.json", "“/home/me/runs/x.json” names a place on somebody's machine, "
                                     "and visitors read this. Leave it out."),
        ("\u200b", "Character 1 is U+200B (zero width space), which nobody can see. "
                   "Delete it, or type the name by hand."),
        (".", "A name needs at least one letter or digit."),
    ],
)  # fmt: skip
def test_a_reason_is_a_public_sentence(maintainer, anesbench, reason, sentence):
    llm = LLM.objects.get(slug="gpt-4o")
    response = change(maintainer, llm, **{"score-average": "0.78", "reason": reason})
    assert errors(response)["reason"][0] == sentence


def test_a_source_without_a_changed_score_is_not_dropped_in_silence(maintainer, anesbench):
    llm = LLM.objects.get(slug="gpt-4o")
    response = change(maintainer, llm, source=Source.objects.get().pk)
    assert list(errors(response)) == ["source"]


def test_only_a_published_metric_asks_for_a_reason(maintainer, anesbench):
    llm = LLM.objects.get(slug="gpt-4o")
    make_score(llm, make_metric("draft"), "0.5")
    change(maintainer, llm, **{"score-draft": "0.6"})
    assert str(llm.scores.get(metric__key="draft").value.normalize()) == "0.6"


def test_a_changed_score_is_no_change_of_the_llm(maintainer, anesbench):
    llm = LLM.objects.get(slug="gpt-4o")
    change(maintainer, llm, **{"score-average": "0.78", "reason": "Recounted."})
    assert llm.history.count() == 1


@pytest.mark.parametrize("value", ["abc", "9" * 30])
def test_what_is_no_row_is_a_field_error(maintainer, anesbench, value):
    llm = LLM.objects.get(slug="gpt-4o")
    assert list(errors(change(maintainer, llm, organization=value))) == ["organization"]
    assert list(errors(change(maintainer, llm, source=value))) == ["source"]
    url = f"/admin/leaderboard/llm/{value}/history/"
    assert maintainer.get(url).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"unit": "percent", "maximum": "100"}, "unit"), ({"maximum": "0.5"}, "maximum")],
)
def test_a_metric_with_scores_keeps_their_meaning(maintainer, anesbench, changes, field):
    response = change(maintainer, Metric.objects.get(key="anesbench-system1"), **changes)
    assert list(errors(response)) == [field]


def test_a_name_that_mixes_scripts_asks_once_for_confirmation(maintainer, db):
    name = "Qwеn-7B"  # the first e is Cyrillic
    response = maintainer.post(ADD, new_llm(maintainer, name, slug="qwen-7b"))
    assert list(errors(response)) == ["confirm_name"]
    assert 'type="checkbox" name="confirm_name"' in response.content.decode()
    maintainer.post(ADD, new_llm(maintainer, name, slug="qwen-7b", confirm_name="on"))
    assert LLM.objects.get().name == name


@pytest.mark.parametrize(
    "name", ["Qwen3‐8B", "ｑｗｅｎ3-8B", "QWEN3-8B", "Qwen3–8B", "Qwen3-8B\u200b"]
)  # fmt: skip
def test_a_look_alike_of_an_existing_name_is_refused(maintainer, db, name):
    make_llm("Qwen3-8B")
    response = maintainer.post(reverse("admin:leaderboard_llm_add"), {"name": name})
    assert list(errors(response)) in (["name"], ["name", "confirm_name"])
    assert LLM.objects.count() == 1


def test_a_leaderboard_is_ranked_by_one_of_its_columns(maintainer, anesbench):
    leaderboard = Leaderboard.objects.get()
    other = make_metric("other")
    response = change(maintainer, leaderboard, ranking_metric=other.pk)
    assert response.context["inline_admin_formsets"][0].formset.non_form_errors() == [
        "other is not among the columns. Add it to them, or rank by one of them."
    ]


def test_a_metric_without_direction_is_not_offered_to_rank_by(maintainer, db):
    make_metric("accuracy")
    make_metric("year", higher_is_better=None)
    query = {"app_label": "leaderboard", "model_name": "leaderboard"}
    found = maintainer.get(reverse("admin:autocomplete"), query | {"field_name": "ranking_metric"})
    assert [row["text"] for row in found.json()["results"]] == ["accuracy"]
    query = {"app_label": "leaderboard", "model_name": "column", "field_name": "metric"}
    found = maintainer.get(reverse("admin:autocomplete"), query)
    assert [row["text"] for row in found.json()["results"]] == ["accuracy", "year"]


def test_columns_are_reordered_inline(maintainer, anesbench):
    leaderboard = Leaderboard.objects.get()
    change(maintainer, leaderboard, **{"columns-8-position": "0"})
    page = maintainer.get("/leaderboard/anesbench/").content.decode()
    assert re.findall(r'data-column="([^"]+)"', page)[:3] == ["llm", "average", SEED_METRICS[0]]


def test_an_address_is_fixed_once_published(maintainer, anesbench):
    for instance in (LLM.objects.get(slug="gpt-4o"), Leaderboard.objects.get(),
                     Benchmark.objects.get(slug="amcqa")):  # fmt: skip
        change(maintainer, instance, slug="elsewhere")
        assert type(instance).objects.get(pk=instance.pk).slug == instance.slug


def test_a_draft_is_previewed_by_maintainers_and_invisible_to_visitors(maintainer, anesbench):
    draft = make_llm("Draft-1", is_published=False)
    make_score(draft, Metric.objects.get(key="average"), "0.99")
    leaderboard = Leaderboard.objects.get()
    preview = maintainer.get(reverse("preview-leaderboard", args=[leaderboard.pk]))
    assert '<tr id="draft-1">' in preview.content.decode()
    assert maintainer.get(reverse("preview-llm", args=[draft.pk])).status_code == 200
    maintainer.logout()
    for name, pk in (("preview-leaderboard", leaderboard.pk), ("preview-llm", draft.pk)):
        assert maintainer.get(reverse(name, args=[pk])).status_code == 302
    assert "Draft-1" not in maintainer.get("/leaderboard/").content.decode()


@pytest.mark.parametrize(
    "model",
    ["organization", "llm", "benchmark", "metric", "source", "score", "leaderboard"],
)
def test_every_entity_has_a_list_with_search_a_form_and_a_history(maintainer, anesbench, model):
    manager = {each._meta.model_name: each.objects for each in
               (Column, LLM, Benchmark, Metric, Source, Score, Leaderboard)}  # fmt: skip
    pk = manager[model].first().pk if model in manager else LLM.objects.first().organization_id
    for view, args in (("changelist", []), ("add", []), ("change", [pk]), ("history", [pk]),
                       ("delete", [pk])):  # fmt: skip
        url = reverse(f"admin:leaderboard_{model}_{view}", args=args)
        response = maintainer.get(url, {"q": "qwen"} if view == "changelist" else {})
        # A score alone is removed on the form of its LLM, which asks for a reason.
        assert response.status_code == (403 if (model, view) == ("score", "delete") else 200)


def test_an_address_of_the_admin_that_is_no_number_leads_nowhere(maintainer, db):
    for part in ("history", "change", "delete"):
        url = f"/admin/leaderboard/llm/abc/{part}/"
        assert maintainer.get(url, follow=True).status_code in (200, 404)


def test_maintainers_change_content_and_nothing_else(maintainer, db):
    response = maintainer.get(reverse("admin:index"))
    assert [app["app_label"] for app in response.context["app_list"]] == ["leaderboard"]
    assert maintainer.get(reverse("admin:auth_user_changelist")).status_code == 403


def test_deleting_a_benchmark_says_how_many_scores_go_with_it(maintainer, anesbench):
    make_metric("lonely", benchmark=Benchmark.objects.create(name="Lonely"))
    lonely = Benchmark.objects.get(slug="lonely")
    make_score(LLM.objects.get(slug="gpt-4o"), Metric.objects.get(key="lonely"), "0.5")
    page = maintainer.get(reverse("admin:leaderboard_benchmark_delete", args=[lonely.pk]))
    assert "<li>Scores: 1</li>" in page.content.decode()


@pytest.mark.long
def test_a_form_with_four_hundred_scores_saves(maintainer, db):
    metrics = [make_metric(f"m{number}") for number in range(400)]
    make_leaderboard(metrics)
    llm = make_llm()
    response = change(maintainer, llm, **{f"score-{each.key}": "0.5" for each in metrics})
    assert response.status_code == 200
    assert llm.scores.count() == 400


def test_an_alias_that_exists_is_refused_in_words(maintainer):
    llm, metric = make_llm("Alpha"), make_metric()
    Alias.objects.create(name="org__Alpha", llm=llm)
    add = reverse("admin:leaderboard_alias_add")
    answers = [
        maintainer.post(add, {"name": "ORG__alpha", "llm": llm.pk}),
        maintainer.post(add, {"name": "ﷺ" * 30, "llm": llm.pk}),  # folds to 540 characters
        maintainer.post(add, {"name": "both", "llm": llm.pk, "metric": metric.pk}),
        maintainer.post(add, {"name": "org__alpha", "metric": metric.pk}),  # of another kind
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 302]
    assert "This name stands for an LLM already." in answers[0].content.decode()
    assert "The name is too long." in answers[1].content.decode()
    assert "Choose an LLM or a metric, and only one." in answers[2].content.decode()


def test_an_alias_has_a_history_with_its_user(maintainer):
    llm = make_llm("Alpha")
    alias = Alias.objects.create(name="first", llm=llm)
    address = reverse("admin:leaderboard_alias_change", args=[alias.pk])
    form = page_form(maintainer.get(address), "alias_form")
    assert maintainer.post(address, form | {"name": "second"}).status_code == 302
    told = [(record.name, str(record.history_user)) for record in alias.history.all()]
    assert told == [("second", "maintainer"), ("first", "None")]
    history = maintainer.get(reverse("admin:leaderboard_alias_history", args=[alias.pk]))
    assert "second" in history.content.decode()
