"""Pages of one LLM: its page, badge and model card."""

from collections.abc import Callable
from functools import partial

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from leaderboard.exports.badge import Placement, build_badge
from leaderboard.exports.model_card import build_model_card, write_model_card
from leaderboard.models import LLM, Benchmark, Leaderboard, Source
from leaderboard.pages.dot_charts import draw_profiles
from leaderboard.pages.llm_facts import own_facts
from leaderboard.pages.selection import read_leaderboard
from leaderboard.pages.step_charts import Held, StepChart, draw_steps
from leaderboard.serving.public_views import public
from leaderboard.standings.published import Content, published_content
from leaderboard.standings.standings import Standings, standings_for, standings_for_every_metric
from leaderboard.trail.corrections import find_corrections
from leaderboard.trail.filling import fill_differences
from leaderboard.trail.llm_history import load_histories
from leaderboard.trail.publicity import find_times_of_metrics

from .canonical import read_badge
from .shared import PREVIEW, open_data, redirect_renamed


@public()
def show_llm(request: HttpRequest, slug: str) -> HttpResponse:
    """The facts and scores of an LLM, where it stands, and what was corrected."""
    try:
        llm = LLM.objects.published().select_related("organization").get(slug=slug)
    except LLM.DoesNotExist:
        return redirect_renamed(request, LLM, slug)
    return render_llm(request, llm)


@require_safe
@admin.site.admin_view
@permission_required("leaderboard.view_llm", raise_exception=True)
def preview_llm(request: HttpRequest, pk: int) -> HttpResponse:
    """An LLM's page as it will be, for maintainers only."""
    llm = get_object_or_404(LLM.objects.select_related("organization"), pk=pk)
    return render_llm(request, llm, preview=PREVIEW)


def render_llm(request: HttpRequest, llm: LLM, preview: str | Promise = "") -> HttpResponse:
    """An LLM's page; the preview of a draft ranks it among the published LLMs."""
    content = published_content(request)
    leaderboards = content.leaderboards()
    find_own: Callable[[Leaderboard], Standings] = content.standings
    if preview:
        shown = LLM.objects.filter(Q(is_published=True) | Q(pk=llm.pk))
        standings = standings_for_every_metric(shown)
        find_own = partial(standings_for, llms=shown)
    else:
        standings = content.every_metric()
    groups = standings.scores_by_benchmark(llm.slug)
    cells = [score.cell for group in groups for score in group.scores if score.cell]
    placed = find_placements(llm, leaderboards, standings, find_own)
    absolute = request.build_absolute_uri
    context = {
        "llm": llm,
        "preview": preview,
        "leaderboards": leaderboards,
        "placements": placed,
        "badges": [build_badge(llm, placement, absolute) for placement in placed],
        "groups": groups,
        "own_facts": own_facts(llm),
        "profiles": draw_profiles(standings, llm.slug),
        "histories": [] if preview else draw_histories(llm, content, standings),
        "origins": {cell.origin for cell in cells},
        "coverage": (len(cells), sum(len(group.scores) for group in groups)),
        "sources": Source.objects.in_bulk({cell.source_id for cell in cells if cell.source_id}),
        "details": {score.metric_id: score for score in llm.scores.all()},
        "corrections": find_corrections(
            llm, content.compute_once("public times", find_times_of_metrics)
        ),
        "standings": standings,
        "has_aggregates": any(score.metric.aggregate for group in groups for score in group.scores),
        "canonical": absolute(llm.get_absolute_url()),
    }
    return render(request, "leaderboard/llm.html", context)


def draw_histories(llm: LLM, content: Content, standings: Standings) -> list[StepChart]:
    """A chart for each metric shown today of which the LLM had more than one value, in their order.

    What the newest edits changed is found first, if no other page asked for it yet.
    """
    content.compute_once("differences", fill_differences)
    histories = load_histories(content.leaderboards(), llm.slug)
    until = content.revision().changed_at
    return [
        draw_steps(metric, [Held(*step) for step in histories[metric.key]], until)
        for metric in standings.columns
        if metric.key in histories
    ]


def find_placements(
    llm: LLM,
    leaderboards: list[Leaderboard],
    every_metric: Standings,
    find_own: Callable[[Leaderboard], Standings],
) -> list[Placement]:
    """The placements of an LLM on those leaderboards whose ranking metric it has a value in.

    The standings over every metric have the ranks of each leaderboard if all of them rank partial
    runs, or none does; else those of the leaderboard itself are found.
    """
    is_alike = len({leaderboard.ranks_partial_runs for leaderboard in leaderboards}) < 2
    placements = []
    for leaderboard in leaderboards:
        standings = every_metric if is_alike else find_own(leaderboard)
        cell = standings.cell(llm.slug, leaderboard.ranking_metric_id)
        if cell:
            metric = standings.metrics[leaderboard.ranking_metric_id]
            count = standings.count(metric.key)
            rank_range = standings.rank_ranges(metric.key)[llm.slug]
            placements.append(Placement(leaderboard, cell, rank_range, metric, count))
    return placements


@public(reads=read_badge)
def send_badge(request: HttpRequest, slug: str) -> HttpResponseBase:
    """An LLM's rank as a picture, on the leaderboard asked for or the first that ranks it."""
    llm = LLM.objects.published().filter(slug=slug).first()
    if llm is None:
        return redirect_renamed(request, LLM, slug, "badge")
    wanted = read_leaderboard(request.GET)
    content = published_content(request)
    # Compared here: PostgreSQL takes no text with a NUL, and there are few leaderboards.
    placed = [
        placement
        for placement in find_placements(
            llm, content.leaderboards(), content.every_metric(), content.standings
        )
        if wanted is None or placement.leaderboard.slug == wanted
    ]
    if not placed:
        raise Http404(_("%(llm)s has no rank there.") % {"llm": llm})
    badge = build_badge(llm, placed[0], request.build_absolute_uri)
    kind = "image/svg+xml; charset=utf-8"
    return open_data(render(request, "leaderboard/badge.svg", {"badge": badge}, kind))


@public()
def send_model_card(request: HttpRequest, slug: str) -> HttpResponseBase:
    """An LLM's shown scores for its model card on Hugging Face."""
    content = published_content(request)
    llm = LLM.objects.published().filter(slug=slug).first()
    if llm is None:
        return redirect_renamed(request, LLM, slug, "model-card")
    groups = content.every_metric().scores_by_benchmark(slug)
    cells = [score.cell for group in groups for score in group.scores if score.cell]
    sources = Source.objects.in_bulk({cell.source_id for cell in cells if cell.source_id})
    benchmarks = Benchmark.objects.in_bulk([group.slug for group in groups], field_name="slug")
    absolute = request.build_absolute_uri
    card = build_model_card(llm, groups, benchmarks, sources, absolute, content.appearance().name)
    text = write_model_card(card, absolute(llm.get_absolute_url()), content.revision())
    return open_data(HttpResponse(text, content_type="text/yaml; charset=utf-8"))
