"""The page of an organization: its public LLMs, and where each stands on each leaderboard."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import NamedTuple

from leaderboard.models import LLM, Leaderboard, Organization
from leaderboard.standings.facts import fact_sort_value
from leaderboard.standings.placements import (
    Placement,
    columns_of,
    find_placements,
    published_standings,
)
from leaderboard.standings.published import Content
from leaderboard.standings.records import LLMRecord, MetricRecord, load_llms

from .families import family_of


class Place(NamedTuple):
    """An LLM with its placement on each leaderboard of the table."""

    llm: LLMRecord
    placements: list[Placement]


class Family(NamedTuple):
    """Neighbours in the table that are variants of one LLM; without a name an LLM by itself."""

    name: str
    variants: int  # of the organization, on all pages
    places: list[Place]


class Members(NamedTuple):
    """A table of LLMs: leaderboards from left to right, families from top to bottom."""

    boards: list[tuple[Leaderboard, MetricRecord | None]]  # with the metric that each ranks by
    families: list[Family]


class Summary(NamedTuple):
    """What the LLMs of an organization have in common, baselines aside."""

    llm_count: int
    with_open_weights: int
    newest: date | None  # the last known release


def llms_of(content: Content, organization: Organization) -> tuple[LLMRecord, ...]:
    """The public LLMs of an organization by name, variants beside each other; read once."""

    def load() -> tuple[LLMRecord, ...]:
        llms = load_llms(LLM.objects.published().filter(organization=organization))
        return tuple(sorted(llms, key=lambda llm: fact_sort_value(llm, "llm")))

    llms: tuple[LLMRecord, ...] = content.compute_once(("organization", organization.pk), load)
    return llms


def summarize(llms: Iterable[LLMRecord]) -> Summary:
    """The facts of an organization that follow from its LLMs."""
    competing = [llm for llm in llms if not llm.is_baseline]
    return Summary(
        len(competing),
        sum(llm.open_weights is True for llm in competing),
        max((llm.released for llm in competing if llm.released), default=None),
    )


def place_members(
    content: Content, some: Iterable[LLMRecord], among: Iterable[LLMRecord]
) -> Members:
    """The table of some of the LLMs of an organization, with the leaderboards that show any."""
    leaderboards, columns = content.leaderboards(), columns_of(content)
    find = published_standings(content)
    placed = [(llm, find_placements(llm.slug, leaderboards, columns, find)) for llm in some]
    shown = [
        index
        for index in range(len(leaderboards))
        if any(placements[index].has_scores for _llm, placements in placed)
    ]
    places = [Place(llm, [placements[index] for index in shown]) for llm, placements in placed]
    boards = [(each.leaderboard, each.metric) for each in places[0].placements] if places else []
    return Members(boards, group_families(places, among))


def group_families(places: Iterable[Place], among: Iterable[LLMRecord]) -> list[Family]:
    """LLMs in their order, those of a family together; a single variant is an LLM by itself."""
    variants = Counter(filter(None, map(family_of, among)))

    def family(place: Place) -> tuple[str, str]:
        name = family_of(place.llm)
        return (name, "") if variants[name] > 1 else ("", place.llm.slug)

    return [
        Family(name, variants[name], list(group))
        for (name, _slug), group in groupby(places, key=family)
    ]
