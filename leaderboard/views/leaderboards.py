"""Public pages: get, build, render."""

from functools import partial

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from leaderboard.exports import dataset as sharing
from leaderboard.exports import formats as exporters
from leaderboard.exports.snapshot import Snapshot
from leaderboard.models import LLM, Leaderboard
from leaderboard.models.revision import current_revision
from leaderboard.pages import size_chart as charts
from leaderboard.pages.comparison import Comparison
from leaderboard.pages.dot_charts import side_by_side
from leaderboard.pages.selection import (
    MOST_COMPARED,
    Selection,
    compare_query,
    parameters_of,
    read_llms,
)
from leaderboard.pages.tables import StandingsTable
from leaderboard.pages.view import make_view
from leaderboard.serving.answers import short_or_streamed
from leaderboard.serving.headers import may_be_framed
from leaderboard.standings import standings as standings_of
from leaderboard.standings.published import published_content

from .shared import PREVIEW, open_data, public, redirect_renamed

MOST_CHOICES = 200  # boxes to tick below a comparison


@public
def front_page(request):
    """The first published leaderboard, or a word to those who have just installed the site."""
    content = published_content(request)
    leaderboards = content.leaderboards()
    if not leaderboards:
        return render(request, "leaderboard/empty.html")
    return leaderboard_page(
        request, leaderboards[0], leaderboards, content.standings(leaderboards[0])
    )


@public
def leaderboard(request, slug):
    content = published_content(request)
    found = content.leaderboard(slug)
    if found is None:
        return redirect_renamed(request, Leaderboard, slug)
    return leaderboard_page(request, found, content.leaderboards(), content.standings(found))


@public
def compare(request, slug):
    """Two to six LLMs side by side; whatever else is asked for, how to choose them."""
    content = published_content(request)
    found = content.leaderboard(slug)
    if found is None:
        return redirect_renamed(request, Leaderboard, slug, "compare")
    standings = content.standings(found)
    chosen = read_llms(parameters_of(request), standings)
    query = compare_query(row.llm.slug for row in chosen.rows)
    is_enough = len(chosen.rows) > 1
    context = {
        "leaderboard": found,
        "leaderboards": content.leaderboards(),
        "chosen": chosen,
        "comparison": Comparison(standings, chosen.rows) if is_enough else None,
        "charts": side_by_side(standings, chosen.rows) if is_enough else [],
        "choices": standings.rows[:MOST_CHOICES],
        "others": len(standings.rows[MOST_CHOICES:]),
        "most": MOST_COMPARED,
        "canonical": request.build_absolute_uri(reverse("compare", args=[slug]) + query),
    }
    return render(request, "leaderboard/compare.html", context)


@public
@xframe_options_exempt
@may_be_framed
def embed(request, slug):
    """The table alone, in a frame on any site: the only page that allows it."""
    content = published_content(request)
    found = content.leaderboard(slug)
    if found is None:
        return redirect_renamed(request, Leaderboard, slug, "embed")
    standings = content.standings(found)
    return leaderboard_page(request, found, [], standings, template="leaderboard/embed.html")


def leaderboard_page(
    request,
    leaderboard,
    leaderboards,
    standings,
    preview="",
    template="leaderboard/leaderboard.html",
):
    """Also the preview of a draft, with the drafts among its LLMs."""
    revision = current_revision() if preview else published_content(request).revision()
    view = make_view(standings, Selection.from_query(request.GET, standings))
    absolute = request.build_absolute_uri
    dataset = sharing.dataset(leaderboard, standings, revision.changed_at, absolute)
    context = {
        "leaderboard": leaderboard,
        "leaderboards": leaderboards,
        "preview": preview,
        "standings": standings,
        "view": view,
        "table": StandingsTable(view, has_ticks=bool(leaderboards)),
        "pictures": partial(charts.pictures, view),  # called by the pages that show them
        "question_count": count_questions(standings),
        "updated": revision.changed_at,
        "day": date_format(localtime(revision.changed_at), gettext("j M Y")),
        "formats": exporters.FORMATS,
        "dataset": sharing.data_block(dataset),
        "iframe": sharing.iframe(leaderboard, absolute),
        "canonical": absolute(leaderboard.get_absolute_url()),
    }
    return render(request, template, context)


@public
def charts_page(request, slug):
    """The pictures of a view, which the leaderboard's page fetches when nearly in sight."""
    content = published_content(request)
    found = content.leaderboard(slug)
    if found is None:
        return redirect_renamed(request, Leaderboard, slug, "charts")
    leaderboards, standings = content.leaderboards(), content.standings(found)
    template = "leaderboard/charts.html"
    return leaderboard_page(request, found, leaderboards, standings, template=template)


@public
def export(request, slug, ending):
    """The view that the page shows with the same parameters, all of its rows, as a file."""
    if ending not in exporters.FORMATS:
        raise Http404(_("There is no format “%(ending)s”.") % {"ending": ending})
    content = published_content(request)
    found = content.leaderboard(slug)
    if found is None:
        return redirect_renamed(request, Leaderboard, slug, "export", ending)
    revision, standings = content.revision(), content.standings(found)
    view = make_view(standings, Selection.from_query(request.GET, standings))
    format = exporters.FORMATS[ending]
    lines = format.write(snapshot(found, view, revision, request.build_absolute_uri))
    response = short_or_streamed(lines, format.content_type)
    response["Content-Disposition"] = f'inline; filename="{found.slug}.{ending}"'
    return open_data(response)


def snapshot(leaderboard, view, revision, absolute):
    home = leaderboard.get_absolute_url()
    return Snapshot(
        view=view,
        title=leaderboard.title,
        slug=leaderboard.slug,
        citation=leaderboard.citation,
        home=absolute(home),
        address=absolute(home + view.selection.url().removesuffix("?")),
        updated=localtime(revision.changed_at),
        revision=revision.token,
    )


def count_questions(standings):
    """All different questions behind the columns: aggregates ask none of their own."""
    return sum(metric.question_count or 0 for metric in standings.columns if not metric.aggregate)


@require_safe
@admin.site.admin_view
@permission_required("leaderboard.view_leaderboard", raise_exception=True)
def preview_leaderboard(request, pk):
    """A leaderboard as it will be, drafts included, for maintainers only."""
    found = get_object_or_404(Leaderboard, pk=pk)
    standings = standings_of.of_leaderboard(found, LLM.objects.all())
    return leaderboard_page(request, found, [], standings, preview=PREVIEW)
