"""Public pages: get, build, render."""

import json
from functools import partial

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from . import changes as changes_of
from . import charts, exporters, kept, sharing
from . import standings as standings_of
from .comparison import Comparison
from .http import for_any_site, may_be_framed, short_or_streamed
from .models import LLM, Benchmark, Leaderboard, Metric, Source
from .records import load_records
from .revision import current_revision
from .schema import SCHEMA
from .selection import (
    MOST_COMPARED,
    Selection,
    compare_query,
    make_view,
    parameters_of,
    read_leaderboard,
    read_llms,
    read_page,
)
from .tables import StandingsTable

TOP = 10  # LLMs on a benchmark's page
MOST_CHOICES = 200  # boxes to tick below a comparison
ENTRIES = 25  # on a page of changes
PREVIEW = _("Preview: this is how the page will look with all drafts. Visitors do not see it.")


def public(view):
    """A page that only answers: 405 to all but GET and HEAD, without asking for a token first."""
    return csrf_exempt(require_safe(view))


@public
def front_page(request):
    """The first published leaderboard, or a word to those who have just installed the site."""
    content = kept.of(request)
    leaderboards = content.leaderboards()
    if not leaderboards:
        return render(request, "leaderboard/empty.html")
    return leaderboard_page(
        request, leaderboards[0], leaderboards, content.standings(leaderboards[0])
    )


@public
def leaderboard(request, slug):
    content = kept.of(request)
    found = content.leaderboard(slug)
    if found is None:
        return redirect_renamed(request, Leaderboard, slug)
    return leaderboard_page(request, found, content.leaderboards(), content.standings(found))


@public
def compare(request, slug):
    """Two to six LLMs side by side; whatever else is asked for, how to choose them."""
    content = kept.of(request)
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
        "charts": charts.side_by_side(standings, chosen.rows) if is_enough else [],
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
    content = kept.of(request)
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
    revision = current_revision() if preview else kept.of(request).revision()
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
    content = kept.of(request)
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
    content = kept.of(request)
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
    return exporters.Snapshot(
        view=view,
        title=leaderboard.title,
        slug=leaderboard.slug,
        citation=leaderboard.citation,
        home=absolute(home),
        address=absolute(home + view.selection.url().removesuffix("?")),
        updated=localtime(revision.changed_at),
        revision=revision.token,
    )


def open_data(response):
    """For scripts and pages of any site."""
    response["Access-Control-Allow-Origin"] = "*"
    return for_any_site(response)


def count_questions(standings):
    """All different questions behind the columns: aggregates ask none of their own."""
    return sum(metric.question_count or 0 for metric in standings.columns if not metric.aggregate)


@public
def llm(request, slug):
    try:
        found = LLM.objects.published().select_related("organization").get(slug=slug)
    except LLM.DoesNotExist:
        return redirect_renamed(request, LLM, slug)
    return llm_page(request, found)


def llm_page(request, llm, preview=""):
    """Also the preview of a draft, among the published LLMs."""
    content = kept.of(request)
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
        "badges": [sharing.make_badge(llm, *each, request.build_absolute_uri) for each in placed],
        "groups": groups,
        "profiles": charts.profiles(standings, llm.slug),
        "origins": {cell.origin for cell in cells},
        "coverage": (len(cells), sum(len(group.scores) for group in groups)),
        "sources": Source.objects.in_bulk({cell.source_id for cell in cells if cell.source_id}),
        "details": {score.metric_id: score for score in llm.scores.all()},
        "corrections": changes_of.corrections_of(llm),
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
    content = kept.of(request)
    # Compared here: PostgreSQL takes no text with a NUL, and there are few.
    leaderboards = [
        each for each in content.leaderboards() if wanted is None or each.slug == wanted
    ]
    placed = placements(content.every_metric(), found, leaderboards)
    if not placed:
        raise Http404(_("%(llm)s has no rank there.") % {"llm": found})
    made = sharing.make_badge(found, *placed[0], request.build_absolute_uri)
    kind = "image/svg+xml; charset=utf-8"
    picture = render(request, "leaderboard/badge.svg", {"badge": made}, kind)
    return open_data(picture)


@public
def model_card(request, slug):
    """An LLM's shown scores for its model card on Hugging Face."""
    content = kept.of(request)
    found = LLM.objects.published().filter(slug=slug).first()
    if found is None:
        return redirect_renamed(request, LLM, slug, "model-card")
    groups = content.every_metric().scores_by_benchmark(slug)
    cells = [score.cell for group in groups for score in group.scores if score.cell]
    sources = Source.objects.in_bulk({cell.source_id for cell in cells if cell.source_id})
    benchmarks = Benchmark.objects.in_bulk([group.slug for group in groups], field_name="slug")
    absolute = request.build_absolute_uri
    card = sharing.model_card(found, groups, benchmarks, sources, absolute)
    text = sharing.card_text(card, absolute(found.get_absolute_url()), content.revision())
    return open_data(HttpResponse(text, content_type="text/yaml; charset=utf-8"))


