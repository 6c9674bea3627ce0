"""An LLM's scores as a file of the folder `.eval_results` in its repository on Hugging Face.

The Hub knows data sets on the Hub alone: scores of benchmarks that are elsewhere, or nowhere known,
are left out, and so is what is made from several benchmarks. It has no field for the unit, the
questions and the interval; `notes` say them.
"""

from collections.abc import Iterator
from typing import Any

from leaderboard.models import Metric
from leaderboard.standings.cells import Cell
from leaderboard.standings.records import MetricRecord
from leaderboard.standings.rows import Standing
from leaderboard.standings.shown import Origin
from leaderboard.standings.standings import Standings

from .as_json import json_value
from .model_card import yaml_lines
from .origins import Origins, hub_data_set

HEAD = """\
# From {address}, {day}
# task_id is the key of the metric there; it has to be the one that the data set's eval.yaml has.
"""
NOTHING = "# No benchmark of a shown score has a data set on Hugging Face.\n"


def write_eval_results(standings: Standings, row: Standing, page: str, origins: Origins) -> str:
    """Writes the scores of an LLM, whose page has this address, as YAML."""
    head = HEAD.format(address=page, day=origins.when.date().isoformat())
    results = list(list_results(standings, row, page, origins))
    return head + ("\n".join([*yaml_lines(results), ""]) if results else f"{NOTHING}[]\n")


def list_results(
    standings: Standings, row: Standing, page: str, origins: Origins
) -> Iterator[dict[str, Any]]:
    """Yields a result for each score in a benchmark whose data set is on the Hub."""
    for metric, cell in zip(standings.columns, row.cells, strict=True):
        hub = hub_data_set(origins.benchmarks.get(metric.benchmark_slug or ""))
        if not hub or cell is None:
            continue
        source = origins.sources.get(cell.source_id or 0)
        day = origins.days.get((row.llm.slug, metric.id)) or (source and source.date)
        yield {
            "dataset": {"id": hub, "task_id": metric.key},
            "value": cell.value,
            **({"date": day.isoformat()} if day else {}),
            "source": {
                "url": (source and source.url) or page,
                "name": source.title if source else origins.site,
            },
            "notes": "; ".join(list_notes(metric, cell)),
        }


def list_notes(metric: MetricRecord, cell: Cell) -> Iterator[str]:
    """Yields what a reader has to know of a score, and the Hub has no field for."""
    known = cell.uncertainty
    is_other = metric.unit == Metric.Unit.OTHER
    yield f"in {metric.unit_label if is_other else metric.unit}"
    if metric.can_rank and not metric.higher_is_better:
        yield "lower is better"
    if known.question_count:
        yield f"n = {known.question_count}"
    if cell.is_partial:
        yield "partial run"
    if known.interval:
        low, high = map(json_value, known.interval)
        yield f"95 % interval {low} to {high}"
    if cell.origin is Origin.COMPUTED:
        yield "computed from its components"
    yield f"evaluator: {cell.tier}"
