"""Finds the LLMs and metrics that the names in a file mean: by key, name or remembered alias."""

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
from leaderboard.readers.results import MetricDraft, Problem, Reading, Result
from leaderboard.text.names import mixed_words, name_key

from .catalogue import Catalogue
from .drafts import group_facts


@dataclass(frozen=True)
class Choices:
    """What the maintainer decides about a file's names and numbers; stored with the import.

    The choice for a name is {"to": "use", "id": 3}, {"to": "leave out"}, or {"to": "create", …}
    with the fields of the new LLM or metric as texts.
    """

    llms: dict[str, dict[str, Any]] = field(default_factory=dict)
    metrics: dict[str, dict[str, Any]] = field(default_factory=dict)
    benchmark: str = ""  # that the metrics belong to, if the file does not name it
    percent: tuple[str, ...] = ()  # the file's names of metrics whose values are percent
    allow_partial: bool = False
    keep_errors: bool = False  # the given standard error of a value that the file replaces
    create_organizations: bool = False
    # What is done about other settings of a run, by Difference.key, and about all others.
    settings: dict[str, str] = field(default_factory=dict)
    other_settings: str = ""
    # Which facts of LLMs that are here change: those ticked (by PlannedFact.key), and by a rule.
    facts: tuple[str, ...] = ()
    other_facts: str = ""  # one of FACT_RULES
    source: int | None = None  # a stored one, for all scores; None: what is said of a new one
    reason: str = ""  # public, of all that the import changes
    causes: tuple[str, ...] = ()  # keys of causes for which unreadable cells are left out
    by_file: bool = False  # of several files: each table is asked about by itself


# Of facts that are not ticked: none change; those that are unknown here; all.
TICKED, EMPTY, ALL = "", "empty", "all"
FACT_RULES = (TICKED, EMPTY, ALL)

LLM_TEXTS = ("name", "organization", "parameters", "huggingface_id")
METRIC_TEXTS = (
    "name", "key", "unit", "unit_label", "label_in_front", "minimum", "maximum",
    "higher_is_better", "question_count", "is_share_of_questions",
)  # fmt: skip


class NameStatus(StrEnum):
    """What an import does with a name of a file."""

    MATCHED = "matched"
    NEW = "new"
    LEFT_OUT = "left out"
    UNMATCHED = "unmatched"
    INVALID = "invalid"


@dataclass(frozen=True)
class Target:
    """What a name of the file means: a stored LLM or metric, or one that the import creates."""

    name: str  # as the file has it
    status: NameStatus
    id: int | None = None
    new: Any = None  # an LLM or Metric that is not saved yet
    belongs_to: str = ""  # the organization of a new LLM, the benchmark of a new metric
    error: str = ""
    is_alias: bool = False  # the import remembers the name

    @property
    def key(self) -> int | str:
        """What planned changes refer to: the stored row's id, or the file's name of a new one."""
        return self.id or self.name


@dataclass(frozen=True)
class Targets:
    """The targets by the names of the file; spellings of one name share a target."""

    llms: Mapping[str, Target]
    metrics: Mapping[str, Target]


def unique_targets(targets: Mapping[str, Target]) -> list[Target]:
    """Returns each target once, however many spellings share it."""
    return list({target.name: target for target in targets.values()}.values())


@dataclass
class TakenNames:
    """Names and addresses of stored rows, and of rows that the same file creates."""

    slugs: set[str]
    llms: set[str]  # name keys
    keys: set[str]
    metrics: set[tuple[str, str]]  # name keys of the benchmark and the metric


def find_taken_names(catalogue: Catalogue) -> TakenNames:
    """Returns the names and addresses of the stored rows."""
    metrics = catalogue.metrics.values()
    return TakenNames(
        slugs={llm.slug for llm in catalogue.llms.values()},
        llms={llm.name_key for llm in catalogue.llms.values()},
        keys={metric.key for metric in metrics},
        metrics={
            (metric.benchmark.name_key if metric.benchmark else "", metric.name_key)
            for metric in metrics
        },
    )


