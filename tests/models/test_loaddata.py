import csv
import json
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.core.management.commands import loaddata

from leaderboard.models import LLM, Benchmark, Column, ContentRevision, Leaderboard, Metric, Score
from leaderboard.models.keys import make_slug
from leaderboard.text.numbers import format_exact
from tests.conftest import shared_sample
from tests.factories import make_llm, make_metric, make_score
from tests.second_tries import fail_once

pytestmark = pytest.mark.django_db

# In column order, under the names that scores.csv has for them.
SCORE_COLUMNS = {
    "anesbench_system1": "anesbench-system1",
    "anesbench_system1x": "anesbench-system1x",
    "anesbench_system2": "anesbench-system2",
    "anesbench_overall": "anesbench-overall",
    "amcqa_system1": "amcqa-system1",
    "amcqa_system1x": "amcqa-system1x",
    "amcqa_system2": "amcqa-system2",
    "amcqa_overall": "amcqa-overall",
    "average": "average",
}


def tables():
    """Every row of every table."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models(include_auto_created=True)
    }


def load(folder, content):
    """Load a fixture: rows as (model, fields), or the text of a file."""
    if not isinstance(content, str):
        rows = [{"model": f"leaderboard.{model}", "fields": fields} for model, fields in content]
        content = json.dumps(rows)
    path = folder / "content.json"
    path.write_text(content, encoding="utf-8")
    call_command("loaddata", str(path), verbosity=0)


def refusal(folder, content):
    """What a fixture is refused with; nothing of it may be stored."""
    before = tables()
    with pytest.raises(CommandError) as error:
        load(folder, content)
    assert tables() == before
    return str(error.value).replace(str(folder), "")


# The seed


def read_seed(name):
    with shared_sample(f"seed/{name}").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_llms_of_the_seed_equal_llms_csv_cell_by_cell(anesbench):
    words = {True: "yes", False: "no", None: ""}

    def number(value):
        return "" if value is None else format_exact(value)

    stored = [
        {
            "name": llm.name,
            "organization": llm.organization.name if llm.organization else "",
            "parameters_billion": number(llm.parameters),
            "active_parameters_billion": number(llm.active_parameters),
            "huggingface_repo": llm.huggingface_id,
            "license": llm.license,
            "released": str(llm.released or ""),
            "base_model": llm.base_model,
            "domain": llm.domain,
            "reasoning": words[llm.reasoning],
            "open_weights": words[llm.open_weights],
        }
        for llm in LLM.objects.select_related("organization").order_by("pk")
    ]
    assert stored == read_seed("llms.csv")


def test_the_scores_of_the_seed_equal_scores_csv_cell_by_cell(anesbench):
    expected = {
        (make_slug(row["llm"]), key): Decimal(row[column])
        for row in read_seed("scores.csv")
        for column, key in SCORE_COLUMNS.items()
    }
    stored = {
        (slug, key): value
        for slug, key, value in Score.objects.values_list("llm__slug", "metric__key", "value")
    }
    assert stored == expected
    assert len(stored) == 51 * 9


def test_the_seed_has_all_its_parts(anesbench):
    board = Leaderboard.objects.get()
    assert board.title == "LeaderBoard - AnesBench"
    assert (board.slug, board.ranking_metric.key, board.is_published) == (
        "anesbench",
        "average",
        True,
    )
    columns = Column.objects.values_list("metric__key", flat=True)
    assert list(columns) == list(SCORE_COLUMNS.values())
    assert dict(Metric.objects.values_list("key", "question_count")) == {
        "anesbench-system1": 2960,
        "anesbench-system1x": 1028,
        "anesbench-system2": 355,
        "anesbench-overall": 4343,
        "amcqa-system1": 2784,
        "amcqa-system1x": 534,
        "amcqa-system2": 211,
        "amcqa-overall": 3529,
        "average": None,
    }
    assert list(Benchmark.objects.values_list("name", "language")) == [
        ("AMCQA", "Chinese"),
        ("AnesBench", "English"),
    ]
    assert list(Score.objects.values_list("source__title", "decimals").distinct().order_by()) == [
        ("AnesBench leaderboard", 2)
    ]
    assert "2504.02404" in board.citation


def test_the_addresses_of_the_seed_are_made_from_the_names(anesbench):
    slugs = dict(LLM.objects.values_list("name", "slug"))
    assert slugs == {name: make_slug(name) for name in slugs}
    assert slugs["Qwen3-0.6B"] == "qwen3-0-6b"


def test_every_row_of_the_seed_has_one_entry_of_history(anesbench):
    assert set(
        Score.history.values_list("history_type", "history_change_reason", "history_user")
    ) == {("+", "Loaded from fixture anesbench", None)}
    assert Score.history.count() == 459
    assert LLM.history.count() == 51


@pytest.mark.slow
def test_the_seed_loaded_twice_is_identical_with_its_history_and_revision(anesbench):
    before = tables()
    call_command("loaddata", "anesbench", verbosity=0)
    assert tables() == before


# What a load does


def test_a_load_derives_checks_records_and_publishes(tmp_path):
    load(
        tmp_path,
        [
            ("metric", {"name": "accuracy", "key": "accuracy"}),
            ("llm", {"name": " Me\u0301di  0.6B ", "domain": "Medical "}),
            ("score", {"llm": ["medi-0-6b"], "metric": ["accuracy"], "value": "0.8512"}),
        ],
    )
    llm, score, metric = LLM.objects.get(), Score.objects.get(), Metric.objects.get()
    assert (llm.name, llm.name_key, llm.slug, llm.domain) == (
        "M\u00e9di 0.6B",
        "m\u00e9di 0.6b",
        "medi-0-6b",
        "medical",
    )
    assert (score.value, score.decimals) == (Decimal("0.8512"), 4)
    assert (metric.minimum, metric.maximum) == (0, 1)
    assert list(LLM.history.values_list("name", "history_type")) == [("M\u00e9di 0.6B", "+")]
    assert ContentRevision.objects.count() == 1


def test_a_load_records_only_what_it_changes(tmp_path):
    make_score(make_llm("A"), make_metric(), "0.5")
    make_score(make_llm("B"), Metric.objects.get(), "0.5")
    load(
        tmp_path,
        [
            ("score", {"llm": ["a"], "metric": ["accuracy"], "value": "0.50", "decimals": 2}),
            ("score", {"llm": ["b"], "metric": ["accuracy"], "value": "0.75", "decimals": 2}),
        ],
    )
    changes = Score.history.filter(history_type="~").values_list("llm__slug", "value")
    assert list(changes) == [("b", Decimal("0.75"))]


def test_a_load_that_changes_nothing_keeps_the_revision(tmp_path):
    rows = [("organization", {"name": "Org", "slug": "org"})]
    load(tmp_path, rows)
    before = tables()
    load(tmp_path, rows)
    assert tables() == before


def test_of_a_row_that_is_loaded_twice_the_last_one_counts(tmp_path):
    load(
        tmp_path,
        [
            ("llm", {"name": "First", "slug": "a"}),
            ("llm", {"name": "Second", "slug": "a"}),
        ],
    )
    assert list(LLM.objects.values_list("name", "name_key")) == [("Second", "second")]
    assert list(LLM.history.values_list("name", "history_type")) == [("Second", "+")]
    assert "LLM a, homepage" in refusal(
        tmp_path,
        [
            ("llm", {"name": "Third", "slug": "a"}),
            ("llm", {"name": "Fourth", "slug": "a", "homepage": "javascript:alert(1)"}),
        ],
    )


# What a load refuses

METRIC_AND_LLM = [
    ("metric", {"name": "accuracy", "key": "accuracy"}),
    ("llm", {"name": "gpt-4o", "slug": "gpt-4o"}),
]


def score_with_value(value):
    """A fixture as text, for values that JSON itself does not know."""
    rows = [{"model": f"leaderboard.{model}", "fields": fields} for model, fields in METRIC_AND_LLM]
    score = {"llm": ["gpt-4o"], "metric": ["accuracy"], "value": "VALUE"}
    rows.append({"model": "leaderboard.score", "fields": score})
    return json.dumps(rows).replace('"VALUE"', value)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("1e999", "“inf” is not a number here: leave the box empty if there is no score."),
        ('"1e999"', "“1e999” is too large. Type a number below 10¹⁵."),
        ("NaN", "“nan” is not a number here: leave the box empty if there is no score."),
        ('"NaN"', "“NaN” is not a number here: leave the box empty if there is no score."),
        ("-Infinity", "“-inf” is not a number here: leave the box empty if there is no score."),
        ('"0,87"', "“0,87” is not a number here: use a point for the decimals, like 0.87."),
        (
            '"1_000"',
            "“1_000” is not a number here: type plain digits with a point, like 0.87.",
        ),
        (
            '"87 %"',
            "“87 %” is not a number here: leave out the percent sign "
            "and type the number in the unit of the metric.",
        ),
    ],
)
def test_what_is_no_number_is_refused(value, sentence, tmp_path):
    message = refusal(tmp_path, score_with_value(value))
    assert message.startswith(
        f"Nothing was loaded. Problem installing fixture '/content.json': ['{sentence}']: "
    )


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (
            "87",
            "value: 87 is outside the range of accuracy (0 to 1, proportion). "
            "If this is 87 %, type 0.87.",
        ),
        (
            "0.123456789",
            "value: Ensure that there are no more than 8 decimal places.",
        ),
        (
            "null",
            "value: This field cannot be null.",
        ),
    ],
)
def test_a_value_that_the_metric_cannot_have_is_refused(value, sentence, tmp_path):
    message = refusal(tmp_path, score_with_value(value))
    assert message.splitlines()[:2] == [
        "Nothing was loaded. Mend the fixture:",
        f"  score gpt-4o / accuracy, {sentence}",
    ]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"name": "x" * 500, "slug": "x"},
            "LLM x, name: Ensure this value has at most 200 characters (it has 500).",
        ),
        ({"name": None, "slug": "x"}, "LLM x, name: This field cannot be null."),
        ({"slug": "x"}, "LLM x, name: This field cannot be blank."),
        (
            {"name": "通义千问"},
            "LLM , slug: Type an address: the name has no Latin letter or digit to make it from.",
        ),
        (
            {"name": "A", "homepage": "javascript:alert(1)"},
            "LLM a, homepage: This is not a web address. "
            "Type the address of a page, like https://example.org/page.",
        ),
        (
            {"name": "A", "homepage": "https://user:pass@example.org"},
            "LLM a, homepage: The address holds a user name or password. "
            "Type the address of a page, like https://example.org/page.",
        ),
        (
            {"name": "A", "parameters": "0"},
            "LLM a, parameters: Ensure this value is greater than or equal to 0.0001.",
        ),
        (
            {"name": "GPT\u20114o", "slug": "another"},
            "LLM another, name: “GPT\u20114o” looks like “gpt-4o”, which exists already. "
            "Edit that one, or type a name that a reader can tell apart.",
        ),
    ],
)
def test_what_a_form_refuses_of_an_llm_is_refused_here(fields, sentence, tmp_path):
    make_llm("gpt-4o")
    message = refusal(tmp_path, [("llm", fields)])
    assert message.splitlines()[:2] == ["Nothing was loaded. Mend the fixture:", f"  {sentence}"]


def test_an_invisible_character_is_refused(tmp_path):
    message = refusal(tmp_path, [("llm", {"name": "gpt\u202e-4o"})])
    assert "Character 4 is U+202E (right-to-left override), which nobody can see." in message


def test_a_reference_to_nothing_is_refused(tmp_path):
    message = refusal(tmp_path, [("llm", {"name": "A", "organization": ["nobody"]})])
    assert message.startswith("Nothing was loaded. Organization matching query does not exist.")


def test_a_circle_of_components_is_refused(tmp_path):
    mean = {"aggregate": "mean"}
    message = refusal(
        tmp_path,
        [
            ("metric", {"name": "a", "key": "a"} | mean),
            ("metric", {"name": "b", "key": "b"} | mean),
            ("component", {"aggregate": ["a"], "metric": ["b"]}),
            ("component", {"aggregate": ["b"], "metric": ["a"]}),
        ],
    )
    remedy = "Choose a metric that does not depend on it."
    assert message.splitlines() == [
        "Nothing was loaded. Mend the fixture:",
        f"  component a / b, metric: b is made from a itself. {remedy}",
        f"  component b / a, metric: a is made from b itself. {remedy}",
    ]


def test_a_leaderboard_ranked_by_what_it_does_not_show_is_refused(tmp_path):
    board = {"title": "Board", "slug": "board", "ranking_metric": ["b"]}
    message = refusal(
        tmp_path,
        [
            ("metric", {"name": "a", "key": "a"}),
            ("metric", {"name": "b", "key": "b"}),
            ("leaderboard", board),
            ("column", {"leaderboard": ["board"], "metric": ["a"]}),
        ],
    )
    assert message.splitlines()[1:] == [
        "  leaderboard board, ranking_metric: b is not among the columns. "
        "Add it to them, or rank by one of them."
    ]


def test_a_leaderboard_ranked_by_a_metric_without_direction_is_refused(tmp_path):
    rows = [
        ("metric", {"name": "year", "key": "year", "higher_is_better": None}),
        ("leaderboard", {"title": "Board", "slug": "board", "ranking_metric": ["year"]}),
        ("column", {"leaderboard": ["board"], "metric": ["year"]}),
    ]
    assert refusal(tmp_path, rows).splitlines()[1:] == [
        "  metric year, higher_is_better: Board is ranked by it. "
        "Rank that by another metric first.",
        "  leaderboard board, ranking_metric: year ranks nothing: neither end of it is better. "
        "Rank by another metric, or give it a direction.",
    ]


def test_all_mistakes_are_told_at_once_up_to_twenty(tmp_path):
    rows = [("llm", {"name": f"LLM {number}", "homepage": "data:x"}) for number in range(23)]
    lines = refusal(tmp_path, rows).splitlines()
    assert [line.partition(",")[0] for line in lines] == [
        "Nothing was loaded. Mend the fixture:",
        *(f"  LLM llm-{number}" for number in range(20)),
        "  … and 3 more",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[{"model"', "Expecting ':' delimiter: line 1 column 10 (char 9)"),
        ('"text"', "string indices must be integers"),
        ('[{"model": "leaderboard.nothing", "fields": {}}]', "Invalid model identifier"),
        ('[{"model": "leaderboard.llm", "fields": {"nome": ""}}]', "LLM has no field named 'nome'"),
        ("[" * 100_000, "recursion"),
    ],
)
def test_a_file_that_is_no_fixture_is_refused_with_the_reason(text, reason, tmp_path):
    assert reason in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("ends", "found"),
    [
        ({"minimum": "0", "maximum": "100"}, (0, 1)),  # of percent, as it was dumped
        ({}, (0, 1)),
        ({"minimum": "0.2", "maximum": "0.9"}, (Decimal("0.2"), Decimal("0.9"))),
    ],
)
def test_a_fixture_with_another_unit_derives_the_range_anew(ends, found, tmp_path):
    metric = make_metric(unit="percent")
    row = {"name": "accuracy", "key": "accuracy", "unit": "proportion", **ends}
    load(tmp_path, [("metric", row)])
    metric.refresh_from_db()
    assert (metric.unit, metric.minimum, metric.maximum) == ("proportion", *found)


def test_a_fixture_whose_range_leaves_a_score_outside_is_refused(tmp_path):
    score = make_score(make_llm(), make_metric(unit="points"), "150")
    row = {"name": "accuracy", "key": "accuracy", "unit": "percent"}
    assert f"score {score.pk} is 150.00000000, outside the range" in refusal(
        tmp_path, [("metric", row)]
    )


@pytest.mark.django_db(transaction=True)
def test_a_fixture_is_loaded_once_more_after_a_deadlock(tmp_path, monkeypatch):
    make_metric("accuracy")
    make_llm("Alpha")
    failed = fail_once(monkeypatch, loaddata.Command, "save_obj")
    fields = {"llm": ["alpha"], "metric": ["accuracy"], "value": "0.95", "decimals": 2}
    load(tmp_path, [("score", fields)])
    assert failed
    assert Score.objects.get().value == Decimal("0.95")
