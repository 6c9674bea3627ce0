"""The view that a visitor asked for: the query string as one validated value.

Only this module reads request.GET. Unknown parameters and values are ignored, so that they enter
neither links nor caches; the others have one canonical order. Filters never change ranks: a
filtered view shows the ranks of the whole leaderboard.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from functools import lru_cache, partial
from operator import attrgetter
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, QueryDict

from leaderboard.standings.estimates import Level
from leaderboard.standings.records import LLMRecord
from leaderboard.standings.rows import Standing
from leaderboard.standings.standings import Standings
from leaderboard.text.facts import BY_FILTER, UNKNOWN, WEIGHTS, YES_NO, Fact, FactKind
from leaderboard.text.names import name_key
from leaderboard.text.numbers import format_exact, parse_number

from .column_codes import read_column_keys, write_columns
from .fact_filters import Chosen, read_fact_filters
from .families import has_variants

PAGE_SIZE = 100
LONGEST_SEARCH = 100
MOST_COMPARED = 6
INTERVALS = ("all", "off")


@dataclass(frozen=True, slots=True)
class Selection:
    """What a view shows of the standings, and in which order. None or () is the default.

    The fields are the parameters of the query string, in their canonical order.
    """

    sort: str | None = None
    q: str | None = None
    organization: tuple[str, ...] = ()  # slugs, or "unknown"
    domain: tuple[str, ...] = ()
    weights: tuple[str, ...] = ()
    reasoning: tuple[str, ...] = ()
    min_size: Decimal | None = None  # billions
    max_size: Decimal | None = None
    size: str | None = None  # "unknown": with a size limit, also those of unknown size
    facts: Chosen = ()  # of columns of facts: parameters with their values
    columns: tuple[str, ...] = ()
    intervals: str | None = None  # "all", "off"; None marks those of the ranking metric
    ranges: str | None = None  # "all", "pairwise"; None: the level that holds for each LLM
    baselines: str | None = None  # "off"; None shows them, where there are any
    families: str | None = None  # "best" of each family; None shows all variants
    at: str | None = None  # names a past state of the leaderboard, whose standings these are
    llm: tuple[str, ...] = ()  # ticked for a comparison, in the order ticked
    page: int = 1
    every: tuple[str, ...] = field(default=(), compare=False, repr=False)  # columns to choose from

    @classmethod
    def from_query(cls, query: QueryDict, standings: Standings, at: str | None = None) -> Self:
        limits = [read_size(query.getlist(name)) for name in ("min_size", "max_size")]
        return cls(
            sort=read_sort(query.getlist("sort"), standings),
            q=read_search(query.getlist("q")),
            organization=read_choices(
                query.getlist("organization"), count_values(standings, "organization")
            ),
            domain=read_choices(query.getlist("domain"), count_values(standings, "domain")),
            weights=read_choices(query.getlist("weights"), WEIGHTS.values()),
            reasoning=read_choices(query.getlist("reasoning"), YES_NO.values()),
            min_size=limits[0],
            max_size=limits[1],
            size=UNKNOWN if query.getlist("size") == [UNKNOWN] and any(limits) else None,
            facts=read_fact_filters(query, standings),
            columns=read_columns(query.getlist("columns") + query.getlist("c"), standings),
            intervals=read_intervals(query.getlist("intervals")),
            ranges=read_ranges(query.getlist("ranges"), standings),
            baselines=read_baselines(query.getlist("baselines"), standings),
            families=read_families(query.getlist("families"), standings),
            at=at,
            llm=read_ticks(query.getlist("llm"), standings),
            page=read_page(query.getlist("page")),
            every=standings.column_keys,
        )

    def url(self, **changes: object) -> str:
        """Returns the query string of this view with changes; “?” alone for the default view."""
        selection = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]
        return "?" + urlencode(selection.parameters(), safe=",")

    @property
    def query(self) -> str:
        """The query string of this very page; "" for the first page of the default view."""
        return self.url(page=self.page).removesuffix("?")

    def parameters(self) -> list[tuple[str, str]]:
        """Returns (name, value) of all that differs from the default, in canonical order."""
        parameters: list[tuple[str, str]] = []
        for name, default in DEFAULTS.items():
            if (value := getattr(self, name)) == default:
                continue
            if name == "facts":
                parameters += value
            elif name == "columns":
                text = write_columns(value, self.every) if self.every else ",".join(value)
                parameters.append((name, text))
            elif isinstance(value, tuple):
                parameters += [(name, choice) for choice in value]
            else:
                text = format_exact(value) if isinstance(value, Decimal) else str(value)
                parameters.append((name, text))
        return parameters

    @property
    def level(self) -> Level:
        """Of the rank ranges."""
        return Level(self.ranges or Level.EACH)

    @property
    def is_default(self) -> bool:
        return not replace(self, page=1, at=None, llm=()).parameters()

    @property
    def reset_url(self) -> str:
        """The query string of the default view of the same state, with the same LLMs ticked."""
        return type(self)(at=self.at, llm=self.llm).url()

    @property
    def without_ticks(self) -> Self:
        """The view alone, as files and frames show it."""
        return replace(self, llm=())

    @property
    def is_filtered(self) -> bool:
        return any(getattr(self, name) for name in FILTERS)

    def without_filters(self) -> Self:
        return replace(self, page=1, **{name: DEFAULTS[name] for name in FILTERS})

    def tests(self) -> dict[str, Callable[[LLMRecord], bool]]:
        """Returns the conditions that an LLM must meet, by the name of their filter."""
        tests: dict[str, Callable[[LLMRecord], bool]] = {}
        if self.q:
            tests["q"] = partial(matches_search, text=name_key(self.q))
        for fact, value_of in VALUES.items():
            if chosen := getattr(self, fact):
                tests[fact] = partial(is_among, value_of=value_of, chosen=chosen)
        if self.min_size is not None or self.max_size is not None:
            tests["size"] = self.has_size
        return tests

    def has_size(self, llm: LLMRecord) -> bool:
        low, high = self.min_size, self.max_size
        if llm.parameters is None:
            return self.size == UNKNOWN
        return (low is None or llm.parameters >= low) and (high is None or llm.parameters <= high)


DEFAULTS: dict[str, Any] = {
    parameter.name: parameter.default for parameter in fields(Selection) if parameter.compare
}
FILTERS = (
    "q", "organization", "domain", "weights", "reasoning", "min_size", "max_size", "size",
    "facts",
)  # fmt: skip


def value_of_fact(fact: Fact) -> Callable[[LLMRecord], str]:
    """Returns what gives the value by which a filter finds an LLM: a slug, a word, or “unknown”."""
    if fact.kind is FactKind.ORGANIZATION:
        read = attrgetter(f"{fact.field}_slug")
    else:
        read = attrgetter(fact.field)
    if answers := fact.answers:
        return lambda llm: answers[read(llm)]
    return lambda llm: read(llm) or UNKNOWN


# {parameter: value of an LLM}, in the order of Selection; a range such as size has parameters of
# its own.
VALUES: dict[str, Callable[[LLMRecord], str]] = {
    name: value_of_fact(BY_FILTER[name])
    for name in DEFAULTS
    if name in BY_FILTER and BY_FILTER[name].kind is not FactKind.NUMBER
}


def is_among(llm: LLMRecord, value_of: Callable[[LLMRecord], str], chosen: tuple[str, ...]) -> bool:
    """Whether the value of an LLM is one of those chosen."""
    return value_of(llm) in chosen


def matches_search(llm: LLMRecord, text: str) -> bool:
    """Whether a text is in the name or organization, whatever the case, width and kind of dash."""
    return text in search_key(llm.name, llm.organization)


@lru_cache(maxsize=20_000)
def search_key(name: str, organization: str | None) -> str:
    """Returns the text that a search looks into, folded."""
    return name_key(f"{name} {organization or ''}")


def count_values(standings: Standings, name: str) -> Counter[str]:
    """Returns {value: number of LLMs} of a filter; counted once for the standings."""
    value_of = VALUES[name]
    counts: Counter[str] = standings.compute_once(
        f"values of {name}", lambda: Counter(value_of(row.llm) for row in standings.rows)
    )
    return counts


class ChosenLLMs(NamedTuple):
    """The LLMs of a comparison, and how many names of its query were not used."""

    rows: tuple[Standing, ...] = ()  # in the order named, at most six
    unknown: int = 0  # names of no LLM here; a draft counts like a misspelt name
    repeated: int = 0
    beyond: int = 0  # after the sixth


def default_sort(standings: Standings) -> str:
    """Returns the ranking metric, best first; without one, the name."""
    metric = standings.ranking_metric
    return standings.best_first(metric.key) if metric else "llm"


def read_sort(values: list[str], standings: Standings) -> str | None:
    """Returns the order asked for; None for the default and for an unknown one."""
    if len(values) != 1 or values[0] == default_sort(standings):
        return None
    return values[0] if values[0].removeprefix("-") in standings.sort_keys() else None


def read_search(values: list[str]) -> str | None:
    """Returns the text to look for, at most 100 visible characters; None without any."""
    text = " ".join("".join(c for c in values[0] if c.isprintable()).split()) if values else ""
    return text[:LONGEST_SEARCH].strip() or None if len(values) == 1 else None


def read_choices(values: list[str], known: Iterable[str]) -> tuple[str, ...]:
    """Returns the values that exist, once each, in one order."""
    return tuple(sorted(set(values) & {*known, UNKNOWN}))


def read_size(values: list[str]) -> Decimal | None:
    """Returns a limit in billions of parameters; None without a positive number."""
    try:
        number = parse_number(values[0]) if len(values) == 1 else None
    except ValueError:
        return None
    return number if number is not None and number > 0 else None


def read_columns(values: list[str], standings: Standings) -> tuple[str, ...]:
    """Returns the facts and metrics to show, in the order of the leaderboard; () for the default
    columns.

    Keys are separated by commas, or repeated, as a form without script sends them; where there are
    many columns that form sends codes, as “c”, so that no choice is too long for an address.
    """
    chosen = read_column_keys(values, standings.column_keys)
    return () if chosen == standings.default_keys else chosen


def read_intervals(values: list[str]) -> str | None:
    """Returns “all” or “off”; None for the default."""
    return values[0] if len(values) == 1 and values[0] in INTERVALS else None


def read_ranges(values: list[str], standings: Standings) -> str | None:
    """A level of rank ranges; None for the default, which has no parameter."""
    other_levels = [level.value for level in standings.levels if level is not Level.EACH]
    return values[0] if len(values) == 1 and values[0] in other_levels else None


def read_baselines(values: list[str], standings: Standings) -> str | None:
    """Returns “off”, where there are baselines to leave out; None for the default."""
    return "off" if values == ["off"] and standings.baselines else None


def read_families(values: list[str], standings: Standings) -> str | None:
    """Returns “best”, where there are variants to fold; None for the default."""
    return "best" if values == ["best"] and has_variants(standings) else None


def read_ticks(values: list[str], standings: Standings) -> tuple[str, ...]:
    """Returns the first six of these slugs that are on the leaderboard, once each."""
    if not values:
        return ()
    known = slugs_of(standings)
    return tuple(slug for slug in dict.fromkeys(values) if slug in known)[:MOST_COMPARED]


def slugs_of(standings: Standings) -> frozenset[str]:
    """Returns the slugs of all rows."""
    slugs: frozenset[str] = standings.compute_once(
        "slugs", lambda: frozenset(row.llm.slug for row in standings.rows)
    )
    return slugs


def read_llms(query: QueryDict, standings: Standings) -> ChosenLLMs:
    """Returns the first six LLMs of the leaderboard that are named, once each."""
    names = [name for name in query.getlist("llm") if name]
    distinct = dict.fromkeys(names)
    by_slug = {row.llm.slug: row for row in standings.rows}
    rows = [by_slug[name] for name in distinct if name in by_slug]
    return ChosenLLMs(
        rows=tuple(rows[:MOST_COMPARED]),
        unknown=len(distinct) - len(rows),
        repeated=len(names) - len(distinct),
        beyond=len(rows[MOST_COMPARED:]),
    )


def compare_query(slugs: Iterable[str], at: str | None = None) -> str:
    """Returns the query string of a comparison, in this order, of a state; "" without either."""
    query = urlencode([("llm", slug) for slug in slugs] + ([("at", at)] if at else []))
    return f"?{query}" if query else ""


def read_parameters(request: HttpRequest) -> QueryDict:
    """Returns the query; if it has more parameters than Django reads, the first of them."""
    try:
        return request.GET
    except TooManyFieldsSent:
        first = request.META["QUERY_STRING"].split("&", settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
        return QueryDict("&".join(first[:-1]))


def read_leaderboard(query: QueryDict) -> str | None:
    """Returns the slug of the leaderboard of a badge; None for the first that ranks the LLM."""
    values = query.getlist("leaderboard")
    return values[0] if values else None


def read_page(values: list[str]) -> int:
    """Returns the number of a page; 1 for anything but a plain number. The table caps it."""
    if len(values) == 1 and re.fullmatch(r"[0-9]{1,9}", values[0]):
        return max(1, int(values[0]))
    return 1
