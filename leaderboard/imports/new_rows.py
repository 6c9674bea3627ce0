"""LLMs and metrics that an import creates, checked like a form without a query for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, DateField
from django.utils.translation import gettext

from leaderboard.fields import clean_name_or_error
from leaderboard.models import LLM, Benchmark, Metric, Organization
from leaderboard.models.keys import make_address
from leaderboard.text.names import mixed_words, name_key

from .catalogue import Catalogue
from .targets import NameStatus, Target

LLM_TEXTS = ("name", "organization", "parameters", "huggingface_id")
METRIC_TEXTS = (
    "name", "key", "unit", "unit_label", "label_in_front", "minimum", "maximum",
    "higher_is_better", "question_count", "is_share_of_questions",
)  # fmt: skip


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