def find_targets(reading: Reading, choices: Choices, catalogue: Catalogue) -> Targets:
    """Finds the target of every name in the file, in the order of the file.

    Names that only come with a missing number (NaN), or in a row that is not read, get none.
    """
    named: list[Result | Problem] = [
        *reading.results,
        *(
            problem
            for problem in reading.problems
            if not (problem.is_missing or problem.is_left_out)
        ),
    ]
    facts = group_facts(reading)
    taken = find_taken_names(catalogue)
    return Targets(
        share_targets(
            (result.llm for result in (*named, *reading.facts)),
            lambda name: find_llm_target(name, facts[name_key(name)], choices, catalogue, taken),
        ),
        share_targets(
            (result.metric for result in named),
            lambda name: find_metric_target(
                name, reading.metrics.get(name), choices, catalogue, taken
            ),
        ),
    )


def share_targets(names: Iterable[str], make: Callable[[str], Target]) -> dict[str, Target]:
    """Returns the target of each name; “Alpha” and “alpha ” share that of the first spelling."""
    targets: dict[str, Target] = {}
    first: dict[str, Target] = {}
    for name in names:
        if name and name not in targets:
            key = name_key(name)
            if key not in first:
                first[key] = make(name)
            targets[name] = first[key]
    return targets


def find_llm_target(
    name: str, facts: dict[str, str], choices: Choices, catalogue: Catalogue, taken: TakenNames
) -> Target:
    """Finds the LLM that a name means, by the choice for it, else among stored names."""
    choice = choices.llms.get(name, {})
    known = catalogue.llm(name)
    match choice.get("to"):
        case "leave out":
            return Target(name, NameStatus.LEFT_OUT)
        case "use" if choice.get("id") in catalogue.llms:
            return Target(name, NameStatus.MATCHED, choice["id"], is_alias=choice["id"] != known)
        case "create":
            texts = facts | {field: choice[field] for field in LLM_TEXTS if field in choice}
            return draft_new_llm(name, texts, catalogue, taken)
    return Target(name, NameStatus.MATCHED, known) if known else Target(name, NameStatus.UNMATCHED)


def draft_new_llm(
    name: str, texts: dict[str, str], catalogue: Catalogue, taken: TakenNames
) -> Target:
    """Returns the target of an LLM to be created from these texts; INVALID if refused."""
    organization = ""
    llm = LLM()
    try:
        for field, text in texts.items():
            value = read_fact_value(field, text)
            if field == "organization":
                organization = clean_owner_name(Organization, value, catalogue.organizations)
            else:
                setattr(llm, field, value)
        check_new_name(llm)
        if llm.name_key in taken.llms:
            raise ValidationError(explain_taken_name(llm.name))
        llm.slug = make_address(llm.name, taken.slugs)
        if not llm.slug:
            refusal = gettext("Its address is taken or cannot be made: add it by hand first.")
            raise ValidationError(refusal)
        llm.check_sizes()
    except ValidationError as error:
        return Target(name, NameStatus.INVALID, error=" ".join(error.messages))
    taken.slugs.add(llm.slug)
    taken.llms.add(llm.name_key)
    return Target(
        name,
        NameStatus.NEW,
        new=llm,
        belongs_to=organization,
        is_alias=name_key(name) not in (llm.name_key, llm.slug),
    )


def explain_taken_name(name: str) -> str:
    """Says that the name is taken, here or in the same file."""
    return gettext(
        "“%(name)s” exists already, or another name of the file creates it: choose it, or rename "
        "this."
    ) % {"name": name}


def check_new_name(instance: LLM | Metric) -> None:
    """Cleans the name of a new row and derives its other fields.

    Raises ValidationError for a name that the form would refuse. It asks no query, as it runs for
    thousands of rows.
    """
    instance.name = clean_name_or_error(instance.name)
    check_scripts(instance.name)
    instance.derive()


def check_scripts(name: str) -> None:
    """Raises ValidationError for a word that mixes scripts that look alike."""
    mixed = mixed_words(name)
    if mixed:
        refusal = gettext("“%(word)s” mixes scripts that look alike: add it by hand first.")
        raise ValidationError(refusal % {"word": mixed[0]})


def clean_owner_name(
    model: type[Organization | Benchmark], text: str, known: Mapping[str, Organization | Benchmark]
) -> str:
    """Returns the name of an organization or benchmark as it is stored; "" for none.

    Raises ValidationError for a new name that its form would refuse.
    """
    if not text.strip():
        return ""
    name: str = model._meta.get_field("name").clean(text.strip(), None)
    if name_key(name) in known:
        return name
    check_scripts(name)
    if not make_address(name, {row.slug for row in known.values()}):
        raise ValidationError(explain_no_address(name))
    return name


