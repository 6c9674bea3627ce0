"""One form that makes a benchmark with its metrics, an overall and a leaderboard."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from leaderboard.models import Benchmark, Column, Component, Leaderboard, Metric
from leaderboard.models.keys import free_key, make_slug
from leaderboard.text.names import mixed_words


class GuidedBenchmarkForm(forms.Form):
    """A benchmark, its metrics, their aggregate and their columns on a leaderboard, in one go."""

    name = Benchmark._meta.get_field("name").formfield(help_text=_("For example: AnesBench"))
    language = Benchmark._meta.get_field("language").formfield()
    version = Benchmark._meta.get_field("version").formfield()
    description = Benchmark._meta.get_field("description").formfield()
    paper = Benchmark._meta.get_field("paper").formfield()
    dataset = Benchmark._meta.get_field("dataset").formfield()
    metrics = forms.CharField(
        label=_("Metrics"),
        widget=forms.Textarea(attrs={"rows": 6, "cols": 50, "placeholder": "system1, 2960"}),
        help_text=_(
            "One per line: its name, a comma, and its number of questions (leave the comma "
            "and the number out if unknown). In the order of the columns."
        ),
    )
    unit = Metric._meta.get_field("unit").formfield()
    decimals = Metric._meta.get_field("decimals").formfield()
    higher_is_better = Metric._meta.get_field("higher_is_better").formfield()
    is_share_of_questions = Metric._meta.get_field("is_share_of_questions").formfield()
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
    title = Leaderboard._meta.get_field("title").formfield(
        label=_("Title of the new leaderboard"),
        required=False,
        help_text=_("If it is a new one."),
    )

    def clean_name(self):
        mixed = mixed_words(self.cleaned_data["name"])
        if mixed:
            raise ValidationError(
                _(
                    "“%(word)s” mixes letters of different scripts that may look alike. Type it "
                    "anew on one keyboard; if it is meant so, use “Add benchmark”, which asks back."
                )
                % {"word": mixed[0]}
            )
        return self.cleaned_data["name"]

    def clean_metrics(self):
        """[(name, question count or None)]"""
        lines = enumerate(self.cleaned_data["metrics"].splitlines(), start=1)
        found = [read_metric_line(number, line) for number, line in lines if line.strip()]
        names = [name.casefold() for name, _ in found]
        if len(names) != len(set(names)):
            raise ValidationError(_("Two lines have the same name. Give each metric its own."))
        return found

    def clean(self):
        cleaned = super().clean()
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
        """All rows, or none and the reason beside the field that caused it."""
        try:
            with transaction.atomic():
                return self.create(self.cleaned_data)
        except ValidationError as error:
            for field, messages in error.message_dict.items():
                self.add_error(field if field in self.fields else None, messages)
            return None

    def create(self, cleaned) -> Leaderboard:
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

    def create_aggregate(self, benchmark, metrics, shared) -> Metric:
        counts = [metric.question_count for metric in metrics]
        aggregate = save_clean(
            make_metric(
                benchmark,
                self.cleaned_data["aggregate_name"] or "overall",
                question_count=sum(counts) if all(counts) else None,
                aggregate=self.cleaned_data["aggregate"],
                **shared,
            ),
            "aggregate_name",
        )
        for position, metric in enumerate(metrics, start=1):
            save_clean(Component(aggregate=aggregate, metric=metric, position=position))
        return aggregate


def read_metric_line(number: int, line: str) -> tuple[str, int | None]:
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


def make_metric(benchmark: Benchmark, name: str, **fields) -> Metric:
    taken = set(Metric.objects.values_list("key", flat=True))
    key = free_key(benchmark.slug, name, taken)
    return Metric(benchmark=benchmark, name=name, key=key, **fields)


def save_clean(instance, under: str | None = None):
    """Saved if it is valid; else its errors, all under one field of the form if one made it."""
    try:
        instance.full_clean()
    except ValidationError as error:
        if under is None:
            raise
        raise ValidationError({under: error.messages}) from error
    instance.save()
    return instance
