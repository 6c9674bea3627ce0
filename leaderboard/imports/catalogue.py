"""The names of LLMs and metrics that the site knows."""

from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from leaderboard.models import LLM, Alias, Benchmark, Metric, Organization
from leaderboard.readers.results import draft_llm, header_key
from leaderboard.text.names import name_key


class KnownLLM(NamedTuple):
    """An LLM that is stored, with the names by which a file may mean it."""

    id: int
    slug: str
    name: str
    name_key: str
    huggingface_id: str
    is_published: bool


@dataclass(frozen=True)
class Catalogue:
    """All names that are taken, read in five queries whatever the size."""

    llms: dict[int, KnownLLM]
    metrics: dict[int, Metric]
    organizations: dict[str, Organization]  # by name key
    benchmarks: dict[str, Benchmark]  # likewise
    llm_names: dict[str, int]
    metric_names: dict[str, int]

    def llm(self, name: str) -> int | None:
        """Finds the LLM by this slug, name, alias or Hugging Face id (org/model, org__model)."""
        return self.llm_names.get(name_key(name))

    def metric(self, name: str) -> int | None:
        """Returns the metric with this key, folded name or alias; None if two have the name."""
        return self.metric_names.get(header_key(name)) or self.metric_names.get(name_key(name))

    def similar_llm(self, name: str) -> str:
        """Returns the name of an LLM that may be meant; "" if none is close."""
        wanted = draft_llm(name).name.casefold()
        names = {llm.name.casefold(): llm.name for llm in self.llms.values()}
        close = get_close_matches(wanted, names, n=1, cutoff=0.85)
        return names[close[0]] if close else ""


def load_catalogue() -> Catalogue:
    """Reads all names that are taken."""
    rows = LLM.objects.order_by("name_key").values_list(*KnownLLM._fields)
    llms = {row[0]: KnownLLM(*row) for row in rows}
    known = Metric.objects.select_related("benchmark", "questions_of")
    metrics = {metric.pk: metric for metric in known}
    aliases = list(Alias.objects.values_list("key", "llm_id", "metric_id"))
    return Catalogue(
        llms=llms,
        metrics=metrics,
        organizations={
            organization.name_key: organization for organization in Organization.objects.all()
        },
        benchmarks={benchmark.name_key: benchmark for benchmark in Benchmark.objects.all()},
        llm_names={key: llm for key, llm, _ in aliases if llm} | index_llm_names(llms),
        metric_names={key: metric for key, _, metric in aliases if metric}
        | index_metric_names(metrics),
    )


def index_llm_names(llms: dict[int, KnownLLM]) -> dict[str, int]:
    """Returns {name: LLM}; a name has priority over an address, and that over a Hugging Face id."""
    ids: dict[str, int] = {}
    for llm in llms.values():
        if llm.huggingface_id:
            ids[name_key(llm.huggingface_id)] = llm.id
            ids[name_key(llm.huggingface_id.replace("/", "__"))] = llm.id
    ids |= {llm.slug: llm.id for llm in llms.values()}
    return ids | {llm.name_key: llm.id for llm in llms.values()}


def index_metric_names(metrics: dict[int, Metric]) -> dict[str, int]:
    """Returns {folded key or name: metric}, without names that several metrics share."""
    names = [
        (key, metric.pk)
        for metric in metrics.values()
        for key in {header_key(metric.key), header_key(str(metric)), header_key(metric.name)}
    ]
    count = Counter(key for key, _ in names)
    ids = {key: metric for key, metric in names if count[key] == 1}
    return ids | {header_key(metric.key): metric.pk for metric in metrics.values()}
