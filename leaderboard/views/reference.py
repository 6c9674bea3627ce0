"""Benchmarks, sources, changes, and what ranks and the API mean."""

import json

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render

from leaderboard.exports import formats as exporters
from leaderboard.exports.schema import SCHEMA
from leaderboard.models import Benchmark, Leaderboard, Metric, Source
from leaderboard.pages.selection import read_page
from leaderboard.standings import standings as standings_of
from leaderboard.standings.published import published_content
from leaderboard.standings.records import load_records
from leaderboard.trail.changes import published_changes

from .shared import public, redirect_renamed

TOP = 10  # LLMs on a benchmark's page
ENTRIES = 25  # on a page of changes


@public
def benchmark(request, slug):
    try:
        found = Benchmark.objects.published().with_translations().get(slug=slug)
    except Benchmark.DoesNotExist:
        return redirect_renamed(request, Benchmark, slug)
    metrics = list(
        Metric.objects.published().with_translations().filter(benchmark=found).order_by("pk")
    )
    headline = next((each for each in metrics if each.aggregate), metrics[0])
    standings = standings_of.build(load_records([each.pk for each in metrics], headline.pk))
    leaderboards = published_content(request).leaderboards()
    shown_on = Leaderboard.objects.published().filter(columns__metric__benchmark=found)
    shown_ids = set(shown_on.values_list("pk", flat=True))
    context = {
        "benchmark": found,
        "metrics": metrics,
        "headline": standings.ranking_metric,
        "top": [
            (row, row.cells[standings.position[headline.key]])
            for row in standings.rows[:TOP]
            if row.rank
        ],
        "leaderboards": leaderboards,
        "shown_on": [row for row in leaderboards if row.pk in shown_ids],
        "canonical": request.build_absolute_uri(found.get_absolute_url()),
    }
    return render(request, "leaderboard/benchmark.html", context)


@public
def source(request, pk):
    found = get_object_or_404(Source.objects.published(), pk=pk)
    standings = published_content(request).every_metric()
    context = {
        "source": found,
        "contributions": standings.from_source(found.pk),
        "leaderboards": published_content(request).leaderboards(),
        "canonical": request.build_absolute_uri(found.get_absolute_url()),
    }
    return render(request, "leaderboard/source.html", context)


@public
def ranks(request):
    """What rank ranges and intervals mean and assume."""
    context = {
        "leaderboards": published_content(request).leaderboards(),
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "leaderboard/ranks.html", context)


@public
def changes(request):
    """What changed, newest first."""
    public_changes = published_changes(published_content(request))
    pages = Paginator(public_changes.dates(), ENTRIES)
    page = pages.get_page(read_page(request.GET.getlist("page")))
    context = {
        "page": page,
        "entries": public_changes.entries(page.object_list),
        "leaderboards": published_content(request).leaderboards(),
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "leaderboard/changes.html", context)


@public
def api(request):
    """The exports, their parameters and the shape of the JSON."""
    leaderboards = published_content(request).leaderboards()
    context = {
        "leaderboards": leaderboards,
        "example": leaderboards[0].slug if leaderboards else "slug",
        "formats": exporters.FORMATS,
        "schema": json.dumps(SCHEMA, indent=2, ensure_ascii=False),
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "leaderboard/api.html", context)
