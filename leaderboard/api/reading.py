"""What is published, for programs: the same numbers as the pages, from the same standings."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.urls import reverse
from ninja import Router, Schema
from pydantic import Field

from leaderboard.exports.as_json import json_metric, json_score, json_value
from leaderboard.exports.snapshot import EXPORTED_FIELDS
from leaderboard.models import Benchmark, Leaderboard, LeaderboardState, Organization, Source
from leaderboard.serving.public_views import Canonical
from leaderboard.standings.placements import columns_of, count_llms, published_standings
from leaderboard.standings.published import Content, published_content
from leaderboard.standings.records import LLMRecord, MetricRecord
from leaderboard.standings.standings import Standings
from leaderboard.trail.entries import Entry, trail_of
from leaderboard.trail.public_releases import releases_of
from leaderboard.views.leaderboards import send_export
from leaderboard.views.llms import send_records
from leaderboard.views.releases import send_release_file

PAGE = 100  # items
T = TypeVar("T")
router = Router(tags=["content"])


class PageOf(Schema):
    """A page of a list; `next` is null on the last one."""

    count: int = Field(description="items on all pages")
    next: str | None = Field(description="address of the next page")
    items: list[dict[str, Any]]


def read_parameters(*names: str) -> Callable[..., Canonical]:
    """Declares that an answer depends on these parameters, each once."""

    def reads(request: HttpRequest, content: Content, **arguments: Any) -> Canonical:
        said = [(name, request.GET[name]) for name in names if request.GET.get(name)]
        return Canonical(urlencode(said), is_rare=bool(said))

    return reads


def cut_page(request: HttpRequest, items: Sequence[T], page: int, show: Callable[[T], Any]) -> Any:
    """The items of a page, shown, with the address of the next."""
    start = (max(page, 1) - 1) * PAGE
    following = None
    if start + PAGE < len(items):
        query = request.GET.copy()
        query["page"] = str(max(page, 1) + 1)
        following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    shown = [show(item) for item in items[start : start + PAGE]]
    return {"count": len(items), "next": following, "items": shown}


def absolute_of(request: HttpRequest) -> Callable[..., str]:
    """What makes an absolute address of a name in urls.py."""
    return lambda name, *args: request.build_absolute_uri(reverse(name, args=args))


@router.get("/leaderboards", response=PageOf, operation_id="list_leaderboards")
def list_leaderboards(request: HttpRequest, page: int = 1) -> Any:
    """The published leaderboards, in their order."""
    content, absolute = published_content(request), absolute_of(request)
    columns_by_board, find = columns_of(content), published_standings(content)

    def show(row: Leaderboard) -> dict[str, Any]:
        standings, state = find(row), content.state(row)  # not of each: they take long to make
        columns = columns_by_board.get(row.pk, ())
        keys = {metric: standings.metrics[metric].key for metric in columns}
        return {
            "slug": row.slug,
            "title": row.title,
            "page": absolute("leaderboard", row.slug),
            "standings": absolute("api-1:standings", row.slug),
            "updated": state.changed_at.isoformat(),
            "revision": state.token,
            "data_licence": row.shown_licence or None,
            "llm_count": count_llms(standings, columns),
            "metrics": list(keys.values()),
            "ranking_metric": keys.get(row.ranking_metric_id),
        }

    return cut_page(request, content.leaderboards(), page, show)


@router.get("/leaderboards/{slug:slug}/standings", url_name="standings", operation_id="standings")
def read_standings(request: HttpRequest, slug: str) -> Any:
    """All rows with ranks, ranges and intervals: the JSON of the page, with the page's parameters
    (`sort`, `q`, `columns`, filters, `at`, …). Its schema is on the page /api/."""
    return send_export(request, slug, "json")


@router.get("/leaderboards/{slug:slug}/records", url_name="records", operation_id="records")
def read_records(request: HttpRequest, slug: str) -> Any:
    """The same rows as records of Every Eval Ever (JSON lines), with the parameters of
    `standings`."""
    return send_export(request, slug, "jsonl")


@router.get("/leaderboards/{slug:slug}/releases", response=PageOf, operation_id="list_releases")
def list_releases(request: HttpRequest, slug: str, page: int = 1) -> Any:
    """The frozen states of a leaderboard, newest first."""
    content, absolute = published_content(request), absolute_of(request)
    leaderboard = content.leaderboard(slug)
    if leaderboard is None:
        raise Http404

    def show(release: Any) -> dict[str, Any]:
        return {
            "name": release.name,
            "page": absolute("release", slug, release.name),
            "standings": absolute("api-1:release-standings", slug, release.name),
            "payload": absolute("payload", slug, release.name),
            "frozen": release.frozen_at.isoformat(),
            "sha256": release.sha256,
            "withdrawn": release.withdrawn_at.isoformat() if release.withdrawn_at else None,
        }

    return cut_page(request, releases_of(content, leaderboard), page, show)


@router.get(
    "/leaderboards/{slug:slug}/releases/{name}/standings",
    url_name="release-standings",
    operation_id="release_standings",
)
def read_release(request: HttpRequest, slug: str, name: str) -> Any:
    """The standings of a release, as `standings` has them; 410 for one that was withdrawn."""
    return send_release_file(request, slug, name, ending="json")


def describe_llm(llm: LLMRecord, request: HttpRequest) -> dict[str, Any]:
    """An LLM with its facts."""
    facts = {name: json_value(getattr(llm, name)) for name in EXPORTED_FIELDS}
    more = {"kind": llm.kind, "family": llm.family or None}
    absolute, maker = absolute_of(request), llm.organization_slug
    pages = {
        "page": absolute("llm", llm.slug),
        "organization_page": absolute("organization", maker) if maker else None,
    }
    return {"llm": llm.name, **facts, **more, **pages}


@router.get("/llms", response=PageOf, operation_id="list_llms")
def list_llms(request: HttpRequest, q: str = "", organization: str = "", page: int = 1) -> Any:
    """The published LLMs by name; `q` is a part of the name, `organization` a whole one."""
    rows = published_content(request).every_metric().rows
    chosen = [
        row.llm
        for row in rows
        if q.casefold() in row.llm.name.casefold()
        and (not organization or row.llm.organization == organization)
    ]
    chosen.sort(key=lambda llm: (llm.name.casefold(), llm.slug))
    return cut_page(request, chosen, page, lambda llm: describe_llm(llm, request))


@router.get("/llms/{slug:slug}", response=dict[str, Any], operation_id="read_llm")
def read_llm(request: HttpRequest, slug: str) -> Any:
    """An LLM with its facts and every score that is published."""
    standings = published_content(request).every_metric()
    row = standings.row(slug)
    if row is None:
        raise Http404
    return describe_llm(row.llm, request) | {"scores": dict(scores_of(standings, slug))}


@router.get("/llms/{slug:slug}/records", operation_id="llm_records")
def read_records_of_llm(request: HttpRequest, slug: str) -> Any:
    """Every score of an LLM that is published, as records of Every Eval Ever (JSON lines)."""
    return send_records(request, slug)


def scores_of(standings: Standings, slug: str) -> Any:
    """Yields (key of the metric, score) of an LLM."""
    for metric in standings.columns:
        cell = standings.cell(slug, metric.id)
        if cell is not None:
            yield metric.key, json_score(metric, cell, standings.rank_ranges(metric.key)[slug])


@router.get("/organizations", response=PageOf, operation_id="list_organizations")
def list_organizations(request: HttpRequest, page: int = 1) -> Any:
    """The organizations that have a published LLM, by name."""
    absolute = absolute_of(request)

    def show(row: Organization) -> dict[str, Any]:
        return {
            "slug": row.slug,
            "name": row.name,
            "homepage": row.homepage or None,
            "page": absolute("organization", row.slug),
        }

    return cut_page(request, list(Organization.objects.published()), page, show)


@router.get("/benchmarks", response=PageOf, operation_id="list_benchmarks")
def list_benchmarks(request: HttpRequest, page: int = 1) -> Any:
    """The published benchmarks with the keys of their metrics."""
    standings, absolute = published_content(request).every_metric(), absolute_of(request)
    keys: dict[str | None, list[str]] = {}
    for metric in standings.metrics.values():
        keys.setdefault(metric.benchmark, []).append(metric.key)

    def show(row: Benchmark) -> dict[str, Any]:
        return {
            "slug": row.slug,
            "name": row.name,
            "page": absolute("benchmark", row.slug),
            "metrics": keys.get(row.name, []),
        }

    return cut_page(request, list(Benchmark.objects.published()), page, show)


@router.get("/metrics", response=PageOf, operation_id="list_metrics")
def list_metrics(request: HttpRequest, page: int = 1) -> Any:
    """The published metrics: unit, range, direction, questions, and what aggregates are made of."""
    standings = published_content(request).every_metric()

    def show(metric: MetricRecord) -> dict[str, Any]:
        return json_metric(standings, metric)

    return cut_page(request, standings.columns, page, show)


@router.get("/scores", response=PageOf, operation_id="list_scores")
def list_scores(
    request: HttpRequest, llm: str = "", metric: str = "", leaderboard: str = "", page: int = 1
) -> Any:
    """The published scores, one for each LLM and metric; of one LLM (its slug), of one metric (its
    key), or all. With a leaderboard (its slug) those in its columns, with the ranks that they have
    on it."""
    content = published_content(request)
    shown_on = content.leaderboard(leaderboard) if leaderboard else None
    if leaderboard and shown_on is None:
        raise Http404
    standings = content.standings(shown_on) if shown_on else content.every_metric()
    columns = [each for each in standings.columns if metric in ("", each.key)]
    found = [
        (row.llm.slug, column, cell)
        for row in standings.rows
        if llm in ("", row.llm.slug)
        for column in columns
        if (cell := standings.cell(row.llm.slug, column.id)) is not None
    ]

    def show(item: Any) -> dict[str, Any]:
        slug, column, cell = item
        ranges = standings.rank_ranges(column.key)
        return {"llm": slug, "metric": column.key, **json_score(column, cell, ranges[slug])}

    return cut_page(request, found, page, show)


@router.get("/sources", response=PageOf, operation_id="list_sources")
def list_sources(request: HttpRequest, page: int = 1) -> Any:
    """Where published scores come from."""
    absolute = absolute_of(request)

    def show(row: Source) -> dict[str, Any]:
        return {
            "id": row.pk,
            "title": row.title,
            "url": row.url or None,
            "tier": row.tier,
            "evaluator": row.evaluator or None,
            "page": absolute("source", row.pk),
        }

    return cut_page(request, list(Source.objects.published().order_by("pk")), page, show)


@router.get("/changes", response=PageOf, operation_id="list_changes")
def list_changes(request: HttpRequest, since: str = "", page: int = 1) -> Any:
    """What every edit moved and why, newest first; `since` is a revision, from any answer: only
    what is newer."""
    trail = trail_of(published_content(request))
    tokens = list(newer_than(since, trail.tokens)) if since else trail.tokens
    answer = cut_page(request, tokens, page, lambda token: token)
    entries = zip(answer["items"], trail.entries(answer["items"]), strict=True)
    return answer | {"items": [describe_entry(token, entry) for token, entry in entries]}


def newer_than(since: str, tokens: Sequence[str]) -> Sequence[str]:
    """The entries after a revision, which need not have one itself. Raises Http404 for no
    revision."""
    if since in tokens:
        return tokens[: tokens.index(since)]
    if "\0" in since:  # PostgreSQL cannot even look for it
        raise Http404
    state = LeaderboardState.objects.filter(token=since).first()
    if state is None:
        raise Http404
    later = LeaderboardState.objects.filter(token__in=tokens, entry_date__gt=state.changed_at)
    found = set(later.values_list("token", flat=True))
    return [token for token in tokens if token in found]


def describe_entry(token: str, entry: Entry) -> dict[str, Any]:
    """An entry of the changes in words; the page has the same."""
    return {
        "revision": token,
        "date": entry.date.isoformat(),
        "title": entry.title,
        "reasons": entry.reasons,
        "lines": entry.in_words(),
    }
