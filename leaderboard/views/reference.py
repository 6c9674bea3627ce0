"""Benchmarks, sources, changes, and what ranks mean."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from leaderboard.models import Benchmark, Column, Leaderboard, Metric, Source
from leaderboard.pages.selection import read_page
from leaderboard.serving.public_views import public
from leaderboard.standings.published import published_content
from leaderboard.standings.records import load_records
from leaderboard.standings.standings import build_standings
from leaderboard.trail.entries import trail_of
from leaderboard.trail.timeline import timeline_of

from .canonical import paginate_changes, paginate_source, read_changes_page, read_source_page
from .shared import redirect_renamed

TOP = 10  # LLMs on a benchmark's page


@public()
def show_benchmark(request: HttpRequest, slug: str) -> HttpResponse:
    """A benchmark with its metrics and the best LLMs by its headline metric."""
    try:
        benchmark = Benchmark.objects.published().with_translations().get(slug=slug)
    except Benchmark.DoesNotExist:
        return redirect_renamed(request, Benchmark, slug)
    public = Metric.objects.published().with_translations().select_related("questions_of")
    metrics = list(public.filter(benchmark=benchmark).order_by("pk"))
    headline = choose_headline(metrics)
    ranks_partial = frozenset(
        Column.objects.published()
        .filter(leaderboard__ranks_partial_runs=True, metric__in=metrics)
        .values_list("metric_id", flat=True)
    )
    content = published_content(request)
    standings = content.compute_once(
        ("benchmark", benchmark.pk),
        lambda: build_standings(
            load_records([metric.pk for metric in metrics], headline, ranks_partial=ranks_partial)
        ),
    )
    leaderboards = content.leaderboards()
    shown_on = Leaderboard.objects.published().filter(columns__metric__benchmark=benchmark)
    shown_ids = set(shown_on.values_list("pk", flat=True))
    context = {
        "benchmark": benchmark,
        "metrics": metrics,
        "headline": standings.ranking_metric,
        "standings": standings,
        "top": [
            (row, standings.cell(row.llm.slug, headline))
            for row in [row for row in standings.rows if row.rank][:TOP]
            if headline
        ],
        "leaderboards": leaderboards,
        "shown_on": [row for row in leaderboards if row.pk in shown_ids],
        "canonical": request.build_absolute_uri(benchmark.get_absolute_url()),
    }
    return render(request, "leaderboard/benchmark.html", context)


def choose_headline(metrics: list[Metric]) -> int | None:
    """The id of the metric by which a benchmark's best LLMs are shown: the first aggregate with a
    direction, else the first metric with one; None if there is none."""
    ranking = [metric.pk for metric in metrics if metric.can_rank]
    aggregates = [metric.pk for metric in metrics if metric.can_rank and metric.aggregate]
    return next(iter([*aggregates, *ranking]), None)


@public(reads=read_source_page)
def show_source(request: HttpRequest, pk: int) -> HttpResponse:
    """A source with the scores that come from it, by LLM."""
    source = get_object_or_404(Source.objects.published(), pk=pk)
    content = published_content(request)
    pages = paginate_source(content, source.pk)
    context = {
        "source": source,
        "page": pages.get_page(read_page(request.GET.getlist("page"))),
        "leaderboards": content.leaderboards(),
        "canonical": request.build_absolute_uri(source.get_absolute_url()),
    }
    return render(request, "leaderboard/source.html", context)


@public()
def show_ranks(request: HttpRequest) -> HttpResponse:
    """What rank ranges and intervals mean and assume."""
    context = {
        "leaderboards": published_content(request).leaderboards(),
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "leaderboard/ranks.html", context)


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
