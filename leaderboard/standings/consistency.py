"""What a maintainer should look at: numbers that disagree, cannot be checked, or are missing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from leaderboard.models import LLM, Column, Leaderboard, Score
from leaderboard.models.metric_changes import can_enter
from leaderboard.text.numbers import format_exact
from leaderboard.text.words import listed

from .aggregates import shown_values
from .disagreements import Disagreement
from .loading import load_every_metric
from .records import MetricRecord, Records, load_metrics
from .rows import Standing
from .shown import Origin
from .standings import Standings, build_standings
from .structure import is_mixed, make_structure, weights_of

SHOWN_NAMES = 20  # of metrics that an LLM lacks


class FindingKind(StrEnum):
    """The headings of the report, in its order; pages translate them."""

    DISAGREEMENT = gettext_noop("Aggregates that disagree with their components")
    OUT_OF_RANGE = gettext_noop("Values outside the range of their metric")
    UNCHECKED = gettext_noop("Aggregates that cannot be checked")
    PARTIAL = gettext_noop("Partial runs")
    MIXED = gettext_noop("Aggregates of several units or directions")
    NEVER_COMPUTED = gettext_noop("Aggregates that are computed for no LLM")
    INCOMPLETE = gettext_noop("LLMs with incomplete coverage")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at, and the LLM or metric on whose form a maintainer mends it."""

    kind: FindingKind
    llm_id: int | None
    text: str
    metric_id: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of a check."""

    findings: tuple[Finding, ...]
    agreeing: int  # reported aggregates that agree with their components

    def of(self, kind: FindingKind) -> list[Finding]:
        """The findings of one kind."""
        return [finding for finding in self.findings if finding.kind is kind]

    @property
    def disagreements(self) -> list[Finding]:
        """The reported aggregates that their components contradict."""
        return self.of(FindingKind.DISAGREEMENT)


def check() -> Report:
    """Check all content, drafts included."""
    records = load_every_metric(LLM.objects.all(), Column.objects.all())
    everything = build_standings(records)
    findings = [
        *(
            Finding(FindingKind.DISAGREEMENT, disagreement.llm.id, disagreement_text(disagreement))
            for disagreement in everything.disagreements
        ),
        *find_out_of_range(),
        *find_computed_out_of_range(everything),
        *find_unchecked(everything),
        *find_partial_runs(),
        *find_mixed(),
        *find_never_computed(everything, records),
        *find_incomplete(everything),
    ]
    return Report(tuple(findings), count_agreeing(everything))


def count_agreeing(everything: Standings) -> int:
    """The number of reported aggregates that agree with their components."""
    return sum(
        cell is not None and cell.origin is Origin.REPORTED
        for row in everything.rows
        for metric, cell in zip(everything.columns, row.cells, strict=True)
        if metric.aggregate
    )


def disagreement_text(disagreement: Disagreement) -> str:
    """What is wrong, by how much, and what the page does about it."""
    return _(
        "%(metric)s of %(llm)s: %(reported)s was entered, but its components give %(computed)s, "
        "more than the %(tolerance)s that rounding allows. The page shows the computed value. "
        "Correct whichever number is wrong."
    ) % {
        "metric": disagreement.metric.full_name,
        "llm": disagreement.llm.name,
        **disagreement.numbers,
    }


def find_out_of_range() -> Iterator[Finding]:
    """Values that the range of their metric excludes."""
    outside = Q(value__lt=F("metric__minimum")) | Q(value__gt=F("metric__maximum"))
    for score in Score.objects.filter(outside).select_related("llm", "metric__benchmark"):
        text = _(
            "%(metric)s of %(llm)s: %(value)s is outside %(range)s. Correct the value, or the "
            "range of the metric."
        ) % {
            "metric": score.metric,
            "llm": score.llm,
            "value": format_exact(score.value),
            "range": score.metric.describe_range(),
        }
        yield Finding(FindingKind.OUT_OF_RANGE, score.llm_id, text)


def find_computed_out_of_range(everything: Standings) -> Iterator[Finding]:
    """Computed values outside the range of their aggregate."""
    for row in everything.rows:
        for metric, cell in zip(everything.columns, row.cells, strict=True):
            if cell is None or cell.origin is not Origin.COMPUTED or is_within(metric, cell.value):
                continue
            text = _(
                "%(metric)s of %(llm)s: its components give %(value)s, which is outside its range. "
                "Correct the range of the aggregate, or its components."
            ) % {"metric": metric.full_name, "llm": row.llm.name, "value": cell.exact}
            yield Finding(FindingKind.OUT_OF_RANGE, None, text, metric.id)


def is_within(metric: MetricRecord, value: Decimal) -> bool:
    """Whether a value is in the range of its metric."""
    low, high = metric.minimum, metric.maximum
    return (low is None or value >= low) and (high is None or value <= high)


def find_mixed() -> Iterator[Finding]:
    """Aggregates of metrics that cannot enter them, such as means of several units, which older
    versions allowed."""
    metrics = load_metrics()
    for metric in metrics.values():
        if not is_mixed(metric, metrics):
            continue
        wrong = [
            part for part, _weight in metric.components if not can_enter(metrics[part], metric)
        ]
        if metric.is_rank_based or any(metrics[part].is_rank_based for part in wrong):
            text = _(
                "%(metric)s cannot be made from %(others)s, which have no direction or are made "
                "from ranks themselves: it is not computed. Take them out of it."
            )
        else:
            text = _(
                "%(metric)s is a mean, but %(others)s have another unit or direction: it is not "
                "computed. Take them out of it, or make it a mean win rate."
            )
        names = {"metric": metric.full_name, "others": list_names(wrong, metrics)}
        yield Finding(FindingKind.MIXED, None, text % names, metric.id)


def list_names(keys: list[int], metrics: Mapping[int, MetricRecord]) -> str:
    """The first names of these metrics."""
    return listed(metrics[key].full_name for key in keys[:SHOWN_NAMES])


def find_never_computed(everything: Standings, records: Records) -> Iterator[Finding]:
    """Aggregates on a leaderboard that cannot be computed for any LLM, and why."""
    for place, metric in enumerate(everything.columns):
        if not metric.aggregate or not everything.rows:
            continue
        origins = {cell.origin for row in everything.rows if (cell := row.cells[place])}
        if origins - {Origin.UNCHECKED}:
            continue
        why = find_obstacle(metric, records.metrics) or find_gap(metric, everything, records)
        text = _("%(metric)s is computed for no LLM, because %(why)s.")
        names = {"metric": metric.full_name, "why": why}
        yield Finding(FindingKind.NEVER_COMPUTED, None, text % names, metric.id)


def find_obstacle(metric: MetricRecord, metrics: Mapping[int, MetricRecord]) -> str:
    """What in the definition of an aggregate keeps it from being computed at all; "" if nothing."""
    if not metric.components:
        return _("it has no components")
    if is_mixed(metric, metrics):
        return _("its components are not of one unit and direction")
    unweighted = [part for part, weight in weights_of(metric, metrics) if not weight]
    if unweighted:
        names = list_names(unweighted, metrics)
        return _("%(parts)s have no weight and no number of questions") % {"parts": names}
    return ""


def find_gap(metric: MetricRecord, everything: Standings, records: Records) -> str:
    """Which values are missing, so that an aggregate is computed for no LLM."""
    shown = everything.compute_once(
        "values of every metric",  # of components too that are no columns
        lambda: shown_values(
            records.scores,
            make_structure(records.metrics),
            records.ranks_partial,
            records.baselines,
        ),
    )
    parts = [part for part, _weight in metric.components]
    empty = [part for part in parts if not any(part in values for values in shown.values())]
    if empty:
        names = list_names(empty, records.metrics)
        return _("no LLM has a value in %(parts)s") % {"parts": names}
    if metric.is_rank_based:
        return _("fewer than two LLMs have full runs of all its components")
    return _("no LLM has all its components")


def find_unchecked(everything: Standings) -> Iterator[Finding]:
    """Reported aggregates that cannot be computed: a component has no score, or the definition
    forbids it."""
    for place, metric in enumerate(everything.columns):
        obstacle = find_obstacle(metric, everything.metrics) if metric.aggregate else ""
        for row in everything.rows:
            cell = row.cells[place]
            if cell is not None and cell.origin is Origin.UNCHECKED:
                text = describe_unchecked(obstacle) % {
                    "metric": metric.full_name,
                    "llm": row.llm.name,
                    "value": cell.exact,
                    "why": obstacle,
                }
                yield Finding(FindingKind.UNCHECKED, row.llm.id, text)


def describe_unchecked(obstacle: str) -> str:
    """The sentence about a reported aggregate, with an obstacle in its definition or without."""
    if obstacle:
        return _("%(metric)s of %(llm)s: %(value)s cannot be checked, because %(why)s.")
    return _(
        "%(metric)s of %(llm)s: %(value)s cannot be checked, because a component has no score. "
        "Add it if it is known."
    )


def find_partial_runs() -> Iterator[Finding]:
    """Scores of fewer questions than their metric has."""
    asked = Coalesce("metric__question_count", "metric__questions_of__question_count")
    partial = Score.objects.annotate(asked=asked).filter(question_count__lt=F("asked"))
    for score in partial.select_related("llm", "metric__benchmark", "metric__questions_of"):
        text = _(
            "%(metric)s of %(llm)s: %(asked)s of %(all)s questions. Replace it by a full run."
        ) % {
            "metric": score.metric,
            "llm": score.llm,
            "asked": f"{score.question_count:,}",
            "all": f"{score.metric.asked_count:,}",
        }
        yield Finding(FindingKind.PARTIAL, score.llm_id, text)


def find_incomplete(everything: Standings) -> Iterator[Finding]:
    """LLMs with some scores of a leaderboard, but not all."""
    for leaderboard in Leaderboard.objects.all():
        keys = leaderboard.columns.order_by("position").values_list("metric__key", flat=True)
        places = [everything.position[key] for key in keys]
        for row in everything.rows:
            missing = [place for place in places if row.cells[place] is None]
            if missing and len(missing) < len(places):
                names = [everything.columns[place].full_name for place in missing]
                yield describe_incomplete(row, leaderboard, names, len(places))


def describe_incomplete(
    row: Standing, leaderboard: Leaderboard, names: list[str], count: int
) -> Finding:
    """An LLM that lacks the named ones of `count` metrics; at most SHOWN_NAMES are named."""
    more = [_("and %(count)s more") % {"count": len(names) - SHOWN_NAMES}]
    text = _("%(llm)s on %(leaderboard)s: %(count)s of %(all)s scores. Missing: %(missing)s.") % {
        "llm": row.llm.name,
        "leaderboard": leaderboard,
        "count": count - len(names),
        "all": count,
        "missing": ", ".join(names[:SHOWN_NAMES] + (more if len(names) > SHOWN_NAMES else [])),
    }
    return Finding(FindingKind.INCOMPLETE, row.llm.id, text)
