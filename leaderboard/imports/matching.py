"""What the names in a file mean here: LLMs and metrics, by key, name or remembered alias."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, DateField
from django.utils.translation import gettext

from leaderboard.fields import clean_name_or_error
from leaderboard.models import LLM, Benchmark, Metric, Organization
from leaderboard.models.keys import make_address
from leaderboard.readers.results import Problem, Reading, Result
from leaderboard.text.names import mixed_words, name_key

from .catalogue import Catalogue
from .drafts import facts_of


@dataclass(frozen=True)
class Choices:
    """What the maintainer says about a file's names and numbers; stored with the import.

    A name's choice is {"to": "use", "id": 3}, {"to": "leave out"} or {"to": "create", …} with the
    fields of the new LLM or metric as texts.
    """

    llms: dict[str, dict[str, Any]] = field(default_factory=dict)
    metrics: dict[str, dict[str, Any]] = field(default_factory=dict)
    benchmark: str = ""  # of a file that does not name it
    percent: tuple[str, ...] = ()  # the file's names of metrics whose values are percent
    allow_partial: bool = False
    create_organizations: bool = False


LLM_TEXTS = ("name", "organization", "parameters", "huggingface_id")
METRIC_TEXTS = (
    "name", "key", "unit", "minimum", "maximum", "higher_is_better", "question_count",
    "is_share_of_questions",
)  # fmt: skip


class Fate(StrEnum):
    """What becomes of a name of a file."""

    MATCHED = "matched"
    NEW = "new"
    LEFT_OUT = "left out"
    UNMATCHED = "unmatched"
    INVALID = "invalid"


@dataclass(frozen=True)
class Target:
    """What a name of the file stands for: something that is here, or that the import makes."""

    name: str  # as the file has it
    fate: Fate
    id: int | None = None
    new: Any = None  # an LLM or Metric that is not saved yet
    belongs_to: str = ""  # the organization of a new LLM, the benchmark of a new metric
    error: str = ""
    is_alias: bool = False  # the name is to be remembered

    @property
    def key(self) -> int | str:
        """What changes refer to: the row, or the file's name of what is not there yet."""
        return self.id or self.name


@dataclass(frozen=True)
class Targets:
    """By the names of the file; spellings that a reader takes for one name share a target."""

    llms: Mapping[str, Target]
    metrics: Mapping[str, Target]


def once(targets: Mapping[str, Target]) -> list[Target]:
    """Each target once, however many spellings share it."""
    return list({each.name: each for each in targets.values()}.values())


@dataclass
class Taken:
    """Names and addresses that are given away, here or to what is new in the same file."""

    slugs: set[str]
    llms: set[str]  # name keys
    keys: set[str]
    metrics: set[tuple[str, str]]  # name keys of the benchmark and the metric


def taken_in(catalogue: Catalogue) -> Taken:
    metrics = catalogue.metrics.values()
    return Taken(
        slugs={llm.slug for llm in catalogue.llms.values()},
        llms={llm.name_key for llm in catalogue.llms.values()},
        keys={each.key for each in metrics},
        metrics={
            (each.benchmark.name_key if each.benchmark else "", each.name_key) for each in metrics
        },
    )


def find_targets(reading: Reading, choices: Choices, catalogue: Catalogue) -> Targets:
    """A target for every name in the file, in the order of the file.

    What is only said to be no number (NaN) stands for nothing that is to be found or made.
    """
    named: list[Result | Problem] = [
        *reading.results,
        *(each for each in reading.problems if not each.is_missing),
    ]
    facts = facts_of(reading)
    taken = taken_in(catalogue)
    return Targets(
        shared(
            (each.llm for each in (*named, *reading.facts)),
            lambda name: llm_target(name, facts[name_key(name)], choices, catalogue, taken),
        ),
        shared(
            (each.metric for each in named),
            lambda name: metric_target(name, choices, catalogue, taken),
        ),
    )


def shared(names: Iterable[str], make: Callable[[str], Target]) -> dict[str, Target]:
    """The target of each name: of “Alpha” and “alpha ” that of the spelling that comes first."""
    found: dict[str, Target] = {}
    first: dict[str, Target] = {}
    for name in names:
        if name and name not in found:
            key = name_key(name)
            if key not in first:
                first[key] = make(name)
            found[name] = first[key]
    return found


def llm_target(
    name: str, facts: dict[str, str], choices: Choices, catalogue: Catalogue, taken: Taken
) -> Target:
    choice = choices.llms.get(name, {})
    known = catalogue.llm(name)
    match choice.get("to"):
        case "leave out":
            return Target(name, Fate.LEFT_OUT)
        case "use" if choice.get("id") in catalogue.llms:
            return Target(name, Fate.MATCHED, choice["id"], is_alias=choice["id"] != known)
        case "create":
            texts = facts | {field: choice[field] for field in LLM_TEXTS if field in choice}
            return new_llm(name, texts, catalogue, taken)
    return Target(name, Fate.MATCHED, known) if known else Target(name, Fate.UNMATCHED)


