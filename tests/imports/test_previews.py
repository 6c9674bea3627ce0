"""From a reading to what it would change: matching, states, effects."""

from dataclasses import replace
from decimal import Decimal

import pytest

from leaderboard.imports.catalogue import load_catalogue
from leaderboard.imports.choices import Choices
from leaderboard.imports.effects import RankChange, find_new_disagreements, find_rank_changes
from leaderboard.imports.preview import State
from leaderboard.imports.writing import ImportRefused
from leaderboard.models import (
    LLM,
    Alias,
    Metric,
    Score,
)
from leaderboard.readers.results import Problem
from tests.factories import (
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)
from tests.imports.trying import import_, preview_of, result, states

pytestmark = pytest.mark.django_db


# Matching


@pytest.mark.parametrize(
    "name", ["Qwen3-0.6B", "qwen3-0-6b", "QWEN3‐0.6B", "Qwen/Qwen3-0.6B", "Qwen__Qwen3-0.6B", "q3"]
)
def test_an_llm_is_found_by_name_address_hugging_face_id_and_alias(name):
    llm = make_llm("Qwen3-0.6B", huggingface_id="Qwen/Qwen3-0.6B")
    Alias.objects.create(name="q3", llm=llm)
    assert load_catalogue().llm(name) == llm.pk


@pytest.mark.parametrize(
    "name",
    ["anesbench-system1x", "anesbench_system1x", "AnesBench / system1.x", "AnesBench System1.X",
     "System1.x", "level 2"],
)  # fmt: skip
def test_a_metric_is_found_by_key_name_and_alias(name):
    bench = make_benchmark("AnesBench")
    make_metric("anesbench-system1", name="system1", benchmark=bench)
    metric = make_metric("anesbench-system1x", name="system1.x", benchmark=bench)
    Alias.objects.create(name="level 2", metric=metric)
    assert load_catalogue().metric(name) == metric.pk


def test_a_name_that_two_metrics_have_matches_neither():
    for name in ("AnesBench", "AMCQA"):
        make_metric(f"{name.lower()}-overall", name="overall", benchmark=make_benchmark(name))
    catalogue = load_catalogue()
    assert catalogue.metric("overall") is None
    assert catalogue.metric("AMCQA overall") == Metric.objects.get(key="amcqa-overall").pk
    chosen = preview_of(result(metric="overall"), choices=Choices(benchmark="AMCQA"))
    assert chosen.targets.metrics["overall"].id == Metric.objects.get(key="amcqa-overall").pk


# Preview


def test_every_cell_is_new_changed_unchanged_removed_or_invalid():
    metric = make_metric(name="accuracy")
    make_scores({"Same": {metric: "0.5"}, "Other": {metric: "0.5"}, "Gone": {metric: "0.5"}})
    for name in ("Fresh", "Wrong"):
        make_llm(name)
    preview = preview_of(
        result("Same"),
        result("Other", value="0.75"),
        result("Gone", value=None),
        result("Fresh", value="0.875"),
        result("Wrong", value="87"),
    )
    lines = preview.lines
    assert [(line.state, line.llm, line.old, line.new, line.difference) for line in lines] == [
        (State.UNCHANGED, "Same", "0.5", "", ""),
        (State.CHANGED, "Other", "0.5", "0.75", "+0.25"),
        (State.REMOVED, "Gone", "0.5", "", ""),
        (State.NEW, "Fresh", "", "0.875", ""),
        (State.INVALID, "Wrong", "", "87", ""),
    ]
    assert preview.lines[4].reason == (
        "87 is outside the range of accuracy (0 to 1, proportion). If this is 87 %, type 0.87."
    )
    assert preview.change_count == 3


def test_an_empty_cell_without_a_score_is_no_zero_and_no_change():
    make_metric()
    make_llm()
    assert preview_of(result(value=None)).change_count == 0


