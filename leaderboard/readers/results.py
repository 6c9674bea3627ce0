"""What every importer turns a file into. Pure: no Django, no database.

A file's names stay as the file has them; what they mean here is decided by the matching.
"""

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from leaderboard.text.names import name_key
from leaderboard.text.sentences import Phrase, Sentence, noop


class Refused(Sentence):
    """The file as a whole cannot be read; the message says why, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Result:
    """One number of a file. `value` None says that there is none: an empty cell, “N/A”, null.

    What a file does not say about a number (None, "") is left as it is here.
    """

    where: str  # for the maintainer: “line 7, column amcqa-overall”, “results › sciq › acc,none”
    llm: str
    metric: str  # a column header, “sciq / acc,none”
    value: Decimal | None
    question_count: int | None = None
    expected_count: int | None = None  # more than question_count: a partial run
    standard_error: Decimal | None = None  # in the unit of the value
    unit: str = ""  # proportion, percent or points, only where the file says so
    measured_on: datetime.date | None = None
    note: str = ""
    source_url: str = ""
    partial: bool = False  # the file says that questions are missing, not how many

    @property
    def is_partial(self) -> bool:
        counts = (self.question_count, self.expected_count)
        fewer = None not in counts and self.question_count < self.expected_count  # type: ignore[operator]
        return self.partial or fewer


@dataclass(frozen=True, slots=True)
class ReportedFact:
    """What a file says of an LLM itself: the text of a cell, "" if it is empty."""

    where: str
    llm: str
    field: str  # as the model names it: organization, parameters, license, …
    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell that cannot be read. `is_missing`: reported as no value (NaN), and left out;
    else the file is not imported until it is mended."""

    where: str
    value: str  # as the file has it, shortened
    reason: str
    remedy: str
    llm: str = ""
    metric: str = ""
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class LLMDraft:
    """An LLM as a file describes it, to fill in the form when it is created."""

    name: str
    organization: str = ""
    parameters: Decimal | None = None  # billions
    huggingface_id: str = ""


@dataclass(frozen=True, slots=True)
class MetricDraft:
    """A metric as a file describes it. The unit is empty where the file does not say it: it is
    never guessed from a number."""

    name: str
    benchmark: str = ""
    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    higher_is_better: bool = True
    question_count: int | None = None
    is_share_of_questions: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who measured and how, under the names that Source has; an allow-list, nothing private."""

    title: str = ""
    kind: str = "evaluation run"
    url: str = ""
    evaluator: str = ""
    tier: str = "unknown"
    harness: str = ""
    harness_version: str = ""
    settings: str = ""
    date: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that a file says, and what in it cannot be read."""

    results: tuple[Result, ...] = ()
    facts: tuple[ReportedFact, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()  # sentences: columns not read, and why
    llms: Mapping[str, LLMDraft] = field(default_factory=dict)  # by the file's name
    metrics: Mapping[str, MetricDraft] = field(default_factory=dict)
    provenance: Provenance = Provenance()


@dataclass(frozen=True, slots=True)
class FileContext:
    """What the maintainer says beside the file."""

    llm: str = ""  # for a file that names none
    benchmark: str = ""  # likewise
    questions: bytes = b""  # the benchmark's own question file


def header_key(text: str) -> str:
    """“AnesBench System1.x” and anesbench_system1x are one header: letters and digits, folded."""
    return "".join(character for character in text.casefold() if character.isalnum())


def short(text: str, length: int = 60) -> str:
    """A text of a file as a message can show it: on one line, cut."""
    line = " ".join(text[: 4 * length].split())
    return f"{line[: length - 1]}…" if len(line) > length else line


# “org/model”, and what lm-evaluation-harness makes of it for a file name: “org__model”.
HUGGING_FACE_ID = re.compile(r"([^\W_][\w.-]*?)(?:/|__)((?:(?!__)[\w.-])+)", re.ASCII)
HUB_CACHE = re.compile(r"models--([\w.-]+?)--([\w.-]+)", re.ASCII)  # a folder of the Hub's cache


def draft_of_llm(name: str) -> LLMDraft:
    """What an LLM's name in a file says: “org/model” names its organization, a path only its end.

    No folder of anybody's machine goes further than this.
    """
    parts = [part for part in re.split(r"[/\\]|__", name.strip()) if part.strip()]
    cached = next(filter(None, map(HUB_CACHE.fullmatch, parts)), None)
    found = cached or HUGGING_FACE_ID.fullmatch(name.strip())
    if found:
        organization, model = found.groups()
        return LLMDraft(model, organization, huggingface_id=f"{organization}/{model}")
    is_path = re.search(r"[/\\]", name) or name.count("__") > 1
    return LLMDraft(parts[-1] if is_path and parts else name.strip())


def drafts_of(names: Iterable[str]) -> dict[str, LLMDraft]:
    """The drafts of those names that say more than themselves."""
    drafts = {name: draft_of_llm(name) for name in dict.fromkeys(names)}
    return {name: draft for name, draft in drafts.items() if draft != LLMDraft(name)}


def without_repeats(results: Iterable[Result]) -> tuple[list[Result], list[Problem]]:
    """Every score once: what a file says twice alike is no mistake, what it says differently is a
    problem that names both places."""
    key = cache(name_key)  # of few names, each in many results
    kept: dict[tuple[str, str], Result] = {}
    problems = []
    for result in results:
        first = kept.setdefault((key(result.llm), key(result.metric)), result)
        if first is not result and said(first) != said(result):
            problems.append(conflict(first, result))
    return list(kept.values()), problems


def conflicts(results: Iterable[Result]) -> list[Problem]:
    """The scores that a file gives twice and differently."""
    return without_repeats(results)[1]


def facts_without_repeats(
    facts: Iterable[ReportedFact],
) -> tuple[list[ReportedFact], list[Problem]]:
    """Likewise of facts: each once, and those that a file says differently."""
    kept: dict[tuple[str, str], ReportedFact] = {}
    problems = []
    for fact in facts:
        first = kept.setdefault((name_key(fact.llm), fact.field), fact)
        if first.text != fact.text:
            texts = [short(each.text) or Phrase("nothing") for each in (first, fact)]
            reason = Phrase(
                "%(llm)s has two values here: %(first)s and %(second)s.",
                llm=short(fact.llm), first=texts[0], second=texts[1],
            )  # fmt: skip
            where = Phrase(BOTH, first=first.where, second=fact.where)
            problems.append(Problem(where, texts[1], reason, Phrase(DELETE_ONE), fact.llm))
    return list(kept.values()), problems


BOTH = noop("%(first)s and %(second)s")
DELETE_ONE = noop("Delete one of them, or correct the name.")


def said(result: Result) -> tuple[object, ...]:
    return result.value, result.question_count, result.standard_error, result.measured_on


def conflict(first: Result, second: Result) -> Problem:
    values = [
        Phrase("no value") if result.value is None else str(result.value)
        for result in (first, second)
    ]
    if first.value == second.value:
        template = noop("%(llm)s has this score twice, with different details.")
    else:
        template = noop(
            "%(llm)s has this score twice, with different values: %(first)s and %(second)s."
        )
    return Problem(
        Phrase(BOTH, first=first.where, second=second.where),
        values[1],
        Phrase(template, llm=short(second.llm), first=values[0], second=values[1]),
        Phrase(DELETE_ONE),
        second.llm,
        second.metric,
    )
