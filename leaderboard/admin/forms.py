"""Forms of the admin. Each writes by full_clean and save, so that rules and history hold."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from leaderboard.admin.conflicts.forms import CarefulForm, CarefulInlineFormSet, take_over_newer
from leaderboard.fields import NumberFormField
from leaderboard.models import Column, Metric, Score, Source
from leaderboard.text.names import mixed_words
from leaderboard.text.numbers import format_exact

from .given_errors import (
    ERROR,
    ask_about_error,
    error_box,
    error_name,
    keep_errors_field,
    takes_error,
)
from .reasons import reason_field

BOX = "score-"  # a score box is named after this and the metric's key


def set_change_reason(row: Any, reason: str) -> None:
    """Let the history store the reason with the next change of the row."""
    row._change_reason = reason or None  # the name that simple_history reads


class NamedForm(CarefulForm):
    """Asks back when a name mixes scripts: a Cyrillic letter in a Latin word can look Latin."""

    confirm_name = forms.BooleanField(
        label=_("The name is meant as it is written"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if mixed_words(str(self.data.get("name", ""))):
            self.fields["confirm_name"].widget = forms.CheckboxInput()

    def full_clean(self) -> None:
        super().full_clean()
        is_taken = self.is_bound and (self.has_error("name") or self.has_error("slug"))
        if is_taken and (twin := find_twin(self.instance)):
            self.add_error("name", offer(twin))

    def clean_confirm_name(self) -> bool:
        """Refuse a changed name of mixed scripts until the box is ticked."""
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
        return bool(self.cleaned_data["confirm_name"])


def find_twin(row: Any) -> Any:
    """Another row with the name or the address of this one, which keeps it from being saved."""
    texts = {"name_key": row.name_key, "slug": getattr(row, "slug", "")}
    same = Q()
    for field, text in texts.items():
        if text and "\0" not in text:  # PostgreSQL cannot look for that
            same |= Q(**{field: text})
    return row.namesakes().filter(same).first() if same else None


def offer(twin: Any) -> SafeString:
    """A link to the form of a row that is there already."""
    name = f"admin:{twin._meta.app_label}_{twin._meta.model_name}_change"
    words = _("Open “%(name)s”, which is there already.") % {"name": twin}
    return format_html('<a href="{}">{}</a>', reverse(name, args=[twin.pk]), words)


class ScoreBox(NumberFormField):
    """Takes one score on an LLM's form: empty means no score, never 0."""

    def __init__(self, metric: Metric, score: Score | None):
        self.metric = metric
        super().__init__(
            label=metric.name,
            required=False,
            max_digits=24,
            decimal_places=8,
            initial=score and score.value,
            help_text=escape(metric.describe_range()),  # it is shown as HTML
        )

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        if number is not None:
            self.metric.check_value(number)
        return number


