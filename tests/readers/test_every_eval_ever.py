"""Records of Every Eval Ever."""

from datetime import date
from decimal import Decimal

import pytest

from leaderboard.readers.results import (
    FileContext,
    LLMDraft,
    MetricDraft,
    Problem,
    Provenance,
    Reading,
    Result,
)
from tests.readers.json_files import DATA, read, read_refusal, sample, shared

# Every Eval Ever


def record(**changes):
    return sample("every_eval_ever_0_3.json") | changes


RESULTS = (
    Result(
        "evaluation_results › 1 › Quiz",
        "acme/tiny",
        "Quiz / accuracy",
        Decimal("0.50"),
        40,
        100,
        Decimal("0.05"),
        "proportion",
        date(2025, 3, 6),
    ),
    Result(
        "evaluation_results › 2 › Quiz",
        "acme/tiny",
        "Quiz / latency",
        Decimal(120),
        measured_on=date(2025, 3, 6),
    ),
)
UNKNOWN_LEVEL = Problem(
    "evaluation_results › 3 › Grade",
    "-1",
    "-1 stands for an unknown level",
    "It is left out: there is no score to store.",
    "acme/tiny",
    "Grade",
    is_missing=True,
)
QUIZ = MetricDraft(
    "Accuracy", "Quiz", "proportion", minimum=Decimal(0), maximum=Decimal(1), question_count=100
)
LATENCY = MetricDraft("latency", "Quiz", "other", "ms", Decimal(0), higher_is_better=False)


def test_an_every_eval_ever_record_is_read():
    assert read((DATA / "every_eval_ever_0_3.json").read_bytes()) == Reading(
        results=RESULTS,
        problems=(UNKNOWN_LEVEL,),
        llms={"acme/tiny": LLMDraft("Tiny", "Acme", Decimal("1.5"), "acme/tiny")},
        metrics={
            "Quiz / accuracy": QUIZ,
            "Quiz / latency": LATENCY,
            "Grade": MetricDraft("Grade / score", "Essays"),
        },
        provenance=Provenance(
            title="Acme report: acme/tiny",
            kind="report",
            evaluator="Acme",
            tier="vendor",
            harness="inspect_ai",
            harness_version="0.3.1",
            settings="precision bfloat16; inference engine vLLM 0.8; temperature 0.0; "
            "reasoning false; Every Eval Ever record demo/acme_tiny/1741299889",
            date=date(2025, 3, 6),
        ),
    )


@pytest.mark.parametrize(
    ("source_type", "relationship", "kind", "tier"),
    [
        ("evaluation_run", "first_party", "evaluation run", "vendor"),
        ("evaluation_run", "third_party", "evaluation run", "independent"),
        ("documentation", "collaborative", "leaderboard", "unknown"),
        ("documentation", "other", "leaderboard", "unknown"),
    ],
)
def test_who_evaluated_says_how_independent_a_record_is(source_type, relationship, kind, tier):
    source = {"source_type": source_type, "evaluator_relationship": relationship}
    provenance = read(record(source_metadata=source)).provenance
    assert (provenance.kind, provenance.tier) == (kind, tier)


def test_a_record_of_another_version_is_refused():
    assert read_refusal(record(schema_version="1.0")).startswith(
        "The record's schema_version is 1.0; 0.2 and 0.3 can be read."
    )


def test_a_record_without_a_name_asks_for_it():
    assert read_refusal(record(model_info={})).startswith("The record does not name its LLM")
    assert {each.llm for each in read(record(), FileContext(llm="Mine")).results} == {"Mine"}


def test_two_results_that_nothing_tells_apart_are_a_problem():
    one = {"evaluation_name": "Quiz", "score_details": {"score": 1}}
    two = {"evaluation_name": "Quiz", "score_details": {"score": 2}}
    problems = read(record(evaluation_results=[one, two])).problems
    assert [each.where for each in problems] == [
        "evaluation_results › 1 › Quiz and evaluation_results › 2 › Quiz"
    ]


def test_a_record_of_odd_types_is_read_as_far_as_it_goes():
    odd = [1, {"evaluation_name": 7, "metric_config": [], "score_details": {"score": "x"}}]
    reading = read(record(evaluation_results=odd, source_metadata=None, eval_library=[]))
    assert reading.results == ()
    assert [each.reason for each in reading.problems] == [
        "“x” is not a number", "This result has no name of an LLM or of a metric.",
    ]  # fmt: skip


def test_the_real_every_eval_ever_record_is_read():
    file = shared("every-eval-ever/record_llama-pro-8b.json")
    assert file.format == "every-eval-ever"
    assert {each.metric: str(each.value) for each in file.reading.results} == {
        "IFEval": "0.4486",
        "BBH": "0.4224",
        "MATH Level 5": "0.0249",
        "GPQA": "0.2743",
        "MUSR": "0.419",
        "MMLU-PRO": "0.1946",
    }
    assert file.reading.llms == {
        "TencentARC/LLaMA-Pro-8B-Instruct": LLMDraft(
            "LLaMA-Pro-8B-Instruct",
            "TencentARC",
            Decimal("8.357"),
            "TencentARC/LLaMA-Pro-8B-Instruct",
        )
    }
    assert file.reading.provenance == Provenance(
        title="HF Open LLM v2: TencentARC/LLaMA-Pro-8B-Instruct",
        kind="leaderboard",
        evaluator="Hugging Face",
        tier="independent",
        settings="precision bfloat16; Every Eval Ever record "
        "hfopenllm_v2/TencentARC_LLaMA-Pro-8B-Instruct/1770682486.623709",
        date=date(2026, 2, 10),
    )
