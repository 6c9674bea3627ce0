"""The names of LLMs and metrics that the site knows."""

from collections import Counter, defaultdict
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
    organization_id: int | None


@dataclass(frozen=True)
class Catalogue:
    """All names that are taken, read in five queries whatever the size."""

    llms: dict[int, KnownLLM]
    metrics: dict[int, Metric]
    organizations: dict[str, Organization]  # by name key
    benchmarks: dict[str, Benchmark]  # likewise
    llm_names: dict[str, int]
    metric_names: dict[str, int]
    owners: dict[str, str]  # the organization's name by the owner in Hugging Face ids, casefolded
    spellings: dict[str, set[int]]  # LLMs by the letters and digits of their names

    def llm(self, name: str) -> int | None:
        """Finds the LLM by this slug, name, alias or Hugging Face id.

        The id may be written org/model or org__model, as an address there or as a cached folder.
        """
        known = self.llm_names.get(name_key(name))
        if known is None and (hub_id := draft_llm(name).huggingface_id):
            known = self.llm_names.get(name_key(hub_id))
        return known

    def metric(self, name: str) -> int | None:
        """Returns the metric with this key, folded name or alias; None if two have the name."""
        return self.metric_names.get(header_key(name)) or self.metric_names.get(name_key(name))

    def organization_of(self, owner: str) -> str:
        """Returns the name of the organization that an owner of models means.

        That is one of this name, else the one whose LLMs have this owner in their Hugging Face
        ids or aliases; if none has, the owner itself.
        """
        known = self.organizations.get(name_key(owner))
        return known.name if known else self.owners.get(owner.casefold(), owner)

    def suggested_llm(self, name: str) -> int | None:
        """Returns the only LLM whose name differs in signs, spaces and capitals; None if none.

        Where the name and the LLM both have an owner, “owner/model”, it has to be the same.
        """
        draft = draft_llm(name)
        found = {
            pk
            for pk in self.spellings.get(header_key(draft.name), ())
            if not draft.organization or draft.organization.casefold() in self.owners_of(pk)
        }
        return found.pop() if len(found) == 1 else None

    def owners_of(self, pk: int) -> set[str]:
        """Returns the owners that the LLM may stand under: in its id, and of its organization."""
        llm = self.llms[pk]
        if llm.huggingface_id:
            return {owner_of(llm.huggingface_id).casefold()}
        names = {row.pk: row.name for row in self.organizations.values()}
        organization = names.get(llm.organization_id or 0, "")
        also = {owner for owner, name in self.owners.items() if name == organization}
        return also | {organization.casefold()}

    def similar_llm(self, name: str) -> str:
        """Returns the name of an LLM that may be meant; "" if none is close."""
        suggested = self.suggested_llm(name)
        if suggested:
            return self.llms[suggested].name
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
    organizations = list(Organization.objects.all())
    return Catalogue(
        llms=llms,
        metrics=metrics,
        organizations={organization.name_key: organization for organization in organizations},
        benchmarks={benchmark.name_key: benchmark for benchmark in Benchmark.objects.all()},
        llm_names={key: llm for key, llm, _ in aliases if llm} | index_llm_names(llms),
        metric_names={key: metric for key, _, metric in aliases if metric}
        | index_metric_names(metrics),
        owners=index_owners(
            llms,
            {row.pk: row.name for row in organizations},
            [row[:2] for row in aliases if row[1]],
        ),
        spellings=index_spellings(llms),
    )


def owner_of(name: str) -> str:
    """Returns the owner in “owner/model”; "" for any other name."""
    return draft_llm(name).organization


def index_owners(
    llms: dict[int, KnownLLM], organizations: dict[int, str], aliases: list[tuple[str, int]]
) -> dict[str, str]:
    """Returns {owner, casefolded: organization} of the LLMs that are here.

    An owner whose LLMs belong to several organizations means the one of most; of none, if two have
    as many. Addresses, and names written in one word (mistralai), are owners of their own.
    """
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    named = [(llm.huggingface_id, llm.id) for llm in llms.values() if llm.huggingface_id]
    for name, pk in [*named, *aliases]:
        owner = owner_of(name).casefold()
        organization = organizations.get(llms[pk].organization_id or 0)
        if owner and organization:
            votes[owner][organization] += 1
    words = Counter(map(header_key, organizations.values()))
    owners = {header_key(name): name for name in organizations.values()}
    owners = {word: name for word, name in owners.items() if words[word] == 1}
    for owner, counted in votes.items():
        (most, times), *others = counted.most_common(2)
        if not others or others[0][1] < times:
            owners[owner] = most
    return owners


def index_spellings(llms: dict[int, KnownLLM]) -> dict[str, set[int]]:
    """Returns {letters and digits: LLMs} of names, addresses and models of Hugging Face ids."""
    spellings: dict[str, set[int]] = defaultdict(set)
    for llm in llms.values():
        for name in (llm.name, llm.slug, llm.huggingface_id.rpartition("/")[2]):
            if key := header_key(name):
                spellings[key].add(llm.id)
    return dict(spellings)


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
