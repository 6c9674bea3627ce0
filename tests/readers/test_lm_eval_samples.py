"""The samples that lm-evaluation-harness logs: a line for each question and filter."""

import io
import json
import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings

from leaderboard.readers.registry import read_file
from leaderboard.readers.results import (
    FileContext,
    LLMDraft,
    MetricDraft,
    Problem,
    Provenance,
    Refused,
    Result,
)

NAME = "samples_quiz_2025-03-06T10-11-12.345678.jsonl"
FOLDER = "acme__tiny-1b"


def sample(doc_id, filtered="none", **metrics):
    """A line as 0.4 writes it, with the question and the answers."""
    return {
        "doc_id": doc_id,
        "doc": {"question": "Which?", "choices": ["a", "b"]},
        "target": "0",
        "arguments": {"gen_args_0": {"arg_0": "Which?", "arg_1": " a"}},
        "resps": [[["-3.5", "False"]], [["-4.25", "False"]]],
        "filtered_resps": [["-3.5", "False"], ["-4.25", "False"]],
        "filter": filtered,
        "metrics": list(metrics),
        "doc_hash": "ab" * 32,
        "prompt_hash": "cd" * 32,
        "target_hash": "ef" * 32,
    } | metrics


def lines(*samples):
    return "".join(json.dumps(each) + "\n" for each in samples).encode()


def read(content, path=f"{FOLDER}/{NAME}", **asked):
    return read_file(io.BytesIO(content), path, FileContext(path=path, **asked))


def refusal(content, path=f"{FOLDER}/{NAME}", **asked):
    with pytest.raises(Refused) as refused:
        read(content, path, **asked)
    return str(refused.value)


QUIZ = lines(
    sample(0, acc=1.0, acc_norm=0.0),
    sample(1, acc=0.0, acc_norm=0.0),
    sample(2, acc=1.0, acc_norm=0.0),
    sample(3, acc=1.0, acc_norm=0.0),
)


def test_means_counts_and_errors_are_worked_out_from_the_samples():
    file = read(QUIZ)
    acme, day = "acme__tiny-1b", date(2025, 3, 6)
    assert (file.format, file.name) == ("lm-eval-samples", NAME)
    assert file.reading.results == (
        Result("acc,none", acme, "quiz / acc,none", Decimal("0.75"), 4,
               standard_error=Decimal("0.25"), unit="proportion", measured_on=day),
        Result("acc_norm,none", acme, "quiz / acc_norm,none", Decimal(0), 4,
               unit="proportion", measured_on=day),
    )  # fmt: skip
    assert file.reading.problems == ()
    assert file.reading.llms == {acme: LLMDraft("tiny-1b", "acme", huggingface_id="acme/tiny-1b")}
    assert file.reading.metrics["quiz / acc,none"] == MetricDraft(
        "acc", "quiz", "proportion", is_share_of_questions=True
    )
    assert file.reading.provenance == Provenance(
        title="lm-evaluation-harness samples of acme__tiny-1b, quiz, 2025-03-06",
        harness="lm-evaluation-harness",
        settings="means and standard errors worked out from samples",
        date=day,
    )


def test_the_error_is_that_of_the_harness_for_a_real_number_of_questions():
    answers = [sample(number, acc=float(number % 1000 < 962)) for number in range(1000)]
    [result] = read(lines(*answers)).reading.results
    # sciq of the shared results file: 0.962 over 1,000 questions
    assert (result.value, result.question_count) == (Decimal("0.962"), 1000)
    assert result.standard_error.quantize(Decimal("1e-14")) == Decimal("0.00604918115058")


def test_every_filter_is_a_result_of_its_own():
    content = lines(
        sample(0, "strict-match", exact_match=1.0), sample(1, "strict-match", exact_match=0.0),
        sample(0, "flexible-extract", exact_match=1.0),
        sample(1, "flexible-extract", exact_match=True),
    )  # fmt: skip
    reading = read(content).reading
    assert [(each.metric, each.value, each.question_count) for each in reading.results] == [
        ("quiz / exact_match,strict-match", Decimal("0.5"), 2),
        ("quiz / exact_match,flexible-extract", Decimal(1), 2),
    ]
    assert [draft.name for draft in reading.metrics.values()] == [
        "exact_match (strict-match)", "exact_match (flexible-extract)",
    ]  # fmt: skip


def test_samples_without_a_list_of_metrics_have_all_that_is_not_the_questions():
    """0.4.0 to 0.4.7 have neither "metrics" nor, at first, "filter"."""
    content = lines(
        {"doc_id": 0, "doc": {}, "target": 1, "resps": [], "acc": 0.0, "mae": 4},
        {"doc_id": 1, "doc": {}, "target": 1, "resps": [], "acc": 1.0, "mae": 2},
    )
    reading = read(content).reading
    assert [(each.metric, each.value) for each in reading.results] == [
        ("quiz / acc,none", Decimal("0.5")), ("quiz / mae,none", Decimal(3)),
    ]  # fmt: skip
    assert reading.metrics["quiz / mae,none"] == MetricDraft("mae", "quiz", higher_is_better=False)


def test_what_is_no_mean_over_questions_is_left_out_and_named():
    content = lines(
        sample(0, acc=1, perplexity=-2.5, f1=[1, 0], bleu=["a", "b"], inst=[True, False]),
        sample(1, acc=0, perplexity=-1.5, f1=[0, 0], bleu=["a", "b"], inst=[True]),
    )
    reading = read(content).reading
    assert [each.metric for each in reading.results] == ["quiz / acc,none"]
    assert reading.notes[-1] == (
        "Not read, as their value is not the mean over questions: bleu, f1, inst, perplexity."
    )


