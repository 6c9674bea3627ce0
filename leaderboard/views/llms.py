"""Pages of one LLM: its page, badge and model card."""

from datetime import UTC, date
from typing import Any, NamedTuple

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from leaderboard.exports.badge import build_badge
from leaderboard.exports.dataset import Absolute
from leaderboard.exports.eval_results import write_eval_results
from leaderboard.exports.every_eval_ever import write_lines
from leaderboard.exports.formats import EXPORT_FORMATS
from leaderboard.exports.model_card import build_model_card, write_model_card
from leaderboard.exports.origins import Origins, load_origins
from leaderboard.models import LLM, Benchmark, FactValue, Score, Source
from leaderboard.pages.dot_charts import draw_profiles
from leaderboard.pages.folds import are_folded, fold_scores
from leaderboard.pages.llm_facts import describe_own_facts, read_own_facts
from leaderboard.pages.score_rows import Reports, ScoreRows
from leaderboard.pages.selection import read_leaderboard
from leaderboard.pages.step_charts import Held, StepChart, draw_steps
from leaderboard.serving.answers import short_or_streamed
from leaderboard.serving.public_views import public
from leaderboard.standings.loading import standings_for_every_metric
from leaderboard.standings.placements import (
    Columns,
    FindStandings,
    Placement,
    columns_of,
    find_placements,
    published_standings,
    standings_with,
)
from leaderboard.standings.published import Content, published_content
from leaderboard.standings.rows import BenchmarkScores
from leaderboard.standings.shown import Origin
from leaderboard.standings.standings import Standings
from leaderboard.text.names import drop_unprintable
from leaderboard.text.words import local_text
from leaderboard.trail.corrections import Corrections, find_corrections
from leaderboard.trail.data_dates import date_of_scores
from leaderboard.trail.filling import fill_differences
from leaderboard.trail.llm_history import Step, load_histories
from leaderboard.trail.taken_out import say_mark

from .canonical import read_badge
from .cards import card_address
from .shared import PREVIEW, is_static, open_data, redirect_renamed


class Reading(NamedTuple):
    """What is read of an LLM for its page, the same in every language."""

    own_facts: list[FactValue]
    sources: dict[int, Source]
    details: dict[int, Score]  # the scores that say more than a number, by metric
    corrections: Corrections
    histories: dict[str, list[Step]]
    updated: date | None  # how old its scores are


@public()
def show_llm(request: HttpRequest, slug: str) -> HttpResponse:
    """The facts and scores of an LLM, where it stands, and what was corrected."""
    content = published_content(request)

    llm = find_published(content, slug)
    if llm is None:
        return redirect_renamed(request, LLM, slug)
    # What the newest edits changed, if no other page asked for it yet.
    content.compute_once("differences", fill_differences)
    reading = content.keep_recent(
        ("reading", slug), lambda: read_llm(llm, content, content.every_metric())
    )
    return render_llm(request, llm, reading=reading)


def find_published(content: Content, slug: str) -> LLM | None:
    """The published LLM of that slug with its organization."""
    rows = LLM.objects.published().select_related("organization")
    return content.keep_recent(("llm", slug), rows.filter(slug=slug).first)


@require_safe
@admin.site.admin_view
@permission_required("leaderboard.view_llm", raise_exception=True)
def preview_llm(request: HttpRequest, pk: int) -> HttpResponse:
    """An LLM's page as it will be, for maintainers only."""
    llm = get_object_or_404(LLM.objects.select_related("organization"), pk=pk)
    return render_llm(request, llm, preview=PREVIEW)


def read_llm(llm: LLM, content: Content, standings: Standings) -> Reading:
    """Reads what the page of an LLM shows beside its standings."""
    row = standings.row(llm.slug)
    cells = dict(zip(standings.columns, row.cells, strict=True)) if row else {}
    shown = {metric.id: cell for metric, cell in cells.items() if cell}
    sources = Source.objects.in_bulk({cell.source_id for cell in shown.values()} - {None})
    more = llm.scores.exclude(measured_on=None, note="")
    details = {score.metric_id: score for score in more}
    given = (key for key, cell in shown.items() if cell.origin is not Origin.COMPUTED)
    measured = [details[key].measured_on for key in given if key in details]
    corrections = find_corrections(llm, content)
    return Reading(
        own_facts=read_own_facts(llm, content),
        sources=sources,
        details=details,
        corrections=corrections,
        histories=load_histories(content.leaderboards(), llm),
        updated=date_of_scores(sources.values(), measured, corrections),
    )


