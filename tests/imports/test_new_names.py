"""Names, facts and sources that an import makes, held to the rules of their forms."""

from dataclasses import replace

import pytest

from leaderboard.imports.catalogue import load_catalogue
from leaderboard.imports.choices import Choices
from leaderboard.imports.preview import State
from leaderboard.imports.undo import undo
from leaderboard.imports.writing import ImportRefused
from leaderboard.models import (
    LLM,
    Alias,
    Benchmark,
    Metric,
    Organization,
    Score,
)
from leaderboard.readers.results import Problem, Provenance, ReportedFact
from tests.factories import (
    make_llm,
    make_metric,
)
from tests.imports.trying import import_, preview_of, result, scores, states

pytestmark = pytest.mark.django_db


def test_two_spellings_of_a_name_are_one_llm_and_one_metric():
    choices = Choices(
        llms={"New 1": {"to": "create", "name": "New 1"}},
        metrics={"acc": {"to": "create", "name": "acc", "key": "acc", "unit": "proportion"}},
    )
    results = (result("New 1", "acc"), result("new  1", "ACC"), result("New 1", "ACC"))
    facts = (ReportedFact("a", "new  1", "license", "MIT"),)
    preview = preview_of(*results, facts=facts, choices=choices)
    assert (states(preview), len(preview.new_llms)) == ([(State.NEW, "New 1", "acc")], 1)
    import_(*results, facts=facts, choices=choices)
    assert LLM.objects.get().license == "MIT"
    assert scores() == {("New 1", "acc"): "0.5"}
    assert preview_of(*results, facts=facts).change_count == 0


@pytest.mark.parametrize(
    ("text", "direction"), [("yes", True), ("no", False), ("neither", None), ("", True)]
)
def test_a_new_metric_has_the_direction_that_was_chosen(text, direction):
    new = {"to": "create", "name": "acc", "key": "acc", "unit": "points", "higher_is_better": text}
    import_(result(metric="acc"), choices=Choices(
        llms={"Alpha": {"to": "create", "name": "Alpha"}}, metrics={"acc": new}
    ))  # fmt: skip
    assert Metric.objects.get().higher_is_better is direction


@pytest.mark.parametrize(
    "name",
    ["https://huggingface.co/acme/tiny", "cache/models--acme--tiny/x", "acme__tiny", "acme/tiny"],
)
def test_an_llm_is_found_by_its_hugging_face_id_in_any_form(name):
    llm = make_llm("Tiny One", huggingface_id="acme/tiny")
    assert load_catalogue().llm(name) == llm.pk


def test_two_names_that_would_create_the_same_are_refused():
    make_metric()
    new = {"to": "create", "name": "Rocket"}
    line = preview_of(
        result("a/Rocket"),
        result("b/Rocket"),
        choices=Choices(llms={"a/Rocket": new, "b/Rocket": new}),
    ).blocking[0]
    assert (line.where, line.llm, line.reason.partition(",")[0]) == (
        "new LLM", "b/Rocket", "“Rocket” exists already",
    )  # fmt: skip
    make_llm()
    new = {"to": "create", "name": "acc", "unit": "points", "benchmark": "Bench"}
    choices = Choices(metrics={"x": new | {"key": "x"}, "y": new | {"key": "y"}})
    line = preview_of(result(metric="x"), result(metric="y"), choices=choices).blocking[0]
    assert line.reason.startswith("“Bench acc” exists already")


@pytest.mark.parametrize(
    ("organization", "message"),
    [
        ("АСМЕ Lаb", "mixes scripts"),
        ("x" * 300, "at most 200 characters"),
    ],
)
def test_a_new_organization_is_held_to_the_rules_of_the_form(organization, message):
    make_metric()
    make_llm("Alpha")
    new = {"to": "create", "name": "Xi", "organization": organization}
    choices = Choices(llms={"x": new}, create_organizations=True, other_facts="all")
    assert message in preview_of(result("x"), choices=choices).blocking[0].reason
    facts = (ReportedFact("a", "Alpha", "organization", organization),)
    assert message in preview_of(facts=facts, choices=choices).blocking[0].reason