def test_a_metric_of_which_one_question_is_no_number_has_no_mean():
    content = lines(sample(0, acc=1, mae=1.0), sample(1, acc=1, mae=float("nan")))
    reading = read(content).reading
    assert [each.metric for each in reading.results] == ["quiz / acc,none"]
    assert reading.problems == (
        Problem("line 2", "NaN", "NaN is not a number",
                "So there is no mean: the metric is left out.", "acme__tiny-1b", "quiz / mae,none",
                is_missing=True),
    )  # fmt: skip


def test_a_metric_that_a_question_lacks_is_the_mean_of_the_others():
    content = lines(sample(0, acc=1, em=1), sample(1, acc=1), sample(2, acc=0, em=None))
    assert [(each.metric, each.question_count) for each in read(content).reading.results] == [
        ("quiz / acc,none", 3), ("quiz / em,none", 1),
    ]  # fmt: skip


def test_one_question_has_no_error_and_is_read_too():
    [result] = read(lines(sample(0, acc=1.0))).reading.results
    assert (result.value, result.question_count, result.standard_error) == (Decimal(1), 1, None)


@pytest.mark.parametrize(
    ("path", "asked", "expected"),
    [
        (f"runs/{FOLDER}/{NAME}", {}, ("acme__tiny-1b", "quiz / acc,none")),
        (f"{FOLDER}/samples_mmlu_pro_law.jsonl", {}, ("acme__tiny-1b", "mmlu_pro_law / acc,none")),
        (NAME, {"llm": "Mine"}, ("Mine", "quiz / acc,none")),
        (f"{FOLDER}/{NAME}", {"llm": "Mine"}, ("Mine", "quiz / acc,none")),
        (f"gpt2/{NAME}", {"llm_nearby": "gpt2"}, ("gpt2", "quiz / acc,none")),
        ("x.jsonl", {"llm": "Mine", "benchmark": "Quiz"}, ("Mine", "Quiz / acc,none")),
    ],
)
def test_task_and_llm_come_from_the_name_else_from_the_maintainer(path, asked, expected):
    [result] = read(lines(sample(0, acc=1.0)), path, **asked).reading.results
    assert (result.llm, result.metric) == expected


def test_samples_that_nobody_names_ask_for_it():
    one = lines(sample(0, acc=1.0))
    assert refusal(one, NAME).startswith("A file of samples does not name its LLM.")
    assert refusal(one, f"results/{NAME}").startswith("A file of samples does not name its LLM.")
    assert refusal(one, f"{FOLDER}/x.jsonl").startswith("A file of samples does not name its task.")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (QUIZ[:-200], "Line 4 of the file cannot be read. This is not correct JSON, line 1"),
        (QUIZ + QUIZ, "Line 5 holds question 0 a second time: the file was joined"),
        (QUIZ + b'{"a": 1}\n', "Line 5 is not a sample with a doc_id"),
        (QUIZ + b"[1]\n", "Line 5 is not a sample with a doc_id"),
        (QUIZ + b'{"doc_id": "\\ud800"}\n', "Line 5 of the file cannot be read. Line 1 holds"),
        (QUIZ + b'{"doc_id": 9, "acc": ' + b"[" * 60 + b"\n", "Line 5 of the file cannot be read"),
        (QUIZ + b'{"doc_id": 9, "acc": 1, "acc": 2}\n', "Line 5 of the file cannot be read. The"),
        (lines(sample(0), sample(1)), "This file has the shape of lm-evaluation-harness samples"),
    ],
)
def test_a_malformed_file_of_samples_is_refused_with_one_sentence(content, sentence):
    assert refusal(content).startswith(sentence)


def test_a_number_beyond_all_bounds_is_no_score():
    content = lines(sample(0, acc=1)) + b'{"doc_id": 1, "filter": "none", "acc": 1e999}\n'
    reading = read(content).reading
    assert (reading.results, [each.value for each in reading.problems]) == ((), ["1E+999"])


MEASURE = """
import resource, sys, time
from leaderboard.readers.registry import read_file
from leaderboard.readers.results import FileContext, Refused

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))

before, start = peak(), time.process_time()
with open(sys.argv[1], "rb") as file:
    try:
        read = read_file(file, sys.argv[1], FileContext("Tiny"))
        answer = str(read.reading.results[0].question_count)
    except Refused as refused:
        answer = str(refused)
print(peak() - before, round(time.process_time() - start, 2), answer)
"""
LONG = json.dumps(sample(0, acc=1.0) | {"doc": "x" * 20_000}).replace('"doc_id": 0', '"doc_id": %d')


def brackets(number):
    return f'{{"doc_id":{number},"filter":"","a":[{"[]," * 40_000}1]}}'


HOSTILE = {
    "40 MB of real lines": (lambda number: LONG % number, 2_000, "2000"),
    "many small lines": (lambda number: f'{{"doc_id":{number},"filter":""}}', 600_000, "too much"),
    "lines of brackets": (brackets, 60, "Up to line 1"),
    "a line of 11 MB": (lambda number: f'"{"x" * 11_000_000}"', 1, "Line 3 goes beyond"),
}  # fmt: skip


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("name", HOSTILE)
def test_samples_are_read_line_by_line_with_little_memory(name, tmp_path):
    make, count, expected = HOSTILE[name]
    path = tmp_path / "samples_quiz.jsonl"
    with path.open("w") as file:
        file.write('{"doc_id":-1,"filter":"","acc":1}\n{"doc_id":-2}\n' if "11 MB" in name else "")
        file.writelines(make(number) + "\n" for number in range(count))
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, path],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    path.unlink()
    memory, seconds, answer = done.stdout.strip().split(" ", 2)
    print(f"{name}: {int(memory) / 1e6:.0f} MB, {seconds} s: {answer}")
    assert expected in answer
    assert int(memory) < 100_000_000
