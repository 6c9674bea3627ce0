"""What files of scores say beside the standings: sources, data sets, days, names on the Hub."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from leaderboard.models import LLM, Benchmark, Score, Source
from leaderboard.standings.standings import Standings

from .dataset import Absolute

HUB_DATA_SET = re.compile(r"https://huggingface\.co/datasets/([\w.-]+(?:/[\w.-]+)?)/?")


@dataclass(frozen=True)
class Origins:
    """Rows by what names them in standings; what is not in them is unknown."""

    site: str = ""  # its name
    absolute: Absolute = str
    when: datetime = datetime(1970, 1, 1, tzinfo=UTC)  # of the state that is exported
    licence: str = ""  # of the data, as SPDX writes it
    sources: dict[int, Source] = field(default_factory=dict)
    benchmarks: dict[str, Benchmark] = field(default_factory=dict)  # by slug
    hub_ids: dict[str, str] = field(default_factory=dict)  # by slug of the LLM
    days: dict[tuple[str, int], date] = field(default_factory=dict)  # by slug, metric


def load_origins(
    standings: Standings,
    site: str,
    absolute: Absolute,
    when: datetime,
    *,
    licence: str = "",
    slug: str = "",
    is_now: bool = True,
) -> Origins:
    """Reads what these standings name, for one LLM if one is named, in four queries.

    Of a state of the past only what is public today, and no days: its scores may have been measured
    anew since.
    """
    ids = {cell.source_id for column in standings.distinct_cells() for cell in column}
    slugs = {metric.benchmark_slug for metric in standings.columns}
    llms = LLM.objects.published().exclude(huggingface_id="")
    scores = Score.objects.exclude(measured_on=None)
    scores = scores.filter(metric__in=[metric.id for metric in standings.columns])
    if slug:
        llms, scores = llms.filter(slug=slug), scores.filter(llm__slug=slug)
    days = scores.order_by().values_list("llm__slug", "metric", "measured_on")
    sources = Source.objects.all() if is_now else Source.objects.published()
    return Origins(
        site=site,
        absolute=absolute,
        when=when,
        licence=licence,
        sources=sources.in_bulk(ids - {None}),
        benchmarks=Benchmark.objects.in_bulk(slugs - {None}, field_name="slug"),
        hub_ids=dict(llms.order_by().values_list("slug", "huggingface_id")),
        days={(llm, metric): day for llm, metric, day in days} if is_now else {},
    )


def hub_data_set(benchmark: Benchmark | None) -> str:
    """The id of a benchmark's data set on Hugging Face; "" if it is elsewhere or unknown."""
    found = HUB_DATA_SET.fullmatch(benchmark.dataset) if benchmark else None
    return found[1] if found else ""
