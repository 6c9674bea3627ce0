"""What of a query changes a page: the declarations of the public views that read one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, QueryDict

from leaderboard.exports.formats import EXCEL, EXPORT_FORMATS
from leaderboard.models import Benchmark, Leaderboard, Organization, Release
from leaderboard.pages.charts import Axes
from leaderboard.pages.comparison import find_neighbours
from leaderboard.pages.organizations import llms_of
from leaderboard.pages.selection import (
    DEFAULTS,
    PAGE_SIZE,
    ChosenLLMs,
    Selection,
    read_leaderboard,
    read_llms,
    read_page,
    read_parameters,
    read_search,
)
from leaderboard.serving.public_views import Canonical
from leaderboard.standings.benchmarks import benchmark_standings, find_benchmark
from leaderboard.standings.published import Content
from leaderboard.standings.records import LLMRecord
from leaderboard.standings.rows import Contribution, Standing
from leaderboard.standings.standings import Standings
from leaderboard.trail.entries import trail_of
from leaderboard.trail.public_releases import find_release, frozen_standings, releases_of
from leaderboard.trail.releases import DamagedRelease

from .state import name_state, open_state

Parameters = list[tuple[str, str]]  # (name, value), in canonical order

ENTRIES = 25  # on a page of changes
RELEASES = 12  # on a page of their list, a year of months: the payload of each is read
CONTRIBUTIONS = 100  # LLMs on a page of a source
# A selection of nothing but these is one of many, not of endlessly many.
FEW = {"sort", "intervals", "ranges", "baselines", "families", "page", EXCEL, "theme"}
THEMES = ("dark", "light")
OF_TABLES = ("sort", "columns", "intervals", "ranges")  # of which a chart shows nothing
PICTURES = ("scatter", "intervals", "profile", "ranks")  # the charts that are files too
PICTURE_ENDINGS = ("svg", "png")
COUNTS = ("unknown", "repeated", "beyond")  # of the names of a comparison


def read_table(request: HttpRequest, content: Content, slug: str | None = None) -> Canonical:
    """The selection of a leaderboard's rows, of the first one without a slug.

    A page past the end is the last one.
    """
    return read_view(request, content, content.leaderboard(slug), page_table)


def read_frame(request: HttpRequest, content: Content, slug: str) -> Canonical:
    """The selection of the table in a frame, where nothing can be ticked, and its theme."""
    return read_view(request, content, content.leaderboard(slug), page_embed)


def read_export(request: HttpRequest, content: Content, slug: str, ending: str) -> Canonical:
    """The selection of an export, which has all rows on one page, and whether it is for Excel."""
    parameters_of = page_csv if ending == "csv" else page_export
    return read_view(request, content, content.leaderboard(slug), parameters_of)


def read_charts(request: HttpRequest, content: Content, slug: str) -> Canonical:
    """The selection of a page of charts, whose table has the same, and the axes."""
    return read_view(request, content, content.leaderboard(slug), page_charts)


def read_picture(
    request: HttpRequest, content: Content, slug: str, name: str, ending: str
) -> Canonical:
    """What a chart depends on as a file: whom the filters leave, who is ticked, and the axes."""
    if name not in PICTURES or ending not in PICTURE_ENDINGS:
        return Canonical()
    return read_view(request, content, content.leaderboard(slug), page_picture)


def page_table(query: QueryDict, selection: Selection, standings: Standings) -> Parameters:
    """The parameters of a table, with its page capped."""
    last = -(-len(standings.rows) // PAGE_SIZE) or 1
    return replace(selection, page=min(selection.page, last)).parameters()


def page_frame(query: QueryDict, selection: Selection, standings: Standings) -> Parameters:
    """The parameters of a table without boxes to tick."""
    return page_table(query, selection.without_ticks, standings)


def page_embed(query: QueryDict, selection: Selection, standings: Standings) -> Parameters:
    """The same with the theme that the page around the frame asks for."""
    themes = [("theme", theme) for theme in THEMES if query.getlist("theme") == [theme]]
    return [*page_frame(query, selection, standings), *themes]


def page_export(query: QueryDict, selection: Selection, standings: Standings) -> Parameters:
    """The parameters of a file with all rows."""
    return replace(selection.without_ticks, page=1).parameters()


def page_csv(query: QueryDict, selection: Selection, standings: Standings) -> Parameters:
    """The parameters of a CSV, which may be one for Excel."""
    is_marked = query.getlist(EXCEL) == ["1"]
    return [*page_export(query, selection, standings), *([(EXCEL, "1")] if is_marked else [])]


def page_charts(query: QueryDict, selection: Selection, standings: Standings) -> Parameters:
    """The parameters of the charts of a selection."""
    axes = Axes.from_query(query, standings, selection)
    return [*replace(selection, page=1).parameters(), *axes.parameters()]


def page_picture(query: QueryDict, selection: Selection, standings: Standings) -> Parameters:
    """The parameters of one chart: nothing of how a table shows the selection."""
    drawn = replace(selection, page=1, **{name: DEFAULTS[name] for name in OF_TABLES})
    return page_charts(query, drawn, standings)


def read_view(
    request: HttpRequest,
    content: Content,
    leaderboard: Leaderboard | None,
    parameters_of: Callable[[QueryDict, Selection, Standings], Parameters],
) -> Canonical:
    """The selection that a query makes of a leaderboard, as a kind of page depends on it.

    The table of a past state alone needs no look at its standings.
    """
    if leaderboard is None:
        return Canonical()
    query = request.GET
    at = name_state(query.getlist("at"), content, leaderboard)
    shown = None if at and len(query) == 1 else open_state(content, leaderboard, at)
    if shown is None:
        return Canonical(urlencode({"at": at}), is_rare=True)
    return canonical_selection(query, shown.standings, parameters_of, at)


def canonical_selection(
    query: QueryDict,
    standings: Standings,
    parameters_of: Callable[[QueryDict, Selection, Standings], Parameters],
    at: str | None = None,
) -> Canonical:
    """The selection that a query makes of standings."""
    selection = Selection.from_query(query, standings, at)
    parameters = parameters_of(query, selection, standings)
    return Canonical(urlencode(parameters), is_rare=not {name for name, _ in parameters} <= FEW)


def read_release_table(request: HttpRequest, content: Content, slug: str, name: str) -> Canonical:
    """The selection of a release's rows."""
    return read_release(request, content, slug, name, page_frame)


