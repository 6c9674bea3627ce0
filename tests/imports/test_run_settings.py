"""A run that was set up in another way than the stored score's is a conflict, not a correction."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError

from leaderboard.imports.choices import Choices
from leaderboard.imports.comparing import make_preview
from leaderboard.imports.undo import undo
from leaderboard.models import LLM, Alias, Import, Organization, Score, Source
from leaderboard.readers.files.opening import Document
from leaderboard.readers.formats.lm_eval import read as read_lm_eval
from leaderboard.readers.registry import NO_CONTEXT
from tests.admin.test_import_admin import (
    act,
    confirm,
    maintainer,  # noqa: F401 (a fixture)
    post,
    shown,
    upload,
)
from tests.imports.command import NEW, everything, run, scores

pytestmark = pytest.mark.django_db

CASES = Path(settings.BASE_DIR).parent / "shared" / "cases"
FIVE = {("model-7b", "sciq-acc"): "0.95", ("model-7b", "sciq-acc-norm"): "0.93"}
ZERO = {("model-7b", "sciq-acc"): "0.91", ("model-7b", "sciq-acc-norm"): "0.89"}
APART = {("model-7b (0-shot)", metric): value for (_llm, metric), value in ZERO.items()}


def lm_eval(values, shots=5, args="pretrained=acme/model-7b", **more):
    """A run of lm-evaluation-harness as JSON; `shots` is a number, or one for each task."""
    return json.dumps(
        {
            "results": {task: {"acc,none": value} for task, value in values.items()},
            "configs": {task: {} for task in values},
            "n-shot": shots if isinstance(shots, dict) else dict.fromkeys(values, shots),
            "config": {"model_args": args},
            "model_name": "acme/model-7b",
        }
        | more
    )


def five_shot(**more):
    """The case of five shots, of an organization that is here."""
    return lm_eval({"sciq": 0.95}, **more)


def names():
    return sorted(LLM.objects.values_list("name", flat=True))


def sources():
    return {
        (score.llm.name, score.metric.benchmark.name): score.source.settings.partition(";")[0]
        for score in Score.objects.select_related("llm", "metric__benchmark", "source")
    }


def refused(path, *options):
    with pytest.raises(CommandError) as error:
        run(path, *options)
    assert error.value.returncode == 1
    return str(error.value)


@pytest.fixture
def cases(db):
    """The paths of the case: the run of five shots, which is imported, and that of none."""
    paths = [CASES / f"lm-eval-{shots}-shot.json" for shots in (5, 0)]
    if not paths[0].exists():
        pytest.skip("no cases beside this folder")
    run(paths[0], *NEW)
    return paths


# The command line


def test_another_n_shot_is_refused_with_what_differs_and_stores_nothing(cases):
    before = everything()
    assert refused(cases[1]) == (
        "Nothing was imported. The settings of the run are not those of the stored scores: "
        "n-shot: 5 → 0 (2). Add --other-settings replace, keep, or new-llm for an entry like "
        "“Alpha (0-shot)”."
    )
    assert (everything(), set(scores().values())) == (before, set(FIVE.values()))


def test_the_same_file_twice_is_no_conflict(cases):
    assert run(cases[0])[-1] == "0 changes"


def test_replace_stores_the_new_scores_with_their_source(cases):
    before = everything()[7:]
    assert run(cases[1], "--other-settings", "replace")[-1] == "2 changes: 2 changed"
    assert sorted(scores().values()) == ["0.89", "0.91"]
    assert set(sources().values()) == {"n-shot: 0"}
    assert run(cases[1])[-1] == "0 changes"
    undo(Import.objects.first())
    assert everything()[7:][-1] == before[-1]
    assert set(sources().values()) == {"n-shot: 5"}


def test_keep_leaves_the_stored_scores(cases):
    before = everything()
    for _ in range(2):
        lines = run(cases[1], "--other-settings", "keep")
        assert lines[-1] == "0 changes"
    assert "left out (2)" in lines
    assert everything() == before


def test_another_llm_entry_has_the_scores_and_the_facts(cases):
    organization = Organization.objects.create(name="Example Lab", slug="example-lab")
    LLM.objects.update(organization=organization, parameters=Decimal(7), license="MIT")
    [original] = LLM.objects.all()
    assert run(cases[1], "--other-settings", "new-llm")[-1] == "3 changes: 2 new, 1 new LLM"
    made = LLM.objects.get(name="model-7b (0-shot)")
    assert (made.organization, made.parameters, made.license, made.huggingface_id) == (
        organization, 7, "MIT", "",
    )  # fmt: skip
    assert original.huggingface_id == "example/model-7b"
    assert {(llm, value) for (llm, _metric), value in scores().items()} == {
        ("model-7b", "0.95"), ("model-7b", "0.93"),
        ("model-7b (0-shot)", "0.91"), ("model-7b (0-shot)", "0.89"),
    }  # fmt: skip
    assert {run(path)[-1] for path in cases} == {"0 changes"}
    undo(Import.objects.first())
    assert names() == ["model-7b"]
    assert sorted(scores().values()) == ["0.93", "0.95"]


def test_new_scores_of_the_run_follow_to_the_other_entry(write):
    run(write(lm_eval({"sciq": 0.9, "arc": 0.5}, {"sciq": 5, "arc": 25}), "a.json"), *NEW)
    zero = write(lm_eval({"boolq": 0.7, "sciq": 0.8, "piqa": 0.6}, 0), "b.json")
    run(zero, *NEW, "--other-settings", "new-llm")
    assert {(llm, value) for (llm, _), value in scores().items()} == {
        ("model-7b", "0.9"), ("model-7b", "0.5"), ("model-7b (0-shot)", "0.7"),
        ("model-7b (0-shot)", "0.8"), ("model-7b (0-shot)", "0.6"),
    }  # fmt: skip
    assert run(zero)[-1] == "0 changes"


def test_a_correction_of_the_other_entry_finds_it(write):
    run(write(five_shot(), "a.json"), *NEW)
    run(write(lm_eval({"sciq": 0.8}, 0), "b.json"), "--other-settings", "new-llm")
    lines = run(write(lm_eval({"sciq": 0.75}, 0), "c.json"))
    assert lines[-1] == "1 change: 1 changed"
    assert sorted(scores().values()) == ["0.75", "0.95"]


def test_an_alias_that_looks_like_an_entry_is_none(write):
    """“Alpha (0-shot)” was said to be Alpha: nothing goes round in a circle."""
    run(write(five_shot(), "a.json"), *NEW)
    Alias.objects.create(name="model-7b (0-shot)", key="model-7b (0-shot)", llm=LLM.objects.get())
    other = write(lm_eval({"sciq": 0.8}, 0), "b.json")
    assert "n-shot: 5 → 0 (1)" in refused(other)
    run(other, "--other-settings", "new-llm")
    assert names() == ["model-7b", "model-7b (0-shot)"]
    assert run(other)[-1] == "0 changes"


def test_an_entry_that_was_renamed_is_found(write):
    run(write(five_shot(), "a.json"), *NEW)
    other = write(lm_eval({"sciq": 0.8}, 0), "b.json")
    run(other, "--other-settings", "new-llm")
    entry = LLM.objects.get(name="model-7b (0-shot)")
    entry.name = "Zero"
    entry.save()
    Alias.objects.keep_old_name(entry, "model-7b (0-shot)")
    assert run(other)[-1] == "0 changes"
    four_bit = lm_eval({"sciq": 0.7}, 0, args="pretrained=acme/model-7b,load_in_4bit=True")
    path = write(four_bit, "c.json")
    run(path, "--other-settings", "new-llm")
    assert run(path)[-1] == "0 changes"


def test_the_other_entry_has_settings_of_its_own(write):
    """A further difference, from the other entry, is a conflict again."""
    run(write(five_shot(config={"model_sha": "a" * 40}), "a.json"), *NEW)
    zero = lm_eval({"sciq": 0.8}, 0, config={"model_sha": "a" * 40})
    run(write(zero, "b.json"), "--other-settings", "new-llm")
    other = write(lm_eval({"sciq": 0.7}, 0, config={"model_sha": "b" * 40}), "c.json")
    said = refused(other)
    assert f"model revision: {'a' * 40} → {'b' * 40} (1)" in said
    run(other, "--other-settings", "new-llm")
    assert names() == [
        "model-7b",
        "model-7b (0-shot)",
        "model-7b (0-shot, revision bbbbbbbbbbbb)",
    ]


def test_each_task_has_its_own_shots(write):
    run(write(lm_eval({"sciq": 0.9, "arc": 0.5}, {"sciq": 5, "arc": 25}), "a.json"), *NEW)
    other = write(lm_eval({"sciq": 0.8, "arc": 0.6}, {"sciq": 5, "arc": 10}), "b.json")
    assert "n-shot: 25 → 10 (1). " in refused(other)
    run(other, "--other-settings", "keep")
    assert sorted(scores().values()) == ["0.5", "0.8"]


@pytest.mark.parametrize(
    ("before", "after", "said", "name"),
    [
        ({}, {"args": "pretrained=acme/model-7b,peft=acme/lora"},
         "adapter: none → acme/lora (1)", "model-7b (adapter acme/lora)"),
        ({"args": "pretrained=acme/model-7b,peft=acme/lora"}, {},
         "adapter: acme/lora → none (1)", "model-7b (no adapter)"),
        ({}, {"config": {"model_args": {"peft_list": ["/home/me/a", "b/c"]}}},
         "adapter: none → a, b/c (1)", "model-7b (adapter a, b/c)"),
        ({}, {"args": "pretrained=acme/model-7b,load_in_4bit=True"},
         "quantization: none → 4-bit (1)", "model-7b (4-bit)"),
        ({"config": {"model_revision": "v1"}}, {"config": {"model_revision": "v2"}},
         "model revision: v1 → v2 (1)", "model-7b (revision v2)"),
        ({"chat_template": None}, {"chat_template": "{{x}}", "chat_template_sha": "c" * 64},
         f"prompt: chat template none → chat template {'c' * 12} (1)",
         f"model-7b (chat template {'c' * 12})"),
    ],
)  # fmt: skip
def test_settings_of_lm_eval_that_differ(write, before, after, said, name):
    run(write(five_shot(**before), "a.json"), *NEW)
    other = write(five_shot(**after), "b.json")
    assert said in refused(other)
    run(other, "--other-settings", "new-llm")
    assert names() == ["model-7b", name]
    assert run(other)[-1] == "0 changes"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"config": {"model_revision": "main"}}, {"config": {"model_sha": "a" * 40}}),
        ({"config": {"model_sha": "a" * 40}}, {"config": {"model_sha": "a" * 8}}),
        ({"chat_template": None}, {}),
        ({"shots": {}}, {}),
        ({"args": "pretrained=acme/model-7b,load_in_4bit=False"}, {}),
    ],
)
def test_what_only_one_of_both_says_is_no_conflict(write, before, after):
    run(write(five_shot(**before), "a.json"), *NEW)
    assert run(write(five_shot(**after), "b.json"))[-1] == "0 changes"


def test_equal_values_of_other_settings_are_a_conflict_too(write):
    run(write(five_shot(), "a.json"), *NEW)
    other = write(five_shot(shots=0), "b.json")
    assert "n-shot: 5 → 0 (1)" in refused(other)
    assert run(other, "--other-settings", "replace")[-1] == "1 change: 1 changed"
    assert set(sources().values()) == {"n-shot: 0"}


def test_a_replaced_score_keeps_nothing_of_the_other_run(write):
    error = {"results": {"sciq": {"acc,none": 0.9, "acc_stderr,none": 0.01}}}
    run(write(five_shot(**error), "a.json"), *NEW)
    Score.objects.update(note="of the first run")
    run(write(lm_eval({"sciq": 0.9}, 0), "b.json"), "--other-settings", "replace", "--keep-errors")
    [score] = Score.objects.all()
    assert (score.standard_error, score.note) == (None, "")


def test_a_score_by_hand_has_no_settings(write):
    run(write(five_shot(), "a.json"), *NEW)
    Score.objects.update(source=None, value=Decimal("0.5"))
    assert run(write(lm_eval({"sciq": 0.8}, 0), "b.json"))[-1] == "1 change: 1 changed"


def test_a_table_says_no_settings(write):
    run(write(five_shot(), "a.json"), *NEW)
    key = Score.objects.get().metric.key
    assert run(write(f"llm,{key}\nmodel-7b,0.5\n"))[-1] == "1 change: 1 changed"


def lighteval(shots, value, **general):
    return json.dumps(
        {
            "config_general": {"model_name": "acme/model-7b"} | general,
            "results": {f"lighteval|sciq|{shots}": {"acc": value}},
            "versions": {},
            "config_tasks": {},
        }
    )


def inspect(epochs, value, **task_args):
    score = {"name": "match", "scorer": "match", "metrics": {"accuracy": {"value": value}}}
    return json.dumps(
        {
            "version": 2, "status": "success",
            "eval": {"task": "sciq", "model": "hf/acme/model-7b", "config": {"epochs": epochs},
                     "task_args": task_args},
            "results": {"total_samples": 10, "completed_samples": 10, "scores": [score]},
        }
    )  # fmt: skip


def lm_eval_old(shots, value):
    return json.dumps(
        {
            "results": {"sciq": {"acc": value}}, "versions": {"sciq": 1},
            "config": {"model_args": "pretrained=acme/model-7b", "num_fewshot": shots},
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "said", "name"),
    [
        (lighteval(5, 0.5, model_sha="aaaaaaaa"), lighteval(5, 0.6, model_sha="bbbbbbbb"),
         "model revision: aaaaaaaa → bbbbbbbb (1)", "model-7b (revision bbbbbbbb)"),
        (inspect(1, 0.5), inspect(4, 0.6), "epochs: 1 → 4 (1)", "model-7b (4 epochs)"),
        (inspect(1, 0.5, fewshot=0), inspect(1, 0.6, fewshot=10),
         "n-shot: 0 → 10 (1)", "model-7b (10-shot)"),
        (lm_eval_old(5, 0.5), lm_eval_old(0, 0.6), "n-shot: 5 → 0 (1)", "model-7b (0-shot)"),
    ],
)  # fmt: skip
def test_settings_of_other_formats_that_differ(write, first, second, said, name):
    run(write(first, "a.json"), *NEW)
    assert run(write(first, "a.json"))[-1] == "0 changes"
    other = write(second, "b.json")
    assert said in refused(other)
    run(other, "--other-settings", "new-llm")
    assert names() == ["model-7b", name]
    assert run(other)[-1] == "0 changes"


def test_shots_in_the_name_of_a_task_differ_where_both_mean_one_metric(write):
    run(write(lighteval(5, 0.5), "a.json"), *NEW)
    metric = Score.objects.get().metric
    metric.aliases.create(name="lighteval|sciq|0 / acc", key="lighteval|sciq|0 / acc")
    assert "n-shot: 5 → 0 (1)" in refused(write(lighteval(0, 0.6), "b.json"))


def test_a_new_entry_goes_before_keeping_and_keeping_before_replacing(write):
    run(write(five_shot(config={"model_revision": "v1"}), "a.json"), *NEW)
    other = five_shot(shots=0, config={"model_revision": "v2"})
    differences = ("n-shot: 5 → 0", "model revision: v1 → v2")
    reading = read_lm_eval(Document(json.loads(other, parse_float=Decimal)), NO_CONTEXT)
    for decisions, expected, new in (
        (("", ""), "other settings", []),
        (("replace", ""), "other settings", []),
        (("replace", "replace"), "changed", []),
        (("replace", "keep"), "left out", []),
        (("keep", "new-llm"), "new", ["model-7b (revision v2)"]),
        (("new-llm", "new-llm"), "new", ["model-7b (0-shot, revision v2)"]),
    ):
        decided = dict(zip(differences, decisions, strict=True))
        preview = make_preview(reading, Choices(settings=decided))
        assert {str(each.key): n for each, n in preview.differences.items()} == dict.fromkeys(
            differences, 1
        )
        assert [str(line.state) for line in preview.lines] == [expected], decisions
        assert [target.name for target in preview.new_llms] == new


def test_the_number_of_queries_does_not_depend_on_the_scores(write, django_assert_max_num_queries):
    """One query more than without settings, for the sources; one for the facts of a new entry."""
    for count in (1, 3):
        tasks = {f"task{number}": 0.5 for number in range(count)}
        Score.objects.all().delete()
        Source.objects.all().delete()
        run(write(lm_eval(tasks), "a.json"), *NEW)
        with django_assert_max_num_queries(22):
            run(write(lm_eval(tasks, 0), "b.json"), "--dry-run", "--other-settings", "new-llm")


# The admin


def form_of(page):
    """{question: decision} of the differences that the page asks about."""
    form = page.context["other_settings"]
    return {field.label: field.value() for field in form}


TWO = lm_eval({"sciq": 0.9, "arc": 0.5, "piqa": 0.4}, {"sciq": 5, "arc": 25, "piqa": 25})
TWO_OTHERS = lm_eval({"sciq": 0.8, "arc": 0.4, "piqa": 0.3}, 0)
FIRST, SECOND = "settings-n-shot: 5 → 0", "settings-n-shot: 25 → 0"


@pytest.fixture
def asked(maintainer, write):  # noqa: F811
    """The preview of a run without examples, while those of 5 and 25 are stored."""
    run(write(TWO, "a.json"), *NEW)
    return upload(maintainer, TWO_OTHERS, "b.json")


def test_the_preview_asks_once_for_each_difference_and_has_no_way_round(maintainer, asked):  # noqa: F811
    assert form_of(asked) == {"n-shot: 5 → 0 (1)": "", "n-shot: 25 → 0 (2)": ""}
    assert shown(asked) == {"other settings": 3}
    text = asked.content.decode()
    assert ("Runs with other settings" in text, 'value="confirm"' in text) == (True, False)
    before = everything()
    page = maintainer.post(
        asked.context["imported"].get_absolute_url(),
        {"do": "confirm", "digest": asked.context["preview"].digest},
        follow=True,
    )
    assert "n-shot: 5 → 0" in " ".join(map(str, page.context["messages"]))
    assert everything() == before


def test_each_difference_is_decided_by_itself_and_undone(maintainer, asked):  # noqa: F811
    before = scores()
    page = post(maintainer, asked, **{FIRST: "keep"})
    assert shown(page) == {"other settings": 2, "left out": 1}
    page = post(maintainer, page, **{SECOND: "replace"})
    assert form_of(page) == {"n-shot: 5 → 0 (1)": "keep", "n-shot: 25 → 0 (2)": "replace"}
    assert shown(page) == {"changed": 2, "left out": 1}
    page = confirm(maintainer, page)
    assert sorted(scores().values()) == ["0.3", "0.4", "0.9"]
    act(maintainer, page, "undo")
    assert scores() == before


def test_another_entry_is_made_from_the_preview_and_undone(maintainer, asked):  # noqa: F811
    before = scores()
    page = post(maintainer, asked, **{FIRST: "new-llm", SECOND: "new-llm"})
    assert shown(page) == {"new": 3}
    assert "model-7b (0-shot)" in page.content.decode()
    page = confirm(maintainer, page)
    assert names() == ["model-7b", "model-7b (0-shot)"]
    page = upload(maintainer, TWO_OTHERS, "b.json")
    assert shown(page) == {"unchanged": 3}
    act(maintainer, page, "discard")
    undo(Import.objects.first())
    assert (scores(), names()) == (before, ["model-7b"])


def test_a_decision_that_is_none_of_these_changes_nothing(maintainer, asked):  # noqa: F811
    page = post(maintainer, asked, **{FIRST: "whatever", "settings-x": "keep"})
    assert shown(page) == {"other settings": 3}


def test_the_question_is_asked_in_chinese(maintainer, asked):  # noqa: F811
    page = maintainer.get(f"/zh-hans{asked.context['imported'].get_absolute_url()}")
    text = page.content.decode()
    assert ("设置不同的运行" in text, "作为另一个 LLM“… (0-shot)”的分数" in text) == (True, True)
