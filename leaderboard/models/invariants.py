"""Rules that the content keeps at every moment, and what holds each: a constraint, or the lock.

A constraint of the database holds whatever two writers do at once. A rule about several rows is
checked in Python; it holds because every writer checks and writes within the content lock
(locks.py). A new rule gets an entry in INVARIANTS.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from leaderboard.text.fact_values import store_value
from leaderboard.text.names import name_key
from leaderboard.text.sentences import Sentence

from .benchmarks import Benchmark
from .components import Component, with_components
from .facts import Fact, FactColumn, FactValue
from .imports import Alias
from .leaderboards import Column, Leaderboard
from .llms import LLM, Organization
from .metric_changes import check_scales
from .metrics import Metric
from .scores import Score, Source
from .site_pages import SitePage
from .translations import OWNERS, Translation

LOCK = "the content lock"


@dataclass(frozen=True)
class Invariant:
    """A rule, the functions that check it before a row is stored, and what holds it."""

    rule: str
    judged_by: str
    held_by: tuple[str, ...]  # names of constraints, or LOCK
    find_violations: Callable[[], Iterable[str]]


def scores_out_of_range() -> Iterator[str]:
    """Yields the scores outside the range of their metric."""
    outside = Q(value__lt=F("metric__minimum")) | Q(value__gt=F("metric__maximum"))
    for pk, value in Score.objects.filter(outside).order_by("pk").values_list("pk", "value"):
        yield f"score {pk} is {value}, outside the range of its metric"


def empty_ranges() -> Iterator[str]:
    """Yields the metrics whose minimum is not below their maximum."""
    for pk in Metric.objects.filter(minimum__gte=F("maximum")).values_list("pk", flat=True):
        yield f"metric {pk} has no value between its minimum and maximum"


def components_of_other_scales() -> Iterator[str]:
    """Yields the components that are in another unit or direction than their aggregate."""
    for component in Component.objects.select_related("metric", "aggregate").order_by("pk"):
        try:
            check_scales(component.metric, component.aggregate, "metric")
        except ValidationError:
            yield f"component {component.pk} is in another unit or direction than its aggregate"


def rank_based_ones_of_another_kind() -> Iterator[str]:
    """Yields the metrics made from ranks whose unit, direction or questions do not fit them, or
    that have scores."""
    kinds = Metric.objects.filter(aggregate__in=Metric.RANK_BASED)
    for metric in kinds.annotate(has_scores=Exists(Score.objects.filter(metric=OuterRef("pk")))):
        try:
            metric.check_kind()
        except ValidationError:
            yield f"metric {metric.pk} is made from ranks and in no unit or direction of such"
        if metric.has_scores:
            yield f"metric {metric.pk} is made from ranks and has scores"


def questions_of_nobody_near() -> Iterator[str]:
    """Yields the metrics that name another for its questions, which has none of its own there."""
    asking = Metric.objects.exclude(questions_of=None)
    own = Q(questions_of__questions_of=None)
    near = Q(questions_of__benchmark=F("benchmark")) | Q(
        benchmark=None, questions_of__benchmark=None
    )
    for pk in asking.exclude(own & near).order_by("pk").values_list("pk", flat=True):
        yield f"metric {pk} asks the questions of one that has none, or of another benchmark"


def components_without_weight() -> Iterator[str]:
    """Yields the components of weighted means without weight and question count."""
    unweighted = Component.objects.filter(
        aggregate__aggregate=Metric.Aggregate.QUESTION_WEIGHTED,
        weight=None,
        metric__question_count=None,
        metric__questions_of__question_count=None,
    )
    for pk in unweighted.order_by("pk").values_list("pk", flat=True):
        yield f"component {pk} has neither a weight nor a number of questions"


def circular_aggregates() -> Iterator[str]:
    """Yields the aggregates that are made from themselves."""
    parts = Component.objects.parts()
    for aggregate in sorted(parts):
        if aggregate in with_components(parts[aggregate], parts):
            yield f"metric {aggregate} is made from itself"


def ranked_by_no_column() -> Iterator[str]:
    """Yields the leaderboards ranked by a metric that is not a column; none without columns."""
    column = Column.objects.filter(leaderboard=OuterRef("pk"), metric=OuterRef("ranking_metric"))
    # A leaderboard without columns is still being made.
    made = Leaderboard.objects.filter(columns__isnull=False).exclude(Exists(column)).distinct()
    for pk in made.order_by("pk").values_list("pk", flat=True):
        yield f"leaderboard {pk} is ranked by a metric that is none of its columns"


def ranked_without_direction() -> Iterator[str]:
    """Yields the leaderboards ranked by a metric in which no value is better."""
    lost = Leaderboard.objects.filter(ranking_metric__higher_is_better=None)
    for pk in lost.order_by("pk").values_list("pk", flat=True):
        yield f"leaderboard {pk} is ranked by a metric without direction"


def sizes_the_wrong_way_round() -> Iterator[str]:
    """Yields the LLMs with more active parameters than parameters."""
    wrong = LLM.objects.filter(active_parameters__gt=F("parameters"))
    for pk in wrong.order_by("pk").values_list("pk", flat=True):
        yield f"LLM {pk} has more active parameters than parameters"


def titles_alike() -> Iterator[str]:
    """Yields the titles that several leaderboards share."""
    titles = Leaderboard.objects.values_list("title", flat=True)
    for title, count in Counter(map(name_key, titles)).items():
        if count > 1:
            yield f"{count} leaderboards have the title {title}"


def values_of_another_kind() -> Iterator[str]:
    """Yields the values of defined facts that are not stored as their kind is."""
    for pk, value, kind in FactValue.objects.order_by("pk").values_list(
        "pk", "value", "fact__kind"
    ):
        try:
            is_stored_so = store_value(kind, value) == value
        except Sentence:
            is_stored_so = False
        if not is_stored_so:
            yield f"value {pk} is no {kind}, as its fact is"


def doubles(model: type[models.Model], *names: str, **where: Any) -> Callable[[], Iterator[str]]:
    """Makes a function that yields the values that only one row may have and several have."""

    def find() -> Iterator[str]:
        rows = model._default_manager.filter(**where).order_by().values_list(*names)
        for values, count in Counter(rows).items():
            if count > 1:
                yield f"{count} times {model._meta.verbose_name} {' / '.join(map(str, values))}"

    return find


INVARIANTS = (
    Invariant(
        "A score is within the range of its metric.",
        "Score.clean, metric_changes.check_scores, plan_values of an import",
        (LOCK,),
        scores_out_of_range,
    ),
    Invariant("A range is not empty.", "Metric.check_range", (LOCK,), empty_ranges),
    Invariant(
        "A component has the unit and direction of its aggregate; one made from ranks takes "
        "those with a direction, and enters nothing.",
        "Component.clean, metric_changes",
        (LOCK,),
        components_of_other_scales,
    ),
    Invariant(
        "What is made from ranks has a unit and direction of its kind, no questions and no scores.",
        "Metric.check_kind, Metric.check_value, metric_changes.check_components",
        (LOCK,),
        rank_based_ones_of_another_kind,
    ),
    Invariant(
        "A metric asks its own questions, or those that another of its benchmark has.",
        "Metric.check_questions, metric_changes.check_shared_questions",
        (LOCK, "questions_are_counted_once"),
        questions_of_nobody_near,
    ),
    Invariant(
        "A component of a question-weighted mean has a weight or a number of questions.",
        "Component.clean, metric_changes",
        (LOCK,),
        components_without_weight,
    ),
    Invariant(
        "No aggregate is made from itself.",
        "Component.clean",
        (LOCK, "no_metric_is_its_own_component"),
        circular_aggregates,
    ),
    Invariant(
        "A leaderboard is ranked by one of its columns.",
        "Leaderboard.check_ranking_metric",
        (LOCK,),
        ranked_by_no_column,
    ),
    Invariant(
        "A leaderboard is ranked by a metric with a direction.",
        "Leaderboard.check_direction, metric_changes",
        (LOCK,),
        ranked_without_direction,
    ),
    Invariant(
        "An LLM has no more active parameters than parameters.",
        "LLM.check_sizes",
        (LOCK,),
        sizes_the_wrong_way_round,
    ),
    Invariant("No two leaderboards have one title.", "Leaderboard.clean", (LOCK,), titles_alike),
    Invariant(
        "An LLM has one score in a metric.",
        "Score.validate_constraints",
        ("one_score_per_llm_and_metric",),
        doubles(Score, "llm_id", "metric_id"),
    ),
    Invariant(
        "No two LLMs, organizations or benchmarks have one name.",
        "Named.clean",
        ("one_llm_per_name", "one_organization_per_name", "one_benchmark_per_name"),
        lambda: (
            text
            for model in (LLM, Organization, Benchmark)
            for text in doubles(model, "name_key")()
        ),
    ),
    Invariant(
        "A benchmark has one metric of a name, and so have the metrics without a benchmark.",
        "Named.clean",
        ("one_metric_of_a_name_per_benchmark", "one_metric_of_a_name_across_benchmarks"),
        doubles(Metric, "benchmark_id", "name_key"),
    ),
    Invariant(
        "An address or key is that of one row.",
        "Model.validate_unique",
        ("unique",),
        lambda: (
            text
            for model, name in (
                (LLM, "slug"),
                (Organization, "slug"),
                (Benchmark, "slug"),
                (Leaderboard, "slug"),
                (SitePage, "slug"),
                (Metric, "key"),
            )
            for text in doubles(model, name)()
        ),
    ),
    Invariant(
        "A file's name stands for one LLM and one metric at most.",
        "Alias.clean",
        ("an_alias_stands_for_one_llm", "an_alias_stands_for_one_metric"),
        lambda: (
            text
            for kind in ("llm", "metric")
            for text in doubles(Alias, "key", **{f"{kind}__isnull": False})()
        ),
    ),
    Invariant(
        "A metric is a column of a leaderboard, and a component of an aggregate, once.",
        "Model.validate_constraints",
        ("one_column_per_leaderboard_and_metric", "a_metric_enters_an_aggregate_once"),
        lambda: (
            text
            for find in (
                doubles(Column, "leaderboard_id", "metric_id"),
                doubles(Component, "aggregate_id", "metric_id"),
            )
            for text in find()
        ),
    ),
    Invariant(
        "A column of a fact shows one fact, and a fact is a column of a leaderboard once.",
        "Model.validate_constraints",
        (
            "a_fact_column_shows_one_fact",
            "one_column_per_leaderboard_and_field",
            "one_column_per_leaderboard_and_fact",
        ),
        lambda: (
            text
            for find in (
                doubles(FactColumn, "leaderboard_id", "fact_id", fact__isnull=False),
                doubles(FactColumn, "leaderboard_id", "field", fact=None),
            )
            for text in find()
        ),
    ),
    Invariant(
        "An LLM has one value of a fact, and no two facts have one name.",
        "Model.validate_constraints, Named.clean",
        ("one_value_per_llm_and_fact", "one_fact_per_name"),
        lambda: (
            text
            for find in (doubles(FactValue, "llm_id", "fact_id"), doubles(Fact, "name_key"))
            for text in find()
        ),
    ),
    Invariant(
        "A value of a fact is one of its fact's kind, in its one spelling.",
        "FactValue.clean_fields, Fact.check_kind",
        (LOCK,),
        values_of_another_kind,
    ),
    Invariant(
        "A text has one translation in a language.",
        "TranslatedForm",
        tuple(f"one_translation_of_a_text_of_a_{owner}" for owner in OWNERS),
        lambda: (
            text
            for owner in OWNERS
            for text in doubles(
                Translation, f"{owner}_id", "language", "field", **{f"{owner}__isnull": False}
            )()
        ),
    ),
    Invariant(
        "A source is named once for a title, an address and a file.",
        "Model.validate_constraints",
        ("one_source_per_title_url_and_file",),
        doubles(Source, "title", "url", "file_sha256"),
    ),
)


def find_violations() -> list[str]:
    """Returns a sentence for each row that breaks an invariant; [] as long as all hold."""
    return [text for invariant in INVARIANTS for text in invariant.find_violations()]