def test_a_name_that_matches_nothing_blocks_until_somebody_decides():
    make_metric()
    preview = preview_of(result("Nobody"))
    assert states(preview) == [(State.UNMATCHED, "Nobody", "")]
    with pytest.raises(ImportRefused, match="No LLM here has this name"):
        import_(result("Nobody"))
    assert not LLM.objects.exists()
    left_out = Choices(llms={"Nobody": {"to": "leave out"}})
    assert states(preview_of(result("Nobody"), choices=left_out)) == [
        (State.LEFT_OUT, "Nobody", "accuracy")
    ]


def test_a_problem_in_what_is_left_out_does_not_block():
    make_llm()
    problem = Problem("line 2", "n/k", "This is not a number.", "Type one.", "Alpha", "remarks")
    assert preview_of(problems=(problem,)).blocking
    choices = Choices(metrics={"remarks": {"to": "leave out"}})
    assert not preview_of(problems=(problem,), choices=choices).blocking


def test_a_number_that_is_none_is_reported_and_does_not_block():
    make_llm()
    make_metric()
    nan = Problem("results", "NaN", "NaN is no number.", "", "Alpha", "accuracy", is_missing=True)
    preview = preview_of(problems=(nan,))
    assert (states(preview), preview.blocking) == ([(State.MISSING, "Alpha", "accuracy")], [])


def test_percent_becomes_a_proportion_only_if_the_maintainer_says_so():
    make_metric()
    make_llm()
    percent = result(value="87.5", standard_error=Decimal("1.5"))
    assert preview_of(percent).lines[0].state is State.INVALID
    import_(percent, choices=Choices(percent=("accuracy",)))
    score = Score.objects.get()
    assert (score.value, score.standard_error) == (Decimal("0.875"), Decimal("0.015"))
    said = preview_of(replace(percent, unit="percent")).lines[0].reason
    assert said.startswith("The file says percent, and accuracy is in proportion.")


def test_a_partial_run_is_off_unless_allowed():
    make_metric(question_count=4343)
    make_llm()
    partial = result(question_count=10)
    line = preview_of(partial).lines[0]
    assert (line.state, line.reason) == (
        State.PARTIAL,
        "Only 10 of 4343 questions. Allow partial runs to import it.",
    )
    import_(partial)
    assert not Score.objects.exists()
    import_(partial, choices=Choices(allow_partial=True))
    assert Score.objects.get().question_count == 10


def test_two_rows_that_disagree_are_both_named():
    make_metric()
    llm = make_llm()
    Alias.objects.create(name="a", llm=llm)
    reason = preview_of(result("Alpha"), result("a", value="0.6")).lines[1].reason
    assert reason == "Alpha/accuracy says 0.5 for the same LLM and metric. Keep the right one."
    assert len(preview_of(result("Alpha"), result("a")).lines) == 1


def test_an_aggregate_equal_to_the_computed_value_is_unchanged_and_never_stored():
    parts = [make_metric("one"), make_metric("two")]
    whole = make_aggregate("whole", parts)
    make_scores({"Alpha": {parts[0]: "0.5", parts[1]: "0.6"}})
    assert preview_of(result(metric="whole", value="0.55")).change_count == 0
    # A stored one that disagrees is not what the table of the page showed.
    make_score(LLM.objects.get(), whole, "0.9")
    assert preview_of(result(metric="whole", value="0.55")).change_count == 0


def test_the_effect_on_ranks_is_shown():
    metric = make_metric()
    make_leaderboard([metric])
    make_scores({"Alpha": {metric: "0.9"}, "Beta": {metric: "0.8"}})
    make_llm("Gamma")
    preview = preview_of(result("Gamma", value="0.85"), result("Alpha", value=None))
    assert find_rank_changes(preview) == [
        RankChange("Board", "Gamma", None, 1),
        RankChange("Board", "Alpha", 1, None),
    ]
    assert str(RankChange("Board", "Beta", 2, 3)) == "Beta 2 → 3"


@pytest.fixture
def whole():
    """The mean of two metrics on a board. Alpha has both, Beta has all three and they agree, of
    Gamma they disagree already."""
    one, two = (make_metric(key, decimals=1) for key in ("one", "two"))
    whole = make_aggregate("whole", [one, two], decimals=1)
    make_leaderboard([one, two, whole], is_published=False)
    make_scores(
        {
            make_llm("Alpha", is_published=False): {one: "0.5", two: "0.7"},
            "Beta": {one: "0.5", two: "0.7", whole: "0.6"},
            "Gamma": {one: "0.5", two: "0.7", whole: "0.9"},
        }
    )
    Score.objects.update(decimals=1)
    return whole