def standings_among(draft: LLM | None, content: Content) -> tuple[Standings, FindStandings]:
    """The standings in every metric, and how to find those of a leaderboard: of what is public,
    with this draft among it if there is one."""
    if draft is None:
        return content.every_metric(), published_standings(content)
    shown = LLM.objects.filter(Q(is_published=True) | Q(pk=draft.pk))
    standings = standings_for_every_metric(shown)
    return standings, standings_with(shown, content.leaderboards(), standings)


def count_coverage(
    groups: list[BenchmarkScores], places: list[Placement], columns: Columns
) -> tuple[int, int]:
    """In how many of the columns of the leaderboards where it stands an LLM has a value."""
    wanted = {
        metric for place in places if place.has_scores for metric in columns[place.leaderboard.pk]
    }
    scores = [score for group in groups for score in group.scores if score.cell]
    return sum(score.metric.id in wanted for score in scores), len(wanted)


def render_llm(
    request: HttpRequest, llm: LLM, preview: str | Promise = "", reading: Reading | None = None
) -> HttpResponse:
    """An LLM's page; the preview of a draft ranks it among the published LLMs."""
    content = published_content(request)
    leaderboards = content.leaderboards()
    standings, find = standings_among(llm if preview else None, content)
    reading = reading or read_llm(llm, content, standings)
    groups = standings.scores_by_benchmark(llm.slug)
    cells = [score.cell for group in groups for score in group.scores if score.cell]
    places = find_placements(llm.slug, leaderboards, columns_of(content), find)
    absolute = request.build_absolute_uri
    canonical = absolute(llm.get_absolute_url())
    reports = Reports("" if preview else content.appearance().contact, canonical, llm.name)
    context = where_it_stands(llm, places, absolute) | {
        "llm": llm,
        "preview": preview,
        "leaderboards": leaderboards,
        "groups": groups,
        "own_facts": describe_own_facts(reading.own_facts),
        "folds": fold_scores(groups, {each.ranking_metric_id for each in leaderboards}),
        "is_folded": are_folded(groups),
        "profiles": draw_profiles(standings, llm.slug),
        "histories": [] if preview else draw_histories(reading, content),
        "origins": {cell.origin for cell in cells},
        "coverage": count_coverage(groups, places, columns_of(content)),
        "sources": reading.sources,
        "updated": reading.updated,
        "score_rows": ScoreRows(reading.sources, reading.details, reports).write(groups),
        "corrections": reading.corrections.describe(),
        "standings": standings,
        "has_aggregates": any(score.metric.aggregate for group in groups for score in group.scores),
        "canonical": canonical,
        **({} if preview else card_of(request, llm, places)),
    }
    return render(request, "leaderboard/llm.html", context)


def card_of(request: HttpRequest, llm: LLM, places: list[Placement]) -> dict[str, str]:
    """The picture for sharing, and what it shows.

    An export has those of leaderboards only: each has a date on it, so one for each LLM in each
    language would make a repository grow by all of them.
    """
    name, slug, title = "llm-card", llm.slug, llm.name
    if is_static(request):
        board = next((each.leaderboard for each in places if each.has_scores), None)
        if board is None:
            return {}
        name, slug, title = "leaderboard-card", board.slug, local_text(board, "title")
    return {"card": card_address(request, name, slug, title), "card_title": title}


def where_it_stands(llm: LLM, places: list[Placement], absolute: Absolute) -> dict[str, Any]:
    """What its page says of leaderboards: those on which it has scores with their badges, and the
    others."""
    placed = [placement for placement in places if placement.has_scores]
    return {
        "placements": placed,
        "elsewhere": [each.leaderboard for each in places if not each.has_scores],
        "badges": [build_badge(llm, placement, absolute) for placement in placed],
        "is_taken_away": bool(placed) or not llm.is_baseline,  # as a badge or a model card
    }


