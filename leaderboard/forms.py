"""Forms of the admin. Each writes through full_clean and save: rules, history, revision hold."""

import re
from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from .fields import NumberFormField, clean_name_or_error
from .freshness import CarefulForm, CarefulInlineFormSet, take_over_newer
from .models import (
    Benchmark,
    Column,
    Component,
    Leaderboard,
    Metric,
    Score,
    Source,
)
from .models.base import make_slug
from .models.benchmarks import free_key
from .names import mixed_words
from .numbers import plain
from .privacy import private_detail


class ReasonField(forms.CharField):
    """A public sentence: with words in it, and nothing invisible or private."""

    def to_python(self, value):
        text = super().to_python(value)
        return clean_name_or_error(text) if text else text

    def validate(self, value):
        super().validate(value)
        found = private_detail(value)
        if found:
            raise ValidationError(
                _(
                    "“%(found)s” names a place on somebody's machine, and visitors read this. "
                    "Leave it out."
                )
                % {"found": found}
            )


def reason_field() -> ReasonField:
    return ReasonField(
        label=_("Reason (public)"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"size": 80}),
        help_text=_(
            "Why scores change, in a sentence. Visitors see it beside the old and the new value, "
            "without your name. Needed when a published score is changed or removed."
        ),
    )


class NamedForm(CarefulForm):
    """Asks back when a name mixes scripts: a Cyrillic letter in a Latin word can look Latin."""

    confirm_name = forms.BooleanField(
        label=_("The name is meant as it is written"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if mixed_words(str(self.data.get("name", ""))):
            self.fields["confirm_name"].widget = forms.CheckboxInput()

    def clean_confirm_name(self):
        name = self.cleaned_data.get("name", "")
        mixed = mixed_words(name)
        if mixed and "name" in self.changed_data and not self.cleaned_data["confirm_name"]:
            raise ValidationError(
                _(
                    "“%(word)s” mixes letters of different scripts that may look alike. Type it "
                    "anew on one keyboard, or tick the box if it is meant so."
                )
                % {"word": mixed[0]}
            )
        return self.cleaned_data["confirm_name"]


class ScoreBox(NumberFormField):
    """One score on an LLM's form: empty is no score, never 0."""

    def __init__(self, metric: Metric, score: Score | None):
        self.metric = metric
        super().__init__(
            label=metric.name,
            required=False,
            max_digits=14,
            decimal_places=8,
            initial=score and score.value,
            help_text=metric.describe_range(),
        )

    def clean(self, value):
        number = super().clean(value)
        if number is not None:
            self.metric.check_value(number)
        return number


class LLMForm(NamedForm):
    """An LLM with all its scores, saved together with one source and one reason."""

    source = forms.ModelChoiceField(
        Source.objects.all(),
        required=False,
        label=_("Source"),
        help_text=_(
            "Of the scores added or changed in this save. Left empty, a changed score keeps "
            "the source it has, and a new one has an unknown source."
        ),
    )
    reason = reason_field()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for metric in self.metrics:
            self.fields[box_name(metric)] = ScoreBox(metric, self.stored.get(metric.pk))
        if self.is_bound:
            self.data = self.data.copy()
            self.data.update(self.boxes_not_sent())
            boxes = [each for each in self.changes if each.name.startswith(BOX)]
            self.left |= take_over_newer(self, boxes)

    def boxes_not_sent(self) -> dict[str, str]:
        """A box that came to the form after it was opened is left as it is, not emptied."""
        boxes = {box_name(metric): self.stored.get(metric.pk) for metric in self.metrics}
        return {
            name: plain(score.value)
            for name, score in boxes.items()
            if score and name not in self.data
        }

    @cached_property
    def stored(self) -> dict[int, Score]:
        if self.instance.pk is None:
            return {}
        return {score.metric_id: score for score in self.instance.scores.select_related("metric")}

    @cached_property
    def metrics(self) -> list[Metric]:
        return metrics_in_column_order(self.stored)

    def changed_facts(self) -> list[str]:
        """The changed fields of the LLM itself."""
        facts = {field.name for field in self.instance._meta.fields}
        return [name for name in self.changed_data if name in facts]

    def changed_scores(self) -> Iterable[tuple[Metric, Score | None]]:
        """Metrics whose box differs from what is stored, with the stored score."""
        for metric in self.metrics:
            if box_name(metric) in self.changed_data:
                yield metric, self.stored.get(metric.pk)

    def clean(self):
        cleaned = super().clean()
        changed = list(self.changed_scores())
        public = set(Metric.objects.published().values_list("pk", flat=True))
        corrected = [str(metric) for metric, score in changed if score and metric.pk in public]
        if corrected and self.instance.is_published and not cleaned.get("reason"):
            names = ", ".join(corrected)
            self.add_error(
                "reason",
                _("Say why these published scores change: %(names)s.") % {"names": names},
            )
        if cleaned.get("source") and not changed:
            self.add_error(
                "source",
                _(
                    "No score is added or changed in this save. The source of a score that is "
                    "there is changed on its own form, under Scores."
                ),
            )
        return cleaned

    def save_scores(self) -> None:
        """Call it after the LLM is saved, in the same transaction."""
        reason = self.cleaned_data["reason"] or None
        for metric, score in self.changed_scores():
            value = self.cleaned_data[box_name(metric)]
            if value is None:
                score._change_reason = reason
                score.delete()
                continue
            score = score or Score(llm=self.instance, metric=metric)
            score.value = value
            score.decimals = score.standard_error = None  # both belonged to the old value
            score.source = self.cleaned_data["source"] or score.source
            score._change_reason = reason
            score.full_clean()
            score.save()


BOX = "score-"


def box_name(metric: Metric) -> str:
    return f"{BOX}{metric.key}"


def metrics_in_column_order(extra_ids: Iterable[int] = ()) -> list[Metric]:
    """Every metric of a leaderboard, benchmarks together, in the order of the columns; then others
    in which there is a score."""
    columns = Column.objects.order_by("leaderboard__position", "leaderboard", "position")
    found = {
        column.metric_id: column.metric for column in columns.select_related("metric__benchmark")
    }
    others = Metric.objects.filter(pk__in=set(extra_ids) - found.keys()).select_related("benchmark")
    found |= {metric.pk: metric for metric in others}
    order = {key: position for position, key in enumerate(dict.fromkeys(
        metric.benchmark_id for metric in found.values()))}  # fmt: skip
    return sorted(found.values(), key=lambda metric: order[metric.benchmark_id])


class ScoreForm(CarefulForm):
    reason = reason_field()

    def clean(self):
        cleaned = super().clean()
        if "value" in self.changed_data:
            if "decimals" not in self.changed_data:
                cleaned["decimals"] = None  # as many as the new value has
            if self.instance.pk and self.instance.llm.is_published and not cleaned.get("reason"):
                self.add_error("reason", _("Say why this published score changes."))
        return cleaned

    def save(self, commit=True):
        self.instance._change_reason = self.cleaned_data["reason"] or None
        return super().save(commit)


class ColumnFormSet(CarefulInlineFormSet):
    """Refuses a leaderboard whose ranking metric is not one of its columns."""

    def clean(self):
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms]
        metrics = [form.cleaned_data.get("metric") for form in kept if form.is_valid()]
        if self.instance.ranking_metric_id and all(form.is_valid() for form in kept):
            try:
                self.instance.check_ranking_metric([each.pk for each in metrics if each])
            except ValidationError as error:
                raise ValidationError(error.messages) from error


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
