"""Pages of one LLM: its page, badge and model card."""

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from leaderboard.exports import model_card as cards
from leaderboard.exports.badge import make_badge
from leaderboard.exports.model_card import card_text
from leaderboard.models import LLM, Benchmark, Source
from leaderboard.pages.dot_charts import profiles
from leaderboard.pages.selection import read_leaderboard
from leaderboard.standings import standings as standings_of
from leaderboard.standings.published import published_content
from leaderboard.trail.changes import corrections_of
from leaderboard.trail.publicity import times_of_metrics

from .shared import PREVIEW, open_data, public, redirect_renamed


@public
def llm(request, slug):
    try:
        found = LLM.objects.published().select_related("organization").get(slug=slug)
    except LLM.DoesNotExist:
        return redirect_renamed(request, LLM, slug)
    return llm_page(request, found)


def llm_page(request, llm, preview=""):
    """Also the preview of a draft, among the published LLMs."""
    content = published_content(request)
    leaderboards = content.leaderboards()
    if preview:
        shown = LLM.objects.filter(Q(is_published=True) | Q(pk=llm.pk))
        standings = standings_of.of_every_metric(shown)
    else:
        standings = content.every_metric()
    groups = standings.scores_by_benchmark(llm.slug)
    cells = [score.cell for group in groups for score in group.scores if score.cell]
    placed = placements(standings, llm, leaderboards)
    context = {
        "llm": llm,
        "preview": preview,
        "leaderboards": leaderboards,
        "placements": placed,
        "badges": [make_badge(llm, *each, request.build_absolute_uri) for each in placed],
        "groups": groups,
        "profiles": profiles(standings, llm.slug),
        "origins": {cell.origin for cell in cells},
        "coverage": (len(cells), sum(len(group.scores) for group in groups)),
        "sources": Source.objects.in_bulk({cell.source_id for cell in cells if cell.source_id}),
        "details": {score.metric_id: score for score in llm.scores.all()},
        "corrections": corrections_of(llm, content.compute_once("public times", times_of_metrics)),
        "canonical": request.build_absolute_uri(llm.get_absolute_url()),
    }
    return render(request, "leaderboard/llm.html", context)


def placements(standings, llm, leaderboards):
    """[(leaderboard, cell of its ranking metric, number of LLMs ranked)] where there is a rank."""
    found = []
    for each in leaderboards:
        cell = standings.cell(llm.slug, each.ranking_metric_id)
        if cell:
            key = next(m.key for m in standings.columns if m.id == each.ranking_metric_id)
            found.append((each, cell, standings.count(key)))
    return found


@public
def badge(request, slug):
    """An LLM's rank as a picture, on the leaderboard asked for or the first that ranks it."""
    found = LLM.objects.published().filter(slug=slug).first()
    if found is None:
        return redirect_renamed(request, LLM, slug, "badge")
    wanted = read_leaderboard(request.GET)
    content = published_content(request)
    # Compared here: PostgreSQL takes no text with a NUL, and there are few.
    leaderboards = [
        each for each in content.leaderboards() if wanted is None or each.slug == wanted
    ]
    placed = placements(content.every_metric(), found, leaderboards)
    if not placed:
        raise Http404(_("%(llm)s has no rank there.") % {"llm": found})
    made = make_badge(found, *placed[0], request.build_absolute_uri)
    kind = "image/svg+xml; charset=utf-8"
    picture = render(request, "leaderboard/badge.svg", {"badge": made}, kind)
    return open_data(picture)


@public
def model_card(request, slug):
    """An LLM's shown scores for its model card on Hugging Face."""
    content = published_content(request)
    found = LLM.objects.published().filter(slug=slug).first()
    if found is None:
        return redirect_renamed(request, LLM, slug, "model-card")
    groups = content.every_metric().scores_by_benchmark(slug)
    cells = [score.cell for group in groups for score in group.scores if score.cell]
    sources = Source.objects.in_bulk({cell.source_id for cell in cells if cell.source_id})
    benchmarks = Benchmark.objects.in_bulk([group.slug for group in groups], field_name="slug")
    absolute = request.build_absolute_uri
    card = cards.model_card(found, groups, benchmarks, sources, absolute)
    text = card_text(card, absolute(found.get_absolute_url()), content.revision())
    return open_data(HttpResponse(text, content_type="text/yaml; charset=utf-8"))


@require_safe
@admin.site.admin_view
@permission_required("leaderboard.view_llm", raise_exception=True)
def preview_llm(request, pk):
    found = get_object_or_404(LLM.objects.select_related("organization"), pk=pk)
    return llm_page(request, found, preview=PREVIEW)