def test_names_without_latin_letters_get_an_address_of_numbers():
    make_metric()
    make_llm("4")
    new = {
        name: {"to": "create", "name": name, "organization": organization}
        for name, organization in (("通义千问", "智谱"), ("文心4", "百度"), ("讯飞4", "智谱"))
    }
    choices = Choices(
        llms=new,
        metrics={
            "m": {"to": "create", "name": "m", "key": "m", "unit": "points", "benchmark": "题库"}
        },
        create_organizations=True,
    )
    imported = import_(
        *(result(name, metric) for name in new for metric in ("accuracy", "m")), choices=choices
    )
    addresses = [
        list(model.objects.order_by("pk").values_list("name", "slug"))
        for model in (LLM, Organization, Benchmark)
    ]
    assert addresses == [
        [
            ("4", "4"),
            ("通义千问", "u901a-u4e49-u5343-u95ee"),
            ("文心4", "u6587-u5fc3-4"),
            ("讯飞4", "u8baf-u98de-4"),
        ],
        [("智谱", "u667a-u8c31"), ("百度", "u767e-u5ea6")],
        [("题库", "u9898-u5e93")],
    ]
    undo(imported)
    counts = [model.objects.count() for model in (LLM, Organization, Benchmark, Metric)]
    assert counts == [1, 0, 0, 1]


def test_a_new_organization_of_an_llm_that_is_here_may_have_no_latin_letter():
    make_llm("GLM-4")
    facts = (ReportedFact("line 2", "GLM-4", "organization", "智谱"),)
    import_(facts=facts, choices=Choices(create_organizations=True, other_facts="all"))
    assert LLM.objects.get().organization.slug == "u667a-u8c31"


def test_a_taken_address_gets_a_number():
    for name in ("Alpha", "Beta", "a.b"):
        make_llm(name)
    make_metric()
    Organization.objects.create(name="A_B", slug="a-b")
    facts = (
        ReportedFact("line 2", "Alpha", "organization", "A.B"),
        ReportedFact("line 3", "Beta", "organization", "A-B"),
    )
    new = {"x": {"to": "create", "name": "A B"}, "y": {"to": "create", "name": "A-B"}}
    import_(
        result("x"),
        result("y"),
        facts=facts,
        choices=Choices(new, create_organizations=True, other_facts="all"),
    )
    rows = Organization.objects.order_by("pk").values_list("name", "slug")
    assert list(rows) == [("A_B", "a-b"), ("A.B", "a-b-2"), ("A-B", "a-b-3")]
    made = LLM.objects.filter(name__in=["A B", "A-B"]).order_by("pk")
    assert list(made.values_list("name", "slug")) == [("A B", "a-b-2"), ("A-B", "a-b-3")]


def test_two_names_of_one_llm_that_disagree_on_a_fact_are_refused():
    llm = make_llm("Alpha", license="MIT")
    Alias.objects.create(name="a", llm=llm)
    facts = (
        ReportedFact("line 2", "Alpha", "license", "BSD"),
        ReportedFact("line 3", "a", "license", "GPL"),
    )
    assert preview_of(facts=facts).blocking[0].reason == (
        "line 2 says “BSD” for the same LLM. Keep the right one."
    )
    assert preview_of(facts=(facts[0], replace(facts[1], text="BSD"))).change_count == 1


@pytest.mark.parametrize("text", ["45677", "20.1.2025", "1/20/2025", "2025-13-40"])
def test_a_day_that_a_spreadsheet_has_turned_into_something_else_is_refused(text):
    make_llm("Alpha")
    line = preview_of(facts=(ReportedFact("line 2", "Alpha", "released", text),)).blocking[0]
    assert line.reason == f"“{text}” is not a day. Type it as 2025-01-20."


