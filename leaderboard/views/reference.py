"""Benchmarks, sources, changes, and what ranks and the API mean."""

import json

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render

from leaderboard.exports import formats as exporters
from leaderboard.exports.schema import SCHEMA
from leaderboard.models import Benchmark, Leaderboard, Metric, Source
from leaderboard.pages.selection import read_page
from leaderboard.standings import published as kept
from leaderboard.standings import standings as standings_of
from leaderboard.standings.records import load_records
from leaderboard.trail import changes as changes_of

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
    leaderboards = kept.of(request).leaderboards()
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
    standings = kept.of(request).every_metric()
    context = {
        "source": found,
        "contributions": standings.from_source(found.pk),
        "leaderboards": kept.of(request).leaderboards(),
        "canonical": request.build_absolute_uri(found.get_absolute_url()),
    }
    return render(request, "leaderboard/source.html", context)


@public
def ranks(request):
    """What rank ranges and intervals mean and assume."""
    context = {
        "leaderboards": kept.of(request).leaderboards(),
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "leaderboard/ranks.html", context)


@public
def changes(request):
    page = Paginator(changes_of.dates(), ENTRIES).get_page(read_page(request.GET.getlist("page")))
    context = {
        "page": page,
        "entries": changes_of.entries(page.object_list),
        "leaderboards": kept.of(request).leaderboards(),
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "leaderboard/changes.html", context)


@public
def api(request):
    """The exports, their parameters and the shape of the JSON."""
    leaderboards = kept.of(request).leaderboards()
    context = {
        "leaderboards": leaderboards,
        "example": leaderboards[0].slug if leaderboards else "slug",
        "formats": exporters.FORMATS,
        "schema": json.dumps(SCHEMA, indent=2, ensure_ascii=False),
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "leaderboard/api.html", context)