def read_release_export(
    request: HttpRequest, content: Content, slug: str, name: str, ending: str
) -> Canonical:
    """The selection of an export of a release; what only cites it has none."""
    if ending not in EXPORT_FORMATS or ending == "bib":
        return Canonical()
    parameters_of = page_csv if ending == "csv" else page_export
    return read_release(request, content, slug, name, parameters_of)


def read_release(
    request: HttpRequest,
    content: Content,
    slug: str,
    name: str,
    parameters_of: Callable[[QueryDict, Selection, Standings], Parameters],
) -> Canonical:
    """The selection that a query makes of a release; nothing of one that cannot be shown."""
    leaderboard = content.leaderboard(slug)
    release = leaderboard and find_release(content, leaderboard, name)
    if not release or release.withdrawn_at:
        return Canonical()
    try:
        _leaderboard, standings = frozen_standings(content, release)
    except DamagedRelease:
        return Canonical()
    return canonical_selection(request.GET, standings, parameters_of)


def read_comparison(request: HttpRequest, content: Content, slug: str) -> Canonical:
    """The LLMs that a query chooses, how many of its names are unknown, repeated or beyond the
    sixth, and a search for more."""
    leaderboard = content.leaderboard(slug)
    if leaderboard is None:
        return Canonical()
    query = read_parameters(request)
    at = name_state(query.getlist("at"), content, leaderboard)
    shown = open_state(content, leaderboard, at)
    if shown is None:
        return Canonical(urlencode({"at": at}), is_rare=True)
    chosen = read_llms(query, shown.standings)
    rows = chosen.rows
    if query.getlist("with") == ["neighbours"] and len(rows) == 1:
        rows = find_neighbours(shown.standings, rows[0])
    named = [("llm", row.llm.slug) for row in rows]
    counts = [(name, getattr(chosen, name)) for name in COUNTS if getattr(chosen, name)]
    search = read_search(query.getlist("q"))
    others = [(name, value) for name, value in (("q", search), ("at", at)) if value]
    parameters = [*named, *counts, *others]
    return Canonical(urlencode(parameters), is_rare=bool(parameters))