def test_a_domain_in_capitals_is_no_change():
    make_llm("Alpha", domain="medical")
    assert preview_of(facts=(ReportedFact("a", "Alpha", "domain", "Medical"),)).change_count == 0


def test_what_is_no_number_needs_no_llm_and_no_metric_here():
    nan = Problem("results", "NaN", "NaN is no number.", "", "Nobody", "unknown", is_missing=True)
    assert states(preview_of(problems=(nan,))) == [(State.MISSING, "Nobody", "unknown")]


def test_a_run_that_was_limited_without_saying_how_far_is_partial():
    make_metric()
    make_llm()
    line = preview_of(result(partial=True)).lines[0]
    assert (line.state, line.reason) == (
        State.PARTIAL,
        "The run was limited to some of the questions. Allow partial runs to import it.",
    )


def test_a_run_of_a_part_that_calls_itself_whole_is_partial_by_the_metric():
    make_metric(question_count=100)
    make_llm()
    line = preview_of(result(question_count=40, expected_count=40)).lines[0]
    assert (line.state, line.reason.partition(".")[0]) == (
        State.PARTIAL, "Only 40 of 100 questions",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("source_url", "https://me:secret@example.org/", "user name or password"),
        ("source_url", "http://localhost/x", "Only a private network"),
        ("note", "zero\u200bwidth", "which nobody can see"),
        ("note", "x" * 501, "at most 500"),
    ],
)
def test_details_that_a_form_would_refuse_are_refused_with_their_row(field, text, message):
    make_metric()
    make_llm()
    line = preview_of(result(**{field: text})).blocking[0]
    assert line.where == "Alpha/accuracy"
    assert message in line.reason


def test_a_source_that_its_form_would_refuse_stores_nothing():
    make_metric()
    make_llm()
    with pytest.raises(ImportRefused, match="mend what is said of the source") as refused:
        import_(result(), provenance=Provenance(title="Run in /home/anna/run"))
    assert refused.value.reasons[1].startswith("title: “/home/anna/run” names a place")
    assert not Score.objects.exists()


def test_a_new_metric_of_another_unit_comes_with_its_label():
    make_llm()
    new = {"to": "create", "name": "cost", "key": "cost", "unit": "other", "unit_label": "$",
           "label_in_front": "yes", "higher_is_better": "no"}  # fmt: skip
    import_(result(metric="cost", value="-3.25"), choices=Choices(metrics={"cost": new}))
    metric = Metric.objects.get()
    assert (metric.unit, metric.unit_label, metric.label_in_front) == ("other", "$", True)
    assert (metric.minimum, metric.maximum) == (None, None)
    assert scores() == {("Alpha", "cost"): "-3.25"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"unit_label": ""}, "Type the label of the unit, like ms or $."),
        ({"unit": "percent"}, "A label belongs to another unit. Choose that, or empty the label."),
    ],
)
def test_a_new_metric_without_the_label_of_its_unit_is_refused(changes, reason):
    make_llm()
    new = {"to": "create", "name": "cost", "key": "cost", "unit": "other", "unit_label": "$"}
    preview = preview_of(result(metric="cost"), choices=Choices(metrics={"cost": new | changes}))
    assert [line.reason for line in preview.blocking] == [reason]


@pytest.mark.parametrize(("unit", "found"), [("percent", (0, 100)), ("proportion", (0, 1)),
                                             ("points", (None, None))])  # fmt: skip
def test_the_range_of_a_new_metric_follows_from_the_unit_that_is_chosen(unit, found):
    make_llm()
    new = {"to": "create", "name": "m", "key": "m", "unit": unit, "minimum": "", "maximum": ""}
    import_(result(metric="m"), choices=Choices(metrics={"m": new}))
    metric = Metric.objects.get()
    assert (metric.minimum, metric.maximum) == found
