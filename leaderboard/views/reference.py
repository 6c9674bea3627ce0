"""Benchmarks, sources, changes, and what ranks mean."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from leaderboard.models import Benchmark, Leaderboard, Source
from leaderboard.pages.selection import read_page
from leaderboard.pages.worked_example import Example, find_example
from leaderboard.serving.public_views import public
from leaderboard.standings.benchmarks import benchmark_standings, find_benchmark, public_metrics
from leaderboard.standings.cells import Cell
from leaderboard.standings.published import Content, published_content
from leaderboard.standings.records import LLMRecord, MetricRecord
from leaderboard.standings.rows import Contribution
from leaderboard.trail.entries import trail_of
from leaderboard.trail.timeline import timeline_of

from .canonical import (
    paginate_benchmark,
    paginate_changes,
    paginate_source,
    read_benchmark_page,
    read_changes_page,
    read_source_page,
)
from .shared import redirect_renamed


@public(reads=read_benchmark_page)
def show_benchmark(request: HttpRequest, slug: str) -> HttpResponse:
    """A benchmark with its metrics and all its LLMs, the best by its headline metric first."""
    benchmark = find_benchmark(slug)
    if benchmark is None:
        return redirect_renamed(request, Benchmark, slug)
    content = published_content(request)
    standings = benchmark_standings(content, benchmark)
    headline = standings.ranking_metric
    pages = paginate_benchmark(content, benchmark)
    page = pages.get_page(read_page(request.GET.getlist("page")))
    leaderboards = content.leaderboards()
    shown_on = Leaderboard.objects.published().filter(columns__metric__benchmark=benchmark)
    shown_ids = set(shown_on.values_list("pk", flat=True))
    context = {
        "benchmark": benchmark,
        "metrics": public_metrics(benchmark).with_translations().select_related("questions_of"),
        "headline": headline,
        "standings": standings,
        "page": page,
        "lines": [(row, row.cells[standings.position[headline.key]]) for row in page]
        if headline
        else [],
        "leaderboards": leaderboards,
        "shown_on": [row for row in leaderboards if row.pk in shown_ids],
        "canonical": request.build_absolute_uri(benchmark.get_absolute_url()),
    }
    return render(request, "leaderboard/benchmark.html", context)


@public(reads=read_source_page)
def show_source(request: HttpRequest, pk: int) -> HttpResponse:
    """A source with the scores that come from it, by LLM."""
    source = get_object_or_404(Source.objects.published(), pk=pk)
    content = published_content(request)
    pages = paginate_source(content, source.pk)
    page = pages.get_page(read_page(request.GET.getlist("page")))
    metrics = metrics_in(page)
    context = {
        "source": source,
        "page": page,
        "metrics": metrics,
        "lines": [line_up(contribution, metrics) for contribution in page],
        "score_count": sum(len(each.cells) for each in pages.object_list),
        "leaderboards": content.leaderboards(),
        "canonical": request.build_absolute_uri(source.get_absolute_url()),
    }
    return render(request, "leaderboard/source.html", context)


def metrics_in(contributions: Iterable[Contribution]) -> list[MetricRecord]:
    """The metrics of these contributions, each once, in the order in which pages show them."""
    cells = (cell for contribution in contributions for cell in contribution.cells)
    return list(dict.fromkeys(metric for metric, _cell in cells))


def line_up(
    contribution: Contribution, metrics: Iterable[MetricRecord]
) -> tuple[LLMRecord, list[tuple[MetricRecord, Cell | None]]]:
    """The line of an LLM: its cells in the order of the metrics, None where it has none."""
    cells = dict(contribution.cells)
    return contribution.llm, [(metric, cells.get(metric)) for metric in metrics]


@public()
def show_ranks(request: HttpRequest) -> HttpResponse:
    """What rank ranges and intervals mean and assume."""
    content = published_content(request)
    context = {
        "example": content.compute_once("example", lambda: choose_example(content)),
        "leaderboards": content.leaderboards(),
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "leaderboard/ranks.html", context)


def choose_example(content: Content) -> Example | None:
    """The example of the first leaderboard that has one."""
    examples = (find_example(each, content.standings(each)) for each in content.leaderboards())
    return next(filter(None, examples), None)


@public(reads=read_changes_page)
def show_changes(request: HttpRequest) -> HttpResponse:
    """What every edit moved and why, newest first."""
    content = published_content(request)
    pages = paginate_changes(content)
    page = pages.get_page(read_page(request.GET.getlist("page")))
    leaderboards = content.leaderboards()
    context = {
        "page": page,
        "days": [(row, timeline_of(content, row).days()) for row in leaderboards],
        "entries": trail_of(content).entries(page.object_list),
        "rebuilt_before": trail_of(content).rebuilt_before,
        "leaderboards": leaderboards,
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "leaderboard/changes.html", context)