def draw_histories(reading: Reading, content: Content) -> list[StepChart]:
    """A chart for each metric shown today of which the LLM had more than one value, in their
    order."""
    until = content.revision().changed_at
    return [
        draw_steps(metric, list(map(hold, reading.histories[metric.key])), until)
        for metric in content.every_metric().columns
        if metric.key in reading.histories
    ]


def hold(step: Step) -> Held:
    """A step as its chart has it, in the reader's language."""
    return Held(step.date, step.value, tuple(map(say_mark, step.reasons)))


def choose_placement(llm: LLM, content: Content, wanted: str | None) -> Placement | None:
    """Where an LLM stands on the leaderboard of that slug; without one on the first that ranks it,
    else on the first on which it has a score. None where it has no score."""
    # Compared here: PostgreSQL takes no text with a NUL, and there are few leaderboards.
    shown = [each for each in content.leaderboards() if wanted in (None, each.slug)]
    places = find_placements(llm.slug, shown, columns_of(content), published_standings(content))
    placed = [each for each in places if each.has_scores]
    return next((each for each in placed if each.cell), placed[0] if placed else None)


@public(reads=read_badge)
def send_badge(request: HttpRequest, slug: str) -> HttpResponseBase:
    """An LLM's rank as a picture, on the leaderboard asked for or the first that ranks it."""
    content = published_content(request)
    llm = find_published(content, slug)
    if llm is None:
        return redirect_renamed(request, LLM, slug, "badge")
    placement = choose_placement(llm, content, read_leaderboard(request.GET))
    if placement is None:
        raise Http404(_("%(llm)s has no score there.") % {"llm": llm})
    badge = build_badge(llm, placement, request.build_absolute_uri)
    kind = "image/svg+xml; charset=utf-8"
    accent = drop_unprintable(content.appearance().accent_dark)
    context = {"badge": badge, "accent": accent}
    return open_data(render(request, "leaderboard/badge.svg", context, kind))


@public()
def send_model_card(request: HttpRequest, slug: str) -> HttpResponseBase:
    """An LLM's shown scores for its model card on Hugging Face."""
    content = published_content(request)
    llm = find_published(content, slug)
    if llm is None:
        return redirect_renamed(request, LLM, slug, "model-card")
    groups = content.every_metric().scores_by_benchmark(slug)
    cells = [score.cell for group in groups for score in group.scores if score.cell]
    sources = Source.objects.in_bulk({cell.source_id for cell in cells if cell.source_id})
    benchmarks = content.compute_once(
        "benchmarks", lambda: Benchmark.objects.in_bulk(field_name="slug")
    )
    absolute = request.build_absolute_uri
    card = build_model_card(llm, groups, benchmarks, sources, absolute, content.appearance().name)
    text = write_model_card(card, absolute(llm.get_absolute_url()), content.revision())
    return open_data(HttpResponse(text, content_type="text/yaml; charset=utf-8"))


@public()
def send_records(request: HttpRequest, slug: str) -> HttpResponseBase:
    """An LLM's shown scores as records of Every Eval Ever."""
    content = published_content(request)
    standings = content.every_metric()
    row = standings.row(slug)
    if row is None:
        return redirect_renamed(request, LLM, slug, "llm-records")
    lines = write_lines(standings, [row], standings.columns, origins_of(request, slug))
    return open_data(short_or_streamed(lines, EXPORT_FORMATS["jsonl"].content_type))


@public()
def send_eval_results(request: HttpRequest, slug: str) -> HttpResponseBase:
    """An LLM's shown scores for the folder .eval_results of its repository on Hugging Face."""
    standings = published_content(request).every_metric()
    row = standings.row(slug)
    if row is None:
        return redirect_renamed(request, LLM, slug, "eval-results")
    page = request.build_absolute_uri(reverse("llm", args=[slug]))
    text = write_eval_results(standings, row, page, origins_of(request, slug))
    return open_data(HttpResponse(text, content_type="text/yaml; charset=utf-8"))


def origins_of(request: HttpRequest, slug: str) -> Origins:
    """What the files of an LLM name beside its scores."""
    content = published_content(request)
    site, when = content.appearance().name, content.revision().changed_at
    # Its day: a later edit of others on that day changes no file of this LLM.
    day = when.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    absolute = request.build_absolute_uri
    return load_origins(content.every_metric(), site, absolute, day, slug=slug)