@pytest.mark.parametrize(
    ("llm", "metric", "value", "expected"),
    [
        # An aggregate that comes with the file: half a digit of its own, half of the components'.
        ("Alpha", "whole", "0.9", [("Alpha", "whole", "0.9", "0.6", "0.1")]),
        ("Alpha", "whole", "0.7", []),
        ("Alpha", "whole", "0.71", [("Alpha", "whole", "0.71", "0.6", "0.055")]),
        # A component that comes under a stored aggregate.
        ("Beta", "one", "0.9", [("Beta", "whole", "0.6", "0.8", "0.1")]),
        ("Beta", "one", "0.6", []),
        ("Beta", "one", None, []),
        # What disagrees now is told where its numbers change, and not where it comes to agree.
        ("Gamma", "one", "0.6", [("Gamma", "whole", "0.9", "0.65", "0.1")]),
        ("Gamma", "one", "1.0", []),
        ("Gamma", "one", "0.5", []),
    ],
)
def test_aggregates_that_will_disagree_with_their_components_are_told(
    whole, llm, metric, value, expected
):
    preview = preview_of(result(llm, metric, value))
    assert [
        (each.llm.name, each.metric.key, *each.numbers.values())
        for each in find_new_disagreements(preview)
    ] == expected
    assert preview.blocking == []


def test_an_aggregate_of_a_new_llm_that_will_disagree_is_told(whole):
    texts = {"to": "create", "name": "Delta"}
    results = [
        result("Delta", *each) for each in (("one", "0.5"), ("two", "0.7"), ("whole", "1.0"))
    ]
    preview = preview_of(*results, choices=Choices(llms={"Delta": texts}))
    found = find_new_disagreements(preview)
    assert [(each.llm.name, *each.numbers.values()) for each in found] == [
        ("Delta", "1", "0.6", "0.1")
    ]


def test_disagreements_ask_as_many_queries_for_one_row_as_for_thirty(
    whole, django_assert_num_queries
):
    one = Metric.objects.get(key="one")
    make_scores({f"LLM {number}": {one: "0.5"} for number in range(30)})
    for count in (1, 30):
        results = [result(f"LLM {number}", "whole", "0.6") for number in range(count)]
        preview = preview_of(*results)
        with django_assert_num_queries(5):
            find_new_disagreements(preview)


def test_a_preview_asks_as_many_queries_for_one_row_as_for_thirty(django_assert_num_queries):
    metric = make_metric()
    make_scores({f"LLM {number}": {metric: "0.5"} for number in range(30)})
    for count in (1, 30):
        results = [result(f"LLM {number}", value="0.6") for number in range(count)]
        with django_assert_num_queries(6):
            preview_of(*results)


def given(value, **more):
    """What the file says of a score that has a standard error of 3.2 here; and the choice."""
    keep = more.pop("keep", False)
    line = preview_of(
        result(metric="rating", value=value, **more), choices=Choices(keep_errors=keep)
    ).lines[0]
    return line.change and line.change.after.standard_error, line.reason, line.is_error_at_stake


def test_another_value_says_what_becomes_of_the_standard_error_of_the_old_one():
    rating = make_metric("rating", unit="points", is_share_of_questions=False)
    make_score(make_llm(), rating, "1396.1", standard_error="3.2")
    old, new = Decimal("3.2"), Decimal("2.9")
    assert [
        given("1397"),
        given("1397", keep=True),
        given("1397", standard_error=new),
        given("1397", standard_error=old),
        given("1396.1", keep=True),
    ] == [
        (None, "the standard error 3.2 of the old value is removed", True),
        (old, "the standard error 3.2 of the old value is kept", True),
        (new, "standard error: 3.2 → 2.9", False),
        (old, "", False),
        (None, "", False),
    ]