class LLMForm(NamedForm):
    """Edits an LLM with all its scores, saved together with one source and one reason."""

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
    keep_errors = keep_errors_field()
    may_write_scores = True

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for metric in self.metrics:
            score = self.stored.get(metric.pk)
            self.fields[box_name(metric)] = ScoreBox(metric, score)
            if takes_error(metric, score is not None and score.standard_error is not None):
                self.fields[error_name(metric)] = error_box(metric, score)
        for name in self.fields if not self.may_write_scores else ():
            self.fields[name].disabled |= name.startswith((BOX, ERROR))
        if self.is_bound:
            data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
            data.update(self.boxes_not_sent())
            self.data = data
            boxes = [change for change in self.changes if change.name.startswith((BOX, ERROR))]
            self.left |= take_over_newer(self, boxes)

    def boxes_not_sent(self) -> dict[str, str]:
        """The stored values of boxes that the post lacks: they are left as they are, not emptied.

        A box is missing when its metric was added after the form was opened. So is the kind in a
        post of before there were kinds.
        """
        values = {"kind": self.instance.kind} | box_values(self.stored.values())
        return {name: text for name, text in values.items() if name not in self.data}

    @cached_property
    def stored(self) -> dict[int, Score]:
        """The LLM's scores by metric id."""
        if self.instance.pk is None:
            return {}
        return {score.metric_id: score for score in self.instance.scores.select_related("metric")}

    @cached_property
    def metrics(self) -> list[Metric]:
        """The metrics that have a box."""
        return metrics_in_column_order(self.stored)

    def changed_facts(self) -> list[str]:
        """The changed fields of the LLM itself."""
        facts = {field.name for field in self.instance._meta.fields}
        return [name for name in self.changed_data if name in facts]

    def changed_scores(self) -> Iterable[tuple[Metric, Score | None]]:
        """Metrics with a box that differs from what is stored, with the stored score."""
        names = set(self.changed_data)
        for metric in self.metrics:
            if names & {box_name(metric), error_name(metric)}:
                yield metric, self.stored.get(metric.pk)

    def check_error(self, metric: Metric, score: Score | None) -> None:
        """Refuse a standard error without a value, and ask about one whose value changes."""
        value_box, box = box_name(metric), error_name(metric)
        if value_box not in self.cleaned_data or self.cleaned_data.get(box) is None:
            return
        is_typed = box in self.changed_data
        if self.cleaned_data[value_box] is None:
            if is_typed:
                refusal = _("There is no value with this standard error. Type it, or empty this.")
                self.add_error(box, refusal)
        elif score and value_box in self.changed_data and not is_typed:
            ask_about_error(self, box, score)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        changed = list(self.changed_scores())
        for metric, score in changed:
            self.check_error(metric, score)
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
        """Store the changed boxes; call it after the LLM is saved, in the same transaction."""
        reason = self.cleaned_data["reason"]
        for metric, score in self.changed_scores():
            value = self.cleaned_data[box_name(metric)]
            row: Any = score or Score(llm=self.instance, metric=metric)
            set_change_reason(row, reason)
            if value is None:
                row.delete()
                continue
            if value != row.value:
                row.value, row.decimals = value, None  # the new value brings its own
            row.standard_error = self.cleaned_data.get(error_name(metric))
            row.source = self.cleaned_data["source"] or row.source
            row.full_clean()
            row.save()


def box_name(metric: Metric) -> str:
    """The name of a metric's box on the form of an LLM."""
    return f"{BOX}{metric.key}"


def box_values(scores: Iterable[Score]) -> dict[str, str]:
    """What the boxes of these scores hold, as somebody would type it; no empty ones."""
    values = {}
    for score in scores:
        values[box_name(score.metric)] = format_exact(score.value)
        if score.standard_error is not None:
            values[error_name(score.metric)] = format_exact(score.standard_error)
    return values


def metrics_in_column_order(extra_ids: Iterable[int] = ()) -> list[Metric]:
    """Every metric of a leaderboard in the order of the columns, then those with the extra ids;
    without those that are made from ranks, of which nothing is entered.

    The metrics of a benchmark stand together.
    """
    columns = Column.objects.order_by("leaderboard__position", "leaderboard", "position")
    metrics = {
        column.metric_id: column.metric for column in columns.select_related("metric__benchmark")
    }
    other_ids = set(extra_ids) - metrics.keys()
    others = Metric.objects.filter(pk__in=other_ids).select_related("benchmark")
    metrics |= {metric.pk: metric for metric in others}
    benchmark_ids = list(dict.fromkeys(metric.benchmark_id for metric in metrics.values()))
    order = {benchmark_id: position for position, benchmark_id in enumerate(benchmark_ids)}
    entered = (metric for metric in metrics.values() if not metric.is_rank_based)
    return sorted(entered, key=lambda metric: order[metric.benchmark_id])


class ScoreForm(CarefulForm):
    """Edits a single score; a published one changes with a reason only."""

    reason = reason_field()
    keep_errors = keep_errors_field()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "value" in self.changed_data:
            if "decimals" not in self.changed_data:
                cleaned["decimals"] = None  # the new value brings its own
            is_left = "standard_error" not in self.changed_data
            if is_left and cleaned.get("standard_error") is not None:
                ask_about_error(self, "standard_error", self.instance)
            if self.instance.pk and self.instance.llm.is_published and not cleaned.get("reason"):
                self.add_error("reason", _("Say why this published score changes."))
        return cleaned

    def save(self, commit: bool = True) -> Any:
        set_change_reason(self.instance, self.cleaned_data["reason"])
        return super().save(commit)


class ColumnFormSet(CarefulInlineFormSet):
    """Refuses a leaderboard whose ranking metric is not one of its columns."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms]
        metrics = [form.cleaned_data.get("metric") for form in kept if form.is_valid()]
        if self.instance.ranking_metric_id and all(form.is_valid() for form in kept):
            try:
                self.instance.check_ranking_metric([metric.pk for metric in metrics if metric])
            except ValidationError as error:
                raise ValidationError(error.messages) from error
