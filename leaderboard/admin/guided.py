"""One form that makes a benchmark with its metrics, an overall and a leaderboard."""

import re
from collections.abc import Iterable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from leaderboard.models import Benchmark, Column, Component, Leaderboard, Metric
from leaderboard.models.keys import free_key, make_slug
from leaderboard.text.names import mixed_words

Row = TypeVar("Row", bound=models.Model)


def model_box(model: type[models.Model], name: str, **changed: Any) -> Any:
    """The box that the admin's form of a model has for one of its fields."""
    field: Any = model._meta.get_field(name)
    return field.formfield(**changed)


class GuidedBenchmarkForm(forms.Form):
    """Adds a benchmark, its metrics, their aggregate and their columns on a leaderboard."""

    name = model_box(Benchmark, "name", help_text=_("For example: AnesBench"))
    language = model_box(Benchmark, "language")
    version = model_box(Benchmark, "version")
    description = model_box(Benchmark, "description")
    paper = model_box(Benchmark, "paper")
    dataset = model_box(Benchmark, "dataset")
    metrics = forms.CharField(
        label=_("Metrics"),
        widget=forms.Textarea(attrs={"rows": 6, "cols": 50, "placeholder": "system1, 2960"}),
        help_text=_(
            "One per line: its name, a comma, and its number of questions (leave the comma "
            "and the number out if unknown). In the order of the columns."
        ),
    )
    unit = model_box(Metric, "unit")
    decimals = model_box(Metric, "decimals")
    higher_is_better = model_box(Metric, "higher_is_better")
    is_share_of_questions = model_box(Metric, "is_share_of_questions")
    aggregate = forms.ChoiceField(
        label=_("Add an aggregate"),
        choices=[("", _("no")), *Metric.Aggregate.choices[1:]],
        required=False,
        help_text=_("A further column that is computed from the metrics above."),
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

    def clean_metrics(self) -> list[tuple[str, int | None]]:
        """Read the lines as [(name, question count or None)]; no name may stand twice."""
        lines = enumerate(self.cleaned_data["metrics"].splitlines(), start=1)
        metrics = [read_metric_line(number, line) for number, line in lines if line.strip()]
        names = [name.casefold() for name, _count in metrics]
        if len(names) != len(set(names)):
            raise ValidationError(_("Two lines have the same name. Give each metric its own."))
        return metrics

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("leaderboard") and not cleaned.get("title"):
            self.add_error("title", _("Type a title, or choose a leaderboard above."))
        if cleaned.get("aggregate") == Metric.Aggregate.QUESTION_WEIGHTED:
            uncounted = [name for name, count in cleaned.get("metrics", []) if not count]
            if uncounted:
                self.add_error(
                    "metrics",
                    _("The weighted mean needs the number of questions of %(metric)s.")
                    % {"metric": uncounted[0]},
                )
        return cleaned

    def save(self) -> Leaderboard | None:
        """Store all rows; or none, and say why beside the field that caused it."""
        try:
            with transaction.atomic():
                return self.create(self.cleaned_data)
        except ValidationError as error:
            for field, messages in error.message_dict.items():
                self.add_error(field if field in self.fields else None, messages)
            return None

    def create(self, cleaned: dict[str, Any]) -> Leaderboard:
        """Store all rows; raises ValidationError by the name of the field that caused it."""
        shared = {
            field: cleaned[field]
            for field in ("unit", "decimals", "higher_is_better", "is_share_of_questions")
        }
        benchmark = save_clean(
            Benchmark(
                **{
                    field: cleaned[field]
                    for field in ("name", "language", "version", "description", "paper", "dataset")
                }
            )
        )
        metrics = [
            save_clean(make_metric(benchmark, name, question_count=count, **shared), "metrics")
            for name, count in cleaned["metrics"]
        ]
        columns = list(metrics)
        if cleaned["aggregate"]:
            columns.append(self.create_aggregate(benchmark, metrics, shared))
        leaderboard = cleaned["leaderboard"] or save_clean(
            Leaderboard(
                title=cleaned["title"],
                slug=make_slug(cleaned["title"]) or benchmark.slug,
                ranking_metric=columns[-1],
                position=Leaderboard.objects.count() + 1,
            )
        )
        last = leaderboard.columns.aggregate(Max("position"))["position__max"]
        first = 1 if last is None else last + 1
        for position, metric in enumerate(columns, start=first):
            save_clean(Column(leaderboard=leaderboard, metric=metric, position=position))
        return leaderboard

    def create_aggregate(
        self, benchmark: Benchmark, metrics: list[Metric], shared: dict[str, Any]
    ) -> Metric:
        """Store the aggregate with all metrics as its components."""
        counts = [metric.question_count for metric in metrics]
        aggregate = save_clean(
            make_metric(
                benchmark,
                self.cleaned_data["aggregate_name"] or "overall",
                question_count=add_up(counts),
                aggregate=self.cleaned_data["aggregate"],
                **shared,
            ),
            "aggregate_name",
        )
        for position, metric in enumerate(metrics, start=1):
            save_clean(Component(aggregate=aggregate, metric=metric, position=position))
        return aggregate


def add_up(counts: Iterable[int | None]) -> int | None:
    """The sum of question counts; None if one is unknown."""
    known = list(counts)
    return sum(filter(None, known)) if all(known) else None


def read_metric_line(number: int, line: str) -> tuple[str, int | None]:
    """Read “name, count” as (name, count or None); raises ValidationError with the line."""
    name, comma, count = line.rpartition(",")
    if not comma:
        name, count = line, ""
    count = count.strip()
    if count and not re.fullmatch(r"0*[1-9][0-9]{0,8}", count):
        raise ValidationError(
            _(
                "Line %(line)s: “%(typed)s” is not a number of questions. Write it without a "
                "separator between thousands, like: system1, 2960"
            )
            % {"line": number, "typed": count[:20]}
        )
    if not name.strip():
        raise ValidationError(
            _("Line %(line)s has no name. Write it like: system1, 2960") % {"line": number}
        )
    return name.strip(), int(count) if count else None


def make_metric(benchmark: Benchmark, name: str, **fields: Any) -> Metric:
    """A metric, not stored yet, with a key that is not taken."""
    taken = set(Metric.objects.values_list("key", flat=True))
    key = free_key(benchmark.slug, name, taken)
    return Metric(benchmark=benchmark, name=name, key=key, **fields)


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