def new_llm(name: str, texts: dict[str, str], catalogue: Catalogue, taken: Taken) -> Target:
    organization = ""
    llm = LLM()
    try:
        for field, text in texts.items():
            value = fact_value(field, text)
            if field == "organization":
                organization = owner_name(Organization, value, catalogue.organizations)
            else:
                setattr(llm, field, value)
        check_new_name(llm)
        if llm.name_key in taken.llms:
            raise ValidationError(said_twice(llm.name))
        llm.slug = make_address(llm.name, taken.slugs)
        if not llm.slug:
            refusal = gettext("Its address is taken or cannot be made: add it by hand first.")
            raise ValidationError(refusal)
        llm.check_sizes()
    except ValidationError as error:
        return Target(name, Fate.INVALID, error=" ".join(error.messages))
    taken.slugs.add(llm.slug)
    taken.llms.add(llm.name_key)
    return Target(
        name,
        Fate.NEW,
        new=llm,
        belongs_to=organization,
        is_alias=name_key(name) not in (llm.name_key, llm.slug),
    )


def said_twice(name: str) -> str:
    return gettext(
        "“%(name)s” exists already, or another name of the file creates it: choose it, or rename "
        "this."
    ) % {"name": name}


def check_new_name(instance: LLM | Metric) -> None:
    """The rules of a name, without a query: they are asked for thousands of rows."""
    instance.name = clean_name_or_error(instance.name)
    check_scripts(instance.name)
    instance.derive()


def check_scripts(name: str) -> None:
    mixed = mixed_words(name)
    if mixed:
        refusal = gettext("“%(word)s” mixes scripts that look alike: add it by hand first.")
        raise ValidationError(refusal % {"word": mixed[0]})


def owner_name(
    model: type[Organization | Benchmark], text: str, known: Mapping[str, Organization | Benchmark]
) -> str:
    """The name of an organization or benchmark as it is stored; a new one is held to its rules."""
    if not text.strip():
        return ""
    name: str = model._meta.get_field("name").clean(text.strip(), None)
    if name_key(name) in known:
        return name
    check_scripts(name)
    if not make_address(name, {each.slug for each in known.values()}):
        raise ValidationError(no_address(name))
    return name


def no_address(name: str) -> str:
    refusal = gettext("The address of “%(name)s” is taken or cannot be made: add it first.")
    return refusal % {"name": name}


BOOLEANS = {
    "yes": True, "true": True, "1": True, "no": False, "false": False, "0": False,
    "": None, "unknown": None,
}  # fmt: skip


def fact_value(field: str, text: str) -> Any:
    """The value of an LLM's field as a table writes it; an organization stays a name.

    Raises ValidationError with a sentence that says what to type.
    """
    text = text.strip()
    column: Any = LLM._meta.get_field(field)
    if isinstance(column, BooleanField):
        if text.casefold() not in BOOLEANS:
            refusal = gettext("“%(text)s” is not yes, no or unknown.")
            raise ValidationError(refusal % {"text": text[:30]})
        return BOOLEANS[text.casefold()]
    if field == "organization":
        return clean_name_or_error(text) if text else ""
    if not text or text.casefold() == "unknown":
        return None if column.null else ""
    try:
        value = column.clean(text, None)
    except ValidationError:
        if not isinstance(column, DateField):
            raise
        refusal = gettext("“%(value)s” is not a day.") % {"value": text[:30]}
        raise ValidationError(" ".join([str(refusal), gettext("Type it as 2025-01-20.")])) from None
    return value.lower() if field == "domain" else value  # as LLM.derive has it


def metric_target(name: str, choices: Choices, catalogue: Catalogue, taken: Taken) -> Target:
    choice = choices.metrics.get(name, {})
    known = catalogue.metric(f"{choices.benchmark} {name}") if choices.benchmark else None
    known = known or catalogue.metric(name)
    match choice.get("to"):
        case "leave out":
            return Target(name, Fate.LEFT_OUT)
        case "use" if choice.get("id") in catalogue.metrics:
            return Target(name, Fate.MATCHED, choice["id"], is_alias=choice["id"] != known)
        case "create":
            return new_metric(name, choice, catalogue, taken)
    return Target(name, Fate.MATCHED, known) if known else Target(name, Fate.UNMATCHED)


def new_metric(name: str, texts: dict[str, str], catalogue: Catalogue, taken: Taken) -> Target:
    metric = Metric()
    try:
        for field in METRIC_TEXTS:
            if texts.get(field):
                setattr(metric, field, metric_value(field, texts[field]))
        if not texts.get("unit"):
            raise ValidationError(
                gettext("Choose its unit: a file does not say it, and it is not guessed.")
            )
        benchmark = owner_name(Benchmark, texts.get("benchmark", ""), catalogue.benchmarks)
        check_new_name(metric)
        if (name_key(benchmark), metric.name_key) in taken.metrics:
            raise ValidationError(said_twice(f"{benchmark} {metric.name}".strip()))
        metric.benchmark = found = catalogue.benchmarks.get(name_key(benchmark))
        metric.clean_fields(exclude=["benchmark"])
        if metric.key in taken.keys:
            refusal = gettext("The key %(key)s is taken: choose another.")
            raise ValidationError(refusal % {"key": metric.key})
        metric.check_range()
    except ValidationError as error:
        return Target(name, Fate.INVALID, error=" ".join(error.messages))
    taken.keys.add(metric.key)
    taken.metrics.add((name_key(benchmark), metric.name_key))
    return Target(name, Fate.NEW, new=metric, belongs_to="" if found else benchmark, is_alias=True)


def metric_value(field: str, text: str) -> Any:
    column: Any = Metric._meta.get_field(field)
    if isinstance(column, BooleanField):
        return BOOLEANS.get(text.strip().casefold()) is True
    return column.clean(text.strip(), None)