def explain_no_address(name: str) -> str:
    """Says that no address can be made of a name."""
    refusal = gettext("The address of “%(name)s” is taken or cannot be made: add it first.")
    return refusal % {"name": name}


BOOLEANS = {
    "yes": True, "true": True, "1": True, "no": False, "false": False, "0": False,
    "": None, "unknown": None,
    # as spreadsheets in German, French, Spanish and Chinese write them
    "wahr": True, "falsch": False, "ja": True, "nein": False, "vrai": True, "faux": False,
    "oui": True, "non": False, "verdadero": True, "falso": False, "是": True, "否": False,
}  # fmt: skip
NEITHER = "neither"  # end of a new metric is the better one


def read_fact_value(field: str, text: str) -> Any:
    """Returns the value of an LLM's field for the text in a table; an organization stays a name.

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
        return column.get_default()  # None or "" for unknown; a model unless something is said
    try:
        value = column.clean(text, None)
    except ValidationError:
        if not isinstance(column, DateField):
            raise
        refusal = gettext("“%(value)s” is not a day.") % {"value": text[:30]}
        raise ValidationError(" ".join([str(refusal), gettext("Type it as 2025-01-20.")])) from None
    return value.lower() if field == "domain" else value  # as LLM.derive has it


def find_metric_target(
    name: str,
    draft: MetricDraft | None,
    choices: Choices,
    catalogue: Catalogue,
    taken: TakenNames,
) -> Target:
    """Finds the metric that a name means, by the choice for it, else among stored names.

    “Latency (ms)” is also Latency, if that is in the same unit.
    """
    choice = choices.metrics.get(name, {})
    known = catalogue.metric(f"{choices.benchmark} {name}") if choices.benchmark else None
    known = known or catalogue.metric(name)
    if not known and draft and draft.unit and not draft.benchmark:
        known = catalogue.metric(draft.name)
    match choice.get("to"):
        case "leave out":
            return Target(name, NameStatus.LEFT_OUT)
        case "use" if choice.get("id") in catalogue.metrics:
            return Target(name, NameStatus.MATCHED, choice["id"], is_alias=choice["id"] != known)
        case "create":
            return draft_new_metric(name, choice, catalogue, taken)
    return Target(name, NameStatus.MATCHED, known) if known else Target(name, NameStatus.UNMATCHED)


def draft_new_metric(
    name: str, texts: dict[str, str], catalogue: Catalogue, taken: TakenNames
) -> Target:
    """Returns the target of a metric to be created from these texts; INVALID if refused."""
    metric = Metric()
    try:
        for field in METRIC_TEXTS:
            if texts.get(field):
                setattr(metric, field, read_metric_value(field, texts[field]))
        if not texts.get("unit"):
            raise ValidationError(
                gettext("Choose its unit: a file does not say it, and it is not guessed.")
            )
        benchmark = clean_owner_name(Benchmark, texts.get("benchmark", ""), catalogue.benchmarks)
        check_new_name(metric)
        if (name_key(benchmark), metric.name_key) in taken.metrics:
            raise ValidationError(explain_taken_name(f"{benchmark} {metric.name}".strip()))
        metric.benchmark = known = catalogue.benchmarks.get(name_key(benchmark))
        metric.clean_fields(exclude=["benchmark"])
        if metric.key in taken.keys:
            refusal = gettext("The key %(key)s is taken: choose another.")
            raise ValidationError(refusal % {"key": metric.key})
        metric.check_unit_label()
        metric.check_range()
    except ValidationError as error:
        return Target(name, NameStatus.INVALID, error=" ".join(error.messages))
    taken.keys.add(metric.key)
    taken.metrics.add((name_key(benchmark), metric.name_key))
    return Target(
        name, NameStatus.NEW, new=metric, belongs_to="" if known else benchmark, is_alias=True
    )


def read_metric_value(field: str, text: str) -> Any:
    """Returns the value of a metric's field for the text in a form.

    Raises ValidationError for a text that the field refuses.
    """
    column: Any = Metric._meta.get_field(field)
    if field == "higher_is_better" and text == NEITHER:
        return None
    if isinstance(column, BooleanField):
        return BOOLEANS.get(text.strip().casefold()) is True
    return column.clean(text.strip(), None)
