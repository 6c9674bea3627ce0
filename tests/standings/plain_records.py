"""Records of small leaderboards without a database."""

from decimal import Decimal

from leaderboard.models import Metric
from leaderboard.standings.records import LLMRecord, MetricRecord, Records, ScoreRecord


def make_metric_record(
    id, *, question_count=None, is_share=True, aggregate="", components=(), higher_is_better=True
):
    """A proportion with the key “m<id>”; components are (id, weight) pairs."""
    return MetricRecord(
        id=id, key=f"m{id}", name=f"m{id}", benchmark=None, benchmark_slug=None, language=None,
        unit=Metric.Unit.PROPORTION, minimum=Decimal(0), maximum=Decimal(1),
        higher_is_better=higher_is_better, decimals=2, question_count=question_count,
        is_share_of_questions=is_share, aggregate=aggregate, components=tuple(components),
    )  # fmt: skip


def make_llm_records(count):
    return tuple(
        LLMRecord(
            id=number, slug=f"llm-{number}", name=f"LLM {number:05}", organization=None,
            organization_slug=None, parameters=None, active_parameters=None, open_weights=None,
            reasoning=None, domain="", released=None,
        )
        for number in range(1, count + 1)
    )  # fmt: skip


def make_records(metrics, scores, ranking_metric, *, ranks_partial=False):
    """All metrics are columns; scores are {LLM: {metric: ScoreRecord}}."""
    return Records(
        columns=tuple(metric.id for metric in metrics),
        ranking_metric=ranking_metric,
        hidden=frozenset(),
        metrics={metric.id: metric for metric in metrics},
        llms=make_llm_records(max(scores, default=0)),
        scores=scores,
        ranks_partial=frozenset(metric.id for metric in metrics if ranks_partial),
    )


def make_score_record(value, **fields):
    value = Decimal(str(value))
    decimals = max(0, -value.as_tuple().exponent)
    return ScoreRecord(value, **{"decimals": decimals} | fields)
