"""Reported aggregates that their components contradict: what maintainers are told."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from leaderboard.text.numbers import format_exact

from . import ranking
from .aggregates import shown_values
from .records import LLMRecord, MetricRecord, Records, ScoreRecord
from .shown import Origin, Shown
from .structure import make_structure


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A reported aggregate that its components contradict; maintainers see it, visitors do not."""

    llm: LLMRecord
    metric: MetricRecord
    reported: Decimal
    computed: Decimal
    tolerance: Decimal

    def __str__(self) -> str:
        numbers = "{reported} is reported, {computed} computed; rounding allows {tolerance}"
        return f"{self.llm.name}, {self.metric.full_name}: {numbers.format(**self.numbers)}"

    @property
    def numbers(self) -> dict[str, str]:
        """The numbers as texts; the tolerance is cut to two significant digits."""
        return {
            "reported": format_exact(self.reported),
            "computed": format_exact(self.computed),
            "tolerance": format_exact(Decimal(f"{self.tolerance:.2g}")),
        }


def contradicted_aggregates(scores: dict[int, ScoreRecord], shown: dict[int, Shown]) -> list[int]:
    """The metrics whose reported score is not shown, because its components contradict it."""
    return [
        metric
        for metric, value in shown.items()
        if metric in scores and value.origin is Origin.COMPUTED
    ]


def disagreements_in(records: Records) -> list[Disagreement]:
    """The disagreements of all LLMs, found without computing ranks."""
    shown = shown_values(
        records.scores, make_structure(records.metrics), baselines=records.baselines
    )
    return [
        disagreement
        for llm in records.llms
        if llm.id in shown
        for disagreement in disagreements_among(llm, shown[llm.id], records)
    ]


def disagreements_among(
    llm: LLMRecord, shown: dict[int, Shown], records: Records
) -> Iterator[Disagreement]:
    """The reported aggregates of one LLM that its shown components contradict."""
    scores = records.scores[llm.id]
    for key in contradicted_aggregates(scores, shown):
        tolerance = ranking.half_digit(scores[key].decimals) + shown[key].tolerance
        yield Disagreement(
            llm, records.metrics[key], scores[key].value, shown[key].value, tolerance
        )
