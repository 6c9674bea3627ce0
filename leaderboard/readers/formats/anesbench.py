"""AnesBench's `result.json`: a list of answers, read together with its question file.

The file names no LLM, benchmark or question: its 7th answer belongs to the 7th question.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from io import BytesIO
from typing import Any

from leaderboard.readers.files import json_documents
from leaderboard.readers.files.json_values import (
    as_number,
    as_text,
    find_problem,
    public_text,
    shortened,
)
from leaderboard.readers.files.opening import Content, Document
from leaderboard.readers.results import (
    FileContext,
    MetricDraft,
    Problem,
    Provenance,
    Reading,
    Refused,
    Result,
    draft_llm,
)
from leaderboard.text.sentences import Phrase, joined, noop

LEVELS = {"1": "system1", "2": "system1.x", "3": "system2"}
OVERALL = "overall"
PLACES = Decimal("1e-8")  # the digits that a score keeps
TOLERANCE = Decimal("1e-6")  # model_score is a float, and so rounded


def detects(content: Content) -> bool:
    """Whether a file is a result.json; also a question file, to say where it belongs."""
    if not isinstance(content, Document):
        return False
    data = content.data
    if not isinstance(data, dict):
        return _is_question_file(data)
    arrays = {key for key, value in data.items() if isinstance(value, list)}
    return "correctness" in arrays or {"model_output", "model_response"} <= arrays


def read(content: Content, context: FileContext) -> Reading:
    """Returns the share of right answers of each level and of all questions.

    Raises Refused where the file and its question file do not tell them.
    """
    data: Any = content.data if isinstance(content, Document) else None
    if not isinstance(data, dict):
        raise Refused(
            "This looks like a question file: give it as the question file beside result.json."
        )
    _check_context(context)
    levels, answers = _levels(context.questions)
    correct = _correct(data)
    _check_lengths(data, len(correct), len(levels))
    return Reading(
        results=tuple(_results(correct, levels, context)),
        problems=tuple(_problems(data, correct, context)),
        notes=tuple(_notes(data, correct, levels, answers)),
        llms={context.llm: draft_llm(context.llm)},
        metrics=_metrics(levels, context.benchmark),
        provenance=_provenance(context, len(levels)),
    )


# What the file must have


def _check_context(context: FileContext) -> None:
    named = {
        Phrase("the LLM (--llm)"): context.llm,
        Phrase("the benchmark (--benchmark)"): context.benchmark,
        Phrase("its question file (--questions)"): context.questions,
    }
    missing = [name for name, given in named.items() if not given]
    if missing:
        raise Refused(
            "A result.json does not say whose answers it holds, nor to which questions. "
            "Choose beside the file, or give on the command line: %(missing)s.",
            missing=joined(noop("%(first)s, %(next)s"), missing),
        )


def _is_question_file(data: object) -> bool:
    return (
        isinstance(data, list)
        and bool(data)
        and all(isinstance(question, dict) for question in data)
        and bool(data[0].keys() & {"level", "category", "answer", "target"})
    )


def _levels(questions: bytes) -> tuple[list[str], list[str]]:
    """Returns the level and the right answer ("" if not given) of each question, in file order."""
    try:
        data: Any = json_documents.load(BytesIO(questions))
    except Refused as refused:
        raise Refused("The question file cannot be read. %(reason)s", reason=refused) from None
    if not _is_question_file(data):
        raise Refused(
            "The question file is not a list of questions with id, answer and level. "
            "Give the benchmark's own JSON file."
        )
    levels = [_level(place, question) for place, question in enumerate(data, start=1)]
    return levels, [_answer(question) for question in data]


def _level(place: int, question: dict[str, Any]) -> str:
    stated = question.get("level", question.get("category"))
    code = as_text(stated)
    if code in LEVELS:
        return LEVELS[code]
    level = shortened(stated)
    raise Refused(
        "Question %(place)s of the question file (id %(id)s) has %(level)s. Known are 1, 2 and 3, "
        "for system1, system1.x and system2, under “level” or “category”.",
        place=f"{place:,}",
        id=shortened(question.get("id", "none")),
        level=Phrase("the level “%(level)s”", level=level) if code else Phrase("no level"),
    )


def _answer(question: dict[str, Any]) -> str:
    return as_text(question.get("answer", question.get("target")))


def _correct(data: dict[str, Any]) -> list[bool]:
    values = data.get("correctness")
    if not isinstance(values, list) or not values:
        raise Refused(
            "The file holds no answers: its “correctness” is missing or empty. "
            "Give the result.json of a run that has answered questions."
        )
    for place, value in enumerate(values, start=1):
        if not (isinstance(value, bool | int | Decimal) and value in (0, 1)):
            raise Refused(
                "Answer %(place)s of “correctness” is %(value)s. "
                "Each must be 0 (wrong) or 1 (right).",
                place=f"{place:,}",
                value=shortened(value),
            )
    return [value == 1 for value in values]


def _check_lengths(data: dict[str, Any], answered: int, asked: int) -> None:
    if answered > asked:
        raise Refused(
            "The file holds %(answers)s answers, but the question file %(questions)s questions: "
            "it is not the one that this run used. Give that one.",
            answers=f"{answered:,}",
            questions=f"{asked:,}",
        )
    for key in ("model_output", "model_response"):
        values = data.get(key)
        if isinstance(values, list) and len(values) != answered:
            raise Refused(
                "“%(key)s” holds %(answers)s answers, “correctness” %(others)s, so it is not "
                "clear which belongs to which question. Run the evaluation again.",
                key=key,
                answers=f"{len(values):,}",
                others=f"{answered:,}",
            )


# What the file says


def _counts(correct: list[bool], levels: list[str]) -> Iterator[tuple[str, int, int, int]]:
    """Yields (level, right, answered, asked) for each level, then for all questions together."""
    answered = Counter(levels[: len(correct)])
    right = Counter(level for level, is_right in zip(levels, correct, strict=False) if is_right)
    asked = Counter(levels)
    for level in LEVELS.values():
        yield level, right[level], answered[level], asked[level]
    yield OVERALL, right.total(), answered.total(), asked.total()


def _results(correct: list[bool], levels: list[str], context: FileContext) -> Iterator[Result]:
    """Yields a result for each level that has answers.

    It has no standard error: the site computes one from the number of questions. One stored with
    the score would turn its Wilson interval into a normal one.
    """
    for level, right, answered, expected in _counts(correct, levels):
        if answered:
            yield Result(
                where=f"correctness › {level}",
                llm=context.llm,
                metric=f"{context.benchmark} / {level}",
                value=(Decimal(right) / answered).quantize(PLACES, ROUND_HALF_EVEN),
                question_count=answered,
                expected_count=expected,
                unit="proportion",
            )


def _problems(data: dict[str, Any], correct: list[bool], context: FileContext) -> Iterator[Problem]:
    stated = data.get("model_score")
    metric = f"{context.benchmark} / {OVERALL}"
    if unreadable := find_problem(stated, "model_score", context.llm, metric):
        yield unreadable
    mean = Decimal(sum(correct)) / len(correct)
    score = as_number(stated)
    if score is not None and abs(score - mean) > TOLERANCE:
        yield Problem(
            "model_score",
            shortened(score),
            Phrase(
                "The mean of “correctness” is %(mean)s",
                mean=f"{mean.quantize(PLACES).normalize():f}",
            ),
            Phrase("The file was changed or joined: give the one that the evaluation wrote."),
            context.llm,
            metric,
        )


def _notes(
    data: dict[str, Any], correct: list[bool], levels: list[str], answers: list[str]
) -> Iterator[str]:
    if len(correct) < len(levels):
        yield Phrase(
            "The file answers the first %(answers)s of %(questions)s questions. "
            "The published script adds at most 10 per start; start it again to finish.",
            answers=f"{len(correct):,}",
            questions=f"{len(levels):,}",
        )
    output = data.get("model_output")
    if isinstance(output, list):
        pairs = zip(output, answers, correct, strict=False)
        odd = sum(bool(right) and (given == right) != is_right for given, right, is_right in pairs)
        if odd:
            yield Phrase(
                "%(odd)s of %(answers)s answers are right in “correctness” and wrong by the "
                "question file, or the other way round: is it the one that this run used?",
                odd=f"{odd:,}",
                answers=f"{len(correct):,}",
            )


def _metrics(levels: list[str], benchmark: str) -> dict[str, MetricDraft]:
    expected = Counter(levels)
    counts = {level: expected[level] for level in LEVELS.values()} | {OVERALL: len(levels)}
    return {
        f"{benchmark} / {level}": MetricDraft(
            name=level,
            benchmark=benchmark,
            unit="proportion",
            question_count=questions,
            is_share_of_questions=True,
        )
        for level, questions in counts.items()
        if questions
    }


def _provenance(context: FileContext, questions: int) -> Provenance:
    sha256 = hashlib.sha256(context.questions).hexdigest()
    return Provenance(
        title=public_text([f"{context.benchmark} result.json of {context.llm}"], 200),
        harness="AnesBench evaluate.py",
        settings=f"{questions:,} questions; question file SHA-256 {sha256}",
    )
