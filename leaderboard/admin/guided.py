"""One form that makes a benchmark with its metrics, an overall and a leaderboard."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from leaderboard.models import Benchmark, Column, Component, Leaderboard, Metric
from leaderboard.models.keys import free_key, make_slug
from leaderboard.models.locks import all_or_nothing
from leaderboard.models.metric_changes import check_scales
from leaderboard.text.names import mixed_words

from .guided_lines import MetricLineForm, MetricLines, model_box

BENCHMARK_NAMES = ("name", "language", "version", "description", "paper", "dataset")
Row = TypeVar("Row", bound=models.Model)


class GuidedBenchmarkForm(forms.Form):
    """Describes a benchmark, the aggregate of its metrics and where their columns go."""

    name = model_box(Benchmark, "name", help_text=_("For example: AnesBench"))
    language = model_box(Benchmark, "language")
    version = model_box(Benchmark, "version")
    description = model_box(Benchmark, "description")
    paper = model_box(Benchmark, "paper")
    dataset = model_box(Benchmark, "dataset")
    aggregate = forms.ChoiceField(
        label=_("Add an aggregate"),
        choices=[("", _("no")), *Metric.Aggregate.choices[1:]],
        required=False,
        help_text=_("A further column, made from all metrics below. It is the first, and ranks."),
    )
    aggregate_name = forms.CharField(
        label=_("Name of the aggregate"), required=False, initial="overall", max_length=100
    )
    leaderboard = forms.ModelChoiceField(
        Leaderboard.objects.all(),
        required=False,
        label=_("Leaderboard"),
        empty_label=_("a new, unpublished one"),
        help_text=_("Where the columns go, after those it has."),
    )
    title = model_box(
        Leaderboard,
        "title",
        label=_("Title of the new leaderboard"),
        required=False,
        help_text=_("If it is a new one."),
    )

    def benchmark_boxes(self) -> list[Any]:
        """The boxes about the benchmark itself."""
        return [box for box in self if box.name in BENCHMARK_NAMES]

    def column_boxes(self) -> list[Any]:
        """The boxes about the aggregate and where the columns go."""
        return [box for box in self if box.name not in BENCHMARK_NAMES]

    def clean_name(self) -> str:
        """Refuse a name of mixed scripts."""
        mixed = mixed_words(self.cleaned_data["name"])
        if mixed:
            raise ValidationError(
                _(
                    "“%(word)s” mixes letters of different scripts that may look alike. Type it "
                    "anew on one keyboard; if it is meant so, use “Add benchmark”, which asks back."
                )
                % {"word": mixed[0]}
            )
        return str(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("leaderboard") and not cleaned.get("title"):
            self.add_error("title", _("Type a title, or choose a leaderboard above."))
        return cleaned


class NotAdded(Exception):
    """Nothing was stored; the forms say why."""


class GuidedBenchmark:
    """The form of a benchmark with the lines of its metrics: stored together or not at all."""

    def __init__(self, form: GuidedBenchmarkForm, lines: MetricLines):
        self.form, self.lines = form, lines

    def is_valid(self) -> bool:
        """Whether both can be stored, as far as they say themselves."""
        is_valid = [self.form.is_valid(), self.lines.is_valid()]
        return all(is_valid) and self.check_aggregate()

    def check_aggregate(self) -> bool:
        """Refuses an aggregate that the metrics do not allow, beside the box that asks for it."""
        kind = self.form.cleaned_data["aggregate"]
        if not kind:
            return True
        made = [line.make() for line in self.lines.filled()]
        aggregate = self.make_aggregate(kind, made)
        try:
            if kind == Metric.Aggregate.QUESTION_WEIGHTED:
                check_counted(self.lines.filled())
            for metric in made:
                check_scales(metric, aggregate, "aggregate")
        except ValidationError as error:
            self.form.add_error("aggregate", error.messages)
            return False
        return True

    def save(self) -> Leaderboard | None:
        """Stores all rows; or none, and says why beside the box that caused it."""
        try:
            with all_or_nothing():
                return self.create(self.form.cleaned_data)
        except ValidationError as error:
            for field, messages in error.message_dict.items():
                self.form.add_error(field if field in self.form.fields else None, messages)
        except NotAdded:
            pass
        return None

    def create(self, cleaned: dict[str, Any]) -> Leaderboard:
        """Stores all rows; raises ValidationError by the name of the box that caused it, or
        NotAdded if a line did."""
        benchmark = save_clean(Benchmark(**{name: cleaned[name] for name in BENCHMARK_NAMES}))
        metrics = self.create_metrics(benchmark)
        ranking = next((metric for metric in metrics if metric.can_rank), metrics[0])
        columns = [ranking, *(metric for metric in metrics if metric is not ranking)]
        if cleaned["aggregate"]:
            columns.insert(0, self.create_aggregate(benchmark, metrics))
        leaderboard = cleaned["leaderboard"] or save_clean(
            Leaderboard(
                title=cleaned["title"],
                slug=make_slug(cleaned["title"]) or benchmark.slug,
                ranking_metric=columns[0],
                position=Leaderboard.objects.count() + 1,
            )
        )
        last = leaderboard.columns.aggregate(Max("position"))["position__max"]
        first = 1 if last is None else last + 1
        for position, metric in enumerate(columns, start=first):
            save_clean(
                Column(
                    leaderboard=leaderboard,
                    metric=metric,
                    position=position,
                    # Visitors of a published leaderboard see new columns once somebody says so.
                    shown_by_default=not leaderboard.is_published,
                )
            )
        return leaderboard

    def create_metrics(self, benchmark: Benchmark) -> list[Metric]:
        """Stores the metrics of the lines in their order, but one whose questions another asks
        before that."""
        lines = {line.cleaned_data["name"].casefold(): line for line in self.lines.filled()}
        made: dict[str, Metric | None] = {}
        for name in lines:
            owner = lines[name].cleaned_data["questions_of"].casefold()
            for each in filter(None, [owner, name]):
                if each not in made:
                    made[each] = store_line(lines[each], benchmark, made.get(owner))
        if None in made.values():
            raise NotAdded
        return [metric for name in lines if (metric := made[name])]

    def create_aggregate(self, benchmark: Benchmark, metrics: list[Metric]) -> Metric:
        """Stores the aggregate with all metrics as its components."""
        cleaned = self.form.cleaned_data
        aggregate = self.make_aggregate(cleaned["aggregate"], metrics)
        aggregate.benchmark = benchmark
        aggregate.key = make_key(benchmark, aggregate.name)
        save_clean(aggregate, "aggregate_name")
        for position, metric in enumerate(metrics, start=1):
            component = Component(aggregate=aggregate, metric=metric, position=position)
            save_clean(component, "aggregate")
        return aggregate

    def make_aggregate(self, kind: str, metrics: list[Metric]) -> Metric:
        """The aggregate, not stored yet: in the unit of the first metric, or made from ranks."""
        aggregate = Metric(
            name=self.form.cleaned_data["aggregate_name"] or "overall",
            aggregate=kind,
            is_share_of_questions=False,
        )
        if kind == Metric.Aggregate.MEAN_RANK:
            aggregate.unit, aggregate.higher_is_better = Metric.Unit.POINTS, False
        elif not aggregate.is_rank_based:
            first = metrics[0]
            for name in ("unit", "unit_label", "label_in_front", "higher_is_better"):
                setattr(aggregate, name, getattr(first, name))
            aggregate.decimals = max(metric.decimals for metric in metrics)
            aggregate.is_share_of_questions = all(m.is_share_of_questions for m in metrics)
            aggregate.question_count = add_up(metrics)
        return aggregate


def store_line(
    line: MetricLineForm, benchmark: Benchmark, questions_of: Metric | None
) -> Metric | None:
    """Stores the metric of a line; None if it cannot be, which the line then says."""
    key = make_key(benchmark, line.cleaned_data["name"])
    try:
        return save_clean(line.make(benchmark=benchmark, key=key, questions_of=questions_of))
    except ValidationError as error:
        for field, messages in error.message_dict.items():
            line.add_error(field if field in line.fields else None, messages)
        return None


def add_up(metrics: Iterable[Metric]) -> int | None:
    """The number of questions of all metrics, those that several ask once; None if one is unknown.

    Metrics that name another one's questions add nothing to those.
    """
    counts = [metric.question_count for metric in metrics if metric.questions_of is None]
    return sum(filter(None, counts)) if all(counts) else None


def check_counted(lines: Iterable[MetricLineForm]) -> None:
    """Raises ValidationError unless every metric of a weighted mean has a number of questions."""
    for line in lines:
        if not (line.cleaned_data["question_count"] or line.cleaned_data["questions_of"]):
            raise ValidationError(
                _("The weighted mean needs the number of questions of %(metric)s.")
                % {"metric": line.cleaned_data["name"]}
            )


def make_key(benchmark: Benchmark, name: str) -> str:
    """A key for a new metric that is not taken."""
    return free_key(benchmark.slug, name, set(Metric.objects.values_list("key", flat=True)))


def save_clean(instance: Row, under: str | None = None) -> Row:
    """Store a valid row; raises ValidationError, with all errors `under` one field if given."""
    try:
        instance.full_clean()
    except ValidationError as error:
        if under is None:
            raise
        raise ValidationError({under: error.messages}) from error
    instance.save()
    return instance