def parse_comparison(query: QueryDict, standings: Standings) -> ChosenLLMs:
    """What read_comparison has found, from its canonical query."""
    unknown, repeated, beyond = (int(query.get(name, 0)) for name in COUNTS)
    rows = read_llms(query, standings).rows
    return ChosenLLMs(rows, unknown, repeated, beyond)


def read_badge(request: HttpRequest, content: Content, slug: str) -> Canonical:
    """The leaderboard on which a badge shows the rank of an LLM."""
    wanted = read_leaderboard(request.GET)
    if wanted is None:
        return Canonical()
    is_known = content.leaderboard(wanted) is not None
    return Canonical(urlencode({"leaderboard": wanted}), is_rare=not is_known)


def read_changes_page(request: HttpRequest, content: Content) -> Canonical:
    """The page of the changes."""
    return canonical_page(request, lambda: paginate_changes(content))


def read_releases_page(request: HttpRequest, content: Content, slug: str) -> Canonical:
    """The page of the releases of a leaderboard."""
    return canonical_page(request, lambda: paginate_releases(content, content.leaderboard(slug)))


def read_source_page(request: HttpRequest, content: Content, pk: int) -> Canonical:
    """The page of a source."""
    return canonical_page(request, lambda: paginate_source(content, pk))


def read_benchmark_page(request: HttpRequest, content: Content, slug: str) -> Canonical:
    """The page of a benchmark's LLMs."""
    return canonical_page(request, lambda: paginate_benchmark(content, find_benchmark(slug)))


def read_organization_page(request: HttpRequest, content: Content, slug: str) -> Canonical:
    """The page of an organization's LLMs."""
    organization = Organization.objects.published().filter(slug=slug).first()
    return canonical_page(request, lambda: paginate_organization(content, organization))


def canonical_page(request: HttpRequest, paginate: Callable[[], "Paginator[Any]"]) -> Canonical:
    """The page that a query asks for; a page past the end is the last one."""
    wanted = read_page(request.GET.getlist("page"))
    if wanted == 1:
        return Canonical()
    page = min(wanted, paginate().num_pages)
    return Canonical(urlencode({"page": page}) if page > 1 else "", is_rare=page > 1)


def paginate_changes(content: Content) -> "Paginator[str]":
    """The tokens of all entries in pages."""
    return Paginator(trail_of(content).tokens, ENTRIES)


def paginate_releases(content: Content, leaderboard: Leaderboard | None) -> "Paginator[Release]":
    """The releases of a leaderboard in pages, newest first; none without one."""
    return Paginator(releases_of(content, leaderboard) if leaderboard else [], RELEASES)


def paginate_source(content: Content, pk: int) -> "Paginator[Contribution]":
    """The LLMs to which a source contributed, in pages."""
    contributions = content.compute_once(
        ("source", pk), lambda: content.every_metric().from_source(pk)
    )
    return Paginator(contributions, CONTRIBUTIONS)


def paginate_benchmark(content: Content, benchmark: Benchmark | None) -> "Paginator[Standing]":
    """The LLMs of a benchmark in pages; none without a benchmark."""
    rows = benchmark_standings(content, benchmark).rows if benchmark else ()
    return Paginator(rows, PAGE_SIZE)


def paginate_organization(
    content: Content, organization: Organization | None
) -> "Paginator[LLMRecord]":
    """The LLMs of an organization in pages; none without one."""
    llms = llms_of(content, organization) if organization else ()
    return Paginator(llms, PAGE_SIZE)
