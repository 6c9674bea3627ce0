"""The pages of a leaderboard: its table, charts, comparison, frame and exports."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from leaderboard.exports.components import load_values_below
from leaderboard.exports.dataset import build_dataset, dataset_script, make_frame
from leaderboard.exports.formats import EXPORT_FORMATS
from leaderboard.exports.origins import Origins, load_origins
from leaderboard.exports.snapshot import Snapshot
from leaderboard.models import LLM, Leaderboard, LeaderboardState
from leaderboard.pages.charts import Charts
from leaderboard.pages.comparison import Comparison, find_others
from leaderboard.pages.dot_charts import draw_side_by_side
from leaderboard.pages.selection import (
    MOST_COMPARED,
    PAGE_SIZE,
    Selection,
    compare_query,
    read_search,
)
from leaderboard.pages.tables import StandingsTable
from leaderboard.pages.ticks import ticked_elsewhere
from leaderboard.pages.view import View, build_view
from leaderboard.serving.headers import may_be_framed
from leaderboard.serving.public_views import public
from leaderboard.standings.loading import standings_for
from leaderboard.standings.published import Content, published_content
from leaderboard.standings.shown import AllShown
from leaderboard.standings.standings import Standings
from leaderboard.text.words import local_text
from leaderboard.trail.arrivals import new_llms
from leaderboard.trail.data_dates import date_of_data
from leaderboard.trail.public_releases import newest_release
from leaderboard.trail.timeline import Moment

from .canonical import parse_comparison, read_comparison, read_export, read_frame, read_table
from .cards import card_address
from .shared import PREVIEW, is_static, open_data, redirect_renamed, write_view
from .state import Shown, past_context, show_state

MOST_CHOICES = 200  # boxes to tick below a comparison


@public(reads=read_table)
def show_leaderboard(request: HttpRequest, slug: str) -> HttpResponse:
    """The table of a leaderboard."""
    content = published_content(request)
    leaderboard = content.leaderboard(slug)
    if leaderboard is None:
        return redirect_renamed(request, Leaderboard, slug)
    return render_leaderboard(request, show_state(request, leaderboard), content.leaderboards())


@public(reads=read_comparison)
def show_comparison(request: HttpRequest, slug: str) -> HttpResponse:
    """Two to six LLMs side by side; with fewer, how to choose them."""
    content = published_content(request)
    leaderboard = content.leaderboard(slug)
    if leaderboard is None:
        return redirect_renamed(request, Leaderboard, slug, "compare")
    shown = show_state(request, leaderboard)
    standings = shown.standings
    chosen = parse_comparison(request.GET, standings)
    slugs = [row.llm.slug for row in chosen.rows]
    is_enough = len(chosen.rows) > 1
    search = read_search(request.GET.getlist("q"))
    address = request.build_absolute_uri(reverse("compare", args=[slug]))
    context = {
        "leaderboard": shown.leaderboard,
        **past_context(request, shown),
        "leaderboards": content.leaderboards(),
        "chosen": chosen,
        "search": search,
        "found": [
            (row, compare_query([*slugs, row.llm.slug], shown.at))
            for row in find_others(standings, search, chosen.rows)
        ],
        "comparison": Comparison(standings, chosen.rows, shown.at) if is_enough else None,
        "skeleton": Comparison(standings, ()) if is_static(request) else None,
        "charts": draw_side_by_side(standings, chosen.rows) if is_enough else [],
        "query": compare_query(slugs, shown.at),
        "choices": standings.rows[:MOST_CHOICES],
        "others": len(standings.rows[MOST_CHOICES:]),
        "most": MOST_COMPARED,
        "canonical": address + compare_query(slugs),
    }
    return render(request, "leaderboard/compare.html", context)


@public(reads=read_frame)
@xframe_options_exempt
@may_be_framed
def show_frame(request: HttpRequest, slug: str) -> HttpResponse:
    """The table alone, for a frame on any site; no other page may be framed."""
    content = published_content(request)
    leaderboard = content.leaderboard(slug)
    if leaderboard is None:
        return redirect_renamed(request, Leaderboard, slug, "embed")
    shown, template = show_state(request, leaderboard), "leaderboard/embed.html"
    return render_leaderboard(request, shown, [], template=template)


@require_safe
@admin.site.admin_view
@permission_required("leaderboard.view_leaderboard", raise_exception=True)
def preview_leaderboard(request: HttpRequest, pk: int) -> HttpResponse:
    """A leaderboard as it will be, drafts included, for maintainers only."""
    leaderboard = get_object_or_404(Leaderboard, pk=pk)
    shown = Shown(leaderboard, standings_for(leaderboard, LLM.objects.all()))
    return render_leaderboard(request, shown, [], preview=PREVIEW)


def render_leaderboard(
    request: HttpRequest,
    shown: Shown,
    leaderboards: list[Leaderboard],
    preview: str | Promise = "",
    template: str = "leaderboard/leaderboard.html",
) -> HttpResponse:
    """A page with the table, or with a part of it; a preview says so on top."""
    leaderboard, standings = shown.leaderboard, shown.standings
    content = published_content(request)
    selection = Selection.from_query(request.GET, standings, shown.at)
    view = build_view(standings, selection, is_whole=is_static(request))
    absolute = request.build_absolute_uri
    is_now = not (preview or shown.moment)
    new = new_llms(content, leaderboard) if is_now else frozenset()
    table = StandingsTable(view, has_ticks=bool(leaderboards), new_llms=new)
    context = {
        "leaderboard": leaderboard,
        "leaderboards": leaderboards,
        "preview": preview,
        "standings": view.standings,
        "view": view,
        "table": table,
        "charts": Charts(view) if preview else None,  # which have no page then
        "ticked_elsewhere": ticked_elsewhere(table),
        "most": MOST_COMPARED,
        "question_count": count_questions(standings),
        **past_context(request, shown),
        **describe_state(request, shown, is_now=is_now),
        "formats": EXPORT_FORMATS,
        "iframe": make_frame(leaderboard, count_rows(view), absolute).html,
        "canonical": absolute(leaderboard.get_absolute_url()),
        "card": "" if preview else card_of(request, leaderboard),
    }
    return render(request, getattr(request, "table_template", "") or template, context)


def count_rows(view: View) -> int:
    """The rows on a page of the table of a whole leaderboard."""
    return min(len(view.standings.rows), PAGE_SIZE)


def describe_state(request: HttpRequest, shown: Shown, *, is_now: bool) -> dict[str, Any]:
    """What a page says of the state that it shows: how old its data are, its newest release, its
    dataset."""
    content = published_content(request)
    updated = date_of_data(content, shown.leaderboard, shown.moment)
    newest = newest_release(content, shown.leaderboard) if is_now else None
    dataset = build_dataset(
        shown.leaderboard, shown.standings, updated, request.build_absolute_uri,
        publisher=local_text(content.appearance(), "name"), has_release=newest is not None,
    )  # fmt: skip
    return {
        "newest": newest,
        "updated": updated,
        "day": date_format(updated, gettext("j M Y")),
        "dataset": dataset_script(dataset),
    }


def card_of(request: HttpRequest, leaderboard: Leaderboard) -> str:
    """The address of the picture for sharing."""
    title = local_text(leaderboard, "title")
    return card_address(request, "leaderboard-card", leaderboard.slug, title)


@public(reads=read_export)
def send_export(request: HttpRequest, slug: str, ending: str) -> HttpResponseBase:
    """All rows of the selection that the page shows with the same parameters, as a file."""
    if ending not in EXPORT_FORMATS:
        raise Http404(_("There is no format “%(ending)s”.") % {"ending": ending})
    content = published_content(request)
    leaderboard = content.leaderboard(slug)
    if leaderboard is None:
        return redirect_renamed(request, Leaderboard, slug, "export", ending)
    shown = show_state(request, leaderboard)
    selection = Selection.from_query(request.GET, shown.standings, shown.at)
    view = build_view(shown.standings, selection)
    state = shown.moment or content.state(leaderboard)
    snapshot = make_snapshot(shown.leaderboard, view, state, request.build_absolute_uri)
    if ending == "json":  # no other file can be recomputed
        snapshot = replace(snapshot, below=values_below(content, shown))
    if ending == "jsonl":
        snapshot = replace(snapshot, origins=origins_of(request, shown, snapshot))
    response = write_view(request, ending, snapshot)
    name = f"{leaderboard.slug}-{snapshot.date}" if shown.moment else leaderboard.slug
    response["Content-Disposition"] = f'inline; filename="{name}.{ending}"'
    if shown.moment:
        response["X-Robots-Tag"] = "noindex"
    return open_data(response)


def make_snapshot(
    leaderboard: Leaderboard,
    view: View,
    state: LeaderboardState | Moment,
    absolute: Callable[[str], str],
) -> Snapshot:
    """The view with the names, addresses and date that its export gives."""
    home = leaderboard.get_absolute_url()
    return Snapshot(
        view=view,
        title=leaderboard.title,
        slug=leaderboard.slug,
        citation=leaderboard.citation,
        home=absolute(home),
        address=absolute(home + view.selection.url().removesuffix("?")),
        updated=localtime(state.changed_at),
        revision=state.token,
        state_address=absolute(reverse("revision", args=[state.token])) if state.token else "",
        data_licence=leaderboard.shown_licence,
        ranks_partial_runs=leaderboard.ranks_partial_runs,
    )


def origins_of(request: HttpRequest, shown: Shown, snapshot: Snapshot) -> Origins:
    """What the records of a leaderboard name beside its standings."""
    return load_origins(
        shown.standings,
        published_content(request).appearance().name,
        request.build_absolute_uri,
        snapshot.updated,
        licence=snapshot.data_licence,
        is_now=shown.moment is None,
    )


def values_below(content: Content, shown: Shown) -> AllShown:
    """The values in what the columns of a leaderboard are made from and what is no column."""
    leaderboard, standings = shown.leaderboard, shown.standings
    if shown.moment:
        return load_values_below(leaderboard, standings, shown.moment.changed_at)
    return content.compute_once(
        ("values below", leaderboard.pk), lambda: load_values_below(leaderboard, standings)
    )


def count_questions(standings: Standings) -> int:
    """All different questions behind the columns; aggregates have no questions of their own."""
    sets = {
        metric.question_set: metric.question_count or 0
        for metric in standings.columns
        if not metric.aggregate
    }
    return sum(sets.values())
