"""The settings of a run, read back from the text of its source."""

import pytest

from leaderboard.readers.run_settings import (
    bare_task,
    find_differences,
    name_setting,
    read_run_settings,
    write_by_task,
)

LM_EVAL = "lm-evaluation-harness"
PLAIN = {"quantization": "none", "adapter": "none"}


@pytest.mark.parametrize(
    ("text", "harness", "expected"),
    [
        ("", "", {}),
        ("0-shot with a prompt of ours", "", {}),  # by hand: no format writes it so
        ("n-shot: 5", "", {"n-shot": "5"}),
        ("n-shot: sciq 5, arc 25", LM_EVAL, {"n-shot": "5"} | PLAIN),
        ("n-shot: arc 25", LM_EVAL, PLAIN),
        ("means and standard errors worked out from samples", LM_EVAL, {}),
        ("n-shot: 0; load_in_4bit True; peft acme/lora", LM_EVAL,
         {"n-shot": "0", "quantization": "4-bit", "adapter": "acme/lora"}),
        ("n-shot: 0; load_in_8bit False; dtype float16", LM_EVAL, {"n-shot": "0"} | PLAIN),
        ("model revision main (0123abc)", "", {"model revision": "0123abc"}),
        ("model revision main", "", {"model revision": "main"}),
        ("model revision no_revision_available", "MTEB", {}),
        ("method multiple_choice_joint; n-shot 5; train trials 1", "HELM",
         {"n-shot": "5", "prompt": "method multiple_choice_joint"}),
        ("n-shot: sciq 5; use_chat_template True; quantization awq", "lighteval",
         {"n-shot": "5", "prompt": "chat template", "quantization": "awq"}),
        ("use_chat_template False", "lighteval", {"prompt": "chat template none"}),
        ("n-shot: sciq 5, sciq 0", "lighteval", {}),  # one text for several runs of a task
        ("", "Inspect", {"epochs": "1"}),
        ("task version 2; epochs 4 (mean, pass_at_1)", "Inspect", {"epochs": "4"}),
        ("Every Eval Ever record x", "Inspect", {}),
        ("temperature 0.0; backend vllm", "EvalPlus", {}),
    ],
)  # fmt: skip
def test_a_text_tells_the_settings_of_a_task(text, harness, expected):
    assert read_run_settings(text, harness, "sciq") == expected


def test_a_value_that_a_long_text_has_lost_is_unknown():
    shots = write_by_task("n-shot", {f"task{number}": str(number) for number in range(2)})
    assert read_run_settings(shots, "", "task1") == {"n-shot": "1"}
    assert read_run_settings(f"{shots}2…", "", "task0") == {"n-shot": "0"}
    assert read_run_settings(f"{shots}2…", "", "task1") == {}


def test_a_task_is_found_without_its_suite_and_shots():
    names = ["lighteval|sciq|5", "sciq|5", "lighteval|sciq|5|0", "sciq", "mmlu:_average|5"]
    assert list(map(bare_task, names)) == ["sciq", "sciq", "sciq", "sciq", "mmlu:_average"]


@pytest.mark.parametrize(
    ("old", "new", "differs"),
    [
        ("main", "v2", True), ("a" * 40, "b" * 40, True), ("a" * 40, "a" * 8, False),
        ("main", "a" * 40, False), ("v1", "v1", False),
    ],
)  # fmt: skip
def test_a_branch_may_stand_at_any_commit(old, new, differs):
    found = find_differences({"model revision": old, "epochs": "1"}, {"model revision": new})
    assert found == ({"model revision": (old, new)} if differs else {})


def test_settings_are_named_as_they_stand_behind_an_llm():
    named = [
        ("n-shot", "0"), ("quantization", "4-bit"), ("quantization", "none"),
        ("model revision", "0123456789abcdef"), ("model revision", "step83000-final"),
        ("adapter", "acme/lora"), ("adapter", "none"), ("epochs", "1"), ("epochs", "4"),
        ("prompt", "chat template none"),
    ]  # fmt: skip
    assert [name_setting(name, value) for name, value in named] == [
        "0-shot", "4-bit", "not quantized", "revision 0123456789ab", "revision step83000-final",
        "adapter acme/lora", "no adapter", "1 epoch", "4 epochs", "no chat template",
    ]  # fmt: skip
