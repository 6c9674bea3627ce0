"""What standings consist of: the row of an LLM, and its scores by benchmark or by source."""

from dataclasses import dataclass
from typing import NamedTuple

from .cells import Cell
from .ranges import RankRange
from .records import LLMRecord, MetricRecord


@dataclass(frozen=True, slots=True)
class Standing:
    """One LLM's row."""

    llm: LLMRecord
    rank: int | None
    rank_range: RankRange | None
    cells: tuple[Cell | None, ...]  # in the order of the columns

    @property
    def coverage(self) -> int:
        """The number of columns with a value."""
        return sum(cell is not None for cell in self.cells)

    @property
    def tiers(self) -> frozenset[str]:
        """The tiers of all scores in the row; a page says a single one once for the row."""
        return frozenset(cell.tier for cell in self.cells if cell is not None)


class MetricScore(NamedTuple):
    """One LLM's cell in a metric."""

    metric: MetricRecord
    cell: Cell | None
    rank_range: RankRange | None
    llm_count: int  # of the LLMs with a rank in the metric


class BenchmarkScores(NamedTuple):
    """One LLM's scores in the metrics of a benchmark; None for metrics across benchmarks."""

    benchmark: str | None
    slug: str | None
    scores: tuple[MetricScore, ...]

    @property
    def filled(self) -> int:
        """The number of metrics in which it has a value."""
        return sum(score.cell is not None for score in self.scores)


class Contribution(NamedTuple):
    """The scores of one LLM that come from one source."""

    llm: LLMRecord
    cells: tuple[tuple[MetricRecord, Cell], ...]
