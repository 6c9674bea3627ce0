"""The boxes of scores on the form of an LLM: in folds by leaderboard and benchmark."""

from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from leaderboard.models import LLM, Benchmark, Column, Leaderboard, Metric
from leaderboard.standings.consistency import disagreement_text
from leaderboard.standings.loading import disagreements_of

from .forms import box_name, metrics_in_column_order
from .given_errors import error_name, takes_error

Fieldset = tuple[Any, dict[str, Any]]


class Fold(NamedTuple):
    """The metrics that a leaderboard shows of a benchmark; of none: those of no leaderboard, or
    across benchmarks."""

    leaderboard: Leaderboard | None
    benchmark: Benchmark | None
    metrics: Sequence[Metric]
    is_open: bool


def score_fieldsets(llm: LLM | None) -> list[Fieldset]:
    """The fieldsets of all scores of an LLM, the leaderboards that it is on first and open."""
    scored = dict(llm.scores.values_list("metric_id", "standard_error")) if llm else {}
    with_error = {pk for pk, error in scored.items() if error is not None}
    wrong = disagreements_of(llm) if llm else ()
    folds = list(fold_metrics(metrics_in_column_order(scored), scored))
    names_leaderboard = len({fold.leaderboard for fold in folds}) > 1
    return [
        (
            title_fold(fold, names_leaderboard),
            {
                "fields": score_lines(fold.metrics, with_error),
                "classes": ["scores"] if fold.is_open else ["scores", "collapse"],
                "description": warn_in_fold(fold.metrics, wrong),
            },
        )
        for fold in folds
    ]


def fold_metrics(metrics: Sequence[Metric], scored: Container[int]) -> Iterator[Fold]:
    """Each metric once, in the first leaderboard that the LLM is on and that shows it.

    Open are the leaderboards with a score of the LLM; for one without scores, the first.
    """
    columns = Column.objects.select_related("leaderboard")
    ordered = columns.order_by("leaderboard__position", "leaderboard", "position")
    shown: dict[Leaderboard, list[int]] = {}
    for column in ordered:
        shown.setdefault(column.leaderboard, []).append(column.metric_id)
    is_on = {board: any(pk in scored for pk in ids) for board, ids in shown.items()}
    left = list(metrics)
    for place, board in enumerate([*sorted(shown, key=lambda board: not is_on[board]), None]):
        ids = {metric.pk for metric in left} if board is None else set(shown[board])
        ours, left = (
            [metric for metric in left if metric.pk in ids],
            [metric for metric in left if metric.pk not in ids],
        )
        is_open = is_on[board] if board else any(metric.pk in scored for metric in ours)
        is_first_of_new = place == 0 and not any(is_on.values())
        for benchmark, group in groupby(ours, key=lambda metric: metric.benchmark):
            yield Fold(board, benchmark, list(group), is_open or is_first_of_new)


def title_fold(fold: Fold, names_leaderboard: bool) -> Any:
    """The heading; it names the leaderboard where there are several."""
    benchmark = fold.benchmark.name if fold.benchmark else _("across benchmarks")
    if not names_leaderboard:
        return _("Scores: %(benchmark)s") % {"benchmark": benchmark}
    leaderboard = fold.leaderboard.title if fold.leaderboard else _("on no leaderboard")
    names = {"leaderboard": leaderboard, "benchmark": benchmark}
    return _("Scores, %(leaderboard)s: %(benchmark)s") % names


def score_lines(metrics: Iterable[Metric], with_error: Container[int]) -> list[Any]:
    """The boxes of the metrics; those of a value and of its standard error stand side by side."""
    return [
        (box_name(metric), error_name(metric))
        if takes_error(metric, metric.pk in with_error)
        else box_name(metric)
        for metric in metrics
    ]


def warn_in_fold(metrics: Iterable[Metric], disagreements: Iterable[Any]) -> str:
    """A warning for each of these aggregates that disagrees with its components."""
    ids = {metric.pk for metric in metrics}
    warnings = [
        (disagreement_text(disagreement),)
        for disagreement in disagreements
        if disagreement.metric.id in ids
    ]
    return format_html_join("", '<p class="errornote">{}</p>', warnings)