@public
def benchmark(request, slug):
    try:
        found = Benchmark.objects.published().get(slug=slug)
    except Benchmark.DoesNotExist:
        return redirect_renamed(request, Benchmark, slug)
    metrics = list(Metric.objects.published().filter(benchmark=found).order_by("pk"))
    headline = next((each for each in metrics if each.aggregate), metrics[0])
    standings = standings_of.build(load_records([each.pk for each in metrics], headline.pk))
    context = {
        "benchmark": found,
        "metrics": metrics,
        "headline": standings.ranking_metric,
        "top": [
            (row, row.cells[standings.position[headline.key]])
            for row in standings.rows[:TOP]
            if row.rank
        ],
        "leaderboards": Leaderboard.objects.published(),
        "shown_on": Leaderboard.objects.published().filter(columns__metric__benchmark=found),
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
        "leaderboards": Leaderboard.objects.published(),
        "canonical": request.build_absolute_uri(found.get_absolute_url()),
    }
    return render(request, "leaderboard/source.html", context)


@public
def ranks(request):
    """What rank ranges and intervals mean and assume."""
    context = {
        "leaderboards": Leaderboard.objects.published(),
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "leaderboard/ranks.html", context)


@public
def changes(request):
    page = Paginator(changes_of.dates(), ENTRIES).get_page(read_page(request.GET.getlist("page")))
    context = {
        "page": page,
        "entries": changes_of.entries(page.object_list),
        "leaderboards": Leaderboard.objects.published(),
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "leaderboard/changes.html", context)


@public
def api(request):
    """The exports, their parameters and the shape of the JSON."""
    leaderboards = list(Leaderboard.objects.published())
    context = {
        "leaderboards": leaderboards,
        "example": leaderboards[0].slug if leaderboards else "slug",
        "formats": exporters.FORMATS,
        "schema": json.dumps(SCHEMA, indent=2, ensure_ascii=False),
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "leaderboard/api.html", context)


@public
def sitemap(request):
    """Every page that search engines should know, published ones only."""
    revision = kept.of(request).revision()
    lists = [model.objects.published() for model in (Leaderboard, LLM, Benchmark)]
    paths = [each.get_absolute_url() for entries in lists for each in entries.only("slug")]
    paths += [reverse("changes"), reverse("ranks"), reverse("api")]
    context = {"addresses": map(request.build_absolute_uri, paths), "revision": revision}
    return render(request, "leaderboard/sitemap.xml", context, "application/xml; charset=utf-8")


@public
def robots(request):
    address = request.build_absolute_uri(reverse("sitemap"))
    lines = ["User-agent: *", "Allow: /", "Disallow: /admin/", "Disallow: /zh-hans/admin/"]
    lines += [f"Sitemap: {address}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@admin.site.admin_view
@permission_required("leaderboard.view_leaderboard", raise_exception=True)
def preview_leaderboard(request, pk):
    """A leaderboard as it will be, drafts included, for maintainers only."""
    found = get_object_or_404(Leaderboard, pk=pk)
    standings = standings_of.of_leaderboard(found, LLM.objects.all())
    return leaderboard_page(request, found, [], standings, preview=PREVIEW)


@require_safe
@admin.site.admin_view
@permission_required("leaderboard.view_llm", raise_exception=True)
def preview_llm(request, pk):
    found = get_object_or_404(LLM.objects.select_related("organization"), pk=pk)
    return llm_page(request, found, preview=PREVIEW)


def redirect_renamed(request, model, slug, name=None, *rest):
    """An address that published content once had leads to the one it has now: its page, or what
    has that name, and the rest of its arguments, in urls.py."""
    past = model.history.filter(slug=slug)
    if hasattr(model, "is_published"):
        past = past.filter(is_published=True)
    found = model.objects.published().filter(pk__in=past.values("id")).first()
    if found is None:
        what = {"kind": model._meta.verbose_name, "slug": slug}
        raise Http404(_("There is no %(kind)s “%(slug)s”.") % what)
    query = request.META.get("QUERY_STRING", "")
    address = reverse(name, args=[found.slug, *rest]) if name else found.get_absolute_url()
    return redirect(f"{address}{'?' + query if query else ''}", permanent=True)
